"""Owns what is read of the drawer and of closures. Never writes, never reads further back than the last closure."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy import bindparam, select

from app.domain.canonical import content_of
from app.domain.cash import CashMovement, CashSession, session_of
from app.domain.closure import Closure, ClosureKind
from app.domain.fiscal import Series
from app.domain.money import ZERO, Money
from app.storage.fiscal_tables import closure, ledger
from app.storage.repositories.cash import cash_of_sales, corrections_of, movements_after
from app.storage.repositories.closures import LETTERS, closure_of_text, last_closure, load_closure
from app.storage.repositories.till import load_identity
from app.storage.session import Session
from app.storage.values import time_of
from app.usecases.closing_ports import SessionDocument, SessionPayment

AFTER_ALL = 2**62

CLOSURES = (
    select(closure.c.body)
    .where(closure.c.till_letter == bindparam("till_letter"), closure.c.number < bindparam("before_number"))
    .order_by(closure.c.number.desc())
    .limit(bindparam("most"))
)
DOCUMENTS = (
    select(ledger.c.record_id, ledger.c.happened_at, ledger.c.canonical)
    .where(
        ledger.c.till_letter == bindparam("till_letter"),
        ledger.c.series == Series.SALES.value,
        ledger.c.number > bindparam("after_number"),
    )
    .order_by(ledger.c.number.desc())
    .limit(bindparam("most"))
)


class ClosingReads:
    """The part of `StoreQueries` that answers `closing_ports.ClosingQueries`."""

    def _reading(self) -> AbstractContextManager[Session]:
        """A session for one moment's view."""
        raise NotImplementedError

    def cash_session(self) -> CashSession:
        with self._reading() as session:
            return cash_session(session)

    def cash_movements(self) -> Sequence[CashMovement]:
        with self._reading() as session:
            return cash_movements(session)

    def session_documents(self, limit: int = 5000) -> Sequence[SessionDocument]:
        with self._reading() as session:
            return session_documents(session, limit)

    def closures(self, limit: int = 50, before: str = "") -> Sequence[Closure]:
        with self._reading() as session:
            return closures(session, limit, before)

    def closure(self, closure_id: str) -> Closure | None:
        with self._reading() as session:
            return load_closure(session, closure_id)

    def count_corrections(self, closure_id: str) -> Sequence[CashMovement]:
        with self._reading() as session:
            return count_corrections(session, closure_id)


def _last_day(session: Session) -> tuple[str, Closure | None]:
    letter = load_identity(session).till_letter
    return letter, last_closure(session, letter, ClosureKind.DAY)


def cash_session(session: Session) -> CashSession:
    letter, last = _last_day(session)
    return session_of(
        last.cash.left if last else ZERO,
        last.closed_at if last else None,
        movements_after(session, letter, last.events_up_to if last else 0),
        cash_of_sales(session, letter, last.documents_up_to if last else 0),
    )


def cash_movements(session: Session) -> list[CashMovement]:
    letter, last = _last_day(session)
    return movements_after(session, letter, last.events_up_to if last else 0)


def session_documents(session: Session, limit: int) -> list[SessionDocument]:
    letter, last = _last_day(session)
    rows = session.rows(DOCUMENTS, till_letter=letter, after_number=last.documents_up_to if last else 0, most=limit)
    return [_document(row[0], row[1], row[2]) for row in reversed(rows)]


def _document(sale_id: str, happened_at: str, canonical: bytes) -> SessionDocument:
    content = content_of(canonical)
    return SessionDocument(
        sale_id=sale_id,
        display_number=f"{content['till']}-{content['number']:06d}",
        happened_at=time_of(happened_at),
        total=Money(content["total"]),
        payments=tuple(
            SessionPayment(payment["means"], Money(payment["amount"]), Money(payment["tendered"]))
            for payment in content["payments"]
        ),
    )


def closures(session: Session, limit: int, before: str) -> list[Closure]:
    """Those of the letter that the till has now, then those of letters it had before."""
    now = load_identity(session).till_letter
    letters = [now, *(row[0] for row in session.rows(LETTERS) if row[0] != now)]
    found = load_closure(session, before) if before else None
    listed: list[Closure] = []
    for letter in letters[letters.index(found.till_letter) :] if found else letters:
        number = found.number if found and found.till_letter == letter else AFTER_ALL
        rows = session.rows(CLOSURES, till_letter=letter, before_number=number, most=limit - len(listed))
        listed += [closure_of_text(row[0]) for row in rows]
    return listed


def count_corrections(session: Session, closure_id: str) -> list[CashMovement]:
    found = load_closure(session, closure_id)
    if found is None:
        return []
    return corrections_of(session, found.till_letter, found.last_event, closure_id)
