"""Renews the token by which the marketplace knows this till. It is in the key store before it is used: whatever dies at
whatever moment, one of the two that the marketplace takes is there. Never logs it, never keeps it in the database."""

from __future__ import annotations

from datetime import timedelta

from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, MarketplaceRefused, Secrets

RENEWED_EVERY = timedelta(days=30)
TOKEN_TASK = "token"  # noqa: S105  # the name of a task, no token


def is_token_due(counter: Counter) -> bool:
    """Whether the token is a month old, or of a time that the clock has not reached. Raises StoreUnavailable."""
    with counter.unit_of_work() as uow:
        given_at = uow.upkeep.done_at(TOKEN_TASK) or uow.identity().paired_at
    return given_at is None or not timedelta() <= counter.clock.now() - given_at < RENEWED_EVERY


def renew_token(counter: Counter, secrets: Secrets, marketplace: Marketplace) -> bool:
    """Whether there is a new one: a marketplace that does not offer it is asked again a month later.

    Raises:
        MarketplaceUnreachable, MarketplaceRefused: the old token stays in force.
        KeyStoreUnavailable: the same; the marketplace forgets the new one with the next.
        StoreUnavailable: it was renewed, and will be again.
    """
    try:
        secrets.set_device_token(marketplace.renew_token())
        renewed = True
    except MarketplaceRefused as refusal:
        if refusal.reason != "gone":
            raise
        renewed = False
    with counter.unit_of_work() as uow:
        uow.upkeep.note_done(TOKEN_TASK, counter.clock.now())
        uow.commit()
    return renewed
