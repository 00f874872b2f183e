"""Owns what each fact a till tells does on the marketplace. Never judges whether a fact is new (that is `intake`).

Physical facts win: what was handed over is handed over, and its movements count. A second handover of the same lines
is kept and answered `conflict` (I1). Its movements count too: the till has them, so both sides go on agreeing (I4), and
if fewer goods left, a count at any till puts both right.

    handover told    lines still open   -> settled by it                                applied
                     lines settled      -> kept aside                                   conflict already_handed_over
                     order cancelled    -> settled by it                                conflict cancelled_before
                     order edited since -> settled by it, but for what was added since  conflict edited_before
                     line unknown       -> its other lines settled by it                conflict line_forgotten
                     order unknown      -> its movements count                          conflict order_forgotten
    handover undone  its lines open again, the opposite movements recorded; then another handover that was kept aside
                     for these lines settles them, because those goods did leave
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Text, bindparam, func, select

from app.domain.disagreements import DisagreementKind, returned_id
from app.domain.order import HandoverState, LineOutcome, Preparation
from app.marketplace import tables as t
from app.marketplace.catalogue import save_product
from app.marketplace.disagreements import (
    close_return_of,
    notice_oversold,
    open_disagreement,
    settle_disagreement,
)
from app.marketplace.forgotten import shown_results, unknown_results
from app.marketplace.leases import lease_for_who_prepares
from app.marketplace.order_edits import edited_since, edits_unseen
from app.marketplace.orders import change_order, find_order
from app.marketplace.schemas import (
    HandedOverPayload,
    PreparedPayload,
    ProductPayload,
    ReadyPayload,
    ResultPayload,
    SalePayload,
    SettledPayload,
    StockMovedPayload,
    UndonePayload,
)
from app.marketplace.statements import Row, fixed
from app.marketplace.stock import MovementIdTaken, record_movements
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import time_text

_of_shop = bindparam("of_shop", type_=Text)
_line, _handed, _sale = t.order_line.c, t.handover.c, t.sale.c
_this_handover = (_handed.shop_id == _of_shop) & (_handed.handover_id == bindparam("of_handover"))
_LINES = fixed(select(t.order_line).where(_line.order_id == bindparam("of_order")).order_by(_line.line_no))
_WRITE_LINE = fixed(
    t.order_line.update().where(_line.order_id == bindparam("of_order"), _line.line_no == bindparam("of_line"))
)
_HANDOVER = fixed(select(t.handover).where(_this_handover))
_CHANGE_HANDOVER = fixed(t.handover.update().where(_this_handover))
_KEEP_HANDOVER = fixed(t.handover.insert())
_STANDING = fixed(
    select(t.handover)
    .where(_handed.order_id == bindparam("of_order"), _handed.undone_at.is_(None))
    .order_by(_handed.told_no)
)
_TOLD = fixed(select(func.count()).select_from(t.handover).where(_handed.order_id == bindparam("of_order")))
_PAYLOAD = fixed(select(t.fact.c.payload).where(t.fact.c.shop_id == _of_shop, t.fact.c.fact_id == bindparam("of_fact")))
_TILL_NAME = fixed(select(t.till.c.name).where(t.till.c.till_id == bindparam("of_till")))
_SALES = fixed(
    select(_sale.sale_id).where(_sale.shop_id == _of_shop, _sale.sale_id.in_(bindparam("ids", expanding=True)))
)
_KEEP_SALE = fixed(t.sale.insert())


class FactRefused(Exception):
    """The fact takes no effect and leaves no trace; the till shows why. `reason` is a key of `words`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as told, checked for its envelope."""

    fact_id: str
    till_id: str
    till_name: str
    kind: str
    happened_at: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fact did.

    Attributes:
        conflict: the reason of a conflict, "" for none.
        order_id, product_id: what it concerns, "" for none.
        disagreed: what to show of a conflict, without a customer's name.
    """

    conflict: str = ""
    order_id: str = ""
    product_id: str = ""
    disagreed: Mapping[str, Any] = field(default_factory=dict)


