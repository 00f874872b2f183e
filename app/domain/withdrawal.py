"""Owns until when, and for which lines, an order paid on line can be given back (R31; C. conso L. 221-18, L. 221-28).
Never decides what is given back for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.order import GOODS_LEAVE, LineOutcome, Order, PastHandover
from app.domain.rules_fr import withdrawal_ends_on


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The right that a handover starts.

    Attributes:
        ends_on: the last day of it.
        excluded: labels of the lines handed over that the law leaves out: perishables, made to measure, unsealed.
    """

    ends_on: date
    excluded: tuple[str, ...]


def withdrawal_of(order: Order, handover: PastHandover, handed_over_on: date) -> Withdrawal | None:
    """What of a handover can be given back; None where nothing can: a reservation paid in the shop is no distance sale,
    nor are goods agreed at the counter instead of others.

    Args:
        handed_over_on: local day at the counter.
    """
    if not order.paid_online:
        return None
    left = {
        result.line_no
        for result in handover.results
        if result.outcome in GOODS_LEAVE and result.outcome is not LineOutcome.REPLACED
    }
    lines = [line for line in order.lines if line.line_no in left]
    if not any(line.withdrawal_right for line in lines):
        return None
    excluded = tuple(line.label for line in lines if not line.withdrawal_right)
    return Withdrawal(withdrawal_ends_on(handed_over_on), excluded)
