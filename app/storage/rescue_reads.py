"""Owns the reading around rescue files: what goes into one, and which ones of other tills are here. Never writes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy import bindparam, case, func, select

from app.domain.fiscal import KnownHead, Series
from app.storage.linked import load_linked
from app.storage.outbox import PENDING, REFUSED, SENDING, fact_of
from app.storage.repositories import rescued
from app.storage.repositories.ledger import load_head
from app.storage.repositories.till import load_identity
from app.storage.session import Session, values_of
from app.storage.tables import fact, outbox, rescue_file, rescued_fact
from app.storage.values import time_of
from app.usecases.rescue_ports import RescuedFile, Unsent

UNSENT = (
    select(fact.c.fact_id, fact.c.till_seq, fact.c.kind, fact.c.subject, fact.c.happened_at, fact.c.payload)
    .join(outbox, outbox.c.till_seq == fact.c.till_seq)
    .where(outbox.c.state.in_(values_of((PENDING, SENDING, REFUSED))))
    .order_by(fact.c.till_seq)
)
_FILES = (
    select(
        rescue_file.c.file_id,
        rescue_file.c.till_letter,
        rescue_file.c.made_at,
        rescue_file.c.imported_at,
        rescue_file.c.imported_by,
        rescue_file.c.fact_count,
        func.count(case((rescued_fact.c.state == rescued.WAITING, 1))),
        func.count(case((rescued_fact.c.state == rescued.REFUSED, 1))),
        func.coalesce(func.max(rescued_fact.c.message), ""),
    )
    .join(rescued_fact, rescued_fact.c.file_id == rescue_file.c.file_id, isouter=True)
    .group_by(rescue_file.c.file_id)
    .order_by(rescue_file.c.imported_at.desc(), rescue_file.c.file_id)
    .limit(bindparam("most"))
)
RESCUED_WAITING = select(func.count()).select_from(rescued_fact).where(rescued.IS_WAITING)


class RescueReads:
    """The part of `StoreQueries` that answers `rescue_ports.RescueQueries`."""

    def _reading(self) -> AbstractContextManager[Session]:
        """A session for one moment's view."""
        raise NotImplementedError

    def unsent(self) -> Unsent:
        with self._reading() as session:
            identity = load_identity(session)
            facts = [fact_of(row) for row in session.rows(UNSENT)]
            return Unsent(identity, facts, _heads(session, identity.till_letter), load_linked(session).kind)

    def rescued(self, limit: int = 50) -> Sequence[RescuedFile]:
        with self._reading() as session:
            rows = session.rows(_FILES, most=limit)
        return [
            RescuedFile(row[0], row[1], time_of(row[2]), time_of(row[3]), row[4], row[5], row[6], row[7], row[8])
            for row in rows
        ]

    def rescued_waiting(self) -> int:
        with self._reading() as session:
            return int(session.value(RESCUED_WAITING))


def _heads(session: Session, till_letter: str) -> list[KnownHead]:
    """The ends of this till's chains, those without a row left out."""
    ends = ((series, load_head(session, till_letter, series)) for series in Series)
    return [KnownHead.of(till_letter, series, head) for series, head in ends if head.number]
