"""Measures Y1-Y3: applying a first sync, the same politely beside the counter, and what a page costs on the network.

The floor of Y1 does the least that must be done, in the same run, in turn with the product: msgspec decodes the page
without a schema (orjson, the fastest reader, is no dependency of ours; msgspec is within 20 % of it), raw `sqlite3`
writes the rows with `executemany` into the same two tables, same indexes, same settings, one transaction a page.
Ratios are of CPU time, medians of the rounds.
"""

from __future__ import annotations

import gc
import json
import random
import re
import socket
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import requests

from app.domain.fiscal import KnownHead
from app.domain.pickup_code import ALPHABET
from app.domain.told import plain_moment
from app.marketplace.orders import PlacedOrder
from app.marketplace.seed import DemoCustomers, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.storage.signing import LedgerSigner
from app.storage.store import Store, open_store
from app.surroundings import SystemClock, TimeOrderedIds
from app.sync import wire
from app.sync.client import HttpMarketplace
from app.sync.pace import Pace
from app.sync.pull import PAGE_SIZE, fetch_page, store_page
from app.sync.worker import SyncWorker
from app.usecases.ports import Announce, Counter, Touched
from bench.pages_in_memory import PagesInMemory

Row = dict[str, Any]
ORDERS = 2_500
ROUNDS = 15
HTTP_ORDERS = 300


def measure() -> list[Row]:
    """The rows Y1, Y2, Y3 (round trips), Y3b (bytes)."""
    pages = make_pages(ORDERS)
    gc.freeze()  # as the window does once all is loaded (`bootstrap.interpreter`)
    apply_cpu_s, floor_cpu_s = first_sync(pages)
    polite = statistics.median(polite_orders_per_s(pages) for _ in range(3))
    trips, wire_bytes, plain_bytes, page_count = cost_on_the_network()
    return [
        _row("Y1", "first sync, CPU an order", apply_cpu_s / ORDERS * 1e6, "us", floor_cpu_s / ORDERS * 1e6, 3.0),
        {
            "id": "Y2",
            "what": "sync beside the counter, rests included",
            "value": round(polite),
            "unit": "orders/s",
            "floor": None,
            "ratio": None,
            "goal": 2000,
            "met": polite >= 2000,
        },
        _row("Y3", "round trips a page", trips / page_count, "trips", 1.0, 1.2),
        _row(
            "Y3b", "bytes of an answer, headers too", wire_bytes / page_count, "bytes", plain_bytes / page_count, 0.15
        ),
    ]


def _row(key: str, what: str, value: float, unit: str, floor: float, goal: float) -> Row:
    ratio = value / floor
    return {
        "id": key,
        "what": what,
        "value": round(value, 3),
        "unit": unit,
        "floor": round(floor, 3),
        "ratio": round(ratio, 3),
        "goal": goal,
        "met": ratio <= goal,
    }


# --- Y1 ---


