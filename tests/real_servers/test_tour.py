"""The day of the guided tour at a real Vendure, on both databases: the web shop, the real till, a network that loses
the answer to every write once, and a server that is killed in the middle and comes back.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.order import HandoverState, PaymentState, Preparation, VerdictKind
from app.usecases.show_pickup_code import PickupPass, pickup_pass
from tests.connectors.kit.invariants import broken_in
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Placed
from tests.connectors.kit.till import Till
from tests.real_servers.fault_proxy import EachWriteOnce, Fault, FaultProxy, OnceAt
from tests.real_servers.vendure.seed import Site
from tests.real_servers.vendure.server import VendureServer
from tests.real_servers.vendure.stage import VendureStage

_MOST_TRIES = 40
_NUMBERS = itertools.count(1)


class Day:
    """One shop with one till on this network."""

    def __init__(self, shop: Shop, network: FaultProxy, server: VendureServer) -> None:
        self.shop = shop
        self.network = network
        self.server = server
        self.till: Till = shop.till()

    def exchange(self) -> None:
        """Try until all is told and heard, as the lanes do; a server that died is started again by its people."""
        self.shop.later()
        for _ in range(_MOST_TRIES):
            if not self.till.try_round():
                return
            if not self.server.is_running:
                self.server.start()
        raise AssertionError(f"nothing gets through: {self.till.try_round()}")

    def hand_over_by_code(self, placed: Placed, code: str, **how: object) -> None:
        verdict = self.till.scan(code)
        assert verdict.kind is VerdictKind.READY
        assert verdict.order is not None
        assert verdict.order.order.order_id == placed.order_id
        self.till.hand_over(placed.order_id, **how)  # type: ignore[arg-type]  # its own arguments, passed on

    def code_for(self, placed: Placed) -> str:
        """What the shop gives its customer to show."""
        given = pickup_pass(self.till.store.queries, self.till.secrets, placed.order_id)
        assert isinstance(given, PickupPass), given
        return given.pickup_code

    def pieces(self, placed: Placed) -> dict[str, tuple[int, int, int]]:
        """As the site has them: ordered, ready, collected."""
        there = self.shop.stage.order(placed.order_id)
        return {key: (line.ordered, line.ready, line.handed_over) for key, line in there.lines.items()}


@pytest.fixture
def day(vendure: VendureServer, site: Site, tmp_path: Path, till_template: Path) -> Iterator[Day]:
    with contextlib.ExitStack() as closing:
        network = closing.enter_context(FaultProxy(lambda: vendure.base_url, vendure.kill))
        stage = VendureStage(vendure, site, f"jour{next(_NUMBERS)}", network)
        shop = Shop(stage, tmp_path, till_template)
        closing.callback(shop.close)
        yield Day(shop, network, vendure)
        if not vendure.is_running:
            vendure.start()


def test_the_whole_day(day: Day) -> None:
    placed, code = _an_order_is_made_ready(day)
    _it_leaves_in_two_parts(day, placed, code)
    _stock_goes_both_ways(day)
    _the_shop_goes_on_without_a_network(day)
    _everything_agrees(day)


def _an_order_is_made_ready(day: Day) -> tuple[Placed, str]:
    """Ordered and paid in the web shop, prepared; every answer to a write is lost, broken off or a 502 once."""
    lost = day.network.fault_of = EachWriteOnce()
    placed = day.shop.place({BREAD: 3, CHEESE: 2, CANDLE: 1})
    day.exchange()
    order = day.till.order(placed.order_id)
    assert (order.preparation, order.payment) == (Preparation.TO_PREPARE, PaymentState.PAID)
    day.till.ready(placed.order_id)
    day.exchange()
    assert day.pieces(placed) == {"bread": (3, 3, 0), "cheese": (2, 2, 0), "candle": (1, 1, 0)}
    assert lost.spoiled
    return placed, day.code_for(placed)


def _it_leaves_in_two_parts(day: Day, placed: Placed, code: str) -> None:
    """By the shop's own code; the server dies while it is told of the first part, and once more after the second."""
    day.hand_over_by_code(placed, code, only=[BREAD])
    day.network.fault_of = dies = OnceAt(Fault.SERVER_DIES_AFTER)
    day.exchange()
    assert dies.has_struck
    assert day.pieces(placed) == {"bread": (3, 0, 3), "cheese": (2, 2, 0), "candle": (1, 1, 0)}
    assert day.till.order(placed.order_id).handover is HandoverState.PARTLY
    day.hand_over_by_code(placed, code, and_sell={CANDLE: 2})
    day.network.fault_of = dies = OnceAt(Fault.SERVER_DIES_DURING)
    day.exchange()
    assert dies.has_struck
    assert day.pieces(placed) == {"bread": (3, 0, 3), "cheese": (2, 0, 2), "candle": (1, 0, 1)}
    assert day.till.scan(code).kind is VerdictKind.ALREADY_HANDED_OVER
    assert day.shop.stage.level(CANDLE) == CANDLE.opening - 3


def _stock_goes_both_ways(day: Day) -> None:
    day.network.fault_of = EachWriteOnce()
    day.till.receive(CHEESE, 6)
    day.till.lose(BREAD, 1)
    day.exchange()
    assert day.shop.stage.level(CHEESE) == CHEESE.opening - 2 + 6
    day.shop.count_on_site(BREAD, 30)
    day.exchange()
    day.exchange()
    assert day.till.level(BREAD) == 30


def _the_shop_goes_on_without_a_network(day: Day) -> None:
    """Sales and a handover off line, web orders meanwhile; the till dies too while it tells of it all."""
    waiting = day.shop.place({BREAD: 2, CANDLE: 1})
    day.exchange()
    day.till.ready(waiting.order_id)
    day.exchange()
    code = day.code_for(waiting)
    day.network.is_down = True
    assert day.till.try_round()
    day.hand_over_by_code(waiting, code)
    for _ in range(5):
        day.till.sell({BREAD: 1, CHEESE: 1})
    day.till.receive(CANDLE, 12)
    meanwhile = day.shop.place({CHEESE: 1}, customer="Jean-Pierre Leclercq")
    assert day.till.try_round()
    day.network.is_down = False
    day.network.fault_of = EachWriteOnce()
    assert day.till.try_round(), "the answer to its first write is lost"
    day.till.restart()
    day.exchange()
    assert day.pieces(waiting) == {"bread": (2, 0, 2), "candle": (1, 0, 1)}
    assert day.till.order(meanwhile.order_id).preparation is Preparation.TO_PREPARE


def _everything_agrees(day: Day) -> None:
    day.network.fault_of = lambda body: None
    day.shop.come_to_rest()
    assert not day.till.exceptions()
    broken = broken_in(day.shop)
    assert not broken, "\n".join(broken)
