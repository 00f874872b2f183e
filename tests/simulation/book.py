"""Owns what the town remembers of its tills from outside: every fact that was ever seen in one of their databases, and
which of them are lost by somebody's doing. Never looks at anything itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Broken(AssertionError):
    """An invariant does not hold. `number`: which one; the text is a sentence for a person."""

    def __init__(self, number: str, sentence: str) -> None:
        super().__init__(f"{number}: {sentence}")
        self.number = number
        self.sentence = sentence


@dataclass(slots=True)
class Seen:
    """A fact that was in a till's database after a commit that returned.

    Attributes:
        lost: an older copy of the database was put in its place; nobody but the marketplace may know of it.
        unwitnessed: a ticket that was lost within a minute, before the key store knew its number: nobody can know then
            that it was given.
        at_s: the town's time when it was first seen, at most a lane's step after it happened.
        poisoned: the town spoiled it on purpose: the marketplace refuses it.
    """

    till: str
    seq: int
    kind: str
    subject: str
    payload: dict[str, Any]
    lost: bool = False
    unwitnessed: bool = False
    at_s: float = 0.0
    poisoned: bool = False


class Book:
    """
    Attributes:
        went_back: sentences about orders of which an older copy took the place of a newer one.
        spoiled_subjects: of facts that the town spoiled; what follows them there moves nothing.
    """

    def __init__(self) -> None:
        self.facts: dict[str, Seen] = {}
        self.spoiled_subjects: set[str] = set()
        self.went_back: list[str] = []

    def note(
        self, till: str, fact_id: str, seq: int, kind: str, subject: str, payload: dict[str, Any], at_s: float
    ) -> None:
        """Raises Broken if the id stands for something else already."""
        known = self.facts.get(fact_id)
        if known is None:
            poisoned = subject in self.spoiled_subjects and bool(payload.get("movements"))
            self.facts[fact_id] = Seen(till, seq, kind, subject, payload, poisoned=poisoned, at_s=at_s)
            return
        if not known.poisoned and (known.kind, known.payload) != (kind, payload):
            raise Broken("I3", f"fact {fact_id} of {till} stands for two contents")
        known.seq, known.lost = seq, False

    def of_till(self, till: str) -> dict[str, Seen]:
        return {fact_id: seen for fact_id, seen in self.facts.items() if seen.till == till}
