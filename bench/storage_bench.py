"""Measures D1 (syncs of a sale and a handover), D2 (CPU of a sale), D4 (a sale beside a full sync) and U2 (CPU of a
handover).

The floor of D2 and U2 is the same rows, written by `sqlite3` alone into a copy of the same database in one transaction
with the same settings: the values lie ready, nothing is judged, computed or encoded. What an act of ours wrote is read
back from its database and written again there, in turn, round after round.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from app.bootstrap.core import Core
from app.bootstrap.interpreter import favour_the_counter
from app.sync.pace import Pace
from app.sync.pull import PAGE_SIZE
from app.sync.worker import SyncWorker
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import ChangePage
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from bench.frame import Rounds, Row, cpu_s, in_turn, limit_row, median, ratio_row
from bench.pages_in_memory import PagesInMemory
from bench.sync_bench import make_pages
from bench.syncs import CannotCount, SyncCounter
from bench.till import bring_orders, copy_of, open_till, order_id_of, sale_request

PRODUCTS = 2_000
ACTS_A_ROUND = 60
SALES_A_ROUND = 120
ROUNDS = 5
COUNTED = 300
SYNCED_ORDERS = 60_000

Statement = tuple[str, Sequence[Any]]


def measure() -> list[Row]:
    """The rows D1, D1-handover, D2, D4, U2."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        with open_till(at / "model", PRODUCTS) as core:
            bring_orders(core, 2 * COUNTED + ROUNDS * ACTS_A_ROUND + ACTS_A_ROUND)
        copy_of(at / "model", at / "floor")
        return [*_syncs(copy_of(at / "model", at / "d1")), *_cpu(at), _beside_a_sync(copy_of(at / "model", at / "d4"))]


# --- D1 ---


def _syncs(folder: Path) -> list[Row]:
    with open_till(folder, PRODUCTS) as core:
        try:
            counter = SyncCounter(_writing_connection(core))
        except CannotCount as error:
            return [{**limit_row("D1", f"not counted: {error}", 0, "syncs", 1.1), "value": None, "met": False}]
        sales = _sale_requests(core, COUNTED, seed=1)
        counter.count = 0
        for request in sales:
            _sell(core, request)
        of_sales = counter.count
        counter.count = 0
        for number in range(COUNTED):
            _hand_over(core, order_id_of(number))
        of_handovers = counter.count
    return [
        ratio_row("D1", "disk syncs a sale", of_sales / COUNTED, "syncs", 1.0, 1.1),
        ratio_row("D1-handover", "disk syncs a handover", of_handovers / COUNTED, "syncs", 1.0, 1.1),
    ]


def _writing_connection(core: Core) -> sqlite3.Connection:
    with core.counter.unit_of_work() as uow:
        return uow.session._connection  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001  # a look inside


# --- D2, U2 ---


def _cpu(at: Path) -> list[Row]:
    floor = _bare(at / "floor" / "till.sqlite3")
    try:
        with open_till(at / "model", PRODUCTS) as core:
            sale = _against_rows(core, floor, lambda round_no: _sales(core, round_no), _rows_of_sale)
            handover = _against_rows(core, floor, lambda round_no: _handovers(core, round_no), _rows_of_handover)
    finally:
        floor.close()
    return [
        ratio_row("D2", "sale of 5 lines, 2 payments, receipt: CPU", *_us(sale), 3.0),
        ratio_row("U2", "handover of 3 lines: CPU", *_us(handover), 4.0),
    ]


def _us(taken: tuple[float, float]) -> tuple[float, str, float]:
    return taken[0] / ACTS_A_ROUND * 1e6, "us", taken[1] / ACTS_A_ROUND * 1e6