def make_pages(orders: int, seed: int = 1) -> list[bytes]:
    """Pages of 100 orders of three lines, as the marketplace writes them."""
    chance = random.Random(seed)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    changes = [
        {"seq": n + 1, "kind": "order", "id": f"order-{n:06d}", "data": _order(n, chance, start)} for n in range(orders)
    ]
    return [
        json.dumps(
            {
                "changes": changes[at : at + PAGE_SIZE],
                "cursor": str(at + PAGE_SIZE),
                "more": at + PAGE_SIZE < orders,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        for at in range(0, orders, PAGE_SIZE)
    ]


def _order(number: int, chance: random.Random, start: datetime) -> Row:
    lines = [_line(line_no, chance) for line_no in (1, 2, 3)]
    total = sum(line["total_minor"] for line in lines)
    placed = start + timedelta(minutes=number)
    return {
        "order_id": f"order-{number:06d}",
        "reference": _symbols(number, 7),
        "number": str(1000 + number),
        "spoken_code": _symbols(number, 6),
        "customer_name": chance.choice(["Léa Delattre", "Jean-Pierre Leclercq", "Aïcha Diallo"]),
        "placed_at": plain_moment(placed),
        "pickup_from": plain_moment(placed + timedelta(hours=2)),
        "keep_until": plain_moment(placed + timedelta(days=7)),
        "mode": "pickup",
        "note": "",
        "cancelled_at": None,
        "currency": "EUR",
        "total_minor": total,
        "paid_minor": total,
        "preparation": "to_prepare",
        "handover": "open",
        "handed_over_at": None,
        "handed_over_by": "",
        "lease": {"till_id": "till-a", "until": plain_moment(placed + timedelta(days=15))},
        "version": 1,
        "lines": lines,
    }


def _line(line_no: int, chance: random.Random) -> Row:
    quantity, price = chance.randint(1, 4), chance.randint(80, 2500)
    return {
        "line_no": line_no,
        "product_id": f"product-{chance.randrange(1750):04d}",
        "label": chance.choice(["Café moulu 250 g", "Miel de châtaignier", "Bière blonde 75 cl"]),
        "quantity": quantity,
        "unit": "piece",
        "unit_price_minor": price,
        "vat_rate_bp": 550,
        "total_minor": quantity * price,
        "shelf": "A3",
        "age_limit": 0,
        "withdrawal_right": True,
    }


def _symbols(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        text += ALPHABET[digit]
    return text


def first_sync(pages: Sequence[bytes], rounds: int = ROUNDS) -> tuple[float, float]:
    """CPU seconds of the product and of the floor, medians, taken in turn on fresh databases."""
    product, floor = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            floor.append(_floor_cpu_s(pages, Path(folder)))
            product.append(_product_cpu_s(pages, Path(folder)))
    return statistics.median(product), statistics.median(floor)


def _cpu_s(work: Callable[[], None]) -> float:
    gc.collect()
    before = time.process_time()
    work()
    return time.process_time() - before


def _product_cpu_s(pages: Sequence[bytes], folder: Path) -> float:
    with _open_till(folder / "till.sqlite3") as (counter, secrets, store):

        def work() -> None:
            cursor = ""
            for body in pages:
                page = wire.read_page(body)
                store_page(counter, secrets, cursor, page)
                cursor = page.cursor

        spent = _cpu_s(work)
        assert _orders_in(store.path) == len(pages) * PAGE_SIZE
    return spent


def _floor_cpu_s(pages: Sequence[bytes], folder: Path) -> float:
    connection = _bare_database(folder)
    order_sql = _upsert(connection, "server_order", "order_id")
    line_sql = _upsert(connection, "server_order_line", "order_id, line_no")

    def work() -> None:
        for body in pages:
            orders = [change["data"] for change in msgspec.json.decode(body)["changes"]]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(order_sql, (_order_row(order) for order in orders))
            connection.executemany(line_sql, (_line_row(order, line) for order in orders for line in order["lines"]))
            connection.execute("COMMIT")

    try:
        return _cpu_s(work)
    finally:
        connection.close()


def _bare_database(folder: Path) -> sqlite3.Connection:
    """The product's two tables with their indexes and settings, nothing else."""
    with _open_till(folder / "model.sqlite3") as (_counter, _secrets, store), sqlite3.connect(store.path) as model:
        statements = model.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN ('server_order', 'server_order_line') AND sql IS NOT NULL"
            " AND type IN ('table', 'index') ORDER BY type DESC"
        ).fetchall()
    model.close()
    connection = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    for (statement,) in statements:
        connection.execute(statement)
    return connection


def _upsert(connection: sqlite3.Connection, table: str, key: str) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    keys = key.split(", ")
    values = ", ".join(f":{column}" for column in columns)
    update = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in keys)
    return f"INSERT INTO {table} VALUES ({values}) ON CONFLICT ({key}) DO UPDATE SET {update}"  # noqa: S608  # own names


def _order_row(order: Row) -> Row:
    lease = order["lease"]
    told = {"till_id": None, "until": None, "number": None, "wanted_by": None, "wanted_until": None, **lease}
    return {"language": "", **order, **{f"lease_{name}": told[name] for name in told}, "purged_at": None}


def _line_row(order: Row, line: Row) -> Row:
    return {**line, "order_id": order["order_id"]}


# --- Y2 ---


def polite_orders_per_s(pages: Sequence[bytes]) -> float:
    """Wall-clock rate of the real worker at its own pace, a rest after each page."""
    with tempfile.TemporaryDirectory() as folder:
        applied, all_applied = [0], threading.Event()

        def count(touched: Touched) -> None:
            applied[0] += touched.orders
            if applied[0] == len(pages):
                all_applied.set()

        with _open_till(Path(folder) / "till.sqlite3", count) as (counter, secrets, store):
            worker = SyncWorker(
                counter, store.queries, secrets, lambda: PagesInMemory(pages), chance=lambda: 0.5, pace=Pace()
            )
            before = time.monotonic()
            worker.start()
            assert all_applied.wait(300)
            spent = time.monotonic() - before
            assert worker.stop()
    return len(pages) * PAGE_SIZE / spent


# --- Y3 ---


def cost_on_the_network(orders: int = HTTP_ORDERS) -> tuple[int, int, int, int]:
    """Round trips, bytes received with headers, bytes of the same pages as plain JSON, and pages: a first sync with the
    real marketplace through a counting relay. Opening a connection is a round trip too.

    A quarter of the zipped bytes is the products' ids, 122 random bits each, which nothing shortens: the same pages
    come to 12 % with numbers for ids, and as they are to 15 % with xz, which no web client speaks."""
    with (
        tempfile.TemporaryDirectory() as folder,
        start_in_thread(f"sqlite:///{Path(folder) / 'marketplace.sqlite3'}", faults=False) as server,
        _Relay(server.url) as relay,
    ):
        token = _shop_with_orders(server, orders)
        with HttpMarketplace(relay.url, lambda: token) as marketplace:
            page_count, cursor, more = 0, "", True
            while more:
                page = fetch_page(marketplace, cursor, 0.0)
                cursor, more = page.cursor, page.more
                page_count += 1
        trips, received = relay.connections + relay.requests, relay.bytes_down
        plain = _plain_bytes(server.url, token)
    return trips, received, plain, page_count


def _shop_with_orders(server: RunningMarketplace, orders: int) -> str:
    shop = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv")
    with HttpMarketplace(server.url, lambda: None) as marketplace:
        token = marketplace.pair(shop.pairing_code, "Caisse A").device_token
    customers = DemoCustomers(server.store, shop.shop_id)
    placed = 0
    while placed < orders:
        placed += isinstance(customers.place(), PlacedOrder)
    return token


def _plain_bytes(url: str, token: str) -> int:
    total, cursor, more = 0, "", True
    with requests.Session() as session:
        session.trust_env = False
        while more:
            answer = session.get(
                f"{url}/v1/changes",
                params={"cursor": cursor, "limit": str(PAGE_SIZE), "wait_s": "0"},
                headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
                timeout=30,
            )
            total += len(answer.content)
            page = answer.json()
            cursor, more = page["cursor"], page["more"]
    return total


class _Relay:
    """Passes bytes on to the server and counts connections, requests and what comes back."""

    def __init__(self, target: str) -> None:
        host, port = target.removeprefix("http://").split(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = self.requests = self.bytes_down = 0

    def __enter__(self) -> _Relay:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._sockets):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join()
        for sock in (self._listener, *self._sockets):
            sock.close()

    def _run(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self._sockets += [near, far]
            self.connections += 1
            self._run(self._pass_on, near, far, False)
            self._run(self._pass_on, far, near, True)

    def _pass_on(self, source: socket.socket, target: socket.socket, down: bool) -> None:
        while True:
            try:
                data = source.recv(65536)
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
            except OSError:
                return
            if down:
                self.bytes_down += len(data)
            else:
                self.requests += len(re.findall(rb"(?:GET|POST) /v1/", data))


# --- the till ---


class _NoSecrets:
    weaker_way = False

    def pickup_keys(self) -> dict[str, bytes]:
        return {}

    def device_token(self) -> str | None:
        return None

    def set_device_token(self, token: str | None) -> None:
        """Not measured."""

    def use_other_device_token(self) -> bool:
        return False

    def set_pickup_keys(self, keys: object) -> None:
        """Not measured."""

    def fiscal_key(self) -> str | None:
        return None

    def set_fiscal_key(self, pem: str) -> None:
        """Nothing is signed here."""

    def known_heads(self) -> Sequence[KnownHead]:
        return ()

    def set_known_heads(self, heads: Sequence[KnownHead]) -> None:
        """Not measured."""


def _to_nobody(touched: Touched) -> None:
    """Nobody looks."""


@contextmanager
def _open_till(path: Path, announce: Announce = _to_nobody) -> Iterator[tuple[Counter, _NoSecrets, Store]]:
    clock = SystemClock()
    store: Store = open_store(path, clock=clock)
    secrets = _NoSecrets()
    counter = Counter(
        store.unit_of_work, clock, TimeOrderedIds(clock), secrets, announce, "bench", LedgerSigner(secrets)
    )
    try:
        yield counter, secrets, store
    finally:
        store.close()


def _orders_in(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        count: int = connection.execute("SELECT count(*) FROM server_order").fetchone()[0]
    finally:
        connection.close()
    return count


if __name__ == "__main__":
    for each in measure():
        print(json.dumps(each))
