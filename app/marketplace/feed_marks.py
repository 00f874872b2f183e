"""Owns the marks of the change feed: a random one for each writing transaction that numbered changes, by which a cursor
shows that it was given out in this history. Never judges what is done about a cursor of another history.

A server that was set back to an older copy of its data cannot know it. It gives the numbers of the time it lost out
again, for other changes; a cursor of the lost time then looks like one of today, and what was numbered below it would
never be told. Its mark tells: the numbers were drawn in another transaction, which had another mark.

Marks are kept for `KEPT`. A cursor that is older (a till that was off line all that time) cannot be told from one of a
lost history and begins anew; a till that had everything when the shop went quiet does not: the mark of the newest
change before that time stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from app.marketplace import tables as t
from app.marketplace.statements import Connection, fixed
from app.marketplace.surroundings import time_text

KEPT = timedelta(days=60)
_BITS = 60
_FORGOTTEN_AT_ONCE = 200
_LOOK_EVERY = 100
"""In numbers of the feed: twice as many marks as these can be are forgotten at once, so it keeps up."""

_mark = t.feed_mark.c
_MARK_OF = fixed(
    select(_mark.mark)
    .where(_mark.shop_id == bindparam("of_shop"), _mark.seq >= bindparam("seq"))
    .order_by(_mark.seq)
    .limit(1)
)
_SET = fixed(t.feed_mark.insert())


def new_mark(random_bits: int) -> str:
    return f"{random_bits & ((1 << _BITS) - 1):015x}"


def set_mark(connection: Connection, shop_id: str, before: int, head: int, mark: str, now: datetime) -> None:
    """Mark the numbers drawn by one transaction.

    Args:
        before, head: the feed's last number before and after it.
    """
    connection.execute(_SET, {"shop_id": shop_id, "seq": head, "mark": mark, "made_at": time_text(now)})
    if before // _LOOK_EVERY != head // _LOOK_EVERY:
        _forget(connection, shop_id, time_text(now - KEPT))


def mark_of(connection: Connection, shop_id: str, seq: int) -> str | None:
    """The mark of the transaction that drew this number; None if none is known."""
    found: str | None = connection.execute(_MARK_OF, {"of_shop": shop_id, "seq": seq}).scalar_one_or_none()
    return found


def _forget(connection: Connection, shop_id: str, before: str) -> None:
    """Forget marks whose successor is older than a moment, oldest first."""
    rows = connection.execute(
        select(_mark.seq, _mark.made_at).where(_mark.shop_id == shop_id).order_by(_mark.seq).limit(_FORGOTTEN_AT_ONCE)
    ).all()
    kept_from = max((row.seq for row in rows if row.made_at < before), default=0)
    connection.execute(t.feed_mark.delete().where(_mark.shop_id == shop_id, _mark.seq < kept_from))