_FORGOTTEN = Effect()
"""Of preparing what was forgotten with an older copy (`forgotten`): nothing. It must not hold the handover back."""


def take_effect(transaction: ShopTransaction, told: Told) -> Effect:
    """Let one fact take effect. Raises FactRefused; then the caller must undo whatever was written."""
    effect = _EFFECTS.get(told.kind)
    if effect is None:
        raise FactRefused("unknown_kind")
    try:
        return effect(transaction, told)
    except ValidationError as error:
        raise FactRefused("bad_payload") from error
    except MovementIdTaken as error:
        raise FactRefused("movement_reused") from error


# --- preparation ------------------------------------------------------------------------------------------------------


def _order_prepared(transaction: ShopTransaction, told: Told) -> Effect:
    payload = PreparedPayload.model_validate(told.payload)
    order = find_order(transaction.connection, transaction.shop_id, payload.order_id)
    if order is None:
        return _FORGOTTEN
    _keep_results(transaction, order, payload.lines)
    state = Preparation.READY if order.preparation == Preparation.READY else Preparation.IN_PREPARATION
    lease = lease_for_who_prepares(transaction, order, told.till_id)
    change_order(transaction, order.order_id, preparation=state.value, **lease)
    return _order_effect(transaction, "cancelled_meanwhile" if order.cancelled_at else "", order)


def _order_ready(transaction: ShopTransaction, told: Told) -> Effect:
    payload = ReadyPayload.model_validate(told.payload)
    order = find_order(transaction.connection, transaction.shop_id, payload.order_id)
    if order is None:
        return _FORGOTTEN
    _keep_results(transaction, order, payload.lines)
    lease = lease_for_who_prepares(transaction, order, told.till_id)
    if edited_since(order, payload.order_version) and order.preparation != Preparation.READY:
        # what stands ready is not what its customer wants now: that till asks a person when it hears of the edit
        change_order(transaction, order.order_id, preparation=Preparation.IN_PREPARATION.value, **lease)
    else:
        change_order(transaction, order.order_id, preparation=Preparation.READY.value, bags=payload.bags, **lease)
    return _order_effect(transaction, "cancelled_meanwhile" if order.cancelled_at else "", order)


def _order_effect(
    transaction: ShopTransaction, conflict: str, order: Row, lines: Sequence[Mapping[str, Any]] = ()
) -> Effect:
    if not conflict:
        return Effect("", order.order_id)
    now = _order(transaction, order.order_id)
    disagreed = {
        "number": now.number,
        "version": now.version,
        "cancelled_at": now.cancelled_at,
        "handover": now.handover,
        "handed_over_at": now.handed_over_at,
        "handed_over_by": now.handed_over_by,
        "lines": list(lines),
    }
    return Effect(conflict, order.order_id, disagreed=disagreed)


def _order(transaction: ShopTransaction, order_id: str) -> Row:
    order = find_order(transaction.connection, transaction.shop_id, order_id)
    if order is None:
        raise LookupError(order_id)
    return order


def _lines(transaction: ShopTransaction, order_id: str) -> Sequence[Row]:
    """All that ever were on it: what was taken out since may have been prepared, or have left, before a till knew."""
    return transaction.connection.execute(_LINES, {"of_order": order_id}).all()


def _keep_results(transaction: ShopTransaction, order: Row, results: Sequence[ResultPayload]) -> None:
    forgotten = {result.line_no for result in _forgotten_lines(transaction, order.order_id, results)}
    settled = _settled_lines(transaction, order)
    for result in results:
        if result.line_no not in forgotten | settled:
            _write_line(transaction, order.order_id, result.line_no, result=json.dumps(result.model_dump()))


def _write_line(transaction: ShopTransaction, order_id: str, line_no: int, **values: Any) -> None:
    transaction.connection.execute(_WRITE_LINE, {"of_order": order_id, "of_line": line_no, **values})


# --- handover ---------------------------------------------------------------------------------------------------------


