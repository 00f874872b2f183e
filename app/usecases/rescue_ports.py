"""Owns the protocols between the rescue file and the outside: what is read for one, where it is written, and the facts
of other tills that wait to be passed on. Never holds an implementation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.domain.rescue import Plain, RescueFile
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.marketplace_port import FactAnswer

if TYPE_CHECKING:
    from app.usecases.ports import TillIdentity


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a rescue file is made of, all of one moment: the facts nobody has confirmed, in the order they happened, how
    far the ledger goes, and whose marketplace would have to take it."""

    identity: TillIdentity
    facts: Sequence[Fact]
    heads: Sequence[KnownHead]
    kind: MarketplaceKind = MarketplaceKind.COMPTOIR


@dataclass(frozen=True, slots=True)
class RescuedFile:
    """A rescue file that was imported here.

    Attributes:
        till_letter, made_at: whose it is, and when it was written.
        facts: how many it holds.
        waiting: facts not passed on yet.
        refused: facts that the marketplace refused; `message` is its sentence on the first of them.
    """

    file_id: str
    till_letter: str
    made_at: datetime
    imported_at: datetime
    imported_by: str
    facts: int
    waiting: int
    refused: int
    message: str = ""


class RescueQueries(Protocol):
    """Reads around rescue files. Each may raise StoreUnavailable."""

    def unsent(self) -> Unsent: ...
    def rescued(self, limit: int = 50) -> Sequence[RescuedFile]:
        """The files imported here, newest first. Facts of other tills that wait: the sum of `waiting`."""

    def rescued_waiting(self) -> int:
        """How many facts of other tills wait here to be passed on."""


@dataclass(frozen=True, slots=True)
class RescuedPart:
    """A part of a rescue file to be passed on, as a whole: only so can its digest be checked."""

    file_id: str
    number: int
    till_id: str
    statement: Plain
    signature: bytes
    facts: Sequence[Plain]


class RescuedFacts(Protocol):
    """Facts of other tills, never mixed with this till's own, until the marketplace has them."""

    def keep(self, file: RescueFile, now: datetime, operator: str) -> bool:
        """Keep a file's facts until they are passed on. False if it was imported before: then nothing is added, and
        what was refused waits again, to be asked once more."""

    def waiting_of(self, file_id: str) -> int:
        """How many facts of a file wait."""

    def next_part(self, now: datetime) -> RescuedPart | None:
        """The oldest part that has a waiting fact and may be sent now."""

    def settle(self, part: RescuedPart, answers: Sequence[FactAnswer]) -> None:
        """Refused stays, with the sentence; every other answer means that the marketplace has the fact. A file of which
        nothing is left is forgotten, but for its name."""

    def refuse(self, part: RescuedPart, message: str) -> None:
        """The marketplace takes nothing of this file."""

    def postpone(self, part: RescuedPart, until: datetime) -> None:
        """Not before then."""


class PutRescueFile(Protocol):
    """Writes a file where a person said."""

    def __call__(self, name: str, data: bytes, is_whole: Callable[[bytes], bool]) -> str:
        """Write it, make it safe on the device, read it back, and only if `is_whole` of what was read give it its
        name. Returns the path.

        Raises:
            archive_ports.FileNotWritten: nothing of this name is left; also `no_folder` (the stick is not there) and
                `not_kept` (what was read back is not what was written).
        """
