"""Owns the ends of the tills' ledgers as they were told: the furthest of each chain, so that a till whose database was
set back or cut hears of it. Never judges a ledger, never refuses, never goes back.

Each till hears only what it told itself: nobody else can make its ledger look wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from app.marketplace import tables as t
from app.marketplace.forks import notice_forks
from app.marketplace.pairing import PairedTill
from app.marketplace.schemas import LedgerHeadTold
from app.marketplace.statements import Connection, fixed
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import parse_moment, time_text

_head = t.ledger_head.c
_TOLD = fixed(
    select(*(_head[name] for name in LedgerHeadTold.model_fields))
    .where(_head.till_id == bindparam("of_till"))
    .order_by(_head.till_letter, _head.series)
)
_KEEP = fixed(t.ledger_head.insert())
_FORGET = fixed(
    t.ledger_head.delete().where(
        _head.till_id == bindparam("of_till"),
        _head.till_letter == bindparam("of_letter"),
        _head.series == bindparam("of_series"),
    )
)


def take_heads(transaction: ShopTransaction, till: PairedTill, told: Sequence[LedgerHeadTold]) -> None:
    """Keep those that are further than what is known of their chain. Of two with one number the first counts, and a
    person is told."""
    notice_forks(transaction, till, told)
    known = {(row["till_letter"], row["series"]): row["number"] for row in heads_of(transaction.connection, till)}
    for head in sorted(told, key=lambda each: each.number):
        chain = (head.till_letter, head.series)
        if head.number <= known.get(chain, 0):
            continue
        if chain in known:
            of_chain = {"of_till": till.till_id, "of_letter": head.till_letter, "of_series": head.series}
            transaction.connection.execute(_FORGET, of_chain)
        transaction.connection.execute(_KEEP, _row(transaction, till, head))
        known[chain] = head.number


def heads_of(connection: Connection, till: PairedTill) -> list[dict[str, Any]]:
    """What this till told, as it told it."""
    return [row._asdict() for row in connection.execute(_TOLD, {"of_till": till.till_id})]


def _row(transaction: ShopTransaction, till: PairedTill, head: LedgerHeadTold) -> dict[str, Any]:
    happened_at = time_text(parse_moment(head.happened_at)) if head.happened_at else None
    return {
        **head.model_dump(),
        "happened_at": happened_at,
        "shop_id": transaction.shop_id,
        "till_id": till.till_id,
        "told_at": time_text(transaction.now),
    }
