"""Owns what `comptoir outbox` and `comptoir exceptions` do: show what waits or is disagreed on, and take a person's
decision. Holds no rule."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.i18n import tr, trn
from app.ui import formats
from app.ui.exception_words import (
    asked_again_words,
    broken_words,
    change_words,
    exception_explanation,
    exception_title,
    fact_title,
    repair_words,
    setting_aside_words,
    settling_words,
)
from app.usecases.exception_queries import ExceptionRow, OutboxRow, SetAsideRow
from app.usecases.queries import QuarantineRow, Queries

if TYPE_CHECKING:
    from app.bootstrap.core import Core

_MOST = 1000


# --- outbox ---


def run_outbox(options: argparse.Namespace, core: Core) -> Answer:
    if options.action == "list":
        return _outbox_listed(core.store.queries)
    row = _row_of(core.store.queries, options.fact)
    if row is None:
        return Answer(tr("There is nothing under this number. The list shows them all."), reason="unknown_number")
    match options.action:
        case "resend":
            return _resent(core, row)
        case "repair":
            return _repaired(core, row, options)
        case _:
            return _put_aside(core, row, options)


def _row_of(queries: Queries, text: str) -> OutboxRow | None:
    """By this till's number of it, as the list shows it, or by its id."""
    if text.isdecimal():
        return next((row for row in queries.outbox(_MOST) if row.till_seq == int(text)), None)
    return queries.outbox_row(text)


def _outbox_listed(queries: Queries) -> Answer:
    rows, state, aside = queries.outbox(_MOST), queries.outbox_state(), queries.set_aside()
    words = tr("{waiting} waiting, {refused} refused, {conflicted} to settle.")
    message = words.format(waiting=state.waiting, refused=state.refused, conflicted=state.conflicted)
    data = {
        "waiting": state.waiting,
        "refused": state.refused,
        "conflicted": state.conflicted,
        "facts": [_fact_data(row) for row in rows],
        "set_aside": [_aside_data(row) for row in aside],
    }
    shown = [
        (
            str(row.till_seq),
            row.state,
            formats.day_and_time(row.happened_at),
            fact_title(row.kind, row.title),
            row.message,
        )
        for row in rows
    ]
    return Answer(message, data, shown)


def _fact_data(row: OutboxRow) -> dict[str, Any]:
    return {
        "fact_id": row.fact_id,
        "till_seq": row.till_seq,
        "kind": row.kind,
        "subject": row.subject,
        "happened_at": row.happened_at.isoformat(),
        "state": row.state,
        "attempts": row.attempts,
        "urgency": row.urgency,
        "reason": row.reason,
        "message": row.message,
        "title": row.title,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "holds_back": row.holds_back,
        "editable": {words.name: words.text for words in row.editable},
    }


def _aside_data(row: SetAsideRow) -> dict[str, Any]:
    return {
        "fact_id": row.fact_id,
        "till_seq": row.till_seq,
        "kind": row.kind,
        "title": row.title,
        "at": row.at.isoformat(),
        "operator": row.operator,
        "note": row.note,
        "reason": row.reason,
        "replaced_by": row.replaced_by,
    }


def _resent(core: Core, row: OutboxRow) -> Answer:
    from app.usecases.resend_fact import resend_fact

    if not resend_fact(core.counter, row.fact_id):
        return Answer(
            tr("Only what was refused is sent again by hand; the rest leaves by itself."), reason="not_refused"
        )
    return Answer(tr("It will be sent again with the next contact."), {"fact_id": row.fact_id})


def _repaired(core: Core, row: OutboxRow, options: argparse.Namespace) -> Answer:
    from app.usecases.repair_fact import RepairRefused, repair_fact

    wording = dict(part.split("=", 1) for part in options.wording if "=" in part)
    if not wording or len(wording) < len(options.wording):
        return Answer(tr("Say what to change: --set FIELD=TEXT."), reason="no_wording")
    outcome = repair_fact(core.counter, row.fact_id, wording, options.operator)
    if isinstance(outcome, RepairRefused):
        return Answer(repair_words(outcome), {"field": outcome.field}, reason=outcome.why.value)
    text = tr("Mended: it will be sent with the next contact. The first wording is kept.")
    return Answer(text, {"fact_id": outcome.fact_id, "replaces": row.fact_id})


