"""Owns what a scale's protocol is made of here: what is asked, where an answer ends, what it says.

No line, no thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from app.usecases.counter_devices import ScaleReading, ScaleState

MOST_GRAMS = 60_000
"""No counter scale carries more; a larger figure was misread."""

MOST_ANSWER_BYTES = 64
"""No answer is longer: whoever sends more speaks another protocol."""


@dataclass(frozen=True, slots=True)
class ScaleDialect:
    """One protocol.

    Attributes:
        questions: ways to ask for the weight, tried in turn until one is answered.
        end: the byte that ends an answer.
        read: a whole answer, without its end, in words; total.
    """

    questions: tuple[bytes, ...]
    end: bytes
    read: Callable[[bytes], ScaleReading]


def standing_still_at(grams: Decimal) -> ScaleReading:
    """The reading of a scale at rest."""
    if grams == 0:
        return ScaleReading(ScaleState.EMPTY)
    if grams < 0:
        return ScaleReading(ScaleState.UNDERLOAD)
    if grams > MOST_GRAMS:
        return ScaleReading(ScaleState.NOT_UNDERSTOOD)
    if grams != grams.to_integral_value():
        return ScaleReading(ScaleState.FINER)
    return ScaleReading(ScaleState.STABLE, int(grams))
