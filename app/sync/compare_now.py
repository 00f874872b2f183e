"""Owns one comparison on a person's word, watched and stopped by them. Never judges, never mends by itself."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.reconciliation import ReconciliationRun
from app.sync.reconcile import Comparison
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, MarketplaceRefused, Secrets
from app.usecases.queries import Queries
from app.usecases.reconcile import NotCompared


def compare_now(
    counter: Counter,
    queries: Queries,
    secrets: Secrets,
    marketplace: Marketplace,
    watch: Callable[[int, int], None],
    stop: Callable[[], bool],
) -> ReconciliationRun | NotCompared:
    """Compare everything anew, beside the lanes that exchange meanwhile.

    Args:
        watch: told how many requests were made, of how many in all as far as is known.
        stop: asked before each request; what was found until then is not kept.

    Raises MarketplaceUnreachable, MarketplaceRefused, StoreUnavailable.
    """
    comparison = Comparison(counter, queries, secrets, thorough=True)
    done = 0
    while comparison.run is None:
        if stop():
            return NotCompared.STOPPED
        try:
            comparison.step(marketplace)
        except MarketplaceRefused as refusal:
            if refusal.reason != "gone":
                raise
            return NotCompared.NOT_OFFERED
        done += 1
        watch(done, done + comparison.requests_left)
    return comparison.run
