"""Owns print jobs in the database: what to print, how often it was tried. Never prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, literal_column, select, update

from app.domain.receipt import (
    BagLabels,
    HandoverSlip,
    InvoiceSlip,
    PreparationList,
    Printable,
    PrintKind,
    SaleReceipt,
    ServiceNote,
)
from app.storage.documents import document_text, printable_of
from app.storage.sale_tables import print_job
from app.storage.session import Row, Session
from app.storage.values import time_of, time_text
from app.usecases.ports import TOO_LATE, PrintJob, PrintState, WaitingPrint

_j = print_job.c
JOB_COLUMNS = (
    _j.job_id,
    _j.created_at,
    _j.kind,
    _j.document,
    _j.state,
    _j.attempts,
    _j.error,
    _j.title,
    _j.open_drawer,
)
_INSERT = insert(print_job).values({c.name: bindparam(c.name) for c in print_job.c if c.name != "row_id"})
_GET = select(*JOB_COLUMNS).where(_j.job_id == bindparam("job_id"))
WAITING = (
    select(_j.job_id, _j.created_at, _j.kind)
    .where(
        literal_column("state IN ('queued', 'failed', 'printing')"),
        _j.state != PrintState.PRINTING.value,
        _j.error != TOO_LATE,
    )
    .order_by(_j.row_id)
)
_INTERRUPTED = (
    select(_j.job_id, _j.created_at, _j.kind)
    .where(literal_column("state IN ('queued', 'failed', 'printing')"), _j.state == PrintState.PRINTING.value)
    .order_by(_j.row_id)
)
_SET_STATE = (
    update(print_job)
    .where(_j.job_id == bindparam("of_job"))
    .values(state=bindparam("new_state"), error=bindparam("why"), attempts=_j.attempts + bindparam("more_tries"))
)
_ASK_AGAIN = (
    update(print_job)
    .where(_j.job_id == bindparam("of_job"))
    .values(state=PrintState.QUEUED.value, error="", created_at=bindparam("asked_at"), open_drawer=False)
)
_COPIES = select(func.count()).where(_j.document_id == bindparam("document_id"))


class PrintQueueRows:
    """Implements `ports.PrintQueue`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, job: PrintJob) -> None:
        document_id, order_id = _what_it_shows(job.document)
        self._session.run(
            _INSERT,
            job_id=job.job_id,
            created_at=time_text(job.created_at),
            kind=job.kind.value,
            document_id=document_id,
            order_id=order_id,
            document=document_text(job.document),
            state=job.state.value,
            attempts=job.attempts,
            error=job.error,
            title=job.title,
            open_drawer=job.open_drawer,
        )

    def get(self, job_id: str) -> PrintJob | None:
        return load_job(self._session, job_id)

    def waiting(self) -> Sequence[WaitingPrint]:
        return [_waiting_of(row) for row in self._session.rows(WAITING)]

    def interrupted(self) -> Sequence[WaitingPrint]:
        return [_waiting_of(row) for row in self._session.rows(_INTERRUPTED)]

    def set_state(self, job_id: str, state: PrintState, error: str, now: datetime) -> None:
        more_tries = 1 if state is PrintState.PRINTING else 0
        self._session.run(_SET_STATE, of_job=job_id, new_state=state.value, why=error, more_tries=more_tries)

    def ask_again(self, job_id: str, now: datetime) -> None:
        self._session.run(_ASK_AGAIN, of_job=job_id, asked_at=time_text(now))

    def copies_of(self, document_id: str) -> int:
        return int(self._session.value(_COPIES, document_id=document_id))


def load_job(session: Session, job_id: str) -> PrintJob | None:
    row = session.one(_GET, job_id=job_id)
    return _job_of(row) if row else None


def _waiting_of(row: Row) -> WaitingPrint:
    return WaitingPrint(row[0], time_of(row[1]), PrintKind(row[2]))


def _job_of(row: Row) -> PrintJob:
    kind = PrintKind(row[2])
    return PrintJob(
        job_id=row[0],
        created_at=time_of(row[1]),
        kind=kind,
        document=printable_of(kind, row[3]),
        state=PrintState(row[4]),
        attempts=row[5],
        error=row[6],
        title=row[7],
        open_drawer=bool(row[8]),
    )


def _what_it_shows(document: Printable) -> tuple[str, str]:
    """The id whose copies are counted, and the order whose customer is named on it ("" if nobody is)."""
    if isinstance(document, SaleReceipt):
        return document.sale.sale_id, ""
    if isinstance(document, ServiceNote):
        return document.receipt.sale.sale_id, ""
    if isinstance(document, InvoiceSlip):
        return document.invoice.invoice_id, ""
    if isinstance(document, HandoverSlip):
        return document.handover.handover_id, document.order.order.order_id
    if isinstance(document, PreparationList):
        return document.order.order.order_id, document.order.order.order_id
    if isinstance(document, BagLabels):
        return "", document.order_id
    return "", ""
