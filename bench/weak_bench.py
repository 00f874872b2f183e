"""Measures N1-N3: how long a Saturday's facts take over a weak line, from the till's real outbox by the real worker
and client to the real marketplace; the line is simulated (`weak_link`). Wall-clock time: the line decides, not the CPU.

The floor of N1 is the line alone: the zipped bytes of the same facts in batches of a hundred at the line's rate.
"""

from __future__ import annotations

import gzip
import random
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.bootstrap.core import Core, build_core
from app.domain.catalogue import Unit
from app.domain.facts import Fact
from app.domain.money import Money
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.marketplace import tables as t
from app.marketplace.orders import PlacedOrder
from app.marketplace.seed import DemoCustomers, SeededShop, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.storage.outbox import fact_of
from app.sync import wire
from app.sync.client import HttpMarketplace
from app.sync.one_round import run_round
from app.sync.worker import SyncWorker
from app.usecases.adjust_stock import receive_goods
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import LinkStatus
from app.usecases.pair_till import pair_till
from app.usecases.prepare_order import mark_ready
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from bench.frame import Row, limit_row
from bench.weak_link import Line, WeakLink

FACTS = 1_000
SALES, HANDOVERS, DELIVERIES = 600, 250, 150
WEAK = Line(bits_per_s=64_000, loss=0.02, round_trip_s=0.3)
SECOND_GENERATION = Line(bits_per_s=24_000, loss=0.05, round_trip_s=0.7, cut_every_s=30.0)
_LIMIT_S = 600.0


def measure() -> list[Row]:
    """The rows N1, N1-floor, N2, N3."""
    with tempfile.TemporaryDirectory() as folder, paired_shop(Path(folder) / "n1", HANDOVERS) as (core, server, shop):
        _a_saturday(core, shop, SALES, HANDOVERS, DELIVERIES)
        floor_s = _bytes_at_best(core.store.path) * 8 / WEAK.bits_per_s
        weak_s, _ = _until_all_told(core, server, WEAK, seed=1)
    with tempfile.TemporaryDirectory() as folder, paired_shop(Path(folder) / "n2", HANDOVERS) as (core, server, shop):
        _a_saturday(core, shop, SALES, HANDOVERS, DELIVERIES)
        cut_s, cuts = _until_all_told(core, server, SECOND_GENERATION, seed=2)
    with tempfile.TemporaryDirectory() as folder, paired_shop(Path(folder) / "n3", 1) as (core, server, shop):
        _a_saturday(core, shop, FACTS, 0, 0)
        _hand_over_all(core)
        first_s = _until_handed_over(core, server, WEAK, seed=3)
    return [
        {
            **limit_row("N1", "1,000 facts over 64 kbit/s, 2 % loss, 300 ms", weak_s, "s", 120),
            "floor": round(floor_s, 1),
        },
        limit_row("N2", f"the same over 24 kbit/s, 5 %, 700 ms, {cuts} cuts", cut_s, "s", 300),
        limit_row("N3", "a handover arrives while 1,000 sales wait (as N1)", first_s, "s", 10),
    ]


@contextmanager
def paired_shop(folder: Path, orders: int) -> Iterator[tuple[Core, RunningMarketplace, SeededShop]]:
    """A paired till that knows its catalogue and so many orders, paid and ready."""
    folder.mkdir()
    core = build_core(folder / "till.sqlite3", folder / "keys" / "secrets.json")
    try:
        with start_in_thread(f"sqlite:///{folder / 'market.sqlite3'}", faults=False) as server:
            shop = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv")
            with HttpMarketplace(server.url, core.secrets.device_token) as marketplace:
                pair_till(core.counter, core.secrets, marketplace, shop.pairing_code, "Caisse A", server.url)
                customers = DemoCustomers(server.store, shop.shop_id)
                placed: list[PlacedOrder] = []
                while len(placed) < orders:
                    order = customers.place(prepaid=True)
                    placed += [order] if isinstance(order, PlacedOrder) else []
                run_round(core.counter, core.store.queries, core.secrets, marketplace)
                for order in placed:
                    mark_ready(core.counter, order.order_id, 1, "A1", "Zoé")
                run_round(core.counter, core.store.queries, core.secrets, marketplace)
            yield core, server, shop
    finally:
        core.close()


