"""The spooler with a queue in memory and printers that do as they are told."""

from __future__ import annotations

import threading
from collections import deque
from datetime import timedelta
from typing import Any

import pytest

from app.domain.receipt import PrintKind
from app.printing.print_routes import Stand
from app.printing.printer import NoPrinter, PrinterState, PrinterStatus
from app.printing.spooler import DRAWER_WINDOW, Spooler
from app.usecases.ports import PrinterUnavailable, PrintJob, PrintState, StoreUnavailable
from tests.fakes.memory_store import MemoryStore
from tests.fakes.surroundings import NOON, HandSetClock
from tests.unit.printing import samples

AT_ONCE = (0.01,)


class ScriptedPrinter:
    """Prints, or fails with the next reason of its script; `wait` holds it in the middle of a job."""

    live = True

    def __init__(self, script=(), wait: threading.Event | None = None):
        self.script = deque(script)
        self.printed: list[tuple[int, bool]] = []
        self.tries = 0
        self.aborted = threading.Event()
        self.in_the_middle = threading.Event()
        self.once_printed = lambda: None
        self.drawer_script: deque[str] = deque()
        self.drawers = 0
        self.states: deque[PrinterStatus] = deque()
        self.looks = 0
        self._wait = wait

    def print_document(self, document, *, open_drawer=False):
        self.tries += 1
        self.in_the_middle.set()
        if self._wait is not None:
            self.aborted.wait(20)
            raise PrinterUnavailable("unknown", "called off")
        failure = self.script.popleft() if self.script else None
        if isinstance(failure, Exception):
            raise failure
        if failure:
            raise PrinterUnavailable(failure)
        self.printed.append((document.copy_no, open_drawer))
        self.once_printed()

    def open_drawer(self):
        failure = self.drawer_script.popleft() if self.drawer_script else None
        if failure:
            raise PrinterUnavailable(failure)
        self.drawers += 1

    def status(self):
        self.looks += 1
        return self.states.popleft() if self.states else PrinterStatus(PrinterState.READY)

    def abort(self):
        self.aborted.set()


class Till:
    """A store, a clock and ears for changes."""

    def __init__(self):
        self.store = MemoryStore()
        self.clock = HandSetClock()
        self._changed = threading.Condition()
        self._spoolers: list[Spooler] = []

    def queue(self, number, *, open_drawer=False, state=PrintState.QUEUED, kind=PrintKind.SALE_RECEIPT):
        document = samples.sale_receipt(copy_no=number)
        job = PrintJob(f"job-{number:03d}", NOON, kind, document, state, 0, "", f"Ticket {number}", open_drawer)
        with self.store.unit_of_work() as uow:
            uow.print_queue.add(job)
            uow.commit()

    def spooler(self, printer, retry_after_s=AT_ONCE, **other):
        spooler = Spooler(self.store.unit_of_work, printer, self.clock, self._note, retry_after_s, **other)
        self._spoolers.append(spooler)
        spooler.start()
        return spooler

    def wait_until(self, condition):
        with self._changed:
            assert self._changed.wait_for(condition, 20), self.states()

    def states(self):
        return {job.job_id: (job.state, job.error) for job in self.store.tables.print_jobs.values()}

    def all_are(self, state):
        return all(job.state is state for job in self.store.tables.print_jobs.values())

    def close(self):
        stopped = [spooler.stop() for spooler in self._spoolers]
        assert all(stopped)

    def _note(self):
        with self._changed:
            self._changed.notify_all()


@pytest.fixture
def till():
    till = Till()
    yield till
    till.close()


def test_what_waits_is_printed_in_order_and_once(till):
    for number in range(1, 6):
        till.queue(number)
    printer = ScriptedPrinter()
    till.spooler(printer)
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert [number for number, _ in printer.printed] == [1, 2, 3, 4, 5]


def test_a_kick_wakes_it_for_what_comes_later(till):
    printer = ScriptedPrinter()
    spooler = till.spooler(printer)
    till.queue(1)
    spooler.kick()
    till.wait_until(lambda: till.states()["job-001"][0] is PrintState.DONE)
    till.queue(2)
    spooler.kick()
    till.wait_until(lambda: till.states()["job-002"][0] is PrintState.DONE)
    assert [number for number, _ in printer.printed] == [1, 2]


