"""The reference marketplace as a stage: the real application over its SQLite file, asked in process."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter
from sqlalchemy import select

from app.domain.abilities import ALL_ABILITIES
from app.domain.catalogue import MovementReason, Unit
from app.domain.order import GOODS_LEAVE, HandoverState, Preparation
from app.marketplace import tables as t
from app.marketplace.api import Core, WrongCodes
from app.marketplace.application import build_application
from app.marketplace.catalogue import add_products, save_product
from app.marketplace.changes import Bell
from app.marketplace.order_edits import EditedOrder, edit_order
from app.marketplace.orders import Item, PlacedOrder, cancel_order, change_order, new_page_token, place_order
from app.marketplace.pairing import make_pairing_code
from app.marketplace.schemas import MovementPayload, ProductPayload
from app.marketplace.seed import ShopProfile, create_shop
from app.marketplace.statements import Row
from app.marketplace.stock import physical_levels, record_movements
from app.marketplace.store import ShopTransaction, Store, open_store
from app.marketplace.surroundings import Surroundings, time_text
from app.sync.client import HttpMarketplace
from app.usecases.pair_till import pair_till
from tests.connectors.kit.clock import StoryTime
from tests.connectors.kit.registry import stage
from tests.connectors.kit.stage import ARTICLES, Article, LineThere, OrderThere, Payment, Placed, Power
from tests.connectors.kit.till import Till
from tests.connectors.kit.wire import answer_made_up
from tests.simulation.server import ask_in_process, no_thread_pool

URL = "http://127.0.0.1"
SHOP = "kit-shop"
_PROFILE = ShopProfile("Boutique du kit", "kit", "", ("1 rue du Kit", "59300 Valenciennes"), "12345678200010", "")
_LEAVES = frozenset(outcome.value for outcome in GOODS_LEAVE)


@stage("reference")
def reference(folder: Path) -> ReferenceStage:
    return ReferenceStage(folder)


class ReferenceStage:
    """See `Stage`."""

    name = "reference"
    abilities = ALL_ABILITIES
    powers = frozenset(Power) - {
        Power.AUTHORISE,
        Power.COUNTER_MONEY,
        Power.PAY_EDIT,
        Power.DELIVERY,
        Power.CART,
        Power.LATE_ROWS,
        Power.FULFIL_ON_SITE,
        Power.RACES,
    }

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.time = StoryTime()
        self._chance = random.Random(1)
        self._url = f"sqlite:///{folder / 'marketplace.sqlite3'}"
        self._store = self._open()
        self._application = build_application(self._store, Bell(), chance=lambda: 1.0)
        self._lists_twice = False
        create_shop(self._store, SHOP, _PROFILE)
        with self._store.writing(SHOP) as transaction:
            add_products(transaction, [_payload(article) for article in ARTICLES])
            for article in ARTICLES:
                _move(transaction, article, article.opening, MovementReason.OPENING)

    def product_id(self, article: Article) -> str:
        return article.key

    # --- a till's way there ---

    def adapter(self) -> BaseAdapter:
        return InProcess(self)

    def is_write(self, request: requests.PreparedRequest) -> bool:
        return request.method == "POST" and "/facts" in (request.url or "")

    def link(self, till: Till, *, only_till: bool) -> None:
        code, _ = make_pairing_code(self._store, SHOP)
        with HttpMarketplace(URL, till.secrets.device_token, adapter=till.wire) as marketplace:
            pair_till(till.counter, till.secrets, marketplace, code, f"Caisse {till.name}", URL)

    def connect(self, till: Till) -> HttpMarketplace:
        return HttpMarketplace(
            URL, till.secrets.device_token, adapter=till.wire, monotonic=self.time.monotonic, now=till.clock.now
        )

    def ask(self, request: requests.PreparedRequest) -> requests.Response:
        body = request.body or b""
        sent = body if isinstance(body, bytes) else body.encode()
        with no_thread_pool():
            status, headers, answered = ask_in_process(
                self._application, request.method or "GET", request.url or "", request.headers, sent
            )
        told = [(name.decode(), value.decode()) for name, value in headers]
        if self._lists_twice and "/changes" in (request.url or "") and status == 200:
            answered, told = _each_change_twice(answered), [("content-type", "application/json")]
        return answer_made_up(request, status, told, answered)

    # --- customers, and the shop's people on the site ---

    def place(
        self,
        lines: Mapping[Article, int],
        payment: Payment,
        *,
        customer: str = "Camille Martin",
        late_row_s: float = 0.0,
    ) -> Placed | None:
        items, prepaid = _items(lines), payment is Payment.PAID
        with self._store.writing(SHOP) as transaction:
            token = new_page_token(transaction.surroundings)
            placed = place_order(transaction, items, customer, prepaid=prepaid, page_token=token)
        return Placed(placed.order_id, placed.pickup_code) if isinstance(placed, PlacedOrder) else None

    def place_for_delivery(self, lines: Mapping[Article, int]) -> Placed:
        raise NotImplementedError("this marketplace delivers nothing")

    def fill_cart(self, lines: Mapping[Article, int]) -> Placed:
        raise NotImplementedError("carts are the customer's here")

    def pay(self, order_id: str) -> None:
        self._change(order_id, paid_minor=self._order(order_id).total_minor)

    def refund(self, order_id: str) -> None:
        self._change(order_id, paid_minor=0)

    def cancel(self, order_id: str) -> bool:
        with self._store.writing(SHOP) as transaction:
            return cancel_order(transaction, order_id)

    def edit(self, order_id: str, lines: Mapping[Article, int]) -> bool:
        """As the shop's people may: what was told to be ready is to be prepared anew."""
        self._make_editable(order_id)
        with self._store.writing(SHOP) as transaction:
            return isinstance(edit_order(transaction, order_id, _items(lines)), EditedOrder)

    def hand_over_on_site(self, order_id: str) -> None:
        raise NotImplementedError("only tills hand over here")

    def set_level(self, article: Article, level: int) -> None:
        difference = level - self.level(article)
        if difference:
            with self._store.writing(SHOP) as transaction:
                _move(transaction, article, difference, MovementReason.CORRECTION)

    def set_price(self, article: Article, price_minor: int) -> None:
        with self._store.writing(SHOP) as transaction:
            save_product(transaction, _payload(article).model_copy(update={"price_minor": price_minor}))

    def list_twice(self) -> None:
        self._lists_twice = True

    def race(self, writes: int) -> None:
        raise NotImplementedError("one writer at a time here")

    def spoil(self, order_id: str) -> None:
        """A VAT rate that does not exist."""
        self._set_rates(order_id, {line.line_no: 1234 for line in self._lines(order_id)})

    def mend(self, order_id: str) -> None:
        rates = {article.key: article.vat_rate_bp for article in ARTICLES}
        self._set_rates(order_id, {line.line_no: rates[line.product_id] for line in self._lines(order_id)})

    # --- how it stands there ---

    def order(self, order_id: str) -> OrderThere:
        order, lines = self._order(order_id), self._lines(order_id)
        is_ready = order.preparation == Preparation.READY
        settled = self._settled(order_id)
        there = {}
        for line in lines:
            result: dict[str, Any] = json.loads(line.result) if line.line_no in settled else {}
            gone = result.get("quantity", 0) if result.get("outcome") in _LEAVES else 0
            there[line.product_id] = LineThere(line.quantity, line.open_quantity if is_ready else 0, gone)
        return OrderThere(
            bool(order.cancelled_at), order.paid_minor, order.handover == HandoverState.HANDED_OVER, there
        )

    def level(self, article: Article) -> int:
        with self._store.reading() as connection:
            return physical_levels(connection, SHOP, [article.key]).get(article.key, 0)

    # --- its machine ---

    def restart(self) -> None:
        self._store.close()
        self._store = self._open()
        self._application.state.core = Core(self._store, Bell(), WrongCodes())

    def close(self) -> None:
        self._store.close()

    # --- inside ---

    def _open(self) -> Store:
        return open_store(self._url, Surroundings(self.time.now, self._chance.getrandbits))

    def _order(self, order_id: str) -> Row:
        with self._store.reading() as connection:
            return connection.execute(select(t.shop_order).where(t.shop_order.c.order_id == order_id)).one()

    def _lines(self, order_id: str) -> list[Row]:
        lines = t.order_line.c
        standing = select(t.order_line).where(lines.order_id == order_id, lines.removed_version.is_(None))
        with self._store.reading() as connection:
            return list(connection.execute(standing).all())

    def _settled(self, order_id: str) -> set[int]:
        """Lines that a standing handover has settled."""
        handovers = t.handover.c
        standing = select(handovers.settled_lines).where(handovers.order_id == order_id, handovers.undone_at.is_(None))
        with self._store.reading() as connection:
            return {no for (lines,) in connection.execute(standing) for no in json.loads(lines)}

    def _change(self, order_id: str, **values: Any) -> None:
        with self._store.writing(SHOP) as transaction:
            change_order(transaction, order_id, **values)

    def _set_rates(self, order_id: str, rates: Mapping[int, int]) -> None:
        lines = t.order_line.c
        with self._store.writing(SHOP) as transaction:
            for line_no, rate in rates.items():
                this_line = t.order_line.update().where(lines.order_id == order_id, lines.line_no == line_no)
                transaction.connection.execute(this_line.values(vat_rate_bp=rate))
            change_order(transaction, order_id)

    def _make_editable(self, order_id: str) -> None:
        if self._order(order_id).preparation == Preparation.READY:
            self._change(order_id, preparation=Preparation.IN_PREPARATION.value)


