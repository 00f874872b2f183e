"""Owns who may speak for a shop: pairing codes, tills, the shop's pickup keys, and taking them away.

Codes and tokens are kept as hashes: a copy of the database opens nothing (pickup keys apart, which seal every order).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.domain.pickup_code import ALPHABET, normalise, symbols_of
from app.marketplace import tables as t
from app.marketplace.leases import free_leases_of
from app.marketplace.orders import hash_of
from app.marketplace.paris import in_paris
from app.marketplace.statements import Connection
from app.marketplace.store import ChangeKind, ShopTransaction, Store
from app.marketplace.succession import succeed
from app.marketplace.surroundings import time_of, time_text
from app.marketplace.tokens import find_till, is_news, new_token, take_up

CODE_LENGTH = 8
CODE_LASTS = timedelta(hours=24)
VALID_KEYS = 2


@dataclass(frozen=True, slots=True)
class PairedTill:
    """A till that may speak for its shop."""

    till_id: str
    shop_id: str
    letter: str
    name: str
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class NewTill:
    """A till just paired, with the one secret that is shown once."""

    till: PairedTill
    device_token: str


def make_pairing_code(store: Store, shop_id: str, lasts: timedelta = CODE_LASTS) -> tuple[str, datetime]:
    """A new code for one till of a shop, and when it expires."""
    with store.writing(shop_id) as transaction:
        return new_code(transaction, lasts)


def new_code(transaction: ShopTransaction, lasts: timedelta = CODE_LASTS) -> tuple[str, datetime]:
    """The same inside somebody's transaction."""
    code = symbols_of(transaction.surroundings.random_bits(80), CODE_LENGTH)
    expires_at = transaction.now + lasts
    transaction.connection.execute(
        t.pairing_code.insert().values(
            code_hash=hash_of(code), shop_id=transaction.shop_id, expires_at=time_text(expires_at), used_at=None
        )
    )
    return code, expires_at


@dataclass(frozen=True, slots=True)
class CodeOfShop:
    """Whom a code that was not used yet admits a till to; `until`: `23/11/2026 16:40`, in Paris."""

    name: str
    until: str


def shop_of_code(store: Store, code: str) -> CodeOfShop | None:
    """Of a code in capitals without blanks; None if it is wrong, used or expired. Uses nothing up."""
    codes, shops = t.pairing_code.c, t.shop.c
    query = select(shops.name, codes.expires_at).join(t.pairing_code, codes.shop_id == shops.shop_id)
    with store.reading() as connection:
        found = connection.execute(query.where(codes.code_hash == hash_of(code), codes.used_at.is_(None))).one_or_none()
    if found is None or time_of(found.expires_at) < store.surroundings.now():
        return None
    return CodeOfShop(found.name, f"{in_paris(time_of(found.expires_at)):%d/%m/%Y %H:%M}")


def pair_till(store: Store, code: str, till_name: str, previous_token: str = "") -> NewTill | None:
    """Use a code up and admit a till to its shop; None if the code is wrong, used or expired.

    Args:
        previous_token: of the till that it was until now, "" if it is new: see `succession`.
    """
    code_hash = hash_of(normalise(code))
    codes = t.pairing_code.c
    with store.reading() as connection:
        shop_id = connection.execute(select(codes.shop_id).where(codes.code_hash == code_hash)).scalar_one_or_none()
    if shop_id is None:
        return None
    with store.writing(shop_id) as transaction:
        found = transaction.connection.execute(select(t.pairing_code).where(codes.code_hash == code_hash)).one()
        if found.used_at is not None or time_of(found.expires_at) < transaction.now:
            return None
        transaction.connection.execute(
            t.pairing_code.update().where(codes.code_hash == code_hash).values(used_at=time_text(transaction.now))
        )
        new = _admit_till(transaction, till_name.strip())
        if previous_token:
            succeed(transaction, new.till.till_id, previous_token)
        return new


def _admit_till(transaction: ShopTransaction, till_name: str) -> NewTill:
    shops = t.shop.c
    this_shop = shops.shop_id == transaction.shop_id
    count: int = transaction.connection.execute(select(shops.tills_ever).where(this_shop)).scalar_one()
    transaction.connection.execute(t.shop.update().where(this_shop).values(tills_ever=count + 1))
    letter = letter_of(count)
    token = new_token(transaction.surroundings)
    till = PairedTill(transaction.surroundings.new_id(), transaction.shop_id, letter, till_name or f"Caisse {letter}")
    transaction.connection.execute(
        t.till.insert().values(
            till_id=till.till_id,
            shop_id=till.shop_id,
            letter=letter,
            name=till.name,
            token_hash=hash_of(token),
            paired_at=time_text(transaction.now),
        )
    )
    return NewTill(till, token)


