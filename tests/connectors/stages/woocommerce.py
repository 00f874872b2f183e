"""WooCommerce as a stage, twice: the one written by hand, with everything nasty that was seen of the real one. Orders
kept the old way, the classic checkout and plain HTTP on this machine; and kept the new way, with the checkout made of
blocks and TLS.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter

from app.domain.join_code import JoinCode
from app.sync.connectors.offer import Surroundings
from app.sync.connectors.registry import check_link, connect_paired
from app.sync.lane_steps import Connection
from app.usecases.connector_kinds import abilities_of
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.link_marketplace import LinkDone, LinkRequest, give_join_code, link_marketplace, text_of
from app.usecases.link_ports import LinkWish
from tests.connectors.kit.clock import StoryTime
from tests.connectors.kit.registry import stage
from tests.connectors.kit.stage import ARTICLES, Article, LineThere, OrderThere, Payment, Placed, Power
from tests.connectors.kit.till import Till
from tests.fakes.fake_woocommerce import FakeOrder, FakeWooCommerce, Storage
from tests.fakes.fake_woocommerce_http import FakeWooAdapter

_PREFIX = "woo:"
_MEANS = {Payment.PAID: "stripe", Payment.LATER: "bacs", Payment.AT_COUNTER: "cod"}
_ADDRESS = {Storage.POSTS: "http://127.0.0.1:1/boutique", Storage.HPOS: "https://boutique.example"}
_PICKUP: Mapping[Storage, Mapping[str, Any]] = {
    Storage.POSTS: {"method_id": "local_pickup", "instance_id": "3", "method_title": "Retrait en boutique"},
    Storage.HPOS: {
        "method_id": "pickup_location",
        "method_title": "Retrait en boutique (Boutique Lyon)",
        "meta_data": [{"id": 7, "key": "pickup_location", "value": "Boutique Lyon"}],
    },
}
_PARCEL = {"method_id": "flat_rate", "instance_id": "4", "method_title": "Colis"}


@stage("woocommerce")
def woocommerce(_folder: Path) -> FakeWooStage:
    return FakeWooStage("woocommerce", Storage.POSTS)


@stage("woocommerce_hpos")
def woocommerce_hpos(_folder: Path) -> FakeWooStage:
    return FakeWooStage("woocommerce_hpos", Storage.HPOS)


class FakeWooStage:
    """See `Stage`."""

    abilities = abilities_of(MarketplaceKind.WOOCOMMERCE)
    powers = frozenset(Power) - {Power.AUTHORISE}

    def __init__(self, name: str, storage: Storage) -> None:
        self.name = name
        self.time = StoryTime()
        self.server = FakeWooCommerce(self.time.now, storage)
        self._storage = storage
        self._linked: list[Till] = []
        self._products = {
            article.key: self.server.add_product(
                article.name, article.price_minor, article.vat_rate_bp / 100, article.opening
            )
            for article in ARTICLES
        }

    def product_id(self, article: Article) -> str:
        return f"{_PREFIX}{self._products[article.key]}"

    # --- a till's way there ---

    def adapter(self) -> BaseAdapter:
        return FakeWooAdapter(self.server)

    def is_write(self, request: requests.PreparedRequest) -> bool:
        return request.method != "GET"

    def link(self, till: Till, *, only_till: bool) -> None:
        credentials = {"consumer_key": self.server.key, "consumer_secret": self.server.secret}
        wish = LinkWish(MarketplaceKind.WOOCOMMERCE, _ADDRESS[self._storage], credentials, {})
        request = LinkRequest(
            wish,
            f"Caisse {till.name}",
            letter=till.name,
            only_till=only_till,
            join_code=self._join_code() if self._linked else "",
        )
        test = partial(check_link, surroundings=self._surroundings(till))
        done = link_marketplace(till.counter, till.secrets, test, request, secrets.token_bytes)
        assert isinstance(done, LinkDone), done
        self._linked.append(till)

    def _join_code(self) -> str:
        code = give_join_code(self._linked[0].counter, self._linked[0].secrets)
        assert isinstance(code, JoinCode), code
        return text_of(code)

    def connect(self, till: Till) -> Connection:
        return connect_paired(till.store.queries, till.secrets, till.store.connector_books, self._surroundings(till))

    def _surroundings(self, till: Till) -> Surroundings:
        return Surroundings(now=till.clock.now, monotonic=self.time.monotonic, adapter=till.wire)

    # --- customers, and the shop's people on the site ---

    def place(
        self,
        lines: Mapping[Article, int],
        payment: Payment,
        *,
        customer: str = "Camille Martin",
        late_row_s: float = 0.0,
    ) -> Placed | None:
        if any(self._left_to_sell(article) < pieces for article, pieces in lines.items()):
            return None
        order_id = self.server.place(
            self._wanted(lines),
            customer,
            means=_MEANS[payment],
            shipping=_PICKUP[self._storage],
            dated_before_s=late_row_s,
        )
        return Placed(f"{_PREFIX}{order_id}")

    def place_for_delivery(self, lines: Mapping[Article, int]) -> Placed:
        return Placed(f"{_PREFIX}{self.server.place(self._wanted(lines), shipping=_PARCEL)}")

    def fill_cart(self, lines: Mapping[Article, int]) -> Placed:
        return Placed(f"{_PREFIX}{self.server.fill_cart(self._wanted(lines), shipping=_PICKUP[self._storage])}")

    def pay(self, order_id: str) -> None:
        """What an edit made dearer as well: the site keeps one date of payment, and no amount."""
        self.server.pay(_raw(order_id))

    def cancel(self, order_id: str) -> bool:
        self.server.set_status(_raw(order_id), "cancelled")
        return True

    def refund(self, order_id: str) -> None:
        order = self.server.orders[_raw(order_id)]
        self.server.refund(order.order_id, order.total_minor)

    def edit(self, order_id: str, lines: Mapping[Article, int]) -> bool:
        order = self.server.orders[_raw(order_id)]
        if order.status not in ("processing", "on-hold"):
            return False
        self.server.edit(order.order_id, self._wanted(lines))
        return True

    def hand_over_on_site(self, order_id: str) -> None:
        self.server.set_status(_raw(order_id), "completed")

    def set_level(self, article: Article, level: int) -> None:
        """As a person at the site's own screen: what is ordered and still here is not left to sell."""
        self.server.set_level(self._products[article.key], level - self._promised(article))

    def set_price(self, article: Article, price_minor: int) -> None:
        self.server.set_price(self._products[article.key], price_minor)

    def list_twice(self) -> None:
        self.server.lists_twice = True

    def race(self, writes: int) -> None:
        """All writes are taken, always: nobody there looks at what was written before."""

    def spoil(self, order_id: str) -> None:
        self.server.orders[_raw(order_id)].spoiled = True
        self.server.orders[_raw(order_id)].modified = self.time.now().replace(microsecond=0)

    def mend(self, order_id: str) -> None:
        self.server.orders[_raw(order_id)].spoiled = False

    # --- how it stands there ---

    def order(self, order_id: str) -> OrderThere:
        order = self.server.orders[_raw(order_id)]
        ready, gone, never = _ready(order), _gone(order, "lines"), _gone(order, "never")
        completed = order.status == "completed"
        keys = {product_id: key for key, product_id in self._products.items()}
        lines = {}
        for line in order.lines:
            left = gone.get(line.line_id, 0)
            if completed:
                left = max(line.quantity - never.get(line.line_id, 0), left)
            waiting = max(ready.get(line.line_id, 0) - left, 0)
            lines[keys[line.product.product_id]] = LineThere(line.quantity, waiting, left)
        paid = order.total_minor if order.paid else 0
        paid -= sum(refund.minor for refund in order.refunds)
        return OrderThere(order.status == "cancelled", max(paid, 0), completed, lines)

    def level(self, article: Article) -> int:
        return self._left_to_sell(article) + self._promised(article)

    def _left_to_sell(self, article: Article) -> int:
        return self.server.products[self._products[article.key]].left_to_sell

    def _promised(self, article: Article) -> int:
        """Ordered, taken off what is left to sell, and neither gone nor given up."""
        product_id, promised = self._products[article.key], 0
        for order in self.server.orders.values():
            if order.status == "completed":
                continue
            gone, never = _gone(order, "lines"), _gone(order, "never")
            settled = sum(
                gone.get(line.line_id, 0) + never.get(line.line_id, 0)
                for line in order.lines
                if line.product.product_id == product_id
            )
            promised += max(order.reduced.get(product_id, 0) - settled, 0)
        return promised

    # --- its machine ---

    def restart(self) -> None:
        """Everything is in its database."""

    def close(self) -> None:
        pass

    def _wanted(self, lines: Mapping[Article, int]) -> dict[int, int]:
        return {self._products[article.key]: pieces for article, pieces in lines.items()}


def _raw(order_id: str) -> int:
    return int(order_id.removeprefix(_PREFIX))


def _told(order: FakeOrder, begin: str) -> dict[str, Mapping[str, Any]]:
    """Tills' own fields, as the shop's database has them."""
    fields = order.own.fields.items()
    return {key.removeprefix(begin): json.loads(value) for key, (_, value) in fields if key.startswith(begin)}


def _ready(order: FakeOrder) -> dict[int, int]:
    """What the first till that said so has standing there; nothing if the order was edited since."""
    ordered = {str(line.line_id): line.quantity for line in order.lines}
    said = [each for each in _told(order, "_comptoir_ready/").values() if each["ordered"] == ordered]
    return {int(line_id): pieces for line_id, pieces in said[0]["lines"].items()} if said else {}


def _gone(order: FakeOrder, what: str) -> dict[int, int]:
    undone = _told(order, "_comptoir_undone/")
    gone: dict[int, int] = {}
    for each in _told(order, "_comptoir_handed_over/").values():
        if each["handover"] not in undone:
            for line_id, pieces in each[what].items():
                gone[int(line_id)] = gone.get(int(line_id), 0) + pieces
    return gone
