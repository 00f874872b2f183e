"""Records stock that came in, was counted, was lost or was carried elsewhere. Levels change by movements alone (I4).

Services and articles whose stock is not tracked move nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.domain.catalogue import MovementReason, StockMovement
from app.domain.errors import BrokenInvariant
from app.domain.facts import FactKind, stock_moved_payload
from app.usecases.ports import Counter, Touched, UnitOfWork
from app.usecases.record_fact import record_fact

COUNT_REASONS = frozenset({MovementReason.CORRECTION, MovementReason.LOSS})


def receive_goods(
    counter: Counter, received: Sequence[tuple[str, int]], location: str, operator: str, note: str = ""
) -> tuple[StockMovement, ...]:
    """Add what came in: (product id, base units, 1 or more) each, told as one delivery.

    Returns:
        The movements recorded; none for articles that are unknown or not tracked.

    Raises:
        BrokenInvariant: a quantity is nought or negative.
    """
    if any(quantity <= 0 for _, quantity in received):
        raise BrokenInvariant(f"goods in of {received!r}")
    with counter.unit_of_work() as uow:
        delivery_id = counter.ids.new()
        now = counter.clock.now()
        till_id = uow.identity().till_id
        movements = [
            StockMovement(
                counter.ids.new(),
                product_id,
                location,
                quantity,
                MovementReason.GOODS_IN,
                now,
                till_id,
                delivery_id,
                operator,
                note,
            )
            for product_id, quantity in received
            if _is_tracked(uow, product_id)
        ]
        if not movements:
            return ()
        _record_and_tell(uow, counter, movements, now)
        uow.commit()
    counter.announce(Touched(stock=True, outbox=True))
    return tuple(movements)


def correct_level(
    counter: Counter,
    product_id: str,
    counted: int,
    location: str,
    reason: MovementReason,
    operator: str,
    note: str = "",
) -> StockMovement | None:
    """Bring the level at a location to what was counted, by the difference to the level of this very moment.

    Args:
        counted: base units really there, 0 or more.
        reason: CORRECTION or LOSS.

    Returns:
        The movement, or None if the level was right, or the article is unknown or not tracked.

    Raises:
        BrokenInvariant: a negative count or another reason.
    """
    if counted < 0 or reason not in COUNT_REASONS:
        raise BrokenInvariant(f"count of {counted} for {reason}")
    with counter.unit_of_work() as uow:
        difference = counted - uow.stock.level(product_id, location)
        if not difference or not _is_tracked(uow, product_id):
            return None
        now = counter.clock.now()
        movement = StockMovement(
            counter.ids.new(),
            product_id,
            location,
            difference,
            reason,
            now,
            uow.identity().till_id,
            counter.ids.new(),
            operator,
            note,
        )
        _record_and_tell(uow, counter, [movement], now)
        uow.commit()
    counter.announce(Touched(stock=True, outbox=True))
    return movement


def record_loss(
    counter: Counter, product_id: str, lost: int, location: str, operator: str, note: str = ""
) -> StockMovement | None:
    """Take out what was broken, spoilt or stolen, whatever else moves meanwhile.

    Args:
        lost: base units, 1 or more.

    Returns:
        The movement, or None if the article is unknown or not tracked.

    Raises:
        BrokenInvariant: nothing or less is lost.
    """
    if lost <= 0:
        raise BrokenInvariant(f"loss of {lost}")
    with counter.unit_of_work() as uow:
        if not _is_tracked(uow, product_id):
            return None
        now = counter.clock.now()
        movement = StockMovement(
            counter.ids.new(),
            product_id,
            location,
            -lost,
            MovementReason.LOSS,
            now,
            uow.identity().till_id,
            counter.ids.new(),
            operator,
            note,
        )
        _record_and_tell(uow, counter, [movement], now)
        uow.commit()
    counter.announce(Touched(stock=True, outbox=True))
    return movement


def take_back_movements(
    counter: Counter, movements: Sequence[StockMovement], operator: str
) -> tuple[StockMovement, ...]:
    """Undo what was just recorded by as many counter-movements, told together; nothing is erased. What moved meanwhile
    stays moved.

    Returns:
        The counter-movements; none for articles that are not tracked any more.
    """
    with counter.unit_of_work() as uow:
        now, till_id = counter.clock.now(), uow.identity().till_id
        against = tuple(
            StockMovement(
                counter.ids.new(),
                movement.product_id,
                movement.location,
                -movement.quantity,
                MovementReason.CORRECTION,
                now,
                till_id,
                movement.movement_id,
                operator,
                movement.note,
            )
            for movement in movements
            if _is_tracked(uow, movement.product_id)
        )
        if not against:
            return ()
        _record_and_tell(uow, counter, against, now)
        uow.commit()
    counter.announce(Touched(stock=True, outbox=True))
    return against


def move_stock(
    counter: Counter, product_id: str, quantity: int, from_location: str, to_location: str, operator: str
) -> tuple[StockMovement, ...]:
    """Carry base units from one location to another: two movements that add up to nothing, told together.

    Raises:
        BrokenInvariant: nothing or less is carried, or nowhere else.
    """
    if quantity <= 0 or from_location == to_location:
        raise BrokenInvariant(f"transfer of {quantity} from {from_location!r} to {to_location!r}")
    with counter.unit_of_work() as uow:
        if not _is_tracked(uow, product_id):
            return ()
        now = counter.clock.now()
        till_id = uow.identity().till_id
        transfer_id = counter.ids.new()
        movements = tuple(
            StockMovement(
                counter.ids.new(),
                product_id,
                location,
                signed,
                MovementReason.TRANSFER,
                now,
                till_id,
                transfer_id,
                operator,
            )
            for location, signed in ((from_location, -quantity), (to_location, quantity))
        )
        _record_and_tell(uow, counter, movements, now)
        uow.commit()
    counter.announce(Touched(stock=True, outbox=True))
    return movements


def _is_tracked(uow: UnitOfWork, product_id: str) -> bool:
    product = uow.catalogue.get(product_id)
    return product is not None and product.stock_tracked


def _record_and_tell(
    uow: UnitOfWork, counter: Counter, movements: Iterable[StockMovement], happened_at: datetime
) -> None:
    recorded = uow.stock.record(movements)
    products = {movement.product_id for movement in recorded}
    about = products.pop() if len(products) == 1 else recorded[0].source_id
    record_fact(uow, counter, FactKind.STOCK_MOVED, f"stock:{about}", happened_at, stock_moved_payload(recorded))