def _order_handed_over(transaction: ShopTransaction, told: Told) -> Effect:
    payload = HandedOverPayload.model_validate(told.payload)
    if _handover(transaction, payload.handover_id) is not None:
        raise FactRefused("handover_known")
    order = find_order(transaction.connection, transaction.shop_id, payload.order_id)
    if order is None:
        return _forgotten_handed_over(transaction, told, payload)
    forgotten = _forgotten_lines(transaction, order.order_id, payload.lines)
    claimed = _claimed_lines(transaction, order, payload, {result.line_no for result in forgotten})
    clash = bool(claimed & _settled_lines(transaction, order)) or (not forgotten and _all_settled(transaction, order))
    row = {
        "shop_id": transaction.shop_id,
        "handover_id": payload.handover_id,
        "order_id": order.order_id,
        "till_id": told.till_id,
        "fact_id": told.fact_id,
        "told_no": _handovers_told(transaction, order) + 1,
        "happened_at": time_text(told.happened_at),
        "claimed_lines": json.dumps(sorted(claimed)),
        "settled_lines": "[]",
    }
    transaction.connection.execute(_KEEP_HANDOVER, row)
    moved = record_movements(transaction, payload.movements, told.till_id)
    _settle(transaction, order, payload)
    _sum_up_handovers(transaction, order)
    notice_oversold(transaction, moved)
    if clash:
        lines = _shown_lines(transaction, order, claimed)
        return _order_effect(transaction, "already_handed_over", order, lines)
    if order.cancelled_at:
        return _order_effect(transaction, "cancelled_before", order, _shown_lines(transaction, order, claimed))
    if forgotten:
        return _order_effect(transaction, "line_forgotten", order, shown_results(transaction, forgotten))
    unseen = edits_unseen(order, payload.order_version)
    return _order_effect(transaction, "edited_before" if unseen else "", order, unseen)


def _forgotten_handed_over(transaction: ShopTransaction, told: Told, payload: HandedOverPayload) -> Effect:
    notice_oversold(transaction, record_movements(transaction, payload.movements, told.till_id))
    disagreed = {
        "handed_over_at": time_text(told.happened_at),
        "handed_over_by": told.till_name,
        "lines": shown_results(transaction, payload.lines),
    }
    return Effect("order_forgotten", payload.order_id, disagreed=disagreed)


def _forgotten_lines(
    transaction: ShopTransaction, order_id: str, results: Sequence[ResultPayload]
) -> list[ResultPayload]:
    return unknown_results({line.line_no: line.product_id for line in _lines(transaction, order_id)}, results)


def _shown_lines(transaction: ShopTransaction, order: Row, line_nos: set[int]) -> list[dict[str, Any]]:
    """The lines a disagreement is about."""
    return [
        {
            "line_no": line.line_no,
            "product_id": line.product_id,
            "label": line.label,
            "quantity": line.quantity,
            "unit": line.unit,
        }
        for line in _lines(transaction, order.order_id)
        if line.line_no in line_nos
    ]


def _handover_undone(transaction: ShopTransaction, told: Told) -> Effect:
    payload = UndonePayload.model_validate(told.payload)
    order = find_order(transaction.connection, transaction.shop_id, payload.order_id)
    if order is None:  # so was its handover, of which only the movements are known
        notice_oversold(transaction, record_movements(transaction, payload.movements, told.till_id))
        return _FORGOTTEN
    handover = _handover(transaction, payload.handover_id)
    if handover is None or handover.order_id != order.order_id:
        raise FactRefused("unknown_handover")
    if handover.undone_at is not None:
        return _order_effect(transaction, "already_undone", order)
    settled = set(json.loads(handover.settled_lines))
    moved = record_movements(transaction, payload.movements, told.till_id)
    _change_handover(transaction, handover.handover_id, undone_at=time_text(told.happened_at), settled_lines="[]")
    for line in _lines(transaction, order.order_id):
        if line.line_no in settled:
            promised_no_more = order.cancelled_at or line.removed_version is not None
            _write_line(
                transaction, order.order_id, line.line_no, open_quantity=0 if promised_no_more else line.quantity
            )
    for waiting in _standing_handovers(transaction, order):
        _settle(transaction, order, _payload_of(transaction, waiting))
    _sum_up_handovers(transaction, order)
    notice_oversold(transaction, moved)
    return Effect("", order.order_id)


