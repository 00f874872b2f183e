"""Owns what is read of orders for lists and finding. Never judges: the summaries were written by the domain's rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, select, tuple_

from app.domain.catalogue import fold_text
from app.domain.money import Money
from app.domain.order import HandoverState, Preparation
from app.storage.repositories.order_views import DONE, READY, TO_PREPARE
from app.storage.session import Row, Session, Statement, key_binds, named_keys, values_of
from app.storage.tables import order_summary
from app.storage.values import optional_time_of, time_of, time_text
from app.usecases.queries import OrderCounts, OrderList, OrderRow

MOST_WORDS = 8
DONE_SEARCHED = 2000
"""Only the newest orders done are searched by name: the others' names have left the till (I10)."""

_s = order_summary.c
_ROW = (
    _s.order_id,
    _s.number,
    _s.customer_name,
    _s.preparation,
    _s.handover,
    _s.amount_due_minor,
    _s.pickup_from,
    _s.keep_until,
    _s.shelf,
    _s.bags,
    _s.line_count,
    _s.placed_at,
    _s.cancelled,
)
_place = tuple_(_s.sort_at, _s.order_id)
_after = tuple_(bindparam("after_sort_at"), bindparam("after_id"))
_OPEN = (TO_PREPARE, READY)


def _listed(*keys: str) -> Select[tuple[object, ...]]:
    return select(*_ROW).where(_s.list_key.in_(values_of(keys))).limit(bindparam("most"))


LISTS = {
    OrderList.TO_PREPARE: _listed(TO_PREPARE).where(_place > _after).order_by(_s.sort_at, _s.order_id),
    OrderList.READY: _listed(READY).where(_place > _after).order_by(_s.sort_at, _s.order_id),
    OrderList.TODAY: _listed(*_OPEN)
    .where(_place > _after, _s.sort_at < bindparam("tomorrow"), _s.pickup_from.is_not(None))
    .order_by(_s.sort_at, _s.order_id),
    OrderList.DONE: _listed(DONE).where(_place < _after).order_by(_s.sort_at.desc(), _s.order_id.desc()),
}
_SORT_AT = select(_s.sort_at).where(_s.order_id == bindparam("order_id"))
COUNTS = select(_s.list_key, func.count()).where(_s.list_key.in_(values_of(_OPEN))).group_by(_s.list_key)
COUNT_TODAY = select(func.count()).where(
    _s.list_key.in_(values_of(_OPEN)), _s.sort_at < bindparam("tomorrow"), _s.pickup_from.is_not(None)
)
BY_NUMBER = select(*_ROW).where(_s.number == bindparam("number")).order_by(_s.placed_at.desc()).limit(bindparam("most"))


def _holds_words(size: int) -> list[object]:
    return [func.instr(_s.folded, key) > 0 for key in key_binds(size)]


def open_orders_found(size: int) -> Statement:
    return _listed(*_OPEN).where(*_holds_words(size)).order_by(_s.sort_at, _s.order_id)  # type: ignore[arg-type]  # they are conditions


def done_orders_found(size: int) -> Statement:
    newest = (
        select(_s.order_id)
        .where(_s.list_key == DONE)
        .order_by(_s.sort_at.desc(), _s.order_id.desc())
        .limit(DONE_SEARCHED)
    )
    return (
        select(*_ROW)
        .where(_s.order_id.in_(newest), *_holds_words(size))  # type: ignore[arg-type]  # they are conditions
        .order_by(_s.sort_at.desc())
        .limit(bindparam("most"))
    )


def orders(
    session: Session, which: OrderList, now: datetime, utc_offset_minutes: int, limit: int, after: str
) -> list[OrderRow]:
    parameters: dict[str, object] = {"most": limit, "after_id": after, "after_sort_at": ""}
    if after:
        found = session.one(_SORT_AT, order_id=after)
        parameters["after_sort_at"] = found[0] if found else ""
    elif which is OrderList.DONE:
        parameters["after_sort_at"] = "~"  # after every time
    if which is OrderList.TODAY:
        parameters["tomorrow"] = _tomorrow(now, utc_offset_minutes)
    return [_order_row(row) for row in session.rows(LISTS[which], **parameters)]


def order_counts(session: Session, now: datetime, utc_offset_minutes: int) -> OrderCounts:
    counted = {row[0]: row[1] for row in session.rows(COUNTS)}
    today = session.value(COUNT_TODAY, tomorrow=_tomorrow(now, utc_offset_minutes))
    return OrderCounts(counted.get(TO_PREPARE, 0), counted.get(READY, 0), today)


def find_orders(session: Session, text: str, limit: int) -> list[OrderRow]:
    words = list(dict.fromkeys(fold_text(text[:200]).split()))[:MOST_WORDS]
    if not words:
        return []
    keys = named_keys(words)
    found: dict[str, Row] = {}
    found_open = session.rows(session.sized(open_orders_found, len(words)), most=limit, **keys)
    numbered = session.rows(BY_NUMBER, number=text.strip(), most=limit)
    found.update({row[0]: row for row in found_open})
    found.update({row[0]: row for row in numbered})
    if len(found) < limit:
        done = session.rows(session.sized(done_orders_found, len(words)), most=limit, **keys)
        found.update({row[0]: row for row in done})
    return [_order_row(row) for row in list(found.values())[:limit]]


def _tomorrow(now: datetime, utc_offset_minutes: int) -> str:
    """The coming midnight of the counter's own clock."""
    offset = timedelta(minutes=utc_offset_minutes)
    local = now + offset
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return time_text(midnight - offset)


def _order_row(row: Row) -> OrderRow:
    return OrderRow(
        row[0],
        row[1],
        row[2],
        Preparation(row[3]),
        HandoverState(row[4]),
        Money(row[5]),
        optional_time_of(row[6]),
        optional_time_of(row[7]),
        row[8],
        row[9],
        row[10],
        time_of(row[11]),
        bool(row[12]),
    )
