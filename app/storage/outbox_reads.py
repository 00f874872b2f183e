"""Owns what is read of the outbox, of disagreements and of facts that were set aside. Never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import bindparam, func, select

from app.domain.disagreements import changes_in, choices_for
from app.domain.facts import FactKind, editable_words
from app.storage.outbox import PENDING, REFUSED, SENDING
from app.storage.session import Row, Session, Statement, key_binds, values_of
from app.storage.tables import exception, fact, outbox, product, server_order, set_aside
from app.storage.values import optional_time_of, plain_of, time_of
from app.usecases.exception_queries import ExceptionRow, OutboxRow, SetAsideRow

_o, _e, _s = outbox.c, exception.c, set_aside.c

_behind = outbox.alias("behind")
_OUTBOX = select(
    _o.fact_id,
    fact.c.kind,
    fact.c.subject,
    fact.c.happened_at,
    fact.c.payload,
    _o.state,
    _o.attempts,
    _o.message,
    _o.till_seq,
    _o.urgency,
    _o.reason,
    _o.due_at,
).join(fact, fact.c.till_seq == _o.till_seq)
OUTBOX = _OUTBOX.order_by(_o.till_seq).limit(bindparam("most"))
OUTBOX_ROW = _OUTBOX.where(_o.fact_id == bindparam("fact_id"))
HELD_BACK = select(func.count()).where(
    _behind.c.subject == bindparam("subject"),
    _behind.c.till_seq > bindparam("after_seq"),
    _behind.c.state.in_(values_of((PENDING, SENDING))),
)
_EXCEPTIONS = (
    select(
        _e.exception_id,
        _e.kind,
        _e.opened_at,
        _e.order_id,
        _e.message,
        _e.settled_at,
        func.coalesce(server_order.c.number, ""),
        _e.settled_by,
        _e.settled_note,
        _e.product_id,
        func.coalesce(product.c.name, ""),
        _e.fact_id,
        _e.answer,
        _e.reason,
        _e.view,
    )
    .outerjoin(server_order, server_order.c.order_id == _e.order_id)
    .outerjoin(product, product.c.product_id == _e.product_id)
)
_NEWEST = _EXCEPTIONS.order_by(_e.opened_at.desc(), _e.exception_id.desc()).limit(bindparam("most"))
_NEWEST_OPEN = _NEWEST.where(_e.settled_at.is_(None))
_EXCEPTION = _EXCEPTIONS.where(_e.exception_id == bindparam("exception_id"))
OPEN_OF_ORDER = _EXCEPTIONS.where(_e.order_id == bindparam("order_id"), _e.settled_at.is_(None)).order_by(
    _e.exception_id
)
_SET_ASIDE = (
    select(
        fact.c.fact_id,
        fact.c.kind,
        fact.c.subject,
        fact.c.happened_at,
        fact.c.payload,
        fact.c.till_seq,
        _s.at,
        _s.operator,
        _s.note,
        _s.message,
        _s.reason,
        _s.replaced_by,
    )
    .join(fact, fact.c.fact_id == _s.fact_id)
    .order_by(_s.at.desc(), _s.till_seq.desc())
    .limit(bindparam("most"))
)


def _order_numbers(size: int) -> Statement:
    keys = key_binds(size)
    return select(server_order.c.order_id, server_order.c.number).where(server_order.c.order_id.in_(keys))


def _product_names(size: int) -> Statement:
    keys = key_binds(size)
    return select(product.c.product_id, product.c.name).where(product.c.product_id.in_(keys))


class ExceptionReads:
    """The part of `StoreQueries` that answers `exception_queries.ExceptionQueries`."""

    def _reading(self) -> AbstractContextManager[Session]:
        """A session for one moment's view."""
        raise NotImplementedError

    def outbox(self, limit: int = 200) -> Sequence[OutboxRow]:
        with self._reading() as session:
            return _outbox_rows(session, session.rows(OUTBOX, most=limit))

    def outbox_row(self, fact_id: str) -> OutboxRow | None:
        with self._reading() as session:
            return next(iter(_outbox_rows(session, session.rows(OUTBOX_ROW, fact_id=fact_id))), None)

    def exceptions(self, open_only: bool = True, limit: int = 100) -> Sequence[ExceptionRow]:
        with self._reading() as session:
            return [_exception_row(row) for row in session.rows(_NEWEST_OPEN if open_only else _NEWEST, most=limit)]

    def exception(self, exception_id: str) -> ExceptionRow | None:
        with self._reading() as session:
            row = session.one(_EXCEPTION, exception_id=exception_id)
        return _exception_row(row) if row else None

    def exceptions_of_order(self, order_id: str) -> Sequence[ExceptionRow]:
        with self._reading() as session:
            return [_exception_row(row) for row in session.rows(OPEN_OF_ORDER, order_id=order_id)]

    def set_aside(self, limit: int = 100) -> Sequence[SetAsideRow]:
        with self._reading() as session:
            rows = session.rows(_SET_ASIDE, most=limit)
            titles = _titles(session, rows)
        return [
            SetAsideRow(row[0], row[5], row[1], row[2], time_of(row[3]), title, time_of(row[6]), *row[7:])
            for row, title in zip(rows, titles, strict=True)
        ]


