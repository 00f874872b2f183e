"""Owns the first words to the marketplace, at each start and after each failure, before anything is pushed: how far it
knows this till's ledger and facts. Never judges what is heard: the check of the ledger's ends does
(`usecases.start_ledger`), and `usecases.know_older_copy`."""

from __future__ import annotations

import logging

from app.sync.heads import OnHeads, pass_heads_on
from app.usecases.know_older_copy import know_older_copy
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter

_log = logging.getLogger(__name__)


class Greeting:
    """Of one start. Belongs to one thread."""

    def __init__(self, counter: Counter, on_heads: OnHeads) -> None:
        """Args: on_heads: called once, with what the marketplace remembers of the ledger's ends."""
        self._counter = counter
        self._on_heads = on_heads
        self._is_due = True
        self._heads_heard = False

    def say(self, marketplace: Marketplace) -> None:
        """Ask and listen, unless that was done since the last failure.

        Raises:
            MarketplaceUnreachable, MarketplaceRefused: it does not answer, or takes this till for another one.
            StoreUnavailable, KeyStoreUnavailable: what was heard could not be acted upon.
        """
        if not self._is_due:
            return
        status = marketplace.status()
        if not self._heads_heard:
            pass_heads_on(status.heads, self._on_heads)
            self._heads_heard = True
        found = know_older_copy(self._counter, status)
        if found is not None:
            _log.info("this database is an older copy: %d facts renumbered above %d", found.renumbered, found.known_seq)
        self._is_due = False

    def say_again(self) -> None:
        """The link broke: much may have happened on the other side before the next word."""
        self._is_due = True
