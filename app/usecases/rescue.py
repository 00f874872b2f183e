"""Saves what a till cannot tell into a signed file, and takes such a file in at another till. Never changes the outbox:
a fact leaves it only on the marketplace's answer, and one that arrives by both ways counts once (I3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from app.domain.abilities import Ability
from app.domain.rescue import (
    IsSignedBy,
    Origin,
    RescueFile,
    RescueRefusal,
    digest_of,
    file_bytes,
    file_name,
    in_parts,
    read_file,
    statement_of,
)
from app.usecases.connector_kinds import abilities_of
from app.usecases.ports import Counter, Touched

if TYPE_CHECKING:
    from app.usecases.rescue_ports import PutRescueFile, RescueQueries


class NothingWritten(StrEnum):
    """Why there is no rescue file."""

    NOT_PAIRED = "not_paired"
    NOTHING_WAITS = "nothing_waits"
    NOT_OFFERED = "not_offered"
    """Neither this marketplace nor another till of its shop could pass the file on."""


@dataclass(frozen=True, slots=True)
class RescueWritten:
    """A rescue file that is safe. `first_at`, `last_at`: when the oldest and the newest of its facts happened."""

    path: str
    facts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class RescueImported:
    """A rescue file that was taken in.

    Attributes:
        facts: how many it holds.
        waiting: how many of them wait here now to be passed on.
        known: it had been imported here before.
    """

    till_letter: str
    made_at: datetime
    facts: int
    waiting: int
    known: bool


def write_rescue(
    counter: Counter, queries: RescueQueries, put: PutRescueFile, is_signed_by: IsSignedBy
) -> RescueWritten | NothingWritten:
    """Write everything that was never confirmed, refused facts included, into one signed file. Reads only: it works
    beside a running Comptoir, and when the disk of the till takes no more writes.

    Raises:
        FileNotWritten: nothing half done is left, nothing is lost; do it again elsewhere.
        KeyStoreUnavailable: it cannot be signed. StoreUnavailable: it cannot be read.
    """
    unsent = queries.unsent()
    if not unsent.identity.shop_id:
        return NothingWritten.NOT_PAIRED
    if Ability.RESCUE not in abilities_of(unsent.kind):
        return NothingWritten.NOT_OFFERED
    if not unsent.facts:
        return NothingWritten.NOTHING_WAITS
    who, now = unsent.identity, counter.clock.now()
    origin = Origin(who.shop_id, who.till_id, who.till_letter, now, counter.software, counter.signer.public_pem)
    parts = in_parts(unsent.facts)
    statement = statement_of(origin, parts, unsent.heads)
    data = file_bytes(statement, counter.signer.sign(digest_of(statement)), parts)

    def is_whole(read_back: bytes) -> bool:
        return read_back == data and isinstance(read_file(read_back, is_signed_by), RescueFile)

    path = put(file_name(who.till_letter, now), data, is_whole)
    moments = [fact.happened_at for fact in unsent.facts]
    return RescueWritten(path, len(moments), min(moments), max(moments))


def import_rescue(
    counter: Counter, data: bytes, is_signed_by: IsSignedBy, operator: str
) -> RescueImported | RescueRefusal:
    """Take a rescue file of a till of this shop in; its facts are passed on with the next exchange. Whether the key is
    that till's own only the marketplace can tell, when it is asked.

    Raises StoreUnavailable: nothing was taken in.
    """
    file = read_file(data, is_signed_by)
    if isinstance(file, RescueRefusal):
        return file
    with counter.unit_of_work() as uow:
        shop_id = uow.identity().shop_id
        if not shop_id:
            return RescueRefusal.NOT_PAIRED
        if file.shop_id != shop_id:
            return RescueRefusal.OTHER_SHOP
        known = not uow.rescued.keep(file, counter.clock.now(), operator)
        waiting = uow.rescued.waiting_of(file.file_id)
        uow.commit()
    counter.announce(Touched(outbox=True))
    return RescueImported(file.till_letter, file.made_at, file.count, waiting, known)
