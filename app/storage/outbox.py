"""Owns the outbox: every fact kept for ever, and which of them must still be told. Never sends anything.

    pending --claim--> sending --applied, duplicate--> (row removed; the fact stays)
       ^                 |  |--refused-----> refused     holds back its own subject, until a person says `resend`
       |                 |  '--conflict----> conflicted  told, but a person must look: an exception is opened;
       |                 |                              --settled--> (row removed; fact and exception stay)
       '--release, lease over, clock set back--'

Facts of one subject go in the order they happened: a claim takes a run of them, and nothing of a subject while an
earlier one is refused, under way or waiting for its next try. What happened at the counter stands: a conflict is never
undone here, and holds nothing back, because the marketplace has kept the fact. What followed a refused fact in the
same claim was sent after it, in order, and its own answer counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.domain.facts import Fact, FactKind
from app.storage.repositories.numbers import draw_number, draw_numbers
from app.storage.session import Row, Session, Statement, key_binds, values_of
from app.storage.tables import exception, fact, outbox
from app.storage.values import canonical_json, plain_of, time_of, time_text
from app.usecases.marketplace_port import FactAnswer, FactOutcome

PENDING = "pending"
SENDING = "sending"
REFUSED = "refused"
CONFLICTED = "conflicted"

LONGEST_HOLD = timedelta(minutes=10)
"""Longer than any claim or pause. What is held for longer was held by a clock that has been set back since."""

_PERSONAL_FIELDS = frozenset({"customer_name", "note", "handed_to"})

_o = outbox.c
_earlier = outbox.alias("earlier")
_FACT = (fact.c.fact_id, fact.c.till_seq, fact.c.kind, fact.c.subject, fact.c.happened_at, fact.c.payload)

_KEEP = insert(fact)
_QUEUE = insert(outbox)
CLAIMABLE = (
    select(*_FACT)
    .join(outbox, _o.till_seq == fact.c.till_seq)
    .where(
        _o.state != REFUSED,  # not "IN": the walk is along the key, oldest first, and ends with the LIMIT
        _o.state != CONFLICTED,
        or_(_o.due_at.is_(None), _o.due_at <= bindparam("now"), _o.due_at > bindparam("absurd")),
        ~exists().where(
            _earlier.c.subject == _o.subject,
            _earlier.c.till_seq < _o.till_seq,
            or_(
                _earlier.c.state == REFUSED,
                and_(
                    _earlier.c.state.in_(values_of((PENDING, SENDING))),
                    _earlier.c.due_at > bindparam("now"),
                    _earlier.c.due_at <= bindparam("absurd"),
                ),
            ),
        ),
    )
    .order_by(_o.till_seq)
    .limit(bindparam("most"))
)
_CLAIM = (
    update(outbox)
    .where(_o.till_seq == bindparam("seq"))
    .values(state=SENDING, due_at=bindparam("lease_end"), attempts=_o.attempts + 1)
)
_DONE = delete(outbox).where(_o.fact_id == bindparam("of_fact"))
_ANSWERED = (
    update(outbox)
    .where(_o.fact_id == bindparam("of_fact"))
    .values(state=bindparam("new_state"), message=bindparam("sentence"), due_at=None)
)
_RELEASE = (
    update(outbox)
    .where(_o.fact_id == bindparam("of_fact"), _o.state == SENDING)
    .values(state=PENDING, due_at=bindparam("retry_at"), message=bindparam("error"))
)
_RESEND = (
    update(outbox)
    .where(_o.fact_id == bindparam("of_fact"), _o.state == REFUSED)
    .values(state=PENDING, due_at=None, message="")
)
_SETTLE = (
    update(exception)
    .where(exception.c.exception_id == bindparam("of_exception"), exception.c.settled_at.is_(None))
    .values(settled_at=bindparam("at"), settled_by=bindparam("by"), settled_note=bindparam("with_note"))
)
_LEAVE_QUEUE = delete(outbox).where(_o.fact_id == bindparam("of_fact"), _o.state == CONFLICTED)
_FREE_ALL = update(outbox).where(_o.state == SENDING).values(state=PENDING, due_at=None)
_ANY_CLAIMED = select(_o.till_seq).where(_o.state == SENDING).limit(1)
_OPEN_EXCEPTION = sqlite_insert(exception).on_conflict_do_nothing()


def _queued(size: int) -> Statement:
    return (
        select(_o.fact_id, fact.c.kind, fact.c.subject, fact.c.payload)
        .join(fact, fact.c.till_seq == _o.till_seq)
        .where(_o.fact_id.in_(key_binds(size)))
    )


class OutboxRows:
    """Implements `ports.Outbox`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_seq(self) -> int:
        return draw_number(self._session, "fact")

    def next_seqs(self, count: int) -> range:
        return draw_numbers(self._session, "fact", count) if count else range(0)

    def append(self, fact: Fact) -> None:
        self._session.run(_KEEP, **_fact_row(fact))
        self._session.run(_QUEUE, **_queue_row(fact))

    def append_all(self, facts: Sequence[Fact]) -> None:
        self._session.run_many(_KEEP, [_fact_row(fact) for fact in facts])
        self._session.run_many(_QUEUE, [_queue_row(fact) for fact in facts])

    def claim(self, limit: int, now: datetime, lease_s: float) -> Sequence[Fact]:
        rows = self._session.rows(CLAIMABLE, now=time_text(now), absurd=time_text(now + LONGEST_HOLD), most=limit)
        lease_end = time_text(now + timedelta(seconds=lease_s))
        self._session.run_many(_CLAIM, [{"seq": row[1], "lease_end": lease_end} for row in rows])
        return [fact_of(row) for row in rows]

    def settle(self, answers: Sequence[FactAnswer], now: datetime) -> None:
        queued = {row[0]: row for row in self._session.rows_for(_queued, [answer.fact_id for answer in answers])}
        for answer in answers:
            row = queued.get(answer.fact_id)
            if row is None:
                continue  # settled before: an answer that came twice
            if answer.outcome in (FactOutcome.APPLIED, FactOutcome.DUPLICATE):
                self._session.run(_DONE, of_fact=answer.fact_id)
                continue
            refused = answer.outcome is FactOutcome.REFUSED
            state = REFUSED if refused else CONFLICTED
            self._session.run(_ANSWERED, of_fact=answer.fact_id, new_state=state, sentence=answer.message)
            if not refused:
                self._open_exception(answer, row, now)

    def release(self, fact_ids: Sequence[str], now: datetime, retry_at: datetime, error: str) -> None:
        due_at = time_text(max(now, retry_at))
        self._session.run_many(
            _RELEASE, [{"of_fact": fact_id, "retry_at": due_at, "error": error} for fact_id in fact_ids]
        )

    def resend(self, fact_id: str) -> None:
        self._session.run(_RESEND, of_fact=fact_id)

    def settle_exception(self, exception_id: str, now: datetime, operator: str, note: str) -> bool:
        settled = self._session.run(_SETTLE, of_exception=exception_id, at=time_text(now), by=operator, with_note=note)
        self._session.run(_LEAVE_QUEUE, of_fact=exception_id)
        return settled > 0

    def _open_exception(self, answer: FactAnswer, row: Row, now: datetime) -> None:
        view = answer.view or {}
        kind, proposed = _judge_conflict(row[1], view)
        self._session.run(
            _OPEN_EXCEPTION,
            exception_id=answer.fact_id,
            kind=kind,
            opened_at=time_text(now),
            order_id=str(plain_of(row[3]).get("order_id", "")),
            message=answer.message,
            view=canonical_json({key: value for key, value in view.items() if key not in _PERSONAL_FIELDS}),
            proposed_answer=proposed,
            settled_at=None,
            settled_by="",
            settled_note="",
        )