def _claimed_lines(
    transaction: ShopTransaction, order: Row, payload: HandedOverPayload, forgotten: set[int]
) -> set[int]:
    """The lines a handover settles: all it names but those to follow; if it is complete, those still open as well, but
    for what was added after the state of the order that the till had seen.

    Args:
        forgotten: numbers that are here none of the lines it means.
    """
    if not payload.lines and not payload.complete:
        raise FactRefused("bad_payload")
    lines = _lines(transaction, order.order_id)
    seen = {line.line_no for line in lines if _was_seen(line, payload.order_version)} - forgotten
    named = {result.line_no for result in payload.lines if result.outcome != LineOutcome.TO_FOLLOW} - forgotten
    if not payload.lines:
        return seen
    return named | (seen - _settled_lines(transaction, order)) if payload.complete else named


def _was_seen(line: Row, seen_version: int) -> bool:
    return not seen_version or line.added_version is None or line.added_version <= seen_version


def _settle(transaction: ShopTransaction, order: Row, payload: HandedOverPayload) -> None:
    """Let a handover settle those of its lines that are still open."""
    mine = _handover_row(transaction, payload.handover_id)
    before = set(json.loads(mine.settled_lines))
    new = set(json.loads(mine.claimed_lines)) - _settled_lines(transaction, order)
    if not new:
        return
    for line_no in new:
        _write_line(transaction, order.order_id, line_no, open_quantity=0)
    for result in payload.lines:
        if result.line_no in new:
            _write_line(transaction, order.order_id, result.line_no, result=json.dumps(result.model_dump()))
    _change_handover(transaction, payload.handover_id, settled_lines=json.dumps(sorted(before | new)))


def _settled_lines(transaction: ShopTransaction, order: Row) -> set[int]:
    return {no for row in _standing_handovers(transaction, order) for no in json.loads(row.settled_lines)}


def _all_settled(transaction: ShopTransaction, order: Row) -> bool:
    settled = _settled_lines(transaction, order)
    standing = [line for line in _lines(transaction, order.order_id) if line.removed_version is None]
    return all(line.line_no in settled for line in standing)


def _sum_up_handovers(transaction: ShopTransaction, order: Row) -> None:
    """Write the order's handover axis anew from the handovers that stand."""
    counted = [row for row in _standing_handovers(transaction, order) if json.loads(row.settled_lines)]
    if not counted:
        state, at, by = HandoverState.OPEN, None, ""
    else:
        whole = _all_settled(transaction, order)
        state = HandoverState.HANDED_OVER if whole else HandoverState.PARTLY
        at, by = counted[-1].happened_at, _till_name(transaction, counted[-1].till_id)
    change_order(transaction, order.order_id, handover=state.value, handed_over_at=at, handed_over_by=by)


def _standing_handovers(transaction: ShopTransaction, order: Row) -> Sequence[Row]:
    """The order's handovers that were not undone, in the order in which they were told."""
    return transaction.connection.execute(_STANDING, {"of_order": order.order_id}).all()


def _handovers_told(transaction: ShopTransaction, order: Row) -> int:
    told: int = transaction.connection.execute(_TOLD, {"of_order": order.order_id}).scalar_one()
    return told


def _handover(transaction: ShopTransaction, handover_id: str) -> Row | None:
    this_one = {"of_shop": transaction.shop_id, "of_handover": handover_id}
    return transaction.connection.execute(_HANDOVER, this_one).one_or_none()


def _handover_row(transaction: ShopTransaction, handover_id: str) -> Row:
    row = _handover(transaction, handover_id)
    if row is None:
        raise LookupError(handover_id)
    return row


