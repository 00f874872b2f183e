"""Joins this till to a shop of the marketplace. Secrets go to the key store, never into the database."""

from __future__ import annotations

import re

from app.usecases.marketplace_port import Marketplace, Pairing
from app.usecases.ports import Counter, MarketplaceRefused, Secrets, TillIdentity, Touched

MAX_TILL_NAME_LENGTH = 60
_PAIRING_CODE = re.compile(r"[0-9A-Z]{8}")


def pair_till(
    counter: Counter, secrets: Secrets, marketplace: Marketplace, code: str, till_name: str, url: str
) -> TillIdentity:
    """Exchange a pairing code for this till's identity.

    Secrets are kept before the identity: if the till dies in between, it is not paired and may pair again.

    Args:
        code: the 8 characters from the shop's marketplace account; blanks, hyphens and case do not matter.
        till_name: as on tickets; what is longer than `MAX_TILL_NAME_LENGTH` is cut.
        url: where `marketplace` is, kept for the next start.

    Raises:
        MarketplaceRefused: `wrong_code`, among others; `another_shop`: this till's data belong to the shop it was
            paired with first, and must not be told to another. Begin there with a new database.
        MarketplaceUnreachable, KeyStoreUnavailable, StoreUnavailable: nothing usable was kept.
    """
    symbols = "".join(code.split()).replace("-", "").upper()
    if not _PAIRING_CODE.fullmatch(symbols):
        raise MarketplaceRefused("wrong_code")
    pairing = marketplace.pair(symbols, till_name.strip()[:MAX_TILL_NAME_LENGTH])
    _check_same_shop(counter, pairing)
    secrets.set_device_token(pairing.device_token)
    secrets.set_pickup_keys(pairing.pickup_keys)
    identity = TillIdentity(
        till_id=pairing.till_id,
        till_letter=pairing.till_letter,
        till_name=pairing.till_name,
        shop=pairing.shop,
        shop_id=pairing.shop_id,
        marketplace_url=url,
        paired_at=counter.clock.now(),
    )
    with counter.unit_of_work() as uow:
        uow.set_identity(identity)
        uow.commit()
    counter.announce(Touched(orders=True, catalogue=True, outbox=True))
    return identity


def _check_same_shop(counter: Counter, pairing: Pairing) -> None:
    with counter.unit_of_work() as uow:
        ours = uow.identity().shop_id
    if ours not in ("", pairing.shop_id):
        raise MarketplaceRefused("another_shop")