def free_claims(session: Session) -> None:
    """Give all claims back: at start, whoever held them is dead. Writes nothing if there are none."""
    if session.one(_ANY_CLAIMED) is not None:
        session.run(_FREE_ALL)


def _fact_row(fact: Fact) -> dict[str, Any]:
    return {
        "till_seq": fact.till_seq,
        "fact_id": fact.fact_id,
        "kind": fact.kind.value,
        "subject": fact.subject,
        "happened_at": time_text(fact.happened_at),
        "payload": canonical_json(fact.payload),
    }


def _queue_row(fact: Fact) -> dict[str, Any]:
    return {
        "till_seq": fact.till_seq,
        "fact_id": fact.fact_id,
        "subject": fact.subject,
        "state": PENDING,
        "attempts": 0,
        "due_at": None,
        "message": "",
    }


def fact_of(row: Row) -> Fact:
    return Fact(row[0], row[1], FactKind(row[2]), row[3], time_of(row[4]), plain_of(row[5]))


def _judge_conflict(fact_kind: str, view: Mapping[str, Any]) -> tuple[str, str]:
    """What the disagreement is, and the answer proposed to the person who settles it."""
    if fact_kind == FactKind.ORDER_HANDED_OVER.value:
        if view.get("cancelled_at"):
            return "handed_over_after_cancel", "goods_are_gone"
        return "handed_over_twice", "count_stock"
    return "conflict", "look_at_it"
