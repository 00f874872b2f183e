"""Owns what the pickup screen is showing, as frozen values, and what Enter would do. No Qt, no words.

LOOK -> LINE -> (MEASURE | REPLACE) -> LOOK      a digit opens a line, a letter says what became of it
LOOK -> SHELVE -> LOOK                           the order is ready: bags and shelf
LOOK -> REASON -> LOOK                           hand over although the verdict says no
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.abilities import ALL_ABILITIES, Ability
from app.domain.catalogue import price_of
from app.domain.money import ZERO, Money
from app.domain.order import (
    HandoverVerdict,
    LineResult,
    OrderAtCounter,
    OrderLine,
    VerdictKind,
    may_undo,
)
from app.usecases.find_order import HowFound
from app.usecases.queries import OrderCounts, OrderList, OrderRow, ProductRow


class Step(StrEnum):
    LOOK = "look"
    LINE = "line"
    MEASURE = "measure"
    REPLACE = "replace"
    SHELVE = "shelve"
    REASON = "reason"
    AGE = "age"
    """Has somebody seen the proof of majority (R32)?"""


class MainAction(StrEnum):
    """What Enter does with the card."""

    HAND_OVER = "hand_over"
    PAY = "pay"
    SHELVE = "shelve"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Replacement:
    """Something to give instead of a line's article: an article of the catalogue, or what a person called it."""

    label: str
    price: Money
    product: ProductRow | None = None


def replacements_for(line: OrderLine, typed: str, rows: Sequence[ProductRow]) -> tuple[Replacement, ...]:
    """What may be given instead of a line: articles counted in the same unit, then what was typed at the same price.

    Only articles with the line's VAT rate and without a stricter age limit: the line keeps both in what follows, so
    juice cannot become wine here. The customer takes such an article as an extra, at the till.
    """
    found = [
        Replacement(row.product.name, price_of(row.product.price, line.quantity, line.unit), row)
        for row in rows
        if row.product.unit is line.unit
        and row.product.vat_rate_bp == line.vat_rate_bp
        and row.product.age_limit <= line.age_limit
    ]
    return (*found, Replacement(typed, line.total))


@dataclass(frozen=True, slots=True)
class CardState:
    """The card of one verdict.

    Attributes:
        draft: results chosen at this card and not recorded yet.
        line_no: the line a step is about, 0 for none.
        replacements: what may be given instead, for REPLACE; `chosen` is the one Enter takes.
        just_handed_over: this card's goods left a moment ago, from this card.
        age_limit: the age to be proved, in AGE; `reason` is why the goods go against the verdict, kept meanwhile.
        problem: a sentence about the input of the step, "" for none.
        busy: something of this card is being recorded; keys wait.
        lease_asked_at: when the lease this verdict lacks was asked for, None if it was not.
    """

    verdict: HandoverVerdict
    how: HowFound
    now: datetime
    draft: tuple[LineResult, ...] = ()
    step: Step = Step.LOOK
    line_no: int = 0
    replacements: tuple[Replacement, ...] = ()
    chosen: int = 0
    agreed_dearer: bool = False
    just_handed_over: bool = False
    age_limit: int = 0
    reason: str = ""
    problem: str = ""
    busy: bool = False
    lease_asked_at: datetime | None = None

    @property
    def lease_is_asked_for(self) -> bool:
        """Whether the answer of another till may still come; nothing waits for it."""
        return self.lease_asked_at is not None and self.verdict.lacks_lease

    @property
    def order_id(self) -> str:
        return self.verdict.order.order.order_id if self.verdict.order is not None else ""

    @property
    def order(self) -> OrderAtCounter | None:
        """The order as it would be with what was chosen here."""
        order = self.verdict.order
        return order.with_results(self.draft) if order is not None and self.draft else order

    @property
    def results(self) -> tuple[LineResult, ...]:
        """One result for each line, as recorded or as chosen here, in line order."""
        return self.order.results if self.order is not None else ()

    @property
    def results_to_show(self) -> tuple[LineResult, ...]:
        """The same, but right after a handover what it did: a line left for later is expected again, yet not gone."""
        order = self.verdict.order
        if not self.just_handed_over or order is None or not order.facts.handovers:
            return self.results
        last = {result.line_no: result for result in order.facts.handovers[-1].results}
        return tuple(last.get(result.line_no, result) for result in self.results)

    @property
    def amount_due(self) -> Money:
        return self.order.amount_due if self.order is not None else ZERO

    @property
    def handover_results(self) -> tuple[LineResult, ...]:
        """What to ask of the handover: nothing chosen here means as prepared."""
        return self.order.results_at_handover() if self.order is not None and self.draft else ()

    @property
    def main_action(self) -> MainAction:
        if self.verdict.order is None or self.just_handed_over:
            return MainAction.NONE
        if self.verdict.kind is VerdictKind.NOT_READY:
            return MainAction.SHELVE
        if not self.verdict.may_hand_over:
            return MainAction.NONE
        return MainAction.PAY if self.amount_due else MainAction.HAND_OVER

    @property
    def may_override(self) -> bool:
        return self.verdict.may_override and not self.just_handed_over

    @property
    def may_undo(self) -> bool:
        order = self.verdict.order
        return order is not None and bool(order.facts.handovers) and may_undo(order.facts.handovers[-1], self.now)

    @property
    def may_print(self) -> bool:
        return self.verdict.order is not None

    def line(self, line_no: int) -> OrderLine | None:
        """An open line of the order by its number."""
        order = self.verdict.order
        lines = order.open_lines if order is not None else ()
        return next((line for line in lines if line.line_no == line_no), None)

    def result(self, line_no: int) -> LineResult | None:
        return next((result for result in self.results if result.line_no == line_no), None)


@dataclass(frozen=True, slots=True)
class PickupState:
    """The whole screen.

    Attributes:
        search: the text the list is found by, "" for a list of `which`.
        loaded: the list has been read at least once.
        selected: order_id of the row that the card is about, "" for none.
        abilities: what the marketplace of this till can do.
    """

    now: datetime
    which: OrderList = OrderList.READY
    search: str = ""
    rows: Sequence[OrderRow] = ()
    counts: OrderCounts | None = None
    loaded: bool = False
    card: CardState | None = None
    selected: str = field(default="")
    abilities: frozenset[Ability] = ALL_ABILITIES

    @property
    def makes_codes(self) -> bool:
        """The marketplace gives no pickup codes, so this shop makes them and gives them to its customers."""
        return Ability.SIGNED_CODES not in self.abilities
