"""The whole story with a till and a marketplace that are killed again and again, judged from what both databases hold.

Till and marketplace are processes of their own; between them real HTTP, to the printer a real socket. In each round the
till's clerk sells, prepares, hands over, takes back, counts and prints at random until the till is killed: from outside
at a random moment, or by itself at a random call inside a sale or handover, or inside the thread that sends, fetches or
prints. The marketplace is killed in the middle too, its answers get lost or cut. At the end the till starts once more,
sends and fetches everything, and the invariants I1-I6 must hold.
"""

from __future__ import annotations

import json
import random
import secrets
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.demo.audit import check_all, check_printed_once, open_books
from tests.fakes.socket_printer import SocketPrinter, socket_printer
from tests.journeys.processes import ROOT, Child, MarketplaceProcess, command

ROUNDS = 20
ORDERS_A_ROUND = 6
ANYWHERE = 6000
PLACES = (
    ("outside", 0),
    ("clerk", ANYWHERE),
    ("net-pull", ANYWHERE),
    ("clerk", ANYWHERE),
    ("net-push:_settle", 5),
    ("outside", 0),
    ("clerk", ANYWHERE),
    ("print:_settle", 5),
    ("clerk", ANYWHERE),
    ("print", ANYWHERE),
    ("outside", 0),
    ("clerk", ANYWHERE),
    ("net-pull", ANYWHERE),
    ("clerk", ANYWHERE),
    ("net-push", ANYWHERE),
    ("outside", 0),
    ("clerk", ANYWHERE),
    ("print:_settle", 5),
    ("clerk", ANYWHERE),
    ("net-pull:store_page", 5),
)
"""Where death comes from, round after round, and after how many calls at most: mostly in the middle of sales and
handovers; also when the marketplace has applied facts, or the paper is out, and the till has not noted it yet."""

MARKETPLACE_DIES = (3, 8, 15)
FAULTS = {1: "lose_answer", 5: "cut_body", 6: "duplicate_page", 11: "lose_answer", 12: "error_500", 13: "reorder_page"}

COUNTER_GOODS = 60
BY_WEIGHT = 12


@dataclass
class Journey:
    """What the test knows of the journey so far; `diary` is all that the till's processes said."""

    folder: Path
    home: Path
    market: MarketplaceProcess
    printer: SocketPrinter
    chance: random.Random
    diary: list[dict[str, Any]] = field(default_factory=list)
    deaths: Counter[str] = field(default_factory=Counter)
    orders: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.home / "data" / "comptoir.sqlite3"

    @property
    def customers(self) -> Path:
        return self.folder / "customers.txt"

    def till(self, place: str = "", after: int = 0) -> Child:
        arguments = [
            "-m",
            "tests.journeys.till_process",
            f"--customers={self.customers}",
            f"--codes={self.folder / 'codes.txt'}",
            f"--printer={self.printer.port}",
            f"--seed={self.chance.randrange(10**9)}",
        ]
        if place:
            arguments += [f"--die-in={place}", f"--after={after}"]
        child = Child(arguments, self.home, self.folder / "till.err")
        if child.line() is None:
            child.close()
            raise AssertionError(f"the till did not start: {child.complaints()}")
        return child

    def customers_order(self, count: int) -> None:
        """On line, part of them paid already; their codes are then known to who comes to the counter."""
        goods = json.loads((self.folder / "goods.json").read_text())
        with self.customers.open("a", encoding="utf-8") as coming:
            for _ in range(count):
                chosen = self.chance.sample(goods, self.chance.randint(1, 4))
                items = [{"product_id": id_, "quantity": 1 if unit == "piece" else 500} for id_, unit in chosen]
                placed = self.market.admin(
                    "POST",
                    f"/admin/shops/{self.market.shop['shop_id']}/orders",
                    items=items,
                    customer_name=self.chance.choice(("Léa Delattre", "Aïcha Diallo", "Noé Lambert")),
                    prepaid=self.chance.random() < 0.5,
                )
                self.orders.append(placed["order_id"])
                coming.write(self.chance.choice((placed["pickup_code"], placed["spoken_code"])) + "\n")

    def read_until(self, till: Child, risky_acts: int) -> bool:
        """Follow the till until so many sales and handovers were begun; False if it died before."""
        for line in till.lines():
            self.diary.append(line)
            risky_acts -= line.get("begun") in ("sell", "serve")
            if risky_acts <= 0:
                return True
        return False

    @property
    def handed_over(self) -> int:
        return sum("handover_id" in line for line in self.diary)

    def read_rest(self, till: Child) -> None:
        self.diary += till.lines()


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    _write_catalogue(tmp_path)
    market = MarketplaceProcess(tmp_path, tmp_path / "catalogue.csv")
    try:
        with socket_printer() as printer:
            yield Journey(tmp_path, tmp_path / "till-home", market, printer, random.Random(seed))
    finally:
        market.close()


