"""Owns days that nobody wrote: acts drawn by chance, by customers, at the tills and on the wire. The same seed draws
the same day. What such a day must come to in the end is what the invariants say; on the way nothing is asserted.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from app.domain.order import may_undo
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import ARTICLES, Article, Payment, Power
from tests.connectors.kit.till import Till
from tests.connectors.kit.wire import Fault

_BECAUSE = "le client est connu"
_MOST_PIECES = 3
_FAULTS = tuple(Fault)


class Walk:
    """One such day.

    Attributes:
        log: what happened, for whoever looks for the reason of a failure.
    """

    def __init__(self, shop: Shop, seed: int, *, tills: int) -> None:
        self._shop = shop
        self._chance = Random(seed)
        self._tills = list(shop.two_tills()) if tills == 2 else [shop.till()]
        self._in_bags: set[str] = set()
        self.log: list[str] = []

    def go(self, steps: int) -> None:
        acts = [act for act, power in self._acts().items() if power is None or power in self._shop.stage.powers]
        weights = [_WEIGHTS.get(act.__name__, 2) for act in acts]
        for _ in range(steps):
            till = self._chance.choice(self._tills)
            till.start()
            act = self._chance.choices(acts, weights)[0]
            self.log.append(f"{till.name} {act.__name__.strip('_')}")
            act(till)
        for till in self._tills:
            till.start()
        self._shop.time.go_on(hours=25)  # so that what is looked at once a day is looked at
        self._shop.expect_doubts()

    def _acts(self) -> dict[Callable[[Till], object], Power | None]:
        return {
            self._place: None,
            self._cancel: Power.CANCEL,
            self._pay: Power.PAY_LATER,
            self._edit: Power.EDIT,
            self._count_on_site: Power.SET_LEVEL,
            self._sell: None,
            self._receive: None,
            self._lose: None,
            self._ready: None,
            self._hand_over: None,
            self._hand_over_a_part: None,
            self._undo: None,
            self._round: None,
            self._tell: None,
            self._hear: None,
            self._break_a_write: None,
            self._line_breaks: None,
            self._restart: None,
            self._time_passes: None,
        }

    # --- customers, and the shop's people on the site ---

    def _place(self, _till: Till) -> None:
        payment = self._chance.choice((Payment.PAID, Payment.PAID, Payment.LATER))
        usable = payment if self._shop.may(Power.PAY_LATER) else Payment.PAID
        self._shop.try_to_place(self._some(), usable)

    def _cancel(self, _till: Till) -> None:
        if self._chance.random() < 0.5 and (order_id := self._an_order()):
            self._shop.cancel_on_site(order_id)

    def _pay(self, _till: Till) -> None:
        order_id = self._an_order()
        if order_id and not self._shop.stage.order(order_id).cancelled:
            self._shop.stage.pay(order_id)

    def _edit(self, _till: Till) -> None:
        order_id = self._an_order()
        if order_id and order_id not in self._in_bags:
            self._shop.stage.edit(order_id, self._some())

    def _count_on_site(self, _till: Till) -> None:
        article = self._chance.choice(ARTICLES)
        self._shop.count_on_site(article, self._chance.randint(5, 30))

    # --- at the counter ---

    def _sell(self, till: Till) -> None:
        till.sell(self._some())

    def _receive(self, till: Till) -> None:
        till.receive(self._chance.choice(ARTICLES), self._chance.randint(1, 5))

    def _lose(self, till: Till) -> None:
        till.lose(self._chance.choice(ARTICLES), 1)

    def _ready(self, till: Till) -> None:
        order_id = self._known_to(till)
        if order_id and till.order(order_id).open_lines and not till.order(order_id).order.cancelled_at:
            till.ready(order_id)
            self._in_bags.add(order_id)

    def _hand_over(self, till: Till) -> None:
        if order_id := self._may_leave(till):
            till.hand_over(order_id, because=_BECAUSE)

    def _hand_over_a_part(self, till: Till) -> None:
        order_id = self._may_leave(till)
        if not order_id:
            return
        articles = [self._shop.article(line.product_id) for line in till.order(order_id).open_lines]
        only = [article for article in articles if article is not None][:1]
        till.hand_over(order_id, only=only, because=_BECAUSE)

    def _undo(self, till: Till) -> None:
        order_id = self._known_to(till)
        handovers = till.order(order_id).facts.handovers if order_id else ()
        if handovers and may_undo(handovers[-1], till.clock.now()) and not handovers[-1].sale_id:
            till.undo(order_id)

    # --- the wire ---

    def _round(self, till: Till) -> None:
        self._note(till.try_round())

    def _tell(self, till: Till) -> None:
        self._note(till.tell())

    def _hear(self, till: Till) -> None:
        self._note(till.hear())

    def _break_a_write(self, till: Till) -> None:
        till.wire.suffer_at_write(self._chance.choice(_FAULTS), after=self._chance.randint(0, 2))

    def _line_breaks(self, till: Till) -> None:
        till.wire.is_down = not till.wire.is_down

    def _restart(self, till: Till) -> None:
        till.restart()

    def _time_passes(self, _till: Till) -> None:
        self._shop.time.go_on(seconds=self._chance.choice((15.0, 90.0, 400.0)))

    # --- choosing ---

    def _note(self, reason: str) -> None:
        if reason:
            self.log.append(f"  {reason}")

    def _some(self) -> dict[Article, int]:
        chosen = self._chance.sample(ARTICLES, self._chance.randint(1, len(ARTICLES)))
        return {article: self._chance.randint(1, _MOST_PIECES) for article in chosen}

    def _an_order(self) -> str:
        return self._chance.choice(sorted(self._shop.orders)) if self._shop.orders else ""

    def _known_to(self, till: Till) -> str:
        order_id = self._an_order()
        return order_id if order_id and till.knows(order_id) else ""

    def _may_leave(self, till: Till) -> str:
        """Mostly only what may; now and then what a person decides to give all the same."""
        order_id = self._known_to(till)
        if not order_id:
            return ""
        verdict = till.verdict(order_id)
        if verdict.may_hand_over or (verdict.may_override and self._chance.random() < 0.4):
            return order_id
        return ""


_WEIGHTS = {
    "_place": 4,
    "_sell": 3,
    "_ready": 4,
    "_hand_over": 4,
    "_round": 6,
    "_line_breaks": 1,
    "_restart": 1,
    "_count_on_site": 1,
}
