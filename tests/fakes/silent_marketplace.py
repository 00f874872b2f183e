"""A marketplace of which nothing is expected: whatever is asked of it fails the test. A test's own stands on it and
answers what the test is about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.domain.abilities import ALL_ABILITIES, Ability
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.usecases.lease_ports import GivenUp
from app.usecases.marketplace_port import Change, ChangePage, FactAnswer, MarketplaceStatus, Pairing
from app.usecases.reconciliation_ports import FactPage, MovementPage, OrderPage, RangePage, StockPage
from app.usecases.rescue_ports import RescuedPart


def _not_here() -> AssertionError:
    return AssertionError("nobody should have asked")


class SilentMarketplace:
    """Implements `marketplace_port.Marketplace`."""

    def abilities(self) -> frozenset[Ability]:
        return ALL_ABILITIES

    def pair(self, code: str, till_name: str, previous_token: str = "") -> Pairing:
        raise _not_here()

    def renew_token(self) -> str:
        raise _not_here()

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        raise _not_here()

    def push(self, facts: Sequence[Fact], heads: Sequence[KnownHead] = ()) -> Sequence[FactAnswer]:
        raise _not_here()

    def status(self) -> MarketplaceStatus:
        raise _not_here()

    def fetch(self, kind: str, record_id: str) -> Change | None:
        raise _not_here()

    def tell_ledger_key(self, public_pem: str) -> None:
        raise _not_here()

    def relay(self, part: RescuedPart) -> Sequence[FactAnswer]:
        raise _not_here()

    def claim_leases(self, order_ids: Sequence[str], *, wanted: bool = False) -> None:
        raise _not_here()

    def release_leases(self, leases: Sequence[GivenUp]) -> None:
        raise _not_here()

    def clock_reading(self) -> ClockReading | None:
        return None

    def fact_ranges(self, after_seq: int, through_seq: int, digests_after_seq: int) -> RangePage:
        raise _not_here()

    def listed_facts(self, from_seq: int, to_seq: int) -> FactPage:
        raise _not_here()

    def known_facts(self, fact_ids: Sequence[str]) -> Collection[str]:
        raise _not_here()

    def stock_summed_up(self, after: str, limit: int, *, digests: bool) -> StockPage:
        raise _not_here()

    def listed_movements(self, product_id: str, after: str) -> MovementPage:
        raise _not_here()

    def recount(self, product_ids: Sequence[str]) -> None:
        raise _not_here()

    def open_orders(self, after: str) -> OrderPage:
        raise _not_here()
