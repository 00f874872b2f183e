"""Archives and exports by commands: words, exit codes, JSON, on a till in use and on a computer without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.domain.merchant import trading_day
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.paths import accounts_path, archives_dir, database_path, secrets_path
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE

pytestmark = pytest.mark.allowed_logs("stopped")


class Answers:
    """Runs commands with `--json` and reads what they say."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.exit_code = 0

    def __call__(self, *words: str | Path) -> dict[str, Any]:
        self.exit_code = main([*map(str, words), "--json"])
        answer = json.loads(self._capsys.readouterr().out)
        assert isinstance(answer, dict)
        assert answer["ok"] == (self.exit_code == 0)
        return answer


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Answers:
    return Answers(capsys)


@pytest.fixture
def today() -> str:
    """The trading day on which the till has sold."""
    with opened_core(database_path(), secrets_path()) as core:
        with core.store.unit_of_work() as uow:
            uow.set_identity(A_TILL)
            uow.commit()
        basket = Basket((line_for_product(core.ids.new(), COFFEE, 2),))
        payment = Payment(PaymentMeans.CARD, basket.total, basket.total)
        assert isinstance(sell_at_counter(core.counter, SaleRequest(basket, (payment,), "Léa")), SaleDone)
        clock = core.clock
        return trading_day(clock.now(), clock.utc_offset_minutes(), 4).isoformat()


def test_r15_archive_then_verify_by_commands(today: str, ask: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    early = ask("archive", "--from", today, "--to", today)
    assert (early["documents"], early["open_documents"], ask.exit_code) == (1, 1, 0)
    assert "clôture" in early["message"]
    assert ask("close")["ok"]
    made = ask("archive", "--from", today, "--to", today, "--operator", "Léa")
    assert (made["open_documents"], made["number"]) == (0, 2)
    assert Path(made["path"]).parent == archives_dir()
    assert made["path"] != early["path"]
    checked = ask("verify", made["path"], "--every-signature")
    assert (checked["findings"], checked["of_this_till"], checked["documents"]) == ([], True, 1)
    assert ask("verify", made["path"], "--key", checked["key"])["ok"]
    other = ask("verify", made["path"], "--key", "0" * 64)
    assert (other["reason"], ask.exit_code, other["findings"][0]["code"]) == ("findings", 1, "other_key")


def test_r15_an_archive_is_checked_where_there_is_no_till(today: str, ask: Answers, tmp_path: Path) -> None:
    made = ask("archive", "--from", today, "--to", today, "--output", tmp_path)
    elsewhere = tmp_path / "none.sqlite3"
    checked = ask("verify", made["path"], "--database", elsewhere)
    assert (checked["ok"], checked["of_this_till"]) == (True, False)
    assert not elsewhere.exists()
    bad = bytearray(Path(made["path"]).read_bytes())
    bad[len(bad) // 2] ^= 1
    Path(made["path"]).write_bytes(bad)
    assert ask("verify", made["path"], "--database", elsewhere)["reason"] == "findings"
    assert ask("verify", tmp_path / "nothing.zip", "--database", elsewhere)["reason"] == "no_such_file"


@pytest.mark.parametrize(
    "words", [("--month", "2020-01"), ("--year", "2020"), ("--from", "2020-01-01", "--to", "2020-01-02")]
)
def test_periods_without_anything(today: str, ask: Answers, words: tuple[str, ...]) -> None:
    assert ask("archive", *words)["reason"] == "nothing_to_archive"
    assert ask("export", "lines", *words)["reason"] == "nothing_to_export"
    assert ask("export", "journal", *words)["reason"] == "no_closed_day"
    assert ask("archive", "--from", "2020-01-01")["reason"] == "no_period"


@pytest.mark.parametrize("words", [("--month", "2020-13"), ("--year", "20"), ("--from", "yesterday")])
def test_a_period_that_is_none_is_wrong_use(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["archive", *words])
    assert end.value.code == 2
    assert capsys.readouterr().err


def test_exports_by_commands(today: str, ask: Answers, tmp_path: Path) -> None:
    period = ("--from", today, "--to", today, "--output", tmp_path)
    assert ask("export", "journal", *period)["open_days"] == [today]
    ask("close")
    for what in ("lines", "z", "journal", "e-reporting"):
        done = ask("export", what, *period)
        assert done["rows"] > 0
        assert all(Path(path).is_file() for path in done["paths"])


def test_the_accountants_accounts_are_used_or_named_as_wrong(today: str, ask: Answers, tmp_path: Path) -> None:
    period = ("--from", today, "--to", today, "--output", tmp_path)
    ask("close")
    accounts_path().write_text('[accounts]\ncard = "512999"\n', encoding="utf-8")
    [path] = ask("export", "journal", *period)["paths"]
    assert "\t512999\t" in Path(path).read_text(encoding="utf-8")
    accounts_path().write_text('[accounts]\ncoffee = "512999"\n', encoding="utf-8")
    wrong = ask("export", "journal", *period)
    assert (wrong["reason"], wrong["entry"]) == ("wrong_accounts", "coffee")
    own = tmp_path / "own.toml"
    own.write_text("accounts = [", encoding="utf-8")
    assert ask("export", "journal", *period, "--accounts", own)["reason"] == "wrong_accounts"
    assert ask("export", "journal", *period, "--accounts", tmp_path / "none.toml")["reason"] == "no_such_file"


def test_a_folder_that_may_not_be_written_is_said(today: str, ask: Answers, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    said = ask("archive", "--from", today, "--to", today, "--output", blocked)
    assert (said["reason"], ask.exit_code) == ("io", 1)
    assert "dossier" in said["message"]
