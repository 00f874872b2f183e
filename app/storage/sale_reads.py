"""Owns what is read of the ledger's documents at the counter: the tickets of a day, one searched for, whether the till
is in training. Never writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, select, text

from app.domain.canonical import content_of
from app.domain.fiscal import EventCode, Series
from app.domain.money import Money, parse_amount
from app.domain.sale import DocumentKind, PaymentMeans, parse_display_number
from app.storage.fiscal_tables import TRAINING_SWITCHED, ledger
from app.storage.sale_tables import sale, sale_line, sale_payment
from app.storage.session import Row, Session, Statement, key_binds
from app.storage.values import time_of
from app.usecases.sale_queries import DocumentRow

AFTER_ALL_ROWS = 2**62
NEWEST = 50_000
"""An amount is looked for among so many documents: nobody brings back what is older without its ticket's number."""

_DOCUMENT = select(
    sale.c.sale_id,
    sale.c.till_letter,
    sale.c.number,
    sale.c.kind,
    sale.c.happened_at,
    sale.c.trading_day,
    sale.c.total_minor,
    sale.c.operator,
    sale.c.corrects,
)
_NEWEST_FIRST = _DOCUMENT.order_by(sale.c.row_id.desc()).limit(bindparam("most"))
_OF_DAY = _NEWEST_FIRST.where(sale.c.trading_day == bindparam("day"), sale.c.row_id < bindparam("before_row"))
_BY_NUMBER = _NEWEST_FIRST.where(
    sale.c.till_letter == bindparam("till_letter"), sale.c.series == Series.SALES, sale.c.number == bindparam("number")
)
_BY_AMOUNT = _NEWEST_FIRST.where(
    sale.c.total_minor == bindparam("total"),
    sale.c.row_id > select(func.coalesce(func.max(sale.c.row_id), 0) - NEWEST).scalar_subquery(),
)
_BY_ID = _NEWEST_FIRST.where(sale.c.sale_id == bindparam("sale_id"))
_ROW_ID = select(sale.c.row_id).where(sale.c.sale_id == bindparam("sale_id"))
_CORRECTING = (
    select(sale.c.sale_id, sale.c.row_id)
    .where(sale.c.corrects == bindparam("whole"), text("sale.corrects <> ''"))
    .union(
        select(sale.c.sale_id, sale.c.row_id)
        .join(sale_line, sale_line.c.sale_id == sale.c.sale_id)
        .where(sale_line.c.corrects_sale_id == bindparam("part"), text("sale_line.corrects_sale_id <> ''"))
    )
    .order_by("row_id")
)
_RECORDED_ONLINE = (
    select(sale.c.sale_id)
    .where(
        sale.c.order_id == bindparam("order_id"),
        text("sale.order_id <> ''"),
        select(sale_payment.c.sale_id)
        .where(sale_payment.c.sale_id == sale.c.sale_id, sale_payment.c.means == PaymentMeans.ONLINE)
        .exists(),
    )
    .order_by(sale.c.row_id)
)
_SWITCHED = (
    select(ledger.c.kind, ledger.c.canonical)
    .where(ledger.c.till_letter == bindparam("till_letter"), TRAINING_SWITCHED)
    .order_by(ledger.c.number.desc())
    .limit(1)
)


def _means(size: int) -> Statement:
    return (
        select(sale_payment.c.sale_id, sale_payment.c.means)
        .where(sale_payment.c.sale_id.in_(key_binds(size)))
        .order_by(sale_payment.c.sale_id, sale_payment.c.position)
    )


def documents_of_day(session: Session, trading_day: date, limit: int, before: str) -> list[DocumentRow]:
    found = session.one(_ROW_ID, sale_id=before) if before else None
    before_row = found[0] if found else AFTER_ALL_ROWS
    return _with_means(session, session.rows(_OF_DAY, day=trading_day.isoformat(), before_row=before_row, most=limit))


def find_documents(session: Session, typed: str, till_letter: str, limit: int) -> list[DocumentRow]:
    """By id, by number (`A-000042`, `a42`, `42`), then by amount; the newest first."""
    wanted = typed.strip()
    rows = session.rows(_BY_ID, sale_id=wanted, most=limit)
    number = parse_display_number(wanted, till_letter)
    if number is not None:
        rows += session.rows(_BY_NUMBER, till_letter=number[0], number=number[1], most=limit)
    amount = parse_amount(wanted)
    if amount is not None:
        rows += session.rows(_BY_AMOUNT, total=amount.minor, most=limit)
    distinct = {row[0]: row for row in rows}
    return _with_means(session, list(distinct.values())[:limit])


def correcting_ids(session: Session, sale_id: str) -> list[str]:
    """Documents that correct a document, as a whole or a line of it, oldest first."""
    return [row[0] for row in session.rows(_CORRECTING, whole=sale_id, part=sale_id)]


def recorded_online_ids(session: Session, order_id: str) -> list[str]:
    """Documents that recorded an order's payment on line, oldest first."""
    return [row[0] for row in session.rows(_RECORDED_ONLINE, order_id=order_id)]


def training_by(session: Session, till_letter: str) -> str:
    """Who answers for the training that is under way, "" if none is."""
    last = session.one(_SWITCHED, till_letter=till_letter)
    if last is None or last[0] == EventCode.TRAINING_OFF:
        return ""
    return str(content_of(bytes(last[1]))["operator"])


def _with_means(session: Session, rows: Sequence[Row]) -> list[DocumentRow]:
    means: dict[str, tuple[str, ...]] = {}
    for sale_id, one_means in session.rows_for(_means, [row[0] for row in rows]):
        means[sale_id] = (*means.get(sale_id, ()), one_means)
    return [_document_row(row, means.get(row[0], ())) for row in rows]


def _document_row(row: Row, means: tuple[str, ...]) -> DocumentRow:
    return DocumentRow(
        sale_id=row[0],
        display_number=f"{row[1]}-{row[2]:06d}",
        kind=DocumentKind(row[3]),
        happened_at=time_of(row[4]),
        trading_day=date.fromisoformat(row[5]) if row[5] else None,
        total=Money(row[6]),
        operator=row[7],
        corrects=row[8],
        means=tuple(dict.fromkeys(means)),
    )
