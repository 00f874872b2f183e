"""Owns what linking a till to somebody else's marketplace asks of a connector, and what it answers. Holds no
implementation, never says how a marketplace is asked (that is `sync`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.domain.receipt import ShopIdentity
from app.usecases.connector_ports import MarketplaceKind


@dataclass(frozen=True, slots=True)
class LinkWish:
    """What a person entered.

    Attributes:
        address: where the marketplace is, http(s).
        credentials: what opens the door, by the connector's own names (`user`, `password`...). Secret.
        options: by the connector's own names (`channel`, `location`, `pickup_methods`...); several codes are separated
            by commas. What is missing or "" the connector fills in if there is only one choice.
    """

    kind: MarketplaceKind
    address: str
    credentials: Mapping[str, str] = field(repr=False)
    options: Mapping[str, str]


class LinkProblem(StrEnum):
    """What must be put right before a till can be linked."""

    UNKNOWN = "unknown"
    """There is no such channel, location, method: `about` says which."""
    NEEDED = "needed"
    """It must be chosen, there are several or none."""
    NOT_ALLOWED = "not_allowed"
    """This account may not do it; `about` names the right as the marketplace calls it."""
    OTHER_CURRENCY = "other_currency"
    """Not in euros; `about` is the currency."""


@dataclass(frozen=True, slots=True)
class LinkChoice:
    """One of several: `code` is what is kept, `name` what people call it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkFinding:
    """`option`: which field of the wish it is about, "" for none."""

    problem: LinkProblem
    option: str = ""
    about: str = ""
    choices: Sequence[LinkChoice] = ()


@dataclass(frozen=True, slots=True)
class LinkTested:
    """What a marketplace says of a link that is wished for. Nothing was changed there.

    Attributes:
        shop_id: unique among all marketplaces, `vendure:<host>/<channel code>`.
        shop: as the marketplace calls it; mostly the name alone.
        options: complete and checked, if there is no finding.
        letters_seen: of tills that wrote there.
        findings: what is to be put right; none: it can be linked.
    """

    shop_id: str
    shop: ShopIdentity
    options: Mapping[str, str]
    letters_seen: frozenset[str] = frozenset()
    findings: Sequence[LinkFinding] = ()


class LinkTest(Protocol):
    def __call__(self, wish: LinkWish) -> LinkTested:
        """Ask the marketplace, change nothing.

        Raises:
            MarketplaceUnreachable: it does not answer.
            MarketplaceRefused: `bad_address`, `insecure_address`, `wrong_login`: it does not know these credentials;
                `gone`: there is no such marketplace at this address.
        """