@pytest.mark.parametrize("reason", ["absent", "refused", "paper_out", "cover_open", "offline", "timeout", "io"])
def test_what_certainly_failed_is_tried_again_before_younger_jobs(till, reason):
    till.queue(1)
    till.queue(2)
    printer = ScriptedPrinter([reason, reason])
    till.spooler(printer)
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert [number for number, _ in printer.printed] == [1, 2]
    assert till.store.tables.print_jobs["job-001"].attempts == 3


def test_the_reason_of_a_failure_can_be_seen_while_it_rests(till):
    till.queue(1)
    till.spooler(ScriptedPrinter(["paper_out"]), retry_after_s=(600.0,))
    till.wait_until(lambda: till.states()["job-001"] == (PrintState.FAILED, "paper_out"))


def test_a_person_may_cut_a_rest_short(till):
    till.queue(1)
    spooler = till.spooler(ScriptedPrinter(["paper_out"]), retry_after_s=(600.0,))
    till.wait_until(lambda: till.states()["job-001"][0] is PrintState.FAILED)
    spooler.retry_now()
    till.wait_until(lambda: till.states()["job-001"][0] is PrintState.DONE)


def test_a_new_job_does_not_cut_a_rest_short(till):
    till.queue(1)
    printer = ScriptedPrinter(["absent"] * 100)
    spooler = till.spooler(printer, retry_after_s=(600.0,))
    till.wait_until(lambda: till.states()["job-001"][0] is PrintState.FAILED)
    printer.in_the_middle.clear()
    for _ in range(50):
        spooler.kick()
    assert not printer.in_the_middle.wait(0.3)
    assert printer.tries == 1


def test_what_may_be_on_paper_is_never_printed_again_by_itself(till):
    till.queue(1)
    till.queue(2)
    printer = ScriptedPrinter(["unknown"])
    till.spooler(printer)
    till.wait_until(lambda: till.states()["job-002"][0] is PrintState.DONE)
    assert till.states()["job-001"] == (PrintState.UNKNOWN, "unknown")
    assert [number for number, _ in printer.printed] == [2]


def test_what_a_crash_cut_short_is_unknown_at_the_next_start(till):
    till.queue(1, state=PrintState.PRINTING)
    till.queue(2)
    printer = ScriptedPrinter()
    till.spooler(printer)
    till.wait_until(lambda: till.states()["job-002"][0] is PrintState.DONE)
    assert till.states()["job-001"] == (PrintState.UNKNOWN, "unknown")
    assert [number for number, _ in printer.printed] == [2]


def test_stopping_in_the_middle_of_a_job_leaves_it_unknown_and_the_next_one_queued(till):
    till.queue(1)
    till.queue(2)
    printer = ScriptedPrinter(wait=threading.Event())
    spooler = till.spooler(printer)
    assert printer.in_the_middle.wait(20)
    assert spooler.stop()
    assert till.states() == {"job-001": (PrintState.UNKNOWN, "unknown"), "job-002": (PrintState.QUEUED, "")}


def test_without_a_printer_nothing_piles_up(till):
    till.queue(1)
    till.spooler(NoPrinter())
    till.wait_until(lambda: till.states()["job-001"] == (PrintState.CANCELLED, "no_printer"))


@pytest.mark.expected_logs("print job job-001 cannot be printed")
def test_a_document_nobody_can_lay_out_does_not_stop_the_others(till):
    till.queue(1)
    till.queue(2)
    printer = ScriptedPrinter([ValueError("a bug")])
    till.spooler(printer)
    till.wait_until(lambda: till.states()["job-002"][0] is PrintState.DONE)
    assert till.states()["job-001"] == (PrintState.UNKNOWN, "unprintable")


def test_a_store_that_fails_is_asked_again_and_nothing_is_printed_twice(till):
    till.queue(1)
    printer = ScriptedPrinter()
    printer.once_printed = lambda: setattr(till.store, "fail_commit_with", StoreUnavailable("disk_full"))
    till.spooler(printer)
    till.wait_until(lambda: till.states()["job-001"][0] is PrintState.DONE)
    assert len(printer.printed) == 1


