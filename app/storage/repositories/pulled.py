"""Owns how far the marketplace's changes were read, and the records that could not be understood (I9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.clock_skew import ClockTold
from app.storage.session import Session, Statement, StatementOfSize, key_binds
from app.storage.tables import product, pulled_state, quarantine, server_order
from app.storage.values import time_of, time_text
from app.usecases.marketplace_port import BrokenChange

CURSOR = "cursor"
SERVER_TIME = "server_time"
HERE_THEN = "server_time_here"

CLOCK_PUT_RIGHT = timedelta(hours=1)
"""A marketplace that is behind its own older word by more than this has put its clock right: then its newest word
counts. By less, answers have overtaken one another."""

_GET = select(pulled_state.c.value).where(pulled_state.c.name == bindparam("name"))
_INSERT = insert(pulled_state)
_SET = _INSERT.on_conflict_do_update(index_elements=[pulled_state.c.name], set_={"value": _INSERT.excluded.value})
_ANY_ORDER_IS_NEWER = update(server_order).values(version=-1)
_ANY_PRODUCT_IS_AS_NEW = update(product).values(version=0)
_INSERT_BROKEN = insert(quarantine)
_QUARANTINE = _INSERT_BROKEN.on_conflict_do_update(
    index_elements=[quarantine.c.kind, quarantine.c.record_id],
    set_={name: _INSERT_BROKEN.excluded[name] for name in ("raw", "reason", "at")},
)


def _no_longer_broken(kind: str) -> StatementOfSize:
    def sized(size: int) -> Statement:
        return delete(quarantine).where(quarantine.c.kind == kind, quarantine.c.record_id.in_(key_binds(size)))

    return sized


ORDERS_UNDERSTOOD = _no_longer_broken("order")
PRODUCTS_UNDERSTOOD = _no_longer_broken("product")
"""Take records out of quarantine: a copy that can be understood has come."""
_UNDERSTOOD = {kind: _no_longer_broken(kind) for kind in ("stock_movement", "disagreement", "pickup_key")}


def load_server_time(session: Session) -> datetime | None:
    """The newest time the marketplace told; None before the first."""
    row = session.one(_GET, name=SERVER_TIME)
    return time_of(row[0]) if row else None


class PulledRows:
    """Implements `ports.PulledState`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def cursor(self) -> str:
        row = self._session.one(_GET, name=CURSOR)
        return str(row[0]) if row else ""

    def set_cursor(self, cursor: str) -> None:
        self._session.run(_SET, name=CURSOR, value=cursor)

    def server_time(self) -> datetime | None:
        return load_server_time(self._session)

    def clock_told(self) -> ClockTold | None:
        told, here = self.server_time(), self._session.one(_GET, name=HERE_THEN)
        return ClockTold(told, time_of(here[0])) if told is not None and here is not None else None

    def note_server_time(self, told: datetime, here: datetime) -> None:
        known = self.server_time()
        if known is None or told > known or known - told > CLOCK_PUT_RIGHT:
            self._session.run(_SET, name=SERVER_TIME, value=time_text(told))
            self._session.run(_SET, name=HERE_THEN, value=time_text(here))

    def begin_anew(self) -> None:
        self.set_cursor("")
        self._session.run(_ANY_ORDER_IS_NEWER)
        self._session.run(_ANY_PRODUCT_IS_AS_NEW)

    def quarantine(self, change: BrokenChange, at: datetime) -> None:
        self._session.run(
            _QUARANTINE,
            kind=change.kind,
            record_id=change.record_id,
            raw=change.raw,
            reason=change.reason,
            at=time_text(at),
        )

    def understood(self, kind: str, record_ids: Sequence[str]) -> None:
        self._session.run_for(_UNDERSTOOD[kind], record_ids)
