"""Owns the search for what may explain a cash difference. Never decides: it names candidates, a person remembers.

Pure and small: sums of one, two or three payments among the newest few hundred, so that a market's busiest day is
searched in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from app.domain.cash import DENOMINATIONS_MINOR, FIRST_NOTE_MINOR, CashMovement, CashMovementKind
from app.domain.money import ZERO, Money

MOST_CAUSES = 3
MOST_SEARCHED = 400
MOST_IN_THREES = 120
"""Sums of three grow with the square: only the newest payments are tried."""

CASH = "cash"


class GapKind(StrEnum):
    """What may have happened; worded in `ui/closing_words.py`. Too little: less counted than expected."""

    CARD_ENTERED_AS_CASH = "card_entered_as_cash"
    """Too little: these payments were recorded as cash, the money came another way or not at all."""
    CASH_ENTERED_AS_CARD = "cash_entered_as_card"
    """Too much: these payments were recorded as something else, the money lies in the drawer."""
    REFUND_NOT_GIVEN = "refund_not_given"
    """Too much: a refund in cash was recorded, the money is still there."""
    CHANGE_ERROR = "change_error"
    """Change was given for another note than was received."""
    MOVEMENT_NOT_MADE = "movement_not_made"
    """Money in or out was recorded and did not move."""
    MOVEMENT_NOT_RECORDED = "movement_not_recorded"
    """It moved once more than was recorded."""
    MOVEMENT_REVERSED = "movement_reversed"
    """Recorded as in, but was out, or the reverse."""
    PIECE_MISCOUNTED = "piece_miscounted"
    """One note or coin counted too many or too few."""


@dataclass(frozen=True, slots=True)
class GapPayment:
    """A payment as far as a difference may come from it."""

    number: str
    happened_at: datetime
    means: str
    amount: Money
    tendered: Money


@dataclass(frozen=True, slots=True)
class GapCause:
    """One candidate.

    Attributes:
        amount: the difference it explains, without its sign.
        numbers, times: of the documents (one to three), or the time of the movement alone.
        reason: of the movement.
        received, recorded: the notes of a CHANGE_ERROR.
        alike: how many other candidates of the same kind there are; this one is the newest.
    """

    kind: GapKind
    amount: Money
    numbers: tuple[str, ...] = ()
    times: tuple[datetime, ...] = ()
    reason: str = ""
    received: Money = ZERO
    recorded: Money = ZERO
    alike: int = 0


def gap_causes(
    difference: Money, payments: Sequence[GapPayment], movements: Sequence[CashMovement]
) -> tuple[GapCause, ...]:
    """Up to three candidates, the likeliest first.

    Args:
        difference: counted less expected.
        payments, movements: of the session, in order.
    """
    if not difference:
        return ()
    newest = list(reversed(payments[-MOST_SEARCHED:]))
    searches = (
        _single(difference, newest),
        _moved(difference, movements),
        _wrong_change(difference, newest),
        _refund(difference, newest),
        _sum_of(difference, newest, 2),
        _sum_of(difference, newest[:MOST_IN_THREES], 3),
        _miscounted(difference),
    )
    found: list[GapCause] = []
    for search in searches:
        if (cause := _newest_of(search)) is not None:
            found.append(cause)
        if len(found) == MOST_CAUSES:
            break
    return tuple(found)


def _newest_of(candidates: Iterable[GapCause]) -> GapCause | None:
    """The first one, told how many more there are."""
    several = list(candidates)
    if not several:
        return None
    first = several[0]
    return GapCause(
        first.kind,
        first.amount,
        first.numbers,
        first.times,
        first.reason,
        first.received,
        first.recorded,
        alike=sum(other.kind is first.kind for other in several) - 1,
    )


def _wrong_way(difference: Money, payments: Sequence[GapPayment]) -> tuple[GapKind, list[GapPayment]]:
    """Payments that would explain it if they had come another way than was recorded."""
    if difference < ZERO:
        return GapKind.CARD_ENTERED_AS_CASH, [row for row in payments if row.means == CASH and row.amount > ZERO]
    return GapKind.CASH_ENTERED_AS_CARD, [row for row in payments if row.means != CASH and row.amount > ZERO]


def _single(difference: Money, payments: Sequence[GapPayment]) -> Iterator[GapCause]:
    kind, rows = _wrong_way(difference, payments)
    size = Money(abs(difference.minor))
    return (_of_documents(kind, size, (row,)) for row in rows if row.amount == size)


def _sum_of(difference: Money, payments: Sequence[GapPayment], count: int) -> Iterator[GapCause]:
    """Two or three payments together; the first that is found, newest before older."""
    kind, rows = _wrong_way(difference, payments)
    size = abs(difference.minor)
    fitting = [row for row in rows if row.amount.minor < size]
    by_amount: dict[int, list[int]] = {}
    for place, row in enumerate(fitting):
        by_amount.setdefault(row.amount.minor, []).append(place)
    for chosen in combinations(range(len(fitting)), count - 1):
        rest = size - sum(fitting[place].amount.minor for place in chosen)
        last = next((place for place in by_amount.get(rest, ()) if place > chosen[-1]), None)
        if last is not None:
            yield _of_documents(kind, Money(size), tuple(fitting[place] for place in (*chosen, last)))
            return


def _refund(difference: Money, payments: Sequence[GapPayment]) -> Iterator[GapCause]:
    given_back = (row for row in payments if row.means == CASH and row.amount == -difference and difference > ZERO)
    return (_of_documents(GapKind.REFUND_NOT_GIVEN, difference, (row,)) for row in given_back)


def _of_documents(kind: GapKind, size: Money, rows: Sequence[GapPayment]) -> GapCause:
    in_order = sorted(rows, key=lambda row: row.happened_at)
    return GapCause(kind, size, tuple(row.number for row in in_order), tuple(row.happened_at for row in in_order))


def _wrong_change(difference: Money, payments: Sequence[GapPayment]) -> Iterator[GapCause]:
    """What was typed as received is one note, what lies in the drawer is another."""
    notes = {value for value in DENOMINATIONS_MINOR if value >= FIRST_NOTE_MINOR}
    for row in payments:
        received = row.tendered + difference
        if row.means == CASH and {row.tendered.minor, received.minor} <= notes and received >= row.amount > ZERO:
            yield GapCause(
                GapKind.CHANGE_ERROR,
                Money(abs(difference.minor)),
                (row.number,),
                (row.happened_at,),
                received=received,
                recorded=row.tendered,
            )


def _moved(difference: Money, movements: Sequence[CashMovement]) -> Iterator[GapCause]:
    size = Money(abs(difference.minor))
    by_hand = {CashMovementKind.CASH_IN: 1, CashMovementKind.CASH_OUT: -1}
    rows = [row for row in reversed(movements) if row.kind in by_hand]
    for row in rows:
        effect = by_hand[row.kind] * row.amount.minor
        if -effect == difference.minor:
            yield _of_movement(GapKind.MOVEMENT_NOT_MADE, size, row)
    for row in rows:
        effect = by_hand[row.kind] * row.amount.minor
        if effect == difference.minor:
            yield _of_movement(GapKind.MOVEMENT_NOT_RECORDED, size, row)
        elif -2 * effect == difference.minor:
            yield _of_movement(GapKind.MOVEMENT_REVERSED, size, row)


def _of_movement(kind: GapKind, size: Money, row: CashMovement) -> GapCause:
    return GapCause(kind, size, times=(row.happened_at,), reason=row.reason)


def _miscounted(difference: Money) -> Iterator[GapCause]:
    size = Money(abs(difference.minor))
    if size.minor in DENOMINATIONS_MINOR:
        yield GapCause(GapKind.PIECE_MISCOUNTED, size)