def test_a_store_that_fails_at_the_start_is_asked_again(till):
    till.queue(1)
    till.store.fail_commit_with = StoreUnavailable("busy")
    till.spooler(ScriptedPrinter())
    till.wait_until(lambda: till.states()["job-001"][0] is PrintState.DONE)


def test_the_drawer_opens_with_a_fresh_ticket_only(till):
    till.queue(1, open_drawer=True)
    till.queue(2)
    printer = ScriptedPrinter()
    till.spooler(printer)
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert printer.printed == [(1, True), (2, False)]


@pytest.mark.parametrize("age", [DRAWER_WINDOW + timedelta(seconds=1), timedelta(seconds=-1)])
def test_the_drawer_stays_shut_for_an_old_ticket(till, age):
    till.queue(1, open_drawer=True)
    till.clock.go_on(seconds=age.total_seconds())
    printer = ScriptedPrinter()
    till.spooler(printer)
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert printer.printed == [(1, False)]


# --- more than one printer -----------------------------------------------------------------------------------


class Listener:
    """Keeps what a printer's worker says."""

    def __init__(self):
        self.heard = []
        self._changed = threading.Condition()

    def _note(self, *words):
        with self._changed:
            self.heard.append(words)
            self._changed.notify_all()

    def wait_for(self, *words):
        with self._changed:
            assert self._changed.wait_for(lambda: words in self.heard, 20), self.heard

    def printed(self):
        self._note("printed")

    def failed(self, reason):
        self._note("failed", reason)

    def looked(self, status):
        self._note("looked", status.state.value)

    def drawer_opened(self):
        self._note("drawer opened")

    def drawer_stayed_shut(self, reason):
        self._note("drawer shut", reason)


PREPARING = frozenset({PrintKind.PREPARATION_LIST})


def test_each_printer_prints_its_own_papers(till):
    counter, kitchen = ScriptedPrinter(), ScriptedPrinter()
    till.queue(1)
    till.queue(2, kind=PrintKind.PREPARATION_LIST)
    till.queue(3)
    till.spooler(counter, others=[Stand(kitchen, "Réserve", PREPARING)])
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert [number for number, _ in counter.printed] == [1, 3]
    assert [number for number, _ in kitchen.printed] == [2]
    assert {error for _, error in till.states().values()} == {""}


def test_a_printer_that_hangs_holds_up_its_own_papers_only(till):
    stuck = ScriptedPrinter(wait=threading.Event())
    till.queue(1)
    till.queue(2, kind=PrintKind.PREPARATION_LIST)
    till.spooler(stuck, others=[Stand(ScriptedPrinter(), "Réserve", PREPARING)])
    till.wait_until(lambda: till.states()["job-002"][0] is PrintState.DONE)
    assert till.states()["job-001"][0] is PrintState.PRINTING


def test_what_surely_is_not_on_paper_comes_out_of_the_fallback_printer_which_is_said(till):
    first, spare = ScriptedPrinter(["paper_out"] * 3), ScriptedPrinter()
    till.queue(1)
    till.queue(2)
    till.spooler(first, others=[Stand(spare, "Réserve", takes_over=True)])
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert [number for number, _ in spare.printed] == [1]
    assert [number for number, _ in first.printed] == [2], "its own printer is tried first each time"
    assert till.states()["job-001"] == (PrintState.DONE, "printed_on:Réserve")
    assert till.states()["job-002"] == (PrintState.DONE, "")


def test_twice_is_not_often_enough_to_hand_a_paper_on(till):
    first, spare = ScriptedPrinter(["offline"] * 2), ScriptedPrinter()
    till.queue(1)
    till.spooler(first, others=[Stand(spare, "Réserve", takes_over=True)])
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert ([number for number, _ in first.printed], spare.tries) == ([1], 0)


def test_what_may_be_on_paper_never_goes_to_the_fallback_printer(till):
    first, spare = ScriptedPrinter(["absent", "absent", "absent", "unknown"]), ScriptedPrinter()
    till.queue(1)
    spooler = till.spooler(first, others=[Stand(spare, "Réserve", takes_over=True)])
    till.wait_until(lambda: till.states()["job-001"][0] is PrintState.DONE)
    till.queue(2)
    spooler.kick()
    till.wait_until(lambda: till.states()["job-002"] == (PrintState.UNKNOWN, "unknown"))
    assert [number for number, _ in spare.printed] == [1]


