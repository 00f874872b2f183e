"""Measures C1-C3: what a till linked to a real Vendure (sql.js) asks of it, and how soon an order is on the counter.

    C1  requests in an hour in which nothing happens: the lanes' real steps on a clock of their own, at the pace as
        shipped
    C2  requests for one order, from the look that finds it until its handover is told, less those of an idle look
    C3  seconds from "paid in the web shop" to "on the counter", lanes on their threads, at the pace as shipped

The requests are counted by a proxy between till and server. Without Node there is no such server, and no measure.
"""

from __future__ import annotations

import random
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.bootstrap.core import Core, build_core
from app.sync.connectors.offer import Surroundings
from app.sync.connectors.registry import check_link, connect_paired
from app.sync.lane_steps import Lanes
from app.sync.link import Lane
from app.sync.pace import DEFAULT_PACE, Bell
from app.sync.worker import SyncWorker
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.link_marketplace import LinkDone, LinkRequest, link_marketplace
from app.usecases.prepare_order import mark_ready
from bench.frame import Row, limit_row
from tests.real_servers.fault_proxy import FaultProxy
from tests.real_servers.vendure.node import NodeMissing
from tests.real_servers.vendure.seed import Seller, open_seller, open_site
from tests.real_servers.vendure.server import VendureServer
from tests.real_servers.vendure.shop_front import Placed, place_order
from tests.real_servers.vendure.stage import link_wish

HOUR_S = 3600.0
ORDERS = 10
_LIMIT_S = 60.0


def measure() -> list[Row]:
    """The rows C1, C2, C3, C3-max; none without Node."""
    try:
        with _linked_till() as (core, seller, network):
            idle = _idle_hour(core, network)
            per_order = _one_order(core, seller, network)
            waits_s = _until_on_the_counter(core, seller)
    except NodeMissing as missing:
        print(f"not measured: {missing}", file=sys.stderr)
        return []
    print(f"an idle hour: {dict(idle)}\none order: {dict(per_order)}", file=sys.stderr)
    return [
        limit_row("C1", "Vendure: requests in an idle hour", idle.total(), "requests", 500),
        limit_row("C2", "Vendure: requests an order, found to handed over", per_order.total(), "requests", 20),
        limit_row("C3", f"paid on line to on the counter, median of {ORDERS}", statistics.median(waits_s), "s", 8),
        limit_row("C3-max", "the same, the longest", max(waits_s), "s", 15),
    ]


@contextmanager
def _linked_till() -> Iterator[tuple[Core, Seller, FaultProxy]]:
    """A till with its catalogue, and all that happened before the measures read."""
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        server = VendureServer(folder, {"VENDURE_DB": "sqljs"})
        server.start()
        closing.callback(server.stop)
        seller = open_seller(open_site(lambda: server.base_url), "ferme")
        network = closing.enter_context(FaultProxy(lambda: server.base_url))
        core = build_core(folder / "till.sqlite3", folder / "keys" / "secrets.json")
        closing.callback(core.close)
        request = LinkRequest(link_wish(seller, network.base_url), "Caisse A")
        done = link_marketplace(core.counter, core.secrets, check_link, request, secrets.token_bytes)
        assert isinstance(done, LinkDone), done
        yield core, seller, network


@dataclass
class _OwnTime:
    """The lanes' steps, each when it is due, on a clock that goes no further than they rest."""

    core: Core
    now_s: float = 0.0
    _due: dict[Lane, float] = field(default_factory=lambda: dict.fromkeys(Lane, 0.0))

    def __post_init__(self) -> None:
        bells = {lane: Bell() for lane in Lane}
        self._lanes = Lanes(
            self.core.counter,
            self.core.store.queries,
            self.core.secrets,
            lambda: connect_paired(
                self.core.store.queries,
                self.core.secrets,
                self.core.store.connector_books,
                Surroundings(monotonic=self.monotonic),
            ),
            bells=bells,
            chance=random.Random(5).random,
            on_status=lambda status: None,
            on_heads=lambda heads: None,
            pace=DEFAULT_PACE,
            monotonic=self.monotonic,
        )

    def monotonic(self) -> float:
        return self.now_s

    def go_on(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while self._due[lane := min(self._due, key=self._due.__getitem__)] <= until_s:
            self.now_s = max(self.now_s, self._due[lane])
            self._due[lane] = self.now_s + max(self._lanes.step(lane).seconds, DEFAULT_PACE.rest_s)
        self.now_s = until_s

    def tell_now(self) -> None:
        """There is something to tell, as after each commit."""
        self._due[Lane.PUSH] = self.now_s
        self.go_on(1.0)

    def stop(self) -> None:
        self._lanes.stop()


def _idle_hour(core: Core, network: FaultProxy) -> Counter[str]:
    """By GraphQL operation."""
    lanes = _OwnTime(core)
    lanes.go_on(60.0)  # the first link: everything is read
    before = network.counted()
    lanes.go_on(HOUR_S)
    lanes.stop()
    return network.counted() - before


def _one_order(core: Core, seller: Seller, network: FaultProxy) -> Counter[str]:
    """By GraphQL operation."""
    lanes = _OwnTime(core)
    lanes.go_on(60.0)
    before = network.counted()
    lanes.go_on(60.0)
    idle_minute = network.counted() - before
    placed = place_order(seller, {"TOM": 2, "SAVON": 1})
    order_id = _till_order_id(placed)
    before = network.counted()
    lanes.go_on(60.0)
    assert mark_ready(core.counter, order_id, 1, "A1", "Zoé")
    lanes.tell_now()
    lanes.go_on(59.0)
    done = hand_over_order(core.counter, HandoverRequest(order_id, HowFound.SCAN, "Zoé"))
    assert isinstance(done, HandoverDone), done
    lanes.tell_now()
    lanes.go_on(59.0)
    lanes.stop()
    state = core.store.queries.outbox_state()
    assert (state.waiting, state.refused, state.conflicted) == (0, 0, 0), state
    asked = network.counted() - before
    for _ in range(3):
        asked.subtract(idle_minute)
    return +asked


def _until_on_the_counter(core: Core, seller: Seller) -> list[float]:
    """Seconds for each of some orders, placed at any moment between two looks."""
    worker = SyncWorker(
        core.counter,
        core.store.queries,
        core.secrets,
        partial(connect_paired, core.store.queries, core.secrets, core.store.connector_books),
        chance=random.Random(5).random,
    )
    chance, pause = random.Random(7), threading.Event()
    worker.start()
    try:
        _wait_for(core, _till_order_id(place_order(seller, {"OEUF": 1})))
        waits_s = []
        for _ in range(ORDERS):
            pause.wait(chance.uniform(0.0, 10.0))
            placed = place_order(seller, {"OEUF": 1})
            waits_s.append(_wait_for(core, _till_order_id(placed)))
    finally:
        worker.stop(30.0)
    return waits_s


def _wait_for(core: Core, order_id: str) -> float:
    began = time.monotonic()
    while core.store.queries.order(order_id) is None:
        assert time.monotonic() - began < _LIMIT_S, "the order does not come"
        time.sleep(0.01)
    return time.monotonic() - began


def _till_order_id(placed: Placed) -> str:
    return f"vendure:{placed.order_id}"
