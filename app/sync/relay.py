"""Owns passing on what other tills could not tell, part by part, and telling the key by which ours would be known.
Never mixes their facts with this till's own, never lets them hold up anything else.

    part --answered----------------------> settled (`storage.repositories.rescued`)
         --the whole refused-------------> nothing of its file is sent again until it is imported once more
         --no answer---------------------> sent again with the next round: what was applied is a duplicate then (I3)
         --fails alone, again and again--> makes way for the next part for a while
"""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime, timedelta

from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import (
    Counter,
    KeyStoreUnavailable,
    MarketplaceRefused,
    MarketplaceUnreachable,
    StoreUnavailable,
    Touched,
)
from app.usecases.rescue_ports import RescuedPart

_log = logging.getLogger(__name__)

_MAKES_WAY = timedelta(minutes=10)
_OLDER_MARKETPLACE = timedelta(hours=1)
_ABOUT_WHAT_WAS_SENT = frozenset({"refused", "conflict"})
_MAYBE_ITS_FAULT = frozenset({"server_error", "not_understood", "timeout"})


class Relay:
    """Does it step by step; belongs to the thread that pushes."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._key_told = False
        self._key_failed_at: datetime | None = None

    def step(self, marketplace: Marketplace) -> bool:
        """Pass one part on; whether there was one.

        Raises:
            MarketplaceUnreachable, MarketplaceRefused: what was not answered waits; StoreUnavailable: nothing is lost.
        """
        self._tell_key(marketplace)
        counter = self._counter
        with counter.unit_of_work() as uow:
            part = uow.rescued.next_part(counter.clock.now())
        if part is None:
            return False
        try:
            answers = marketplace.relay(part)
        except MarketplaceRefused as refusal:
            return self._refused(part, refusal)
        except MarketplaceUnreachable as failure:
            if failure.reason in _MAYBE_ITS_FAULT:
                with contextlib.suppress(StoreUnavailable):
                    self._postpone(part, _MAKES_WAY)
            raise
        with counter.unit_of_work() as uow:
            uow.rescued.settle(part, answers)
            if len(answers) < len(part.facts):
                uow.rescued.postpone(part, counter.clock.now() + _MAKES_WAY)
            uow.commit()
        counter.announce(Touched(outbox=True))
        return True

    def _refused(self, part: RescuedPart, refusal: MarketplaceRefused) -> bool:
        """Raises MarketplaceRefused for what concerns this till itself."""
        if refusal.reason == "gone":  # a marketplace that takes no rescue files yet
            self._postpone(part, _OLDER_MARKETPLACE)
            return True
        if refusal.reason not in _ABOUT_WHAT_WAS_SENT:
            raise refusal
        with self._counter.unit_of_work() as uow:
            uow.rescued.refuse(part, refusal.detail)
            uow.commit()
        self._counter.announce(Touched(outbox=True))
        return True

    def _postpone(self, part: RescuedPart, pause: timedelta) -> None:
        with self._counter.unit_of_work() as uow:
            uow.rescued.postpone(part, self._counter.clock.now() + pause)
            uow.commit()

    def _tell_key(self, marketplace: Marketplace) -> None:
        """Once a start. That it is not taken changes nothing for the till's own facts, and one that fails by itself is
        told later: the lane does not back off because of it."""
        now = self._counter.clock.now()
        failed_at = self._key_failed_at
        if self._key_told or (failed_at is not None and failed_at <= now < failed_at + _MAKES_WAY):
            return
        try:
            marketplace.tell_ledger_key(self._counter.signer.public_pem)
        except KeyStoreUnavailable as failure:
            _log.info("the ledger's key cannot be told: %s", failure.reason)
        except MarketplaceRefused as refusal:
            if refusal.reason not in {"gone", *_ABOUT_WHAT_WAS_SENT}:
                raise
            _log.info("the marketplace keeps no key of this till's ledger: %s", refusal.reason)
        except MarketplaceUnreachable as failure:
            if failure.reason not in _MAYBE_ITS_FAULT:
                raise
            _log.info("the ledger's key was not told: %s", failure.reason)
            self._key_failed_at = now
            return
        self._key_told = True
