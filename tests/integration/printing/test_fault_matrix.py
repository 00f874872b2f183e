"""Every way to fail of every kind of printer, through the real spooler and a database on disk: each ticket ends in the
right state, none is lost, none is printed twice without a person asking, and selling goes on meanwhile (I7).
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain.lease import Lease
from app.printing.printer import NoPrinter
from app.surroundings import SystemClock
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.ports import TOO_LATE
from app.usecases.print_document import print_again
from tests.fakes.samples import COFFEE, TOMATO, an_order
from tests.fakes.socket_printer import read_job
from tests.integration.printing.stands import KINDS, MATRIX, StandIn
from tests.integration.printing.till import IDENTITY, Till, open_till_with

PAGES = {16: "cp1252"}


def tickets(papers: list[bytes]) -> list[str]:
    """The numbers on paper, in the order in which they came out."""
    found = [re.search(r"Ticket (A-\d+)", read_job(job, PAGES).text) for job in papers]
    return [match.group(1) for match in found if match is not None]


def kicks(papers: list[bytes]) -> int:
    return sum(read_job(job, PAGES).drawer_kicks for job in papers)


@contextmanager
def stand_in(kind: str, folder: Path) -> Iterator[StandIn]:
    made = KINDS[kind](folder)
    try:
        yield made
    finally:
        made.close()


class LaterClock(SystemClock):
    """The clock of this computer, put forward by hand."""

    def __init__(self) -> None:
        self.later = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.later


@pytest.mark.parametrize(("kind", "name"), MATRIX)
def test_a_ticket_ends_in_the_right_state_and_the_next_one_comes_out(tmp_path: Path, kind: str, name: str) -> None:
    with stand_in(kind, tmp_path) as stand, open_till_with(tmp_path / "till.sqlite3", stand.printer()) as till:
        first = till.sell().sale.display_number
        till.spooler.start()
        till.wait_for(["done"])
        fault = stand.begin(name)
        second = till.sell().sale.display_number
        if "stalls" in name:
            stand.lose_patience()
        wait_until(till, lambda: state_of(till, 1) == fault.state and error_of(till, 1) in fault.reasons)
        third = till.sell().sale.display_number
        assert till.store.queries.print_jobs()[0].title == third, "selling goes on"
        stand.end()
        till.spooler.retry_now()
        wait_until(till, lambda: state_of(till, 2) in ("done", "unknown"))
        fourth = till.sell().sale.display_number
        wait_until(till, lambda: state_of(till, 3) == "done")
        states = till.states()
        printed = tickets(stand.papers)
    sold = [first, second, third, fourth]
    assert len(printed) == len(set(printed)), "none twice"
    for number, state in zip(sold, states, strict=True):
        assert (number in printed) >= (state == "done"), f"{number} is {state}, and on paper is {printed}"
    assert states[0] == states[3] == "done"
    assert states[1] == ("unknown" if fault.state == "unknown" else "done")


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_tickets_wait_and_come_out_once_and_in_order(tmp_path: Path, kind: str) -> None:
    with stand_in(kind, tmp_path) as stand, open_till_with(tmp_path / "till.sqlite3", stand.printer()) as till:
        stand.begin("absent")
        till.spooler.start()
        sold = [till.sell().sale.display_number for _ in range(100)]
        wait_until(till, lambda: "failed" in till.states())
        stand.end()
        till.spooler.retry_now()
        wait_until(till, lambda: till.states() == ["done"] * 100)
        assert tickets(stand.papers) == sold


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_day_without_power_nothing_is_printed_unasked_and_no_drawer_opens(tmp_path: Path, kind: str) -> None:
    clock = LaterClock()
    with (
        stand_in(kind, tmp_path) as stand,
        open_till_with(tmp_path / "till.sqlite3", stand.printer(), clock=clock) as till,
    ):
        stand.begin("absent")
        till.spooler.start()
        old = [till.sell().sale.display_number for _ in range(5)]
        wait_until(till, lambda: "failed" in till.states())
        clock.later = timedelta(days=1)
        till.spooler.retry_now()
        wait_until(till, lambda: [row.error for row in till.store.queries.print_jobs()] == [TOO_LATE] * 5)
        stand.end()
        till.spooler.retry_now()
        assert till.states() == ["failed"] * 5
        assert stand.papers == []
        wanted = till.store.queries.print_jobs()[2]
        print_again(till.counter, wanted.job_id)
        wait_until(till, lambda: till.states() == ["failed", "failed", "done", "failed", "failed"])
        assert tickets(stand.papers) == [old[2]]
        assert kicks(stand.papers) == 0


@pytest.mark.parametrize("kind", ["network", "serial", "cups"])  # of a USB device the kernel lets only one have it
def test_two_tills_print_on_one_printer_at_once(tmp_path: Path, kind: str) -> None:
    with (
        stand_in(kind, tmp_path) as stand,
        open_till_with(tmp_path / "one.sqlite3", stand.printer()) as one,
        open_till_with(tmp_path / "two.sqlite3", stand.printer()) as two,
    ):
        for till in (one, two):
            for _ in range(5):
                till.sell()
        one.spooler.start()
        two.spooler.start()
        for till in (one, two):
            wait_until(till, lambda till=till: till.states() == ["done"] * 5)  # type: ignore[misc]  # bound at once
        assert sorted(tickets(stand.papers)) == sorted([f"A-{number:06d}" for number in range(1, 6)] * 2)


Act = Callable[[Till, int], object]


def one_more_sale(till: Till, _number: int) -> object:
    return till.sell()


def one_more_handover(till: Till, number: int) -> object:
    """The number-th order of `with_orders`, with its slip."""
    request = HandoverRequest(f"order-{number}", HowFound.SCAN, "Camille", print_slip=True)
    done = hand_over_order(till.counter, request)
    assert isinstance(done, HandoverDone)
    return done


def with_orders(till: Till) -> None:
    """Paid ones that wait for their customers, this till's to hand over."""
    now = till.counter.clock.now()
    lease = Lease(IDENTITY.till_id, now + timedelta(days=1))
    with till.store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE, TOMATO])
        for number in range(ACTS):
            order = an_order(
                f"order-{number}",
                prepaid=True,
                reference=f"K7F3K{number:02d}",
                number=str(number),
                spoken_code="",
                placed_at=now - timedelta(hours=2),
                pickup_from=now - timedelta(hours=1),
                keep_until=now + timedelta(days=1),
                lease=lease,
            )
            uow.orders.save_server_copy(order)
        uow.commit()


