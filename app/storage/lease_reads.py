"""Owns what is read about leases outside a unit of work. Never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from app.storage.repositories.order_rows import load_leases
from app.storage.repositories.pulled import load_server_time
from app.storage.session import Session
from app.usecases.lease_ports import LeaseHere


class LeaseReads:
    """Implements `lease_ports.LeaseQueries`."""

    def _reading(self) -> AbstractContextManager[Session]:
        raise NotImplementedError

    def leases_of(self, order_ids: Sequence[str]) -> Mapping[str, LeaseHere]:
        with self._reading() as session:
            return load_leases(session, order_ids)

    def newest_server_time(self) -> datetime | None:
        with self._reading() as session:
            return load_server_time(session)