def _against_rows(
    core: Core,
    floor: sqlite3.Connection,
    acts_of: Callable[[int], Iterator[Callable[[], str]]],
    rows_of: Callable[[sqlite3.Connection, str], list[Statement]],
) -> tuple[float, float]:
    """Median CPU seconds a round: of the acts, and of writing the rows that they left behind once more."""
    round_no = 0
    done: list[str] = []
    reader = sqlite3.connect(core.store.path)

    def ours() -> float:
        nonlocal round_no
        round_no += 1
        acts = list(acts_of(round_no))
        done.clear()
        return cpu_s(lambda: done.extend(act() for act in acts))

    def theirs() -> float:
        transactions = [rows_of(reader, key) for key in done]
        return cpu_s(lambda: _write_all(floor, transactions))

    ours()  # the first time, statements are compiled and pages come into the caches
    theirs()
    try:
        taken = in_turn(ours, theirs, rounds=ROUNDS)
    finally:
        reader.close()
    return median(taken[0]), median(taken[1])


def _write_all(connection: sqlite3.Connection, transactions: Sequence[Sequence[Statement]]) -> None:
    for statements in transactions:
        connection.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            connection.execute(sql, values)
        connection.execute("COMMIT")


def _bare(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None, cached_statements=256)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _rows_of_sale(reader: sqlite3.Connection, sale_id: str) -> list[Statement]:
    inserts = [
        *_inserts(reader, "sale", "sale_id = ?", sale_id),
        *_inserts(reader, "sale_line", "sale_id = ?", sale_id),
        *_inserts(reader, "sale_payment", "sale_id = ?", sale_id),
        *_inserts(reader, "sale_vat", "sale_id = ?", sale_id),
        *_inserts(reader, "fact", "subject = ?", f"sale:{sale_id}"),
        *_inserts(reader, "outbox", "subject = ?", f"sale:{sale_id}"),
        *_inserts(reader, "print_job", "document_id = ?", sale_id),
        *_inserts(reader, "document_copy", "document_id = ?", sale_id),
        *_inserts(reader, "ledger", "record_id = ?", sale_id),
        (
            "UPDATE ledger_head SET number = ?, hash = ?, signature = ?, perpetual_minor = ?, "
            "perpetual_absolute_minor = ?, trading_day = ?, happened_at = ? "
            "WHERE till_letter = 'A' AND series = 'sales'",
            _head_after(reader, sale_id),
        ),
    ]
    sources = "source_id IN (SELECT line_id FROM sale_line WHERE sale_id = ?)"
    sold = [
        ("UPDATE product_popularity SET sold_count = sold_count + ? WHERE product_id = ?", (1, product_id))
        for (product_id,) in reader.execute("SELECT product_id FROM sale_line WHERE sale_id = ?", (sale_id,))
    ]
    return [*_drawn(1), *inserts, *_moved(reader, sources, sale_id), *sold]


def _rows_of_handover(reader: sqlite3.Connection, handover_id: str) -> list[Statement]:
    order_id = reader.execute("SELECT order_id FROM handover WHERE handover_id = ?", (handover_id,)).fetchone()[0]
    return [
        *_drawn(1),
        *_inserts(reader, "handover", "handover_id = ?", handover_id),
        *_inserts(reader, "handover_line", "handover_id = ?", handover_id),
        *_moved(reader, "source_id = ?", handover_id),
        *_inserts(reader, "fact", "subject = ?", f"order:{order_id}"),
        *_inserts(reader, "outbox", "subject = ?", f"order:{order_id}"),
        *_inserts(reader, "order_summary", "order_id = ?", order_id, "REPLACE"),
        ("DELETE FROM promised WHERE order_id = ?", (order_id,)),
    ]


def _head_after(reader: sqlite3.Connection, sale_id: str) -> Sequence[Any]:
    row = reader.execute(
        "SELECT number, hash, signature, 0, 0, trading_day, happened_at FROM ledger WHERE record_id = ?", (sale_id,)
    )
    return tuple(row.fetchone())


def _drawn(numbers: int) -> list[Statement]:
    return [("UPDATE counter SET value = value + 1 WHERE name = ?", ("fact",))] * numbers


def _moved(reader: sqlite3.Connection, where: str, key: str) -> list[Statement]:
    movements = _inserts(reader, "stock_movement", where, key)
    levels: list[Statement] = [
        ("UPDATE stock_level SET quantity = quantity + ? WHERE product_id = ? AND location = ?", row)
        for row in reader.execute(
            f"SELECT quantity, product_id, location FROM stock_movement WHERE {where}",  # noqa: S608  # own words
            (key,),
        )
    ]
    return movements + levels


