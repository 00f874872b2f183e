"""`comptoir verify`, and what the other commands say of a ledger that was changed."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.bootstrap.ledger_watch import check_ledger, end_ledger
from app.domain.fiscal import EventCode
from app.domain.ledger_check import content_or_none
from app.paths import database_path, secrets_path
from tests.integration.ledger.trade import Till, drop_guards, restore_guards

CHANCE = random.Random(3)
pytestmark = pytest.mark.usefixtures("_sold")


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    def answer(*words: str) -> tuple[int, dict[str, Any], str]:
        code = main([*words, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out), said.err

    return answer


def sell(times: int = 5) -> None:
    """As the window does it: start, sales, end."""
    with opened_core(database_path(), secrets_path()) as core:
        check_ledger(core, starting=True)
        till = Till(core.store, core.counter, core.clock, core.secrets)  # type: ignore[arg-type]  # real ones here
        for _ in range(times):
            till.sell(CHANCE)
        end_ledger(core)


@pytest.fixture
def _sold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Till, "clock_goes_on", lambda *_args, **_more: None)
    sell()


def tamper(sql: str) -> None:
    connection = sqlite3.connect(database_path())
    drop_guards(connection)
    connection.executescript(sql)
    restore_guards(connection)
    connection.commit()
    connection.close()


def events() -> list[tuple[str, dict[str, Any]]]:
    with opened_core(database_path(), secrets_path(), read_only=True) as core:
        rows = core.store.queries.ledger_books().page("A", "events", 0, 1000)
    return [(row.kind, (content_or_none(row) or {})["details"]) for row in rows]


def test_r14_a_whole_ledger_is_said_and_the_check_is_noted(ask: Any) -> None:
    code, said, _ = ask("verify", "--operator", "Zoé")
    assert (code, said["ok"], said["findings"], said["logged"]) == (0, True, [], True)
    assert said["rows"]["sales"] == 5
    kind, details = events()[-1]
    assert (kind, details["faults"], details["complete"]) == (EventCode.VERIFIED, 0, 1)


def test_r14_the_changed_label_is_named_in_a_sentence(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(
        "UPDATE sale_line SET label = 'Caviar' WHERE line_no = 1 AND sale_id = "
        "(SELECT sale_id FROM sale WHERE number = 4)"
    )
    code, said, _ = ask("verify")
    assert (code, said["reason"]) == (1, "ledger_not_whole")
    assert [finding["sentence"] for finding in said["findings"]] == [
        "Ticket A-000004 : le libellé de la ligne 1 a été changé."
    ]
    assert main(["verify", "--quick"]) == 0  # the chains themselves are whole
    assert main(["verify"]) == 1
    assert "le libellé de la ligne 1" in capsys.readouterr().out
    assert events()[-1][1]["faults"] == 1


def test_r14_verify_beside_the_open_window_looks_and_notes_nothing(ask: Any) -> None:
    before = len(events())
    with opened_core(database_path(), secrets_path()):
        code, said, _ = ask("verify", "--every-signature")
    assert (code, said["logged"]) == (0, False)
    assert said["signatures"] >= sum(said["rows"].values())
    assert len(events()) == before


def test_without_a_database_there_is_nothing_to_verify(ask: Any, tmp_path: Path) -> None:
    code, said, _ = ask("verify", "--database", str(tmp_path / "none.sqlite3"))
    assert (code, said["reason"]) == (1, "no_ledger")
    assert not (tmp_path / "none.sqlite3").exists()


def test_r06_a_command_that_records_looks_first_and_goes_on_after_the_gap(ask: Any) -> None:
    tamper("DELETE FROM ledger WHERE series = 'sales' AND number > 3")
    _, said, _ = ask("doctor")
    ledger = next(check for check in said["checks"] if check["name"] == "ledger")
    assert not ledger["ok"]
    assert "les n° 4 à 5" in ledger["detail"]
    _, _, complaint = ask("operators", "list")
    assert complaint == ""
    _, _, complaint = ask("merchant", "--name", "Boucherie Petit")
    assert "la fin du registre a été coupée" in complaint
    gap = next(details for kind, details in events() if kind == EventCode.LEDGER_GAP)
    assert (gap["series"], gap["first"], gap["last"]) == ("sales", 4, 5)
    sell(1)
    with opened_core(database_path(), secrets_path(), read_only=True) as core:
        assert [row.number for row in core.store.queries.ledger_books().page("A", "sales", 0, 100)] == [1, 2, 3, 6]


def test_r06_a_copy_put_back_is_noted_and_what_it_lacks_is_named(ask: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    assert ask("backup", str(copy))[0] == 0
    sell(3)
    code, _, complaint = ask("restore", str(copy))
    assert code == 0
    assert "copie plus ancienne" in complaint
    kinds = [kind for kind, _ in events()]
    assert kinds[-1] == EventCode.RESTORED
    assert kinds.count(EventCode.LEDGER_GAP) == 2  # tickets and events
    sell(1)
    code, said, _ = ask("verify")
    assert {finding["kind"] for finding in said["findings"]} == {"gap_recorded"}
    assert code == 0


def test_r05_the_planted_key_is_in_no_database_backup_or_log(ask: Any, tmp_path: Path) -> None:
    """Bytes of the private key, in any form it could be written, looked for in every file but the key store's own."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with opened_core(database_path(), secrets_path(), read_only=True) as core:
        pem = core.secrets.fiscal_key()
    assert pem is not None
    key = load_pem_private_key(pem.encode(), None)
    number = key.private_numbers().private_value  # type: ignore[union-attr]  # an EC key
    body = "".join(pem.splitlines()[1:-1])
    needles = [body[:40].encode(), body[40:80].encode(), number.to_bytes(32, "big"), f"{number:064x}".encode()]
    ask("backup", str(tmp_path / "copy.sqlite3"))
    ask("verify")
    home = database_path().parent.parent
    files = [path for path in [*home.rglob("*"), *tmp_path.rglob("*")] if path.is_file()]
    assert any(needles[0] in path.read_bytes() for path in files if path == secrets_path()), (
        "the test looks for nothing"
    )
    for path in files:
        if path != secrets_path():
            content = path.read_bytes()
            assert not any(needle in content for needle in needles), path
