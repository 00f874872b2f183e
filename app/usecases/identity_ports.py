"""Owns what use cases ask of the store to know who this till is: how its facts are numbered, and when it last did what
is done again and again. Never holds an implementation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class FactNumbers(Protocol):
    """The numbers of this till's facts, apart from what the facts say."""

    def fact_at(self, till_seq: int) -> str:
        """The id of the fact with this number, "" if there is none here."""

    def last_drawn(self) -> int:
        """The last number that was given out, 0 before the first."""

    def lowest_unsent(self) -> int:
        """The lowest number among the facts that the marketplace has not taken, 0 if there are none."""

    def leave_out(self, up_to: int) -> None:
        """Go on after this number; never back."""

    def renumber_unsent(self) -> int:
        """Give new numbers to the facts that the marketplace has not taken, in their order; nothing else of them
        changes, their ids least of all. How many there were."""

    def renumber(self, fact_ids: Sequence[str]) -> None:
        """Give these facts new numbers, in this order, told or not; what was summed up with their old ones is
        forgotten."""


class Upkeep(Protocol):
    """What is done again and again, and when it was done last."""

    def done_at(self, task: str) -> datetime | None: ...
    def note_done(self, task: str, at: datetime) -> None: ...
    def forget(self, task: str) -> None: ...
