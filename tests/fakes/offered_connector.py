"""A connector to a marketplace that exists nowhere: it says what it is told to say, and remembers how it was opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.domain.abilities import Ability
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.domain.receipt import ShopIdentity
from app.sync.connectors.offer import REAL_SURROUNDINGS, Opening, Surroundings
from app.usecases.connector_kinds import abilities_of
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.lease_ports import GivenUp
from app.usecases.link_ports import LinkTested, LinkWish
from app.usecases.marketplace_port import ChangePage, FactAnswer, FactOutcome, MarketplaceStatus
from app.usecases.ports import MarketplaceRefused
from app.usecases.reconciliation_ports import RangePage
from tests.fakes.silent_marketplace import SilentMarketplace

TESTED = LinkTested("vendure:boutique.example/lefevre", ShopIdentity("Épicerie Lefèvre"), {"channel": "t0k"})


class QuietSite(SilentMarketplace):
    """Has nothing new, takes every fact, cannot do what a site cannot."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self.polls = 0
        self.closed = False

    @property
    def poll_gap_s(self) -> float:
        return 10.0

    def abilities(self) -> frozenset[Ability]:
        return abilities_of(MarketplaceKind.VENDURE)

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        assert self._opening.credentials()["password"]
        self.polls += 1
        return ChangePage([], cursor, more=False)

    def push(self, facts: Sequence[Fact], heads: Sequence[KnownHead] = ()) -> Sequence[FactAnswer]:
        return [FactAnswer(fact.fact_id, FactOutcome.APPLIED) for fact in facts]

    def status(self) -> MarketplaceStatus:
        return MarketplaceStatus()

    def renew_token(self) -> str:
        raise MarketplaceRefused("gone")

    def claim_leases(self, order_ids: Sequence[str], *, wanted: bool = False) -> None:
        raise MarketplaceRefused("gone")

    def release_leases(self, leases: Sequence[GivenUp]) -> None:
        raise MarketplaceRefused("gone")

    def tell_ledger_key(self, public_pem: str) -> None:
        raise MarketplaceRefused("gone")

    def fact_ranges(self, after_seq: int, through_seq: int, digests_after_seq: int) -> RangePage:
        raise MarketplaceRefused("gone")

    def clock_reading(self) -> ClockReading | None:
        return None

    def close(self) -> None:
        self.closed = True


@dataclass
class OfferedConnector:
    """Implements `offer.Connector`. `tested`: what it says of a link; the options wished for are added."""

    tested: LinkTested = TESTED
    wishes: list[LinkWish] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)

    def open_connection(self, opening: Opening) -> QuietSite:
        self.openings.append(opening)
        return QuietSite(opening)

    def test_link(self, wish: LinkWish, surroundings: Surroundings = REAL_SURROUNDINGS) -> LinkTested:
        self.wishes.append(wish)
        if wish.credentials.get("password") == "wrong":
            raise MarketplaceRefused("wrong_login")
        return replace(self.tested, options={**self.tested.options, **wish.options})
