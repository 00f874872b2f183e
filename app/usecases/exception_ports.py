"""Owns what use cases ask of the store about disagreements and refused facts. Never holds an implementation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.facts import Fact
from app.usecases.marketplace_port import Disagreement


@dataclass(frozen=True, slots=True)
class RefusedFact:
    """A fact that the marketplace refused: the keyword of why, "" if it gave none, and its sentence."""

    fact: Fact
    reason: str
    message: str


class Exceptions(Protocol):
    """The disagreements this till knows of, its own and those of the other tills of the shop."""

    def get(self, exception_id: str) -> Disagreement | None: ...
    def open_of_order(self, order_id: str) -> Sequence[Disagreement]: ...
    def open(self, opened: Disagreement, message: str = "") -> None:
        """Keep a disagreement; one that is known already, settled or not, stays as it is. The customer's name, if the
        view has one, is not kept."""

    def told(self, opened: Disagreement) -> None:
        """Keep the marketplace's word of one: what it says is settled is settled; what was settled here and is not told
        yet stays settled."""

    def settle(self, exception_id: str, now: datetime, operator: str, answer: str, note: str) -> bool:
        """Note a person's answer. False, and nothing changes, if there is no such disagreement or it was settled."""

    def answered_here(self, exception_id: str) -> bool:
        """Whether this till has a fact that tells of an answer to it, told already or waiting."""
