"""Owns one round: send everything that waits, fetch everything that is new, ask for leases (`comptoir sync`).

Never runs beside a `SyncWorker` on the same database, never tries twice but for the first word with the token before.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.abilities import Ability
from app.sync.greeting import Greeting
from app.sync.heads import HeadsTold, OnHeads, tell_heads
from app.sync.leases import NOT_OFFERED, claim_wanted_leases, settle_leases
from app.sync.pull import Pulled, fetch_page, store_page, stored_cursor
from app.sync.push import BatchSize, Pushed, push_batch
from app.sync.relay import Relay
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, MarketplaceRefused, Secrets, TokenUnknown
from app.usecases.queries import Queries


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did. `waiting`: facts still to be sent afterwards (refused ones not counted)."""

    pushed: Pushed
    pulled: Pulled
    leases_asked: int
    waiting: int


def run_round(
    counter: Counter,
    queries: Queries,
    secrets: Secrets,
    marketplace: Marketplace,
    on_heads: OnHeads = lambda heads: None,
) -> Round:
    """Raises MarketplaceUnreachable, MarketplaceRefused, StoreUnavailable; what was done until then stays done."""
    _greet(counter, secrets, marketplace, on_heads)
    pushed = _push_all(counter, marketplace)
    pulled = _pull_all(counter, secrets, marketplace)
    leases = _talk_about_leases(counter, queries, marketplace)
    if leases:
        pulled += _pull_all(counter, secrets, marketplace)
    return Round(pushed, pulled, leases, queries.outbox_state().waiting)


def _greet(counter: Counter, secrets: Secrets, marketplace: Marketplace, on_heads: OnHeads) -> None:
    """With the other token if this one is not known: a marketplace that was set back to before the token was renewed
    knows the one before. The one in use stays if neither is known."""
    greeting = Greeting(counter, on_heads)
    try:
        greeting.say(marketplace)
    except TokenUnknown:
        if not secrets.use_other_device_token():
            raise
        try:
            greeting.say(marketplace)
        except TokenUnknown:
            secrets.use_other_device_token()
            raise


def _talk_about_leases(counter: Counter, queries: Queries, marketplace: Marketplace) -> int:
    """How many were asked for. A marketplace that passes none on holds nothing else up."""
    if Ability.LEASES not in marketplace.abilities():
        return 0
    try:
        settle_leases(counter, marketplace)
    except MarketplaceRefused as refusal:
        if refusal.reason not in NOT_OFFERED:
            raise
    return claim_wanted_leases(queries, marketplace, queries.identity().till_id, counter.clock.now())


def _push_all(counter: Counter, marketplace: Marketplace) -> Pushed:
    batch, told = BatchSize(), HeadsTold()
    done = Pushed()
    while (pushed := push_batch(counter, marketplace, batch, told)).claimed:
        done += pushed
    tell_heads(counter, marketplace, told)
    relay = Relay(counter)
    while relay.step(marketplace):
        pass
    return done


def _pull_all(counter: Counter, secrets: Secrets, marketplace: Marketplace) -> Pulled:
    done = Pulled()
    cursor = stored_cursor(counter)
    more = True
    while more:
        page = fetch_page(marketplace, cursor, wait_s=0.0)
        stored = store_page(counter, secrets, cursor, page)
        done += stored
        cursor = stored_cursor(counter) if stored.overtaken else page.cursor
        more = page.more or stored.overtaken
    return done
