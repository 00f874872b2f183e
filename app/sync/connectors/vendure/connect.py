"""Owns linking a till to a channel of Vendure: what `registry` asks of a connector's package. Changes nothing there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

from app.domain.receipt import ShopIdentity
from app.sync.connectors.codes import read_operation
from app.sync.connectors.offer import REAL_SURROUNDINGS, Opening, Surroundings
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.connector import VendureMarketplace
from app.sync.connectors.vendure.graphql import AdminApi
from app.sync.connectors.vendure.orders import OPEN_STATES
from app.sync.lane_steps import Connection
from app.sync.transport import Transport, checked_address
from app.usecases.link_ports import LinkChoice, LinkFinding, LinkProblem, LinkTested, LinkWish
from app.usecases.ports import MarketplaceRefused, TokenUnknown

NEEDED_PERMISSIONS = (
    "ReadCatalog",
    "UpdateCatalog",
    "ReadOrder",
    "UpdateOrder",
    "ReadCustomer",
    "ReadStockLocation",
    "ReadChannel",
    "ReadSettings",
)
_PERMISSIONS_THAT_COVER = {
    "ReadCatalog": ("ReadProduct",),
    "UpdateCatalog": ("UpdateProduct",),
}
_ORDERS_LOOKED_THROUGH = 200


class _Named(msgspec.Struct):
    name: str = ""
    id: str = ""
    code: str = ""


class _Items(msgspec.Struct):
    items: list[_Named] = []


class _Channel(msgspec.Struct, rename="camel"):
    code: str
    default_currency_code: str = "EUR"


class _OwnChannel(msgspec.Struct):
    code: str
    token: str = ""
    permissions: list[str] = []


class _Me(msgspec.Struct):
    channels: list[_OwnChannel] = []


class _Link(msgspec.Struct, rename="camel"):
    active_channel: _Channel
    stock_locations: _Items
    shipping_methods: _Items
    payment_methods: _Items
    me: _Me | None = None


class _Tracked(msgspec.Struct, rename="camel"):
    tracking_code: str | None = None


class _WithFulfilments(msgspec.Struct):
    fulfillments: list[_Tracked] | None = None


class _OrderItems(msgspec.Struct):
    items: list[_WithFulfilments]


class _Letters(msgspec.Struct):
    orders: _OrderItems


def open_connection(opening: Opening) -> Connection:
    """Raises MarketplaceRefused (`checked_address`)."""
    return VendureMarketplace(opening)


def test_link(
    wish: LinkWish,
    surroundings: Surroundings = REAL_SURROUNDINGS,  # noqa: PT028  # no test function: it tests a link
) -> LinkTested:
    """See `link_ports.LinkTest`."""
    address = checked_address(wish.address)
    transport = Transport(address, adapter=surroundings.adapter, monotonic=surroundings.monotonic, now=surroundings.now)
    api = AdminApi(transport, address, wish.options.get("channel", ""), lambda: wish.credentials, now=surroundings.now)
    try:
        link = _look(api)
        letters = _letters_seen(api)
    finally:
        api.close()
    findings: list[LinkFinding] = []
    location = _chosen("location", wish, [(one.id, one.name) for one in link.stock_locations.items], findings)
    methods = _pickup_methods(wish, link.shipping_methods.items, findings)
    at_counter = _counter_methods(wish, link.payment_methods.items, findings)
    findings += _currency(link) + _permissions(link, wish)
    host = urlsplit(address)
    place = host.netloc.rpartition("@")[2] + host.path
    options = {
        "channel": wish.options.get("channel", ""),
        "location": location,
        "pickup_methods": methods,
        "counter_methods": at_counter,
    }
    return LinkTested(
        shop_id=f"vendure:{place}/{link.active_channel.code}",
        shop=ShopIdentity(name=link.active_channel.code),
        options=options,
        letters_seen=letters,
        findings=findings,
    )


def _look(api: AdminApi) -> _Link:
    try:
        return api.ask(operations.LINK, {}, _Link)
    except TokenUnknown as refusal:
        raise MarketplaceRefused("wrong_login", refusal.detail) from None


def _letters_seen(api: AdminApi) -> frozenset[str]:
    """Of the tills that wrote to the newest orders of this channel."""
    options = {"sort": {"orderPlacedAt": "DESC"}, "take": _ORDERS_LOOKED_THROUGH, "filter": _WRITTEN_TO}
    orders = api.ask(operations.LETTERS, {"options": options}, _Letters).orders.items
    found = (read_operation(one.tracking_code or "") for order in orders for one in order.fulfillments or ())
    return frozenset(operation.letter for operation in found if operation is not None)


_WRITTEN_TO = {"state": {"in": [*OPEN_STATES, "Delivered"]}}


def _chosen(option: str, wish: LinkWish, there: Sequence[tuple[str, str]], findings: list[LinkFinding]) -> str:
    """The code that was wished for, or the only one there is; "" with a finding otherwise."""
    wished = wish.options.get(option, "").strip()
    choices = [LinkChoice(code, name or code) for code, name in there]
    known = {choice.code for choice in choices}
    if wished in known:
        return wished
    if not wished and len(choices) == 1:
        return choices[0].code
    problem = LinkProblem.UNKNOWN if wished else LinkProblem.NEEDED
    findings.append(LinkFinding(problem, option, wished, choices))
    return ""


def _pickup_methods(wish: LinkWish, there: Iterable[_Named], findings: list[LinkFinding]) -> str:
    """Codes of the shipping methods that mean collection: those wished for, or the only one there is."""
    choices = [LinkChoice(one.code, one.name or one.code) for one in there]
    wished = _known_codes("pickup_methods", wish, choices, findings)
    if not wished and len(choices) == 1:
        wished = [choices[0].code]
    if not wished:
        findings.append(LinkFinding(LinkProblem.NEEDED, "pickup_methods", "", choices))
    return ",".join(wished)


def _counter_methods(wish: LinkWish, there: Iterable[_Named], findings: list[LinkFinding]) -> str:
    """Codes of the payment methods by which customers pay at the counter; mostly none."""
    choices = [LinkChoice(one.code, one.name or one.code) for one in there]
    return ",".join(_known_codes("counter_methods", wish, choices, findings))


def _known_codes(option: str, wish: LinkWish, choices: Sequence[LinkChoice], findings: list[LinkFinding]) -> list[str]:
    """The codes that were wished for, with a finding for each that is not there."""
    known = {choice.code for choice in choices}
    wished = [code.strip() for code in wish.options.get(option, "").split(",") if code.strip()]
    findings += [LinkFinding(LinkProblem.UNKNOWN, option, code, choices) for code in wished if code not in known]
    return wished


def _currency(link: _Link) -> list[LinkFinding]:
    currency = link.active_channel.default_currency_code
    return [] if currency == "EUR" else [LinkFinding(LinkProblem.OTHER_CURRENCY, "", currency)]


def _permissions(link: _Link, wish: LinkWish) -> list[LinkFinding]:
    channel = wish.options.get("channel", "")
    own = next((one for one in link.me.channels if channel in (one.token, "")), None) if link.me else None
    if own is None:
        return []  # an API key has no person: what it may not do is found at the first try
    granted = set(own.permissions)
    lacking = [
        name
        for name in NEEDED_PERMISSIONS
        if name not in granted and not granted.intersection(_PERMISSIONS_THAT_COVER.get(name, ()))
    ]
    if "SuperAdmin" in granted:
        return []
    return [LinkFinding(LinkProblem.NOT_ALLOWED, "", name) for name in lacking]
