"""Owns what is read about leases outside a unit of work. Never writes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime

from app.storage.repositories.pulled import load_server_time
from app.storage.session import Session


class LeaseReads:
    """Implements `lease_ports.LeaseQueries`."""

    def _reading(self) -> AbstractContextManager[Session]:
        raise NotImplementedError

    def newest_server_time(self) -> datetime | None:
        with self._reading() as session:
            return load_server_time(session)
