"""Sales, a real database, a real socket: the printer is off, hangs, comes back; the till is killed while it prints."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.socket_printer import SocketPrinter, read_job, socket_printer
from tests.integration.printing.till import open_till

ROOT = Path(__file__).parents[3]
PAGES = {16: "cp1252"}


def numbers(jobs: list[bytes]) -> list[str]:
    """The ticket numbers on paper, in the order in which they came out."""
    found = [re.search(r"Ticket (A-\d+)", read_job(job, PAGES).text) for job in jobs]
    return [match.group(1) for match in found if match is not None]


@pytest.fixture
def printer():
    with socket_printer() as printer:
        yield printer


def test_a_ticket_comes_out_after_the_sale(tmp_path, printer):
    with open_till(tmp_path / "till.sqlite3", printer.port) as till:
        till.spooler.start()
        done = till.sell()
        till.wait_for(["done"])
    assert numbers(printer.jobs) == [done.sale.display_number]
    text = read_job(printer.jobs[0], PAGES).text
    assert "Café « gourmand »" in text
    assert "3,50 €" in text
    assert "Rendu" in text


def test_twenty_tickets_wait_for_the_printer_and_come_out_once_and_in_order(tmp_path, printer):
    printer.switch_off()
    with open_till(tmp_path / "till.sqlite3", printer.port) as till:
        till.spooler.start()
        sold = [till.sell().sale.display_number for _ in range(20)]
        till.changed.acquire()
        assert till.changed.wait_for(lambda: "failed" in till.states(), 30)
        till.changed.release()
        printer.switch_on()
        till.wait_for(["done"] * 20)
    assert numbers(printer.jobs) == sold


def test_tickets_wait_over_a_restart(tmp_path, printer):
    with open_till(tmp_path / "till.sqlite3", printer.port) as till:
        sold = [till.sell().sale.display_number for _ in range(3)]
    with open_till(tmp_path / "till.sqlite3", printer.port) as till:
        till.spooler.start()
        till.wait_for(["done"] * 3)
    assert numbers(printer.jobs) == sold


def test_without_paper_tickets_wait_until_there_is_some(tmp_path, printer):
    printer.behave(paper_out=True)
    with open_till(tmp_path / "till.sqlite3", printer.port) as till:
        till.spooler.start()
        till.sell()
        with till.changed:
            assert till.changed.wait_for(lambda: till.store.queries.print_jobs()[0].error == "paper_out", 30)
        printer.behave()
        till.wait_for(["done"])
    assert len(printer.jobs) == 1


@pytest.mark.parametrize("behaviour", [{"hang_after": 10}, {"reset_after": 400}, {"black_hole": True}])
def test_a_sale_never_fails_because_of_the_printer(tmp_path, printer, behaviour):
    printer.behave(**behaviour)
    with open_till(tmp_path / "till.sqlite3", printer.port) as till:
        till.spooler.start()
        till.sell()
        till.wait_for(["unknown"])
        assert till.sell().sale.number == 2
    assert len(numbers(printer.jobs)) <= 1


def test_a_till_killed_while_it_prints_does_not_print_that_ticket_again(tmp_path, printer: SocketPrinter):
    printer.behave(hang_after=300)
    database = tmp_path / "till.sqlite3"
    program = [sys.executable, "-m", "tests.integration.printing.till", str(database), str(printer.port), "3"]
    with subprocess.Popen(program, cwd=ROOT) as child:
        try:
            assert printer.stuck.wait(60)
        finally:
            child.kill()
    printer.switch_off()
    printer.behave()
    printer.jobs.clear()
    printer.switch_on()
    with open_till(database, printer.port) as till:
        till.spooler.start()
        till.wait_for(["unknown", "done", "done"])
    assert numbers(printer.jobs) == ["A-000002", "A-000003"]


def test_stopping_in_the_middle_of_a_ticket_is_quick_and_loses_nothing(tmp_path, printer):
    from app.printing.transports.talk import Limits

    printer.behave(hang_after=300)
    with open_till(tmp_path / "till.sqlite3", printer.port, Limits(fence_s=600)) as till:
        till.sell()
        till.sell()
        till.spooler.start()
        assert printer.stuck.wait(30)
        assert till.spooler.stop()
        assert till.states() == ["unknown", "queued"]


@pytest.mark.expected_logs("cannot be read")
@pytest.mark.parametrize("document", ["{", '{"version": 99, "document": {}}'])
def test_a_paper_that_cannot_be_read_any_more_does_not_stop_the_others(tmp_path, printer, document):
    assert_the_younger_is_printed(tmp_path, printer, document, "queued")


def test_one_that_a_crash_cut_short_and_that_cannot_be_read_does_not_stop_the_others(tmp_path, printer):
    assert_the_younger_is_printed(tmp_path, printer, "{", "printing")


def assert_the_younger_is_printed(tmp_path, printer, document, state):
    file = tmp_path / "till.sqlite3"
    with open_till(file, printer.port) as till:
        _spoilt, kept = till.sell(), till.sell()
    with closing(sqlite3.connect(file)) as database:
        first = database.execute("SELECT min(row_id) FROM print_job").fetchone()
        database.execute("UPDATE print_job SET document = ?, state = ? WHERE row_id = ?", (document, state, *first))
        database.commit()
    with open_till(file, printer.port) as till:
        till.spooler.start()
        till.wait_for(["unknown", "done"])
    assert numbers(printer.jobs) == [kept.sale.display_number]
