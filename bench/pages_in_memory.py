"""Owns a marketplace that has nothing but pages of changes, in memory: what a till does with them is measured without
a network. Never measures, and offers nothing else: what else it is asked it refuses, as an older marketplace does.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NoReturn

from app.domain.abilities import Ability
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.sync import wire
from app.sync.pull import PAGE_SIZE
from app.usecases.lease_ports import GivenUp
from app.usecases.marketplace_port import ChangePage, FactAnswer, MarketplaceStatus
from app.usecases.ports import MarketplaceRefused
from app.usecases.rescue_ports import RescuedPart


class PagesInMemory:
    """A connection that brings the pages as a network would, decoding included; then it has nothing new, for ever."""

    poll_gap_s = 0.0

    def __init__(self, pages: Sequence[bytes]) -> None:
        self._pages = pages
        self._closed = threading.Event()

    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.CHANGE_FEED})

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        at = int(cursor or 0) // PAGE_SIZE
        if at < len(self._pages):
            return wire.read_page(self._pages[at])
        self._closed.wait(wait_s)
        return ChangePage((), cursor, False)

    def push(self, facts: Sequence[Fact], heads: Sequence[KnownHead] = ()) -> Sequence[FactAnswer]:
        return []

    def status(self) -> MarketplaceStatus:
        return MarketplaceStatus()

    def tell_ledger_key(self, public_pem: str) -> None:
        """It keeps none."""

    def claim_leases(self, order_ids: Sequence[str], *, wanted: bool = False) -> None:
        """It grants none."""

    def clock_reading(self) -> ClockReading | None:
        """It does not say what time it is."""

    def close(self) -> None:
        self._closed.set()

    def pair(self, code: str, till_name: str, previous_token: str = "") -> NoReturn:
        _not_here()

    def renew_token(self) -> NoReturn:
        _not_here()

    def fetch(self, kind: str, record_id: str) -> None:
        """It has no single records."""

    def relay(self, part: RescuedPart) -> NoReturn:
        _not_here()

    def release_leases(self, leases: Sequence[GivenUp]) -> NoReturn:
        _not_here()

    def fact_ranges(self, after_seq: int, through_seq: int, digests_after_seq: int) -> NoReturn:
        _not_here()

    def listed_facts(self, from_seq: int, to_seq: int) -> NoReturn:
        _not_here()

    def known_facts(self, fact_ids: Sequence[str]) -> NoReturn:
        _not_here()

    def stock_summed_up(self, after: str, limit: int, *, digests: bool) -> NoReturn:
        _not_here()

    def listed_movements(self, product_id: str, after: str) -> NoReturn:
        _not_here()

    def recount(self, product_ids: Sequence[str]) -> NoReturn:
        _not_here()

    def open_orders(self, after: str) -> NoReturn:
        _not_here()


def _not_here() -> NoReturn:
    raise MarketplaceRefused("gone")
