"""Owns the calls about leases, for the client to offer. Never stores, never decides which to ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.sync.lease_wire import see_answered, write_claim, write_release
from app.usecases.lease_ports import GivenUp


class _Client(Protocol):
    """What these calls need of the client."""

    def ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes: ...


class LeaseCalls:
    """The part of `client.HttpMarketplace` that asks for leases and gives them up."""

    def claim_leases(self: _Client, order_ids: Sequence[str], *, wanted: bool = False) -> None:
        see_answered(self.ask("POST", "/leases", body=write_claim(order_ids, wanted)))

    def release_leases(self: _Client, leases: Sequence[GivenUp]) -> None:
        see_answered(self.ask("POST", "/leases/release", body=write_release(leases)))
