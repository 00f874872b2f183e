"""The leases of a till in memory: the same promises as `app.storage.repositories.leases`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.facts import FactKind
from app.domain.order import HandoverState
from app.usecases.lease_ports import GivenUp
from app.usecases.record_fact import order_subject

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables

_HANDOVERS = (FactKind.ORDER_HANDED_OVER, FactKind.HANDOVER_UNDONE)


@dataclass(frozen=True, slots=True)
class GivenUpRow:
    number: int
    given_up_at: datetime
    told_at: datetime | None = None


class MemoryLeases:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def asked_back(self, till_id: str) -> Sequence[str]:
        leases = {key: order.lease for key, order in sorted(self._tables.orders.items()) if order.lease is not None}
        return [
            key for key, lease in leases.items() if lease.till_id == till_id and lease.wanted_by not in ("", till_id)
        ]

    def held(self, till_id: str) -> Sequence[str]:
        return [
            key
            for key, order in sorted(self._tables.orders.items())
            if order.lease is not None
            and order.lease.till_id == till_id
            and order.cancelled_at is None
            and order.server_handover is not HandoverState.HANDED_OVER
        ]

    def handover_untold(self, order_id: str) -> bool:
        untold = [
            self._tables.facts[fact_id] for fact_id, entry in self._tables.outbox.items() if entry.state != "conflicted"
        ]
        return any(fact.subject == order_subject(order_id) and fact.kind in _HANDOVERS for fact in untold)

    def give_up(self, leases: Sequence[GivenUp], at: datetime) -> None:
        for each in leases:
            known = self._tables.leases_given_up.get(each.order_id)
            if known is None or known.number < each.number:
                self._tables.leases_given_up[each.order_id] = GivenUpRow(each.number, at)

    def untold(self, limit: int) -> Sequence[GivenUp]:
        rows = sorted(self._tables.leases_given_up.items())
        return [GivenUp(order_id, row.number) for order_id, row in rows if row.told_at is None][:limit]

    def tell_again(self, held: Sequence[GivenUp]) -> None:
        for each in held:
            row = self._tables.leases_given_up.get(each.order_id)
            if row is not None and row.number >= each.number:
                self._tables.leases_given_up[each.order_id] = replace(row, told_at=None)

    def note_told(self, leases: Sequence[GivenUp], at: datetime) -> None:
        for each in leases:
            row = self._tables.leases_given_up.get(each.order_id)
            if row is not None and row.number == each.number:
                self._tables.leases_given_up[each.order_id] = replace(row, told_at=at)
