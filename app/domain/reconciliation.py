"""Owns the comparison of what this till and the marketplace know: values in, named gaps out. Never asks, never mends.

Both sides sum up the same way (`digest_of_facts`, `digest_of_movements`), so that equal parts are passed over in one
look and only the others are listed. Whatever differs has a name: a gap says what it is about, how much, and whether it
can be mended out of what either side still has. What explains itself (it waits, it was refused) is a gap of its own
kind, so that nothing stays unnamed and nothing of it alarms.

A fact that waits may have arrived without our knowing (its answer was lost): it is never held against either side, so
selling while both compare gives no false alarm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.catalogue import StockMovement
from app.domain.fiscal import KnownHead

RANGE_SIZE = 500
"""Numbers summed up together: 1-500, 501-1000 ..."""


def range_of(till_seq: int) -> int:
    """The first number of the range that holds this one."""
    return (till_seq - 1) // RANGE_SIZE * RANGE_SIZE + 1


def digest_of_facts(facts: Iterable[tuple[int, str]]) -> str:
    """SHA-256 over the lines "number fact_id", in the order of the numbers, as hexadecimal."""
    return _digest(f"{till_seq} {fact_id}\n" for till_seq, fact_id in sorted(facts))


def digest_of_movements(movements: Iterable[tuple[str, int]]) -> str:
    """SHA-256 over the lines "movement_id quantity", in the order of the ids, as hexadecimal."""
    return _digest(f"{movement_id} {quantity}\n" for movement_id, quantity in sorted(movements))


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(lines).encode()).hexdigest()


# --- what either side knows -------------------------------------------------------------------------------------------


class Standing(StrEnum):
    """How far a fact of this till got."""

    TOLD = "told"
    WAITING = "waiting"
    REFUSED = "refused"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class OwnFact:
    """A fact of this till. `title` is what people call what it is about (a ticket's number, an article); `amount_minor`
    the total of a sale, else None."""

    till_seq: int
    fact_id: str
    kind: str
    happened_at: datetime
    title: str = ""
    amount_minor: int | None = None
    standing: Standing = Standing.TOLD
    movement_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedFact:
    """A fact as the marketplace has it. `amount_minor`: of the sale it made, None if it made none."""

    till_seq: int
    fact_id: str
    kind: str
    happened_at: datetime | None
    title: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How many facts of a kind, and the cents of the sales among them."""

    count: int = 0
    sum_minor: int = 0

    def __add__(self, other: KindFigures) -> KindFigures:
        return KindFigures(self.count + other.count, self.sum_minor + other.sum_minor)


@dataclass(frozen=True, slots=True)
class RangeFigures:
    """A range of numbers summed up. `sha256` is "" where only the count was asked for."""

    first_seq: int
    count: int
    sha256: str = ""
    kinds: Mapping[str, KindFigures] = field(default_factory=dict)


def figures_of(facts: Iterable[tuple[int, str, str, int | None]]) -> list[RangeFigures]:
    """Facts as (number, fact_id, kind, cents of its sale or None) summed up by range, in order; empty ranges are left
    out."""
    by_range: dict[int, list[tuple[int, str, str, int | None]]] = {}
    for fact in facts:
        by_range.setdefault(range_of(fact[0]), []).append(fact)
    return [_figures(first_seq, by_range[first_seq]) for first_seq in sorted(by_range)]


def _figures(first_seq: int, facts: Sequence[tuple[int, str, str, int | None]]) -> RangeFigures:
    kinds: dict[str, KindFigures] = {}
    for _, _, kind, cents in facts:
        kinds[kind] = kinds.get(kind, KindFigures()) + KindFigures(1, cents or 0)
    return RangeFigures(first_seq, len(facts), digest_of_facts((fact[0], fact[1]) for fact in facts), kinds)


@dataclass(frozen=True, slots=True)
class ProductStock:
    """The stock of an article in base units: `level` is what is kept, `moved` the sum of its movements, `count` how
    many they are. `sha256` is "" where they were only counted."""

    product_id: str
    level: int
    moved: int
    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that was neither handed over nor cancelled, or how one stands now."""

    order_id: str
    number: str
    version: int
    handover: str
    cancelled: bool = False


# --- gaps -------------------------------------------------------------------------------------------------------------


class GapKind(StrEnum):
    """What differs. The words are `ui/reconciliation_words.py`'s."""

    FACT_WAITING = "fact_waiting"
    FACT_REFUSED = "fact_refused"
    FACT_SET_ASIDE = "fact_set_aside"
    FACT_LOST_BEFORE = "fact_lost_before"
    FACT_MISSING_THERE = "fact_missing_there"
    FACT_LOST_HERE = "fact_lost_here"
    FACT_NUMBER_DIFFERS = "fact_number_differs"
    SALE_DIFFERS = "sale_differs"
    MOVEMENT_MISSING_THERE = "movement_missing_there"
    MOVEMENT_MISSING_HERE = "movement_missing_here"
    MOVEMENT_DIFFERS = "movement_differs"
    LEVEL_WRONG_HERE = "level_wrong_here"
    LEVEL_WRONG_THERE = "level_wrong_there"
    ORDER_MISSING_HERE = "order_missing_here"
    ORDER_MISSING_THERE = "order_missing_there"
    ORDER_DIFFERS = "order_differs"
    CHAIN_SHORTER_HERE = "chain_shorter_here"
    CHAIN_DIFFERS = "chain_differs"


EXPLANATIONS = frozenset({GapKind.FACT_WAITING, GapKind.FACT_REFUSED, GapKind.FACT_SET_ASIDE, GapKind.FACT_LOST_BEFORE})
"""Known already, and nothing that mending could change: they explain why both sides differ."""


class Mend(StrEnum):
    """What closes a gap."""

    NONE = "none"
    TELL_AGAIN = "tell_again"
    """The same fact, same id, same content."""
    TELL_RENUMBERED = "tell_renumbered"
    """The same, under a number that neither side has used: the marketplace follows it."""
    TELL_MOVEMENT = "tell_movement"
    """The movement under its own id, in a fact of its own: it counts once."""
    RECORD_MOVEMENT = "record_movement"
    RECOUNT_HERE = "recount_here"
    RECOUNT_THERE = "recount_there"
    FRESH_PULL = "fresh_pull"


@dataclass(frozen=True, slots=True)
class Gap:
    """One difference, named.

    Attributes:
        record_id: the fact, movement, article, order or chain (`A sales`).
        title: what people call it: the number of a ticket or order, the name of an article.
        here, there: cents of a sale, base units of a stock, version of an order, number of a chain; None for absent.
        unit: of base units, "" for others.
        document: the ticket or order a movement belongs to, "" if none is known.
        place: where the movement happened.
        till_seq, fact_kind: of facts.
    """

    kind: GapKind
    record_id: str
    title: str = ""
    happened_at: datetime | None = None
    here: int | None = None
    there: int | None = None
    unit: str = ""
    document: str = ""
    place: str = ""
    till_seq: int = 0
    fact_kind: str = ""
    mend: Mend = Mend.NONE

    @property
    def explains_itself(self) -> bool:
        return self.kind in EXPLANATIONS

    @property
    def can_be_mended(self) -> bool:
        return self.mend is not Mend.NONE


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The sales of a trading day: how many and how much, here and there."""

    trading_day: date
    here: KindFigures
    there: KindFigures


@dataclass(frozen=True, slots=True)
class ReconciliationRun:
    """What one comparison found.

    Attributes:
        thorough: everything was read anew; else what was found equal before was only counted.
        through_seq: facts up to this number were compared.
        facts: by kind, here and there, as far as they were summed up in this run.
        days: the trading days of the sales among them.
        gaps: what was found, explanations too; at most `MOST_GAPS`, `left_out` says how many more.
        mended: how many of them were mended or set in motion.
    """

    run_id: str
    begun_at: datetime
    ended_at: datetime
    thorough: bool
    through_seq: int
    facts: Mapping[str, tuple[KindFigures, KindFigures]] = field(default_factory=dict)
    days: tuple[DayFigures, ...] = ()
    products: int = 0
    orders: int = 0
    chains: int = 0
    gaps: tuple[Gap, ...] = ()
    left_out: int = 0
    mended: int = 0

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """Those that do not explain themselves."""
        return tuple(gap for gap in self.gaps if not gap.explains_itself)


MOST_GAPS = 1000


# --- comparing --------------------------------------------------------------------------------------------------------


def ranges_that_differ(here: Iterable[RangeFigures], there: Iterable[RangeFigures]) -> list[int]:
    """First numbers of the ranges that must be listed, in order. Where the marketplace only counted, counts decide."""
    own = {figures.first_seq: figures for figures in here}
    theirs = {figures.first_seq: figures for figures in there}
    nothing = RangeFigures(0, 0)
    return [
        first_seq
        for first_seq in sorted(own.keys() | theirs.keys())
        if not _agree(own.get(first_seq, nothing), theirs.get(first_seq, nothing))
    ]


def _agree(here: RangeFigures, there: RangeFigures) -> bool:
    if here.count != there.count:
        return False
    if not here.sha256 or not there.sha256:
        return True
    return here.sha256 == there.sha256 and dict(here.kinds) == dict(there.kinds)


def compare_facts(
    here: Sequence[OwnFact],
    there: Sequence[ListedFact],
    known_here: Mapping[str, int],
    unsettled: Collection[str] = (),
) -> list[Gap]:
    """The gaps in ranges that were listed on both sides.

    Args:
        known_here: of the ids in `there`, those that this till has at all, with their numbers.
        unsettled: ids of facts that wait, were refused or set aside, whatever their number.
    """
    listed = {fact.fact_id: fact for fact in there}
    gaps = [gap for fact in here if (gap := _gap_of_own(fact, listed.get(fact.fact_id))) is not None]
    for fact in there:
        number_here = known_here.get(fact.fact_id)
        if number_here is None:
            gaps.append(_lost(fact))
        elif number_here != fact.till_seq and fact.fact_id not in unsettled:
            gaps.append(
                Gap(
                    GapKind.FACT_NUMBER_DIFFERS,
                    fact.fact_id,
                    fact.title,
                    fact.happened_at,
                    number_here,
                    fact.till_seq,
                    till_seq=number_here,
                    fact_kind=fact.kind,
                    mend=Mend.TELL_RENUMBERED,
                )
            )
    return gaps


def _gap_of_own(fact: OwnFact, listed: ListedFact | None) -> Gap | None:
    if fact.standing is not Standing.TOLD:
        return None  # named by `explanations`
    if listed is None:
        return _of_fact(GapKind.FACT_MISSING_THERE, fact, fact.amount_minor, None, Mend.TELL_AGAIN)
    if listed.amount_minor != fact.amount_minor:
        return _of_fact(GapKind.SALE_DIFFERS, fact, fact.amount_minor, listed.amount_minor)
    return None


def _lost(fact: ListedFact) -> Gap:
    return Gap(
        GapKind.FACT_LOST_HERE,
        fact.fact_id,
        fact.title,
        fact.happened_at,
        None,
        fact.amount_minor,
        till_seq=fact.till_seq,
        fact_kind=fact.kind,
    )


_WHY_NOT_THERE = {
    Standing.WAITING: GapKind.FACT_WAITING,
    Standing.REFUSED: GapKind.FACT_REFUSED,
    Standing.SET_ASIDE: GapKind.FACT_SET_ASIDE,
}


def explanations(unsettled: Iterable[OwnFact]) -> list[Gap]:
    """Why the marketplace does not know some of our facts."""
    return [
        _of_fact(_WHY_NOT_THERE[fact.standing], fact, fact.amount_minor, None)
        for fact in unsettled
        if fact.standing in _WHY_NOT_THERE
    ]


def _of_fact(kind: GapKind, fact: OwnFact, here: int | None, there: int | None, mend: Mend = Mend.NONE) -> Gap:
    return Gap(
        kind,
        fact.fact_id,
        fact.title,
        fact.happened_at,
        here,
        there,
        till_seq=fact.till_seq,
        fact_kind=fact.kind,
        mend=mend,
    )


def products_that_differ(here: Iterable[ProductStock], there: Iterable[ProductStock]) -> list[str]:
    """Articles whose movements must be listed, in order."""
    own = {stock.product_id: stock for stock in here}
    theirs = {stock.product_id: stock for stock in there}
    return [
        product_id
        for product_id in sorted(own.keys() | theirs.keys())
        if not _move_alike(own.get(product_id, _NEVER_MOVED), theirs.get(product_id, _NEVER_MOVED))
    ]


_NEVER_MOVED = ProductStock("", 0, 0, 0, digest_of_movements(()))


def _move_alike(here: ProductStock, there: ProductStock) -> bool:
    if (here.moved, here.count) != (there.moved, there.count):
        return False
    return not here.sha256 or not there.sha256 or here.sha256 == there.sha256


def wrong_levels(stocks: Iterable[ProductStock], kind: GapKind) -> list[Gap]:
    """Levels that are not the sum of their movements (I4): the sum is right."""
    mend = Mend.RECOUNT_HERE if kind is GapKind.LEVEL_WRONG_HERE else Mend.RECOUNT_THERE
    return [
        Gap(kind, stock.product_id, here=stock.level, there=stock.moved, mend=mend)
        for stock in stocks
        if stock.level != stock.moved
    ]


def compare_movements(
    here: Sequence[StockMovement],
    there: Sequence[StockMovement],
    *,
    own_till_id: str,
    not_told: Collection[str],
) -> list[Gap]:
    """The movements of one article that explain its difference, one by one.

    Args:
        not_told: ids of movements in facts that wait, were refused or set aside, or are told again anyway.
    """
    own = {movement.movement_id: movement for movement in here}
    theirs = {movement.movement_id: movement for movement in there}
    gaps: list[Gap] = []
    for movement_id in sorted(own.keys() | theirs.keys()):
        mine, other = own.get(movement_id), theirs.get(movement_id)
        if other is None and mine is not None:
            if movement_id not in not_told:
                mend = Mend.TELL_MOVEMENT if mine.till_id == own_till_id else Mend.NONE
                gaps.append(_of_movement(GapKind.MOVEMENT_MISSING_THERE, mine, mine.quantity, None, mend))
        elif mine is None and other is not None:
            gaps.append(_of_movement(GapKind.MOVEMENT_MISSING_HERE, other, None, other.quantity, Mend.RECORD_MOVEMENT))
        elif mine is not None and other is not None and mine.quantity != other.quantity:
            gaps.append(_of_movement(GapKind.MOVEMENT_DIFFERS, mine, mine.quantity, other.quantity, Mend.NONE))
    return gaps


def _of_movement(kind: GapKind, movement: StockMovement, here: int | None, there: int | None, mend: Mend) -> Gap:
    return Gap(kind, movement.movement_id, "", movement.happened_at, here, there, place=movement.location, mend=mend)


def compare_orders(here: Sequence[OpenOrder], there: Sequence[OpenOrder]) -> list[Gap]:
    """Open orders that one side does not have, or has in another state. Copies fetched completely carry the same
    version."""
    own = {order.order_id: order for order in here}
    theirs = {order.order_id: order for order in there}
    gaps: list[Gap] = []
    for order_id in sorted(own.keys() | theirs.keys()):
        mine, other = own.get(order_id), theirs.get(order_id)
        if mine is None and other is not None:
            kind, number = GapKind.ORDER_MISSING_HERE, other.number
        elif other is None and mine is not None:
            kind, number = GapKind.ORDER_MISSING_THERE, mine.number
        elif mine is not None and other is not None and _differ(mine, other):
            kind, number = GapKind.ORDER_DIFFERS, mine.number
        else:
            continue
        here_version = mine.version if mine is not None else None
        there_version = other.version if other is not None else None
        gaps.append(Gap(kind, order_id, number, None, here_version, there_version, mend=Mend.FRESH_PULL))
    return gaps


def _differ(mine: OpenOrder, other: OpenOrder) -> bool:
    return (mine.version, mine.handover, mine.cancelled) != (other.version, other.handover, other.cancelled)


def compare_chains(here: Mapping[tuple[str, str], Mapping[int, bytes]], there: Sequence[KnownHead]) -> list[Gap]:
    """Chains of the ledger whose end, as the marketplace remembers it, is not in the chain here.

    Args:
        here: by letter and series, the hashes of our rows at the numbers the marketplace told; numbers we do not have
            are missing.
    """
    gaps: list[Gap] = []
    for head in there:
        rows = here.get((head.till_letter, head.series.value), {})
        chain = f"{head.till_letter} {head.series.value}"
        if head.number not in rows:
            longest = max(rows, default=0)
            gaps.append(Gap(GapKind.CHAIN_SHORTER_HERE, chain, chain, head.happened_at, longest, head.number))
        elif rows[head.number] != head.hash:
            gaps.append(Gap(GapKind.CHAIN_DIFFERS, chain, chain, head.happened_at, head.number, head.number))
    return gaps