def _inserts(reader: sqlite3.Connection, table: str, where: str, key: str, verb: str = "INSERT") -> list[Statement]:
    found = reader.execute(f"SELECT * FROM {table} WHERE {where}", (key,))  # noqa: S608  # own words
    places = ", ".join("?" * len(found.description))
    return [(f"{verb} INTO {table} VALUES ({places})", row) for row in found]


# --- D4 ---


def _beside_a_sync(folder: Path) -> Row:
    pages = make_pages(SYNCED_ORDERS)
    idle, busy = Rounds(), Rounds()
    rounds = ROUNDS + 1
    with open_till(folder, PRODUCTS) as core:
        favour_the_counter()  # as the window does
        for round_no in range(rounds):
            _sell_on(core, round_no, idle, lambda: True)
            with syncing(core, pages, round_no / rounds, (round_no + 1) / rounds) as still_syncing:
                beside = _sell_on(core, 100 + round_no, busy, still_syncing)
            assert beside >= SALES_A_ROUND // 3, "the sync ended before enough was sold: give it more orders"
    return ratio_row("D4", "sale during a full sync, p99", busy.p99, "ms", idle.p99, 4.0)


def _sell_on(core: Core, seed: int, taken: Rounds, go_on: Callable[[], bool]) -> int:
    """Sell while it makes sense; returns how many sales that were."""
    taken.begin()
    requests = _sale_requests(core, SALES_A_ROUND, seed)
    for sold, request in enumerate(requests):
        if not go_on():
            return sold
        taken.take(partial(_sell, core, request))
    return len(requests)


class SomePagesInMemory(PagesInMemory):
    """A part of the pages; knows whether it has begun and whether pages are left."""

    def __init__(self, pages: Sequence[bytes]) -> None:
        super().__init__(pages)
        self._end = len(pages) * PAGE_SIZE
        self.begun = threading.Event()
        self.has_more = True

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        page = super().changes(cursor, limit, wait_s)
        self.begun.set()
        self.has_more = int(page.cursor or 0) < self._end
        return page


@contextmanager
def syncing(core: Core, pages: Sequence[bytes], begin: float, end: float) -> Iterator[Callable[[], bool]]:
    """The real worker applying a share of the pages (0 to 1) at its own pace; gives whether it still has some."""
    source = SomePagesInMemory(pages[: round(end * len(pages))])
    worker = SyncWorker(core.counter, core.store.queries, core.secrets, lambda: source, chance=lambda: 0.5, pace=Pace())
    with core.counter.unit_of_work() as uow:
        uow.pulled.set_cursor(str(round(begin * len(pages)) * PAGE_SIZE))
        uow.commit()
    worker.start()
    assert source.begun.wait(30)
    try:
        yield lambda: source.has_more
    finally:
        assert worker.stop()


# --- acts ---


def _sale_requests(core: Core, count: int, seed: int) -> list[SaleRequest]:
    chance = random.Random(seed)
    return [sale_request(core, chance, PRODUCTS) for _ in range(count)]


def _sales(core: Core, round_no: int) -> Iterator[Callable[[], str]]:
    for request in _sale_requests(core, ACTS_A_ROUND, seed=round_no):
        yield partial(_sell, core, request)


def _sell(core: Core, request: SaleRequest) -> str:
    done = sell_at_counter(core.counter, request)
    assert isinstance(done, SaleDone), done
    return done.sale.sale_id


def _handovers(core: Core, round_no: int) -> Iterator[Callable[[], str]]:
    for number in range(ACTS_A_ROUND):
        yield partial(_hand_over, core, order_id_of(round_no * ACTS_A_ROUND + number))


def _hand_over(core: Core, order_id: str) -> str:
    done = hand_over_order(core.counter, HandoverRequest(order_id, HowFound.SCAN, "Zoé"))
    assert isinstance(done, HandoverDone), done
    return done.handover_id
