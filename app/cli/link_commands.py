"""Owns `comptoir pair` and `sync`: the link to the marketplace, made and used once. Holds no rule."""

from __future__ import annotations

import argparse
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.i18n import tr
from app.paths import settings_path
from app.usecases.ports import MarketplaceRefused, TillIdentity

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.ledger_check import Finding
    from app.settings import Settings


def settings_to_pair_with(options: argparse.Namespace) -> Settings | Answer:
    """The settings with the address and name that were typed; a sentence if nobody said where the marketplace is."""
    from app.settings import load

    settings = load(settings_path())
    url = options.url or settings.marketplace_url
    if not url:
        return Answer(tr("Say where the marketplace is: comptoir pair CODE --url https://..."), reason="no_url")
    return replace(settings, marketplace_url=url, till_name=options.name or settings.till_name or "Caisse")


def run_pair(options: argparse.Namespace, core: Core, settings: Settings) -> Answer:
    from app.sync.client import HttpMarketplace
    from app.usecases.pair_till import pair_till

    marketplace = HttpMarketplace(settings.marketplace_url, core.secrets.device_token)
    try:
        identity = pair_till(
            core.counter,
            core.secrets,
            marketplace,
            options.code,
            settings.till_name,
            settings.marketplace_url,
            cash_passes=options.drawer_open,
        )
    finally:
        marketplace.close()
    text = tr("{till} is linked to {shop}. Its letter on tickets is {letter}.")
    return Answer(
        text.format(till=identity.till_name, shop=identity.shop.name, letter=identity.till_letter),
        identity_data(identity),
    )


def identity_data(identity: TillIdentity) -> dict[str, Any]:
    return {
        "till_id": identity.till_id,
        "till_letter": identity.till_letter,
        "till_name": identity.till_name,
        "shop_id": identity.shop_id,
        "shop": identity.shop.name,
        "marketplace_url": identity.marketplace_url,
    }


def run_sync(options: argparse.Namespace, core: Core) -> Answer:
    from app.bootstrap.ledger_watch import check_ledger
    from app.sync.one_round import run_round
    from app.ui.ledger_words import finding_sentence

    if core.store.queries.identity().paired_at is None:
        raise MarketplaceRefused("not_paired")
    found: list[Finding] = []
    with contextlib.closing(core.connect()) as marketplace:
        done = run_round(
            core.counter,
            core.store.queries,
            core.secrets,
            marketplace,
            lambda heads: found.extend(check_ledger(core, starting=False, told=heads)),
        )
    waiting = core.store.queries.outbox_state()
    text = tr("Sent {sent}, received {received}; {waiting} waiting.")
    return Answer(
        text.format(sent=done.pushed.claimed, received=done.pulled.changes, waiting=waiting.waiting),
        {
            "sent": done.pushed.claimed,
            "received": done.pulled.changes,
            "waiting": waiting.waiting,
            "refused": waiting.refused,
            "conflicted": waiting.conflicted,
            "ledger": [finding.kind.value for finding in found],
        },
        [(finding_sentence(finding),) for finding in found],
    )
