"""A day's work over a line on which every write, or every other one, goes wrong: exactly once all the same."""

from __future__ import annotations

from app.domain.abilities import Ability
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE
from tests.connectors.kit.story import story
from tests.connectors.kit.till import Till
from tests.connectors.kit.wire import Fault

_MOST_TRIES = 40


def _told(shop: Shop, till: Till) -> None:
    """The till goes on until everything is told; what it dies of, it is started after."""
    for _ in range(_MOST_TRIES):
        till.try_round()
        till.start()
        shop.a_moment_later()
        shop.time.go_on(seconds=60.0)  # so that what was set aside for a while is tried again
        if not till.unsaid():
            return
    raise AssertionError(f"still to be told: {till.unsaid()}")


def _a_days_work(shop: Shop, fault: Fault, *, first: bool) -> None:
    till = shop.till()
    parted = shop.place({BREAD: 2, CHEESE: 1, CANDLE: 1})
    undone = shop.place({BREAD: 1, CANDLE: 2})
    till.round()
    till.wire.suffer_at_every_other_write(fault, first=first)
    partial = Ability.PARTIAL_HANDOVER in shop.stage.abilities
    till.ready(parted.order_id)
    _told(shop, till)
    till.hand_over(parted.order_id, only=[BREAD] if partial else ())
    _told(shop, till)
    till.sell({CANDLE: 1})
    _told(shop, till)
    till.ready(undone.order_id)
    till.hand_over(undone.order_id)
    _told(shop, till)
    till.undo(undone.order_id)
    _told(shop, till)
    till.receive(CHEESE, 5)
    till.lose(BREAD, 1)
    _told(shop, till)
    if partial:
        till.hand_over(parted.order_id, and_sell={CANDLE: 2, BREAD: 1})
        _told(shop, till)
    till.hand_over(undone.order_id)
    _told(shop, till)
    for each in (parted, undone):
        assert shop.stage.order(each.order_id).has_left
    assert not till.exceptions(), "the till takes its own write for somebody else's"


@story("the answer to the first write is lost, and to every other one after it")
def lost_answers(shop: Shop) -> None:
    _a_days_work(shop, Fault.LOST, first=True)


@story("the answer to the second write is lost, and to every other one after it")
def lost_answers_between(shop: Shop) -> None:
    _a_days_work(shop, Fault.LOST, first=False)


@story("fewer pieces than ordered leave, and the answers to that are lost", needs={Ability.PARTIAL_HANDOVER})
def fewer_pieces_and_lost_answers(shop: Shop) -> None:
    """What is left of such a line leaves room for the same write once more."""
    for number, first in enumerate((True, False)):
        till = shop.till()
        placed = shop.place({CANDLE: 4, CHEESE: 1})
        till.round()
        till.wire.suffer_at_every_other_write(Fault.LOST, first=first)
        till.hand_over(placed.order_id, fewer={CANDLE: 2}, because="il en manque deux")
        _told(shop, till)
        till.wire.heal()
        there = shop.stage.order(placed.order_id)
        assert (there.lines["candle"].handed_over, there.lines["cheese"].handed_over) == (2, 1), number


@story("a proxy answers 502 to every other write, and nothing was done")
def refused_by_a_proxy(shop: Shop) -> None:
    _a_days_work(shop, Fault.GATEWAY, first=True)


@story("a proxy answers 502 to every other write, although it was done")
def done_behind_a_proxy(shop: Shop) -> None:
    _a_days_work(shop, Fault.GATEWAY_AFTER, first=True)


@story("the same, beginning with the second write")
def done_behind_a_proxy_between(shop: Shop) -> None:
    _a_days_work(shop, Fault.GATEWAY_AFTER, first=False)


@story("every other write never arrives")
def dropped_writes(shop: Shop) -> None:
    _a_days_work(shop, Fault.DROPPED, first=False)


@story("the answer to every other write breaks off")
def cut_answers(shop: Shop) -> None:
    _a_days_work(shop, Fault.CUT, first=True)


@story("the till's machine dies before every other write")
def killed_before_writes(shop: Shop) -> None:
    _a_days_work(shop, Fault.KILLED_BEFORE, first=True)


@story("the till's machine dies of every other write, after it was done")
def killed_after_writes(shop: Shop) -> None:
    _a_days_work(shop, Fault.KILLED_AFTER, first=True)


@story("the same, beginning with the second write")
def killed_after_writes_between(shop: Shop) -> None:
    _a_days_work(shop, Fault.KILLED_AFTER, first=False)


@story("the answer to a write is lost, and the till is off line for hours before it can ask what became of it")
def lost_answer_then_hours_off_line(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    for act in (lambda: till.ready(placed.order_id), lambda: till.hand_over(placed.order_id)):
        act()
        till.wire.before_next_write(lambda: till.wire.suffer_next(Fault.LOST, Fault.DROPPED))
        assert till.try_round()
        till.wire.heal()
        with till.off_line():
            till.sell({BREAD: 1})
            till.restart()
            shop.time.go_on(hours=3)
            till.try_round()
        _told(shop, till)
    assert shop.stage.order(placed.order_id).has_left
