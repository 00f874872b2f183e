"""Safeguards of connectors, each taken away for the length of a story that must notice.

    @breakage("the overlap is gone", notices=["a_late_row"])
    def no_overlap(patch: Patch) -> None: ...

A breakage that none of its stories notices is a hole in the suite, or a safeguard that nobody needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from app.sync.connectors import polling, writing
from tests.simulation.mutations import Patch

_MARK = "__breakage__"
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
    """Every breakage of this module, by name."""
    marks = (getattr(value, _MARK, None) for value in globals().values())
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


@breakage("an order that was read is news, whatever it says", notices=["a_quiet_hour"])
def no_comparing(patch: Patch) -> None:
    patch.attribute(polling, "same_contents", lambda one, other: False)


@breakage(
    "levels are compared while something is under way",
    notices=["heard_while_a_sale_waits", "counted_while_sales_wait"],
)
def nothing_is_in_doubt(patch: Patch) -> None:
    original = polling.Poller.__init__

    def begin(self: polling.Poller, source: Any, books: Any, *more: Any, **other: Any) -> None:
        original(self, source, _Sure(books), *more, **other)

    patch.attribute(polling.Poller, "__init__", begin)


class _Sure:
    """A till's books that never doubt."""

    def __init__(self, books: Any) -> None:
        self._books = books

    def products_in_doubt(self) -> frozenset[str]:
        return frozenset()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._books, name)


# --- writing ---


@breakage(
    "what was written is not looked for before it is written again", notices=["lost_answers", "killed_after_writes"]
)
def no_reading_back(patch: Patch) -> None:
    def write_at_once(look: Callable[[], Any], write: Callable[[], object]) -> Any:
        write()
        return look()

    patch.everywhere(writing.write_once, write_at_once)
