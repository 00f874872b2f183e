"""Owns `comptoir orders`, `ready` and `handover`: the work with orders, in sentences and plain data. Holds no rule."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.domain.order import VerdictKind
from app.i18n import tr, trn
from app.ui import formats, messages
from app.usecases.ports import Unavailable
from app.usecases.queries import OrderList, OrderRow, Queries

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.order import HandoverVerdict


def run_orders(options: argparse.Namespace, core: Core) -> Answer:
    queries = core.store.queries
    rows = (
        queries.find_orders(options.find)
        if options.find
        else queries.orders(OrderList(options.which), core.clock.now())
    )
    message = trn("{count} order", "{count} orders", len(rows)).format(count=len(rows))
    return Answer(message, {"orders": [_order_data(row) for row in rows]}, [_order_cells(row) for row in rows])


def _order_data(row: OrderRow) -> dict[str, Any]:
    return {
        "order_id": row.order_id,
        "number": row.number,
        "customer_name": row.customer_name,
        "preparation": row.preparation.value,
        "handover": row.handover.value,
        "amount_due_minor": row.amount_due.minor,
        "keep_until": row.keep_until.isoformat() if row.keep_until else None,
        "shelf": row.shelf,
        "cancelled": row.cancelled,
    }


def _order_cells(row: OrderRow) -> Sequence[str]:
    due = formats.amount(row.amount_due) if row.amount_due else ""
    return (row.number, row.customer_name, messages.preparation(row.preparation), due, row.shelf)


_NOTHING_TO_PREPARE = frozenset({VerdictKind.CANCELLED, VerdictKind.ALREADY_HANDED_OVER})


def run_ready(options: argparse.Namespace, core: Core) -> Answer:
    from app.usecases.prepare_order import mark_ready

    verdict = _judge(core, options.order)
    if verdict.kind in _NOTHING_TO_PREPARE and verdict.order is not None:
        return _verdict_answer(verdict, refused=True)
    order_id = verdict.order.order.order_id if verdict.order else ""
    done = mark_ready(core.counter, order_id, options.bags, options.shelf, options.operator) if order_id else None
    if done is None:
        return Answer(
            tr("No order answers to this. Look it up with: comptoir orders --find NAME"), reason="unknown_order"
        )
    text = tr("Order {number} is ready.")
    return Answer(
        text.format(number=done.order.number), {"order_id": done.order.order_id, "preparation": done.preparation.value}
    )


def _judge(core: Core, text: str) -> HandoverVerdict:
    """The verdict on a pickup code, a spoken code, or else an order number."""
    from app.usecases.find_order import judge_code, judge_order

    queries: Queries = core.store.queries
    by_number = [row for row in queries.find_orders(text) if row.number == text]
    if len(by_number) == 1:
        return judge_order(queries, by_number[0].order_id, core.clock.now())
    return judge_code(queries, core.secrets, text, core.clock.now())


def _with_lease(core: Core, verdict: HandoverVerdict) -> HandoverVerdict:
    """The verdict once the till that has the lease was asked for it; the same if nobody can be asked."""
    from app.sync.ask_lease import ask_for_lease
    from app.usecases.find_order import judge_order

    queries: Queries = core.store.queries
    order_id = verdict.order.order.order_id if verdict.order else ""
    with contextlib.suppress(Unavailable), contextlib.closing(core.connect()) as marketplace:
        ask_for_lease(core.counter, queries, core.secrets, marketplace, order_id)
    return judge_order(queries, order_id, core.clock.now())


def run_handover(options: argparse.Namespace, core: Core) -> Answer:
    from app.domain.pickup_code import looks_like_pickup_code, parse_spoken_code
    from app.usecases.find_order import HowFound
    from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order

    verdict = _judge(core, options.code)
    if verdict.lacks_lease and not (options.dry_run or options.override_reason):
        verdict = _with_lease(core, verdict)
    if options.dry_run or verdict.order is None:
        return _verdict_answer(verdict, refused=not verdict.may_hand_over)
    how = HowFound.TYPED if looks_like_pickup_code(options.code) else HowFound.NAME
    how = HowFound.SPOKEN if how is HowFound.NAME and parse_spoken_code(options.code) else how
    request = HandoverRequest(
        verdict.order.order.order_id,
        how,
        options.operator,
        handed_to=options.handed_to,
        override_reason=options.override_reason,
        age_confirmed_by=(options.operator or "comptoir") if options.of_age else "",
    )
    result = hand_over_order(core.counter, request)
    if isinstance(result, HandoverDone):
        text = tr("Order {number} handed over.")
        order = result.order.order
        data = {"order_id": order.order_id, "handover_id": result.handover_id, "verdict": result.verdict.value}
        return Answer(text.format(number=order.number), data)
    if result.amount_due:
        text = tr("{amount} is left to pay. Take the payment in the window, or hand over with --override REASON.")
        due = {"verdict": result.verdict.kind.value, "amount_due_minor": result.amount_due.minor}
        return Answer(text.format(amount=formats.amount(result.amount_due)), due, reason="amount_due")
    if result.age_limit:
        text = tr("Ask for proof of {age} years, then say --of-age.").format(age=result.age_limit)
        return Answer(text, {"verdict": result.verdict.kind.value}, reason="age_not_confirmed")
    return _verdict_answer(result.verdict, refused=True)


def _verdict_answer(verdict: HandoverVerdict, *, refused: bool) -> Answer:
    data: dict[str, Any] = {"verdict": verdict.kind.value}
    if verdict.order is not None:
        data |= {"order_id": verdict.order.order.order_id, "amount_due_minor": verdict.order.amount_due.minor}
    return Answer(messages.describe_verdict(verdict), data, reason=verdict.kind.value if refused else "")
