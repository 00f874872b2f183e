"""Safeguards of the connector to WooCommerce, each taken away for the length of a story that must notice; those of the
shared parts are taken away here once more where only this marketplace shows what they are for."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.sync.connectors import polling, writing
from app.sync.connectors.woocommerce import handover, marks, orders, told_order
from tests.connectors.breakages import breakage
from tests.simulation.mutations import Patch

_POSTS, _HPOS = "woocommerce", "woocommerce_hpos"


@breakage(
    "what was changed is asked for from the newest date on, without overlap", stage=_POSTS, notices=["a_late_row"]
)
def woo_no_overlap(patch: Patch) -> None:
    patch.attribute(polling, "OVERLAP", timedelta(0))


@breakage(
    "open orders are never read again: the old order storage moves no date for a field",
    stage=_POSTS,
    notices=["a_part_of_an_older_order"],
)
def woo_no_rereading(patch: Patch) -> None:
    patch.attribute(polling, "OPEN_SET_EVERY_S", math.inf)


@breakage("an order that was read is news, whatever it says", stage=_HPOS, notices=["a_quiet_hour"])
def woo_no_comparing(patch: Patch) -> None:
    patch.attribute(polling, "same_contents", lambda one, other: False)


@breakage(
    "what was written is not read back by its operation id",
    stage=_POSTS,
    notices=["lost_answers", "killed_after_writes", "done_behind_a_proxy"],
)
def woo_no_reading_back(patch: Patch) -> None:
    def write_at_once(look: Callable[[], Any], write: Callable[[], object]) -> Any:
        write()
        return look() or look()

    patch.everywhere(writing.write_once, write_at_once)
    patch.attribute(marks.StockMarks, "has", lambda self, operation: False)


@breakage("a handover that was told is not known again", stage=_HPOS, notices=["killed_after_writes"])
def woo_no_marks(patch: Patch) -> None:
    patch.attribute(marks.OrderMarks, "of", lambda self, operation: None)


@breakage(
    "an order is written to without a look whether it was cancelled",
    stage=_POSTS,
    notices=["handed_over_after_cancel", "handed_over_unready_after_cancel"],
)
def woo_no_look_for_cancellations(patch: Patch) -> None:
    patch.attribute(orders.OrderThere, "is_cancelled", property(lambda self: False))


@breakage(
    "an order is written to without a look whether it was edited",
    stage=_POSTS,
    notices=["made_larger_while_handed_over"],
)
def woo_no_look_for_edits(patch: Patch) -> None:
    patch.attribute(told_order.ToldOrder, "edited_unseen", lambda self, stored: False)


@breakage("two tills that wrote at one instant both stand", stage=_HPOS, notices=["taken_twice_at_once"])
def woo_nobody_gives_way(patch: Patch) -> None:
    patch.attribute(handover.Handovers, "_give_way", lambda self, mark, there: (mark, there))


@breakage("what is left to sell is taken for what is there", stage=_POSTS, notices=["promised_goods_are_still_there"])
def woo_nothing_is_held(patch: Patch) -> None:
    patch.attribute(orders.OrderThere, "held", lambda self: {})


@breakage(
    "the date of payment that completing an order sets counts as a payment",
    stage=_HPOS,
    notices=["taken_once_at_the_counter"],
)
def woo_every_date_is_a_payment(patch: Patch) -> None:
    patch.attribute(orders, "_paid_by_completing", lambda there: False)


@breakage("what never comes stays off the stock", stage=_POSTS, notices=["a_line_is_missing"])
def woo_nothing_is_given_back(patch: Patch) -> None:
    patch.attribute(handover, "_settled_by", lambda mark: dict(mark.lines) if mark is not None else {})


@breakage("goods that leave are taken off the stock once more", stage=_POSTS, notices=["handed_over_whole"])
def woo_taken_off_twice(patch: Patch) -> None:
    patch.attribute(handover, "left_to_write", lambda moved, done: moved)


@breakage("a change of stock is sent again without a look", stage=_POSTS, notices=["lost_answers"])
def woo_no_look_at_stock(patch: Patch) -> None:
    patch.attribute(marks.StockMarks, "has", lambda self, operation: False)
