"""Asks the marketplace once more for a record that could not be understood, on a person's word (I9). Never guesses."""

from __future__ import annotations

from enum import StrEnum

from app.usecases.apply_server_orders import apply_changes
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, Secrets


class AskedAgain(StrEnum):
    """UNDERSTOOD: it is in the till now. STILL_BROKEN: the newest reason is kept. NOT_THERE: the marketplace no longer
    has it, or does not offer to ask for one of that kind; it stays in quarantine."""

    UNDERSTOOD = "understood"
    STILL_BROKEN = "still_broken"
    NOT_THERE = "not_there"


def ask_again(counter: Counter, secrets: Secrets, marketplace: Marketplace, kind: str, record_id: str) -> AskedAgain:
    """Fetch a quarantined record anew.

    Raises:
        MarketplaceUnreachable, MarketplaceRefused: nothing has changed.
        StoreUnavailable, KeyStoreUnavailable: nothing was kept.
    """
    change = marketplace.fetch(kind, record_id)
    if change is None:
        return AskedAgain.NOT_THERE
    applied = apply_changes(counter, secrets, [change])
    return AskedAgain.STILL_BROKEN if applied.quarantined else AskedAgain.UNDERSTOOD
