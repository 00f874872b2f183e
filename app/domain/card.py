"""Owns what was asked of the card terminal and what is known of the answer (R28). Never asks it, never retries.

A card payment of which nobody knows the outcome stays so until a person has read the terminal's slip: neither paid nor
unpaid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.money import Money


class CardOutcome(StrEnum):
    """What the terminal, or whoever stood before it, said. UNKNOWN: time-out, cut line, no answer."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class CardState(StrEnum):
    """ASKED: no answer yet; after a restart nobody waits for it any more, and it is as good as UNKNOWN. CONFIRMED and
    NOT_PAID: what a person read on the terminal's slip."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    NOT_PAID = "not_paid"


PAID_STATES = frozenset({CardState.ACCEPTED, CardState.CONFIRMED})
UNSURE_STATES = frozenset({CardState.ASKED, CardState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class CardAttempt:
    """One amount asked of the terminal.

    Attributes:
        sale_id: the document it paid, "" while there is none.
        note: what the person who decided it wrote, for example the slip's number; never a card number.
    """

    attempt_id: str
    started_at: datetime
    amount: Money
    state: CardState
    operator: str
    settled_at: datetime | None = None
    settled_by: str = ""
    note: str = ""
    sale_id: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody must see to it: outcome unknown, or money taken and no ticket made."""
        return self.state in UNSURE_STATES or (self.state in PAID_STATES and not self.sale_id)
