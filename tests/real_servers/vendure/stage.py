"""The real Vendure as a stage of the connector kit: one seller of its own for each story, on a server they share."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from app.domain.join_code import JoinCode
from app.sync.connectors.offer import Surroundings
from app.sync.connectors.registry import check_link, connect_paired
from app.sync.lane_steps import Connection
from app.usecases.connector_kinds import abilities_of
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.link_marketplace import LinkDone, LinkRequest, give_join_code, link_marketplace, text_of
from app.usecases.link_ports import LinkWish
from tests.connectors.kit import stage as kit
from tests.connectors.kit.clock import StoryTime
from tests.connectors.kit.till import Till
from tests.real_servers.fault_proxy import FaultProxy
from tests.real_servers.vendure.back_office import BackOffice, is_possible
from tests.real_servers.vendure.graphql import ErrorResult
from tests.real_servers.vendure.seed import COUNTER_METHOD, PASSWORD, PICKUP_METHOD, Article, Seller, Site, open_seller
from tests.real_servers.vendure.server import VendureServer
from tests.real_servers.vendure.shop_front import Customer, Paying

ADDRESS = "http://127.0.0.1:1"
"""Where tills think it is: the server has another port after each start."""
_PREFIX = "vendure:"
_PAYING = {
    kit.Payment.PAID: Paying.NOW,
    kit.Payment.AUTHORISED: Paying.AUTHORISED,
    kit.Payment.AT_COUNTER: Paying.IN_SHOP,
}
_POWERS = frozenset(
    {
        kit.Power.AUTHORISE,
        kit.Power.AT_COUNTER,
        kit.Power.COUNTER_MONEY,
        kit.Power.CANCEL,
        kit.Power.REFUND,
        kit.Power.EDIT,
        kit.Power.SET_LEVEL,
        kit.Power.SET_PRICE,
        kit.Power.DELIVERY,
        kit.Power.CART,
        kit.Power.FULFIL_ON_SITE,
        kit.Power.RESTART,
        kit.Power.TWO_TILLS,
    }
)


class VendureStage:
    """See `kit.Stage`. `seller`: whose shop it is."""

    def __init__(self, server: VendureServer, site: Site, code: str, network: FaultProxy | None = None) -> None:
        """Args: code: names the seller, once on the server; network: between tills and server, if there is one."""
        self.abilities = abilities_of(MarketplaceKind.VENDURE)
        self.powers = _POWERS
        self.name = f"vendure-{server.database}"
        self.time = StoryTime(is_real=True)
        self._server = server
        self._network = network
        self._address = network.base_url if network else ADDRESS
        self.seller = open_seller(site, code, [_article(article) for article in kit.ARTICLES])
        self._office = BackOffice(self.seller)
        self._linked: list[Till] = []
        self._carts: dict[str, Customer] = {}
        self._adapters: list[HTTPAdapter] = []

    def product_id(self, article: kit.Article) -> str:
        return _PREFIX + self._variant(article)

    # --- a till's way there ---

    def adapter(self) -> BaseAdapter:
        adapter = HTTPAdapter() if self._network else _ToWhereItIs(self._server)
        self._adapters.append(adapter)
        return adapter

    def is_write(self, request: requests.PreparedRequest) -> bool:
        query = str(json.loads(request.body or b"{}").get("query", ""))
        return query.lstrip().startswith("mutation") and "login(" not in query

    def link(self, till: Till, *, only_till: bool) -> None:
        request = LinkRequest(
            link_wish(self.seller, self._address),
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
        lines: Mapping[kit.Article, int],
        payment: kit.Payment,
        *,
        customer: str = "Camille Martin",
        late_row_s: float = 0.0,
    ) -> kit.Placed | None:
        assert not late_row_s, "the dates of a real server are its own"
        visit = self._visit(customer)
        try:
            visit.fill_basket(self._wanted(lines))
        except ErrorResult:
            return None
        visit.check_out(self.seller.pickup_method_id)
        return kit.Placed(_PREFIX + visit.pay(_PAYING[payment]).order_id)

    def place_for_delivery(self, lines: Mapping[kit.Article, int]) -> kit.Placed:
        visit = self._visit()
        visit.fill_basket(self._wanted(lines))
        visit.check_out(self.seller.delivery_method_id)
        return kit.Placed(_PREFIX + visit.pay().order_id)

    def fill_cart(self, lines: Mapping[kit.Article, int]) -> kit.Placed:
        visit = self._visit()
        visit.fill_basket(self._wanted(lines))
        placed = visit.check_out(self.seller.pickup_method_id)
        order_id = _PREFIX + placed.order_id
        self._carts[order_id] = visit
        return kit.Placed(order_id)

    def pay(self, order_id: str) -> None:
        if order_id in self._carts:
            self._carts.pop(order_id).pay()
        else:
            self._office.settle(_raw(order_id))

    def cancel(self, order_id: str) -> bool:
        return is_possible(partial(self._office.cancel, _raw(order_id)))

    def refund(self, order_id: str) -> None:
        self._office.refund(_raw(order_id))

    def edit(self, order_id: str, lines: Mapping[kit.Article, int]) -> bool:
        return is_possible(partial(self._office.edit, _raw(order_id), self._wanted(lines)))

    def hand_over_on_site(self, order_id: str) -> None:
        self._office.collected(_raw(order_id))

    def set_level(self, article: kit.Article, level: int) -> None:
        self._office.count(self._variant(article), level)

    def set_price(self, article: kit.Article, price_minor: int) -> None:
        self._office.set_price(self._variant(article), price_minor)

    def list_twice(self) -> None:
        raise NotImplementedError("its lists are its own")

    def race(self, writes: int) -> None:
        raise NotImplementedError("its races are its own")

    def spoil(self, order_id: str) -> None:
        raise NotImplementedError("its own API lets nobody write nonsense")

    def mend(self, order_id: str) -> None:
        raise NotImplementedError("its own API lets nobody write nonsense")

    # --- how it stands there ---

    def order(self, order_id: str) -> kit.OrderThere:
        seen = self._office.order(_raw(order_id))
        lines = {
            article.key: kit.LineThere(line.ordered, line.ready, line.collected)
            for article in kit.ARTICLES
            if (line := seen.lines.get(self._variant(article))) is not None
        }
        has_left = bool(lines) and all(line.handed_over >= line.ordered for line in lines.values())
        return kit.OrderThere(seen.state == "Cancelled", seen.paid_minor, has_left, lines)

    def level(self, article: kit.Article) -> int:
        return self._office.level(self._variant(article))

    # --- its machine ---

    def restart(self) -> None:
        self._server.kill()
        self._server.start()

    def close(self) -> None:
        for adapter in self._adapters:
            adapter.close()

    # --- inside ---

    def _visit(self, customer: str = "Camille Martin") -> Customer:
        return Customer(self.seller.site.base_url, self.seller.channel_token, customer)

    def _variant(self, article: kit.Article) -> str:
        return self.seller.variant_ids[article.key]

    def _wanted(self, lines: Mapping[kit.Article, int]) -> dict[str, int]:
        return {self._variant(article): pieces for article, pieces in lines.items()}


class _ToWhereItIs(HTTPAdapter):
    """Carries requests to the server, wherever it has just been started."""

    def __init__(self, server: VendureServer) -> None:
        super().__init__()
        self._server = server

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = self._server.base_url + urlsplit(request.url or "").path
        return super().send(request, *args, **kwargs)


def link_wish(seller: Seller, address: str) -> LinkWish:
    """What the shop's person enters to link a till."""
    return LinkWish(
        MarketplaceKind.VENDURE,
        address,
        {"user": seller.user, "password": PASSWORD},
        {
            "channel": seller.channel_token,
            "location": seller.stock_location_id,
            "pickup_methods": PICKUP_METHOD,
            "counter_methods": COUNTER_METHOD,
        },
    )


def _article(article: kit.Article) -> Article:
    return Article(article.key, article.name, article.price_minor, article.vat_rate_bp / 100, article.opening)


def _raw(order_id: str) -> str:
    return order_id.removeprefix(_PREFIX)
