"""Puts a basket aside and takes it back: one customer waits, another is served. Giving one up after somebody saw its
total is noted in the journal. Never judges its content."""

from __future__ import annotations

from app.domain.fiscal import EventCode
from app.domain.sale import Basket
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Touched, UnitOfWork


def park_basket(counter: Counter, basket: Basket, title: str) -> str:
    """Keep the basket, across restarts too. Returns the id to take it back by."""
    basket_id = counter.ids.new()
    with counter.unit_of_work() as uow:
        uow.baskets.park(basket_id, basket, counter.clock.now(), title)
        uow.commit()
    counter.announce(Touched(baskets=True))
    return basket_id


def take_basket(counter: Counter, basket_id: str) -> Basket | None:
    """Give a parked basket back and forget it; None if somebody else took it."""
    with counter.unit_of_work() as uow:
        basket = uow.baskets.take(basket_id)
        if basket is None:
            return None
        uow.commit()
    counter.announce(Touched(baskets=True))
    return basket


def abandon_basket(counter: Counter, basket: Basket, operator: str, reason: str) -> None:
    """Note that a basket is given up which was parked, printed or partly paid before. A training's leaves no trace."""
    with counter.unit_of_work() as uow:
        if uow.training() or not basket.lines:
            return
        _log(uow, counter, basket, operator, reason)
        uow.commit()


def abandon_parked_basket(counter: Counter, basket_id: str, operator: str, reason: str) -> bool:
    """Delete a parked basket, with its note in the journal. False if somebody else took it."""
    with counter.unit_of_work() as uow:
        basket = uow.baskets.take(basket_id)
        if basket is None:
            return False
        _log(uow, counter, basket, operator, reason)
        uow.commit()
    counter.announce(Touched(baskets=True))
    return True


def _log(uow: UnitOfWork, counter: Counter, basket: Basket, operator: str, reason: str) -> None:
    details: dict[str, str | int] = {
        "lines": len(basket.lines),
        "total": basket.total.minor,
        "order": basket.order_id,
        "reason": reason.strip(),
    }
    log_event(uow, counter, EventCode.BASKET_ABANDONED, operator, details)
