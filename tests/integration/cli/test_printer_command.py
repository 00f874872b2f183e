"""`comptoir printer` from nothing to a kept profile, against a printer on loopback: words, exit codes, JSON, what is
kept and what is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.paths import database_path, secrets_path, settings_path
from app.printing import workbench
from app.settings import load
from app.usecases.set_up_printer import NATIVE_CODE, Search
from tests.fakes.printer_bench import LOCKED, XP80
from tests.fakes.socket_printer import Behaviour, SocketPrinter, read_job, socket_printer


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    def answer(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["printer", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return answer


@pytest.fixture
def printer() -> Iterator[SocketPrinter]:
    with socket_printer() as on:
        yield on


def at(printer: SocketPrinter) -> str:
    return f"127.0.0.1:{printer.port}"


def test_what_is_found_is_listed(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(search: Search) -> None:
        search.report(LOCKED)
        search.report(XP80)

    monkeypatch.setattr(workbench, "every_finder", lambda: [find])
    code, told = ask("find")
    assert code == 0
    assert [(each["by"], each["where"], each["problem"]) for each in told["printers"]] == [
        ("network", "192.168.1.50", ""),
        ("usb", "/dev/usb/lp0", "refused"),
    ]
    code, told = ask("find", "--no-network")
    assert (code, told["reason"]) == (1, "none_found")


def test_from_nothing_to_a_profile_that_prints(ask: Any, printer: SocketPrinter) -> None:
    assert ask("use", "--network", at(printer), "--operator", "Léa")[0] == 0
    assert ask("chart")[0] == 0
    assert NATIVE_CODE.encode() in printer.jobs[-1]
    code, told = ask("answer", "--line", "8", "--width", "42", "--code", "b", "--cut", "no", "--pin", "5")
    assert code == 0
    kept = load(settings_path()).printer
    assert told["profile"]["code_page"] == kept.code_page == "cp858"
    assert (kept.width_columns, kept.has_native_qr, kept.has_cutter, kept.drawer_pin) == (42, False, False, 5)
    assert ask("test")[0] == 0
    assert "é è ê" in read_job(printer.jobs[-1], {19: "cp858"}).text
    assert ask("drawer")[0] == 0
    assert b"\x1bp\x01" in printer.jobs[-1]
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        kinds = [row.kind for row in uow.ledger.rows(uow.identity().till_letter, _events(), 1, 99)]
    assert kinds.count("printer_changed") == 2


def _events() -> Any:
    from app.domain.fiscal import Series

    return Series.EVENTS


def test_other_places_have_their_own(ask: Any, printer: SocketPrinter) -> None:
    ask("use", "--network", at(printer), "--place", "preparation")
    settings = load(settings_path())
    assert settings.preparation_printer.port == printer.port
    assert settings.printer.transport == "screen"
    assert ask("use", "--none", "--place", "preparation")[0] == 0
    assert load(settings_path()).preparation_printer.transport == "none"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["use"], "which"),
        (["use", "--network", "10.0.0.9:x"], "wrong_answer"),
        (["use", "--network", "10.0.0.9:70000"], "wrong_answer"),
        (["answer", "--line", "99"], "wrong_answer"),
        (["answer", "--width", "41"], "wrong_answer"),
        (["chart"], "no_printer"),
        (["export"], "no_file"),
        (["import"], "no_file"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_changed(ask: Any, words: list[str], reason: str) -> None:
    code, told = ask(*words)
    assert (code, told["reason"]) == (1, reason)
    assert load(settings_path()).printer.transport == "screen"


def test_a_printer_that_fails_is_said(ask: Any, printer: SocketPrinter) -> None:
    ask("use", "--network", at(printer))
    printer.behaviour = Behaviour(paper_out=True)
    code, told = ask("chart")
    assert (code, told["reason"]) == (1, "paper_out")
    assert "rouleau" in told["message"]
    ask("use", "--queue", "Caisse")
    assert ask("drawer")[1]["reason"] == "not_live"


def test_a_profile_is_passed_on(ask: Any, printer: SocketPrinter, tmp_path: Path) -> None:
    file = tmp_path / "caisse.json"
    ask("use", "--network", at(printer))
    ask("answer", "--line", "9", "--width", "32")
    assert ask("export", str(file))[1]["path"] == str(file)
    told = load(settings_path()).printer
    ask("use", "--screen")
    assert ask("import", str(file))[0] == 0
    assert load(settings_path()).printer == told
    file.write_text("{}")
    assert ask("import", str(file))[1]["reason"] == "not_a_profile"
    assert ask("import", str(tmp_path / "none.json"))[1]["reason"] == "not_a_profile"
    assert ask("export", str(tmp_path / "no" / "x.json"))[1]["reason"] == "not_written"
    assert load(settings_path()).printer == told