def _write_catalogue(folder: Path) -> None:
    """A small shop out of the demo catalogue: goods by the piece and by weight, services."""
    head, *lines = (ROOT / "resources" / "demo" / "catalogue.csv").read_text(encoding="utf-8").splitlines()
    by_weight = [line for line in lines if ";kg;" in line][:BY_WEIGHT]
    chosen = lines[:COUNTER_GOODS] + by_weight + [line for line in lines if ";heure;" in line][:2]
    stocked = [_with_stock(line, "900") for line in chosen]
    (folder / "catalogue.csv").write_text("\n".join([head, *stocked]) + "\n", encoding="utf-8")
    (folder / "codes.txt").write_text("\n".join(line.split(";")[4] for line in chosen), encoding="utf-8")


def _with_stock(line: str, stock: str) -> str:
    """Enough of everything, so that customers are not refused; services stay without stock."""
    cells = line.split(";")
    return ";".join([*cells[:6], stock if cells[6] else "", *cells[7:]])


def _learn_goods(journey: Journey) -> None:
    """What the shop sells on line."""
    books = open_books(journey.database, journey.market.database)
    goods = [
        tuple(row)
        for row in books.market.execute(
            "SELECT product_id, unit FROM product WHERE published AND stock_tracked AND age_limit = 0"
        )
    ]
    books.close()
    (journey.folder / "goods.json").write_text(json.dumps(goods))


@pytest.mark.timeout(600)
def test_everything_holds_after_twenty_deaths(journey: Journey) -> None:
    _pair(journey)
    _learn_goods(journey)
    journey.customers.touch()
    journey.customers_order(10)
    for number in range(ROUNDS):
        _play_round(journey, number)
    if not journey.market.runs:
        journey.market.start_again()
    journey.market.fault("none")
    _last_start(journey)
    _judge(journey)
    _the_audit_can_fail(journey)


def _pair(journey: Journey) -> None:
    code, answer = command(
        "pair", journey.market.shop["pairing_code"], "--url", journey.market.url, "--name", "Caisse", home=journey.home
    )
    assert code == 0, answer


def _play_round(journey: Journey, number: int) -> None:
    chance = journey.chance
    place, most = PLACES[number % len(PLACES)]
    till = journey.till("" if place == "outside" else place, after=chance.randint(1, max(most, 1)))
    try:
        _stir(journey, number)
        alive = journey.read_until(till, chance.randint(10, 60))
        if alive and number in MARKETPLACE_DIES:
            journey.market.kill()
            alive = journey.read_until(till, chance.randint(10, 60))
        if alive and place != "outside":
            alive = journey.read_until(till, 400)  # until it dies where it was told to
        if alive:
            time.sleep(chance.random() * 0.006)  # the moment is the chance here: somewhere in the act just begun
            till.kill()
        journey.read_rest(till)
        till.wait()
        journey.deaths["outside" if alive else place] += 1
        assert alive or till.killed_itself(), till.complaints()
    finally:
        till.close()


def _stir(journey: Journey, number: int) -> None:
    """What else happens meanwhile: the marketplace comes back, orders are placed, some cancelled, keys rotated, answers
    lost."""
    market = journey.market
    if not market.runs:
        market.start_again()
    market.fault(FAULTS.get(number, "none"), share=0.4)
    journey.customers_order(ORDERS_A_ROUND)
    if number % 4 == 2:
        order_id = journey.orders[-1]
        market.admin("POST", f"/admin/orders/{order_id}/cancel")
    if number == 10:
        market.admin("POST", f"/admin/shops/{market.shop['shop_id']}/keys/rotate")


