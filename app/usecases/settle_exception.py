"""Closes a disagreement on a person's word and tells the shop's other tills. Never erases what happened, nor says who
was right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from app.domain.disagreements import Answer, changes_in, choices_for
from app.domain.facts import FactKind, settled_payload
from app.usecases.marketplace_port import Disagreement
from app.usecases.ports import Counter, Touched, UnitOfWork
from app.usecases.prepare_order import say_ready_again
from app.usecases.put_ours_again import put_ours_again
from app.usecases.record_fact import exception_subject, record_fact

MAX_NOTE_LENGTH = 500


class Settling(StrEnum):
    """SETTLED: noted and told. NOT_OPEN: settled before (at another screen or till), or there is none. WRONG_ANSWER: no
    answer to that kind. NOT_POSSIBLE: what the answer asks for cannot be done, for example the article is gone."""

    SETTLED = "settled"
    NOT_OPEN = "not_open"
    WRONG_ANSWER = "wrong_answer"
    NOT_POSSIBLE = "not_possible"


def settle_exception(counter: Counter, exception_id: str, operator: str, note: str, answer: str = "") -> Settling:
    """Note who saw to it, when and how, and do what the answer asks for. Its fact no longer waits; fact and exception
    stay for ever.

    Args:
        note: cut at `MAX_NOTE_LENGTH` characters; may be empty.
        answer: one of `disagreements.choices_for` its kind; "" for the proposed one.

    Returns anything but SETTLED if nothing has changed.
    """
    kept_note = " ".join(note.split())[:MAX_NOTE_LENGTH]
    with counter.unit_of_work() as uow:
        known = uow.exceptions.get(exception_id)
        if known is None or known.settled_at is not None:
            return Settling.NOT_OPEN
        choices = choices_for(known.kind)
        chosen = answer or choices[0].value
        if chosen not in choices:
            return Settling.WRONG_ANSWER
        touched = _do(uow, counter, known, Answer(chosen), operator)
        if touched is None:
            return Settling.NOT_POSSIBLE
        _close(uow, counter, known, chosen, operator, kept_note)
        uow.commit()
    counter.announce(touched)
    return Settling.SETTLED


def _do(uow: UnitOfWork, counter: Counter, known: Disagreement, answer: Answer, operator: str) -> Touched | None:
    """What an answer changes at this counter; None if it cannot be done."""
    if answer is Answer.OURS_AGAIN:
        return Touched(outbox=True, catalogue=True) if put_ours_again(uow, counter, known) else None
    if answer is Answer.PREPARE_AGAIN and known.order_id:
        lines = [change.line_no for change in changes_in(known.view)]
        uow.orders.forget_preparation(known.order_id, lines)
        return Touched(outbox=True, orders=True)
    if answer is Answer.KEEP_AS_PREPARED and known.order_id:
        say_ready_again(uow, counter, known.order_id, operator)
    return Touched(outbox=True, orders=bool(known.order_id))


def _close(uow: UnitOfWork, counter: Counter, known: Disagreement, answer: str, operator: str, note: str) -> None:
    now = counter.clock.now()
    uow.exceptions.settle(known.exception_id, now, operator, answer, note)
    uow.outbox.leave(known.exception_id)
    _tell(uow, counter, replace(known, settled_at=now, settled_by=operator, answer=answer, note=note), now)


def _tell(uow: UnitOfWork, counter: Counter, settled: Disagreement, at: datetime) -> None:
    payload = settled_payload(
        settled.exception_id,
        settled.kind,
        settled.answer,
        settled.settled_by,
        settled.note,
        order_id=settled.order_id,
        product_id=settled.product_id,
    )
    record_fact(uow, counter, FactKind.EXCEPTION_SETTLED, exception_subject(settled.exception_id), at, payload)


def tell_answer_again(uow: UnitOfWork, counter: Counter, told: Disagreement) -> None:
    """Tell the answer that this till knows to what the marketplace shows as open: it was set back, and the till that
    had told it may have lost its fact with an older copy too. Part of the caller's transaction.

    Not if the fact is here: it waits, is on its way, or the comparison tells it again.
    """
    known = uow.exceptions.get(told.exception_id) if told.settled_at is None else None
    if known is None or known.settled_at is None or uow.exceptions.answered_here(told.exception_id):
        return
    _tell(uow, counter, known, known.settled_at)
