"""Owns how an order is read from its rows and written to them. Never decides what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import bindparam, case, func, select

from app.domain.catalogue import MovementReason, StockMovement, Unit
from app.domain.lease import Lease
from app.domain.money import Money
from app.domain.order import (
    CounterFacts,
    HandoverState,
    LineOutcome,
    LineResult,
    Order,
    OrderAtCounter,
    OrderLine,
    PastHandover,
    PickupMode,
    Preparation,
)
from app.storage.repositories.stock import MOVEMENT_COLUMNS, movement_of
from app.storage.sale_tables import sale_line
from app.storage.session import Row, Session, Statement, key_binds
from app.storage.tables import (
    handover,
    handover_line,
    lease_given_up,
    order_ready,
    order_summary,
    preparation_line,
    server_order,
    server_order_line,
    stock_movement,
)
from app.storage.values import optional_time_of, optional_time_text, time_of, time_text
from app.usecases.lease_ports import LeaseHere

_o = server_order.c
ORDER = (
    select(*(column for column in _o if column.name != "purged_at"), lease_given_up.c.lease_number)
    .outerjoin(lease_given_up, lease_given_up.c.order_id == _o.order_id)
    .where(_o.order_id == bindparam("order_id"))
)
LINES = (
    select(*(column for column in server_order_line.c if column.name != "order_id"))
    .where(server_order_line.c.order_id == bindparam("order_id"))
    .order_by(server_order_line.c.line_no)
)
_TOUCHED_HERE = select(order_summary.c.touched_here).where(order_summary.c.order_id == bindparam("order_id"))
_PREPARED = (
    select(*(column for column in preparation_line.c if column.name != "order_id"))
    .where(preparation_line.c.order_id == bindparam("order_id"))
    .order_by(preparation_line.c.line_no)
)
_READY = select(order_ready.c.ready_at, order_ready.c.bags, order_ready.c.shelf).where(
    order_ready.c.order_id == bindparam("order_id")
)
HANDOVERS = (
    select(
        handover.c.handover_id,
        handover.c.handed_over_at,
        handover.c.operator,
        handover.c.till_name,
        handover.c.how,
        handover.c.handed_to,
        handover.c.sale_id,
        handover.c.undone_at,
    )
    .where(handover.c.order_id == bindparam("order_id"))
    .order_by(handover.c.handed_over_at, handover.c.handover_id)
)
HANDOVER_LINES = (
    select(*handover_line.c)
    .join(handover, handover.c.handover_id == handover_line.c.handover_id)
    .where(handover.c.order_id == bindparam("order_id"))
    .order_by(handover_line.c.handover_id, handover_line.c.line_no)
)
PAID_HERE = (
    select(sale_line.c.vat_rate_bp, func.sum(sale_line.c.total_minor))
    .where(sale_line.c.order_id == bindparam("order_id"), sale_line.c.order_id != "")
    .group_by(sale_line.c.vat_rate_bp)
    .order_by(sale_line.c.vat_rate_bp.desc())
)
BY_REFERENCE = select(_o.order_id).where(_o.reference == bindparam("reference")).order_by(_o.placed_at.desc()).limit(1)
BY_SPOKEN_CODE = (
    select(_o.order_id)
    .join(order_summary, order_summary.c.order_id == _o.order_id)
    .where(_o.spoken_code == bindparam("code"), _o.spoken_code != "")
    .order_by(case((order_summary.c.list_key == "done", 1), else_=0), _o.placed_at.desc())
    .limit(1)
)
HANDOVER_MOVEMENTS = (
    select(*MOVEMENT_COLUMNS)
    .where(
        stock_movement.c.source_id == bindparam("handover_id"),
        stock_movement.c.reason == MovementReason.HANDOVER.value,
    )
    .order_by(stock_movement.c.movement_id)
)


def _copies(size: int) -> Statement:
    return select(*(column for column in _o if column.name != "purged_at")).where(_o.order_id.in_(key_binds(size)))


def _lines_of_copies(size: int) -> Statement:
    lines = server_order_line.c
    return (
        select(lines.order_id, *(column for column in lines if column.name != "order_id"))
        .where(lines.order_id.in_(key_binds(size)))
        .order_by(lines.order_id, lines.line_no)
    )


def _leases(size: int) -> Statement:
    return (
        select(
            _o.order_id, _o.lease_till_id, _o.lease_until, _o.lease_number, _o.lease_wanted_by, _o.lease_wanted_until,
            lease_given_up.c.lease_number,
        )
        .outerjoin(lease_given_up, lease_given_up.c.order_id == _o.order_id)
        .where(_o.order_id.in_(key_binds(size)))
    )  # fmt: skip


def load_leases(session: Session, order_ids: Sequence[str]) -> Mapping[str, LeaseHere]:
    """What is known here of their leases, by order."""
    rows = session.rows_for(_leases, order_ids)
    return {row[0]: LeaseHere(_lease_of(*row[1:6]) if row[1] is not None else None, row[6]) for row in rows}


def load_copies(session: Session, order_ids: Sequence[str]) -> Mapping[str, Order]:
    """The marketplace's copies alone, by id, those that are here."""
    lines: dict[str, list[Row]] = {}
    for row in session.rows_for(_lines_of_copies, order_ids):
        lines.setdefault(row[0], []).append(row[1:])
    return {row[0]: _order_of(row, lines.get(row[0], ())) for row in session.rows_for(_copies, order_ids)}