def _outbox_rows(session: Session, rows: Sequence[Row]) -> list[OutboxRow]:
    return [_outbox_row(session, row, title) for row, title in zip(rows, _titles(session, rows), strict=True)]


def _outbox_row(session: Session, row: Row, title: str) -> OutboxRow:
    refused = row[5] == REFUSED
    return OutboxRow(
        fact_id=row[0],
        kind=row[1],
        subject=row[2],
        happened_at=time_of(row[3]),
        state=row[5],
        attempts=row[6],
        message=row[7],
        title=title,
        till_seq=row[8],
        urgency=row[9],
        reason=row[10],
        due_at=optional_time_of(row[11]),
        holds_back=session.value(HELD_BACK, subject=row[2], after_seq=row[8]) if refused else 0,
        editable=editable_words(FactKind(row[1]), plain_of(row[4]), row[10]) if refused else (),
    )


def _exception_row(row: Row) -> ExceptionRow:
    view = plain_of(row[14])
    choices = choices_for(row[1])
    return ExceptionRow(
        exception_id=row[0],
        kind=row[1],
        opened_at=time_of(row[2]),
        order_id=row[3],
        message=row[4],
        settled_at=optional_time_of(row[5]),
        proposed_answer=choices[0].value,
        order_number=row[6],
        settled_by=row[7],
        settled_note=row[8],
        product_id=row[9],
        product_name=row[10],
        fact_id=row[11],
        answer=row[12],
        reason=row[13],
        view=view,
        changes=changes_in(view) if row[1] == "order_edited" else (),
        choices=choices,
    )


def _titles(session: Session, rows: Sequence[Row]) -> list[str]:
    """What each fact is about, as people call it; kind and payload are the second and fifth columns."""
    payloads = [plain_of(row[4]) for row in rows]
    order_ids = [payload["order_id"] for payload in payloads if payload.get("order_id")]
    numbers = {row[0]: row[1] for row in session.rows_for(_order_numbers, order_ids)}
    product_ids = [product_id for payload in payloads if (product_id := _product_of(payload))]
    names = {row[0]: row[1] for row in session.rows_for(_product_names, product_ids)}
    return [_title(FactKind(row[1]), payload, numbers, names) for row, payload in zip(rows, payloads, strict=True)]


def _title(kind: FactKind, payload: Mapping[str, Any], numbers: Mapping[str, str], names: Mapping[str, str]) -> str:
    if kind is FactKind.SALE_RECORDED:
        return str(payload.get("number", ""))
    if kind is FactKind.PRODUCT_CHANGED:
        return str(payload.get("name", ""))
    if kind is FactKind.STOCK_MOVED:
        return names.get(_product_of(payload), "")
    return numbers.get(payload.get("order_id", ""), "") or names.get(_product_of(payload), "")


def _product_of(payload: Mapping[str, Any]) -> str:
    movements: Sequence[Mapping[str, Any]] = payload.get("movements") or ({},)
    return str(payload.get("product_id") or movements[0].get("product_id", ""))
