"""Puts a basket aside and takes it back: one customer waits, another is served. Never judges its content."""

from __future__ import annotations

from app.domain.sale import Basket
from app.usecases.ports import Counter, Touched


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