class InProcess(BaseAdapter):
    """Carries requests to the stage's server, wherever it has just been restarted."""

    def __init__(self, server: ReferenceStage) -> None:
        super().__init__()
        self._server = server

    def send(self, request: requests.PreparedRequest, *_how: Any, **_more: Any) -> requests.Response:
        return self._server.ask(request)

    def close(self) -> None:
        """Nothing is open."""


def _each_change_twice(body: bytes) -> bytes:
    page = json.loads(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)
    page["changes"] = [change for change in page["changes"] for _ in range(2)]
    return json.dumps(page).encode()


def _items(lines: Mapping[Article, int]) -> list[Item]:
    return [Item(article.key, pieces) for article, pieces in lines.items()]


def _payload(article: Article) -> ProductPayload:
    return ProductPayload(
        product_id=article.key,
        name=article.name,
        price_minor=article.price_minor,
        vat_rate_bp=article.vat_rate_bp,
        unit=Unit.PIECE,
        codes=[f"KIT-{article.key}"],
        published=True,
        stock_tracked=True,
    )


def _move(transaction: ShopTransaction, article: Article, pieces: int, reason: MovementReason) -> None:
    movement = MovementPayload(
        movement_id=transaction.surroundings.new_id(),
        product_id=article.key,
        location="shop",
        quantity=pieces,
        reason=reason,
        happened_at=time_text(transaction.now),
        source_id="",
    )
    record_movements(transaction, [movement], till_id="")
