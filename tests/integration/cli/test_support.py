"""The check-up and the support bundle: what they say, and that nothing secret and nobody's name leaves with them."""

from __future__ import annotations

import json
import logging
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import DiscreetFormatter, main
from app.bootstrap.core import opened_core
from app.cli.redact import OUT, Redactor, crashes_in
from app.domain.disagreements import NUMBER_DISBELIEVED
from app.paths import backups_dir, database_path, log_path, secrets_path, settings_path
from app.settings import PrinterProfile, Settings, save
from app.usecases.marketplace_port import Disagreement
from tests.fakes.samples import an_order

Ask = Callable[..., tuple[int, dict[str, Any]]]
NAME, NOTE = "Zébuline Trucquemard", "sonner chez Wurtzbacher"
TOKEN, KEY = "tok-Qm9uam91ciBDYW1pbGxl", bytes(range(3, 35))
PIN, AMOUNT = "25803691", "48 613,57"
"""Long: no moment and no size on disk has their digits by chance."""
PLANTED = (NAME, "Trucquemard", NOTE, "Wurtzbacher", TOKEN, KEY.hex(), "K7F3K9XR", PIN, AMOUNT, "/home/zebuline",
           "192.168.77.3", "Boucherie Pfannkuch", "Hyacinthe")  # fmt: skip


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def answer(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return answer


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def till() -> None:
    """A till that knows a customer, secrets, and a log in which everything went wrong."""
    with opened_core(database_path(), secrets_path()) as core:
        core.secrets.set_device_token(TOKEN)
        core.secrets.set_pickup_keys({"7": KEY})
        core.secrets.set_fiscal_key("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----")
        with core.counter.unit_of_work() as uow:
            uow.orders.save_server_copy(an_order("o-1", customer_name=NAME, note=NOTE))
            uow.commit()
    save(settings_path(), Settings(operator_name="Hyacinthe", printer=PrinterProfile("x", "network", "192.168.77.3")))


@pytest.fixture
def spoilt_log() -> Iterator[None]:
    """Gone after the test: what it says got out on purpose."""
    write_log(log_path())
    yield
    log_path().unlink()


def write_log(path: Path) -> None:
    """With the program's own formatter, what its lines should never say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(DiscreetFormatter("%(asctime)sZ %(levelname)s %(threadName)s %(name)s: %(message)s"))
    log = logging.Logger("app.sync.lane_steps")
    log.addHandler(handler)
    try:
        log.info("marketplace %s (%s lane) %s", "offline", "push", "no_network")
        log.info("GET /v1/orders/{order_id} 200 12 ms")
        log.info("order 01a205dc-8b01-7c30-a4ae-805bdf26c0b0 of %s: %s, %s EUR, PIN %s", NAME, NOTE, AMOUNT, PIN)
        log.warning("Bearer %s key %s code %s", TOKEN, KEY.hex(), "K7F3K9XR")
        logging.Logger("Hyacinthe").addHandler(handler)
        handler.handle(logging.makeLogRecord({"name": NAME, "levelname": "INFO", "threadName": NAME, "msg": "x"}))
        try:
            raise ValueError(f"cannot print for {NAME}")
        except ValueError as error:
            log.critical("Uncaught %s", type(error).__name__, exc_info=error)
        stream: Any = handler.stream
        stream.write(f'a line of another program about {NAME}\n  File "/home/zebuline/x.py", line 3, in f\n')
    finally:
        handler.close()


def read_all(bundle: Path) -> dict[str, str]:
    with zipfile.ZipFile(bundle) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


@pytest.mark.usefixtures("till", "spoilt_log")
def test_nothing_planted_is_in_the_bundle_and_what_helps_is(ask: Ask, tmp_path: Path) -> None:
    code, said = ask("support", str(tmp_path / "aide.zip"))
    assert code == 0, said
    parts = read_all(tmp_path / "aide.zip")
    everything = "\n".join(parts.values()) + (tmp_path / "aide.zip").read_bytes().decode(errors="replace")
    assert [planted for planted in PLANTED if planted in everything] == []
    assert next(iter(parts)) == "README.txt"
    assert "versions.json" in parts["README.txt"]
    assert json.loads(parts["database.json"])["rows"]["server_order"] == 1
    assert json.loads(parts["settings.json"])["printer"]["transport"] == "network"
    assert {check["name"] for check in json.loads(parts["doctor.json"])} >= {"disk", "ledger", "outbox", "backup"}
    log = parts["log/comptoir.log"]
    assert "app.sync.lane_steps: marketplace" in log
    assert "GET /v1/orders/{order_id} 200" in log
    assert "01a205dc-8b01-7c30-a4ae-805bdf26c0b0" in log
    assert "builtins.ValueError" in parts["crashes.txt"]
    assert 'File "' in parts["crashes.txt"]


def test_a_file_that_is_there_is_not_written_over(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "aide.zip").write_text("mine")
    code, said = ask("support", str(tmp_path / "aide.zip"))
    assert (code, said["reason"]) == (1, "file_exists")
    assert (tmp_path / "aide.zip").read_text() == "mine"
    assert ask("support", str(tmp_path / "none" / "aide.zip"))[1]["reason"] == "not_written"


def test_a_till_whose_files_are_spoilt_still_gets_its_bundle(ask: Ask, till: None, tmp_path: Path) -> None:
    database_path().write_bytes(NAME.encode() * 500)
    settings_path().write_text("{", encoding="utf-8")
    assert ask("support", str(tmp_path / "aide.zip"))[0] == 0
    parts = read_all(tmp_path / "aide.zip")
    assert "settings.json" not in parts
    found = {check["name"]: check["health"] for check in json.loads(parts["doctor.json"])}
    assert (found["database"], found["settings"]) == ("broken", "broken")
    assert "Trucquemard" not in "\n".join(parts.values())


@pytest.mark.parametrize(
    "line",
    [
        f"2026-11-23 10:00:00,000Z INFO MainThread app.sync: {NAME}",
        f"2026-11-23 10:00:00,000Z INFO {'Zébuline'} app.sync: marketplace",
        "2026-11-23 10:00:00,000Z INFO MainThread jean.dupont: marketplace",
        "2026-11-23 10:00:00,000Z INFO MainThread app.sync: jean.dupont@example.org 06.12.34.56.78",
        "2026-11-23 10:00:00,000Z INFO MainThread app.sync: 1250 12,50 EUR",
        '  File "/home/zebuline/Trucquemard.py", line 3, in f',
        "    raise ValueError('Mme Trucquemard')",
        "ValueError: Mme Trucquemard",
        "jean.dupont",
        "Zébuline",
    ],
)
def test_what_is_not_known_is_taken_out(redactor: Redactor, line: str) -> None:
    shown = redactor.line(line)
    assert OUT in shown
    for word in ("Zébuline", "Trucquemard", "dupont", "example", "06.12", "1250", "12,50", "zebuline", "ValueError("):
        assert word not in shown


def test_an_empty_vocabulary_leaves_no_word(tmp_path: Path) -> None:
    line = "2026-11-23 10:00:00,000Z INFO MainThread app.sync: marketplace offline"
    assert Redactor(tmp_path).line(line).endswith(f"app.sync: {OUT}")


def test_each_crash_is_apart(redactor: Redactor) -> None:
    head = "2026-11-23 10:00:0{n},000Z {level} MainThread comptoir: Uncaught X"
    lines = [head.format(n=1, level="CRITICAL"), "builtins.ValueError", head.format(n=2, level="INFO"), "x.y",
             head.format(n=3, level="CRITICAL"), "app.usecases.ports.StoreUnavailable"]  # fmt: skip
    assert [crash.splitlines()[-1] for crash in crashes_in(lines, redactor)] == [
        "builtins.ValueError", "app.usecases.ports.StoreUnavailable",
    ]  # fmt: skip


def health(ask: Ask) -> dict[str, str]:
    return {check["name"]: check["health"] for check in ask("doctor")[1]["checks"]}


def test_doctor_says_what_is_old(ask: Ask, till: None) -> None:
    assert health(ask)["backup"] == "to_see_to"
    assert ask("backup")[0] == 0
    assert health(ask)["backup"] == "ok"
    (copy,) = backups_dir().glob("*.sqlite3")
    long_ago = (datetime.now(UTC) - timedelta(days=30)).timestamp()
    os.utime(copy, (long_ago, long_ago))
    assert health(ask)["backup"] == "to_see_to"


def test_doctor_names_a_number_that_cannot_be(ask: Ask, till: None) -> None:
    now = datetime.now(UTC)
    told = Disagreement("n", "conflict", now, reason=NUMBER_DISBELIEVED, view={"told": 2**53, "drawn": 7})
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        uow.set_identity(replace(core.store.queries.identity(), paired_at=now))
        uow.exceptions.open(told)
        uow.commit()
    (found,) = [check for check in ask("doctor")[1]["checks"] if check["name"] == "numbers"]
    assert found["health"] == "to_see_to"
    assert str(2**53) in found["detail"]


def test_doctor_judges_link_contact_and_token(ask: Ask, till: None) -> None:
    now = datetime.now(UTC)
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        identity = core.store.queries.identity()
        uow.set_identity(
            replace(identity, marketplace_url="https://marche.example", paired_at=now - timedelta(days=90))
        )
        uow.pulled.note_server_time(now - timedelta(days=3), now)
        uow.commit()
    found = health(ask)
    assert (found["link"], found["contact"], found["token"]) == ("ok", "to_see_to", "to_see_to")
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        identity = core.store.queries.identity()
        uow.set_identity(replace(identity, marketplace_url="http://marche.example"))
        uow.pulled.note_server_time(now + timedelta(hours=3), now)
        uow.upkeep.note_done("token", now)
        uow.commit()
    found = health(ask)
    assert (found["link"], found["contact"], found["token"]) == ("broken", "to_see_to", "ok")
