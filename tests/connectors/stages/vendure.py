"""Vendure as a stage: the one written by hand, with everything nasty that was seen of the real one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path

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
from tests.fakes.fake_vendure import ErrorResult, FakeVendure
from tests.fakes.fake_vendure_api import FakeAdminApi
from tests.fakes.fake_vendure_http import FakeVendureAdapter

ADDRESS = "http://127.0.0.1:1"
_PREFIX = "vendure:"
_IN_SHOP = "pay-in-shop"


@stage("vendure")
def vendure(_folder: Path) -> FakeVendureStage:
    return FakeVendureStage()


class FakeVendureStage:
    """See `Stage`."""

    name = "vendure"
    abilities = abilities_of(MarketplaceKind.VENDURE)
    powers = frozenset(Power) - {Power.PAY_LATER}

    def __init__(self) -> None:
        self.time = StoryTime()
        self.server = FakeVendure(self.time.now)
        self._api = FakeAdminApi(self.server)
        self._linked: list[Till] = []
        self._variants = {
            article.key: self.server.add_variant(
                article.name, article.price_minor, article.vat_rate_bp / 100, article.opening
            )
            for article in ARTICLES
        }

    def product_id(self, article: Article) -> str:
        return _PREFIX + self._variants[article.key]

    # --- a till's way there ---

    def adapter(self) -> BaseAdapter:
        return FakeVendureAdapter(self._api)

    def is_write(self, request: requests.PreparedRequest) -> bool:
        query = str(json.loads(request.body or b"{}").get("query", ""))
        return query.lstrip().startswith("mutation") and "login(" not in query

    def link(self, till: Till, *, only_till: bool) -> None:
        shop = self.server
        wish = LinkWish(
            MarketplaceKind.VENDURE,
            ADDRESS,
            {"user": shop.user, "password": shop.password},
            {"channel": shop.channel_token, "pickup_methods": "click-and-collect", "counter_methods": _IN_SHOP},
        )
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
        if any(self.server.to_sell(self._variants[article.key]) < pieces for article, pieces in lines.items()):
            return None
        order_id = self.server.fill_cart(self._wanted(lines), customer)
        self.server.pay(
            order_id,
            authorise_only=payment in (Payment.AUTHORISED, Payment.AT_COUNTER),
            dated_before_s=late_row_s,
            method=_IN_SHOP if payment is Payment.AT_COUNTER else "paid-online",
        )
        return Placed(_PREFIX + order_id)

    def place_for_delivery(self, lines: Mapping[Article, int]) -> Placed:
        order_id = self.server.fill_cart(self._wanted(lines), method="parcel")
        self.server.pay(order_id)
        return Placed(_PREFIX + order_id)

    def fill_cart(self, lines: Mapping[Article, int]) -> Placed:
        return Placed(_PREFIX + self.server.fill_cart(self._wanted(lines)))

    def pay(self, order_id: str) -> None:
        order = self.server.orders[_raw(order_id)]
        if order.unpaid_edit:
            self.server.pay_edit(order.order_id, "carte")
            self.server.move_order(order.order_id, "PaymentSettled")
        else:
            self.server.pay(order.order_id)

    def cancel(self, order_id: str) -> bool:
        try:
            self.server.cancel(_raw(order_id))
        except ErrorResult:
            return False
        return True

    def refund(self, order_id: str) -> None:
        self.server.refund(_raw(order_id))

    def edit(self, order_id: str, lines: Mapping[Article, int]) -> bool:
        try:
            self.server.edit(_raw(order_id), self._wanted(lines))
        except ErrorResult:
            return False
        return True

    def hand_over_on_site(self, order_id: str) -> None:
        self.server.hand_over_on_site(_raw(order_id))

    def set_level(self, article: Article, level: int) -> None:
        """As a person at the site's own screen: what is in bags there is not on hand any more."""
        self.server.set_level(self._variants[article.key], level - self._in_bags(article))

    def set_price(self, article: Article, price_minor: int) -> None:
        self.server.set_price(self._variants[article.key], price_minor)

    def list_twice(self) -> None:
        self.server.lists_twice = True

    def race(self, writes: int) -> None:
        self.server.races_through = writes

    def spoil(self, order_id: str) -> None:
        self.server.orders[_raw(order_id)].broken = True

    def mend(self, order_id: str) -> None:
        self.server.orders[_raw(order_id)].broken = False

    # --- how it stands there ---

    def order(self, order_id: str) -> OrderThere:
        order = self.server.orders[_raw(order_id)]
        ready, gone = order.units("Pending", "Shipped"), order.units("Delivered")
        keys = {variant_id: key for key, variant_id in self._variants.items()}
        lines = {
            keys[line.variant.variant_id]: LineThere(
                line.quantity, ready.get(line.line_id, 0), gone.get(line.line_id, 0)
            )
            for line in order.lines
            if line.quantity
        }
        has_left = bool(lines) and all(line.handed_over >= line.ordered for line in lines.values())
        return OrderThere(order.state == "Cancelled", max(order.covered, 0), has_left, lines)

    def level(self, article: Article) -> int:
        return self.server.variants[self._variants[article.key]].on_hand + self._in_bags(article)

    def _in_bags(self, article: Article) -> int:
        """What the site's stock has let go and nobody has collected: not of a cancelled order, which gave it back."""
        bags = 0
        for order in self.server.orders.values():
            ready, gone = order.units("Pending", "Shipped"), order.units("Delivered")
            for line in order.lines:
                if line.variant.variant_id == self._variants[article.key] and order.state != "Cancelled":
                    bags += max(min(ready.get(line.line_id, 0), line.quantity - gone.get(line.line_id, 0)), 0)
        return bags

    # --- its machine ---

    def restart(self) -> None:
        """Sessions are kept on its disk; what is cached of them is not."""

    def close(self) -> None:
        pass

    def _wanted(self, lines: Mapping[Article, int]) -> dict[str, int]:
        return {self._variants[article.key]: pieces for article, pieces in lines.items()}


def _raw(order_id: str) -> str:
    return order_id.removeprefix(_PREFIX)
