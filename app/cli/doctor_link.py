"""Owns the part of the check-up that is about the marketplace: address, contact, clock, token, queue, comparison,
leases. Looks at what the till knows of itself; asks the marketplace only when told to.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.cli.doctor import Finding, Health
from app.cli.doctor_ages import (
    CONTACT_OVERDUE,
    RECONCILIATION_OVERDUE,
    TOKEN_OVERDUE,
    WAITING_TOO_LONG,
    is_overdue,
)
from app.domain.abilities import ALL_ABILITIES, Ability
from app.domain.clock_skew import TOLERATED
from app.domain.disagreements import NUMBER_DISBELIEVED
from app.domain.lease import newest_time
from app.i18n import tr, trn
from app.ui.exception_words import exception_explanation, exception_title
from app.ui.link_words import kind_name, missing_sentences
from app.ui.messages import day_and_time, describe_failure
from app.usecases.connector_kinds import abilities_of
from app.usecases.connector_ports import Linked
from app.usecases.ports import MarketplaceRefused, TillIdentity, Unavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def link_findings(core: Core, *, online: bool) -> list[Finding]:
    """Raises StoreUnavailable."""
    identity = core.store.queries.identity()
    findings = [_pairing(identity)]
    if identity.paired_at is not None:
        linked = core.store.queries.linked()
        there = abilities_of(linked.kind)
        token, leases = _token_and_leases(core, identity)
        findings += [_address(identity), _contact(core)]
        findings += [token] if Ability.TOKEN_RENEWAL in there else []
        findings += [_reconciliation(core)] if Ability.COMPARISON in there else []
        findings += [leases]
        findings += [_site(linked)] if there != ALL_ABILITIES else []
        findings += [_asked(core)] if online else []
    return [*findings, *_numbers(core), _queue(core)]


def _pairing(identity: TillIdentity) -> Finding:
    if identity.paired_at is None:
        text = tr("This till is not linked to a shop. Get a code in the marketplace account, then: comptoir pair CODE")
        return Finding("pairing", Health.TO_SEE_TO, text)
    return Finding("pairing", Health.OK, f"{identity.till_name}, {identity.shop.name}.")


def _site(linked: Linked) -> Finding:
    """What somebody else's marketplace cannot do, and what is done instead."""
    return Finding("site", Health.OK, " ".join((f"{kind_name(linked.kind)}.", *missing_sentences(linked))))


def _address(identity: TillIdentity) -> Finding:
    from app.sync.transport import checked_address

    try:
        address = checked_address(identity.marketplace_url)
    except MarketplaceRefused as refusal:
        return Finding("link", Health.BROKEN, describe_failure(refusal))
    if address.startswith("https:"):
        return Finding("link", Health.OK, tr("The marketplace is asked over TLS; its certificate is checked."))
    return Finding("link", Health.OK, tr("The marketplace runs on this machine."))


def _contact(core: Core) -> Finding:
    """The newest time the marketplace told: it tells one with each answer."""
    last = core.store.queries.newest_server_time()
    if last is None:
        text = tr("The marketplace has not answered yet. Try: comptoir sync")
        return Finding("contact", Health.TO_SEE_TO, text)
    text = tr("The marketplace last told its time on {date}.").format(date=day_and_time(last))
    if core.clock.now() - last < -TOLERATED:
        behind = tr("This computer’s clock is behind it: set the clock right.")
        return Finding("contact", Health.TO_SEE_TO, f"{text} {behind}")
    if is_overdue(last, core.clock.now(), CONTACT_OVERDUE):
        check = tr("Check the network, then: comptoir sync. Sales go on meanwhile.")
        return Finding("contact", Health.TO_SEE_TO, f"{text} {check}")
    return Finding("contact", Health.OK, text)


def _token_and_leases(core: Core, identity: TillIdentity) -> tuple[Finding, Finding]:
    from app.storage.support_reads import shape_of

    now = core.clock.now()
    trusted = newest_time(now, core.store.queries.newest_server_time())
    shape = shape_of(core.store.path, identity.till_id, trusted)
    return (
        _token(shape.token_given_at or identity.paired_at, now),
        _leases(shape.leases_held, shape.leases_over),
    )