def test_a_paper_comes_home_if_the_fallback_printer_fails_too_and_its_own_works_again(till):
    first = ScriptedPrinter(["absent"] * 3)
    spare = ScriptedPrinter(["paper_out"] * 1000)
    till.queue(1)
    spooler = till.spooler(first, others=[Stand(spare, "Réserve", takes_over=True)], look_every_s=0.01)
    spooler.kick()
    till.wait_until(lambda: till.states()["job-001"] == (PrintState.DONE, ""))
    assert [number for number, _ in first.printed] == [1]
    assert spare.printed == []


# --- what comes first, what comes too late --------------------------------------------------------------------


def test_a_ticket_somebody_waits_for_does_not_wait_behind_a_hundred_labels(till):
    for number in range(1, 101):
        till.queue(number, kind=PrintKind.SELF_TEST)
    till.queue(101)
    printer = ScriptedPrinter()
    till.spooler(printer)
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert [number for number, _ in printer.printed] == [101, *range(1, 101)]


@pytest.mark.parametrize(
    ("kind", "hours", "late"),
    [
        (PrintKind.SALE_RECEIPT, 1, False),
        (PrintKind.SALE_RECEIPT, 1.01, True),
        (PrintKind.PREPARATION_LIST, 11.9, False),
        (PrintKind.PREPARATION_LIST, 12.1, True),
        (PrintKind.Z_REPORT, 400, False),
    ],
)
def test_what_nobody_waits_for_any_more_is_printed_only_on_somebodys_word(till, kind, hours, late):
    till.queue(1, kind=kind, open_drawer=True)
    till.clock.go_on(seconds=hours * 3600)
    printer = ScriptedPrinter()
    spooler = till.spooler(printer)
    after = (PrintState.FAILED, "too_late") if late else (PrintState.DONE, "")
    till.wait_until(lambda: till.states()["job-001"] == after)
    if late:
        with till.store.unit_of_work() as uow:
            uow.print_queue.ask_again("job-001", till.clock.now())
            uow.commit()
        spooler.kick()
        till.wait_until(lambda: till.states()["job-001"] == (PrintState.DONE, ""))
    assert printer.printed == [(1, False)]


# --- drawer and look ------------------------------------------------------------------------------------------


def test_the_drawer_is_opened_between_two_papers_and_that_is_told(till):
    news, printer = Listener(), ScriptedPrinter()
    till.spooler(printer, news=news).open_drawer()
    news.wait_for("drawer opened")
    assert printer.drawers == 1


@pytest.mark.parametrize("reason", ["absent", "paper_out", "not_live"])
def test_a_drawer_that_stays_shut_is_told(till, reason):
    news, printer = Listener(), ScriptedPrinter()
    printer.drawer_script.append(reason)
    till.spooler(printer, news=news).open_drawer()
    news.wait_for("drawer shut", reason)


def test_a_drawer_asked_for_while_the_printer_was_busy_for_long_stays_shut(till):
    news, printer = Listener(), ScriptedPrinter()
    spooler = Spooler(till.store.unit_of_work, printer, till.clock, lambda: None, AT_ONCE, news=news)
    spooler.open_drawer()
    till.clock.go_on(seconds=11)
    spooler.start()
    news.wait_for("drawer shut", "timeout")
    assert spooler.stop()
    assert printer.drawers == 0


def test_a_cash_ticket_that_does_not_come_out_tells_once_that_the_drawer_stayed_shut(till):
    news = Listener()
    till.queue(1, open_drawer=True)
    till.spooler(ScriptedPrinter(["paper_out", "paper_out"]), news=news)
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    news.wait_for("drawer opened")
    assert news.heard.count(("drawer shut", "paper_out")) == 1


def test_a_drawer_behind_a_spooler_is_said_to_be_shut(till):
    news, printer = Listener(), ScriptedPrinter()
    printer.live = False
    till.queue(1, open_drawer=True)
    till.spooler(printer, news=news)
    news.wait_for("drawer shut", "not_live")


def test_an_idle_printer_is_asked_how_it_does(till):
    news, printer = Listener(), ScriptedPrinter()
    printer.states.append(PrinterStatus(PrinterState.PAPER_OUT))
    till.spooler(printer, news=news, look_every_s=0.01)
    news.wait_for("looked", "paper_out")
    news.wait_for("looked", "ready")


