"""Owns the till the measures run on: a shop, a catalogue of any size, orders that wait for their customers."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from app.bootstrap.core import Core, build_core
from app.domain.catalogue import MovementReason, Product, StockMovement, Unit
from app.domain.fiscal import EventCode
from app.domain.lease import Lease
from app.domain.money import Money, total_of
from app.domain.order import Order, OrderLine, Preparation
from app.domain.pickup_code import make_pickup_code, make_spoken_code, symbols_of
from app.domain.receipt import ShopIdentity
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.paths import resources_dir
from app.usecases.apply_server_orders import apply_page
from app.usecases.log_event import log_event
from app.usecases.marketplace_port import ChangePage, OrderChange
from app.usecases.ports import TillIdentity
from app.usecases.sell_at_counter import SaleRequest

TILL_ID = "till-a"
SHOP_ID = "shop-1"
KEY_ID, KEY = "7", b"0123456789abcdef0123456789abcdef"
_CHUNK = 5_000
_BEGINNINGS = ("Petit", "Grand", "Bio", "Vieux", "Nouveau", "Fermier", "Maison", "Extra", "Doux", "Royal", "Rustique")


@contextmanager
def open_till(folder: Path, products: int) -> Iterator[Core]:
    """A paired till with that many articles, each with stock; made once per folder and then opened again."""
    database = folder / "till.sqlite3"
    is_new = not database.exists()
    core = build_core(database, folder / "keys" / "secrets.json")
    try:
        if is_new:
            core.secrets.set_pickup_keys({KEY_ID: KEY})
            core.secrets.set_device_token("none: nothing listens")
            _pair(core)
            _fill(core, products)
        yield core
    finally:
        core.close()


def copy_of(folder: Path, to: Path) -> Path:
    """A second folder with the same till, closed before."""
    shutil.copytree(folder, to)
    return to


def _pair(core: Core) -> None:
    shop = ShopIdentity("Au Bon Comptoir", ("12 place d’Armes", "59300 Valenciennes"), "12345678200010")
    address = "http://127.0.0.1:9"  # the discard port: refuses at once
    with core.counter.unit_of_work() as uow:
        uow.set_identity(TillIdentity(TILL_ID, "A", "Caisse A", shop, SHOP_ID, address, core.clock.now()))
        log_event(uow, core.counter, EventCode.STARTED, "")  # its key is made and known from now on
        uow.commit()


def _fill(core: Core, products: int) -> None:
    now = core.clock.now()
    for start in range(0, products, _CHUNK):
        batch = list(make_products(start, min(start + _CHUNK, products)))
        with core.counter.unit_of_work() as uow:
            uow.catalogue.save_all(batch)
            uow.stock.record(
                StockMovement(
                    f"opening-{product.product_id}", product.product_id, "shop", 500, MovementReason.OPENING, now, ""
                )
                for product in batch
            )
            uow.commit()


def make_products(start: int, end: int) -> Iterator[Product]:
    """Articles number `start` to `end`: real names of the demo catalogue, varied by words and a number."""
    names = _real_names()
    for number in range(start, end):
        chance = random.Random(number)
        round_no, which = divmod(number, len(names))
        name = names[which] if not round_no else f"{names[which]} {chance.choice(_BEGINNINGS)} {round_no}"
        yield Product(
            product_id=f"product-{number:07d}",
            name=name,
            price=Money(chance.randint(80, 2500)),
            vat_rate_bp=chance.choice((550, 1000, 2000)),
            unit=Unit.PIECE,
            codes=(code_of(number),),
            category="Épicerie",
            published=True,
        )


def _real_names() -> Sequence[str]:
    with (resources_dir() / "demo" / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return [row["nom"] for row in csv.DictReader(file, delimiter=";")]


def code_of(number: int) -> str:
    """The article's GTIN-13."""
    body = f"200{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


# --- sales ---


def sale_request(core: Core, chance: random.Random, products: int) -> SaleRequest:
    """Five lines, paid half by card and half in cash, with a receipt."""
    lines = []
    for number in chance.sample(range(products), 5):
        row = core.store.queries.product_by_code(code_of(number))
        assert row is not None
        lines.append(line_for_product(core.ids.new(), row.product, chance.randint(1, 3), row.product.codes[0]))
    basket = Basket(tuple(lines))
    card = Money(basket.total.minor // 2)
    cash = basket.total - card
    payments = (
        Payment(PaymentMeans.CARD, card, card),
        Payment(PaymentMeans.CASH, cash, Money(-(-cash.minor // 500) * 500)),
    )
    return SaleRequest(basket, payments, "Zoé", print_receipt=True)


# --- orders ---


def bring_orders(core: Core, count: int, first: int = 0, products: int = 1_000) -> list[str]:
    """Orders of three lines, paid on line, ready and leased to this till; returns their pickup codes."""
    orders = [_order(core, first + number, products) for number in range(count)]
    for start in range(0, count, 100):
        page = ChangePage([OrderChange(order) for order in orders[start : start + 100]], f"{first}-{start}", False)
        apply_page(core.counter, core.secrets, page)
    return [make_pickup_code(KEY_ID, KEY, SHOP_ID, order.reference) for order in orders]


def order_id_of(number: int) -> str:
    return f"order-{number:07d}"


def _order(core: Core, number: int, products: int) -> Order:
    chance = random.Random(number)
    now = core.clock.now()
    lines = tuple(_line(line_no, product) for line_no, product in enumerate(chance.sample(range(products), 3), start=1))
    total = total_of([line.total for line in lines])
    return Order(
        order_id=order_id_of(number),
        reference=symbols_of(number, 7),
        number=str(10_000 + number),
        spoken_code=make_spoken_code(number),
        customer_name=chance.choice(("Léa Delattre", "Jean-Pierre Leclercq", "Aïcha Diallo", "Zoé Carpentier")),
        placed_at=now,
        total=total,
        paid_online=total,
        lines=lines,
        keep_until=now + timedelta(days=7),
        server_preparation=Preparation.READY,
        lease=Lease(TILL_ID, now + timedelta(days=15)),
        version=1,
    )


def _line(line_no: int, number: int) -> OrderLine:
    price = Money(100 + number % 900)
    product_id = f"product-{number:07d}"
    return OrderLine(line_no, product_id, f"Article {number}", 1, Unit.PIECE, price, 550, price, "A3")
