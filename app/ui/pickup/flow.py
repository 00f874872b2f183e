"""Owns the pickup screen's state, how it is changed and shown, and the wait for a use case under way on the card.
Decides nothing about orders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from app.domain.order import HandoverVerdict
from app.ui import messages
from app.ui.pickup.state import CardState, PickupState, Step
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane, Runner, Task
from app.usecases.find_order import judge_order
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.ports import Counter
from app.usecases.queries import Queries


class View(Protocol):
    """What shows the screen: one picture of everything, and what only a view can do."""

    def show(self, state: PickupState) -> None: ...
    def focus_card(self) -> None: ...
    def tell(self, text: str, role: Role, action: str = "", on_action: Callable[[], None] | None = None) -> None: ...
    def play(self, sound: str) -> None: ...
    def copy(self, text: str) -> None:
        """Put a text where other programs paste from."""

    def pay(self, order_id: str, request: HandoverRequest) -> None:
        """Take the order to the sale screen: its amount due, and the handover with the payment."""

    def step_aside(self) -> None:
        """A pickup code was scanned while something else was under way: park it, come to this screen."""


class PickupFlow:
    """The state, and what every part of the screen does with it."""

    def __init__(
        self, counter: Counter, queries: Queries, runner: Runner, view: View, operator: Callable[[], str]
    ) -> None:
        self.counter = counter
        self.queries = queries
        self.runner = runner
        self.view = view
        self.operator = operator
        self.card_task = Task()
        self.state = PickupState(now=counter.clock.now())
        self.listeners: list[Callable[[PickupState], None]] = []

    def step(self, step: Step) -> None:
        if self.state.card is not None:
            self.set_card(replace(self.state.card, step=step, problem=""))

    def problem(self, sentence: str) -> None:
        if self.state.card is not None:
            self.set_card(replace(self.state.card, problem=sentence))

    def not_busy(self) -> None:
        if self.state.card is not None:
            self.set_card(replace(self.state.card, busy=False))

    def failed(self, error: Exception) -> None:
        self.view.tell(messages.describe_failure(error), Role.DANGER)

    def set_card(self, card: CardState) -> None:
        self.change(card=card)

    def change(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names checked by the dataclass at run time
        self.view.show(self.state)
        for listener in self.listeners:
            listener(self.state)

    def record(self, card: CardState, work: Callable[[], object], done: Callable[..., None]) -> None:
        """Do a use case for the card; until it comes home, further keys wait."""
        self.card_task.forget()
        self.set_card(replace(card, busy=True, problem=""))

        def failed(error: Exception) -> None:
            self.not_busy()
            self.failed(error)

        self.runner.run(Lane.STORE, work, done, failed)

    def judge_again(self) -> None:
        """Bring the open card up to date, keeping what a person has begun on it."""
        card = self.state.card
        if card is None or card.verdict.order is None:
            return
        order_id = card.order_id

        def show(verdict: HandoverVerdict) -> None:
            open_card = self.state.card
            if open_card is None or self.state.selected != order_id or verdict.order is None:
                return
            open_lines = {line.line_no for line in verdict.order.open_lines}
            draft = tuple(result for result in open_card.draft if result.line_no in open_lines)
            now = self.counter.clock.now()
            kept = open_card if not open_card.busy else replace(open_card, step=Step.LOOK, line_no=0)
            still = open_card.just_handed_over and bool(verdict.order.facts.handovers)
            self.set_card(
                replace(kept, verdict=verdict, draft=draft, now=now, busy=False, just_handed_over=still, problem="")
            )

        now = self.counter.clock.now()
        self.runner.run(Lane.STORE, lambda: judge_order(self.queries, order_id, now), show, self.failed)
