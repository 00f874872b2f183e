"""A till whose link is dead, one that carries its file, and the marketplace: real stores, real keys, real HTTP.
Whatever way the facts come, and however often, each takes effect once (I3) and both sides agree at the end (I4)."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.catalogue import MovementReason
from app.domain.rescue import RescueRefusal
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.marketplace import tables as t
from app.marketplace.pairing import make_pairing_code
from app.marketplace.relay import RescueTaken, import_file
from app.marketplace.seed import seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.storage.rescue_files import RescueFolder, read_rescue_file
from app.storage.signing import LedgerSigner, is_signed_by
from app.storage.store import open_store
from app.surroundings import SystemClock, TimeOrderedIds
from app.sync.client import HttpMarketplace
from app.sync.connectors.registry import connect_paired
from app.sync.one_round import Round, run_round
from app.usecases.adjust_stock import correct_level, receive_goods
from app.usecases.pair_till import pair_till
from app.usecases.ports import Counter, Touched
from app.usecases.rescue import RescueImported, RescueWritten, import_rescue, write_rescue
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.surroundings import MemorySecrets


def no_ears(touched: Touched) -> None:
    """Nobody listens."""


class ATill:
    """A till on disk with a real key, paired."""

    def __init__(self, folder: Path, server: RunningMarketplace, shop_id: str, name: str) -> None:
        clock = SystemClock()
        self.store = open_store(folder / f"{name}.sqlite3", clock=clock)
        self.secrets = MemorySecrets({})
        self.counter = Counter(
            unit_of_work=self.store.unit_of_work,
            clock=clock,
            ids=TimeOrderedIds(clock),
            keys=self.secrets,
            announce=no_ears,
            software="Comptoir test",
            signer=LedgerSigner(self.secrets),
        )
        code, _ = make_pairing_code(server.store, shop_id)
        with HttpMarketplace(server.url, lambda: None) as marketplace:
            self.identity = pair_till(self.counter, self.secrets, marketplace, code, name, server.url)

    def exchange(self) -> Round:
        connection = connect_paired(self.store.queries, self.secrets, self.store.connector_books)
        with contextlib.closing(connection) as marketplace:
            return run_round(self.counter, self.store.queries, self.secrets, marketplace)

    def sell_one(self, product_id: str) -> None:
        row = self.store.queries.product(product_id)
        assert row is not None
        line = line_for_product(self.counter.ids.new(), row.product, 1)
        payment = Payment(PaymentMeans.CASH, line.total, line.total)
        done = sell_at_counter(self.counter, SaleRequest(Basket((line,)), (payment,), "Léa"))
        assert isinstance(done, SaleDone), done

    def level(self, product_id: str) -> int:
        with self.store.unit_of_work() as uow:
            return uow.stock.level(product_id)

    def waiting(self) -> int:
        return self.store.queries.outbox_state().waiting

    def save(self, stick: Path) -> bytes:
        done = write_rescue(self.counter, self.store.queries, RescueFolder(stick), is_signed_by)
        assert isinstance(done, RescueWritten), done
        return read_rescue_file(Path(done.path))

    def take_in(self, data: bytes) -> RescueImported:
        done = import_rescue(self.counter, data, is_signed_by, "Léa")
        assert isinstance(done, RescueImported), done
        return done


class AStreet:
    """The marketplace, and two tills of one shop that have met it once."""

    def __init__(self, folder: Path, server: RunningMarketplace) -> None:
        self.server = server
        seeded = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=40)
        self.shop_id = seeded.shop_id
        self.dying = ATill(folder, server, self.shop_id, "dying")
        self.well = ATill(folder, server, self.shop_id, "well")
        for till in (self.dying, self.well):
            till.exchange()
        self.product_id = next(iter(sorted(self.levels())))
        self.dying.sell_one(self.product_id)  # there is a ledger now, so its key is told
        self.dying.exchange()
        self.well.exchange()

    def levels(self) -> dict[str, int]:
        movements = t.stock_movement.c
        summed = select(movements.product_id, func.sum(movements.quantity)).group_by(movements.product_id)
        with self.server.store.reading() as connection:
            return {product_id: int(total) for product_id, total in connection.execute(summed)}

    def facts_of(self, till: ATill) -> int:
        counted = select(func.count()).select_from(t.fact).where(t.fact.c.till_id == till.identity.till_id)
        with self.server.store.reading() as connection:
            return int(connection.execute(counted).scalar_one())

    def assert_all_agree(self) -> None:
        for till in (self.dying, self.well):
            till.exchange()
        self.well.exchange()
        levels = self.levels()
        for till in (self.dying, self.well):
            assert {product_id: till.level(product_id) for product_id in levels} == levels


@pytest.fixture
def street(tmp_path: Path) -> Iterator[AStreet]:
    with start_in_thread(f"sqlite:///{tmp_path / 'marketplace.sqlite3'}") as server:
        made = AStreet(tmp_path, server)
        try:
            yield made
        finally:
            made.dying.store.close()
            made.well.store.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def a_day_off_line(street: AStreet) -> int:
    """What the dying till does; how many facts it has to tell."""
    till = street.dying
    for _ in range(3):
        till.sell_one(street.product_id)
    receive_goods(till.counter, [(street.product_id, 12)], "shop", "Léa", "")
    correct_level(till.counter, street.product_id, 7, "shop", MovementReason.CORRECTION, "Léa", "")
    return till.waiting()


def test_carried_by_another_till_then_back_on_line(street: AStreet, stick: Path) -> None:
    count = a_day_off_line(street)
    told_before = street.facts_of(street.dying)
    data = street.dying.save(stick)
    assert street.well.take_in(data).waiting == count
    street.well.exchange()
    assert street.well.store.queries.rescued_waiting() == 0
    assert street.facts_of(street.dying) == told_before + count
    assert street.levels()[street.product_id] == 7
    # importing twice changes nothing
    assert street.well.take_in(data).waiting == 0
    # and the dying till comes back on line: every fact is a duplicate
    back = street.dying.exchange()
    assert (back.pushed.claimed, back.pushed.duplicate) == (count, count)
    assert street.dying.waiting() == 0
    assert street.facts_of(street.dying) == told_before + count
    street.assert_all_agree()


def test_back_on_line_first_then_the_file(street: AStreet, stick: Path) -> None:
    count = a_day_off_line(street)
    data = street.dying.save(stick)
    street.dying.exchange()
    facts = street.facts_of(street.dying)
    assert street.well.take_in(data).waiting == count
    street.well.exchange()
    assert street.well.store.queries.rescued_waiting() == 0
    assert street.facts_of(street.dying) == facts
    street.assert_all_agree()


def test_by_hand_at_the_marketplace_and_by_another_till_too(street: AStreet, stick: Path) -> None:
    count = a_day_off_line(street)
    data = street.dying.save(stick)
    assert import_file(street.server.store, data) == RescueTaken("A", {"applied": count}, [])
    street.well.take_in(data)
    street.well.exchange()
    assert import_file(street.server.store, data) == RescueTaken("A", {"duplicate": count}, [])
    street.assert_all_agree()


def test_a_file_that_goes_on_growing(street: AStreet, stick: Path) -> None:
    """Written at noon and in the evening, both carried, in the wrong order."""
    a_day_off_line(street)
    noon = street.dying.save(stick)
    street.dying.sell_one(street.product_id)
    evening = street.dying.save(stick)
    assert len(list(stick.iterdir())) == 2
    for data in (evening, noon):
        street.well.take_in(data)
        street.well.exchange()
    assert street.well.store.queries.rescued_waiting() == 0
    street.assert_all_agree()


def test_the_well_till_tells_its_own_facts_all_the_same(street: AStreet, stick: Path) -> None:
    a_day_off_line(street)
    street.well.take_in(street.dying.save(stick))
    street.well.sell_one(street.product_id)
    street.well.exchange()
    assert street.well.waiting() == 0
    street.assert_all_agree()


def test_a_key_the_marketplace_does_not_know_is_said_at_the_till(street: AStreet, stick: Path) -> None:
    stolen = LedgerSigner(MemorySecrets())
    counter = street.dying.counter
    forger = Counter(
        counter.unit_of_work, counter.clock, counter.ids, counter.keys, counter.announce, counter.software, stolen
    )
    a_day_off_line(street)
    before = street.facts_of(street.dying)
    done = write_rescue(forger, street.dying.store.queries, RescueFolder(stick), is_signed_by)
    assert isinstance(done, RescueWritten)
    data = read_rescue_file(Path(done.path))
    assert import_file(street.server.store, data) is RescueRefusal.UNKNOWN_KEY
    street.well.take_in(data)
    street.well.exchange()
    (row,) = street.well.store.queries.rescued()
    assert (row.waiting, row.refused) == (0, done.facts)
    assert "clé" in row.message
    assert street.facts_of(street.dying) == before


def test_the_file_names_no_customer(street: AStreet, stick: Path) -> None:
    """I10: operators' names as facts hold them; no customer, no token, no pickup key."""
    a_day_off_line(street)
    text = gzip.decompress(street.dying.save(stick)).decode()
    token = street.dying.secrets.device_token()
    assert token is not None
    assert token not in text
    assert "PRIVATE" not in text
    assert "customer" not in text
