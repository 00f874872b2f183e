"""Owns the arithmetic of the cash drawer: counts by denomination, movements, what should be in it. Never knows of
documents or storage.

A session runs from one day's closure to the next. What the last closure left is carried over; the drawer should then
hold float + cash of sales + in - out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.errors import BrokenInvariant
from app.domain.money import ZERO, Money

DENOMINATIONS_MINOR = (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
"""Euro notes and coins in cents, the biggest first."""

FIRST_NOTE_MINOR = 500
"""From here up it is a note, below a coin."""

MAX_PIECES_COUNTED = 99_999


class CashMovementKind(StrEnum):
    """What happened to the drawer. Stored and sealed: a kind never changes its meaning."""

    OPENED = "opened"
    """The float found at the beginning of a session."""
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    COUNTED = "counted"
    DIFFERENCE = "difference"
    """What a count found more (positive) or less than expected."""
    BANKED = "banked"
    """Taken out at closing: to the bank or the safe, so that the float stays."""
    CORRECTED = "corrected"
    """An earlier count was wrong; the first figure stays."""
    DRAWER = "drawer"
    """Opened without a sale."""


@dataclass(frozen=True, slots=True)
class CashCount:
    """What was counted.

    Attributes:
        pieces: (denomination in cents, how many), the biggest first, none of nought.
        loose: counted without saying which notes and coins.
    """

    pieces: tuple[tuple[int, int], ...] = ()
    loose: Money = ZERO

    @classmethod
    def of(cls, pieces: Mapping[int, int]) -> CashCount:
        """Raises BrokenInvariant: a denomination that does not exist, or a number of pieces that cannot be."""
        for denomination, count in pieces.items():
            if denomination not in DENOMINATIONS_MINOR or not 0 <= count <= MAX_PIECES_COUNTED:
                raise BrokenInvariant(f"{count} pieces of {denomination} cents")
        return cls(tuple((value, pieces[value]) for value in DENOMINATIONS_MINOR if pieces.get(value)))

    @classmethod
    def of_amount(cls, amount: Money) -> CashCount:
        """A count of which only the sum is known. Raises BrokenInvariant if it is negative."""
        if amount < ZERO:
            raise BrokenInvariant(f"counted {amount}")
        return cls(loose=amount)

    @property
    def total(self) -> Money:
        return Money(sum(value * count for value, count in self.pieces)) + self.loose


@dataclass(frozen=True, slots=True)
class CashMovement:
    """One row of the drawer's journal; an event of the ledger says the same.

    Attributes:
        event_number: its number in the chain of events.
        amount: what moved, positive for in and out; OPENED, COUNTED: what was found; DIFFERENCE, CORRECTED: signed.
        details: by kind, see `usecases/keep_cash.py`; whole numbers and words.
    """

    movement_id: str
    till_letter: str
    event_number: int
    kind: CashMovementKind
    amount: Money
    happened_at: datetime
    trading_day: date
    operator: str
    reason: str = ""
    details: Mapping[str, str | int] | None = None

    def detail(self, name: str) -> int:
        """A number among the details, 0 if it is not there."""
        return int((self.details or {}).get(name, 0))


@dataclass(frozen=True, slots=True)
class CashTotals:
    """The drawer over a session, or over several (a month's).

    Attributes:
        carried: what the closure before left.
        float_change: float found at opening minus what was carried; the whole float for the very first session.
        corrections: of the last count, found wrong afterwards.
        sales: cash payments less change and refunds, payment changes included.
        counted: None if the drawer was not counted, and for several sessions together.
        difference: counted minus expected.
        banked: taken out at closing.
    """

    carried: Money = ZERO
    float_change: Money = ZERO
    corrections: Money = ZERO
    sales: Money = ZERO
    ins: Money = ZERO
    outs: Money = ZERO
    counted: Money | None = None
    difference: Money = ZERO
    banked: Money = ZERO

    @property
    def float_amount(self) -> Money:
        """What the session began with."""
        return self.carried + self.float_change + self.corrections

    @property
    def expected(self) -> Money:
        """What should be in the drawer before it is counted."""
        return self.float_amount + self.sales + self.ins - self.outs

    @property
    def left(self) -> Money:
        """What stays in the drawer for the next session."""
        return self.expected + self.difference - self.banked


def cash_totals(carried: Money, movements: Iterable[CashMovement], cash_of_sales: Money) -> CashTotals:
    """The drawer since the closure that left `carried`.

    Args:
        movements: all of the session, in order.
        cash_of_sales: cash payments of its documents, less change and refunds.
    """
    sums = dict.fromkeys(CashMovementKind, ZERO)
    float_change, counted = ZERO, None
    for movement in movements:
        sums[movement.kind] += movement.amount
        if movement.kind is CashMovementKind.OPENED:
            float_change = movement.amount - Money(movement.detail("carried"))
        elif movement.kind is CashMovementKind.COUNTED:
            counted = movement.amount
    return CashTotals(
        carried=carried,
        float_change=float_change,
        corrections=sums[CashMovementKind.CORRECTED],
        sales=cash_of_sales,
        ins=sums[CashMovementKind.CASH_IN],
        outs=sums[CashMovementKind.CASH_OUT],
        counted=counted,
        difference=sums[CashMovementKind.DIFFERENCE],
        banked=sums[CashMovementKind.BANKED],
    )


def joined_cash(sessions: Iterable[CashTotals]) -> CashTotals:
    """Several sessions, one after the other, as one; what is left is what the last one left."""
    first, *others = sessions
    joined = first
    for session in others:
        joined = CashTotals(
            carried=joined.carried,
            float_change=joined.float_change + session.float_change,
            corrections=joined.corrections + session.corrections,
            sales=joined.sales + session.sales,
            ins=joined.ins + session.ins,
            outs=joined.outs + session.outs,
            difference=joined.difference + session.difference,
            banked=joined.banked + session.banked,
        )
    return joined


@dataclass(frozen=True, slots=True)
class CashSession:
    """The drawer now, since the last day's closure.

    Attributes:
        since: when the last closure was made; None before the first one.
        is_open: the float was given or counted in this session.
        drawer_openings: without a sale.
    """

    totals: CashTotals
    since: datetime | None
    is_open: bool
    drawer_openings: int = 0

    @property
    def float_amount(self) -> Money:
        return self.totals.float_amount

    @property
    def ins(self) -> Money:
        return self.totals.ins

    @property
    def outs(self) -> Money:
        return self.totals.outs

    @property
    def sales(self) -> Money:
        """Cash of sales, less change and refunds."""
        return self.totals.sales

    @property
    def expected(self) -> Money:
        return self.totals.expected


def session_of(
    carried: Money, since: datetime | None, movements: Iterable[CashMovement], cash_of_sales: Money
) -> CashSession:
    """The session that these movements make."""
    rows = tuple(movements)
    return CashSession(
        totals=cash_totals(carried, rows, cash_of_sales),
        since=since,
        is_open=any(row.kind is CashMovementKind.OPENED for row in rows),
        drawer_openings=sum(row.kind is CashMovementKind.DRAWER for row in rows),
    )


def proposed_float(counted: Money, usual: Money) -> Money:
    """What to leave for tomorrow: the usual float, or all there is if that is less."""
    return min(counted, usual)
