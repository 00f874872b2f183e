"""Two tills that write to the same order at the same instant. On PostgreSQL both writes are made to meet, so that the
server takes both each time; on sql.js one is refused. Whatever it took, the tills end with what is true.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.domain.disagreements import DisagreementKind
from tests.connectors.kit.invariants import broken_in
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, Placed
from tests.connectors.kit.till import Till
from tests.real_servers.vendure.seed import Site
from tests.real_servers.vendure.server import VendureServer
from tests.real_servers.vendure.stage import VendureStage

_NUMBERS = itertools.count(1)
_BECAUSE = "le client est connu"


@pytest.fixture
def shop(vendure: VendureServer, site: Site, tmp_path: Path, till_template: Path) -> Iterator[Shop]:
    opened = Shop(VendureStage(vendure, site, f"deux{next(_NUMBERS)}"), tmp_path, till_template)
    yield opened
    opened.close()


def told_at_once(shop: Shop, server: VendureServer, act: Callable[[Till, Placed], object]) -> Placed:
    """An order that both tills know and do the same with, and of which they tell at the same instant."""
    tills = shop.two_tills()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    shop.exchange()
    for till in tills:
        act(till, placed)
    with ThreadPoolExecutor(2) as both, server.meeting_at("fulfillment", 2):
        rounds = [both.submit(till.try_round) for till in tills]
    for told in rounds:
        told.result()
    shop.exchange()
    return placed


def test_both_say_that_it_is_ready(shop: Shop, vendure: VendureServer) -> None:
    placed = told_at_once(shop, vendure, lambda till, order: till.ready(order.order_id))
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].ready for each in (BREAD, CANDLE)] == [2, 1]
    shop.exchange()
    shop.till("B").hand_over(placed.order_id, because=_BECAUSE)
    assert_rest(shop)


def test_both_hand_it_over(shop: Shop, vendure: VendureServer) -> None:
    placed = told_at_once(shop, vendure, lambda till, order: till.hand_over(order.order_id, because=_BECAUSE))
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].handed_over for each in (BREAD, CANDLE)] == [2, 1]
    told = [row for name in "AB" for row in shop.till(name).exceptions(placed.order_id)]
    assert {row.kind for row in told} == {DisagreementKind.HANDED_OVER_TWICE.value}
    assert_rest(shop)


def assert_rest(shop: Shop) -> None:
    shop.come_to_rest()
    shop.note_doubts()
    broken = broken_in(shop)
    assert not broken, "\n".join(broken)
