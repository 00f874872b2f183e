"""Owns what the tickets' page is showing, as one frozen value. No Qt, no words.

LIST -> TICKET -> (REASON | MEANS) -> TICKET; what comes back goes into the basket of the sale screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.catalogue import Unit
from app.domain.money import Money, total_of
from app.domain.returns import ReturnableLine, ReturnableSale
from app.domain.sale import PaymentMeans
from app.usecases.sale_queries import DocumentRow


class Page(StrEnum):
    """REASON and MEANS ask one question about the ticket shown."""

    LIST = "list"
    TICKET = "ticket"
    REASON = "reason"
    MEANS = "means"


class ReturnsNotice(StrEnum):
    """What the page has to say; worded in `words.py`."""

    NOT_FOUND = "not_found"
    CHOOSE_LINES = "choose_lines"
    NOTHING_LEFT = "nothing_left"
    QUANTITY_UNCLEAR = "quantity_unclear"
    REFUSED = "refused"
    REASON_MISSING = "reason_missing"
    NOT_APPROVED = "not_approved"
    PRINT_ASKED = "print_asked"
    GIFT_ASKED = "gift_asked"
    MEANS_CHANGED = "means_changed"
    AMOUNT_TOO_LARGE = "amount_too_large"
    TRAINING_FIRST = "training_first"
    STORE_FAILED = "store_failed"


@dataclass(frozen=True, slots=True)
class Said:
    kind: ReturnsNotice
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReturnsState:
    """All that the page shows.

    Attributes:
        searched: what the list was found by, "" for the tickets of the day.
        chosen: base units that come back, by line number.
        broken: line numbers of goods that do not go back to the shelf.
        active: the line that quantity keys act on, 0 for none.
        redo: in REASON: after the cancellation its basket is sold again.
        means_from: in MEANS: whose amount is moved.
        training: a training is under way: tickets are real, nothing of them is corrected meanwhile.
    """

    page: Page = Page.LIST
    rows: tuple[DocumentRow, ...] = ()
    searched: str = ""
    ticket: ReturnableSale | None = None
    chosen: Mapping[int, int] = field(default_factory=dict)
    broken: frozenset[int] = frozenset()
    active: int = 0
    redo: bool = False
    means_from: PaymentMeans | None = None
    said: Said | None = None
    training: bool = False

    @property
    def amount_back(self) -> Money:
        """What would be given back for the lines chosen."""
        if self.ticket is None:
            return Money(0)
        parts = [(self.ticket.line(line_no), quantity) for line_no, quantity in self.chosen.items()]
        return total_of([entry.rest.part(quantity).amount for entry, quantity in parts if entry is not None])

    def next_quantity(self, entry: ReturnableLine) -> int:
        """What one more press of a line's key chooses: a piece more, after all of them none; what is weighed, all."""
        here = self.chosen.get(entry.line.line_no, 0)
        if here >= entry.quantity:
            return 0
        return here + 1 if entry.line.unit is Unit.PIECE else entry.quantity
