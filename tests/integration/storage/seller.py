"""Sells without end: a till to be watched or killed. Run as a program: `seller.py DATABASE SALES`; says each number."""

from __future__ import annotations

import sys
from pathlib import Path

from app.domain.money import Money
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.storage.store import Store, open_store
from app.surroundings import SystemClock, TimeOrderedIds
from app.usecases.ports import Counter, Touched
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, TOMATO, WINE
from tests.fakes.surroundings import DigestSigner, MemorySecrets


class Seller:
    """Sells the same three articles, a receipt each time, paid by card and in cash."""

    def __init__(self, store: Store) -> None:
        clock = SystemClock()
        self._ids = TimeOrderedIds(clock)
        self._counter = Counter(
            store.unit_of_work,
            clock,
            self._ids,
            MemorySecrets(),
            _unheard,
            "Comptoir",
            DigestSigner(),
        )
        with store.unit_of_work() as uow:
            uow.set_identity(A_TILL)
            uow.catalogue.save_all([COFFEE, WINE, TOMATO])
            uow.commit()

    def sell(self) -> int:
        """One sale. Returns its number."""
        articles = ((COFFEE, 2), (WINE, 1), (TOMATO, 600))
        basket = Basket(tuple(line_for_product(self._ids.new(), product, count) for product, count in articles))
        by_card, in_cash = Money(1000), basket.total - Money(1000)
        payments = (
            Payment(PaymentMeans.CARD, by_card, by_card),
            Payment(PaymentMeans.CASH, in_cash, Money(5000)),
        )
        done = sell_at_counter(
            self._counter, SaleRequest(basket, payments, "Léa", print_receipt=True, age_confirmed_by="Léa")
        )
        assert isinstance(done, SaleDone)
        return done.sale.number


def _unheard(touched: Touched) -> None:
    """Nobody listens here."""


def main() -> None:
    store = open_store(Path(sys.argv[1]), clock=SystemClock())
    seller = Seller(store)
    for _ in range(int(sys.argv[2])):
        print(seller.sell(), flush=True)
    store.close()


if __name__ == "__main__":
    main()