def letter_of(index: int) -> str:
    """A, B ... Z, AA, AB ...: never given twice in a shop, because ticket numbers begin with it."""
    letters = ""
    index += 1
    while index:
        index, place = divmod(index - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def till_of_token(store: Store, token: str) -> PairedTill | None:
    """The till that holds this token, revoked or not; a renewed one is in force from its first use. Raises
    DatabaseBusy."""
    with store.reading() as connection:
        row = find_till(connection, token)
    if row is None:
        return None
    if is_news(row, token):
        with store.administering() as connection:
            take_up(connection, row, token, store.surroundings.now())
    return PairedTill(row.till_id, row.shop_id, row.letter, row.name, row.revoked_at is not None)


def revoke_till(store: Store, till_id: str, *, gone: bool = False) -> bool:
    """Shut a till out; False if there is no such till.

    Args:
        gone: a person says that it will hand nothing over any more: its leases are free at once. Else it may still do
            so off line, and they are free when they have run out.
    """
    with store.reading() as connection:
        shop_id = connection.execute(select(t.till.c.shop_id).where(t.till.c.till_id == till_id)).scalar_one_or_none()
    if shop_id is None:
        return False
    with store.writing(shop_id) as transaction:
        transaction.connection.execute(
            t.till.update()
            .where(t.till.c.till_id == till_id, t.till.c.revoked_at.is_(None))
            .values(revoked_at=time_text(transaction.now))
        )
        if gone:
            free_leases_of(transaction, till_id)
    return True


def shown_shop(connection: Connection, shop_id: str) -> dict[str, Any]:
    """The shop as a till prints it."""
    row = connection.execute(select(t.shop).where(t.shop.c.shop_id == shop_id)).one()
    return {
        "shop_id": row.shop_id,
        "name": row.name,
        "address_lines": row.address_lines.split("\n"),
        "siret": row.siret,
        "vat_number": row.vat_number,
    }


def valid_keys(connection: Connection, shop_id: str) -> list[dict[str, str]]:
    """The shop's pickup keys that are not withdrawn, oldest first."""
    keys = t.pickup_key.c
    rows = connection.execute(
        select(keys.key_id, keys.key_base64)
        .where(keys.shop_id == shop_id, keys.key_base64.is_not(None))
        .order_by(keys.created_at, keys.key_id)
    )
    return [{"key_id": row.key_id, "key": row.key_base64} for row in rows]


def rotate_key(transaction: ShopTransaction, *, leaked: bool = False) -> tuple[str, list[str]]:
    """Give the shop a new pickup key and withdraw all but the newest two; the tills are told.

    Args:
        leaked: somebody else may have a key: all others are withdrawn at once. Customers' pages show codes of the new
            one; for a code that was kept as a picture the counter asks for the six symbols.

    Returns:
        The new key's id, and the ids withdrawn now. Ids go round the alphabet, from a place of
        the shop's own: a code of another shop shows by a key id that this one does not use.
    """
    shops, keys = t.shop.c, t.pickup_key.c
    this_shop = shops.shop_id == transaction.shop_id
    count: int = transaction.connection.execute(select(shops.keys_ever).where(this_shop)).scalar_one()
    transaction.connection.execute(t.shop.update().where(this_shop).values(keys_ever=count + 1))
    key_id = _next_key_id(transaction, count)
    key = base64.b64encode(transaction.surroundings.random_bits(256).to_bytes(32, "big")).decode()
    transaction.connection.execute(
        t.pickup_key.delete().where(keys.shop_id == transaction.shop_id, keys.key_id == key_id)
    )
    transaction.connection.execute(
        t.pickup_key.insert().values(
            shop_id=transaction.shop_id, key_id=key_id, key_base64=key, created_at=time_text(transaction.now)
        )
    )
    transaction.mark(ChangeKind.PICKUP_KEY, key_id)
    valid = [row["key_id"] for row in valid_keys(transaction.connection, transaction.shop_id)]
    old = valid[: -1 if leaked else -VALID_KEYS]
    for old_id in old:
        transaction.connection.execute(
            t.pickup_key.update()
            .where(keys.shop_id == transaction.shop_id, keys.key_id == old_id)
            .values(key_base64=None)
        )
        transaction.mark(ChangeKind.PICKUP_KEY, old_id)
    return key_id, old


def _next_key_id(transaction: ShopTransaction, keys_ever: int) -> str:
    """The id of a shop's next key: never one that still seals."""
    valid = {row["key_id"] for row in valid_keys(transaction.connection, transaction.shop_id)}
    begin = hashlib.sha256(transaction.shop_id.encode()).digest()[0] + keys_ever
    ids = (ALPHABET[(begin + step) % len(ALPHABET)] for step in range(len(ALPHABET)))
    return next(key_id for key_id in ids if key_id not in valid)
