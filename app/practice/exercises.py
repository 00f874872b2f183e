"""Owns the plan: which exercises there are, in which order, and what has gone wrong when each of them begins. Pure: no
clock, no chance, no marketplace.

The plan is clocked by exercises, not by minutes: whoever takes longer finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Exercise(StrEnum):
    """One thing to do. The values are kept in the progress file."""

    SALE = "sale"
    PREPARE = "prepare"
    HAND_OVER = "hand_over"
    SHOWN_AGAIN = "shown_again"
    OFF_LINE_SALE = "off_line_sale"
    OFF_LINE_HANDOVER = "off_line_handover"
    BACK_ON_LINE = "back_on_line"
    LATE_TWICE = "late_twice"
    CANCELLED = "cancelled"
    NO_PAPER = "no_paper"


class Lesson(StrEnum):
    """WHOLE: ten minutes, all of it. SHORT: one sale and one pickup, to end a set-up with."""

    WHOLE = "whole"
    SHORT = "short"


class Customer(StrEnum):
    """Who has ordered, by the part they play."""

    FIRST = "first"
    SECOND = "second"
    LATE = "late"


class Stage(StrEnum):
    """How far an order is when an exercise begins; what lacks, a colleague does."""

    PLACED = "placed"
    READY = "ready"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
    """By the customer, after it was made ready."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is so when an exercise begins.

    Attributes:
        orders: who has ordered, and how far that order is.
        cut: the network is cut.
        while_cut: who orders meanwhile; it comes late.
        sent_twice: whose order the marketplace sends once more.
        paper_out: the printer has no paper.
    """

    orders: tuple[tuple[Customer, Stage], ...] = ()
    cut: bool = False
    while_cut: Customer | None = None
    sent_twice: Customer | None = None
    paper_out: bool = False


SCENES: Mapping[Exercise, Scene] = {
    Exercise.SALE: Scene(),
    Exercise.PREPARE: Scene(((Customer.FIRST, Stage.PLACED),)),
    Exercise.HAND_OVER: Scene(((Customer.FIRST, Stage.READY),)),
    Exercise.SHOWN_AGAIN: Scene(((Customer.FIRST, Stage.HANDED_OVER),)),
    Exercise.OFF_LINE_SALE: Scene(((Customer.SECOND, Stage.READY),), cut=True),
    Exercise.OFF_LINE_HANDOVER: Scene(((Customer.SECOND, Stage.READY),), cut=True, while_cut=Customer.LATE),
    Exercise.BACK_ON_LINE: Scene(),
    Exercise.LATE_TWICE: Scene(((Customer.LATE, Stage.PLACED),), sent_twice=Customer.LATE),
    Exercise.CANCELLED: Scene(((Customer.LATE, Stage.CANCELLED),)),
    Exercise.NO_PAPER: Scene(paper_out=True),
}

LESSONS: Mapping[Lesson, Sequence[Exercise]] = {
    Lesson.WHOLE: tuple(Exercise),
    Lesson.SHORT: (Exercise.SALE, Exercise.HAND_OVER),
}
"""Each exercise sets its own scene, so that any of them may be left out, gone back to or taken up again."""
