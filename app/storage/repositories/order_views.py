"""Owns what lists and stock say of orders: a summary row and the promised goods of each, as the domain judges them.

Never computed in SQL: the rules would drift from the domain's. They are brought along once, just before the commit, for
the orders a unit of work touched.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.catalogue import fold_text
from app.domain.order import GOODS_LEAVE, HandoverState, LineOutcome, Order, OrderAtCounter, Preparation
from app.storage.repositories.order_rows import load_order
from app.storage.session import Session
from app.storage.tables import order_summary, promised
from app.storage.values import optional_time_text, time_text

TO_PREPARE = "to_prepare"
READY = "ready"
DONE = "done"

_INSERT_SUMMARY = insert(order_summary)
_UPSERT_SUMMARY = _INSERT_SUMMARY.on_conflict_do_update(
    index_elements=[order_summary.c.order_id],
    set_={c.name: _INSERT_SUMMARY.excluded[c.name] for c in order_summary.c if c.name != "order_id"},
)
_TOUCH = update(order_summary).where(order_summary.c.order_id == bindparam("of_order")).values(touched_here=True)
_DROP_PROMISED = delete(promised).where(promised.c.order_id == bindparam("of_order"))
_INSERT_PROMISED = insert(promised)


class OrderViews:
    """The orders touched in one unit of work, and the rewriting of their views before its commit."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._new: dict[str, Order] = {}
        self._touched: dict[str, None] = {}

    def server_copy_changed(self, order: Order, *, is_new: bool) -> None:
        if is_new or order.order_id in self._new:
            self._new[order.order_id] = order
        else:
            self._touched[order.order_id] = None

    def facts_changed(self, order_id: str) -> None:
        self._new.pop(order_id, None)
        if order_id not in self._touched:
            self._session.run(_TOUCH, of_order=order_id)  # so that reading it again in this unit of work sees the facts
            self._touched[order_id] = None

    def rewrite(self) -> None:
        """Bring the views of all touched orders along. To be called once, before the commit."""
        untouched_here = [OrderAtCounter(order) for order in self._new.values() if order.order_id not in self._touched]
        reloaded = [order for order_id in self._touched if (order := load_order(self._session, order_id)) is not None]
        listed = [(order, _list_key(order)) for order in untouched_here + reloaded]
        self._session.run_many(_UPSERT_SUMMARY, [_summary(order, list_key) for order, list_key in listed])
        self._session.run_many(_DROP_PROMISED, [{"of_order": order_id} for order_id in self._touched])
        self._session.run_many(
            _INSERT_PROMISED, [row for order, list_key in listed if list_key != DONE for row in _promises(order)]
        )
        self._new.clear()
        self._touched.clear()


def _summary(order: OrderAtCounter, list_key: str) -> dict[str, object]:
    copy = order.order
    placed_at, pickup_from = time_text(copy.placed_at), optional_time_text(copy.pickup_from)
    return {
        "order_id": copy.order_id,
        "list_key": list_key,
        "sort_at": _done_at(order) if list_key == DONE else pickup_from or placed_at,
        "number": copy.number,
        "customer_name": copy.customer_name,
        "preparation": order.preparation.value,
        "handover": order.handover.value,
        "amount_due_minor": order.amount_due.minor,
        "pickup_from": pickup_from,
        "keep_until": optional_time_text(copy.keep_until),
        "shelf": order.facts.shelf,
        "bags": order.facts.bags,
        "line_count": len(copy.lines),
        "placed_at": placed_at,
        "cancelled": copy.cancelled_at is not None,
        "touched_here": _is_touched_here(order),
        "folded": fold_text(f"{copy.customer_name} {copy.number} {copy.spoken_code}"),
    }


def _list_key(order: OrderAtCounter) -> str:
    if order.handover is HandoverState.HANDED_OVER or order.order.cancelled_at is not None:
        return DONE
    return READY if order.preparation is Preparation.READY else TO_PREPARE


def _done_at(order: OrderAtCounter) -> str:
    copy = order.order
    if order.facts.handovers:
        return time_text(order.facts.handovers[-1].handed_over_at)
    return time_text(copy.handed_over_at or copy.cancelled_at or copy.placed_at)


def _is_touched_here(order: OrderAtCounter) -> bool:
    facts = order.facts
    return bool(facts.prepared or facts.ready_at or facts.handovers or facts.undone_at or facts.paid_here_by_rate)


def _promises(order: OrderAtCounter) -> Iterator[dict[str, object]]:
    """What an open order still takes from the shelves, as preparation found it: what is missing promises nothing."""
    results = {result.line_no: result for result in order.results}
    for line in order.open_lines:
        result = results[line.line_no]
        if result.outcome in GOODS_LEAVE:
            product_id, quantity = result.product_id, result.quantity
        elif result.outcome is LineOutcome.TO_FOLLOW:
            product_id, quantity = line.product_id, line.quantity
        else:
            continue
        if product_id and quantity:
            yield {
                "order_id": order.order.order_id,
                "line_no": line.line_no,
                "product_id": product_id,
                "quantity": quantity,
            }
