"""Owns taking in what a till told by its rescue file, through another till or by hand: as if it had told it itself.

The signature stands for the till's token, the file's digests for its connection. Facts that arrive by both ways are
duplicates (`intake`). A till that has been shut out since is heard all the same: what it signed has happened, and a
person of the shop, or of the marketplace, brought it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select

from app.domain import rescue
from app.domain.rescue import RescueFile, RescueRefusal, is_genuine, is_part_of, read_file
from app.marketplace import tables as t
from app.marketplace.intake import REFUSED, Answer, take_facts
from app.marketplace.ledger_heads import take_heads
from app.marketplace.ledger_keys import key_of
from app.marketplace.pairing import PairedTill
from app.marketplace.schemas import ID_PATTERN, FactSent, LedgerHeadTold
from app.marketplace.signatures import is_signed_by
from app.marketplace.store import ShopTransaction, Store, UnknownShop


class RescueRefused(Exception):
    """Nothing of the file is taken; `reason` says why."""

    def __init__(self, reason: RescueRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RescueTaken:
    """What became of the facts of a file, by outcome: `applied`, `duplicate`, `conflict`, `refused`; and for each
    refused one its id and the reason."""

    till_letter: str
    outcomes: Mapping[str, int]
    refused: Sequence[tuple[str, str]]


def take_part(
    transaction: ShopTransaction,
    statement: Mapping[str, Any],
    signature: bytes,
    number: int,
    facts: Sequence[Mapping[str, Any]],
) -> list[Answer]:
    """Take one part of a rescue file in; one answer for each fact, in the same order. Raises RescueRefused."""
    till = _author(transaction, statement, signature)
    if not is_part_of(statement, number, facts):
        raise RescueRefused(RescueRefusal.ALTERED)
    answers = [_take_fact(transaction, till, fact) for fact in facts]
    take_heads(transaction, till, _heads(statement))
    return answers


def import_file(store: Store, data: bytes) -> RescueTaken | RescueRefusal:
    """Take a whole file in, for those who run the marketplace. Raises DatabaseBusy; then the file may be taken in
    again, and what was taken in already is a duplicate."""
    file = read_file(data, is_signed_by)
    if not isinstance(file, RescueFile):
        return file
    answers: list[Answer] = []
    try:
        for number, part in enumerate(file.parts):
            with store.writing(file.shop_id) as transaction:
                answers += take_part(transaction, file.statement, file.signature, number, part)
    except UnknownShop:
        return RescueRefusal.OTHER_SHOP
    except RescueRefused as refused:
        return refused.reason
    outcomes = Counter(answer.outcome for answer in answers)
    refused_ones = [(answer.fact_id, answer.reason) for answer in answers if answer.outcome == REFUSED]
    return RescueTaken(file.till_letter, outcomes, refused_ones)


def _author(transaction: ShopTransaction, statement: Mapping[str, Any], signature: bytes) -> PairedTill:
    """The till that signed. Raises RescueRefused."""
    if statement.get("format") != rescue.FORMAT:
        raise RescueRefused(RescueRefusal.NOT_A_RESCUE_FILE)
    if statement.get("version") != rescue.VERSION:
        raise RescueRefused(RescueRefusal.NEWER_FORMAT)
    if statement.get("shop_id") != transaction.shop_id:
        raise RescueRefused(RescueRefusal.OTHER_SHOP)
    till = _till(transaction, str(statement.get("till_id", "")))
    key = key_of(transaction.connection, till.shop_id, till.till_id)
    if key is None or key != statement.get("public_key"):
        raise RescueRefused(RescueRefusal.UNKNOWN_KEY)
    if not is_genuine(statement, signature, is_signed_by):
        raise RescueRefused(RescueRefusal.BAD_SIGNATURE)
    return till


def _till(transaction: ShopTransaction, till_id: str) -> PairedTill:
    if re.fullmatch(ID_PATTERN, till_id) is None:
        raise RescueRefused(RescueRefusal.UNKNOWN_TILL)  # and no text of a stranger's making reaches the database
    tills = t.till.c
    wanted = select(t.till).where(tills.till_id == till_id, tills.shop_id == transaction.shop_id)
    row = transaction.connection.execute(wanted).one_or_none()
    if row is None:
        raise RescueRefused(RescueRefusal.UNKNOWN_TILL)
    return PairedTill(row.till_id, row.shop_id, row.letter, row.name, row.revoked_at is not None)


def _take_fact(transaction: ShopTransaction, till: PairedTill, plain: Mapping[str, Any]) -> Answer:
    try:
        fact = FactSent.model_validate(plain)
    except ValidationError:
        return Answer(str(plain.get("fact_id", ""))[:64], REFUSED, "bad_payload")
    (answer,) = take_facts(transaction, till, [fact])
    if answer.reason != "seq_reused":
        return answer
    # an older copy of the till drew numbers that had been told before: what happened counts, under the next number of
    # ours; that till hears of it when it greets, and goes on far above
    renumbered = fact.model_copy(update={"till_seq": _highest_seq(transaction, till) + 1})
    return take_facts(transaction, till, [renumbered])[0]


def _highest_seq(transaction: ShopTransaction, till: PairedTill) -> int:
    highest = select(func.max(t.fact.c.till_seq)).where(t.fact.c.till_id == till.till_id)
    return int(transaction.connection.execute(highest).scalar_one() or 0)


def _heads(statement: Mapping[str, Any]) -> list[LedgerHeadTold]:
    """The ends that this version understands."""
    understood: list[LedgerHeadTold] = []
    told = statement.get("heads")
    for plain in told if isinstance(told, list) else ():
        try:
            understood.append(LedgerHeadTold.model_validate(plain))
        except ValidationError:
            continue
    return understood