def test_what_a_spooler_holds_is_never_asked(till):
    printer = ScriptedPrinter()
    printer.live = False
    spooler = till.spooler(printer, look_every_s=0.01)
    till.queue(1)
    spooler.kick()
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert printer.looks == 0


def test_on_somebodys_word_an_idle_printer_is_asked_at_once_even_behind_a_queue(till):
    news, printer = Listener(), ScriptedPrinter()
    printer.live = False
    printer.states.append(PrinterStatus(PrinterState.PAPER_OUT))
    spooler = till.spooler(printer, news=news)
    spooler.retry_now()
    news.wait_for("looked", "paper_out")
    spooler.retry_now()
    news.wait_for("looked", "ready")


def test_a_page_that_tries_a_printer_comes_out_of_that_one_or_of_none(till):
    first, spare = ScriptedPrinter(), ScriptedPrinter(["offline"] * 4)
    spooler = till.spooler(first, others=[Stand(spare, "Réserve", takes_over=True)])
    spooler.keep_at("job-001", 1)
    till.queue(1)
    spooler.kick()
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    assert (first.printed, [number for number, _ in spare.printed]) == ([], [1])
    assert till.states()["job-001"] == (PrintState.DONE, ""), "it is where it belongs"


# --- what nobody foresaw, and printers that do not end ---------------------------------------------------------


@pytest.mark.expected_logs("the printer cannot be asked", "the drawer cannot be opened")
def test_what_nobody_foresaw_of_a_printer_does_not_end_the_printing(till):
    asked, news, printer = threading.Event(), Listener(), ScriptedPrinter()

    def fails():
        asked.set()
        raise ZeroDivisionError

    scripted: Any = printer
    scripted.status = scripted.open_drawer = fails
    spooler = till.spooler(printer, news=news, look_every_s=0.01)
    assert asked.wait(20)
    spooler.open_drawer()
    news.wait_for("drawer shut", "io")
    till.queue(1)
    spooler.kick()
    till.wait_until(lambda: till.all_are(PrintState.DONE))


class DeafPrinter(ScriptedPrinter):
    """Ends when it likes, whatever it is told."""

    def __init__(self, reason):
        super().__init__()
        self.may_end = threading.Event()
        self._reason = reason

    def print_document(self, document, *, open_drawer=False):
        self.in_the_middle.set()
        assert self.may_end.wait(60)
        raise PrinterUnavailable(self._reason)


def test_a_printer_that_ends_late_does_not_undo_what_was_done_on_somebodys_word_meanwhile(till):
    till.queue(1)
    deaf, printer = DeafPrinter("timeout"), ScriptedPrinter()
    old = till.spooler(deaf)
    assert deaf.in_the_middle.wait(20)
    old.call_off()
    new = till.spooler(printer, follows=old)
    till.wait_until(lambda: till.states()["job-001"] == (PrintState.UNKNOWN, "unknown"))
    with till.store.unit_of_work() as uow:
        uow.print_queue.ask_again("job-001", NOON)
        uow.commit()
    new.kick()
    till.wait_until(lambda: till.all_are(PrintState.DONE))
    deaf.may_end.set()
    assert old.stop()
    new.kick()
    assert till.all_are(PrintState.DONE)
    assert len(printer.printed) == 1


def test_the_next_spooler_begins_when_the_one_before_has_ended(till):
    till.queue(1)
    old_printer, printer = ScriptedPrinter(wait=threading.Event()), ScriptedPrinter()
    old = till.spooler(old_printer)
    assert old_printer.in_the_middle.wait(20)
    old.call_off()
    till.queue(2)
    till.spooler(printer, follows=old)
    till.wait_until(lambda: till.states()["job-002"][0] is PrintState.DONE)
    assert till.states()["job-001"] == (PrintState.UNKNOWN, "unknown")
    assert [number for number, _ in printer.printed] == [2]


def test_a_printer_that_comes_to_life_later_is_asked_how_it_does(till):
    news, printer = Listener(), ScriptedPrinter()
    printer.live = False
    spooler = till.spooler(printer, news=news, look_every_s=0.01)
    printer.live = True
    spooler.kick()
    news.wait_for("looked", "ready")
