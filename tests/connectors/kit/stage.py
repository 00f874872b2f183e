"""Owns what a story may ask of a marketplace, whichever it is: what customers and the shop's people do on its site, and
how it stands there, read without the connector. Never says how a till speaks to it but for opening the connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import requests
from requests.adapters import BaseAdapter

from app.domain.abilities import Ability
from app.sync.lane_steps import Connection
from tests.connectors.kit.clock import StoryTime

if TYPE_CHECKING:
    from tests.connectors.kit.till import Till


@dataclass(frozen=True, slots=True)
class Article:
    """One of the kit's articles: every stage sells them, by the piece.

    Attributes:
        price_minor: VAT included.
        opening: how many are in the shop when a story begins.
    """

    key: str
    name: str
    price_minor: int
    vat_rate_bp: int
    opening: int


BREAD = Article("bread", "Pain de campagne", 450, 550, 20)
CHEESE = Article("cheese", "Maroilles fermier", 800, 550, 12)
CANDLE = Article("candle", "Bougie parfumée", 600, 2000, 30)
ARTICLES = (BREAD, CHEESE, CANDLE)


class Payment(StrEnum):
    """How an order stands with its money when it is placed."""

    PAID = "paid"
    AUTHORISED = "authorised"
    """The bank has agreed, nothing is cashed yet."""
    LATER = "later"
    """On line, but not yet: a transfer that is awaited, a card form that stands open."""
    AT_COUNTER = "at_counter"


class Power(StrEnum):
    """What a site lets customers and the shop's people do, and what a stage can do to a server."""

    PAY_LATER = "pay_later"
    AUTHORISE = "authorise"
    AT_COUNTER = "at_counter"
    COUNTER_MONEY = "counter_money"
    """What was paid at one till the site tells the others."""
    CANCEL = "cancel"
    REFUND = "refund"
    EDIT = "edit"
    PAY_EDIT = "pay_edit"
    """What an edit made dearer can be paid on line."""
    SET_LEVEL = "set_level"
    SET_PRICE = "set_price"
    DELIVERY = "delivery"
    CART = "cart"
    """An order that is only a basket yet can be seen by whoever asks for orders."""
    LATE_ROWS = "late_rows"
    """An order can show up later than its date says."""
    LISTED_TWICE = "listed_twice"
    """A list can bring one record twice."""
    SPOIL = "spoil"
    """A record can be made senseless, and be mended."""
    FULFIL_ON_SITE = "fulfil_on_site"
    """The shop's people can say on the site that goods were handed over."""
    RESTART = "restart"
    TWO_TILLS = "two_tills"
    RACES = "races"
    """Two writes at one instant can both be taken."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An order as its customer knows it. `order_id`: as tills will know it; `pickup_code`: "" if there is none."""

    order_id: str
    pickup_code: str = ""


@dataclass(frozen=True, slots=True)
class LineThere:
    """Pieces of a line as the site has it. `ready`: wait for the customer (all or nothing where it knows no parts)."""

    ordered: int
    ready: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class OrderThere:
    """`lines`: by the article's key, those taken out left out; `has_left`: the site calls the whole order collected."""

    cancelled: bool
    paid_minor: int
    has_left: bool
    lines: Mapping[str, LineThere] = field(default_factory=dict)


class Stage(Protocol):
    """A marketplace for one story, with one shop and the kit's articles at their opening levels.

    Attributes:
        name: as in test ids.
        time: the story's.
        abilities: of the connector, as it declares them.
        powers: of the site and the stage.
    """

    name: str
    time: StoryTime
    abilities: frozenset[Ability]
    powers: frozenset[Power]

    def product_id(self, article: Article) -> str:
        """As tills know it."""

    # --- a till's way there ---

    def adapter(self) -> BaseAdapter:
        """Carries a till's requests to the server."""

    def is_write(self, request: requests.PreparedRequest) -> bool:
        """Whether the request changes something there."""

    def link(self, till: Till, *, only_till: bool) -> None:
        """Link a new till to the shop, as its person does, through `till.wire`."""

    def connect(self, till: Till) -> Connection:
        """What the linked till's program opens at each start, through `till.wire`."""

    # --- customers, and the shop's people on the site ---

    def place(
        self,
        lines: Mapping[Article, int],
        payment: Payment,
        *,
        customer: str = "Camille Martin",
        late_row_s: float = 0.0,
    ) -> Placed | None:
        """Order for collection; None if the site does not sell so many. Args: late_row_s: shows up only now, dated so
        much earlier (LATE_ROWS)."""

    def place_for_delivery(self, lines: Mapping[Article, int]) -> Placed: ...
    def fill_cart(self, lines: Mapping[Article, int]) -> Placed:
        """A basket with everything filled in but the payment (CART); `pay` makes an order of it."""

    def pay(self, order_id: str) -> None:
        """What was to be paid on line is; what an edit made dearer too (PAY_EDIT)."""

    def cancel(self, order_id: str) -> bool:
        """False if the site does not let it."""

    def refund(self, order_id: str) -> None:
        """Give back all that was paid on line, the order as it is."""

    def edit(self, order_id: str, lines: Mapping[Article, int]) -> bool:
        """Make it what the customer wants now; what it costs more or less is settled at the counter or refunded. False
        if the site does not let it."""

    def hand_over_on_site(self, order_id: str) -> None:
        """Somebody at the shop's computer says that the whole order was collected."""

    def set_level(self, article: Article, level: int) -> None:
        """Somebody counted, and says on the site how many are in the shop."""

    def set_price(self, article: Article, price_minor: int) -> None: ...
    def list_twice(self) -> None:
        """From now on lists bring each order twice."""

    def race(self, writes: int) -> None:
        """So many of the next writes are taken without a look at what is left (RACES)."""

    def spoil(self, order_id: str) -> None: ...
    def mend(self, order_id: str) -> None: ...

    # --- how it stands there ---

    def order(self, order_id: str) -> OrderThere: ...
    def level(self, article: Article) -> int:
        """Pieces in the shop, those that wait in bags for their customers included."""

    # --- its machine ---

    def restart(self) -> None:
        """It dies and comes back with what it had on its disk."""

    def close(self) -> None: ...
