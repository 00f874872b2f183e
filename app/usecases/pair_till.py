"""Joins this till to a shop of the marketplace. Secrets go to the key store, never into the database.

A till that is paired anew is still itself: its data stay, what waits is told under its new name, and the marketplace
passes on to it what its old name held. Only its letter changes, which begins new series of numbers: so the drawer's
cash passes with it, by a movement out of the old letter's session and into the new one's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.cash import CashMovementKind
from app.domain.fiscal import EventCode
from app.domain.money import ZERO, Money
from app.usecases.cash_movement import record_movement
from app.usecases.keep_cash import session_now
from app.usecases.log_event import log_event
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, MarketplaceRefused, Secrets, TillIdentity, Touched, UnitOfWork
from app.usecases.renew_token import TOKEN_TASK

MAX_TILL_NAME_LENGTH = 60
_PAIRING_CODE = re.compile(r"[0-9A-Z]{8}")


def pair_till(
    counter: Counter,
    secrets: Secrets,
    marketplace: Marketplace,
    code: str,
    till_name: str,
    url: str,
    *,
    cash_passes: bool = False,
) -> TillIdentity:
    """Exchange a pairing code for this till's identity.

    Secrets are kept before the identity: if the till dies in between, it is not paired and may pair again.

    Args:
        code: the 8 characters from the shop's marketplace account; blanks, hyphens and case do not matter.
        till_name: as on tickets; what is longer than `MAX_TILL_NAME_LENGTH` is cut.
        url: where `marketplace` is, kept for the next start.
        cash_passes: a person knows that the drawer is open under the old letter and goes on under the new one.

    Raises:
        MarketplaceRefused: `wrong_code`, among others; `another_shop`: this till's data belong to the shop it was
            paired with first, and must not be told to another. Begin there with a new database. `drawer_open`: close
            the day first, or say `cash_passes`; the code is not used up.
        MarketplaceUnreachable, KeyStoreUnavailable, StoreUnavailable: nothing usable was kept.
    """
    symbols = "".join(code.split()).replace("-", "").upper()
    if not _PAIRING_CODE.fullmatch(symbols):
        raise MarketplaceRefused("wrong_code")
    was_paired = check_drawer(counter, cash_passes)
    previous_token = (secrets.device_token() or "") if was_paired else ""
    pairing = marketplace.pair(symbols, till_name.strip()[:MAX_TILL_NAME_LENGTH], previous_token)
    check_same_shop(counter, pairing.shop_id)
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
        take_identity(uow, counter, identity)
        uow.upkeep.note_done(TOKEN_TASK, counter.clock.now())
        uow.commit()
    counter.announce(Touched(orders=True, catalogue=True, outbox=True, cash=True))
    return identity


def check_drawer(counter: Counter, cash_passes: bool) -> bool:
    """Whether the till was paired before. Raises MarketplaceRefused (`drawer_open`) unless its cash passes."""
    with counter.unit_of_work() as uow:
        was_paired = bool(uow.identity().shop_id)
        _, session = session_now(uow)
    if was_paired and session.is_open and not cash_passes:
        raise MarketplaceRefused("drawer_open")
    return was_paired


def check_same_shop(counter: Counter, shop_id: str) -> None:
    """Raises MarketplaceRefused (`another_shop`) if this till's data belong to another one."""
    with counter.unit_of_work() as uow:
        ours = uow.identity().shop_id
    if ours not in ("", shop_id):
        raise MarketplaceRefused("another_shop")


@dataclass(frozen=True, slots=True)
class _Letters:
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


def take_identity(uow: UnitOfWork, counter: Counter, identity: TillIdentity) -> None:
    """Become the till that the marketplace says; a ledger that has begun notes it under both letters."""
    letters = _Letters(uow.identity().till_letter, identity.till_letter)
    if letters.before == letters.after or not uow.ledger.ends():
        uow.set_identity(identity)
        return
    _, session = session_now(uow)
    passed = session.totals.expected if session.is_open else None
    said: dict[str, str | int] = {"from": letters.before, "to": letters.after}
    log_event(uow, counter, EventCode.PAIRED, "", said)
    if passed is not None and passed > ZERO:
        record_movement(uow, counter, CashMovementKind.CASH_OUT, passed, "", str(letters))
    uow.set_identity(identity)
    log_event(uow, counter, EventCode.PAIRED, "", said)
    if passed is not None:
        _open_with(uow, counter, max(passed, ZERO), letters)


def _open_with(uow: UnitOfWork, counter: Counter, found: Money, letters: _Letters) -> None:
    details: dict[str, str | int] = {"carried": 0, "difference": 0}
    record_movement(uow, counter, CashMovementKind.OPENED, found, "", str(letters), details)