def load_order(session: Session, order_id: str) -> OrderAtCounter | None:
    """Both views of an order; None if the marketplace's copy is not here."""
    row = session.one(ORDER, order_id=order_id)
    if row is None:
        return None
    order = _order_of(row, session.rows(LINES, order_id=order_id))
    touched = session.one(_TOUCHED_HERE, order_id=order_id)
    facts = load_facts(session, order_id) if touched is None or touched[0] else CounterFacts()
    return OrderAtCounter(order, facts if row[-1] is None else replace(facts, lease_given_up=row[-1]))


def load_facts(session: Session, order_id: str) -> CounterFacts:
    """What this counter did with the order, all of it."""
    ready = session.one(_READY, order_id=order_id)
    paid = tuple((rate, Money(minor)) for rate, minor in session.rows(PAID_HERE, order_id=order_id))
    handovers = session.rows(HANDOVERS, order_id=order_id)
    results = _results_by_handover(session.rows(HANDOVER_LINES, order_id=order_id)) if handovers else {}
    return CounterFacts(
        prepared=tuple(result_of(row) for row in session.rows(_PREPARED, order_id=order_id)),
        ready_at=time_of(ready[0]) if ready else None,
        bags=ready[1] if ready else 0,
        shelf=ready[2] if ready else "",
        paid_here=Money(sum(amount.minor for _, amount in paid)),
        handovers=tuple(_handover_of(row, results.get(row[0], ())) for row in handovers if row[7] is None),
        paid_here_by_rate=paid,
        undone_at=tuple(time_of(row[1]) for row in handovers if row[7] is not None),
    )


def by_reference(session: Session, reference: str) -> OrderAtCounter | None:
    found = session.one(BY_REFERENCE, reference=reference)
    return load_order(session, found[0]) if found else None


def by_spoken_code(session: Session, code: str) -> OrderAtCounter | None:
    """Among orders not handed over yet, else the newest that was."""
    found = session.one(BY_SPOKEN_CODE, code=code)
    return load_order(session, found[0]) if found else None


def paid_for_order(session: Session, order_id: str) -> int:
    return sum(minor for _, minor in session.rows(PAID_HERE, order_id=order_id))


def handover_movements(session: Session, handover_id: str) -> list[StockMovement]:
    """The movements a handover made; not those of its undoing."""
    rows = session.rows(HANDOVER_MOVEMENTS, handover_id=handover_id)
    return [movement_of(row) for row in rows]


def result_of(row: Row) -> LineResult:
    return LineResult(row[0], LineOutcome(row[1]), row[2], Money(row[3]), row[4], row[5])


