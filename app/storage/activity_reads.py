"""Owns what is read of what happened: outbox state, quarantine, sales, print jobs, baskets. Never writes."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from app.domain.money import Money
from app.domain.receipt import PrintKind
from app.storage.outbox import CONFLICTED, PENDING, REFUSED, SENDING
from app.storage.sale_tables import parked_basket, print_job, sale, sale_payment
from app.storage.session import Session, Statement, key_binds, values_of
from app.storage.tables import fact, outbox, quarantine, server_order
from app.storage.values import time_of
from app.usecases.ports import PrintState
from app.usecases.queries import (
    OutboxState,
    ParkedRow,
    PrintJobRow,
    QuarantineRow,
    SaleRow,
)

AFTER_ALL_ROWS = 2**62

_OUTBOX_COUNTS = select(outbox.c.state, func.count()).group_by(outbox.c.state)
_OLDEST = (
    select(fact.c.happened_at)
    .join(outbox, outbox.c.till_seq == fact.c.till_seq)
    .where(outbox.c.state.in_(values_of((PENDING, SENDING))))
    .order_by(outbox.c.till_seq)
    .limit(1)
)
_QUARANTINED = (
    select(quarantine.c.kind, quarantine.c.record_id, quarantine.c.reason, quarantine.c.at)
    .order_by(quarantine.c.at.desc())
    .limit(bindparam("most"))
)
SALES = (
    select(
        sale.c.sale_id,
        sale.c.till_letter,
        sale.c.number,
        sale.c.happened_at,
        sale.c.total_minor,
        func.coalesce(server_order.c.number, ""),
    )
    .outerjoin(server_order, server_order.c.order_id == sale.c.order_id)
    .where(sale.c.row_id < bindparam("before_row"))
    .order_by(sale.c.row_id.desc())
    .limit(bindparam("most"))
)
_SALE_ROW = select(sale.c.row_id).where(sale.c.sale_id == bindparam("sale_id"))
_PRINT_JOBS = (
    select(
        print_job.c.job_id,
        print_job.c.created_at,
        print_job.c.title,
        print_job.c.state,
        print_job.c.error,
        print_job.c.kind,
    )
    .order_by(print_job.c.row_id.desc())
    .limit(bindparam("most"))
)
_PARKED = select(
    parked_basket.c.basket_id,
    parked_basket.c.parked_at,
    parked_basket.c.title,
    parked_basket.c.total_minor,
    parked_basket.c.line_count,
).order_by(parked_basket.c.parked_at)


def _means(size: int) -> Statement:
    return (
        select(sale_payment.c.sale_id, sale_payment.c.means)
        .where(sale_payment.c.sale_id.in_(key_binds(size)))
        .order_by(sale_payment.c.sale_id, sale_payment.c.position)
    )


def outbox_state(session: Session) -> OutboxState:
    counted = {row[0]: row[1] for row in session.rows(_OUTBOX_COUNTS)}
    oldest = session.one(_OLDEST)
    return OutboxState(
        waiting=counted.get(PENDING, 0) + counted.get(SENDING, 0),
        refused=counted.get(REFUSED, 0),
        conflicted=counted.get(CONFLICTED, 0),
        oldest_at=time_of(oldest[0]) if oldest else None,
    )


def quarantined(session: Session, limit: int) -> list[QuarantineRow]:
    return [QuarantineRow(row[0], row[1], row[2], time_of(row[3])) for row in session.rows(_QUARANTINED, most=limit)]


def sales(session: Session, limit: int, before: str) -> list[SaleRow]:
    found = session.one(_SALE_ROW, sale_id=before) if before else None
    rows = session.rows(SALES, before_row=found[0] if found else AFTER_ALL_ROWS, most=limit)
    means: dict[str, tuple[str, ...]] = {}
    for sale_id, one_means in session.rows_for(_means, [row[0] for row in rows]):
        means[sale_id] = (*means.get(sale_id, ()), one_means)
    return [
        SaleRow(row[0], f"{row[1]}-{row[2]:06d}", time_of(row[3]), Money(row[4]), means.get(row[0], ()), row[5])
        for row in rows
    ]


def print_jobs(session: Session, limit: int) -> list[PrintJobRow]:
    rows = session.rows(_PRINT_JOBS, most=limit)
    return [PrintJobRow(row[0], time_of(row[1]), row[2], PrintState(row[3]), row[4], PrintKind(row[5])) for row in rows]


def parked_baskets(session: Session) -> list[ParkedRow]:
    return [ParkedRow(row[0], time_of(row[1]), row[2], Money(row[3]), row[4]) for row in session.rows(_PARKED)]
