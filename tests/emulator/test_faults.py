"""Printers by somebody else run out of paper, stand open, are off line, lose their power: with the real spooler and a
database on disk each ticket ends in the right state, and none is lost or printed twice without a person asking.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.printing.layout import as_given
from app.printing.printer import PaperPrinter, PrinterState, Transport
from app.printing.transports.network import NetworkTransport
from app.printing.transports.serial_port import SerialTransport
from app.printing.transports.talk import Limits
from app.serial_line import open_line
from app.settings import PrinterProfile
from tests.emulator.conftest import Emulated
from tests.emulator.simulator import Emulator, Fault, Receipt, Wanted
from tests.integration.printing.till import Till, open_till_with

PATIENT = Limits(connect_s=30, answer_s=30, send_s=60, fence_s=60, drain_s=30)
"""A busy machine must not make a printer look broken."""

FAULTS: list[tuple[Fault, str]] = [("paper-out", "paper_out"), ("cover-open", "cover_open"), ("offline", "offline")]


@pytest.fixture(scope="module")
def emulator(emulated: Emulated) -> Emulator:
    return emulated(Wanted("front"), Wanted("line", line="serial"), Wanted("drawer"), Wanted("rough"))


def reached(emulator: Emulator, name: str) -> Transport:
    if name == "line":
        return SerialTransport(emulator.device(name), 115_200, open_line, limits=PATIENT)
    return NetworkTransport("127.0.0.1", emulator.port(name), PATIENT)


def printer_at(emulator: Emulator, name: str) -> PaperPrinter:
    return PaperPrinter(PrinterProfile(open_drawer=True), reached(emulator, name), "fr", as_given)


def numbers(papers: list[Receipt]) -> list[str]:
    found = [re.search(r"Ticket (A-\d+)", paper.text) for paper in papers]
    return [match.group(1) for match in found if match is not None]


def wait_until(till: Till, condition: Callable[[], bool]) -> None:
    with till.changed:
        assert till.changed.wait_for(condition, 120), till.states()


@pytest.mark.parametrize("name", ["front", "line"])
@pytest.mark.parametrize(("fault", "reason"), FAULTS)
def test_a_ticket_waits_for_the_printer_and_comes_out_once(
    emulator: Emulator, tmp_path: Path, name: str, fault: Fault, reason: str
) -> None:
    before = len(emulator.receipts(name))
    with open_till_with(tmp_path / "till.sqlite3", printer_at(emulator, name)) as till:
        emulator.fault(name, fault)
        try:
            assert reached(emulator, name).status().state.value == reason
            sold = [till.sell().sale.display_number for _ in range(2)]
            till.spooler.start()
            wait_until(till, lambda: till.store.queries.print_jobs()[-1].error == reason)
            assert till.states()[1] == "queued", "the second one waits behind it"
            assert len(emulator.receipts(name)) == before
        finally:
            emulator.mend(name, fault)
        till.spooler.retry_now()
        till_is_done(till, 2)
    papers = emulator.wait_for_receipts(name, before + 2)[before:]
    assert numbers(papers) == sold


def test_the_drawer_opens_with_a_cash_ticket_and_its_sensor_tells(emulator: Emulator, tmp_path: Path) -> None:
    shut = reached(emulator, "drawer").status().drawer_signal
    with open_till_with(tmp_path / "till.sqlite3", printer_at(emulator, "drawer")) as till:
        till.sell()
        till.spooler.start()
        till_is_done(till, 1)
    emulator.wait_until(lambda: emulator.drawer_is_open("drawer"))
    assert reached(emulator, "drawer").status().drawer_signal is not shut
    emulator.close_drawer("drawer")
    assert reached(emulator, "drawer").status().drawer_signal is shut


def test_faults_at_any_moment_lose_nothing_and_print_nothing_twice(emulator: Emulator, tmp_path: Path) -> None:
    """Also in the middle of a paper: what then is not sure is asked, never printed again."""
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with open_till_with(tmp_path / "till.sqlite3", printer_at(emulator, "rough")) as till:
        till.spooler.start()
        sold = []
        for _ in range(20):
            fault = chance.choice(FAULTS)[0]
            sold.append(till.sell().sale.display_number)
            if chance.random() < 0.5:
                emulator.fault("rough", fault)
                sold.append(till.sell().sale.display_number)
                emulator.mend("rough", fault)
            till.spooler.retry_now()
        wait_until(till, lambda: settled(till) == len(sold))
        states = dict(zip(sold, till.states(), strict=True))
    printed = numbers(emulator.wait_for_receipts("rough", list(states.values()).count("done")))
    assert len(printed) == len(set(printed))
    assert {number for number, state in states.items() if state == "done"} <= set(printed)
    assert "failed" not in states.values()


def test_a_printer_that_loses_its_power_comes_back(emulated: Emulated, tmp_path: Path) -> None:
    emulator = emulated(Wanted("power"))
    with open_till_with(tmp_path / "till.sqlite3", printer_at(emulator, "power")) as till:
        till.spooler.start()
        sold = [till.sell().sale.display_number]
        till_is_done(till, 1)
        emulator.kill()
        sold.append(till.sell().sale.display_number)
        wait_until(till, lambda: till.states()[1] == "failed")
        assert reached(emulator, "power").status().state is PrinterState.UNREACHABLE
        emulator.start_again()
        till.spooler.retry_now()
        till_is_done(till, 2)
    assert numbers(emulator.wait_for_receipts("power", 2)) == sold


def settled(till: Till) -> int:
    return sum(state in ("done", "unknown") for state in till.states())


def till_is_done(till: Till, count: int) -> None:
    wait_until(till, lambda: till.states() == ["done"] * count)