def result_row(result: LineResult) -> dict[str, object]:
    return {
        "line_no": result.line_no,
        "outcome": result.outcome.value,
        "quantity": result.quantity,
        "amount_minor": result.amount.minor,
        "label": result.label,
        "product_id": result.product_id,
    }


def order_row(order: Order, purged_at: str | None = None) -> dict[str, object]:
    """`purged_at`: the customer's data were taken away then, and a later copy must not bring them back (I10)."""
    return {
        "order_id": order.order_id,
        "reference": order.reference,
        "number": order.number,
        "spoken_code": order.spoken_code,
        "customer_name": "" if purged_at else order.customer_name,
        "placed_at": time_text(order.placed_at),
        "total_minor": order.total.minor,
        "paid_minor": order.paid_online.minor,
        "mode": order.mode.value,
        "pickup_from": optional_time_text(order.pickup_from),
        "keep_until": optional_time_text(order.keep_until),
        "note": "" if purged_at else order.note,
        "cancelled_at": optional_time_text(order.cancelled_at),
        "preparation": order.server_preparation.value,
        "handover": order.server_handover.value,
        "handed_over_at": optional_time_text(order.handed_over_at),
        "handed_over_by": order.handed_over_by,
        "lease_till_id": order.lease.till_id if order.lease else None,
        "lease_until": time_text(order.lease.until) if order.lease else None,
        "lease_number": order.lease.number if order.lease else None,
        "lease_wanted_by": (order.lease.wanted_by or None) if order.lease else None,
        "lease_wanted_until": optional_time_text(order.lease.wanted_until) if order.lease else None,
        "version": order.version,
        "purged_at": purged_at,
        "language": order.language,
    }


def line_row(order_id: str, line: OrderLine) -> dict[str, object]:
    return {
        "order_id": order_id,
        "line_no": line.line_no,
        "product_id": line.product_id,
        "label": line.label,
        "quantity": line.quantity,
        "unit": line.unit.value,
        "unit_price_minor": line.unit_price.minor,
        "vat_rate_bp": line.vat_rate_bp,
        "total_minor": line.total.minor,
        "shelf": line.shelf,
        "age_limit": line.age_limit,
        "withdrawal_right": line.withdrawal_right,
    }


def _order_of(row: Row, lines: Sequence[Row]) -> Order:
    return Order(
        order_id=row[0],
        reference=row[1],
        number=row[2],
        spoken_code=row[3],
        customer_name=row[4],
        placed_at=time_of(row[5]),
        total=Money(row[6]),
        paid_online=Money(row[7]),
        mode=PickupMode(row[8]),
        pickup_from=optional_time_of(row[9]),
        keep_until=optional_time_of(row[10]),
        note=row[11],
        cancelled_at=optional_time_of(row[12]),
        server_preparation=Preparation(row[13]),
        server_handover=HandoverState(row[14]),
        handed_over_at=optional_time_of(row[15]),
        handed_over_by=row[16],
        lease=_lease_of(*row[17:19], *row[20:23]) if row[17] is not None else None,
        version=row[19],
        language=row[23],
        lines=tuple(_line_of(line) for line in lines),
    )


def _lease_of(till_id: str, until: str, number: int | None, wanted_by: str | None, wanted_until: str | None) -> Lease:
    return Lease(till_id, time_of(until), number or 0, wanted_by or "", optional_time_of(wanted_until))


def _line_of(row: Row) -> OrderLine:
    return OrderLine(
        row[0],
        row[1],
        row[2],
        row[3],
        Unit(row[4]),
        Money(row[5]),
        row[6],
        Money(row[7]),
        row[8],
        row[9],
        bool(row[10]),
    )


def _handover_of(row: Row, results: tuple[LineResult, ...]) -> PastHandover:
    return PastHandover(row[0], time_of(row[1]), row[2], row[3], row[4], row[5], results, row[6])


def _results_by_handover(rows: Sequence[Row]) -> Mapping[str, tuple[LineResult, ...]]:
    found: dict[str, tuple[LineResult, ...]] = {}
    for row in rows:
        found[row[0]] = (*found.get(row[0], ()), result_of(row[1:]))
    return found
