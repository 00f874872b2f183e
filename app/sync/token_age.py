"""Owns when the token is looked at, beside the sending, and which of the two is used. Never
decides how old it may be (`usecases.renew_token`)."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable

from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, KeyStoreUnavailable, Secrets
from app.usecases.renew_token import is_token_due, renew_token

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0
OTHER_TOKEN_AFTER_S = 600.0
"""So long a token that is refused is tried before the other one is again."""


class TokenAge:
    """`step` belongs to one thread, `refused` may be called from any."""

    def __init__(self, counter: Counter, secrets: Secrets, monotonic: Callable[[], float]) -> None:
        self._counter = counter
        self._secrets = secrets
        self._monotonic = monotonic
        self._looked_at = -math.inf
        self._changed_at = -math.inf
        self._changing = threading.Lock()

    def step(self, marketplace: Marketplace) -> bool:
        """Renew the token if it is due; looked at once an hour. Whether the marketplace was asked.

        Raises:
            MarketplaceUnreachable, MarketplaceRefused, StoreUnavailable: the old token stays in force.
        """
        if self._monotonic() - self._looked_at < LOOK_EVERY_S:
            return False
        self._looked_at = self._monotonic()
        if not is_token_due(self._counter):
            return False
        try:
            renew_token(self._counter, self._secrets, marketplace)
        except KeyStoreUnavailable as failure:
            _log.info("the token could not be renewed: %s", failure.reason)
        return True

    def refused(self) -> None:
        """The marketplace does not know the token: if it was set back to an older copy, it knows the one before."""
        with self._changing:
            if self._monotonic() - self._changed_at < OTHER_TOKEN_AFTER_S:
                return
            self._changed_at = self._monotonic()
            try:
                self._secrets.use_other_device_token()
            except KeyStoreUnavailable as failure:
                _log.info("the other token could not be used: %s", failure.reason)
