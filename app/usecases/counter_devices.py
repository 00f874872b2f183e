"""Owns what the sale asks of the devices beside the printer: the customer's display and the scale. Protocols and plain
values; never touches a line.

A weight that comes from here is shown to be confirmed by a person who sees the scale's own, verified indication
(2014/31/EU): no program takes it over unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DisplayRow:
    """One line of a customer display: `left` is cut where `right`, which is never cut, needs the room."""

    left: str = ""
    right: str = ""


class CustomerDisplay(Protocol):
    """What the customer reads."""

    def show(self, upper: DisplayRow, lower: DisplayRow) -> None:
        """Returns at once and never raises; the newest rows win over those not shown yet."""


class ScaleState(StrEnum):
    """What a scale says, or why it says nothing.

    STABLE alone carries a weight. EMPTY: nought. FINER: it stands still at a part of a gram, which no line can hold.
    FAULT: its own. NOT_UNDERSTOOD: it answers otherwise than its protocol. ABSENT: no answer; the line is dead or
    nobody is there.
    """

    STABLE = "stable"
    MOVING = "moving"
    EMPTY = "empty"
    OVERLOAD = "overload"
    UNDERLOAD = "underload"
    FINER = "finer"
    FAULT = "fault"
    NOT_UNDERSTOOD = "not_understood"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class ScaleReading:
    """One answer. `grams`: of a STABLE one, above nought; else 0."""

    state: ScaleState
    grams: int = 0


class LiveScale(Protocol):
    """The scale beside the till."""

    @property
    def is_there(self) -> bool:
        """Whether one is set up."""

    def watch(self, tell: Callable[[ScaleReading], None]) -> None:
        """From now on tell each reading, on the main thread, until `unwatch`. Returns at once."""

    def unwatch(self) -> None: ...


class NoDisplay:
    """A shop without a customer display."""

    def show(self, upper: DisplayRow, lower: DisplayRow) -> None:
        """Nobody reads it."""


class NoScale:
    """A shop without a scale on a line."""

    @property
    def is_there(self) -> bool:
        return False

    def watch(self, tell: Callable[[ScaleReading], None]) -> None:
        """There is nothing to tell."""

    def unwatch(self) -> None:
        """Nobody watched."""
