"""Owns disagreements between tills and marketplace: which kinds there are, the one answer proposed for each, which
answers a person may choose, how they are named, and what changed in an order that was edited.

What happened at a counter stands whatever is answered: an answer says what people do about it. Never settles anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.order import Order, OrderAtCounter, OrderLine


class DisagreementKind(StrEnum):
    HANDED_OVER_TWICE = "handed_over_twice"
    HANDED_OVER_AFTER_CANCEL = "handed_over_after_cancel"
    CANCELLED_AFTER_HANDOVER = "cancelled_after_handover"
    """Only where a marketplace lets it, and puts the goods back into its stock."""
    OVERSOLD = "oversold"
    PRICE_CHANGED = "price_changed"
    ORDER_EDITED = "order_edited"
    RETURN_UNKNOWN = "return_unknown"
    LEDGER_FORKED = "ledger_forked"
    OLDER_COPY = "older_copy"
    CONFLICT = "conflict"


class Answer(StrEnum):
    """What is done about a disagreement. All but OURS_AGAIN and PREPARE_AGAIN are only recorded.

    COUNT_STOCK: both handovers stay; the articles are counted.
    GOODS_ARE_GONE: what left has left; the customer is called about the payment.
    GOODS_CAME_BACK: they are on the shelf again; the handover is undone or the articles are counted.
    CALL_CUSTOMER: there is not enough for everybody; the customer is told.
    GOODS_ARE_COMING: the missing goods are on their way.
    KEEP_THEIRS: the article stays as the other side has it.
    OURS_AGAIN: the article becomes as this till had it, told anew as a change of what the marketplace has now.
    PREPARE_AGAIN: the changed lines are prepared anew: what preparation had found for them is forgotten.
    KEEP_AS_PREPARED: what was prepared stays; the customer is told.
    RETURN_STANDS: what came back came back; nothing else is to be done.
    CAME_LATER: not for people: the original has arrived since.
    ONE_TILL_STOPS: the copy of the till is put out of use.
    LOOK_AT_IT: somebody has looked, and did what was needed.
    """

    COUNT_STOCK = "count_stock"
    GOODS_ARE_GONE = "goods_are_gone"
    GOODS_CAME_BACK = "goods_came_back"
    CALL_CUSTOMER = "call_customer"
    GOODS_ARE_COMING = "goods_are_coming"
    KEEP_THEIRS = "keep_theirs"
    OURS_AGAIN = "ours_again"
    PREPARE_AGAIN = "prepare_again"
    KEEP_AS_PREPARED = "keep_as_prepared"
    RETURN_STANDS = "return_stands"
    CAME_LATER = "came_later"
    ONE_TILL_STOPS = "one_till_stops"
    LOOK_AT_IT = "look_at_it"


_CHOICES: Mapping[str, tuple[Answer, ...]] = {
    DisagreementKind.HANDED_OVER_TWICE: (Answer.COUNT_STOCK, Answer.GOODS_CAME_BACK, Answer.GOODS_ARE_GONE),
    DisagreementKind.HANDED_OVER_AFTER_CANCEL: (Answer.GOODS_ARE_GONE, Answer.GOODS_CAME_BACK),
    DisagreementKind.CANCELLED_AFTER_HANDOVER: (Answer.COUNT_STOCK, Answer.GOODS_CAME_BACK, Answer.GOODS_ARE_GONE),
    DisagreementKind.OVERSOLD: (Answer.CALL_CUSTOMER, Answer.GOODS_ARE_COMING, Answer.COUNT_STOCK),
    DisagreementKind.PRICE_CHANGED: (Answer.KEEP_THEIRS, Answer.OURS_AGAIN),
    DisagreementKind.ORDER_EDITED: (Answer.PREPARE_AGAIN, Answer.KEEP_AS_PREPARED),
    DisagreementKind.RETURN_UNKNOWN: (Answer.RETURN_STANDS, Answer.COUNT_STOCK),
    DisagreementKind.LEDGER_FORKED: (Answer.ONE_TILL_STOPS, Answer.LOOK_AT_IT),
    DisagreementKind.OLDER_COPY: (Answer.LOOK_AT_IT, Answer.COUNT_STOCK),
    DisagreementKind.CONFLICT: (Answer.LOOK_AT_IT,),
}


def choices_for(kind: str) -> tuple[Answer, ...]:
    """The answers a person may give, the proposed one first; a kind that only a newer marketplace knows can be looked
    at."""
    return _CHOICES.get(kind, (Answer.LOOK_AT_IT,))


def proposed_answer(kind: str) -> Answer:
    return choices_for(kind)[0]


def oversold_id(product_id: str, movement_id: str) -> str:
    return f"oversold:{product_id}:{movement_id}"


def returned_id(document_id: str) -> str:
    """Args: document_id: the sale or order that is not known, not the return of it."""
    return f"returned:{document_id}"


def older_copy_id(till_id: str, told: str) -> str:
    """Args: told: what shows it, for example a fact of this till that only the marketplace has."""
    return f"older_copy:{till_id}:{told}"


NUMBER_DISBELIEVED = "number_disbelieved"
"""The reason of a disagreement about a number of a fact that the marketplace told and that cannot be."""


def disbelieved_id(till_id: str, day: str) -> str:
    return f"{NUMBER_DISBELIEVED}:{till_id}:{day}"


def cancelled_after_id(order_id: str) -> str:
    return f"cancelled_after:{order_id}"


def edited_id(order_id: str, version: int) -> str:
    return f"edited:{order_id}:{version}"


# --- an order that was edited while it was prepared ---


class LineChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line that is not as it was: base units before and after, 0 where there is no such line."""

    what: LineChangeKind
    line_no: int
    product_id: str
    label: str
    unit: str
    before: int
    after: int


