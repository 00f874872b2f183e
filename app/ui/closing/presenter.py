"""Owns what each input means on the closing screen. No widget, no wording, no SQL. Everything here works off line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.domain.cash import CashCount, CashMovementKind, proposed_float
from app.domain.closure import Closure, ClosureKind, PeriodReport
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.money import ZERO, parse_amount
from app.domain.operators import Right
from app.ui.closing.state import (
    PLACE_OF_WAIT,
    WAIT_KEYS,
    Checked,
    ClosingState,
    ClosingSurroundings,
    ClosingView,
    Picture,
    Said,
    Step,
    Wait,
)
from app.ui.task_runner import Lane
from app.usecases.close_period import (
    CloseDayRequest,
    CloseRefusal,
    CloseRefused,
    DayClosed,
    close_day,
    due_closures,
    print_x,
    print_z,
    report_x,
)
from app.usecases.explain_gap import explain_gap
from app.usecases.keep_cash import CashMoved, CashRefusal, CashRefused, move_cash, open_cash, open_drawer
from app.usecases.ports import Counter, PrintState, Touched
from app.usecases.queries import Queries

_MANY = 200
_WAITING_PRINTS = frozenset({PrintState.QUEUED, PrintState.PRINTING, PrintState.FAILED, PrintState.UNKNOWN})


class ClosingPresenter:
    """From the first coin counted to the closed day."""

    def __init__(self, around: ClosingSurroundings, view: ClosingView) -> None:
        self._around = around
        self._view = view
        self.state = ClosingState(blind=around.blind_count())

    # --- what is there ---

    def activate(self) -> None:
        """The screen is shown: what was counted stays; what was closed is over."""
        if self.state.step in (Step.DONE, Step.REPORT):
            self.start_again()
        self._change(blind=self._around.blind_count())
        self.read()

    def refresh(self, touched: Touched) -> None:
        if touched.orders or touched.outbox or touched.print_queue or touched.baskets or touched.sales or touched.cash:
            self.read()

    def read(self) -> None:
        """Read what waits, what is due, what should be in the drawer."""
        counter, queries = self._around.counter, self._around.queries
        self._run(Lane.LISTS, lambda: _picture(counter, queries), lambda picture: self._change(picture=picture))

    def see_to(self, wait: Wait) -> None:
        self._view.go_to(PLACE_OF_WAIT[wait])

    def key(self, letter: str) -> bool:
        """A letter that types nothing. True if it means something here."""
        step = self.state.step
        if step is Step.DONE and letter == "z":
            self.print_z_again()
        elif step is not Step.COUNT:
            return False
        elif letter in WAIT_KEYS:
            if self.state.picture.waits.get(WAIT_KEYS[letter]):
                self.see_to(WAIT_KEYS[letter])
        elif letter == "s":
            self.check(None)
        elif letter == "d":
            self.show_drawer()
        elif letter == "x":
            self.show_report()
        else:
            return False
        return True

    def go_back(self) -> bool:
        """Esc: away with what was said, then one step back; a count is never lost."""
        step = self.state.step
        if self.state.said is not None and step is not Step.DONE:
            self._change(said=None)
        elif step in (Step.CHECK, Step.DRAWER, Step.REPORT):
            self._change(step=Step.COUNT, said=None)
            self.read()
        elif step is Step.DONE:
            self.start_again()
        else:
            return False
        return True

    # --- closing ---

    def check(self, count: CashCount | None) -> None:
        """The count is done, or there is none: hold it against what should be there."""
        if self.state.busy:
            return
        nothing_counted = count is not None and not count.pieces and not count.loose
        session = self.state.picture.session
        if nothing_counted and (session is None or session.expected):
            self._refuse(Said.COUNT_FIRST)
            return
        counter, queries = self._around.counter, self._around.queries
        self._change(busy=True, said=None)
        self._run(Lane.STORE, lambda: _held_against(counter, queries, count), self._checked)

    def close(self, next_float: str, reason: str) -> None:
        """Close the day with what was counted.

        Args:
            next_float: as typed; "" leaves everything in the drawer.
            reason: for the difference.
        """
        checked = self.state.checked
        if checked is None or self.state.busy or self.state.step is not Step.CHECK:
            return
        left = parse_amount(next_float) if next_float.strip() else None
        if next_float.strip() and (left is None or left < ZERO):
            self._refuse(Said.NOT_AN_AMOUNT)
            return
        if checked.difference and not reason.strip():
            self._refuse(CloseRefused(CloseRefusal.DIFFERENCE_NEEDS_REASON, checked.difference))
            return
        limit = self._around.difference_limit()
        over = abs(checked.difference.minor) > limit.minor
        request = CloseDayRequest(
            self._around.operator(),
            checked.count,
            reason,
            next_float=left,
            difference_limit=limit,
            date_confirmed=self._was_asked_for_the_date(),
        )
        right = Right.ACCEPT_CASH_DIFFERENCE if over else Right.CLOSE_DAY
        self._around.ask(right, lambda approved_by: self._close(request, approved_by))

    def _was_asked_for_the_date(self) -> bool:
        """Whether the screen says that the date may be wrong: closing once more confirms it."""
        said = self.state.said
        return isinstance(said, CloseRefused) and said.reason is CloseRefusal.ANOTHER_DAY

    def start_again(self) -> None:
        """Away with what was counted and closed."""
        self._view.clear_count()
        self._change(step=Step.COUNT, checked=None, closed=None, report=None, said=None)

    # --- aside ---

    def show_drawer(self) -> None:
        self._change(step=Step.DRAWER, said=None)
        self.read()

    def show_report(self) -> None:
        """X: the period under way."""
        counter = self._around.counter
        self._run(
            Lane.STORE,
            lambda: report_x(counter),
            lambda report: self._change(step=Step.REPORT, report=report, said=None),
        )

    def print_report(self) -> None:
        counter, operator = self._around.counter, self._around.operator()
        self._run(Lane.STORE, lambda: print_x(counter, operator), lambda _job: self._change(said=Said.X_PRINTED))

    def print_z_again(self) -> None:
        """A duplicate of the day that was closed last."""
        closure = self.newest_day()
        if closure is None:
            return
        counter, operator = self._around.counter, self._around.operator()
        work: Callable[[], Any] = lambda: print_z(counter, closure.closure_id, operator)  # noqa: E731  # one call
        self._run(Lane.STORE, work, lambda _job: self._change(said=Said.Z_PRINTED))

    def newest_day(self) -> Closure | None:
        """The newest day among what was just closed."""
        closures = self.state.closed.closures if self.state.closed is not None else ()
        return next((closure for closure in reversed(closures) if closure.kind is ClosureKind.DAY), None)

    def move(self, kind: CashMovementKind, amount: str, reason: str) -> None:
        """Put money in, take it out, enter the float, or open the drawer for something else."""
        typed = parse_amount(amount) if amount.strip() else None
        if kind is not CashMovementKind.DRAWER and (typed is None or typed < ZERO):
            self._refuse(Said.NOT_AN_AMOUNT)
            return
        if self.state.busy:
            return
        counter, operator = self._around.counter, self._around.operator()
        recorded = typed or ZERO
        if kind is CashMovementKind.OPENED:
            self._record(lambda: open_cash(counter, recorded, operator))
        elif not reason.strip():
            self._refuse(CashRefused(CashRefusal.REASON_MISSING))
        elif kind is CashMovementKind.DRAWER:
            self._ask(Right.OPEN_DRAWER, lambda approved_by: open_drawer(counter, reason, operator, approved_by))
        else:
            self._ask(
                Right.CASH_IN_OUT, lambda approved_by: move_cash(counter, kind, recorded, reason, operator, approved_by)
            )

    # --- inside ---

    def _ask(self, right: Right, act: Callable[[str], CashMoved | CashRefused]) -> None:
        def answered(approved_by: str | None) -> None:
            if approved_by is None:
                self._refuse(Said.NOT_APPROVED)
            else:
                self._record(lambda: act(approved_by))

        self._around.ask(right, answered)

    def _record(self, act: Callable[[], CashMoved | CashRefused]) -> None:
        self._change(busy=True, said=None)
        self._run(Lane.STORE, act, self._recorded)

    def _recorded(self, outcome: CashMoved | CashRefused) -> None:
        self._change(busy=False)
        if isinstance(outcome, CashRefused):
            self._refuse(outcome)
            return
        self._around.kick_drawer()
        self._change(said=Said.RECORDED, record_no=self.state.record_no + 1)
        self.read()

    def _checked(self, checked: Checked) -> None:
        self._change(step=Step.CHECK, busy=False, checked=checked, check_no=self.state.check_no + 1, said=None)
        if checked.difference:
            self._view.play("question")

    def _close(self, request: CloseDayRequest, approved_by: str | None) -> None:
        if approved_by is None:
            self._refuse(Said.NOT_APPROVED)
            return
        if self.state.busy:
            return
        counter, asked = self._around.counter, replace(request, approved_by=approved_by)
        self._change(busy=True, said=None)
        self._run(Lane.STORE, lambda: _close(counter, asked), self._closed)

    def _closed(self, outcome: DayClosed | CloseRefused | Said) -> None:
        self._change(busy=False)
        if not isinstance(outcome, DayClosed):
            self._refuse(outcome)
            return
        left = outcome.closures[-1].cash.left if outcome.closures else ZERO
        self._change(step=Step.DONE, closed=outcome, float_left=left, said=None)
        self._view.clear_count()
        self._view.play("done")

    def _run(self, lane: Lane, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._around.runner.run(lane, work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._change(busy=False)
        self._refuse(error)

    def _refuse(self, said: Said | CloseRefused | CashRefused | Exception) -> None:
        self._change(said=said)
        self._view.play("stop")

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show(self.state)


def _close(counter: Counter, request: CloseDayRequest) -> DayClosed | CloseRefused | Said:
    try:
        return close_day(counter, request)
    except MoneyDoesNotAddUp:
        return Said.DOES_NOT_ADD_UP


def _picture(counter: Counter, queries: Queries) -> Picture:
    orders, outbox = queries.order_counts(counter.clock.now()), queries.outbox_state()
    prints = sum(job.state in _WAITING_PRINTS for job in queries.print_jobs(_MANY))
    counts = {
        Wait.PARKED: len(queries.parked_baskets()),
        Wait.UNCOLLECTED: orders.ready,
        Wait.CARD_DOUBT: len(queries.open_card_attempts()),
        Wait.TO_SEND: outbox.waiting + outbox.refused + outbox.conflicted,
        Wait.TO_PRINT: prints,
    }
    waits = {wait: count for wait, count in counts.items() if count}
    return Picture(waits, due_closures(counter), queries.cash_session(), tuple(queries.cash_movements()))


def _held_against(counter: Counter, queries: Queries, count: CashCount | None) -> Checked:
    session = queries.cash_session()
    counted = count.total if count is not None else session.expected
    difference = counted - session.expected
    causes = explain_gap(queries, difference) if difference else ()
    usual = session.float_amount if session.float_amount > ZERO else counted
    report: PeriodReport = report_x(counter)
    return Checked(count, session, difference, causes, report, proposed_float(counted, usual))
