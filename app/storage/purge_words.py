"""Owns the taking away of what people typed where a customer's name may stand: reasons of overrides and undone
handovers, notes on settled disagreements, titles of parked baskets, the same words in facts of this till and in those
taken over from another. What happened, and who did it, stays; amounts, quantities, ids and times are never touched.

Kept all the same, because the law wants them as they were: invoices with their buyers, and what is sealed in the
ledger (I10 keeps customers' names out of it in the first place).
"""

from __future__ import annotations

import itertools
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.facts import FactKind
from app.storage.sale_tables import parked_basket
from app.storage.session import Session, values_of
from app.storage.tables import counter, exception, fact, handover, rescue_file, rescued_fact
from app.storage.values import time_text

FACTS_AT_ONCE = 2_000
_SEEN = "words_purged"
_WITH_WORDS = values_of((FactKind.ORDER_HANDED_OVER, FactKind.HANDOVER_UNDONE, FactKind.EXCEPTION_SETTLED))
_WORDS = ("override_reason", "reason", "note")

_HANDOVERS = (
    update(handover)
    .where(
        handover.c.handed_over_at < bindparam("before"),
        or_(handover.c.override_reason != "", handover.c.undo_reason != "", handover.c.handed_to != ""),
    )
    .values(override_reason="", undo_reason="", handed_to="")
)
_EXCEPTIONS = (
    update(exception)
    .where(exception.c.settled_at < bindparam("before"), or_(exception.c.settled_note != "", exception.c.message != ""))
    .values(settled_note="", message="")
)
_BASKETS = (
    update(parked_basket)
    .where(parked_basket.c.parked_at < bindparam("before"), parked_basket.c.title != "")
    .values(title="")
)
_READ_SEEN = select(counter.c.value).where(counter.c.name == _SEEN)
_INSERT_SEEN = insert(counter)
_NOTE_SEEN = _INSERT_SEEN.on_conflict_do_update(
    index_elements=[counter.c.name], set_={"value": _INSERT_SEEN.excluded.value}
)
_NEXT_FACTS = (
    select(fact.c.till_seq, fact.c.happened_at)
    .where(fact.c.till_seq > bindparam("seen"), fact.c.happened_at <= bindparam("now"))
    .order_by(fact.c.till_seq)
    .limit(FACTS_AT_ONCE)
)
_FACTS = (
    update(fact)
    .where(
        fact.c.till_seq > bindparam("seen"),
        fact.c.till_seq <= bindparam("last"),
        fact.c.kind.in_(_WITH_WORDS),
    )
    .values(payload=func.json_replace(fact.c.payload, *(part for word in _WORDS for part in (f"$.{word}", ""))))
)
_OLD_FILES = select(rescue_file.c.file_id).where(rescue_file.c.imported_at < bindparam("before"))
_RESCUED = (
    update(rescued_fact)
    .where(
        rescued_fact.c.state != "waiting",  # one that waits is signed as it is
        func.json_valid(rescued_fact.c.body) == 1,
        rescued_fact.c.file_id.in_(_OLD_FILES),
        or_(*(func.json_extract(rescued_fact.c.body, f"$.payload.{word}") > "" for word in _WORDS)),
    )
    .values(
        body=func.json_replace(rescued_fact.c.body, *(part for word in _WORDS for part in (f"$.payload.{word}", "")))
    )
)


def purge_words(session: Session, before: datetime) -> None:
    """All but the words in this till's own facts."""
    moment = time_text(before)
    for statement in (_HANDOVERS, _EXCEPTIONS, _BASKETS, _RESCUED):
        session.run(statement, before=moment)


def purge_words_of_facts(session: Session, before: datetime, now: datetime) -> bool:
    """The words in the next facts, oldest first; whether more may wait. A fact that could not be told for so long is
    told without them; that it is the same one is known by its id, number and what happened (`intake`).

    One dated after now was noted by a clock that has been set right since: it is as old as the next one that is not.
    """
    row = session.one(_READ_SEEN)
    seen = int(row[0]) if row else 0
    ahead = session.rows(_NEXT_FACTS, seen=seen, now=time_text(now))
    old = list(itertools.takewhile(lambda found: found[1] < time_text(before), ahead))
    if not old:
        return False
    session.run(_FACTS, seen=seen, last=old[-1][0])
    session.run(_NOTE_SEEN, name=_SEEN, value=old[-1][0])
    return len(old) == FACTS_AT_ONCE
