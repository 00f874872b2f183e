"""Owns linking a till to a channel of Vendure: what `registry` asks of a connector's package. Changes nothing there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from urllib.parse import urlsplit

import msgspec

from app.domain.receipt import ShopIdentity
from app.sync.connectors.codes import read_operation
from app.sync.connectors.declined import answers_expected
from app.sync.connectors.offer import REAL_SURROUNDINGS, Opening, Surroundings
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.connector import VendureMarketplace
from app.sync.connectors.vendure.graphql import AdminApi, OwnChannel
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
_DEFAULT_CHANNEL = "__default_channel__"
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


class _Link(msgspec.Struct, rename="camel"):
    active_channel: _Channel
    stock_locations: _Items
    shipping_methods: _Items
    payment_methods: _Items


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
    asked = partial(AdminApi, transport, address, credentials=lambda: wish.credentials, now=surroundings.now)
    try:
        with answers_expected():
            own = asked("").own_channels()
            findings: list[LinkFinding] = []
            channel = _channel(wish, own, findings)
            findings += [] if findings else _permissions(channel, own)
            if findings:
                return LinkTested("", ShopIdentity(""), {**wish.options, "channel": channel}, findings=findings)
            api = asked(channel)
            return _tested(address, wish, channel, api.ask(operations.LINK, {}, _Link), _letters_seen(api))
    except TokenUnknown as refusal:
        raise MarketplaceRefused("wrong_login", refusal.detail) from None
    except MarketplaceRefused as refusal:
        if refusal.reason != "revoked":
            raise
        raise MarketplaceRefused("wrong_login", refusal.detail) from None  # an API key that opens nothing here
    finally:
        transport.close()


def _tested(address: str, wish: LinkWish, channel: str, link: _Link, letters: frozenset[str]) -> LinkTested:
    findings: list[LinkFinding] = []
    options = {
        "channel": channel,
        "location": _chosen("location", wish, [(one.id, one.name) for one in link.stock_locations.items], findings),
        "pickup_methods": _pickup_methods(wish, link.shipping_methods.items, findings),
        "counter_methods": _counter_methods(wish, link.payment_methods.items, findings),
    }
    host = urlsplit(address)
    place = host.netloc.rpartition("@")[2] + host.path
    return LinkTested(
        shop_id=f"vendure:{place}/{link.active_channel.code}",
        shop=ShopIdentity(name=link.active_channel.code),
        options=options,
        letters_seen=letters,
        findings=findings + _currency(link),
    )


def _channel(wish: LinkWish, own: Sequence[OwnChannel], findings: list[LinkFinding]) -> str:
    """The token of the seller's channel: wished for by its token or its code, or the only one this user has."""
    wished = wish.options.get("channel", "").strip()
    if not own:
        return wished  # an API key: what it may not do is found at the first try
    found = next((one.token for one in own if wished in (one.token, one.code)), "")
    sellers = [one for one in own if one.code != _DEFAULT_CHANNEL] or list(own)
    if not wished and len(sellers) == 1:
        found = sellers[0].token
    if not found:
        problem = LinkProblem.UNKNOWN if wished else LinkProblem.NEEDED
        findings.append(LinkFinding(problem, "channel", wished, [LinkChoice(one.token, one.code) for one in sellers]))
    return found


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


def _permissions(channel: str, own: Sequence[OwnChannel]) -> list[LinkFinding]:
    granted = {permission for one in own if one.token == channel for permission in one.permissions}
    if not own or "SuperAdmin" in granted:
        return []
    return [
        LinkFinding(LinkProblem.NOT_ALLOWED, "", name)
        for name in NEEDED_PERMISSIONS
        if name not in granted and not granted.intersection(_PERMISSIONS_THAT_COVER.get(name, ()))
    ]
