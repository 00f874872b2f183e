"""Owns the calls of the port that no marketplace but ours serves: refused as `gone`, without a request. A connector
inherits them, and defines anew what its marketplace can do after all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NoReturn

from app.usecases.lease_ports import GivenUp
from app.usecases.marketplace_port import FactAnswer, Pairing
from app.usecases.ports import MarketplaceRefused
from app.usecases.reconciliation_ports import FactPage, MovementPage, OrderPage, RangePage, StockPage
from app.usecases.rescue_ports import RescuedPart


class Unoffered:
    """Part of `marketplace_port.Marketplace`."""

    def pair(self, code: str, till_name: str, previous_token: str = "") -> Pairing:
        _gone()

    def renew_token(self) -> str:
        _gone()

    def tell_ledger_key(self, public_pem: str) -> None:
        _gone()

    def relay(self, part: RescuedPart) -> Sequence[FactAnswer]:
        _gone()

    def claim_leases(self, order_ids: Sequence[str], *, wanted: bool = False) -> None:
        _gone()

    def release_leases(self, leases: Sequence[GivenUp]) -> None:
        _gone()

    def fact_ranges(self, after_seq: int, through_seq: int, digests_after_seq: int) -> RangePage:
        _gone()

    def listed_facts(self, from_seq: int, to_seq: int) -> FactPage:
        _gone()

    def known_facts(self, fact_ids: Sequence[str]) -> Collection[str]:
        _gone()

    def stock_summed_up(self, after: str, limit: int, *, digests: bool) -> StockPage:
        _gone()

    def listed_movements(self, product_id: str, after: str) -> MovementPage:
        _gone()

    def recount(self, product_ids: Sequence[str]) -> None:
        _gone()

    def open_orders(self, after: str) -> OrderPage:
        _gone()


def _gone() -> NoReturn:
    raise MarketplaceRefused("gone")
