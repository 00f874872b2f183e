"""Owns the drawer's movements in the database: rows are added, never changed. Never adds them up."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.cash import CashMovement, CashMovementKind
from app.domain.fiscal import Series
from app.domain.money import Money
from app.domain.sale import PaymentMeans
from app.storage.fiscal_tables import cash_movement
from app.storage.sale_tables import sale, sale_payment
from app.storage.session import Row, Session
from app.storage.values import canonical_json, plain_of, time_of, time_text

_INSERT = insert(cash_movement)
AFTER = (
    select(*cash_movement.c)
    .where(
        cash_movement.c.till_letter == bindparam("till_letter"),
        cash_movement.c.event_number > bindparam("event_number"),
    )
    .order_by(cash_movement.c.event_number)
)
CORRECTIONS = AFTER.where(cash_movement.c.kind == CashMovementKind.CORRECTED.value)
CASH_OF_SALES = (
    select(func.coalesce(func.sum(sale_payment.c.amount_minor), 0))
    .select_from(sale.join(sale_payment, sale_payment.c.sale_id == sale.c.sale_id))
    .where(
        sale.c.till_letter == bindparam("till_letter"),
        sale.c.series == Series.SALES.value,
        sale.c.number > bindparam("after_number"),
        sale_payment.c.means == PaymentMeans.CASH.value,
    )
)


class CashRows:
    """Implements `closing_ports.CashJournal`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, movement: CashMovement) -> None:
        self._session.run(
            _INSERT,
            movement_id=movement.movement_id,
            till_letter=movement.till_letter,
            event_number=movement.event_number,
            kind=movement.kind.value,
            amount_minor=movement.amount.minor,
            happened_at=time_text(movement.happened_at),
            trading_day=movement.trading_day.isoformat(),
            operator=movement.operator,
            reason=movement.reason,
            details=canonical_json(dict(movement.details or {})),
        )

    def after(self, till_letter: str, event_number: int) -> list[CashMovement]:
        return movements_after(self._session, till_letter, event_number)

    def corrections(self, till_letter: str, after_event: int, closure_id: str) -> list[CashMovement]:
        return corrections_of(self._session, till_letter, after_event, closure_id)

    def cash_of_sales(self, till_letter: str, after_number: int) -> Money:
        return cash_of_sales(self._session, till_letter, after_number)


def movements_after(session: Session, till_letter: str, event_number: int) -> list[CashMovement]:
    """Those whose event comes after this one, in order."""
    return [_movement_of(row) for row in session.rows(AFTER, till_letter=till_letter, event_number=event_number)]


def corrections_of(session: Session, till_letter: str, after_event: int, closure_id: str) -> list[CashMovement]:
    """Later corrections of a closure's count, in order."""
    rows = session.rows(CORRECTIONS, till_letter=till_letter, event_number=after_event)
    corrections = [_movement_of(row) for row in rows]
    return [row for row in corrections if (row.details or {}).get("closure") == closure_id]


def cash_of_sales(session: Session, till_letter: str, after_number: int) -> Money:
    """Cash of the documents after this number: a range of the index, whatever came before."""
    return Money(int(session.value(CASH_OF_SALES, till_letter=till_letter, after_number=after_number)))


def _movement_of(row: Row) -> CashMovement:
    return CashMovement(
        movement_id=row[0],
        till_letter=row[1],
        event_number=row[2],
        kind=CashMovementKind(row[3]),
        amount=Money(row[4]),
        happened_at=time_of(row[5]),
        trading_day=date.fromisoformat(row[6]),
        operator=row[7],
        reason=row[8],
        details=plain_of(row[9]),
    )
