"""Owns which papers go with a sale: none unless the customer asks, but for what the law allows or demands (R19, R22,
R23; C. envir. L. 541-15-10, D. 541-371; arrêté 83-50/A). Pure; never asks a shop's settings, for no shop may choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.catalogue import LineNature
from app.domain.money import ZERO, Money, total_of
from app.domain.receipt import PrintKind
from app.domain.rules_fr import service_note_is_due
from app.domain.sale import Payment, PaymentMeans


class PaperReason(StrEnum):
    """Why there is a paper although nobody asked for one; worded by the screens.

    GUARANTEE: the ticket names the guarantee of durable goods. CARD_UNDONE: money goes back to a card. These two make
    the ticket the usual choice, which the customer may decline. SERVICES: a note in two copies is compulsory. WEIGHED:
    the weight and price of each piece go with it in writing, on the ticket or on a slip.
    """

    GUARANTEE = "guarantee"
    CARD_UNDONE = "card_undone"
    SERVICES = "services"
    WEIGHED = "weighed"


class LineOnPaper(Protocol):
    """What of a line decides; lines of a basket and of a document both have it."""

    @property
    def total(self) -> Money: ...
    @property
    def quantity(self) -> int: ...
    @property
    def nature(self) -> LineNature: ...
    @property
    def legal_guarantee(self) -> bool: ...
    @property
    def weigh_slip(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class PaperRule:
    """What the law says of one sale's papers."""

    reasons: tuple[PaperReason, ...] = ()

    @property
    def ticket_at_first(self) -> bool:
        """What the payment screen proposes; the customer's word changes it, either way."""
        return PaperReason.GUARANTEE in self.reasons or PaperReason.CARD_UNDONE in self.reasons

    def papers(self, *, ticket_wanted: bool) -> tuple[PrintKind, ...]:
        """What is printed, given the customer's wish. The note says all that a ticket says, and a ticket all that a
        weighing slip says: never two papers for one purpose."""
        if PaperReason.SERVICES in self.reasons:
            return (PrintKind.SERVICE_NOTE,)
        if ticket_wanted:
            return (PrintKind.SALE_RECEIPT,)
        return (PrintKind.WEIGH_SLIP,) if PaperReason.WEIGHED in self.reasons else ()


def paper_rule(lines: Sequence[LineOnPaper], payments: Sequence[Payment] = ()) -> PaperRule:
    """What holds for these lines and payments, before the sale is recorded or after."""
    leaving = [line for line in lines if line.quantity > 0]
    services = total_of([line.total for line in leaving if line.nature is LineNature.SERVICE])
    back_to_card = any(payment.means is PaymentMeans.CARD and payment.amount < ZERO for payment in payments)
    found = {
        PaperReason.GUARANTEE: any(line.legal_guarantee for line in leaving),
        PaperReason.CARD_UNDONE: back_to_card,
        PaperReason.SERVICES: service_note_is_due(services),
        PaperReason.WEIGHED: any(line.weigh_slip for line in leaving),
    }
    return PaperRule(tuple(reason for reason, holds in found.items() if holds))
