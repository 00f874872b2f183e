"""Safeguards of connectors, each taken away for the length of a story that must notice.

    @breakage("the overlap is gone", notices=["a_late_row"])
    def no_overlap(patch: Patch) -> None: ...

A breakage that none of its stories notices is a hole in the suite, or a safeguard that nobody needs.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from app.storage.connector_books import StoredConnectorBooks
from app.sync.connectors import codes, polling, writing
from app.sync.connectors.vendure import fulfilments, handover_plan, told_order
from app.sync.connectors.vendure.orders import CANCELLED, DELIVERED, fulfilled
from app.sync.connectors.vendure.wire import WireOrder
from tests.simulation.mutations import Patch

_MARK = "__breakage__"
_FURTHER = ("breakages_woocommerce",)
Breaking = Callable[[Patch], None]


@dataclass(frozen=True, slots=True)
class Breakage:
    """`what`: the safeguard that is gone, in words. `stage`: where it shows; `notices`: the stories that each must fail
    there."""

    name: str
    what: str
    apply: Breaking
    stage: str
    notices: Sequence[str]


def breakage(what: str, *, notices: Sequence[str], stage: str = "vendure") -> Callable[[Breaking], Breaking]:
    def mark(apply: Breaking) -> Breaking:
        setattr(apply, _MARK, Breakage(apply.__name__, what, apply, stage, tuple(notices)))
        return apply

    return mark


def all_breakages() -> Mapping[str, Breakage]:
    """Every breakage of this module and of those beside it, by name."""
    others = [importlib.import_module(f"tests.connectors.{name}") for name in _FURTHER]
    values = [*globals().values(), *(value for module in others for value in vars(module).values())]
    marks = (getattr(value, _MARK, None) for value in values)
    return MappingProxyType({mark.name: mark for mark in marks if isinstance(mark, Breakage)})


# --- reading ---


@breakage("what was placed is asked for from the newest date on, without overlap", notices=["a_late_row"])
def no_overlap(patch: Patch) -> None:
    patch.attribute(polling, "OVERLAP", timedelta(0))


@breakage(
    "open orders are never read again",
    notices=["authorised_then_cashed_there", "cancelled_before", "refunded_before", "edited_before"],
)
def no_rereading(patch: Patch) -> None:
    patch.attribute(polling, "OPEN_SET_EVERY_S", math.inf)


@breakage("an order that is open here and listed no more is not asked for", notices=["cancelled_before"])
def no_asking_after(patch: Patch) -> None:
    _lie_to_the_poller(patch, "open_order_ids", ())


@breakage("what left is never looked at again", notices=["cancelled_the_day_after"])
def no_looking_back(patch: Patch) -> None:
    patch.attribute(polling, "PAST_ORDERS", timedelta(0))


@breakage("an order that was read is news, whatever it says", notices=["a_quiet_hour"])
def no_comparing(patch: Patch) -> None:
    patch.attribute(polling, "same_contents", lambda one, other: False)


@breakage("levels are compared while something is under way here", notices=["heard_while_a_sale_waits"])
def nothing_is_in_doubt(patch: Patch) -> None:
    _lie_to_the_poller(patch, "products_in_doubt", frozenset())


def _lie_to_the_poller(patch: Patch, question: str, answer: Any) -> None:
    original = polling.Poller.__init__

    def begin(self: polling.Poller, source: Any, books: Any, *more: Any, **other: Any) -> None:
        original(self, source, _Lying(books, question, answer), *more, **other)

    patch.attribute(polling.Poller, "__init__", begin)


class _Lying:
    """A till's books that always answer one question the same."""

    def __init__(self, books: Any, question: str, answer: Any) -> None:
        self._books = books
        self._question = question
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        return (lambda: self._answer) if name == self._question else getattr(self._books, name)


# --- writing ---


@breakage("what was written is not read back by its operation id", notices=["lost_answers", "killed_after_writes"])
def no_reading_back(patch: Patch) -> None:
    def write_at_once(look: Callable[[], Any], write: Callable[[], object]) -> Any:
        write()
        return look() or look()

    patch.everywhere(writing.write_once, write_at_once)
    patch.everywhere(codes.read_operation, lambda text: None)
    patch.everywhere(fulfilments.standing, lambda order, operation: [])


@breakage("the journal of writes is not read", notices=["lost_answers", "killed_after_writes"])
def no_journal(patch: Patch) -> None:
    patch.attribute(StoredConnectorBooks, "write_note", lambda self, operation_id: None)


@breakage("what a copy put back has to tell is told as if nobody had", notices=["an_older_copy_with_something_to_tell"])
def no_doubt_of_copies(patch: Patch) -> None:
    patch.attribute(StoredConnectorBooks, "may_be_told_already", lambda self, fact_id: False)


@breakage(
    "an order is written to without a look whether it was cancelled",
    notices=["handed_over_after_cancel", "handed_over_unready_after_cancel"],
)
def no_look_for_cancellations(patch: Patch) -> None:
    original = fulfilments.OrderWrites.read

    def read(self: fulfilments.OrderWrites, order_id: str) -> WireOrder:
        order = original(self, order_id)
        return msgspec.structs.replace(order, state="PaymentSettled") if order.state == CANCELLED else order

    patch.attribute(fulfilments.OrderWrites, "read", read)


@breakage("an order is written to without a look whether it was edited", notices=["made_larger_while_handed_over"])
def no_look_for_edits(patch: Patch) -> None:
    patch.attribute(told_order.ToldOrder, "edited_unseen", lambda self, stored: False)


@breakage("what left elsewhere counts as what left from here", notices=["collected_on_the_site_too"])
def no_look_for_others(patch: Patch) -> None:
    patch.everywhere(handover_plan.left_from, lambda order, letter: fulfilled(order, DELIVERED))


@breakage("two tills that wrote at one instant both stand", notices=["taken_twice_at_once", "taken_ready_twice"])
def nobody_gives_way(patch: Patch) -> None:
    patch.everywhere(fulfilments.loses, lambda order, ours: False)
