"""Owns the outbox: every fact kept for ever, and which of them must still be told. Never sends anything.

    pending --claim--> sending --applied, duplicate--> (row removed; the fact stays)
       ^                 |  |--refused-----> refused     holds back its own subject, until a person says `resend`,
       |                 |  |                            or sets it aside (row removed; who and why stay)
       |                 |  '--conflict----> conflicted  told, but a person must look: an exception is opened;
       |                 |                              --settled--> (row removed; fact and exception stay)
       '--release, lease over, clock set back--'

The most urgent go first: handovers before stock before sales before the catalogue (`facts.urgency_of`). Whatever their
urgency, facts of one subject go in the order they happened: a claim takes a run of them, and nothing of a subject while
an earlier one is refused, under way, waiting for its next try or less urgent. What happened at the counter stands: a
conflict is never undone here, and holds nothing back, because the marketplace has kept the fact. What followed a
refused fact in the same claim was sent after it, in order, and its own answer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, insert, or_, select, update

from app.domain.facts import Fact, FactKind, urgency_of
from app.storage.repositories.exceptions import ExceptionRows
from app.storage.repositories.numbers import draw_number, draw_numbers
from app.storage.session import Row, Session, Statement, key_binds, values_of
from app.storage.tables import fact, outbox, set_aside
from app.storage.values import canonical_json, plain_of, time_of, time_text
from app.usecases.exception_ports import RefusedFact
from app.usecases.marketplace_port import FactAnswer, FactOutcome

PENDING = "pending"
SENDING = "sending"
REFUSED = "refused"
CONFLICTED = "conflicted"

LONGEST_HOLD = timedelta(minutes=10)
"""Longer than any claim or pause. What is held for longer was held by a clock that has been set back since."""

_o = outbox.c
_earlier = outbox.alias("earlier")
_FACT = (fact.c.fact_id, fact.c.till_seq, fact.c.kind, fact.c.subject, fact.c.happened_at, fact.c.payload)

_KEEP = insert(fact)
_QUEUE = insert(outbox)
CLAIMABLE = (
    select(*_FACT)
    .join(outbox, _o.till_seq == fact.c.till_seq)
    .where(
        _o.state != REFUSED,  # not "IN": the walk is along the index, most urgent first, and ends with the LIMIT
        _o.state != CONFLICTED,
        or_(_o.due_at.is_(None), _o.due_at <= bindparam("now"), _o.due_at > bindparam("absurd")),
        ~exists().where(
            _earlier.c.subject == _o.subject,
            _earlier.c.till_seq < _o.till_seq,
            or_(
                _earlier.c.state == REFUSED,
                and_(
                    _earlier.c.state.in_(values_of((PENDING, SENDING))),
                    or_(
                        _earlier.c.urgency > _o.urgency,
                        and_(_earlier.c.due_at > bindparam("now"), _earlier.c.due_at <= bindparam("absurd")),
                    ),
                ),
            ),
        ),
    )
    .order_by(_o.urgency, _o.till_seq)
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
    .values(state=bindparam("new_state"), message=bindparam("sentence"), reason=bindparam("why"), due_at=None)
)
_RELEASE = (
    update(outbox)
    .where(_o.fact_id == bindparam("of_fact"), _o.state == SENDING)
    .values(state=PENDING, due_at=bindparam("retry_at"), message=bindparam("error"))
)
_RESEND = (
    update(outbox)
    .where(_o.fact_id == bindparam("of_fact"), _o.state == REFUSED)
    .values(state=PENDING, due_at=None, message="", reason="")
)
_REFUSED_ONE = (
    select(*_FACT, _o.reason, _o.message)
    .join(outbox, _o.till_seq == fact.c.till_seq)
    .where(_o.fact_id == bindparam("of_fact"), _o.state == REFUSED)
)
_SET_ASIDE = insert(set_aside)
_LEAVE_QUEUE = delete(outbox).where(_o.fact_id == bindparam("of_fact"), _o.state == CONFLICTED)
_FREE_ALL = update(outbox).where(_o.state == SENDING).values(state=PENDING, due_at=None)
_ANY_CLAIMED = select(_o.till_seq).where(_o.state == SENDING).limit(1)


def _queued(size: int) -> Statement:
    return (
        select(_o.fact_id, fact.c.kind, fact.c.subject, fact.c.payload)
        .join(fact, fact.c.till_seq == _o.till_seq)
        .where(_o.fact_id.in_(key_binds(size)))
    )


class OutboxRows:
    """Implements `ports.Outbox`."""

    def __init__(self, session: Session, exceptions: ExceptionRows) -> None:
        self._session = session
        self._exceptions = exceptions

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
            self._session.run(
                _ANSWERED,
                of_fact=answer.fact_id,
                new_state=REFUSED if refused else CONFLICTED,
                sentence=answer.message,
                why=answer.reason,
            )
            if not refused and self._exceptions.open_for_conflict(answer, FactKind(row[1]), plain_of(row[3]), now):
                self._session.run(_LEAVE_QUEUE, of_fact=answer.fact_id)  # settled at another till before we were told

    def release(self, fact_ids: Sequence[str], now: datetime, retry_at: datetime, error: str) -> None:
        due_at = time_text(max(now, retry_at))
        self._session.run_many(
            _RELEASE, [{"of_fact": fact_id, "retry_at": due_at, "error": error} for fact_id in fact_ids]
        )

    def resend(self, fact_id: str) -> bool:
        return self._session.run(_RESEND, of_fact=fact_id) > 0

    def refused(self, fact_id: str) -> RefusedFact | None:
        row = self._session.one(_REFUSED_ONE, of_fact=fact_id)
        return RefusedFact(fact_of(row), row[6], row[7]) if row else None

    def set_aside(self, refused: RefusedFact, now: datetime, operator: str, note: str, replaced_by: str = "") -> None:
        self._session.run(_DONE, of_fact=refused.fact.fact_id)
        self._session.run(
            _SET_ASIDE,
            fact_id=refused.fact.fact_id,
            till_seq=refused.fact.till_seq,
            at=time_text(now),
            operator=operator,
            note=note,
            message=refused.message,
            reason=refused.reason,
            replaced_by=replaced_by,
        )

    def leave(self, fact_id: str) -> None:
        self._session.run(_LEAVE_QUEUE, of_fact=fact_id)


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
        "urgency": urgency_of(fact.kind),
        "reason": "",
    }


def fact_of(row: Row) -> Fact:
    return Fact(row[0], row[1], FactKind(row[2]), row[3], time_of(row[4]), plain_of(row[5]))
