"""Owns this till's books as a connector reads them, and its journal of writes. Never judges what differs: connectors
do. Each call is a short transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.catalogue import Product
from app.domain.order import HandoverState, Order, OrderAtCounter
from app.storage.connector_tables import connector_write
from app.storage.linked import load_linked
from app.storage.outbox import PENDING, REFUSED, SENDING
from app.storage.repositories.catalogue import PRODUCT_COLUMNS, product_of
from app.storage.repositories.order_rows import load_copies, load_order
from app.storage.session import Session, Statement, key_binds, values_of
from app.storage.tables import fact, outbox, product, server_order, stock_level
from app.storage.values import canonical_json, plain_of, time_of, time_text
from app.usecases.connector_ports import WriteNote, WriteState
from app.usecases.ports import StoreUnavailable

if TYPE_CHECKING:
    from app.storage.unit_of_work import Writer

OPEN_IDS = (
    select(server_order.c.order_id)
    .where(server_order.c.cancelled_at.is_(None), server_order.c.handover != HandoverState.HANDED_OVER.value)
    .order_by(server_order.c.order_id)
)
PRODUCT_IDS = select(product.c.product_id).where(product.c.version > 0).order_by(product.c.product_id)
UNTOLD = (
    select(fact.c.payload)
    .join(outbox, outbox.c.till_seq == fact.c.till_seq)
    .where(outbox.c.state.in_(values_of((PENDING, SENDING, REFUSED))))
)
_NUMBER = select(fact.c.till_seq).where(fact.c.fact_id == bindparam("fact_id"))
_w = connector_write.c
_NOTE = select(_w.operation_id, _w.read_before, _w.written, _w.state, _w.noted_at).where(
    _w.operation_id == bindparam("operation_id")
)
_INSERT_NOTE = insert(connector_write)
_KEEP_NOTE = _INSERT_NOTE.on_conflict_do_update(
    index_elements=[_w.operation_id],
    set_={name: _INSERT_NOTE.excluded[name] for name in ("read_before", "written", "state", "noted_at")},
)


def _products(size: int) -> Statement:
    return select(product.c.version, *PRODUCT_COLUMNS).where(product.c.product_id.in_(key_binds(size)))


def _levels(size: int) -> Statement:
    return (
        select(stock_level.c.product_id, func.sum(stock_level.c.quantity))
        .where(stock_level.c.product_id.in_(key_binds(size)))
        .group_by(stock_level.c.product_id)
    )


class StoredConnectorBooks:
    """Implements `connector_ports.ConnectorBooks`, from any thread."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Session]], writer: Writer | None) -> None:
        """Args: reading: gives a session for one moment's view; writer: None if the database is only looked at."""
        self._reading = reading
        self._writer = writer

    def order(self, order_id: str) -> OrderAtCounter | None:
        with self._reading() as session:
            return load_order(session, order_id)

    def server_copies(self, order_ids: Sequence[str]) -> Mapping[str, Order]:
        with self._reading() as session:
            return load_copies(session, order_ids)

    def open_order_ids(self) -> Sequence[str]:
        with self._reading() as session:
            return [row[0] for row in session.rows(OPEN_IDS)]

    def products(self, product_ids: Sequence[str]) -> Mapping[str, tuple[Product, int]]:
        with self._reading() as session:
            return {row[1]: (product_of(row[1:]), row[0]) for row in session.rows_for(_products, product_ids)}

    def product_ids(self) -> Sequence[str]:
        with self._reading() as session:
            return [row[0] for row in session.rows(PRODUCT_IDS)]

    def levels(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        with self._reading() as session:
            found = {row[0]: row[1] for row in session.rows_for(_levels, product_ids)}
        return {product_id: found.get(product_id, 0) for product_id in product_ids}

    def products_in_doubt(self) -> frozenset[str]:
        return frozenset(
            movement["product_id"] for payload in self._untold() for movement in payload.get("movements") or ()
        )

    def orders_in_doubt(self) -> frozenset[str]:
        return frozenset(payload["order_id"] for payload in self._untold() if payload.get("order_id"))

    def may_be_told_already(self, fact_id: str) -> bool:
        with self._reading() as session:
            row = session.one(_NUMBER, fact_id=fact_id)
            return row is not None and row[0] <= load_linked(session).restored_through_seq

    def write_note(self, operation_id: str) -> WriteNote | None:
        with self._reading() as session:
            row = session.one(_NOTE, operation_id=operation_id)
        if row is None:
            return None
        return WriteNote(row[0], plain_of(row[1]), plain_of(row[2]), WriteState(row[3]), time_of(row[4]))

    def keep_write_note(self, note: WriteNote) -> None:
        if self._writer is None:
            raise StoreUnavailable("read_only", "opened for reading")
        with self._writer() as uow:
            uow.session.run(
                _KEEP_NOTE,
                operation_id=note.operation_id,
                read_before=canonical_json(note.before),
                written=canonical_json(note.after),
                state=note.state.value,
                noted_at=time_text(note.noted_at),
            )
            uow.commit()

    def _untold(self) -> Iterator[Mapping[str, Any]]:
        with self._reading() as session:
            rows = session.rows(UNTOLD)
        return (plain_of(row[0]) for row in rows)
