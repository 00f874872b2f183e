"""Owns what goes wrong in the practice shop, and setting it right: the network, orders late, twice or cancelled, paper.

Sets the scene of an exercise from whatever is so, waiting until the till knows it: on a lane, never on the main thread.
What somebody at the counter would do is done as a colleague, through the same use cases.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.demo.demo_shop import DemoMarketplace
from app.domain.order import HandoverState, OrderAtCounter, Preparation
from app.i18n import tr
from app.marketplace.orders import OrderRefused, cancel_order, change_order, find_order, pickup_code_of
from app.marketplace.schemas import FaultMode, FaultSetting
from app.marketplace.seed import DemoCustomers
from app.practice.exercises import Customer, Scene, Stage
from app.practice.paper_roll import PaperRoll
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest, hand_over_order
from app.usecases.marketplace_port import LinkState
from app.usecases.ports import Counter
from app.usecases.prepare_order import mark_ready
from app.usecases.queries import Queries

LIMIT_S = 30.0
_LOOK_EVERY_S = 0.05
_TRIES = 5
"""A basket may come out empty where little is left on the shelves."""


class NotSet(OSError):
    """The till did not come to know it in time: its network worker is busy or stopped."""


@dataclass(frozen=True, slots=True)
class Till:
    """The till in the practice shop, as far as this needs it.

    Attributes:
        link: how it goes with the marketplace, None before its worker runs; from any thread.
        hurry: ask the worker to try again at once; from any thread.
    """

    counter: Counter
    queries: Queries
    link: Callable[[], LinkState | None]
    hurry: Callable[[], None]


class Troubles:
    """One for the window.

    Attributes:
        roll: the printer's paper.
        refused: requests of the till that the cut network swallowed.
    """

    def __init__(
        self, marketplace: DemoMarketplace, till: Till, roll: PaperRoll, seed: int, orders: Mapping[str, str]
    ) -> None:
        """Args: orders: those of an earlier time, by the customer's part."""
        self._marketplace = marketplace
        self._till = till
        self._customers = DemoCustomers(marketplace.running.store, marketplace.shop.shop_id, seed)
        self._orders = dict(orders)
        self._ended = threading.Event()
        self.roll = roll

    @property
    def orders(self) -> Mapping[str, str]:
        """Order ids by the customer's part."""
        return dict(self._orders)

    @property
    def refused(self) -> int:
        switch = self._marketplace.running.fault_switch
        return switch.hits if switch is not None else 0

    def end(self) -> None:
        """Whatever is waited for: let it be. From any thread."""
        self._ended.set()

    def order(self, customer: Customer) -> OrderAtCounter | None:
        """As the till knows it."""
        order_id = self._orders.get(customer)
        return self._till.queries.order(order_id) if order_id is not None else None

    def code(self, customer: Customer) -> str:
        """What this customer's phone shows, "" if there is no order."""
        order_id, shop_id = self._orders.get(customer), self._marketplace.shop.shop_id
        with self._marketplace.running.store.reading() as connection:
            row = find_order(connection, shop_id, order_id) if order_id is not None else None
            return pickup_code_of(connection, row) if row is not None else ""

    def set_scene(self, scene: Scene) -> None:
        """Make it so. Raises NotSet, and failures of the store."""
        lacking = [(who, stage) for who, stage in scene.orders if self._stage(who) is not stage]
        if lacking or not scene.cut:
            self._mend_network()
        for who, stage in lacking:
            self._bring(who, stage)
        if scene.sent_twice is not None:
            self._send_again(scene.sent_twice)
        if scene.cut:
            self._cut_network()
        if scene.while_cut is not None and self._stage(scene.while_cut) is not Stage.PLACED:
            self._place(scene.while_cut)
        if scene.paper_out:
            self.roll.run_out()
        elif self.roll.out:
            self.put_paper_in()

    def put_paper_in(self) -> None:
        """From any thread."""
        self.roll.put_in()
        self._till.hurry()

    def all_well(self) -> None:
        """No trouble any more, at once: whoever practises has left the exercises."""
        self._set_fault("none")
        self.put_paper_in()

    # --- the network ---

    def _cut_network(self) -> None:
        self._set_fault("offline")
        for order_id in tuple(self._orders.values())[:1]:
            self._tell_again(order_id)  # ends the request that waits for news: the next one finds no network
        self._till.hurry()
        self._wait(lambda: self._till.link() is LinkState.OFFLINE)

    def _mend_network(self) -> None:
        self._set_fault("none")
        self._till.hurry()
        self._wait(lambda: self._till.link() is LinkState.ONLINE)

    def _set_fault(self, mode: FaultMode, count: int | None = None) -> None:
        switch = self._marketplace.running.fault_switch
        if switch is not None:
            switch.set(FaultSetting(mode=mode, count=count))

    # --- orders ---

    def _stage(self, who: Customer) -> Stage | None:
        """None if there is none yet, or it has not come to this till."""
        order = self.order(who)
        if order is None:
            return None
        if order.order.cancelled_at is not None:
            return Stage.CANCELLED
        if order.handover is HandoverState.HANDED_OVER:
            return Stage.HANDED_OVER
        return Stage.READY if order.preparation is Preparation.READY else Stage.PLACED

    def _bring(self, who: Customer, stage: Stage) -> None:
        """The order of this customer to a stage; another order if this one is beyond it."""
        before = {
            Stage.PLACED: (Stage.PLACED,),
            Stage.READY: (Stage.PLACED, Stage.READY),
            Stage.HANDED_OVER: (Stage.PLACED, Stage.READY),
            Stage.CANCELLED: (Stage.PLACED, Stage.READY),
        }[stage]
        if who not in self._orders or (self.order(who) is not None and self._stage(who) not in before):
            self._place(who)
        self._wait(lambda: self.order(who) is not None)
        order_id = self._orders[who]
        if stage is not Stage.PLACED and self._stage(who) is Stage.PLACED:
            mark_ready(self._till.counter, order_id, 1, "A1", _colleague())
        if stage is Stage.HANDED_OVER:
            hand_over_order(self._till.counter, HandoverRequest(order_id, HowFound.NAME, _colleague()))
        if stage is Stage.CANCELLED:
            with self._marketplace.running.store.writing(self._marketplace.shop.shop_id) as transaction:
                cancel_order(transaction, order_id)
        self._wait(lambda: self._stage(who) is stage)

    def _place(self, who: Customer) -> None:
        for _try in range(_TRIES):
            placed = self._customers.place(prepaid=True)
            if not isinstance(placed, OrderRefused):
                self._orders[who] = placed.order_id
                return
        raise NotSet("no order could be placed")

    def _send_again(self, who: Customer) -> None:
        """The same order in two pages more: once as if it had changed, once because a page comes again."""
        self._set_fault("duplicate_page", 1)
        self._tell_again(self._orders[who])

    def _tell_again(self, order_id: str) -> None:
        with self._marketplace.running.store.writing(self._marketplace.shop.shop_id) as transaction:
            change_order(transaction, order_id)

    def _wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > end or self._ended.wait(_LOOK_EVERY_S):
                raise NotSet("the till does not know it yet")


def _colleague() -> str:
    return tr("a colleague")