ACTS = 30
HANGING = [("network", "black hole"), ("serial", "stalls late"), ("cups", "stalls")]


@pytest.mark.parametrize("act", [one_more_sale, one_more_handover])
@pytest.mark.parametrize(("kind", "name"), HANGING)
def test_a_customer_waits_no_longer_while_the_printer_hangs(tmp_path: Path, kind: str, name: str, act: Act) -> None:
    """Compared with a shop that prints nothing, on the same computer at the same time."""
    with (
        stand_in(kind, tmp_path) as stand,
        open_till_with(tmp_path / "hanging.sqlite3", stand.printer()) as hanging,
        open_till_with(tmp_path / "without.sqlite3", NoPrinter()) as without,
    ):
        hanging.sell()
        hanging.spooler.start()
        hanging.wait_for(["done"])
        stand.begin(name)
        stand.patience.fence_s = stand.patience.answer_s = 600.0
        hanging.sell()
        wait_until(hanging, lambda: state_of(hanging, 1) in ("printing", "unknown", "failed"))
        took: dict[Till, list[float]] = {hanging: [], without: []}
        for till in took:
            with_orders(till)
        for number in range(ACTS):
            for till, times in took.items():
                begun = time.perf_counter()
                act(till, number)
                times.append(time.perf_counter() - begun)
        slower = statistics.median(took[hanging]) / statistics.median(took[without])
        print(f"{kind}, {name}, {act.__name__}: takes {slower:.2f} times as long as without a printer")
        assert slower < 3


def state_of(till: Till, index: int) -> str:
    return till.states()[index]


def error_of(till: Till, index: int) -> str:
    return list(reversed(till.store.queries.print_jobs(limit=1000)))[index].error


def wait_until(till: Till, condition: Callable[[], bool]) -> None:
    with till.changed:
        assert till.changed.wait_for(condition, 90), (till.states(), till.store.queries.print_jobs(limit=1000)[:5])
