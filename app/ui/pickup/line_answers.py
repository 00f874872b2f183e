"""Owns what a person says became of one line: as ordered, missing, weighed, replaced. No widget, no SQL.

Before the order is ready each answer is recorded at once; after that they are kept with the card until the handover.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.order import (
    LineOutcome,
    LineResult,
    OrderLine,
    VerdictKind,
    as_ordered,
    replaced,
    weighed,
    without_goods,
)
from app.i18n import tr
from app.ui import messages
from app.ui.pickup.flow import PickupFlow
from app.ui.pickup.state import CardState, Step, replacements_for
from app.ui.task_runner import Lane
from app.usecases.prepare_order import record_preparation
from app.usecases.queries import ProductRow

REPLACEMENTS = 4
WITHOUT_GOODS = (LineOutcome.MISSING, LineOutcome.REFUSED, LineOutcome.TO_FOLLOW)


class LineAnswers:
    """The line that is open on the card."""

    def __init__(self, flow: PickupFlow) -> None:
        self._flow = flow

    def open_line(self, line_no: int) -> None:
        """A digit: this line; the same digit again: found as ordered after all."""
        card = self._flow.state.card
        if card is None or card.busy or card.just_handed_over or (line := card.line(line_no)) is None:
            return
        if card.step is Step.LINE and card.line_no == line_no:
            self._settle_line(card, as_ordered(line))
        elif card.step in (Step.LOOK, Step.LINE):
            self._flow.set_card(replace(card, step=Step.LINE, line_no=line_no, problem=""))

    def choose_outcome(self, outcome: LineOutcome) -> None:
        """What became of the open line; weighing and replacing ask for more."""
        card, line = self._open_line()
        if card is None or line is None:
            return
        if outcome in WITHOUT_GOODS:
            self._settle_line(card, without_goods(line, outcome))
        elif outcome is LineOutcome.GIVEN:
            self._settle_line(card, as_ordered(line))
        elif outcome is LineOutcome.WEIGHED:
            self._flow.step(Step.MEASURE)
        else:
            self._flow.set_card(replace(card, step=Step.REPLACE, replacements=(), chosen=0, agreed_dearer=False))

    def measure(self, text: str) -> None:
        """The weight, volume, time or number of pieces that there really is."""
        card, line = self._open_line()
        if card is None or line is None:
            return
        measured = messages.parse_quantity(text, line.unit)
        if not measured:
            self._flow.problem(tr("Type a quantity, for example {example}.").format(example=_example(line)))
            return
        self._settle_line(card, weighed(line, measured))

    def find_replacement(self, text: str) -> None:
        """Articles to give instead, as one types; what was typed at the same price is always offered last."""
        card, line = self._open_line()
        typed = text.strip()
        if card is None or line is None:
            return
        if not typed:
            self._flow.set_card(replace(card, replacements=(), chosen=0, problem=""))
            return
        self._flow.card_task.forget()
        self._flow.card_task = self._flow.runner.run(
            Lane.STORE,
            lambda: self._flow.queries.search_products(typed, REPLACEMENTS),
            lambda rows: self._show_replacements(line, typed, list(rows)),
            self._flow.failed,
        )

    def step_replacement(self, rows: int) -> None:
        card = self._flow.state.card
        if card is not None and card.replacements:
            self._flow.set_card(replace(card, chosen=min(max(card.chosen + rows, 0), len(card.replacements) - 1)))

    def agree_dearer(self, agreed: bool) -> None:
        if self._flow.state.card is not None:
            self._flow.set_card(replace(self._flow.state.card, agreed_dearer=agreed))

    def replace_line(self) -> None:
        """Take the chosen replacement."""
        card, line = self._open_line()
        if card is None or line is None:
            return
        if not card.replacements:
            self._flow.problem(tr("Type what is given instead, then press Enter."))
            return
        chosen = card.replacements[card.chosen]
        product_id = chosen.product.product.product_id if chosen.product is not None else ""
        result = replaced(line, product_id, chosen.label, line.quantity, chosen.price, card.agreed_dearer)
        self._settle_line(card, result)

    def _settle_line(self, card: CardState, result: LineResult) -> None:
        draft = (*(known for known in card.draft if known.line_no != result.line_no), result)
        if card.verdict.kind is not VerdictKind.NOT_READY:
            self._flow.set_card(replace(card, draft=draft, step=Step.LOOK, line_no=0, problem=""))
            return
        order_id, operator = card.order_id, self._flow.operator()
        self._flow.record(
            card,
            lambda: record_preparation(self._flow.counter, order_id, (result,), operator),
            lambda _order: self._flow.judge_again(),
        )

    def _show_replacements(self, line: OrderLine, typed: str, rows: list[ProductRow]) -> None:
        card = self._flow.state.card
        if card is None or card.step is not Step.REPLACE:
            return
        self._flow.set_card(replace(card, replacements=replacements_for(line, typed, rows), chosen=0, problem=""))

    def _open_line(self) -> tuple[CardState | None, OrderLine | None]:
        card = self._flow.state.card
        if card is None or card.busy or card.step not in (Step.LINE, Step.MEASURE, Step.REPLACE):
            return None, None
        return card, card.line(card.line_no)


def _example(line: OrderLine) -> str:
    return messages.quantity(line.quantity, line.unit)
