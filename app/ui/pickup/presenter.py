"""Owns what the pickup screen does: which list, which card, what a key means now. No widget, no SQL.

Every use case and every read runs in the store's lane; what comes home late for a card that was replaced is dropped.
The verdict on the card is for people: the use case judges again in its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.abilities import Ability
from app.domain.operators import Right
from app.domain.order import (
    HandoverVerdict,
    VerdictKind,
)
from app.domain.pickup_code import looks_like_pickup_code
from app.domain.scanned import OrderCode, SpokenCode, what_is
from app.i18n import tr
from app.ui import messages
from app.ui.on_duty import Leave, leave_to_all
from app.ui.pickup.card_words import sound_of
from app.ui.pickup.codes import CustomerCodes
from app.ui.pickup.flow import PickupFlow, View
from app.ui.pickup.line_answers import LineAnswers
from app.ui.pickup.papers import OrderPapers
from app.ui.pickup.state import CardState, MainAction, PickupState, Step
from app.ui.shown_code import shown_code
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane, Runner, Task
from app.usecases.find_order import HowFound, judge_code, judge_order
from app.usecases.hand_over_order import HandoverDone, HandoverRefused, HandoverRequest, hand_over_order
from app.usecases.ports import Counter, PrintJob, Touched
from app.usecases.prepare_order import mark_ready
from app.usecases.print_document import print_preparation_list, print_slip
from app.usecases.queries import OrderCounts, OrderList, OrderRow, Queries
from app.usecases.undo_handover import UndoDone, UndoRefused, undo_handover

MAX_BAGS = 99


class PickupPresenter:
    """The pickup screen without its widgets."""

    def __init__(
        self,
        counter: Counter,
        queries: Queries,
        runner: Runner,
        view: View,
        operator: Callable[[], str],
        rings: Callable[[], bool] = lambda: True,
        leave: Leave = leave_to_all,
        want_lease: Callable[[HandoverVerdict], bool] = lambda verdict: False,
    ) -> None:
        """Args: rings: whether a new order is announced by a sound; leave: asked before the verdict is overridden;
        want_lease: asks for the lease that a verdict lacks, at once, and says whether it could be asked for."""
        self._counter = counter
        self._queries = queries
        self._runner = runner
        self._view = view
        self._operator = operator
        self._flow = PickupFlow(counter, queries, runner, view, operator)
        self._rings = rings
        self._leave = leave
        self._want_lease = want_lease
        self._list_task = Task()
        self._list_was_chosen = False
        self.lines = LineAnswers(self._flow)
        self.codes = CustomerCodes(self._flow)
        self.papers = OrderPapers(self._flow)
        self.listeners = self._flow.listeners

    @property
    def state(self) -> PickupState:
        return self._flow.state

    # --- lists ------------------------------------------------------------------------------------

    def activate(self) -> None:
        self.codes.look()
        self._load_list()
        if self.state.card is not None and self.state.card.step is Step.LOOK:
            self._flow.judge_again()

    def refresh(self, touched: Touched) -> None:
        if not touched.orders:
            return
        self._load_list()
        card = self.state.card
        if card is not None and not card.busy:
            self._flow.judge_again()

    def choose_list(self, which: OrderList) -> None:
        self._list_was_chosen = True
        self._flow.change(which=which, search="")
        self._load_list()

    def search(self, text: str) -> None:
        """Show the orders found by part of a name, number or spoken code; "" goes back to the list."""
        typed = text.strip()
        if typed != self.state.search:
            self._flow.change(search=typed)
            self._load_list()

    def choose_order(self, order_id: str) -> None:
        """A row was moved to: its card appears beside the list, the focus stays where it is."""
        if order_id != self.state.selected:
            self._open(order_id, take_focus=False)

    def enter_order(self, order_id: str) -> None:
        """Enter on a row, or on the box with a name: open the card, or do what its button says if it is open."""
        card = self.state.card
        if order_id == self.state.selected and card is not None and card.verdict.order is not None:
            self.act()
        else:
            self._open(order_id, take_focus=True)

    # --- input ------------------------------------------------------------------------------------

    def take_input(self, text: str, how: HowFound) -> bool:
        """A scan, a picture's code or typed text. False if it is none of an order's (an article's code, perhaps)."""
        meant = what_is(text)
        if isinstance(meant, OrderCode | SpokenCode):
            self._judge(meant.text, how)
            return True
        if how is not HowFound.TYPED:
            return False
        if not text.strip():
            self.act()
            return True
        self._open_first_found(text.strip())
        return True

    def preview(self, text: str) -> str:
        typed = text.strip()
        if not typed:
            return ""
        if isinstance(what_is(typed), OrderCode | SpokenCode):
            return tr("Check this code")
        if self.state.search == typed and self.state.rows:
            return tr("Open {name}").format(name=self.state.rows[0].customer_name or self.state.rows[0].number)
        return tr("Find this order")

    # --- the card ---------------------------------------------------------------------------------

    def act(self) -> None:
        """Enter: what the main button of the card says."""
        card = self.state.card
        if card is None or card.busy or card.step is not Step.LOOK:
            return
        if card.main_action is MainAction.HAND_OVER:
            self._hand_over(card, "")
        elif card.main_action is MainAction.PAY:
            self._view.pay(card.order_id, self._request(card, ""))
        elif card.main_action is MainAction.SHELVE:
            self._flow.step(Step.SHELVE)

    def shelve(self, bags: str, shelf: str) -> None:
        """The order is ready: how many bags stand on which shelf."""
        card = self.state.card
        if card is None or card.step is not Step.SHELVE or card.busy:
            return
        if not bags.strip().isdigit() or int(bags) > MAX_BAGS:
            self._flow.problem(tr("Type the number of bags, 0 to 99."))
            return
        order_id, operator = card.order_id, self._operator()
        self._flow.record(
            card,
            lambda: mark_ready(self._counter, order_id, int(bags), shelf.strip(), operator),
            lambda _order: self._flow.judge_again(),
        )

    def ask_reason(self) -> None:
        card = self.state.card
        if card is not None and card.may_override and not card.busy and card.step is Step.LOOK:
            self._flow.step(Step.REASON)

    def override(self, reason: str) -> None:
        """Hand over although the verdict says no; the reason is recorded with the handover."""
        card = self.state.card
        if card is None or card.step is not Step.REASON or card.busy:
            return
        if len(reason.strip()) < 3:
            self._flow.problem(tr("Say why in a few words: it is kept with the handover."))
        else:
            order_id, why = card.order_id, reason.strip()
            self._leave(Right.OVERRIDE_HANDOVER, lambda approved_by: self._overridden(order_id, why, approved_by))

    def _overridden(self, order_id: str, reason: str, approved_by: str | None) -> None:
        card = self.state.card
        if approved_by is None or card is None or card.order_id != order_id or card.busy:
            return
        if card.amount_due:
            self._flow.step(Step.LOOK)
            self._view.pay(order_id, self._request(card, reason))
        else:
            self._hand_over(card, reason)

    def undo(self) -> None:
        """Ctrl+Z: take the last handover of this order back."""
        card = self.state.card
        if card is None or card.busy or card.verdict.order is None or not card.verdict.order.facts.handovers:
            return
        order_id, operator = card.order_id, self._operator()
        self._flow.record(card, lambda: undo_handover(self._counter, order_id, operator, ""), self._undone)

    def print(self) -> None:
        """The slip of what has left, or the list of what to fetch."""
        card = self.state.card
        if card is None or card.busy or card.verdict.order is None:
            return
        order_id, order = card.order_id, card.verdict.order
        work = print_slip if order.facts.handovers else print_preparation_list
        self._runner.run(Lane.STORE, lambda: work(self._counter, order_id), self._queued, self._flow.failed)

    def go_back(self) -> bool:
        """Esc: out of the step, then out of the search, then away from the card. False if there was nothing."""
        card = self.state.card
        if card is not None and card.busy:
            return True
        if card is not None and card.step in (Step.MEASURE, Step.REPLACE):
            self._flow.set_card(replace(card, step=Step.LINE, problem=""))
        elif card is not None and card.step is not Step.LOOK:
            self._flow.set_card(replace(card, step=Step.LOOK, line_no=0, problem=""))
        elif self.state.search:
            self.search("")
        elif card is not None:
            self.close_card()
        else:
            return False
        return True

    def close_card(self) -> None:
        self._flow.card_task.forget()
        self._flow.change(card=None, selected="")

    # --- inside: lists ----------------------------------------------------------------------------

    def _load_list(self) -> None:
        state, now = self.state, self._counter.clock.now()
        self._list_task.forget()

        def read() -> tuple[list[OrderRow], OrderCounts]:
            rows = self._queries.find_orders(state.search) if state.search else self._queries.orders(state.which, now)
            return list(rows), self._queries.order_counts(now)

        self._list_task = self._runner.run(Lane.LISTS, read, self._list_read, self._flow.failed)

    def _list_read(self, read: tuple[list[OrderRow], OrderCounts]) -> None:
        rows, counts = read
        known = self.state.counts
        if known is not None and counts.to_prepare > known.to_prepare and self._rings():
            self._view.play("new_order")
        self._flow.change(rows=tuple(rows), counts=counts, loaded=True, now=self._counter.clock.now())
        if not (self._list_was_chosen or rows or self.state.search) and counts.to_prepare:
            # where there is something to do; nothing was in sight to jump away
            self._flow.change(which=OrderList.TO_PREPARE)
            self._load_list()

    def _open_first_found(self, text: str) -> None:
        def find() -> tuple[list[OrderRow], HandoverVerdict | None]:
            rows = list(self._queries.find_orders(text))
            verdict = judge_order(self._queries, rows[0].order_id, self._counter.clock.now()) if rows else None
            return rows, verdict

        def found(answer: tuple[list[OrderRow], HandoverVerdict | None]) -> None:
            rows, verdict = answer
            if verdict is None:
                self._view.tell(tr("No order found for “{text}”.").format(text=shown_code(text)), Role.WARNING)
                return
            self._flow.change(rows=tuple(rows), search=text if len(rows) > 1 else "", loaded=True)
            self._show_verdict(verdict, HowFound.NAME, take_focus=True)
            if len(rows) == 1:
                self._load_list()

        self._flow.card_task.forget()
        self._flow.card_task = self._runner.run(Lane.STORE, find, found, self._flow.failed)

    # --- inside: verdicts -------------------------------------------------------------------------

    def _judge(self, text: str, how: HowFound) -> None:
        found_by = how if looks_like_pickup_code(text) else HowFound.SPOKEN
        self._flow.card_task.forget()
        self._flow.card_task = self._runner.run(
            Lane.STORE,
            lambda: judge_code(self._queries, self._counter.keys, text, self._counter.clock.now()),
            lambda verdict: self._show_verdict(verdict, found_by, take_focus=True, aloud=True),
            self._flow.failed,
        )
        self._view.step_aside()  # after it: the customer does not wait for a basket to be written

    def _open(self, order_id: str, take_focus: bool) -> None:
        self._flow.card_task.forget()
        self._flow.card_task = self._runner.run(
            Lane.STORE,
            lambda: judge_order(self._queries, order_id, self._counter.clock.now()),
            lambda verdict: self._show_verdict(verdict, HowFound.NAME, take_focus),
            self._flow.failed,
        )

    def _show_verdict(
        self, verdict: HandoverVerdict, how: HowFound, take_focus: bool = False, aloud: bool = False
    ) -> None:
        now = self._counter.clock.now()
        selected = verdict.order.order.order_id if verdict.order is not None else ""
        found_by_name = how is HowFound.NAME
        searched = bool(self.state.search) and not found_by_name
        search = self.state.search if found_by_name else ""
        # a card that only came by while the list was gone through takes no lease away from another till
        may_ask = take_focus and Ability.LEASES in self.state.abilities
        asked_at = now if may_ask and self._want_lease(verdict) else None
        card = CardState(verdict, how, now, lease_asked_at=asked_at)
        self._flow.change(card=card, selected=selected, now=now, search=search)
        if searched:
            self._load_list()
        if aloud:
            self._view.play(sound_of(verdict.kind))
        if take_focus:
            self._view.focus_card()

    # --- inside: acting ---------------------------------------------------------------------------

    def confirm_age(self) -> None:
        """The proof of majority was seen: the goods leave, and the journal says who saw it (R32)."""
        card = self.state.card
        if card is not None and card.step is Step.AGE and not card.busy:
            self._hand_over(card, card.reason, self._operator())

    def _hand_over(self, card: CardState, reason: str, age_confirmed_by: str = "") -> None:
        request = replace(self._request(card, reason), age_confirmed_by=age_confirmed_by)
        self._flow.record(
            replace(card, reason=reason), lambda: hand_over_order(self._counter, request), self._handed_over
        )

    def _request(self, card: CardState, reason: str) -> HandoverRequest:
        return HandoverRequest(card.order_id, card.how, self._operator(), card.handover_results, override_reason=reason)

    def _handed_over(self, outcome: HandoverDone | HandoverRefused) -> None:
        card, now = self.state.card, self._counter.clock.now()
        if card is None:
            return
        if isinstance(outcome, HandoverDone):
            verdict = replace(card.verdict, kind=VerdictKind.ALREADY_HANDED_OVER, order=outcome.order)
            done = CardState(verdict, card.how, now, just_handed_over=True)
            self._flow.change(card=done, search="", now=now)
            self._load_list()
            self._view.play("done")
            return
        verdict, looking = outcome.verdict, Step.AGE if outcome.age_limit else Step.LOOK
        asked = replace(card, verdict=verdict, busy=False, step=looking, line_no=0, problem="")
        self._flow.set_card(replace(asked, age_limit=outcome.age_limit))
        if outcome.age_limit:
            return
        self._view.play(sound_of(verdict.kind))
        if outcome.training:
            self._view.tell(
                tr("Training: an order is real and is not handed over. End the training first."), Role.DANGER
            )
        elif outcome.nothing_leaves:
            self._view.tell(tr("Every line is put off: there is nothing to hand over now."), Role.WARNING)
        elif outcome.amount_due:
            due = messages.amount(outcome.amount_due)
            self._view.tell(tr("{amount} must be paid first.").format(amount=due), Role.WARNING)

    def _undone(self, outcome: UndoDone | UndoRefused) -> None:
        if isinstance(outcome, UndoRefused):
            self._flow.not_busy()
            self._view.tell(messages.undo_refusal(outcome.reason), Role.WARNING)
            return
        self._flow.judge_again()
        self._view.tell(tr("Handover undone: the goods are back in stock."), Role.SUCCESS)

    def _queued(self, job: PrintJob | None) -> None:
        if job is None:
            self._view.tell(tr("There is nothing to print for this order."), Role.WARNING)
