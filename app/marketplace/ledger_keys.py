"""Owns the public keys of the tills' ledgers, by which a rescue file is known to be genuine. The first key a till tells
stays: whoever holds its token only cannot put another in its place. A till that lost its key pairs anew.
"""

from __future__ import annotations

from sqlalchemy import select

from app.marketplace import tables as t
from app.marketplace.pairing import PairedTill
from app.marketplace.statements import Connection
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import time_text


def register_key(transaction: ShopTransaction, till: PairedTill, public_pem: str) -> bool:
    """Remember a till's key. False, and nothing has changed, if another one is known."""
    known = key_of(transaction.connection, till.shop_id, till.till_id)
    if known is None:
        transaction.connection.execute(
            t.ledger_key.insert().values(
                shop_id=till.shop_id,
                till_id=till.till_id,
                public_pem=public_pem,
                registered_at=time_text(transaction.now),
            )
        )
    return known in (None, public_pem)


def key_of(connection: Connection, shop_id: str, till_id: str) -> str | None:
    """The key of a till of this shop (PEM), None if it never told one."""
    keys = t.ledger_key.c
    wanted = select(keys.public_pem).where(keys.till_id == till_id, keys.shop_id == shop_id)
    return connection.execute(wanted).scalar_one_or_none()