def _a_saturday(core: Core, shop: SeededShop, sales: int, handovers: int, deliveries: int) -> None:
    """Sales of three to five lines, handovers and goods in, mixed by chance."""
    chance = random.Random(7)
    products = _products(core)
    orders = _waiting_orders(core)[:handovers]
    acts = ["sale"] * sales + ["handover"] * handovers + ["delivery"] * deliveries
    chance.shuffle(acts)
    for act in acts:
        if act == "sale":
            assert isinstance(sell_at_counter(core.counter, _sale(core, chance, products)), SaleDone)
        elif act == "handover":
            _hand_over(core, orders.pop())
        else:
            goods = [(product_id, chance.randint(1, 24)) for product_id in chance.sample(products, 2)]
            assert receive_goods(core.counter, goods, "shop", "Zoé")


def _products(core: Core) -> list[str]:
    rows = _rows(core.store.path, "SELECT product_id, unit, age_limit, stock_tracked FROM product ORDER BY product_id")
    return [str(row[0]) for row in rows if row[1] == Unit.PIECE.value and not row[2] and row[3]]


def _waiting_orders(core: Core) -> list[str]:
    return [str(row[0]) for row in _rows(core.store.path, "SELECT order_id FROM server_order ORDER BY order_id")]


def _rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _sale(core: Core, chance: random.Random, products: list[str]) -> SaleRequest:
    lines = []
    for product_id in chance.sample(products, chance.randint(3, 5)):
        row = core.store.queries.product(product_id)
        assert row is not None
        code = row.product.codes[0] if row.product.codes else ""
        lines.append(line_for_product(core.ids.new(), row.product, chance.randint(1, 3), code))
    basket = Basket(tuple(lines))
    paid = Money(basket.total.minor)
    return SaleRequest(basket, (Payment(PaymentMeans.CARD, paid, paid),), "Zoé")


def _hand_over(core: Core, order_id: str) -> None:
    done = hand_over_order(core.counter, HandoverRequest(order_id, HowFound.SCAN, "Zoé"))
    assert isinstance(done, HandoverDone), done


def _hand_over_all(core: Core) -> None:
    for order_id in _waiting_orders(core):
        _hand_over(core, order_id)


def _bytes_at_best(database: Path) -> int:
    sql = (
        "SELECT fact.fact_id, fact.till_seq, kind, fact.subject, happened_at, payload FROM fact"
        " JOIN outbox ON outbox.till_seq = fact.till_seq ORDER BY fact.till_seq"
    )
    facts: list[Fact] = [fact_of(row) for row in _rows(database, sql)]
    batches = [facts[at : at + 100] for at in range(0, len(facts), 100)]
    return sum(len(gzip.compress(wire.write_facts(batch), 6)) for batch in batches)


def _until_all_told(core: Core, server: RunningMarketplace, line: Line, seed: int) -> tuple[float, int]:
    """Seconds until nothing waits, and how often the line was cut meanwhile. Each fact arrived once."""
    before, expected = _facts_taken(server), core.store.queries.outbox_state().waiting
    assert expected == FACTS
    done = threading.Event()

    def look(status: LinkStatus) -> None:
        if not core.store.queries.outbox_state().waiting:
            done.set()

    with WeakLink(server.url, line, seed) as link:
        spent_s = _worker_until(core, link.url, done, look)
        cuts = link.cuts
    state = core.store.queries.outbox_state()
    assert (state.refused, state.conflicted) == (0, 0), state
    assert _facts_taken(server) - before == FACTS
    return spent_s, cuts


def _until_handed_over(core: Core, server: RunningMarketplace, line: Line, seed: int) -> float:
    done = threading.Event()
    server.store.on_commit(lambda _shop_id: done.set() if _handovers_taken(server) else None)
    with WeakLink(server.url, line, seed) as link:
        return _worker_until(core, link.url, done, lambda status: None)


def _worker_until(core: Core, url: str, done: threading.Event, look: object) -> float:
    worker = SyncWorker(
        core.counter,
        core.store.queries,
        core.secrets,
        lambda: HttpMarketplace(url, core.secrets.device_token),
        chance=random.Random(5).random,
        on_status=look,  # type: ignore[arg-type]  # a callable, as above
    )
    began = time.monotonic()
    worker.start()
    try:
        assert done.wait(_LIMIT_S), core.store.queries.outbox_state()
        return time.monotonic() - began
    finally:
        worker.stop(30.0)


def _facts_taken(server: RunningMarketplace) -> int:
    with server.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(t.fact)).scalar_one())


def _handovers_taken(server: RunningMarketplace) -> bool:
    with server.store.reading() as connection:
        return connection.execute(select(t.handover.c.handover_id).limit(1)).first() is not None
