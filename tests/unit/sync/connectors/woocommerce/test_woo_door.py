"""How the door to a WooCommerce is opened, what its refusals mean, and how its lists are read to the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import requests
from requests.adapters import BaseAdapter

from app.sync.connectors.declined import Declined
from app.sync.connectors.offer import Surroundings
from app.sync.connectors.woocommerce import connect
from app.sync.connectors.woocommerce.rest import RestApi, oauth_signed
from app.sync.connectors.woocommerce.wire import Anything, WireProduct
from app.sync.transport import Transport
from app.ui.messages import describe_failure
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.link_ports import LinkProblem, LinkTested, LinkWish
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from tests.connectors.kit.wire import answer_made_up
from tests.fakes.fake_woocommerce import FakeWooCommerce
from tests.fakes.fake_woocommerce_http import FakeWooAdapter

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PLAIN, SAFE = "http://127.0.0.1:1", "https://boutique.example"


@pytest.fixture
def shop() -> FakeWooCommerce:
    return FakeWooCommerce(lambda: NOW)


def api_of(
    shop: FakeWooCommerce,
    address: str = SAFE,
    *,
    adapter: BaseAdapter | None = None,
    now: Callable[[], datetime] = lambda: NOW,
    secret: str = "",
) -> RestApi:
    credentials = {"consumer_key": shop.key, "consumer_secret": secret or shop.secret}
    return RestApi(Transport(address, adapter=adapter or FakeWooAdapter(shop)), address, lambda: credentials, now=now)


def link_to(shop: FakeWooCommerce, address: str = SAFE, **options: str) -> LinkTested:
    credentials = {"consumer_key": shop.key, "consumer_secret": shop.secret}
    wish = LinkWish(MarketplaceKind.WOOCOMMERCE, address, credentials, options)
    return connect.test_link(wish, Surroundings(now=lambda: NOW, adapter=FakeWooAdapter(shop)))


@dataclass
class Answering(BaseAdapter):
    """Answers each request the same."""

    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        return answer_made_up(request, self.status, self.headers, self.body)

    def close(self) -> None:
        pass


def test_the_signature_is_that_of_the_standard() -> None:
    """The same words signed with `openssl dgst -sha256 -hmac`."""
    query = {"status": "on-hold,processing", "page": "1"}
    at = datetime.fromtimestamp(1_700_000_000, UTC)
    signed = oauth_signed("get", "http://127.0.0.1/wp-json/wc/v3/orders", query, "ck_a", "cs_b", at, "abc")
    assert signed["oauth_timestamp"] == "1700000000"
    assert signed["oauth_signature"] == SIGNED_ELSEWHERE


SIGNED_ELSEWHERE = "MNj6anQ8kNOAgs5sBCtt1oKBlJvZt5dr6Kf64bcLY80="


@pytest.mark.parametrize("address", [PLAIN, SAFE, f"{PLAIN}/boutique"])
def test_both_doors_open(shop: FakeWooCommerce, address: str) -> None:
    assert api_of(shop, address).get("/products", list[WireProduct]) == []


def test_over_tls_nothing_secret_is_in_the_address(shop: FakeWooCommerce) -> None:
    adapter = FakeWooAdapter(shop)
    api_of(shop, adapter=adapter).get("/products", list[WireProduct])
    assert all(shop.key not in asked and shop.secret not in asked for asked in adapter.asked)


@pytest.mark.parametrize("minutes", [-120, -20, 20, 600])
def test_a_clock_that_is_off_is_made_up_for(shop: FakeWooCommerce, minutes: int) -> None:
    api = api_of(shop, PLAIN, now=lambda: NOW + timedelta(minutes=minutes))
    assert api.get("/products", list[WireProduct]) == []
    reading = api.clock_reading
    assert reading is not None
    assert reading.skew == timedelta(minutes=minutes)


def test_a_clock_that_cannot_be_made_up_for_is_told_with_the_difference() -> None:
    refusal = b'{"code":"woocommerce_rest_authentication_error","message":"Invalid timestamp."}'
    adapter = Answering(401, refusal, [("Date", "Mon, 23 Nov 2026 09:00:00 GMT")])
    with pytest.raises(MarketplaceRefused) as refused:
        api_of(FakeWooCommerce(lambda: NOW), PLAIN, adapter=adapter).get("/orders", Anything)
    assert refused.value.reason == "clock_wrong"
    assert describe_failure(refused.value).replace("\u00a0", " ").count("1 h") == 1


def test_a_lack_of_rights_over_http_is_one_of_transport() -> None:
    adapter = Answering(401, b'{"code":"woocommerce_rest_cannot_view","message":"Sorry"}')
    with pytest.raises(MarketplaceRefused) as refused:
        api_of(FakeWooCommerce(lambda: NOW), PLAIN, adapter=adapter).get("/orders", Anything)
    assert refused.value.reason == "not_over_http"
    assert "https://" in describe_failure(refused.value)


def test_a_wrong_secret_is_refused_at_both_doors(shop: FakeWooCommerce) -> None:
    for address in (PLAIN, SAFE):
        with pytest.raises(MarketplaceRefused) as refused:
            api_of(shop, address, secret="cs_other").get("/orders", Anything)
        assert refused.value.reason == "revoked"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (502, b"<h1>Bad Gateway</h1>", "server_error"),
        (500, b'{"code":"internal_server_error","message":"..."}', "server_error"),
        (429, b"{}", "rate_limited"),
        (200, b"<html>Log in to the hotel</html>", "not_understood"),
        (302, b"", "not_understood"),
        (403, b"<html>Blocked</html>", "not_understood"),
        (200, b'[{"id":', "not_understood"),
        (418, b"{}", "not_understood"),
    ],
)
def test_what_says_nothing_of_the_site_is_no_answer(status: int, body: bytes, reason: str) -> None:
    with pytest.raises(MarketplaceUnreachable) as failure:
        api_of(FakeWooCommerce(lambda: NOW), adapter=Answering(status, body)).get("/orders", list[Anything])
    assert failure.value.reason == reason


def test_its_own_refusals_are_told_by_their_keyword(shop: FakeWooCommerce) -> None:
    api = api_of(shop)
    with pytest.raises(Declined) as declined:
        api.get("/products", list[WireProduct], {"per_page": "101"})
    assert (declined.value.status, declined.value.code) == (400, "rest_invalid_param")
    assert api.get_or_none("/orders/99", Anything) is None
    with pytest.raises(MarketplaceRefused) as gone:
        api.get("/orders/1/fulfillments", Anything)
    assert gone.value.reason == "gone"


def test_pages_are_counted_and_the_next_link_is_not_followed(shop: FakeWooCommerce) -> None:
    for number in range(205):
        shop.add_product(f"Article {number}", 100, 20.0, 1)
    adapter = FakeWooAdapter(shop)
    pages = [len(page) for page in api_of(shop, PLAIN, adapter=adapter).pages("/products", {"orderby": "id"})]
    assert pages == [100, 100, 5]
    assert len(adapter.asked) == 3


def test_nothing_is_left_out_of_a_whole_list_because_something_was_deleted_meanwhile(shop: FakeWooCommerce) -> None:
    ids = [shop.add_product(f"Article {number}", 100, 20.0, 1) for number in range(205)]
    listed: list[int] = []
    for page in api_of(shop).whole_list("/products", {"orderby": "id", "order": "asc"}):
        listed += [msgspec.json.decode(raw)["id"] for raw in page]
        shop.products.pop(ids[3], None)
    assert set(listed) == set(ids)


def test_an_empty_list_is_one_page(shop: FakeWooCommerce) -> None:
    assert list(api_of(shop).pages("/products", {})) == [[]]


# --- the link ---


def test_a_link_is_complete_with_a_key_alone(shop: FakeWooCommerce) -> None:
    found = link_to(shop, f"{PLAIN}/boutique")
    assert not found.findings
    assert found.shop_id == "woocommerce:127.0.0.1:1/boutique"
    assert found.shop.name == "La Boutique de Lyon"
    assert found.options == {"pickup_methods": "local_pickup,pickup_location"}
    assert link_to(shop, pickup_methods=" local_pickup:3 ,").options == {"pickup_methods": "local_pickup:3"}


def test_a_key_that_may_only_read_is_not_enough(shop: FakeWooCommerce) -> None:
    shop.may_write = False
    assert [(one.problem, one.about) for one in link_to(shop).findings] == [(LinkProblem.NOT_ALLOWED, "read_write")]


def test_a_shop_in_another_currency_is_not_linked(shop: FakeWooCommerce) -> None:
    shop.currency = "CHF"
    assert [one.problem for one in link_to(shop).findings] == [LinkProblem.OTHER_CURRENCY]


def test_a_wrong_key_is_a_wrong_login(shop: FakeWooCommerce) -> None:
    shop_with_other_key = FakeWooCommerce(lambda: NOW)
    shop_with_other_key.secret = "cs_other"
    wish = LinkWish(MarketplaceKind.WOOCOMMERCE, SAFE, {"consumer_key": shop.key, "consumer_secret": shop.secret}, {})
    with pytest.raises(MarketplaceRefused) as refused:
        connect.test_link(wish, Surroundings(now=lambda: NOW, adapter=FakeWooAdapter(shop_with_other_key)))
    assert refused.value.reason == "wrong_login"


def test_letters_of_tills_that_wrote_there_are_seen(shop: FakeWooCommerce) -> None:
    order_id = shop.place({shop.add_product("Pain", 450, 5.5, 9): 1})
    value = '{"handover":"h","lines":{},"never":{},"at":"2026-11-23T10:00:00+00:00"}'
    shop.change_order(order_id, {"meta_data": [{"key": "_comptoir_handed_over/cmp1/B/fact-1", "value": value}]})
    assert link_to(shop).letters_seen == frozenset("B")
