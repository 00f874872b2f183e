"""Asking for a lease: only on line, only if it is all that the verdict lacks; nothing waits for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.lease import Lease
from app.domain.order import HandoverState, HandoverVerdict, OrderAtCounter, judge_handover
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.want_lease import want_lease
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON

THEIRS = Lease("till-b", NOON + timedelta(days=10), 1)


def verdict(**changes: Any) -> HandoverVerdict:
    return judge_handover(OrderAtCounter(an_order(**{"lease": THEIRS, **changes})), "till-a", NOON)


@pytest.mark.parametrize(
    ("of", "state", "asked"),
    [
        (verdict(), LinkState.ONLINE, True),
        (verdict(lease=None), LinkState.ONLINE, True),
        (verdict(), LinkState.OFFLINE, False),
        (verdict(), LinkState.STARTING, False),
        (verdict(), None, False),
        (verdict(lease=Lease("till-a", NOON + timedelta(days=1))), LinkState.ONLINE, False),
        (verdict(server_handover=HandoverState.PARTLY), LinkState.ONLINE, False),
        (verdict(cancelled_at=NOON), LinkState.ONLINE, False),
        (judge_handover(None, "till-a", NOON), LinkState.ONLINE, False),
    ],
)
def test_when_it_is_asked_for(of: HandoverVerdict, state: LinkState | None, asked: bool) -> None:
    calls: list[str] = []
    link = LinkStatus(state, NOON) if state is not None else None
    assert want_lease(of, link, calls.append) is asked
    assert calls == (["order-1"] if asked else [])
