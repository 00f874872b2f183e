"""A till with four articles in it and everything a use case needs, whichever store it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, Product, StockMovement
from app.domain.facts import Fact
from app.domain.order import Order, OrderAtCounter
from app.usecases.ports import Counter
from app.usecases.queries import Queries
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE
from tests.fakes.surroundings import HandSetClock, HeardAnnouncements, MemorySecrets, a_counter


@dataclass
class Shop:
    """A till with four articles, whichever store it stands on."""

    store: Any
    clock: HandSetClock
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    heard: HeardAnnouncements = field(default_factory=HeardAnnouncements)

    def __post_init__(self) -> None:
        self.counter: Counter = a_counter(
            self.store.unit_of_work, clock=self.clock, secrets=self.secrets, announce=self.heard
        )
        self.queries: Queries = self.store.queries
        with self.store.unit_of_work() as uow:
            uow.set_identity(A_TILL)
            uow.commit()
        self.has_products(COFFEE, TOMATO, WINE, HEMMING)

    def has_products(self, *products: Product) -> None:
        with self.store.unit_of_work() as uow:
            uow.catalogue.save_all(products)
            uow.commit()

    def has_order(self, order: Order) -> Order:
        with self.store.unit_of_work() as uow:
            uow.orders.save_server_copy(order)
            uow.commit()
        return order

    def has_stock(self, product: Product, quantity: int, location: str = DEFAULT_LOCATION) -> None:
        opening = StockMovement(
            self.counter.ids.new(), product.product_id, location, quantity, MovementReason.OPENING, self.clock.now(), ""
        )
        with self.store.unit_of_work() as uow:
            uow.stock.record([opening])
            uow.commit()

    def order(self, order_id: str = "order-1") -> OrderAtCounter:
        order = self.queries.order(order_id)
        assert order is not None
        return order

    def level(self, product: Product, location: str | None = None) -> int:
        with self.store.unit_of_work() as uow:
            return int(uow.stock.level(product.product_id, location))

    def facts(self) -> list[Fact]:
        """Facts waiting to be sent, oldest first."""
        with self.store.unit_of_work() as uow:  # not committed: claiming leaves no trace
            claimed = uow.outbox.claim(100_000, self.clock.now(), 1.0)
        return sorted(claimed, key=lambda fact: fact.till_seq)

    def everything(self) -> tuple[object, ...]:
        """What a refused action must leave untouched."""
        return (
            [fact.fact_id for fact in self.facts()],
            [row.display_number for row in self.queries.sales()],
            [row.job_id for row in self.queries.print_jobs()],
            self.queries.order("order-1"),
            [self.level(product) for product in (COFFEE, TOMATO, WINE, HEMMING)],
        )
