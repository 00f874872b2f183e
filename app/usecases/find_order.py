"""Answers "may these goods go?" for a code that was scanned, typed or spoken, or an order chosen by name. Never writes.

The answer is for showing: `hand_over_order` judges again inside its own transaction.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.domain.order import HandoverVerdict, OrderAtCounter, VerdictKind, judge_handover, verdict_for_bad_code
from app.domain.pickup_code import CodeJudgement, judge_pickup_code, looks_like_pickup_code, parse_spoken_code
from app.usecases.ports import PickupKeys
from app.usecases.queries import Queries


class HowFound(StrEnum):
    """How the counter came to the order; kept with the handover (R31)."""

    SCAN = "scan"
    TYPED = "typed"
    IMAGE = "image"
    SPOKEN = "spoken"
    NAME = "name"


def judge_code(queries: Queries, keys: PickupKeys, text: str, now: datetime) -> HandoverVerdict:
    """The verdict on a pickup code or a spoken code; UNKNOWN_CODE for any other text, however long or strange.

    Raises:
        KeyStoreUnavailable, StoreUnavailable: the keys or the orders cannot be read.
    """
    if looks_like_pickup_code(text):
        return _judge_pickup_code(queries, keys, text, now)
    spoken = parse_spoken_code(text)
    order = queries.order_by_spoken_code(spoken) if spoken else None
    if order is None:
        return HandoverVerdict(VerdictKind.UNKNOWN_CODE)
    return _judge(queries, order, now)


def judge_order(queries: Queries, order_id: str, now: datetime) -> HandoverVerdict:
    """The verdict on an order chosen from a list or by name; UNKNOWN_CODE if it is not (or no longer) here."""
    order = queries.order(order_id)
    if order is None:
        return HandoverVerdict(VerdictKind.UNKNOWN_CODE)
    return _judge(queries, order, now)


def _judge(queries: Queries, order: OrderAtCounter | None, now: datetime, reference: str = "") -> HandoverVerdict:
    return judge_handover(order, queries.identity().till_id, now, reference, queries.newest_server_time())


def _judge_pickup_code(queries: Queries, keys: PickupKeys, text: str, now: datetime) -> HandoverVerdict:
    till = queries.identity()
    judgement, code = judge_pickup_code(text, till.shop_id, keys.pickup_keys())
    if judgement is not CodeJudgement.GENUINE or code is None:
        names_an_order = code is not None and queries.order_by_reference(code.reference) is not None
        return verdict_for_bad_code(judgement, names_an_order=names_an_order)
    return _judge(queries, queries.order_by_reference(code.reference), now, code.reference)
