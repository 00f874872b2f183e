"""Owns noticing that one till's ledger has two ends: the same number of a chain was told with two digests. Two copies
of the till are at work, or one went on from an older copy without knowing it. Never refuses what is told, nor says
which of the two is right: a person at any till of the shop is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, select

from app.domain.disagreements import DisagreementKind
from app.marketplace import tables as t
from app.marketplace.disagreements import open_disagreement
from app.marketplace.pairing import PairedTill
from app.marketplace.schemas import LedgerHeadTold
from app.marketplace.statements import fixed
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import time_text

NUMBERS_KEPT = 1000
"""Of each chain, behind the newest number told: a copy that sells as the other does is met long before."""
_LOOK_EVERY = 50

_told = t.ledger_told.c
_chain = (
    (_told.till_id == bindparam("of_till"))
    & (_told.till_letter == bindparam("of_letter"))
    & (_told.series == bindparam("of_series"))
)
_BEFORE = fixed(select(_told.hash, _told.told_at).where(_chain, _told.number == bindparam("of_number")))
_KEEP = fixed(t.ledger_told.insert())
_FORGET = fixed(t.ledger_told.delete().where(_chain, _told.number < bindparam("kept_from")))


def notice_forks(transaction: ShopTransaction, till: PairedTill, heads: Iterable[LedgerHeadTold]) -> None:
    """Keep what is told now, and hold it against what was told before."""
    for head in heads:
        chain = {"of_till": till.till_id, "of_letter": head.till_letter, "of_series": head.series}
        before = transaction.connection.execute(_BEFORE, {**chain, "of_number": head.number}).one_or_none()
        if before is None:
            transaction.connection.execute(_KEEP, _row(transaction, till, head))
            if head.number % _LOOK_EVERY == 0:
                transaction.connection.execute(_FORGET, {**chain, "kept_from": head.number - NUMBERS_KEPT})
        elif before.hash != head.hash and not _is_said(transaction, till, before.told_at):
            _say(transaction, till, head, before.hash)


def _row(transaction: ShopTransaction, till: PairedTill, head: LedgerHeadTold) -> dict[str, Any]:
    return {
        "shop_id": transaction.shop_id,
        "till_id": till.till_id,
        "till_letter": head.till_letter,
        "series": head.series,
        "number": head.number,
        "hash": head.hash,
        "told_at": time_text(transaction.now),
    }


def _id_of(till: PairedTill, rest: str) -> str:
    return f"{DisagreementKind.LEDGER_FORKED.value}:{till.till_id}:{rest}"


def _is_said(transaction: ShopTransaction, till: PairedTill, told_at: str) -> bool:
    """Whether a disagreement about this till is open, or was settled after the other copy had told its part: then that
    one was stopped, and only what it had told is met."""
    disagreements = t.disagreement.c
    of_till = (
        disagreements.shop_id == transaction.shop_id,
        disagreements.kind == DisagreementKind.LEDGER_FORKED.value,
        disagreements.exception_id.startswith(_id_of(till, ""), autoescape=True),
    )
    open_ones = select(func.count()).where(*of_till, disagreements.settled_at.is_(None))
    settled = select(func.max(disagreements.settled_at)).where(*of_till)
    if transaction.connection.execute(open_ones).scalar_one():
        return True
    last: str | None = transaction.connection.execute(settled).scalar_one()
    return last is not None and told_at <= last


def _say(transaction: ShopTransaction, till: PairedTill, head: LedgerHeadTold, hash_before: str) -> None:
    open_disagreement(
        transaction,
        DisagreementKind.LEDGER_FORKED,
        _id_of(till, f"{head.till_letter}:{head.series}:{head.number}"),
        {
            "till": till.name,
            "letter": head.till_letter,
            "series": head.series,
            "number": head.number,
            "first": hash_before[:16],
            "second": head.hash[:16],
        },
    )
