"""Owns what is read of this till's side when it compares with the marketplace. Never writes, never judges.

Every answer is bounded, so that no reader holds the write-ahead log for long. Whole ranges are read once in their life:
`fact_range` remembers their sums, because a fact never changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from sqlalchemy import bindparam, case, func, select

from app.domain.catalogue import StockMovement, Unit
from app.domain.facts import FactKind
from app.domain.order import HandoverState
from app.domain.reconciliation import (
    RANGE_SIZE,
    OpenOrder,
    OwnFact,
    ProductStock,
    RangeFigures,
    ReconciliationRun,
    Standing,
    digest_of_movements,
    figures_of,
    range_of,
)
from app.storage.fiscal_tables import ledger_head
from app.storage.ledger_ends_reads import load_row
from app.storage.outbox import CONFLICTED, REFUSED
from app.storage.reconciliation_tables import fact_range, lost_fact, reconciliation_run
from app.storage.reconciliation_values import kinds_of, run_of
from app.storage.repositories.stock import MOVEMENT_COLUMNS, movement_of
from app.storage.sale_tables import sale, sale_line
from app.storage.session import Row, Session, Statement, key_binds
from app.storage.tables import (
    fact,
    handover,
    outbox,
    product,
    server_order,
    set_aside,
    stock_level,
    stock_movement,
    upkeep,
)
from app.storage.values import plain_of, time_of
from app.usecases.reconciliation_ports import HISTORY_LOST, Agreed, Edge, ProductName

MOST_ROWS = 50_000
"""Facts read at once: a hundred whole ranges."""

_f = fact.c
_m = stock_movement.c
_SALE = FactKind.SALE_RECORDED.value
_STANDINGS = {REFUSED: Standing.REFUSED, CONFLICTED: Standing.TOLD}

_LAST = select(func.coalesce(func.max(_f.till_seq), 0))
_COUNT = select(func.count()).select_from(fact)
_FACT = (_f.till_seq, _f.fact_id, _f.kind, _f.happened_at, _f.payload)
_QUEUED = select(*_FACT, outbox.c.state).join(outbox, outbox.c.till_seq == _f.till_seq).order_by(_f.till_seq)
_SET_ASIDE = select(*_FACT).join(set_aside, set_aside.c.fact_id == _f.fact_id).order_by(_f.till_seq)
_cents = case((_f.kind == _SALE, func.json_extract(_f.payload, "$.total_minor")), else_=None)
ROWS = (
    select(_f.till_seq, _f.fact_id, _f.kind, _cents)
    .where(_f.till_seq > bindparam("after"), _f.till_seq <= bindparam("through"))
    .order_by(_f.till_seq)
    .limit(bindparam("most"))
)
_REMEMBERED = (
    select(fact_range.c.first_seq, fact_range.c.fact_count, fact_range.c.sha256, fact_range.c.kinds)
    .where(fact_range.c.first_seq > bindparam("after"), fact_range.c.first_seq <= bindparam("through"))
    .order_by(fact_range.c.first_seq)
)
LISTED = select(*_FACT).where(_f.till_seq >= bindparam("first"), _f.till_seq <= bindparam("last")).order_by(_f.till_seq)
_sale_id = func.substr(_f.subject, len("sale:") + 1)
_DAYS = (
    select(sale.c.trading_day, func.count(), func.sum(sale.c.total_minor))
    .select_from(fact.join(sale, sale.c.sale_id == _sale_id))
    .where(_f.till_seq > bindparam("after"), _f.till_seq <= bindparam("through"), _f.kind == _SALE)
    .group_by(sale.c.trading_day)
)
_DAY_OF_FACT = (
    select(sale.c.trading_day)
    .select_from(fact.join(sale, sale.c.sale_id == _sale_id))
    .where(_f.fact_id == bindparam("fact_id"))
)
_RUN = select(reconciliation_run.c.body).order_by(reconciliation_run.c.row_id.desc()).limit(1)
_AGREED = (
    select(reconciliation_run.c.agreed_through_seq, reconciliation_run.c.ended_at)
    .order_by(reconciliation_run.c.row_id.desc())
    .limit(1)
)
_THOROUGH = (
    select(reconciliation_run.c.ended_at)
    .where(reconciliation_run.c.thorough == 1)
    .order_by(reconciliation_run.c.row_id.desc())
    .limit(1)
)
_LOST = select(upkeep.c.done_at).where(upkeep.c.task == HISTORY_LOST)
_MOVED = (
    select(_m.product_id)
    .distinct()
    .where(_m.product_id > bindparam("after"))
    .order_by(_m.product_id)
    .limit(bindparam("most"))
    .subquery()
)
_LEVELLED = (
    select(stock_level.c.product_id)
    .distinct()
    .where(stock_level.c.product_id > bindparam("after"))
    .order_by(stock_level.c.product_id)
    .limit(bindparam("most"))
    .subquery()
)
_either = select(_MOVED.c.product_id).union(select(_LEVELLED.c.product_id)).subquery()
PRODUCTS = select(_either.c.product_id).order_by(_either.c.product_id).limit(bindparam("most"))
OF_PRODUCT = (
    select(*MOVEMENT_COLUMNS).where(_m.product_id == bindparam("product_id")).order_by(_m.happened_at, _m.movement_id)
)
_TICKET = (
    select(sale.c.till_letter, sale.c.number)
    .select_from(sale.join(sale_line, sale_line.c.sale_id == sale.c.sale_id))
    .where(
        sale.c.trading_day >= bindparam("first_day"),
        sale.c.trading_day <= bindparam("last_day"),
        sale_line.c.line_id == bindparam("source_id"),
    )
    .limit(1)
)
_ORDER_OF_HANDOVER = (
    select(server_order.c.number)
    .join(handover, handover.c.order_id == server_order.c.order_id)
    .where(handover.c.handover_id == bindparam("source_id"))
)
_HEAD = select(ledger_head.c.hash).where(
    ledger_head.c.till_letter == bindparam("till_letter"),
    ledger_head.c.series == bindparam("series"),
    ledger_head.c.number == bindparam("number"),
)
OPEN_ORDERS = (
    select(server_order.c.order_id, server_order.c.number, server_order.c.version, server_order.c.handover)
    .where(
        server_order.c.order_id > bindparam("after"),
        server_order.c.handover != HandoverState.HANDED_OVER.value,
        server_order.c.cancelled_at.is_(None),
    )
    .order_by(server_order.c.order_id)
    .limit(bindparam("most"))
)


def _numbers(size: int) -> Statement:
    return select(_f.fact_id, _f.till_seq).where(_f.fact_id.in_(key_binds(size)))


def _lost(size: int) -> Statement:
    return select(lost_fact.c.fact_id).where(lost_fact.c.fact_id.in_(key_binds(size)))


def _names(size: int) -> Statement:
    return select(product.c.product_id, product.c.name, product.c.unit).where(product.c.product_id.in_(key_binds(size)))


def _order_numbers(size: int) -> Statement:
    return select(server_order.c.order_id, server_order.c.number).where(server_order.c.order_id.in_(key_binds(size)))


def _sums(size: int) -> Statement:
    return (
        select(_m.product_id, func.sum(_m.quantity), func.count())
        .where(_m.product_id.in_(key_binds(size)))
        .group_by(_m.product_id)
    )


def _moved(size: int) -> Statement:
    return select(_m.product_id, _m.movement_id, _m.quantity).where(_m.product_id.in_(key_binds(size)))


def _levels(size: int) -> Statement:
    return (
        select(stock_level.c.product_id, func.sum(stock_level.c.quantity))
        .where(stock_level.c.product_id.in_(key_binds(size)))
        .group_by(stock_level.c.product_id)
    )


class ReconciliationReads:
    """The part of `StoreQueries` that answers `reconciliation_ports.ReconciliationQueries`."""

    def _reading(self) -> AbstractContextManager[Session]:
        """A session for one moment's view."""
        raise NotImplementedError

    def last_reconciliation(self) -> ReconciliationRun | None:
        with self._reading() as session:
            row = session.one(_RUN)
        return run_of(row[0]) if row else None

    def agreed(self) -> Agreed:
        with self._reading() as session:
            row = session.one(_AGREED)
            thorough, lost = session.one(_THOROUGH), session.one(_LOST)
        lost_at = time_of(lost[0]) if lost is not None else None
        if row is None:
            return Agreed(history_lost_at=lost_at)
        return Agreed(row[0], time_of(row[1]), time_of(thorough[0]) if thorough is not None else None, lost_at)

    def comparison_edge(self) -> Edge:
        with self._reading() as session:
            queued = [(row, _STANDINGS.get(row[5], Standing.WAITING)) for row in session.rows(_QUEUED)]
            aside = [(row, Standing.SET_ASIDE) for row in session.rows(_SET_ASIDE)]
            unsettled = [(row, standing) for row, standing in (*queued, *aside) if standing is not Standing.TOLD]
            return Edge(
                session.value(_LAST),
                sorted(_facts(session, unsettled), key=lambda each: each.till_seq),
                session.value(_COUNT),
            )

    def own_ranges(
        self, after_seq: int, through_seq: int, left_out: Collection[int], *, anew: bool
    ) -> Sequence[RangeFigures]:
        with self._reading() as session:
            kept = {} if anew else _remembered(session, after_seq, through_seq)
            for seq in left_out:
                kept.pop(range_of(seq), None)
            found = dict(kept)
            for figures in _read_anew(session, after_seq, through_seq, kept, left_out):
                found[figures.first_seq] = figures
        return [found[first_seq] for first_seq in sorted(found)]

    def own_facts(self, from_seq: int, to_seq: int) -> Sequence[OwnFact]:
        with self._reading() as session:
            rows = session.rows(LISTED, first=from_seq, last=to_seq)
            return _facts(session, [(row, Standing.TOLD) for row in rows])

    def numbers_of(self, fact_ids: Sequence[str]) -> Mapping[str, int]:
        with self._reading() as session:
            return {row[0]: row[1] for row in session.rows_for(_numbers, fact_ids)}

    def lost_before(self, fact_ids: Sequence[str]) -> Collection[str]:
        with self._reading() as session:
            return {row[0] for row in session.rows_for(_lost, fact_ids)}

    def trading_days_of(self, after_seq: int, through_seq: int) -> Mapping[date, tuple[int, int]]:
        with self._reading() as session:
            rows = session.rows(_DAYS, after=after_seq, through=through_seq)
        return {date.fromisoformat(row[0]): (row[1], row[2]) for row in rows if row[0]}

    def trading_day_of_fact(self, fact_id: str) -> date | None:
        with self._reading() as session:
            row = session.one(_DAY_OF_FACT, fact_id=fact_id)
        return date.fromisoformat(row[0]) if row and row[0] else None

    def moved_products(self, after: str, limit: int) -> Sequence[str]:
        with self._reading() as session:
            return [row[0] for row in session.rows(PRODUCTS, after=after, most=limit)]

    def own_stock(self, product_ids: Sequence[str], *, digests: bool) -> Sequence[ProductStock]:
        with self._reading() as session:
            levels = {row[0]: row[1] for row in session.rows_for(_levels, product_ids)}
            moved = (_digested if digests else _added_up)(session, product_ids)
        return [ProductStock(product_id, levels.get(product_id, 0), *moved[product_id]) for product_id in product_ids]

    def own_movements(self, product_id: str) -> Sequence[StockMovement]:
        with self._reading() as session:
            return [movement_of(row) for row in session.rows(OF_PRODUCT, product_id=product_id)]

    def document_of(self, movement: StockMovement) -> str:
        if not movement.source_id:
            return ""
        with self._reading() as session:
            order = session.one(_ORDER_OF_HANDOVER, source_id=movement.source_id)
            if order is not None:
                return str(order[0])
            # a trading day may end hours after midnight, and local time is not UTC
            day = movement.happened_at.date()
            days = {
                "first_day": date.fromordinal(day.toordinal() - 2).isoformat(),
                "last_day": date.fromordinal(day.toordinal() + 2).isoformat(),
            }
            ticket = session.one(_TICKET, source_id=movement.source_id, **days)
        return f"{ticket[0]}-{ticket[1]:06d}" if ticket else ""

    def product_names(self, product_ids: Sequence[str]) -> Mapping[str, ProductName]:
        with self._reading() as session:
            return {row[0]: ProductName(row[1], Unit(row[2])) for row in session.rows_for(_names, product_ids)}

    def ledger_hash(self, till_letter: str, series: str, number: int) -> bytes | None:
        with self._reading() as session:
            row = load_row(session, till_letter, series, number)
            end = session.one(_HEAD, till_letter=till_letter, series=series, number=number)
        if row is not None:
            return bytes(row.hash)
        return bytes(end[0]) if end is not None else None

    def own_open_orders(self, after: str, limit: int) -> Sequence[OpenOrder]:
        with self._reading() as session:
            return [OpenOrder(*row) for row in session.rows(OPEN_ORDERS, after=after, most=limit)]


