"""Owns the tokens by which tills are known, and their renewal. Never keeps a token, only its hash.

    old --POST /v1/token--> old and new --the new one is used--> new
             asked again before: another new one takes the place of the unused one

So a lost answer, and a crash of the till or of the server at any step, lock nobody out: the old token works until the
new one has shown that it arrived. A copy of the till that goes on with the old one is locked out from then on.
"""

from __future__ import annotations

import base64
from datetime import datetime

from sqlalchemy import bindparam, select

from app.marketplace import tables as t
from app.marketplace.orders import hash_of
from app.marketplace.statements import Connection, Row, fixed
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import Surroundings, time_text

_till = t.till.c
_HOLDERS = tuple(
    fixed(select(t.till).where(column == bindparam("of_hash"))) for column in (_till.token_hash, _till.next_token_hash)
)


def new_token(surroundings: Surroundings) -> str:
    """256 bits that nobody can guess, in 43 characters."""
    return base64.urlsafe_b64encode(surroundings.random_bits(256).to_bytes(32, "big")).decode().rstrip("=")


def find_till(connection: Connection, token: str) -> Row | None:
    """The till that holds this token, or was given it and has not used it yet."""
    token_hash = hash_of(token)
    for holder in _HOLDERS:
        row = connection.execute(holder, {"of_hash": token_hash}).one_or_none()
        if row is not None:
            return row
    return None


def is_news(till: Row, token: str) -> bool:
    """Whether this token is used for the first time."""
    return till.heard_at is None or bool(till.next_token_hash == hash_of(token))


def take_up(connection: Connection, till: Row, token: str, now: datetime) -> None:
    """A token was used for the first time: a renewed one is the only one from now on. Twice does no harm."""
    token_hash = hash_of(token)
    connection.execute(
        t.till.update().where(_till.till_id == till.till_id, _till.heard_at.is_(None)).values(heard_at=time_text(now))
    )
    connection.execute(
        t.till.update()
        .where(_till.till_id == till.till_id, _till.next_token_hash == token_hash)
        .values(token_hash=token_hash, next_token_hash=None)
    )


def renew_token(transaction: ShopTransaction, till_id: str) -> str:
    """A second token for a till; what was given before and not used yet is void."""
    token = new_token(transaction.surroundings)
    transaction.connection.execute(
        t.till.update().where(_till.till_id == till_id).values(next_token_hash=hash_of(token))
    )
    return token
