"""A real till (store on disk) at the real marketplace, and hands that damage either side's database behind its back."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.domain.order import LineOutcome
from app.domain.reconciliation import Gap, GapKind, ReconciliationRun
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.marketplace import tables as t
from app.marketplace.pairing import make_pairing_code
from app.storage.store import open_store
from app.surroundings import TimeOrderedIds
from app.sync.client import HttpMarketplace
from app.sync.one_round import Round, run_round
from app.sync.reconcile import reconcile
from app.usecases.adjust_stock import receive_goods
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.pair_till import pair_till
from app.usecases.ports import Counter
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.surroundings import DigestSigner, HandSetClock, HeardAnnouncements, MemorySecrets
from tests.integration.marketplace.world import AShop

GIVEN = LineOutcome.GIVEN


class ComparedTill:
    """A paired till without a worker: it syncs and compares when told to."""

    def __init__(self, folder: Path, shop: AShop, name: str = "Caisse A") -> None:
        self.path = folder / f"{name}.sqlite3"
        self.shop = shop
        self.clock = HandSetClock(datetime.now(UTC))
        self.secrets = MemorySecrets({})
        self.ids = TimeOrderedIds(self.clock)
        self._open()
        code, _ = make_pairing_code(shop.store, shop.shop_id)
        with HttpMarketplace(shop.running.url, lambda: None) as marketplace:
            self.identity = pair_till(self.counter, self.secrets, marketplace, code, name, shop.running.url)
        self.marketplace = HttpMarketplace(shop.running.url, self.secrets.device_token)

    def _open(self) -> None:
        self.store = open_store(self.path, clock=self.clock)
        self.queries = self.store.queries
        self.counter = Counter(
            unit_of_work=self.store.unit_of_work,
            clock=self.clock,
            ids=self.ids,
            keys=self.secrets,
            announce=HeardAnnouncements(),
            software="Comptoir test",
            signer=DigestSigner(),
        )

    def close(self) -> None:
        self.marketplace.close()
        self.store.close()

    # --- what people do ---

    def sync(self) -> Round:
        return run_round(self.counter, self.queries, self.secrets, self.marketplace)

    def compare(self, *, thorough: bool = True) -> ReconciliationRun:
        run = reconcile(self.counter, self.queries, self.secrets, self.marketplace, thorough=thorough)
        assert run is not None
        assert self.queries.last_reconciliation() == run
        return run

    def gaps(self, *, thorough: bool = True) -> list[Gap]:
        return list(self.compare(thorough=thorough).open_gaps)

    def kinds(self, *, thorough: bool = True) -> list[GapKind]:
        return [gap.kind for gap in self.gaps(thorough=thorough)]

    def sell(self, product_id: str, quantity: int = 1) -> SaleDone:
        row = self.queries.product(product_id)
        assert row is not None
        line = line_for_product(self.ids.new(), row.product, quantity)
        payment = Payment(PaymentMeans.CARD, line.total, line.total)
        of_age = "Léa" if row.product.age_limit else ""
        request = SaleRequest(Basket((line,)), (payment,), "Léa", age_confirmed_by=of_age)
        done = sell_at_counter(self.counter, request)
        assert isinstance(done, SaleDone), done
        return done

    def receive(self, product_id: str, quantity: int) -> None:
        assert receive_goods(self.counter, [(product_id, quantity)], "shop", "Léa")

    def hand_over(self, order_id: str) -> None:
        request = HandoverRequest(order_id, HowFound.SCAN, "Léa", override_reason="sur place")
        assert isinstance(hand_over_order(self.counter, request), HandoverDone)

    def level(self, product_id: str) -> int:
        with self.store.unit_of_work() as uow:
            return uow.stock.level(product_id)

    def last_fact(self) -> str:
        return str(self.value("SELECT fact_id FROM fact ORDER BY till_seq DESC LIMIT 1"))

    # --- behind its back ---

    def rows(self, sql: str, *values: object) -> list[Any]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def value(self, sql: str, *values: object) -> Any:
        (row,) = self.rows(sql, *values)
        return row[0]

    def damage(self, sql: str, *values: object) -> None:
        connection = sqlite3.connect(self.path)
        try:
            assert connection.execute(sql, values).rowcount
            connection.commit()
        finally:
            connection.close()

    def copy(self, target: Path) -> Path:
        self.store.backup(target)
        return target

    def put_back(self, copy: Path) -> None:
        """As a person would with a file manager: the older copy in the place of the database."""
        self.store.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.path.write_bytes(copy.read_bytes())
        self._open()


def damage_there(shop: AShop, sql: str, **values: object) -> None:
    with shop.store.administering() as connection:
        assert connection.execute(text(sql), values).rowcount


def lose_there(shop: AShop, fact_id: str) -> None:
    """As if the marketplace had never heard of a sale or a delivery."""
    with shop.store.administering() as connection:
        payload = connection.execute(text("SELECT payload FROM fact WHERE fact_id = :fact"), {"fact": fact_id})
        for movement in json.loads(payload.scalar_one())["movements"]:
            connection.execute(text("DELETE FROM stock_movement WHERE movement_id = :movement_id"), movement)
            lower = "UPDATE stock_level SET physical = physical - :quantity WHERE product_id = :product_id"
            connection.execute(text(lower), movement)
        for table in ("sale", "fact"):
            connection.execute(text(f"DELETE FROM {table} WHERE fact_id = :fact"), {"fact": fact_id})  # noqa: S608  # two names of ours


def count_there(shop: AShop, sql: str, **values: object) -> int:
    with shop.store.reading() as connection:
        return int(connection.execute(text(sql), values).scalar_one())


Snapshot = dict[str, list[dict[str, Any]]]


def copy_of(shop: AShop) -> Snapshot:
    """All the marketplace has at this moment."""
    with shop.store.reading() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in t.metadata.sorted_tables
        }


def put_back(shop: AShop, copy: Snapshot) -> None:
    """Set the marketplace back to an older copy of itself."""
    with shop.store.administering() as connection:
        for table in reversed(t.metadata.sorted_tables):
            connection.execute(table.delete())
        for table in t.metadata.sorted_tables:
            if copy[table.name]:
                connection.execute(table.insert(), copy[table.name])
