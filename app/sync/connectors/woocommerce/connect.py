"""Owns linking a till to a WooCommerce: what `registry` asks of a connector's package. Changes nothing there."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from app.domain.receipt import ShopIdentity
from app.sync.connectors.declined import Declined, answers_expected
from app.sync.connectors.offer import REAL_SURROUNDINGS, Opening, Surroundings
from app.sync.connectors.woocommerce.connector import WooMarketplace
from app.sync.connectors.woocommerce.marks import order_marks
from app.sync.connectors.woocommerce.orders import LISTED_STATUSES
from app.sync.connectors.woocommerce.rest import PAGE, RestApi
from app.sync.connectors.woocommerce.wire import Anything, WireMeta, WireSystemStatus
from app.sync.lane_steps import Connection
from app.sync.transport import Transport, checked_address
from app.usecases.link_ports import LinkFinding, LinkProblem, LinkTested, LinkWish
from app.usecases.ports import MarketplaceRefused

PICKUP_METHODS = ("local_pickup", "pickup_location")
"""Of the classic checkout, and of the one made of blocks: a shop may have orders of both."""
_RIGHT_TO_WRITE = "read_write"


class _Written(msgspec.Struct):
    meta_data: list[WireMeta] = []


def open_connection(opening: Opening) -> Connection:
    """Raises MarketplaceRefused (`checked_address`)."""
    return WooMarketplace(opening)


def test_link(
    wish: LinkWish,
    surroundings: Surroundings = REAL_SURROUNDINGS,  # noqa: PT028  # no test function: it tests a link
) -> LinkTested:
    """See `link_ports.LinkTest`."""
    address = checked_address(wish.address)
    transport = Transport(address, adapter=surroundings.adapter, monotonic=surroundings.monotonic, now=surroundings.now)
    api = RestApi(transport, address, lambda: wish.credentials, now=surroundings.now)
    try:
        with answers_expected():
            return _tested(api, address, wish)
    except MarketplaceRefused as refusal:
        if refusal.reason != "revoked":
            raise
        raise MarketplaceRefused("wrong_login", refusal.detail) from None
    finally:
        api.close()


def _tested(api: RestApi, address: str, wish: LinkWish) -> LinkTested:
    status = api.get("/system_status", WireSystemStatus, {"_fields": "environment,settings"})
    currency = status.settings.currency
    findings = [] if currency == "EUR" else [LinkFinding(LinkProblem.OTHER_CURRENCY, "", currency)]
    if not _may_write(api):
        findings.append(LinkFinding(LinkProblem.NOT_ALLOWED, "", _RIGHT_TO_WRITE))
    host = urlsplit(address)
    place = host.netloc.rpartition("@")[2] + host.path
    wished = [code.strip() for code in wish.options.get("pickup_methods", "").split(",") if code.strip()]
    return LinkTested(
        shop_id=f"woocommerce:{place}",
        shop=ShopIdentity(name=api.site_name() or place),
        options={"pickup_methods": ",".join(wished or PICKUP_METHODS)},
        letters_seen=_letters_seen(api),
        findings=findings,
    )


def _may_write(api: RestApi) -> bool:
    """Asks for a change of no article at all: a key that may only read is refused before that is looked at."""
    try:
        api.change("POST", "/products/batch", {"update": []}, Anything)
    except MarketplaceRefused as refusal:
        if refusal.reason != "revoked":
            raise
        return False
    except Declined:
        pass  # it may, and there was nothing to change
    return True


def _letters_seen(api: RestApi) -> frozenset[str]:
    """Of the tills that wrote to the orders changed last."""
    query = {
        "orderby": "modified",
        "order": "desc",
        "per_page": str(PAGE),
        "status": ",".join(LISTED_STATUSES),
        "_fields": "meta_data",
    }
    written = api.get("/orders", list[_Written], query)
    return frozenset(letter for order in written for letter in order_marks(order.meta_data).letters)
