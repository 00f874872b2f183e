"""The lanes of the window with a Vendure at their other end: nothing it cannot do is taken for a failure."""

from __future__ import annotations

from app.sync.lane_steps import Lanes
from app.sync.link import Lane
from app.sync.pace import DEFAULT_PACE, Bell
from app.usecases.marketplace_port import LinkState, LinkStatus
from tests.fakes.vendure_till import VendureTill


def test_both_lanes_come_to_rest_on_line_and_ask_little() -> None:
    till = VendureTill()
    bread = till.site.add_variant("Pain", 450, 5.5, 20)
    seen: list[LinkStatus] = []
    lanes = Lanes(
        till.counter,
        till.store.queries,
        till.secrets,
        till.open,
        bells={lane: Bell() for lane in Lane},
        chance=lambda: 0.5,
        on_status=seen.append,
        on_heads=lambda heads: None,
        pace=DEFAULT_PACE,
        monotonic=lambda: till.gone_s,
    )
    order_id = till.site.place({bread: 1})
    for _ in range(12):
        for lane in Lane:
            lanes.step(lane)
        till.later(1)
    assert till.knows(order_id)
    assert lanes.judge.status.state is LinkState.ONLINE
    assert {status.message_key for status in seen} == {""}
    till.later(30)
    till.api.asked.clear()
    rests = {lane: lanes.step(lane).seconds for lane in Lane}
    assert till.api.asked == ["ComptoirOrders"]
    assert rests[Lane.PULL] >= 5
    lanes.stop()
