"""A till that has traded: a real store with sales, duplicates, cash, closures and events, signed with a real key."""

from __future__ import annotations

import random
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.cash import CashCount, CashMovementKind
from app.domain.fiscal import EventCode
from app.domain.money import Money
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans, line_for_product
from app.storage.append_only import sqlite_triggers
from app.storage.fiscal_tables import NEVER_CHANGED
from app.storage.signing import LedgerSigner, SignatureChecker
from app.storage.store import Store, open_store
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.keep_cash import move_cash, open_cash
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Ids
from app.usecases.print_document import print_receipt_copy
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from app.usecases.verify_ledger import LedgerReport, Outside, verify_ledger
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, TOMATO, WINE
from tests.fakes.surroundings import CountingIds, HandSetClock, HeardAnnouncements, MemorySecrets

MORNING = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
OPERATOR = "Zoé"


@dataclass
class Till:
    """An open store and everything that acts on it."""

    store: Store
    counter: Counter
    clock: HandSetClock
    secrets: MemorySecrets

    def clock_goes_on(self, **by: float) -> None:
        """Time passes between two customers."""
        self.clock.go_on(**by)

    def sell(self, chance: random.Random, *, copies: int = 0) -> str:
        """One sale of a few lines, paid in cash or by card. Returns its id."""
        lines = [self._line(chance) for _ in range(chance.randint(1, 4))]
        basket = Basket(tuple(lines))
        if chance.random() < 0.2:
            basket = basket.with_discount(Money(max(1, basket.discountable.minor // 10)), "fidélité")
        total = basket.total
        means = chance.choice((PaymentMeans.CASH, PaymentMeans.CARD))
        tendered = Money(-(-total.minor // 500) * 500) if means is PaymentMeans.CASH else total
        done = sell_at_counter(
            self.counter, SaleRequest(basket, (Payment(means, total, tendered),), OPERATOR, print_receipt=copies > 0)
        )
        assert isinstance(done, SaleDone), done
        self.clock_goes_on(seconds=chance.randint(5, 90))
        for _ in range(copies):
            print_receipt_copy(self.counter, done.sale.sale_id, OPERATOR)
            self.clock_goes_on(seconds=1)
        return done.sale.sale_id

    def _line(self, chance: random.Random) -> BasketLine:
        article = chance.choice((COFFEE, TOMATO, None))
        if article is None:
            return BasketLine(self.counter.ids.new(), "Divers", Money(chance.randint(50, 2000)), 2000)
        return line_for_product(
            self.counter.ids.new(), article, chance.randint(1, 3) * (100 if article is TOMATO else 1)
        )

    def log(self, code: EventCode, **details: str | int) -> None:
        with self.counter.unit_of_work() as uow:
            log_event(uow, self.counter, code, OPERATOR, details)
            uow.commit()
        self.clock_goes_on(seconds=1)

    def close_day(self) -> None:
        done = close_day(self.counter, CloseDayRequest(OPERATOR, CashCount.of_amount(self._in_drawer()), print_z=True))
        assert isinstance(done, DayClosed), done

    def _in_drawer(self) -> Money:
        return self.store.queries.cash_session().expected

    def trade_a_day(self, chance: random.Random, sales: int) -> None:
        """A day from float to Z."""
        open_cash(self.counter, Money(10_000), OPERATOR)
        self.clock_goes_on(minutes=1)
        for place in range(sales):
            self.sell(chance, copies=chance.choice((0, 0, 0, 1, 3)))
            if place % 10 == 5:
                self.log(EventCode.SIGNED_IN, who=OPERATOR)
            if place == sales // 2:
                move_cash(self.counter, CashMovementKind.CASH_OUT, Money(1500), "timbres", OPERATOR)
                self.clock_goes_on(seconds=9)
        self.close_day()

    def next_morning(self) -> None:
        now = self.clock.now()
        self.clock_goes_on(hours=24 - now.hour + 8 if now.hour > 8 else 24)

    def verify(self, *, every_signature: bool = False, tables: bool = True) -> LedgerReport:
        outside = Outside(self.secrets.known_heads(), self.counter.signer.key_id)
        return verify_ledger(
            self.store.queries.ledger_books(),
            SignatureChecker(),
            self.clock,
            outside,
            every_signature=every_signature,
            tables=tables,
        )


def open_till(
    database: Path,
    *,
    clock: HandSetClock | None = None,
    secrets: MemorySecrets | None = None,
    ids: Ids | None = None,
) -> Till:
    """A till on this file, paired as till-a, with a key of its own."""
    clock, secrets = clock or HandSetClock(MORNING), secrets or MemorySecrets()
    store = open_store(database, clock=clock)
    counter = Counter(
        store.unit_of_work,
        clock,
        ids or CountingIds(),
        secrets,
        HeardAnnouncements(),
        "Comptoir 0.1.0",
        LedgerSigner(secrets),
    )
    with store.unit_of_work() as uow:
        uow.set_identity(A_TILL)
        uow.catalogue.save_all([COFFEE, WINE, TOMATO])
        uow.commit()
    return Till(store, counter, clock, secrets)


def traded(database: Path, *, days: int = 3, sales_a_day: int = 40, seed: int = 1) -> Till:
    """A till with a few days behind it."""
    till, chance = open_till(database), random.Random(seed)
    for _ in range(days):
        till.trade_a_day(chance, sales_a_day)
        till.next_morning()
    return till


def drop_guards(connection: sqlite3.Connection) -> None:
    """What somebody does who wants to change what may not be changed."""
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def restore_guards(connection: sqlite3.Connection) -> None:
    """And then covers the traces."""
    for sql in sqlite_triggers(NEVER_CHANGED):
        connection.execute(sql)


def copy_of(database: Path, target: Path) -> Path:
    """The file alone; the store must be closed."""
    shutil.copy(database, target)
    return target
