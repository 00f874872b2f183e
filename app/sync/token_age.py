"""Owns when the token is looked at, beside the sending. Never decides how old it may be (`usecases.renew_token`)."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, KeyStoreUnavailable, Secrets
from app.usecases.renew_token import is_token_due, renew_token

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0


class TokenAge:
    """Belongs to one thread."""

    def __init__(self, counter: Counter, secrets: Secrets, monotonic: Callable[[], float]) -> None:
        self._counter = counter
        self._secrets = secrets
        self._monotonic = monotonic
        self._looked_at = -math.inf

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
