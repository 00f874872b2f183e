"""Owns what tills write into the own fields (meta) of WooCommerce's orders and articles: what stands ready, what left,
what came back, which stock changes were made. Pure. Never decides what is written.

    _comptoir_ready/<letter>            an order's goods stand ready at that till
    _comptoir_handed_over/<operation>   what left with one handover: this is how a write is known again
    _comptoir_undone/<handover id>      that handover was taken back
    _comptoir_stock/<letter>            an article's: the last changes of its stock by that till

No two tills ever write one field, and no till rewrites what another write of its own said: a field that two write loses
one of them, because WooCommerce asks nobody what was there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.sync.connectors.codes import Operation, read_operation
from app.sync.connectors.woocommerce.wire import WireMeta

READY, HANDED_OVER, UNDONE, STOCK = (
    "_comptoir_ready/",
    "_comptoir_handed_over/",
    "_comptoir_undone/",
    "_comptoir_stock/",
)
_REMEMBERED = 20
Units = Mapping[int, int]
"""Pieces by line id."""


@dataclass(frozen=True, slots=True)
class ReadyMark:
    """`lines`: what stands ready; `ordered`: what was ordered then: of an order edited since it says nothing.
    `place`: grows with each field that is new."""

    operation: Operation
    lines: Units
    ordered: Units
    place: int = 0


@dataclass(frozen=True, slots=True)
class HandoverMark:
    """One handover.

    Attributes:
        lines: what left, as far as the order had so many left.
        never: what will not be handed over any more; the till gave it back to the stock.
        at: when, by the till's clock.
        collected_minor: what was paid for the order at that visit.
        paid_by_completing: nobody had paid on line: the date of payment is WooCommerce's own, set when the order was
            completed.
        was: the order's status before.
        edited: the order was edited on the site before, and the till did not know.
        place: grows with each field that is new.
    """

    operation: Operation
    handover_id: str
    lines: Units
    never: Units
    at: datetime
    collected_minor: int = 0
    paid_by_completing: bool = False
    was: str = ""
    edited: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class OrderMarks:
    """All that tills wrote into an order. `undone`: ids of handovers."""

    ready: Sequence[ReadyMark] = ()
    handovers: Sequence[HandoverMark] = ()
    undone: frozenset[str] = frozenset()

    @property
    def standing(self) -> list[HandoverMark]:
        """Not taken back, as they were first written."""
        return [mark for mark in self.handovers if mark.handover_id not in self.undone]

    def of(self, operation: Operation) -> HandoverMark | None:
        return next((mark for mark in self.handovers if mark.operation == operation), None)

    def ready_for(self, ordered: Units) -> ReadyMark | None:
        """Whose word it is that this order stands ready: of several tills that of the one that was first."""
        said = [mark for mark in self.ready if mark.ordered == ordered]
        return min(said, key=lambda mark: mark.place, default=None)

    @property
    def letters(self) -> frozenset[str]:
        """Of the tills that wrote them."""
        ready, left = self.ready, self.handovers
        return frozenset([mark.operation.letter for mark in ready] + [mark.operation.letter for mark in left])


def summed_up(units: Iterable[Units]) -> dict[int, int]:
    total: dict[int, int] = {}
    for each in units:
        for line_id, pieces in each.items():
            total[line_id] = total.get(line_id, 0) + pieces
    return total


def order_marks(meta: Sequence[WireMeta]) -> OrderMarks:
    """What can be read of them; what somebody else wrote there is passed over."""
    ready, handovers, undone = [], [], set()
    for one in meta:
        if one.key.startswith(READY):
            ready.append(_ready(one))
        elif one.key.startswith(HANDED_OVER):
            handovers.append(_handover(one))
        elif one.key.startswith(UNDONE):
            undone.add(one.key.removeprefix(UNDONE))
    found = sorted(filter(None, handovers), key=lambda mark: mark.place)
    return OrderMarks([mark for mark in ready if mark is not None], found, frozenset(undone))


def ready_field(mark: ReadyMark) -> dict[str, str]:
    told = {"op": str(mark.operation), "lines": _told(mark.lines), "ordered": _told(mark.ordered)}
    return _field(f"{READY}{mark.operation.letter}", told)


def handover_field(mark: HandoverMark) -> dict[str, str]:
    told = {
        "handover": mark.handover_id,
        "lines": _told(mark.lines),
        "never": _told(mark.never),
        "at": mark.at.isoformat(),
        "collected": mark.collected_minor,
        "paid_by_completing": mark.paid_by_completing,
        "was": mark.was,
        "edited": mark.edited,
    }
    return _field(f"{HANDED_OVER}{mark.operation}", told)


def undone_field(handover_id: str, operation: Operation) -> dict[str, str]:
    return _field(f"{UNDONE}{handover_id}", {"op": str(operation)})


def _ready(meta: WireMeta) -> ReadyMark | None:
    told = _object(meta)
    operation = read_operation(str(told.get("op", "")))
    lines, ordered = _units(told.get("lines")), _units(told.get("ordered"))
    if operation is None or lines is None or ordered is None:
        return None
    return ReadyMark(operation, lines, ordered, meta.id)


def _handover(meta: WireMeta) -> HandoverMark | None:
    told = _object(meta)
    operation = read_operation(meta.key.removeprefix(HANDED_OVER))
    lines, never = _units(told.get("lines")), _units(told.get("never"))
    try:
        at = datetime.fromisoformat(str(told.get("at", "")))
        collected = int(told.get("collected", 0))
    except (TypeError, ValueError):
        return None
    if operation is None or lines is None or never is None or at.tzinfo is None:
        return None
    return HandoverMark(
        operation,
        str(told.get("handover", "")),
        lines,
        never,
        at,
        collected,
        bool(told.get("paid_by_completing")),
        str(told.get("was", "")),
        bool(told.get("edited")),
        meta.id,
    )


# --- an article's ---


@dataclass(frozen=True, slots=True)
class StockMarks:
    """The last stock changes of one till on one article: operation and pieces, oldest first."""

    letter: str
    changes: Sequence[tuple[str, int]] = field(default=())

    def has(self, operation: str) -> bool:
        return any(operation == known for known, _ in self.changes)

    @property
    def is_full(self) -> bool:
        """Whether older ones may have been pushed out."""
        return len(self.changes) >= _REMEMBERED

    @property
    def last(self) -> str:
        """The newest operation, "" before the first."""
        return self.changes[-1][0] if self.changes else ""

    def after(self, operation: str) -> list[tuple[str, int]]:
        """What was made after an operation ("": all); all as well if it is too long ago to be known."""
        names = [name for name, _ in self.changes]
        begin = names.index(operation) + 1 if operation in names else 0
        return list(self.changes[begin:])

    def with_one_more(self, operation: str, pieces: int) -> StockMarks:
        return StockMarks(self.letter, [*self.changes, (operation, pieces)][-_REMEMBERED:])


def stock_marks(meta: Sequence[WireMeta]) -> dict[str, StockMarks]:
    """By letter."""
    found: dict[str, StockMarks] = {}
    for one in meta:
        if one.key.startswith(STOCK):
            letter = one.key.removeprefix(STOCK)
            changes = _object(one).get("changes")
            pairs = [pair for pair in changes if _is_change(pair)] if isinstance(changes, list) else []
            found[letter] = StockMarks(letter, [(pair[0], pair[1]) for pair in pairs])
    return found


def stock_field(marks: StockMarks) -> dict[str, str]:
    return _field(f"{STOCK}{marks.letter}", {"changes": [list(change) for change in marks.changes]})


def _is_change(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], int)


# --- writing and reading them ---


def _field(key: str, told: Mapping[str, Any]) -> dict[str, str]:
    return {"key": key, "value": json.dumps(told, sort_keys=True, separators=(",", ":"))}


def _object(meta: WireMeta) -> Mapping[str, Any]:
    try:
        told = json.loads(meta.value) if isinstance(meta.value, str) else meta.value
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _told(units: Units) -> dict[str, int]:
    return {str(line_id): pieces for line_id, pieces in units.items() if pieces}


def _units(told: object) -> dict[int, int] | None:
    if not isinstance(told, dict):
        return {} if told == [] else None  # an empty object comes back from PHP as an empty list
    try:
        return {int(line_id): int(pieces) for line_id, pieces in told.items() if int(pieces) > 0}
    except (TypeError, ValueError):
        return None
