"""Owns which connector a till's link needs, and the opening of it: every caller that talks to the marketplace of this
till comes here. Never talks itself.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from app.sync.client import HttpMarketplace
from app.sync.connectors.offer import REAL_SURROUNDINGS, Connector, Opening, Surroundings
from app.sync.lane_steps import Connection
from app.usecases.connector_ports import ConnectorBooks, MarketplaceKind
from app.usecases.link_ports import LinkTested, LinkWish
from app.usecases.ports import KeyStoreUnavailable, MarketplaceRefused, Secrets
from app.usecases.queries import Queries

_PLACES: Mapping[MarketplaceKind, str] = {
    MarketplaceKind.VENDURE: "app.sync.connectors.vendure.connect",
    MarketplaceKind.WOOCOMMERCE: "app.sync.connectors.woocommerce.connect",
}


def connect_paired(
    queries: Queries, secrets: Secrets, books: ConnectorBooks, surroundings: Surroundings = REAL_SURROUNDINGS
) -> Connection:
    """The connection of a till to the marketplace it is linked with, whichever kind that is.

    Raises:
        MarketplaceRefused: `not_paired`, or the stored address may not be used (`checked_address`).
        StoreUnavailable, KeyStoreUnavailable: who we are cannot be read.
    """
    identity, linked = queries.identity(), queries.linked()
    if not identity.marketplace_url or secrets.device_token() is None:
        raise MarketplaceRefused("not_paired")
    if linked.kind is MarketplaceKind.COMPTOIR:
        return HttpMarketplace(
            identity.marketplace_url,
            secrets.device_token,
            adapter=surroundings.adapter,
            monotonic=surroundings.monotonic,
            now=surroundings.now,
        )
    return _connector(linked.kind).open_connection(
        Opening(
            address=identity.marketplace_url,
            credentials=partial(_credentials, secrets.device_token),
            options=linked.options,
            only_till=lambda: queries.linked().only_till,
            till=identity,
            books=books,
            pickup_keys=secrets,
            surroundings=surroundings,
        )
    )


def check_link(wish: LinkWish, surroundings: Surroundings = REAL_SURROUNDINGS) -> LinkTested:
    """Ask the marketplace that a person wishes to link this till to; see `link_ports.LinkTest`."""
    return _connector(wish.kind).test_link(wish, surroundings)


def _connector(kind: MarketplaceKind) -> Connector:
    return cast(Connector, importlib.import_module(_PLACES[kind]))


def _credentials(secret: Callable[[], str | None]) -> Mapping[str, str]:
    text = secret()
    if not text:
        raise MarketplaceRefused("not_paired")
    try:
        return {str(name): str(value) for name, value in json.loads(text).items()}
    except (ValueError, AttributeError) as error:
        raise KeyStoreUnavailable("unreadable", type(error).__name__) from error
