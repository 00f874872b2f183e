"""Owns changing an order after it was placed, as its customer wishes: until it is ready, never after a part of it left.

Prices agreed stay agreed; what is added costs what it costs today. What was paid on line stays as it is: the difference
is settled at the counter. A line that is taken out stays in the table, so that a till that had prepared or handed it
over before it heard of it is still understood.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select

from app.domain.catalogue import Product, Unit, price_of
from app.domain.disagreements import LineChangeKind
from app.domain.money import MAX_AMOUNT_MINOR, Money
from app.domain.order import HandoverState, Preparation
from app.marketplace import tables as t
from app.marketplace.catalogue import products_on_sale
from app.marketplace.disagreements import notice_oversold
from app.marketplace.orders import Item, OrderRefused, change_order, find_order, new_line
from app.marketplace.statements import Row, fixed
from app.marketplace.stock import available_quantities
from app.marketplace.store import ShopTransaction

_line = t.order_line.c
_STANDING = fixed(
    select(t.order_line)
    .where(_line.order_id == bindparam("of_order"), _line.removed_version.is_(None))
    .order_by(_line.line_no)
)
_LAST_LINE = fixed(select(func.max(_line.line_no)).where(_line.order_id == bindparam("of_order")))


@dataclass(frozen=True, slots=True)
class EditedOrder:
    """What became of it. `changed`: False if the customer wanted what was ordered already."""

    order_id: str
    total_minor: int
    changed: bool


def edit_order(transaction: ShopTransaction, order_id: str, items: Sequence[Item]) -> EditedOrder | OrderRefused:
    """Make the order what its customer wants now.

    Args:
        items: all that is wanted; an article that is not named, or with 0, is taken out.

    Returns a refusal, and nothing has changed: `no_such_order`, `already_settled`, `already_ready`, or as placing an
    order.
    """
    order = find_order(transaction.connection, transaction.shop_id, order_id)
    refused = _why_never(order)
    if order is None or refused is not None:
        return refused or OrderRefused("no_such_order")
    lines = standing_lines(transaction, order_id)
    wanted: dict[str, int] = defaultdict(int)
    for item in items:
        wanted[item.product_id] += item.quantity
    wanted = defaultdict(int, {product_id: quantity for product_id, quantity in wanted.items() if quantity > 0})
    products = products_on_sale(transaction.connection, transaction.shop_id, list(wanted))
    refused = _why_not(transaction, wanted, lines, products)
    if refused is not None:
        return refused
    edit = _Edit(transaction, order, lines)
    for line in lines:
        edit.keep(line, wanted.pop(line.product_id, 0))
    for product_id, quantity in wanted.items():
        edit.add(products[product_id], quantity)
    return edit.finish()


def may_change(order: Row) -> bool:
    """Whether its customer may still change it."""
    return _why_never(order) is None


def _why_never(order: Row | None) -> OrderRefused | None:
    if order is None:
        return OrderRefused("no_such_order")
    if order.cancelled_at or order.handover != HandoverState.OPEN:
        return OrderRefused("already_settled")
    if order.preparation == Preparation.READY:
        return OrderRefused("already_ready")
    return None


def _why_not(
    transaction: ShopTransaction, wanted: Mapping[str, int], lines: Sequence[Row], products: Mapping[str, Product]
) -> OrderRefused | None:
    """Only what is wanted more than before must be on sale and there."""
    if not wanted:
        return OrderRefused("nothing_ordered")
    ordered = {line.product_id: line for line in lines}
    left = available_quantities(transaction.connection, transaction.shop_id, list(wanted))
    for product_id, quantity in wanted.items():
        line = ordered.get(product_id)
        more = quantity - (line.quantity if line is not None else 0)
        product = products.get(product_id)
        if more <= 0:
            continue
        if product is None:
            return OrderRefused("not_on_sale", product_id)
        if product.stock_tracked and left[product_id] < more:
            return OrderRefused("not_enough", product_id, product.name, left[product_id])
    return None


class _Edit:
    """One edit under way: writes lines and remembers what changed."""

    def __init__(self, transaction: ShopTransaction, order: Row, lines: Sequence[Row]) -> None:
        self._transaction = transaction
        self._order = order
        self._version = order.version + 1
        self._last_no = _last_line_no(transaction, order.order_id)
        self._total_minor = 0
        self._new: list[dict[str, Any]] = []
        self._written: list[tuple[int, dict[str, Any]]] = []
        self._changes: list[dict[str, Any]] = []

    def keep(self, line: Row, quantity: int) -> None:
        """The line as wanted now; 0 takes it out."""
        if quantity == line.quantity:
            self._total_minor += line.total_minor
            return
        if not quantity:
            self._written.append((line.line_no, {"removed_version": self._version, "open_quantity": 0}))
            self._note(LineChangeKind.REMOVED, line, line.quantity, 0)
            return
        total_minor = price_of(Money(line.unit_price_minor), quantity, Unit(line.unit)).minor
        values = {"quantity": quantity, "open_quantity": quantity, "total_minor": total_minor}
        self._written.append((line.line_no, values))
        self._total_minor += total_minor
        self._note(LineChangeKind.QUANTITY, line, line.quantity, quantity)

    def add(self, product: Product, quantity: int) -> None:
        self._last_no += 1
        line = new_line(self._last_no, product, quantity)
        self._new.append({**line, "added_version": self._version})
        self._total_minor += line["total_minor"]
        self._changes.append(
            _change(LineChangeKind.ADDED, line["line_no"], product.product_id, product.name, product.unit, 0, quantity)
        )

    def finish(self) -> EditedOrder | OrderRefused:
        order_id = self._order.order_id
        if self._total_minor > MAX_AMOUNT_MINOR:
            return OrderRefused("amount_too_large")
        if not self._changes:
            return EditedOrder(order_id, self._order.total_minor, changed=False)
        connection, lines = self._transaction.connection, t.order_line.c
        for line_no, values in self._written:
            connection.execute(
                t.order_line.update().where(lines.order_id == order_id, lines.line_no == line_no).values(**values)
            )
        if self._new:
            key = {"order_id": order_id, "shop_id": self._transaction.shop_id}
            connection.execute(t.order_line.insert(), [{**key, **line} for line in self._new])
        edits = [*edits_of(self._order), {"version": self._version, "lines": self._changes}]
        change_order(self._transaction, order_id, total_minor=self._total_minor, edits=json.dumps(edits))
        notice_oversold(self._transaction, dict.fromkeys((change["product_id"] for change in self._changes), ""))
        return EditedOrder(order_id, self._total_minor, changed=True)

    def _note(self, what: LineChangeKind, line: Row, before: int, after: int) -> None:
        self._changes.append(_change(what, line.line_no, line.product_id, line.label, line.unit, before, after))


def _change(
    what: LineChangeKind, line_no: int, product_id: str, label: str, unit: str, before: int, after: int
) -> dict[str, Any]:
    return {
        "what": what.value,
        "line_no": line_no,
        "product_id": product_id,
        "label": label,
        "unit": str(unit),
        "before": before,
        "after": after,
    }


def standing_lines(transaction: ShopTransaction, order_id: str) -> Sequence[Row]:
    """The order's lines as it is now, those that were taken out left out."""
    return transaction.connection.execute(_STANDING, {"of_order": order_id}).all()


def _last_line_no(transaction: ShopTransaction, order_id: str) -> int:
    last: int = transaction.connection.execute(_LAST_LINE, {"of_order": order_id}).scalar_one()
    return last


def edits_of(order: Row) -> list[dict[str, Any]]:
    """Each edit with the version it made and its changed lines, oldest first."""
    return list(json.loads(order.edits)) if order.edits else []


def edits_unseen(order: Row, seen_version: int) -> list[dict[str, Any]]:
    """The changed lines that a till which saw this version (0: cannot tell) did not know of, oldest first."""
    if not seen_version:
        return []
    return [line for edit in edits_of(order) if edit["version"] > seen_version for line in edit["lines"]]


def edited_since(order: Row, seen_version: int) -> bool:
    """Whether any line is other than that till knew it; what was changed and changed back is as it was."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for line in edits_unseen(order, seen_version):
        first.setdefault(line["line_no"], line["before"])
        last[line["line_no"]] = line["after"]
    return first != last
