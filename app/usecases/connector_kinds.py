"""Owns what is known of each kind of marketplace before it is asked anything: what it can do, and what a link to it
needs. Never asks it, never says it to people (`ui.link_words` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.abilities import ALL_ABILITIES, Ability
from app.usecases.connector_ports import MarketplaceKind

CODE_PAGE_OPTION = "code_page_url"
"""Where a page shows the QR of a code that is written after it, if the town runs one for this shop. The connector has
no use for it."""

_ABILITIES: Mapping[MarketplaceKind, frozenset[Ability]] = {
    MarketplaceKind.COMPTOIR: ALL_ABILITIES,
    MarketplaceKind.VENDURE: frozenset({Ability.READY_STATE, Ability.PARTIAL_HANDOVER}),
    MarketplaceKind.WOOCOMMERCE: frozenset({Ability.READY_STATE, Ability.PARTIAL_HANDOVER}),
}


def abilities_of(kind: MarketplaceKind) -> frozenset[Ability]:
    """What a marketplace of this kind can do; its connector says the same when it is open."""
    return _ABILITIES[kind]


LINKABLE = (MarketplaceKind.VENDURE, MarketplaceKind.WOOCOMMERCE)
"""The kinds a person can link a till to by a connector; the reference marketplace gives a pairing code instead."""


@dataclass(frozen=True, slots=True)
class LinkField:
    """Something a person enters to link a till.

    Attributes:
        name: its key among the credentials or the options.
        credential: opens the door, so it goes into the key store; otherwise an option.
        hidden: not shown while it is typed.
        optional: the marketplace mostly has one choice only, which is then taken.
    """

    name: str
    credential: bool = False
    hidden: bool = False
    optional: bool = False


_FIELDS: Mapping[MarketplaceKind, tuple[LinkField, ...]] = {
    MarketplaceKind.COMPTOIR: (),
    MarketplaceKind.VENDURE: (
        LinkField("user", credential=True),
        LinkField("password", credential=True, hidden=True),
        LinkField("channel"),
        LinkField("location", optional=True),
        LinkField("pickup_methods", optional=True),
        LinkField("counter_methods", optional=True),
        LinkField(CODE_PAGE_OPTION, optional=True),
    ),
    MarketplaceKind.WOOCOMMERCE: (
        LinkField("consumer_key", credential=True),
        LinkField("consumer_secret", credential=True, hidden=True),
        LinkField("pickup_methods", optional=True),
        LinkField(CODE_PAGE_OPTION, optional=True),
    ),
}


def fields_of(kind: MarketplaceKind) -> tuple[LinkField, ...]:
    """What is entered beside the address; none for the reference marketplace, which gives a pairing code."""
    return _FIELDS[kind]