def _token(given_at: datetime | None, now: datetime) -> Finding:
    days = max((now - given_at) // timedelta(days=1), 0) if given_at else 0
    text = trn(
        "The key by which the marketplace knows this till is {count} day old.",
        "The key by which the marketplace knows this till is {count} days old.",
        days,
    ).format(count=days)
    if given_at is not None and is_overdue(given_at, now, TOKEN_OVERDUE):
        renew = tr("It renews itself every month when the marketplace is reached: comptoir sync")
        return Finding("token", Health.TO_SEE_TO, f"{text} {renew}")
    return Finding("token", Health.OK, text)


def _leases(held: int, over: int) -> Finding:
    text = trn(
        "{count} open order may be handed over here without the marketplace.",
        "{count} open orders may be handed over here without the marketplace.",
        held,
    ).format(count=held)
    if over:
        ended = trn(
            "For {count} more that time is over: reach the marketplace with comptoir sync.",
            "For {count} more that time is over: reach the marketplace with comptoir sync.",
            over,
        ).format(count=over)
        return Finding("leases", Health.TO_SEE_TO, f"{text} {ended}")
    return Finding("leases", Health.OK, text)


def _queue(core: Core) -> Finding:
    state = core.store.queries.outbox_state()
    stuck = state.refused + state.conflicted
    text = tr("{waiting} waiting to be sent, {stuck} to see to.").format(waiting=state.waiting, stuck=stuck)
    if stuck:
        return Finding("outbox", Health.TO_SEE_TO, f"{text} {tr('Look at the outbox screen: each says what to do.')}")
    if state.oldest_at is not None and is_overdue(state.oldest_at, core.clock.now(), WAITING_TOO_LONG):
        since = tr("The oldest has waited since {date}: comptoir sync").format(date=day_and_time(state.oldest_at))
        return Finding("outbox", Health.TO_SEE_TO, f"{text} {since}")
    return Finding("outbox", Health.OK, text)


def _numbers(core: Core) -> list[Finding]:
    """A number of a fact that the marketplace told and that cannot be, until somebody has looked."""
    told = [row for row in core.store.queries.exceptions() if row.reason == NUMBER_DISBELIEVED]
    if not told:
        return []
    return [Finding("numbers", Health.TO_SEE_TO, f"{exception_title(told[-1])}. {exception_explanation(told[-1])}")]


def _reconciliation(core: Core) -> Finding:
    last = core.store.queries.last_reconciliation()
    if last is None:
        text = tr("Till and marketplace were not compared yet: comptoir reconcile")
        return Finding("reconciliation", Health.OK, text)
    text = tr("Till and marketplace were last compared on {date}.").format(date=day_and_time(last.ended_at))
    if last.open_gaps:
        found = trn(
            "{count} difference was found: comptoir reconcile says which.",
            "{count} differences were found: comptoir reconcile says which.",
            len(last.open_gaps),
        ).format(count=len(last.open_gaps))
        return Finding("reconciliation", Health.TO_SEE_TO, f"{text} {found}")
    if is_overdue(last.ended_at, core.clock.now(), RECONCILIATION_OVERDUE):
        return Finding("reconciliation", Health.TO_SEE_TO, f"{text} {tr('Compare again: comptoir reconcile')}")
    return Finding("reconciliation", Health.OK, text)


def _asked(core: Core) -> Finding:

    try:
        with contextlib.closing(core.connect()) as marketplace:
            marketplace.status()
            reading = marketplace.clock_reading()
    except Unavailable as failure:
        return Finding("online", Health.BROKEN, describe_failure(failure))
    if reading is not None and abs(reading.skew) > TOLERATED:
        minutes = abs(reading.skew) // timedelta(minutes=1)
        text = trn(
            "The marketplace answers; this computer’s clock is {count} minute off: set it right.",
            "The marketplace answers; this computer’s clock is {count} minutes off: set it right.",
            minutes,
        )
        return Finding("online", Health.TO_SEE_TO, text.format(count=minutes))
    return Finding("online", Health.OK, tr("The marketplace answers and knows this till; the clocks agree."))
