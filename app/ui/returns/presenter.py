"""Owns what each input means on the tickets' page. No widget, no wording, no SQL; sells nothing itself.

A ticket is never changed: what comes back goes into the basket, a cancellation or a change of means is a document of
its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.domain.merchant import trading_day
from app.domain.money import ZERO, Money
from app.domain.operators import Right
from app.domain.returns import ReturnableSale
from app.domain.sale import Basket, BasketLine, PaymentMeans
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.payment import MEANS_KEYS, parse_tendered
from app.ui.checkout.reasons import ReasonFor, reason_of
from app.ui.input_grammar import ActiveQuantity, parse_input, quantity_in_base_units
from app.ui.returns.state import Page, ReturnsNotice, ReturnsState, Said
from app.ui.task_runner import Lane
from app.usecases.correct_sale import (
    Cancelled,
    CorrectionRefused,
    PaymentChanged,
    cancel_sale,
    change_payment,
    lines_coming_back,
    return_lines,
)
from app.usecases.print_document import print_gift_receipt, print_receipt_copy
from app.usecases.sale_queries import DocumentRow

SHOWN = 200

NEW_MEANS_KEYS = {"e": PaymentMeans.CASH, **MEANS_KEYS}
"""Letters of the means an amount can be moved to."""


class ReturnsView(Protocol):
    def show_returns(self, state: ReturnsState) -> None: ...


@dataclass(frozen=True, slots=True)
class SaleSide:
    """What the sale screen does with what is chosen here.

    Attributes:
        take_lines: (lines, number of the ticket, who approved).
        cancelled: (what was done, the basket to sell again or None).
        other_scan: a scan that is no ticket.
    """

    take_lines: Callable[[tuple[BasketLine, ...], str, str], None]
    cancelled: Callable[[Cancelled, str, Basket | None], None]
    other_scan: Callable[[str, str], None]


class ReturnsPresenter:
    """The tickets of the day, one searched for, and what is done with it."""

    def __init__(self, flow: SaleFlow, view: ReturnsView, sale: SaleSide) -> None:
        """Args: flow: of the sale screen: inputs that come while the store answers wait there."""
        self._flow = flow
        self._around = flow.around
        self._view = view
        self._sale = sale
        self.state = ReturnsState()

    # --- the list ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """The tickets of the day."""
        self._change(page=Page.LIST, searched="", ticket=None, said=None)
        self._ask(self._read, self._came)

    def load(self) -> None:
        """News: read the list anew, as it is shown; nobody waits for it."""
        self._around.runner.run(Lane.STORE, self._read, self._came, self._failed)

    def _read(self) -> tuple[Sequence[DocumentRow], bool]:
        around, searched = self._around, self.state.searched
        training = bool(around.queries.training())
        if searched:
            return around.queries.find_sale(searched), training
        clock = around.counter.clock
        cutoff_hour = around.queries.merchant().cutoff_hour
        day = trading_day(clock.now(), clock.utc_offset_minutes(), cutoff_hour)
        return around.queries.sales_of_day(day, SHOWN), training

    def _came(self, found: tuple[Sequence[DocumentRow], bool]) -> None:
        self._change(rows=tuple(found[0]), training=found[1])

    def find(self, text: str, how: str, *, scanned: bool) -> None:
        """A number, an amount, or what a ticket's code says; a single one is opened at once."""

        def came(rows: Sequence[DocumentRow]) -> None:
            if len(rows) == 1:
                self.show_ticket(rows[0].sale_id)
            elif rows:
                self._change(page=Page.LIST, rows=tuple(rows), searched=text, ticket=None, said=None)
            elif scanned:
                self._sale.other_scan(text, how)
            else:
                self._say(ReturnsNotice.NOT_FOUND, text=text)

        self._ask(lambda: self._around.queries.find_sale(text), came)

    def show_ticket(self, sale_id: str) -> None:
        """One ticket with what can still come back of it."""

        def came(ticket: ReturnableSale | None) -> None:
            if ticket is None:
                self._say(ReturnsNotice.NOT_FOUND, text="")
                return
            lines = [entry.line.line_no for entry in ticket.lines]
            fresh = {"chosen": {}, "broken": frozenset(), "active": lines[0] if lines else 0}
            self._change(page=Page.TICKET, ticket=ticket, said=None, **fresh)

        self._ask(lambda: return_lines(self._around.counter, sale_id), came)

    # --- lines that come back ----------------------------------------------------------------------------------------

    def choose(self, line_no: int) -> None:
        """A line's key: one piece more of it, all of what is weighed, after that none."""
        entry = self.state.ticket.line(line_no) if self.state.ticket else None
        if entry is None:
            return
        if not entry.quantity:
            self._change(active=line_no)
            self._say(ReturnsNotice.NOTHING_LEFT, name=entry.line.label)
        else:
            self._set(line_no, self.state.next_quantity(entry))

    def add(self, pieces: int) -> None:
        """`+` and `-`: more or less of the active line."""
        entry = self.state.ticket.line(self.state.active) if self.state.ticket else None
        if entry is not None:
            here = self.state.chosen.get(self.state.active, 0)
            step = pieces * (1 if entry.line.unit.base_per_priced == 1 else entry.quantity)
            self._set(self.state.active, min(max(here + step, 0), entry.quantity))

    def choose_all(self) -> None:
        """T: all that can come back; again: nothing."""
        ticket = self.state.ticket
        if ticket is not None:
            everything = {entry.line.line_no: entry.quantity for entry in ticket.lines if entry.quantity}
            self._change(chosen={} if self.state.chosen == everything else everything, said=None)

    def toggle_broken(self) -> None:
        """B: the active line's goods do not go back to the shelf."""
        active = self.state.active
        if self.state.chosen.get(active):
            self._change(broken=self.state.broken ^ {active})

    def move(self, steps: int) -> None:
        ticket = self.state.ticket
        numbers = [entry.line.line_no for entry in ticket.lines] if ticket else []
        if numbers:
            place = numbers.index(self.state.active) if self.state.active in numbers else 0
            self._change(active=numbers[min(max(place + steps, 0), len(numbers) - 1)])

    def bring_back(self) -> None:
        """Enter: the lines chosen come into the basket of the sale."""
        ticket, chosen = self.state.ticket, dict(self.state.chosen)
        if ticket is None or not self._may_correct():
            return
        if not chosen:
            self._say(ReturnsNotice.CHOOSE_LINES)
            return
        broken = self.state.broken

        def go_on(approved_by: str) -> None:
            lines = lines_coming_back(self._around.counter.ids, ticket, chosen, broken=broken)
            self._sale.take_lines(lines, ticket.sale.display_number, approved_by)

        self._with_leave(Right.RETURN_WITH_TICKET, go_on)

    # --- the ticket as a whole ---------------------------------------------------------------------------------------

    def ask_cancel(self, *, redo: bool) -> None:
        """X cancels, C cancels and sells again what was on it: first, why."""
        if self.state.page is Page.TICKET and self._may_correct():
            self._change(page=Page.REASON, redo=redo, said=None)

    def _cancel(self, reason: str) -> None:
        ticket, redo = self.state.ticket, self.state.redo
        if ticket is None:
            return
        around, operator = self._around, self._around.operator()

        def came(answer: Cancelled | CorrectionRefused) -> None:
            self._change(page=Page.TICKET)
            if isinstance(answer, CorrectionRefused):
                self._say(ReturnsNotice.REFUSED, reason=answer.reason)
            else:
                self._sale.cancelled(answer, ticket.sale.display_number, answer.basket if redo else None)

        def go_on(approved_by: str) -> None:
            self._ask(lambda: cancel_sale(around.counter, ticket.sale.sale_id, operator, reason, approved_by), came)

        self._with_leave(Right.CANCEL_TICKET, go_on)

    def ask_means(self) -> None:
        """M: an amount was noted under the wrong means."""
        ticket = self.state.ticket
        if self.state.page is Page.TICKET and ticket is not None and ticket.payments and self._may_correct():
            first = max(ticket.payments, key=lambda means: abs(ticket.payments[means].minor))
            self._change(page=Page.MEANS, means_from=first, said=None)

    def change_means(self, means: PaymentMeans, amount: Money | None = None) -> None:
        """MEANS: move the amount (default: all that the old means has paid) to another."""
        ticket, old = self.state.ticket, self.state.means_from
        if ticket is None or old is None or means is old:
            return
        paid = ticket.payments[old]
        moved = paid if amount is None else (-amount if paid < ZERO else amount)
        if abs(moved.minor) > abs(paid.minor) or not moved:
            self._say(ReturnsNotice.AMOUNT_TOO_LARGE, most=Money(abs(paid.minor)))
            return
        around, operator = self._around, self._around.operator()

        def came(answer: PaymentChanged | CorrectionRefused) -> None:
            self._change(page=Page.TICKET)
            if isinstance(answer, CorrectionRefused):
                self._say(ReturnsNotice.REFUSED, reason=answer.reason)
                return
            self._after_change(ticket.sale.sale_id, old, means, moved)

        def go_on(approved_by: str) -> None:
            sale_id = ticket.sale.sale_id
            self._ask(
                lambda: change_payment(around.counter, sale_id, {old: moved}, {means: moved}, operator, approved_by),
                came,
            )

        self._with_leave(Right.CHANGE_PAYMENT_MEANS, go_on)

    def _after_change(self, sale_id: str, old: PaymentMeans, new: PaymentMeans, moved: Money) -> None:
        def came(ticket: ReturnableSale | None) -> None:
            self._change(ticket=ticket)
            self._say(ReturnsNotice.MEANS_CHANGED, amount=Money(abs(moved.minor)), old=old, new=new)

        self._ask(lambda: return_lines(self._around.counter, sale_id), came)

    # --- papers ------------------------------------------------------------------------------------------------------

    def print_again(self) -> None:
        """P: a duplicate."""
        ticket, around, operator = self.state.ticket, self._around, self._around.operator()
        if ticket is not None:
            number = ticket.sale.display_number
            self._ask(
                lambda: print_receipt_copy(around.counter, ticket.sale.sale_id, operator),
                lambda _job: self._say(ReturnsNotice.PRINT_ASKED, number=number),
            )

    def print_gift(self) -> None:
        """G: a ticket without prices, of the lines chosen, else of all."""
        ticket, around, operator = self.state.ticket, self._around, self._around.operator()
        if ticket is None:
            return
        chosen = [line_no for line_no, quantity in self.state.chosen.items() if quantity]
        lines = chosen or [entry.line.line_no for entry in ticket.lines if entry.line.quantity > 0]
        self._ask(
            lambda: print_gift_receipt(around.counter, ticket.sale.sale_id, lines, operator),
            lambda job: self._say(ReturnsNotice.GIFT_ASKED) if job is not None else None,
        )

    # --- inputs ------------------------------------------------------------------------------------------------------

    def take(self, text: str, how: str, *, scanned: bool) -> None:
        """Text and Enter, or a scan."""
        self._flow.when_free(lambda: self._take(text, how, scanned=scanned))

    def _take(self, text: str, how: str, *, scanned: bool) -> None:
        page = self.state.page
        if scanned:
            self.find(text, how, scanned=True)
        elif page is Page.REASON:
            self._reason_given(text)
        elif page is Page.TICKET:
            self._quantity_typed(text)
        elif page is Page.LIST:
            self.find(text, how, scanned=False)

    def enter(self, marked: Callable[[], str]) -> None:
        """Enter in the empty box; `marked` is the ticket marked in the list, "" for none."""
        self._flow.when_free(lambda: self._enter(marked()))

    def _enter(self, sale_id: str) -> None:
        match self.state.page:
            case Page.LIST if sale_id:
                self.show_ticket(sale_id)
            case Page.TICKET:
                self.bring_back()
            case Page.REASON:
                self._reason_given("1")
            case _:
                pass

    def typed(self, text: str) -> bool:
        """True if a key was used up at once: figures are lines, letters are the buttons."""
        key = text[-1:].lower()
        if self._flow.waiting:
            return False
        match self.state.page:
            case Page.TICKET if len(text) == 1:
                return self._ticket_key(key)
            case Page.REASON if len(text) == 1 and key.isdigit():
                self._reason_given(key)
                return True
            case Page.MEANS if key in NEW_MEANS_KEYS:
                amount = parse_tendered(text[:-1]) if len(text) > 1 else None
                if len(text) > 1 and amount is None:
                    return False
                self.change_means(NEW_MEANS_KEYS[key], amount)
                return True
        return False

    def _ticket_key(self, key: str) -> bool:
        if key.isdigit() and key != "0":
            self.choose(int(key))
            return True
        acts: dict[str, Callable[[], None]] = {
            "t": self.choose_all,
            "b": self.toggle_broken,
            "x": lambda: self.ask_cancel(redo=False),
            "c": lambda: self.ask_cancel(redo=True),
            "m": self.ask_means,
            "p": self.print_again,
            "g": self.print_gift,
        }
        act = acts.get(key)
        if act is not None:
            act()
        return act is not None

    def next_means(self) -> None:
        """MEANS, arrow: the other means of a mixed payment."""
        ticket, here = self.state.ticket, self.state.means_from
        if ticket is not None and here is not None:
            means = [*ticket.payments]
            self._change(means_from=means[(means.index(here) + 1) % len(means)])

    def go_back(self) -> bool:
        """Esc: one step back; False from the list."""
        if self._flow.waiting:
            return True
        match self.state.page:
            case Page.REASON | Page.MEANS:
                self._change(page=Page.TICKET, said=None)
            case Page.TICKET:
                self._change(page=Page.LIST, ticket=None, said=None)
                self._ask(self._read, self._came)
            case _:
                return False
        return True

    # --- inside ------------------------------------------------------------------------------------------------------

    def _set(self, line_no: int, quantity: int) -> None:
        chosen = {number: count for number, count in self.state.chosen.items() if number != line_no}
        if quantity:
            chosen[line_no] = quantity
        broken = self.state.broken if quantity else self.state.broken - {line_no}
        self._change(chosen=chosen, broken=broken, active=line_no, said=None)

    def _quantity_typed(self, text: str) -> None:
        """`*0,300`: so much of the active line."""
        ticket, meaning = self.state.ticket, parse_input(text)
        entry = ticket.line(self.state.active) if ticket else None
        wanted = (
            quantity_in_base_units(meaning.thousandths, entry.line.unit)
            if entry is not None and isinstance(meaning, ActiveQuantity)
            else None
        )
        if entry is None or wanted is None or wanted > entry.quantity:
            self._say(ReturnsNotice.QUANTITY_UNCLEAR, text=text)
        else:
            self._set(self.state.active, wanted)

    def _reason_given(self, text: str) -> None:
        reason = reason_of(ReasonFor.CANCELLING, text)
        if reason:
            self._cancel(reason)
        else:
            self._say(ReturnsNotice.REASON_MISSING)

    def _may_correct(self) -> bool:
        if self.state.training:
            self._say(ReturnsNotice.TRAINING_FIRST)
        return not self.state.training

    def _with_leave(self, right: Right, go_on: Callable[[str], None]) -> None:
        def answered(name: str | None) -> None:
            if name is None:
                self._change(page=Page.TICKET)
                self._say(ReturnsNotice.NOT_APPROVED)
            else:
                go_on(name)

        self._around.leave(right, answered)

    def _ask(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._flow.ask_store(work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._say(ReturnsNotice.STORE_FAILED, error=error)

    def _say(self, kind: ReturnsNotice, **values: object) -> None:
        self._change(said=Said(kind, values))

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_returns(self.state)
