"""Owns what use cases and sync need stored of leases: which were given up here, which are asked back. Holds no
implementation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.lease import Lease


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A lease this till gave up for good. `number`: which one (`Lease.number`)."""

    order_id: str
    number: int


@dataclass(frozen=True, slots=True)
class LeaseHere:
    """What is known here of the lease of one order.

    Attributes:
        given_up: the number of the last lease of it that this till gave up, None for none.
    """

    lease: Lease | None
    given_up: int | None


class Leases(Protocol):
    """The leases of this till in one transaction."""

    def asked_back(self, till_id: str) -> Sequence[str]:
        """Ids of the orders whose copy says that this till has the lease and another till waits for it."""

    def held(self, till_id: str) -> Sequence[str]:
        """Ids of the open orders whose copy says that this till has the lease."""

    def handover_untold(self, order_id: str) -> bool:
        """Whether a handover of this order, or its undoing, is still in the outbox."""

    def give_up(self, leases: Sequence[GivenUp], at: datetime) -> None:
        """From the commit on this till does not use them; they wait to be told. One given up before stays so."""

    def untold(self, limit: int) -> Sequence[GivenUp]:
        """Those given up that the marketplace has not acknowledged, in order of their orders' ids."""

    def tell_again(self, held: Sequence[GivenUp]) -> None:
        """The marketplace still, or again, takes this till for the holder of these: those that were given up by that
        number or a later one wait to be told once more."""

    def note_told(self, leases: Sequence[GivenUp], at: datetime) -> None:
        """The marketplace has acknowledged them."""


class LeaseQueries(Protocol):
    """Reads about leases. Every call may raise StoreUnavailable."""

    def leases_of(self, order_ids: Sequence[str]) -> Mapping[str, LeaseHere]:
        """The leases of these orders, by order; without those that are not (or no longer) here."""

    def newest_server_time(self) -> datetime | None:
        """The newest time the marketplace told; None before the first."""
