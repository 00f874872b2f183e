"""A marketplace on a file that can be set back, and tills on files, all real but for threads of their own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from app.domain.disagreements import DisagreementKind
from app.domain.fiscal import Series
from app.domain.reconciliation import Gap
from app.marketplace import tables as t
from app.marketplace.pairing import make_pairing_code
from app.marketplace.seed import SeededShop, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.storage.store import open_store, restore
from app.surroundings import SystemClock, TimeOrderedIds
from app.sync.client import HttpMarketplace
from app.sync.one_round import run_round
from app.sync.reconcile import reconcile
from app.usecases.adjust_stock import receive_goods
from app.usecases.pair_till import pair_till
from app.usecases.ports import Counter
from tests.fakes.surroundings import DigestSigner, MemorySecrets


class ATill:
    """A till on a file, with no thread of its own."""

    def __init__(self, database: Path, secrets: MemorySecrets) -> None:
        self.database = database
        self.secrets = secrets
        self.open()

    def open(self) -> None:
        clock = SystemClock()
        self.store = open_store(self.database, clock=clock)
        self.counter = Counter(
            unit_of_work=self.store.unit_of_work,
            clock=clock,
            ids=TimeOrderedIds(clock),
            keys=self.secrets,
            announce=lambda touched: None,
            software="Comptoir test",
            signer=DigestSigner(),
        )

    def close(self) -> None:
        self.store.close()

    def copy_to(self, path: Path) -> Path:
        self.store.backup(path)
        return path

    def put_back(self, copy: Path, *, by_hand: bool) -> None:
        """Put a copy in the database's place, as a person with a file manager or the command does."""
        self.close()
        if by_hand:
            for suffix in ("-wal", "-shm"):
                self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(copy, self.database)
        else:
            restore(copy, self.database, now=SystemClock().now())
        self.open()

    def receive(self, article: str, *quantities: int) -> None:
        """Each a fact of its own."""
        for quantity in quantities:
            assert receive_goods(self.counter, [(article, quantity)], "shop", "Léa")

    def exchange(self, url: str) -> None:
        with HttpMarketplace(url, self.secrets.device_token) as marketplace:
            run_round(self.counter, self.store.queries, self.secrets, marketplace)

    def compare(self, url: str) -> Sequence[Gap]:
        """What a comparison finds, beginning to end."""
        with HttpMarketplace(url, self.secrets.device_token) as marketplace:
            run = reconcile(self.counter, self.store.queries, self.secrets, marketplace)
        assert run is not None
        return run.gaps

    def level(self, article: str) -> int:
        with self.store.unit_of_work() as uow:
            return uow.stock.level(article)

    def facts(self) -> dict[str, int]:
        """Their numbers by id."""
        connection = self.store.unit_of_work.connection  # type: ignore[attr-defined]  # the real store's
        return dict(connection.execute("SELECT fact_id, till_seq FROM fact").fetchall())

    def waiting(self) -> int:
        state = self.store.queries.outbox_state()
        return state.waiting + state.refused + state.conflicted

    def notices(self) -> int:
        return sum(row.kind == DisagreementKind.OLDER_COPY for row in self.store.queries.exceptions())

    def events(self) -> list[str]:
        with self.store.unit_of_work() as uow:
            end = uow.ledger.head("A", Series.EVENTS).number
            return [row.kind for row in uow.ledger.rows("A", Series.EVENTS, 1, end)]


class Town:
    """A marketplace on a file that can be set back, and its shop with one till."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "marketplace.sqlite3"
        self.server = self._start()
        self.shop: SeededShop = seed_demo(self.server.store, resources_dir() / "demo" / "catalogue.csv", max_products=5)
        self.till = ATill(folder / "till.sqlite3", MemorySecrets())
        self.pair(self.till)
        self.till.exchange(self.url)
        with self.server.store.reading() as connection:
            tracked = select(t.product.c.product_id).where(t.product.c.stock_tracked)
            self.article: str = min(connection.execute(tracked).scalars())
        self.opening = self.till.level(self.article)

    def pair(self, till: ATill) -> None:
        """Join a till to the shop, or join it anew."""
        code, _ = make_pairing_code(self.server.store, self.shop.shop_id)
        with HttpMarketplace(self.url, till.secrets.device_token) as marketplace:
            pair_till(till.counter, till.secrets, marketplace, code, "Caisse", self.url)

    def _start(self) -> RunningMarketplace:
        return start_in_thread(f"sqlite:///{self.file}")

    @property
    def url(self) -> str:
        return self.server.url

    def copy(self) -> Path:
        """A copy of the marketplace's data as of now."""
        self.server.stop()
        copy = shutil.copyfile(self.file, self.folder / "marketplace-copy.sqlite3")
        self.server = self._start()
        return Path(copy)

    def put_back(self, copy: Path) -> None:
        self.server.stop()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, self.file)
        self.server = self._start()

    def facts(self) -> dict[str, int]:
        with self.server.store.reading() as connection:
            rows = connection.execute(select(t.fact.c.fact_id, t.fact.c.till_seq)).all()
        return {row.fact_id: row.till_seq for row in rows}

    def level(self) -> int:
        with self.server.store.reading() as connection:
            level: int = connection.execute(
                select(t.stock_level.c.physical).where(t.stock_level.c.product_id == self.article)
            ).scalar_one()
        return level

    def close(self) -> None:
        self.till.close()
        self.server.stop()