_Moved = tuple[int, int, str]
"""The sum of an article's movements, how many they are, and their digest."""


def _digested(session: Session, product_ids: Sequence[str]) -> dict[str, _Moved]:
    moved: dict[str, list[tuple[str, int]]] = {product_id: [] for product_id in product_ids}
    for product_id, movement_id, quantity in session.rows_for(_moved, product_ids):
        moved[product_id].append((movement_id, quantity))
    return {
        product_id: (sum(quantity for _, quantity in each), len(each), digest_of_movements(each))
        for product_id, each in moved.items()
    }


def _added_up(session: Session, product_ids: Sequence[str]) -> dict[str, _Moved]:
    moved: dict[str, _Moved] = dict.fromkeys(product_ids, (0, 0, ""))
    for product_id, total, count in session.rows_for(_sums, product_ids):
        moved[product_id] = (total, count, "")
    return moved


def _remembered(session: Session, after_seq: int, through_seq: int) -> dict[int, RangeFigures]:
    rows = session.rows(_REMEMBERED, after=after_seq, through=through_seq - RANGE_SIZE + 1)
    return {row[0]: RangeFigures(row[0], row[1], row[2], kinds_of(row[3])) for row in rows}


def _read_anew(
    session: Session, after_seq: int, through_seq: int, kept: Mapping[int, RangeFigures], left_out: Collection[int]
) -> list[RangeFigures]:
    """The ranges that are not remembered, walked in the order of the numbers; remembered stretches are leapt over."""
    without = frozenset(left_out)
    found: list[RangeFigures] = []
    after = _over_kept(after_seq, kept)
    while after < through_seq:
        until = _next_kept(after, through_seq, kept)
        rows = session.rows(ROWS, after=after, through=until, most=MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:  # the last range may go on: it comes with the next page
            cut = range_of(rows[-1][0])
            rows = [row for row in rows if row[0] < cut]
            after = cut - 1
        else:
            after = _over_kept(until, kept)
        found += figures_of((row[0], row[1], row[2], row[3]) for row in rows if row[0] not in without)
    return found


def _over_kept(after: int, kept: Mapping[int, RangeFigures]) -> int:
    while after + 1 in kept:
        after += RANGE_SIZE
    return after


def _next_kept(after: int, through_seq: int, kept: Mapping[int, RangeFigures]) -> int:
    """Where the next remembered stretch begins, or the end."""
    beginnings = [first_seq for first_seq in kept if first_seq > after]
    return min(*beginnings, through_seq + 1, through_seq + 1) - 1


def _facts(session: Session, rows: Iterable[tuple[Row, Standing]]) -> list[OwnFact]:
    read = [(row, standing, plain_of(row[4])) for row, standing in rows]
    order_ids = [payload["order_id"] for _, _, payload in read if payload.get("order_id")]
    numbers = {row[0]: row[1] for row in session.rows_for(_order_numbers, order_ids)}
    product_ids = [_first_product(payload) for _, _, payload in read]
    names = {row[0]: row[1] for row in session.rows_for(_names, product_ids)}
    return [
        OwnFact(
            row[0],
            row[1],
            row[2],
            time_of(row[3]),
            _title(row[2], payload, numbers, names),
            payload.get("total_minor") if row[2] == _SALE else None,
            standing,
            tuple(str(movement.get("movement_id", "")) for movement in _movements(payload)),
        )
        for row, standing, payload in read
    ]


def _movements(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return payload.get("movements") or ()


def _first_product(payload: Mapping[str, Any]) -> str:
    movements = _movements(payload)
    return str(movements[0].get("product_id", "")) if movements else ""


def _title(kind: str, payload: Mapping[str, Any], numbers: Mapping[str, str], names: Mapping[str, str]) -> str:
    """What the fact is about, as people call it."""
    if kind == _SALE:
        return str(payload.get("number", ""))
    if kind == FactKind.PRODUCT_CHANGED.value:
        return str(payload.get("name", ""))
    if kind == FactKind.STOCK_MOVED.value:
        return names.get(_first_product(payload), "")
    return numbers.get(str(payload.get("order_id", "")), "")
