"""Owns the leases this till gave up, and the finding of those that are asked back. Never decides to give one up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.facts import FactKind
from app.domain.order import HandoverState
from app.storage.outbox import CONFLICTED
from app.storage.session import Session, values_of
from app.storage.tables import fact, lease_given_up, outbox, server_order
from app.storage.values import time_text
from app.usecases.lease_ports import GivenUp
from app.usecases.record_fact import order_subject

_o = server_order.c
_g = lease_given_up.c
_OF_TILL = _o.lease_till_id == bindparam("till_id")
_ASKED_BACK = (
    select(_o.order_id)
    .where(_o.lease_wanted_by.is_not(None), _o.lease_wanted_by != bindparam("till_id"), _OF_TILL)
    .order_by(_o.order_id)
)
_HELD = (
    select(_o.order_id)
    .where(_OF_TILL, _o.cancelled_at.is_(None), _o.handover != HandoverState.HANDED_OVER.value)
    .order_by(_o.order_id)
)
_HANDOVER_UNTOLD = (
    select(outbox.c.fact_id)
    .join(fact, fact.c.till_seq == outbox.c.till_seq)
    .where(
        outbox.c.subject == bindparam("of_subject"),
        outbox.c.state != CONFLICTED,
        fact.c.kind.in_(values_of((FactKind.ORDER_HANDED_OVER.value, FactKind.HANDOVER_UNDONE.value))),
    )
    .limit(1)
)
_INSERT = insert(lease_given_up)
_GIVE_UP = _INSERT.on_conflict_do_update(
    index_elements=[_g.order_id],
    set_={name: _INSERT.excluded[name] for name in ("lease_number", "given_up_at", "told_at")},
    where=_INSERT.excluded.lease_number > _g.lease_number,
)
_UNTOLD = (
    select(_g.order_id, _g.lease_number).where(_g.told_at.is_(None)).order_by(_g.order_id).limit(bindparam("most"))
)
_TOLD = (
    update(lease_given_up)
    .where(_g.order_id == bindparam("of_order"), _g.lease_number == bindparam("of_number"))
    .values(told_at=bindparam("at"))
)
_TELL_AGAIN = (
    update(lease_given_up)
    .where(_g.order_id == bindparam("of_order"), _g.lease_number >= bindparam("of_number"), _g.told_at.is_not(None))
    .values(told_at=None)
)


class LeaseRows:
    """Implements `lease_ports.Leases`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def asked_back(self, till_id: str) -> Sequence[str]:
        return [row[0] for row in self._session.rows(_ASKED_BACK, till_id=till_id)]

    def held(self, till_id: str) -> Sequence[str]:
        return [row[0] for row in self._session.rows(_HELD, till_id=till_id)]

    def handover_untold(self, order_id: str) -> bool:
        return self._session.one(_HANDOVER_UNTOLD, of_subject=order_subject(order_id)) is not None

    def give_up(self, leases: Sequence[GivenUp], at: datetime) -> None:
        given_up_at = time_text(at)
        self._session.run_many(
            _GIVE_UP,
            [
                {"order_id": each.order_id, "lease_number": each.number, "given_up_at": given_up_at, "told_at": None}
                for each in leases
            ],
        )

    def untold(self, limit: int) -> Sequence[GivenUp]:
        return [GivenUp(row[0], row[1]) for row in self._session.rows(_UNTOLD, most=limit)]

    def tell_again(self, held: Sequence[GivenUp]) -> None:
        self._session.run_many(_TELL_AGAIN, [{"of_order": each.order_id, "of_number": each.number} for each in held])

    def note_told(self, leases: Sequence[GivenUp], at: datetime) -> None:
        told_at = time_text(at)
        self._session.run_many(
            _TOLD, [{"of_order": each.order_id, "of_number": each.number, "at": told_at} for each in leases]
        )