def _change_handover(transaction: ShopTransaction, handover_id: str, **values: Any) -> None:
    this_one = {"of_shop": transaction.shop_id, "of_handover": handover_id}
    transaction.connection.execute(_CHANGE_HANDOVER, {**this_one, **values})


def _payload_of(transaction: ShopTransaction, handover: Row) -> HandedOverPayload:
    this_one = {"of_shop": transaction.shop_id, "of_fact": handover.fact_id}
    text = transaction.connection.execute(_PAYLOAD, this_one).scalar_one()
    return HandedOverPayload.model_validate_json(text)


def _till_name(transaction: ShopTransaction, till_id: str) -> str:
    name: str = transaction.connection.execute(_TILL_NAME, {"of_till": till_id}).scalar_one()
    return name


# --- sale, stock, catalogue -------------------------------------------------------------------------------------------


def _sale_recorded(transaction: ShopTransaction, told: Told) -> Effect:
    payload = SalePayload.model_validate(told.payload)
    if _sales_known(transaction, [payload.sale_id]):
        raise FactRefused("sale_known")
    row = {
        "shop_id": transaction.shop_id,
        "sale_id": payload.sale_id,
        "till_id": told.till_id,
        "fact_id": told.fact_id,
        "number": payload.number,
        "kind": payload.kind,
        "happened_at": time_text(told.happened_at),
        "total_minor": payload.total_minor,
        "order_id": payload.order_id,
    }
    transaction.connection.execute(_KEEP_SALE, row)
    notice_oversold(transaction, record_movements(transaction, payload.movements, told.till_id))
    close_return_of(transaction, payload.sale_id)
    _name_unknown_originals(transaction, payload, told)
    return Effect()


def _sales_known(transaction: ShopTransaction, sale_ids: Sequence[str]) -> set[str]:
    """Those of these sales that the marketplace was told of."""
    return set(transaction.connection.execute(_SALES, {"of_shop": transaction.shop_id, "ids": sale_ids}).scalars())


def _name_unknown_originals(transaction: ShopTransaction, payload: SalePayload, told: Told) -> None:
    """A return of what the marketplace never saw sold counts all the same, and a person is told."""
    originals = {payload.corrects, *(line.corrects_sale_id for line in payload.lines)} - {"", payload.sale_id}
    if not originals:
        return
    for original in sorted(originals - _sales_known(transaction, sorted(originals))):
        view = {"document": original, "number": payload.number, "total_minor": payload.total_minor}
        open_disagreement(
            transaction,
            DisagreementKind.RETURN_UNKNOWN,
            returned_id(original),
            view,
            order_id=payload.order_id,
            fact_id=told.fact_id,
            reason="return_unknown",
        )


def _stock_moved(transaction: ShopTransaction, told: Told) -> Effect:
    payload = StockMovedPayload.model_validate(told.payload)
    notice_oversold(transaction, record_movements(transaction, payload.movements, told.till_id))
    return Effect()


def _product_changed(transaction: ShopTransaction, told: Told) -> Effect:
    payload = ProductPayload.model_validate(told.payload)
    newer = save_product(transaction, payload, told.till_id)
    if newer is None:
        return Effect()
    disagreed = {"theirs": newer.product, "ours": dict(told.payload)}
    return Effect("product_newer", product_id=payload.product_id, disagreed=disagreed)


# --- what people settle -----------------------------------------------------------------------------------------------


def _exception_settled(transaction: ShopTransaction, told: Told) -> Effect:
    settle_disagreement(transaction, SettledPayload.model_validate(told.payload), told.happened_at)
    return Effect()


_EFFECTS: Mapping[str, Callable[[ShopTransaction, Told], Effect]] = {
    "order_prepared": _order_prepared,
    "order_ready": _order_ready,
    "order_handed_over": _order_handed_over,
    "handover_undone": _handover_undone,
    "sale_recorded": _sale_recorded,
    "stock_moved": _stock_moved,
    "product_changed": _product_changed,
    "exception_settled": _exception_settled,
}
