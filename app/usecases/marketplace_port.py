"""Owns the marketplace port: what may be asked of a marketplace, what comes back, and how the link goes. Never holds an
implementation, never says how it travels (that is `sync`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from app.domain.abilities import Ability
from app.domain.catalogue import Product, StockMovement
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.domain.order import Order
from app.domain.receipt import ShopIdentity
from app.usecases.reconciliation_ports import Reconciling

if TYPE_CHECKING:
    from app.usecases.lease_ports import GivenUp
    from app.usecases.rescue_ports import RescuedPart

# --- pulled changes ---


@dataclass(frozen=True, slots=True)
class ProductChange:
    """`untold`: the flags of French rules (names of `Product`'s fields) that the marketplace does not know: what the
    till knows of them stays."""

    product: Product
    version: int
    untold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OrderChange:
    order: Order


@dataclass(frozen=True, slots=True)
class MovementChange:
    """A movement that happened elsewhere (another till, the marketplace) or our own coming back: counted once by its
    id."""

    movement: StockMovement


@dataclass(frozen=True, slots=True)
class PickupKeyChange:
    key_id: str
    key: bytes | None
    """None: the key is withdrawn."""


@dataclass(frozen=True, slots=True)
class BrokenChange:
    """A record that could not be understood (I9): quarantined with its reason, all others pass."""

    kind: str
    record_id: str
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something till and marketplace, or two tills, do not agree on, for a person to settle, or settled.

    Attributes:
        kind: a `DisagreementKind`, or one that only a newer marketplace knows.
        order_id, product_id, fact_id: what it is about, "" for none.
        reason: the marketplace's keyword, "" if this till opened it.
        view: plain data of how the sides see it; never a customer's name.
        settled_at, settled_by, answer, note: None and "" until a person, or what was missing and came, settled it.
    """

    exception_id: str
    kind: str
    opened_at: datetime
    order_id: str = ""
    product_id: str = ""
    fact_id: str = ""
    reason: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)
    settled_at: datetime | None = None
    settled_by: str = ""
    answer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionChange:
    """A disagreement was opened or settled, here or elsewhere in the shop."""

    disagreement: Disagreement


Change = ProductChange | OrderChange | MovementChange | PickupKeyChange | ExceptionChange | BrokenChange


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of changes, oldest first. `cursor` is what to ask for next; `more` whether another page waits now.
    `begins_anew`: this is the first page of all it knows, and its word counts again whatever versions were seen.
    `history_lost`: because it was set back to an older copy of itself, and has forgotten things.
    `server_time`: its clock, None if it does not say."""

    changes: Sequence[Change]
    cursor: str
    more: bool
    begins_anew: bool = False
    history_lost: bool = False
    server_time: datetime | None = None


class FactOutcome(StrEnum):
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """`reason`: the marketplace's keyword for why, "" if all is well or it gives none; `message` its sentence."""

    fact_id: str
    outcome: FactOutcome
    message: str = ""
    view: Mapping[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """What the marketplace gives a till at pairing. Contains secrets: never logged, never stored in the database."""

    till_id: str
    till_letter: str
    till_name: str
    shop_id: str
    shop: ShopIdentity
    device_token: str
    pickup_keys: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class MarketplaceStatus:
    """What the marketplace says of itself and of this till. A marketplace that says nothing of it leaves the defaults.

    Attributes:
        till_id: who it takes this till for, "" if it does not say.
        server_time: its clock; None if it does not say.
        heads: how far this till's ledger ever went, as far as it was told.
        last_seq: the highest number of a fact it took from this till, 0 for none; last_fact_id: that fact's id.
        accepts_gzip: whether bodies may be sent zipped.
    """

    till_id: str = ""
    server_time: datetime | None = None
    heads: Sequence[KnownHead] = ()
    last_seq: int = 0
    last_fact_id: str = ""
    accepts_gzip: bool = False


class Marketplace(Reconciling, Protocol):
    """The marketplace port: the reference server, or a connector to somebody else's. Every call may raise
    MarketplaceUnreachable or MarketplaceRefused; `gone` at once, without a request, if the marketplace cannot do it."""

    def abilities(self) -> frozenset[Ability]:
        """What it can do. Asks nobody."""

    def pair(self, code: str, till_name: str, previous_token: str = "") -> Pairing:
        """Use a pairing code up. `previous_token`: of the till that this one was until now: what it held passes on."""

    def renew_token(self) -> str:
        """Another token for this till. The one in use stays good until the new one is used."""

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage: ...
    def push(self, facts: Sequence[Fact], heads: Sequence[KnownHead] = ()) -> Sequence[FactAnswer]:
        """Tell facts, and how far the ledger goes; heads alone too."""

    def status(self) -> MarketplaceStatus:
        """What it knows of this till: asked at each start and reconnection, before anything is pushed."""

    def fetch(self, kind: str, record_id: str) -> Change | None:
        """One record as it is now, by a change's kind and id; a BrokenChange if it cannot be understood. None if the
        marketplace has no such record, or does not offer that."""

    def tell_ledger_key(self, public_pem: str) -> None:
        """Tell the public key of this till's ledger, by which its rescue files are known. `conflict`: another one is
        known already; `gone`: this marketplace keeps none."""

    def relay(self, part: RescuedPart) -> Sequence[FactAnswer]:
        """Pass on part of another till's rescue file; the answers understood. `refused`: nothing of the file is taken;
        `gone`: this marketplace takes no rescue files."""

    def claim_leases(self, order_ids: Sequence[str], *, wanted: bool = False) -> None:
        """Ask for the leases of orders; what was granted comes down with the next changes.

        Args:
            wanted: somebody waits at this till: a till that has one of them is asked to give it up.
        """

    def release_leases(self, leases: Sequence[GivenUp]) -> None:
        """Tell leases given up; without an exception the marketplace has heard it. `gone`: it passes none on."""

    def clock_reading(self) -> ClockReading | None:
        """The marketplace's clock, as read with its newest answer; None before one that says what time it is."""


class LinkState(StrEnum):
    """How it goes with the marketplace. OFFLINE passes by itself; REFUSED and NOT_PAIRED need a person."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"
    NOT_PAIRED = "not_paired"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """What the window's sync chip shows; judged from the last few outcomes, not from one failure.

    Attributes:
        since: when this state began.
        waiting: facts not told yet.
        to_see_to: facts refused or in disagreement: a person is needed.
        last_ok_at: when the marketplace last answered.
        message_key: the `reason` of the newest failure (of any `Unavailable` subtype), "" while all goes well;
            `internal_error` if a bug ended the sending or fetching until the next start.
        clock_skew_s: this computer's clock less the marketplace's, in seconds to the minute; 0 within 5 minutes or not
            known.
    """

    state: LinkState
    since: datetime
    waiting: int = 0
    last_ok_at: datetime | None = None
    message_key: str = ""
    to_see_to: int = 0
    clock_skew_s: int = 0
