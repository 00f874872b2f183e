"""Owns the ends of the tills' ledgers as they were told: the furthest of each chain, so that a till whose database was
set back or cut hears of it. Never judges a ledger, never refuses, never goes back.

Each till hears only what it told itself: nobody else can make its ledger look wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.marketplace import tables as t
from app.marketplace.forks import notice_forks
from app.marketplace.pairing import PairedTill
from app.marketplace.schemas import LedgerHeadTold
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import parse_moment, time_text

_head = t.ledger_head.c


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
            transaction.connection.execute(t.ledger_head.delete().where(*_is(till, *chain)))
        transaction.connection.execute(t.ledger_head.insert().values(**_row(transaction, till, head)))
        known[chain] = head.number


def heads_of(connection: Connection, till: PairedTill) -> list[dict[str, Any]]:
    """What this till told, as it told it."""
    shown = (_head[name] for name in LedgerHeadTold.model_fields)
    query = select(*shown).where(_head.till_id == till.till_id).order_by(_head.till_letter, _head.series)
    return [dict(row) for row in connection.execute(query).mappings()]


def _is(till: PairedTill, till_letter: str, series: str) -> tuple[Any, ...]:
    return _head.till_id == till.till_id, _head.till_letter == till_letter, _head.series == series


def _row(transaction: ShopTransaction, till: PairedTill, head: LedgerHeadTold) -> dict[str, Any]:
    happened_at = time_text(parse_moment(head.happened_at)) if head.happened_at else None
    return {
        **head.model_dump(),
        "happened_at": happened_at,
        "shop_id": transaction.shop_id,
        "till_id": till.till_id,
        "told_at": time_text(transaction.now),
    }