def _put_aside(core: Core, row: OutboxRow, options: argparse.Namespace) -> Answer:
    from app.usecases.set_aside_fact import SettingAside, set_aside_fact

    outcome = set_aside_fact(core.counter, row.fact_id, options.operator, options.note)
    reason = "" if outcome is SettingAside.DONE else outcome.value
    return Answer(setting_aside_words(outcome), {"fact_id": row.fact_id}, reason=reason)


# --- exceptions ---


def run_exceptions(options: argparse.Namespace, core: Core) -> Answer:
    match options.action:
        case "settle":
            return _settled(core, options)
        case "ask-again":
            return _asked_again(core, options.exception)
        case _:
            queries = core.store.queries
            return _listed(queries.exceptions(not options.also_settled, _MOST), queries.quarantined(_MOST))


def _listed(rows: Sequence[ExceptionRow], broken: Sequence[QuarantineRow]) -> Answer:
    unsettled = sum(row.settled_at is None for row in rows)
    words = trn("{count} disagreement to settle.", "{count} disagreements to settle.", unsettled)
    message = words.format(count=unsettled) if unsettled else tr("No disagreement to settle.")
    data = {"exceptions": [_exception_data(row) for row in rows], "unreadable": [_broken_data(row) for row in broken]}
    shown = [
        (row.exception_id, formats.day_and_time(row.opened_at), exception_title(row), row.answer or row.proposed_answer)
        for row in rows
    ]
    shown += [
        (
            f"{row.kind}:{row.record_id}",
            formats.day_and_time(row.at),
            tr("cannot be read: {why}").format(why=broken_words(row.reason)),
            "ask-again",
        )
        for row in broken
    ]
    return Answer(message, data, shown)


def _exception_data(row: ExceptionRow) -> dict[str, Any]:
    return {
        "exception_id": row.exception_id,
        "kind": row.kind,
        "title": exception_title(row),
        "explanation": exception_explanation(row),
        "opened_at": row.opened_at.isoformat(),
        "order_id": row.order_id,
        "order_number": row.order_number,
        "product_id": row.product_id,
        "fact_id": row.fact_id,
        "reason": row.reason,
        "proposed": row.proposed_answer,
        "choices": [choice.value for choice in row.choices],
        "changes": [change_words(change) for change in row.changes],
        "view": dict(row.view),
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "settled_by": row.settled_by,
        "answer": row.answer,
        "note": row.settled_note,
    }


def _broken_data(row: QuarantineRow) -> dict[str, Any]:
    return {"kind": row.kind, "record_id": row.record_id, "reason": row.reason, "at": row.at.isoformat()}


def _settled(core: Core, options: argparse.Namespace) -> Answer:
    from app.usecases.settle_exception import Settling, settle_exception

    outcome = settle_exception(core.counter, options.exception, options.operator, options.note, options.answer)
    reason = "" if outcome is Settling.SETTLED else outcome.value
    return Answer(settling_words(outcome), {"exception_id": options.exception}, reason=reason)


def _asked_again(core: Core, text: str) -> Answer:
    from app.usecases.ask_again import AskedAgain, ask_again

    kind, _, record_id = text.partition(":")
    if not any((row.kind, row.record_id) == (kind, record_id) for row in core.store.queries.quarantined(_MOST)):
        return Answer(tr("There is nothing unreadable under this number."), reason="unknown_number")
    with contextlib.closing(core.connect()) as marketplace:
        outcome = ask_again(core.counter, core.secrets, marketplace, kind, record_id)
    reason = "" if outcome is AskedAgain.UNDERSTOOD else outcome.value
    return Answer(asked_again_words(outcome), {"kind": kind, "record_id": record_id}, reason=reason)