def line_changes(before: Order, after: Order) -> tuple[LineChange, ...]:
    """What became different for whoever prepares the order, by line number; prices and labels alone are not."""
    old = {line.line_no: line for line in before.lines}
    new = {line.line_no: line for line in after.lines}
    changes = (_line_change(old.get(line_no), new.get(line_no)) for line_no in sorted({*old, *new}))
    return tuple(change for found in changes for change in found)


def _line_change(old: OrderLine | None, new: OrderLine | None) -> tuple[LineChange, ...]:
    if old is not None and new is not None:
        if old.product_id != new.product_id or old.unit != new.unit:
            return (*_line_change(old, None), *_line_change(None, new))
        return () if old.quantity == new.quantity else (_change(LineChangeKind.QUANTITY, new, old.quantity),)
    if new is not None:
        return (_change(LineChangeKind.ADDED, new, 0),)
    if old is not None:
        return (LineChange(LineChangeKind.REMOVED, *_named(old), old.quantity, 0),)
    return ()


def _change(what: LineChangeKind, line: OrderLine, before: int) -> LineChange:
    return LineChange(what, *_named(line), before, line.quantity)


def _named(line: OrderLine) -> tuple[int, str, str, str]:
    return line.line_no, line.product_id, line.label, line.unit.value


def edit_seen(before: OrderAtCounter, after: Order) -> Mapping[str, Any] | None:
    """What to show of an edit, if this counter has begun to prepare the order: for the disagreement's view. None if
    nothing was prepared here, nothing changed for whoever prepares, or everything left already."""
    begun = bool(before.facts.prepared) or before.facts.ready_at is not None
    if not begun or not before.open_lines or after.cancelled_at is not None:
        return None
    changes = line_changes(before.order, after)
    return edited_view(before.order, after, changes) if changes else None


def edited_view(before: Order, after: Order, changes: tuple[LineChange, ...]) -> Mapping[str, Any]:
    """Plain data without a customer's name."""
    return {
        "number": after.number,
        "version_before": before.version,
        "version": after.version,
        "total_minor_before": before.total.minor,
        "total_minor": after.total.minor,
        "lines": [
            {
                "what": change.what.value,
                "line_no": change.line_no,
                "product_id": change.product_id,
                "label": change.label,
                "unit": change.unit,
                "before": change.before,
                "after": change.after,
            }
            for change in changes
        ],
    }


def changes_in(view: Mapping[str, Any]) -> tuple[LineChange, ...]:
    """The line changes in a disagreement's view, as `edited_view` wrote them; what cannot be read is left out."""
    changes = []
    for line in view.get("lines") or ():
        try:
            what = LineChangeKind(line["what"])
            numbers = int(line["line_no"]), int(line["before"]), int(line["after"])
            texts = str(line["product_id"]), str(line["label"]), str(line["unit"])
        except (KeyError, TypeError, ValueError):
            continue
        changes.append(LineChange(what, numbers[0], *texts, numbers[1], numbers[2]))
    return tuple(changes)
