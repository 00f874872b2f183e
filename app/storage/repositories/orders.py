"""Owns orders in the database: the server's copies, and beside them what this counter did. Never mixes the two.

Never decides anything: what an order's state is follows from both together in the domain (`order_views` keeps the
result for the lists).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.catalogue import StockMovement
from app.domain.errors import BrokenInvariant
from app.domain.order import LineResult, Order, OrderAtCounter, PastHandover
from app.storage.repositories.order_rows import (
    by_reference,
    by_spoken_code,
    handover_movements,
    line_row,
    load_order,
    order_row,
    result_row,
)
from app.storage.repositories.order_views import DONE, OrderViews
from app.storage.repositories.pulled import ORDERS_UNDERSTOOD
from app.storage.session import Session, Statement, key_binds
from app.storage.tables import (
    handover,
    handover_line,
    order_ready,
    order_summary,
    preparation_line,
    server_order,
    server_order_line,
)
from app.storage.values import time_text

_INSERT_ORDER = insert(server_order)
_UPSERT_ORDER = _INSERT_ORDER.on_conflict_do_update(
    index_elements=[server_order.c.order_id],
    set_={c.name: _INSERT_ORDER.excluded[c.name] for c in server_order.c if c.name not in ("order_id", "purged_at")},
)
_DROP_LINES = delete(server_order_line).where(server_order_line.c.order_id == bindparam("of_order"))
_INSERT_LINE = insert(server_order_line)
_INSERT_PREPARED = insert(preparation_line)
_PREPARED_ANEW = _INSERT_PREPARED.on_conflict_do_update(
    index_elements=[preparation_line.c.order_id, preparation_line.c.line_no],
    set_={
        c.name: _INSERT_PREPARED.excluded[c.name] for c in preparation_line.c if c.name not in ("order_id", "line_no")
    },
)
_UNPREPARE = delete(preparation_line).where(
    preparation_line.c.order_id == bindparam("of_order"), preparation_line.c.line_no == bindparam("of_line")
)
_UNREADY = delete(order_ready).where(order_ready.c.order_id == bindparam("of_order"))
_INSERT_READY = insert(order_ready)
_READY_ANEW = _INSERT_READY.on_conflict_do_update(
    index_elements=[order_ready.c.order_id],
    set_={c.name: _INSERT_READY.excluded[c.name] for c in order_ready.c if c.name != "order_id"},
)
_INSERT_HANDOVER = insert(handover)
_INSERT_HANDOVER_LINE = insert(handover_line)
_ORDER_OF_HANDOVER = select(handover.c.order_id).where(handover.c.handover_id == bindparam("handover_id"))
_UNDO = (
    update(handover)
    .where(handover.c.handover_id == bindparam("of_handover"), handover.c.undone_at.is_(None))
    .values(undone_at=bindparam("at"), undone_by=bindparam("by"), undo_reason=bindparam("reason"))
)


def _stored(size: int) -> Statement:
    keys = key_binds(size)
    return select(server_order.c.order_id, server_order.c.version, server_order.c.purged_at).where(
        server_order.c.order_id.in_(keys)
    )


def _begun_here(size: int) -> Statement:
    return select(order_summary.c.order_id).where(
        order_summary.c.order_id.in_(key_binds(size)),
        order_summary.c.touched_here,
        order_summary.c.list_key != DONE,
    )


class OrderRows:
    """Implements `ports.Orders`."""

    def __init__(self, session: Session, views: OrderViews) -> None:
        self._session = session
        self._views = views

    def get(self, order_id: str) -> OrderAtCounter | None:
        return load_order(self._session, order_id)

    def by_reference(self, reference: str) -> OrderAtCounter | None:
        return by_reference(self._session, reference)

    def by_spoken_code(self, code: str) -> OrderAtCounter | None:
        return by_spoken_code(self._session, code)

    def save_server_copy(self, order: Order) -> bool:
        return order.order_id in self.save_server_copies((order,))

    def save_server_copies(self, orders: Sequence[Order]) -> Mapping[str, bool]:
        newest: dict[str, Order] = {}
        for order in orders:
            if order.order_id not in newest or newest[order.order_id].version <= order.version:
                newest[order.order_id] = order
        stored = {row[0]: (row[1], row[2]) for row in self._session.rows_for(_stored, newest)}
        fresh = [order for order in newest.values() if order.version > stored.get(order.order_id, (-1, None))[0]]
        self._session.run_many(
            _UPSERT_ORDER, [order_row(order, stored.get(order.order_id, (0, None))[1]) for order in fresh]
        )
        self._session.run_many(
            _DROP_LINES, [{"of_order": order.order_id} for order in fresh if order.order_id in stored]
        )
        self._session.run_many(
            _INSERT_LINE, [line_row(order.order_id, line) for order in fresh for line in order.lines]
        )
        self._session.run_for(ORDERS_UNDERSTOOD, list(newest))
        for order in fresh:
            self._views.server_copy_changed(order, is_new=order.order_id not in stored)
        return {order.order_id: order.order_id not in stored for order in fresh}

    def begun_here(self, order_ids: Sequence[str]) -> Mapping[str, OrderAtCounter]:
        found = [row[0] for row in self._session.rows_for(_begun_here, order_ids)]
        return {order_id: order for order_id in found if (order := load_order(self._session, order_id)) is not None}

    def forget_preparation(self, order_id: str, line_nos: Sequence[int]) -> None:
        self._session.run_many(_UNPREPARE, [{"of_order": order_id, "of_line": line_no} for line_no in line_nos])
        self._session.run(_UNREADY, of_order=order_id)
        self._views.facts_changed(order_id)

    def save_preparation(self, order_id: str, results: Sequence[LineResult]) -> None:
        self._session.run_many(_PREPARED_ANEW, [{"order_id": order_id, **result_row(result)} for result in results])
        self._views.facts_changed(order_id)

    def save_ready(self, order_id: str, ready_at: datetime, bags: int, shelf: str) -> None:
        self._session.run(_READY_ANEW, order_id=order_id, ready_at=time_text(ready_at), bags=bags, shelf=shelf)
        self._views.facts_changed(order_id)

    def add_handover(
        self, order_id: str, handover: PastHandover, *, verdict: str, override_reason: str, sale_id: str
    ) -> None:
        self._session.run(
            _INSERT_HANDOVER,
            handover_id=handover.handover_id,
            order_id=order_id,
            handed_over_at=time_text(handover.handed_over_at),
            operator=handover.operator,
            till_name=handover.till_name,
            how=handover.how,
            handed_to=handover.handed_to,
            verdict=verdict,
            override_reason=override_reason,
            sale_id=sale_id,
            undone_at=None,
            undone_by="",
            undo_reason="",
        )
        self._session.run_many(
            _INSERT_HANDOVER_LINE,
            [{"handover_id": handover.handover_id, **result_row(result)} for result in handover.results],
        )
        self._views.facts_changed(order_id)

    def undo_handover(self, handover_id: str, undone_at: datetime, operator: str, reason: str) -> None:
        if not self._session.run(_UNDO, of_handover=handover_id, at=time_text(undone_at), by=operator, reason=reason):
            raise BrokenInvariant(f"handover {handover_id} does not exist or was undone before")
        self._views.facts_changed(self._session.value(_ORDER_OF_HANDOVER, handover_id=handover_id))

    def handover_movements(self, handover_id: str) -> Sequence[StockMovement]:
        return handover_movements(self._session, handover_id)
