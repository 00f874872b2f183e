"""Owns taking facts in exactly once (I3): which are new, which were told before, which misuse an id.

    id unknown, number unknown       -> takes effect                applied | conflict, or refused without a trace
    id known, same content           -> nothing happens again       duplicate, or the conflict of the first time
    id known, other content          -> nothing happens             refused id_reused
    number known under another id    -> nothing happens             refused seq_reused

A refused fact leaves no trace, so that the same fact may be told again once the reason is gone. What a fact does is
`effects`'s. One batch is one transaction, each fact a savepoint in it: the answer is given only after the commit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.marketplace import tables as t
from app.marketplace.catalogue import show_products
from app.marketplace.disagreements import open_for_conflict
from app.marketplace.effects import Effect, FactRefused, Told, take_effect
from app.marketplace.orders import show_order
from app.marketplace.pairing import PairedTill
from app.marketplace.schemas import FactSent
from app.marketplace.statements import Connection, Row, fixed
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import parse_moment, time_text

APPLIED, DUPLICATE, CONFLICT, REFUSED = "applied", "duplicate", "conflict", "refused"

_fact = t.fact.c
_this_one = (_fact.shop_id == bindparam("of_shop")) & (_fact.fact_id == bindparam("of_fact"))
_KEEP = fixed(t.fact.insert())
_KNOWN = fixed(select(t.fact).where(_this_one))
_CHANGE = fixed(t.fact.update().where(_this_one))
_NUMBERED = fixed(
    select(_fact.fact_id).where(_fact.till_id == bindparam("of_till"), _fact.till_seq == bindparam("of_seq"))
)
_LAST = fixed(
    select(_fact.till_seq, _fact.fact_id)
    .where(_fact.till_id == bindparam("of_till"))
    .order_by(_fact.till_seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one fact. `reason` is a key of `words`, "" when all is well; `view`, on a conflict, the order as
    it is, or the article as it is and as it was told."""

    fact_id: str
    outcome: str
    reason: str = ""
    view: dict[str, Any] | None = None


def take_facts(transaction: ShopTransaction, till: PairedTill, facts: Sequence[FactSent]) -> list[Answer]:
    """Take a batch in; one answer each, in the same order."""
    return [_take_fact(transaction, till, fact) for fact in facts]


def _take_fact(transaction: ShopTransaction, till: PairedTill, fact: FactSent) -> Answer:
    row = _row(transaction, till, fact)
    known = _known(transaction, fact.fact_id)
    if known is not None:
        _follow_number(transaction, till, known, fact.till_seq)
        return _answer_again(transaction, known, row)
    if _number_used(transaction, till, fact.till_seq):
        return Answer(fact.fact_id, REFUSED, "seq_reused")
    moment = parse_moment(fact.happened_at)
    told = Told(fact.fact_id, till.till_id, till.name, fact.kind, moment, fact.payload)
    try:
        with transaction.all_or_nothing():
            effect = _keep_and_apply(transaction, row, told)
    except FactRefused as refusal:
        return Answer(fact.fact_id, REFUSED, refusal.reason)
    if effect.conflict:
        return _conflict(transaction, fact.fact_id, effect.conflict, effect.order_id or effect.product_id, fact.payload)
    return Answer(fact.fact_id, APPLIED)


def _conflict(
    transaction: ShopTransaction, fact_id: str, reason: str, record_id: str, payload: Mapping[str, Any]
) -> Answer:
    """The answer with what it is about as it is now."""
    if reason != "product_newer":
        view = show_order(transaction.connection, transaction.shop_id, record_id)
        return Answer(fact_id, CONFLICT, reason, view)
    theirs = show_products(transaction.connection, transaction.shop_id, [record_id])
    return Answer(fact_id, CONFLICT, reason, {"theirs": theirs.get(record_id, {}), "ours": dict(payload)})


def _keep_and_apply(transaction: ShopTransaction, row: dict[str, Any], told: Told) -> Effect:
    transaction.connection.execute(_KEEP, {**row, "outcome": APPLIED, "reason": ""})
    effect = take_effect(transaction, told)
    if effect.conflict:
        about = effect.order_id or effect.product_id
        _change(transaction, told.fact_id, outcome=CONFLICT, reason=f"{effect.conflict} {about}")
        open_for_conflict(
            transaction,
            effect.conflict,
            told.fact_id,
            effect.disagreed,
            order_id=effect.order_id,
            product_id=effect.product_id,
        )
    return effect


def _row(transaction: ShopTransaction, till: PairedTill, fact: FactSent) -> dict[str, Any]:
    return {
        "shop_id": transaction.shop_id,
        "fact_id": fact.fact_id,
        "till_id": till.till_id,
        "till_seq": fact.till_seq,
        "kind": fact.kind,
        "subject": fact.subject,
        "happened_at": time_text(parse_moment(fact.happened_at)),
        "payload": json.dumps(fact.payload, sort_keys=True, separators=(",", ":")),
        "received_at": time_text(transaction.now),
    }


def _known(transaction: ShopTransaction, fact_id: str) -> Row | None:
    return transaction.connection.execute(_KNOWN, {"of_shop": transaction.shop_id, "of_fact": fact_id}).one_or_none()


# not the till: one that was paired anew has a new id, and may not know that its last facts were taken;
# nor the number: an older copy gives its facts new ones, and may not know that another till passed them on (`relay`)
# nor what people typed: a till takes it away after some weeks, for a customer's name may stand in it (I10)
_CONTENT = ("kind", "subject", "happened_at")
_TYPED = ("override_reason", "reason", "note")


def _answer_again(transaction: ShopTransaction, known: Row, row: dict[str, Any]) -> Answer:
    same = all(getattr(known, column) == row[column] for column in _CONTENT)
    if not (same and _same_but_for_words(known.payload, row["payload"])):
        return Answer(known.fact_id, REFUSED, "id_reused")
    if known.outcome == APPLIED:
        return Answer(known.fact_id, DUPLICATE)
    reason, record_id = known.reason.split(" ", 1)
    return _conflict(transaction, known.fact_id, reason, record_id, json.loads(known.payload))


def _same_but_for_words(known: str, told: str) -> bool:
    """Words that were taken away since; another wording is another content."""
    if known == told:
        return True
    ours, theirs = json.loads(known), json.loads(told)
    return bool({**ours, **{word: "" for word in _TYPED if word in theirs and not theirs[word]}} == theirs)


def _follow_number(transaction: ShopTransaction, till: PairedTill, known: Row, till_seq: int) -> None:
    """An older copy gives what it has not told new numbers, and may not know that it had told it: both sides must call
    the same fact by the same number. Never back: a request that was held up on its way tells of an older number."""
    if known.till_id != till.till_id or till_seq <= known.till_seq or _number_used(transaction, till, till_seq):
        return
    _change(transaction, known.fact_id, till_seq=till_seq)


def _change(transaction: ShopTransaction, fact_id: str, **values: Any) -> None:
    transaction.connection.execute(_CHANGE, {"of_shop": transaction.shop_id, "of_fact": fact_id, **values})


def _number_used(transaction: ShopTransaction, till: PairedTill, till_seq: int) -> bool:
    numbered = transaction.connection.execute(_NUMBERED, {"of_till": till.till_id, "of_seq": till_seq})
    return numbered.first() is not None


def last_fact_of(connection: Connection, till: PairedTill) -> tuple[int, str]:
    """The highest number of a fact that this till told, and that fact's id; 0 and "" before the first."""
    last = connection.execute(_LAST, {"of_till": till.till_id}).first()
    return (last.till_seq, last.fact_id) if last is not None else (0, "")
