"""Owns the short lists of reasons a person picks from: discounts, goods that come back, tickets cancelled. No Qt.

A reason is sealed with the document or noted in the journal, so it is French whatever language the screen speaks; what
the button says is in the screen's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.i18n import tr


class ReasonFor(StrEnum):
    """What a reason is asked for."""

    DISCOUNT = "discount"
    TAKING_BACK = "taking_back"
    CANCELLING = "cancelling"


@dataclass(frozen=True, slots=True)
class Reason:
    """`kept` is what is recorded, `said` what the button says."""

    kept: str
    said: str


def usual_reasons(purpose: ReasonFor) -> Sequence[Reason]:
    """The first one is what Enter takes; the key of each is its place, from 1."""
    match purpose:
        case ReasonFor.DISCOUNT:
            return (
                Reason("Geste commercial", tr("Goodwill")),
                Reason("Date courte", tr("Short date")),
                Reason("Article abîmé", tr("Damaged")),
                Reason("Fidélité", tr("Loyal customer")),
                Reason("Promotion", tr("Special offer")),
            )
        case ReasonFor.TAKING_BACK:
            return (
                Reason("Ticket perdu", tr("Ticket lost")),
                Reason("Article défectueux", tr("Faulty article")),
                Reason("Cadeau échangé", tr("Present exchanged")),
                Reason("Erreur de prix", tr("Wrong price")),
            )
        case ReasonFor.CANCELLING:
            return (
                Reason("Erreur de saisie", tr("Typing mistake")),
                Reason("Client parti sans acheter", tr("Customer left without buying")),
                Reason("Erreur de prix", tr("Wrong price")),
                Reason("Article défectueux", tr("Faulty article")),
            )


def reason_of(purpose: ReasonFor, text: str) -> str:
    """What was typed: a number from the list, or words of one's own; "" if it is neither."""
    usual = usual_reasons(purpose)
    typed = " ".join(text.split())
    if typed.isdigit():
        place = int(typed) - 1 if len(typed) < 3 else -1
        return usual[place].kept if 0 <= place < len(usual) else ""
    return typed[:80]