def _last_start(journey: Journey) -> None:
    till = journey.till()
    try:
        assert journey.read_until(till, 10), till.complaints()
        while journey.handed_over < ROUNDS:  # chance may have served few until now
            assert journey.read_until(till, 1), till.complaints()
        till.tell()
        journey.read_rest(till)
        assert till.wait() == 0, till.complaints()
        assert journey.diary[-1] == {"finished": True}
    finally:
        till.close()


def _judge(journey: Journey) -> None:
    done = Counter(line["done"] for line in journey.diary if "done" in line)
    handed_over = journey.handed_over
    begun = Counter(line["begun"] for line in journey.diary if "begun" in line)
    refused = Counter(line["reason"] for line in journey.diary if "refused" in line)
    print(f"done {dict(done)}, handed over {handed_over}, refused {dict(refused)}, deaths {dict(journey.deaths)}")
    assert begun.total() > done.total(), "nothing was ever cut short"
    assert done["sell"] >= ROUNDS, "too little was sold to mean anything"
    assert handed_over >= ROUNDS, "too little was handed over to mean anything"
    books = open_books(journey.database, journey.market.database)
    try:
        faults = check_all(books, journey.diary) + check_printed_once(books.till, journey.printer.jobs)
    finally:
        books.close()
    assert not faults, "\n".join(faults)


DAMAGES = {
    "I1 till": (
        "till",
        "INSERT INTO handover SELECT 'x', order_id, handed_over_at, operator, till_name, how, handed_to, verdict, "
        "override_reason, sale_id, NULL, '', '' FROM handover WHERE undone_at IS NULL LIMIT 1; "
        "INSERT INTO handover_line SELECT 'x', line_no, 'given', quantity, amount_minor, label, product_id "
        "FROM handover_line "
        "WHERE handover_id = (SELECT handover_id FROM handover WHERE undone_at IS NULL LIMIT 1)",
    ),
    "I2": ("till", "DELETE FROM sale WHERE sale_id = (SELECT max(sale_id) FROM sale)"),
    "I3: never told": ("market", "DELETE FROM fact WHERE fact_id = (SELECT min(fact_id) FROM fact)"),
    "I3: told otherwise": ("market", "UPDATE fact SET payload = '{}' WHERE fact_id = (SELECT min(fact_id) FROM fact)"),
    "I3: orders": ("till", "UPDATE server_order SET paid_minor = paid_minor + 1"),
    "I4 till": ("till", "UPDATE stock_level SET quantity = quantity + 1"),
    "I4 marketplace": ("market", "UPDATE stock_level SET physical = physical - 1"),
    "I4:": ("market", "DELETE FROM stock_movement WHERE movement_id = (SELECT max(movement_id) FROM stock_movement)"),
    "I5": ("till", "DELETE FROM sale WHERE number = 3"),
    "I5: row": ("till", "UPDATE ledger SET canonical = CAST('x' AS BLOB) WHERE number = 3"),
    "I5: ticket": ("till", "DELETE FROM ledger WHERE series = 'sales' AND number = 2"),
    "I6": ("till", "UPDATE sale_payment SET amount_minor = amount_minor + 1, tendered_minor = tendered_minor + 1"),
    "paper": ("till", "UPDATE print_job SET state = 'queued' WHERE job_id = (SELECT min(job_id) FROM print_job)"),
}  # fmt: skip


def _the_audit_can_fail(journey: Journey) -> None:
    """An audit that sees nothing is worth nothing: each kind of damage, done to copies, must be seen."""
    for expected, (side, damage) in DAMAGES.items():
        copies = {"till": journey.folder / "till-copy.sqlite3", "market": journey.folder / "market-copy.sqlite3"}
        shutil.copy(journey.database, copies["till"])
        shutil.copy(journey.market.database, copies["market"])
        books = open_books(copies["till"], copies["market"])
        try:
            _drop_triggers(books.till)
            (books.till if side == "till" else books.market).executescript(damage)
            faults = check_all(books, journey.diary)
        finally:
            books.close()
        assert any(fault.startswith(expected) for fault in faults), f"{expected} was not seen, only {faults[:3]}"


def _drop_triggers(till: sqlite3.Connection) -> None:
    """Whoever damages a ledger on purpose gets rid of its guards first (R1)."""
    for (name,) in till.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        till.execute(f"DROP TRIGGER {name}")
