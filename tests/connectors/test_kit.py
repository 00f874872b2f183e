"""The kit itself: its faults do what they say, and its invariants notice what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.domain.abilities import Ability
from tests.connectors.kit.invariants import broken_in
from tests.connectors.kit.registry import all_stages
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, Power
from tests.connectors.kit.story import all_stories
from tests.connectors.kit.wire import Fault
from tests.connectors.stages.reference import ReferenceStage


@pytest.fixture
def shop(tmp_path: Path, till_template: Path) -> Iterator[Shop]:
    made = Shop(ReferenceStage(tmp_path / "stage"), tmp_path, till_template)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("fault", "done", "says"),
    [
        (Fault.LOST, True, "timeout"),
        (Fault.GATEWAY, False, "server_error"),
        (Fault.GATEWAY_AFTER, True, "server_error"),
        (Fault.CUT, True, "not_understood"),
        (Fault.DROPPED, False, "timeout"),
        (Fault.KILLED_BEFORE, False, "dead"),
        (Fault.KILLED_AFTER, True, "dead"),
    ],
)
def test_each_fault_does_what_it_says(shop: Shop, fault: Fault, done: bool, says: str) -> None:
    till = shop.till()
    till.sell({BREAD: 1})
    till.wire.suffer_at_write(fault)
    assert till.try_round() == says
    assert shop.stage.level(BREAD) == BREAD.opening - (1 if done else 0)
    assert till.running is (says != "dead")
    shop.come_to_rest()
    assert not broken_in(shop)


def test_every_other_write_begins_where_it_is_told_to(shop: Shop) -> None:
    till = shop.till()
    for first in (True, False):
        till.wire.carried.clear()
        till.wire.suffer_at_every_other_write(Fault.LOST, first=first)
        for _ in range(4):
            till.sell({CANDLE: 1})
            till.try_round()
            shop.time.go_on(minutes=2)
        suffered = [each.fault is not None for each in till.wire.carried if each.is_write]
        assert suffered[:3] == [first, not first, first]
        till.wire.heal()
        till.round()


def test_what_comes_between_comes_between(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 1})
    seen: list[int] = []
    till.wire.before_next_write(lambda: seen.append(shop.stage.level(BREAD)))
    till.round()
    assert seen == [BREAD.opening]
    shop.place({CANDLE: 1})
    till.wire.after_next_read(lambda: seen.append(-1))
    till.hear()
    assert seen == [BREAD.opening, -1]


def test_nothing_goes_over_a_wire_that_is_down(shop: Shop) -> None:
    till = shop.till()
    with till.off_line():
        assert till.try_round() == "no_network"
    till.wire.is_down = True
    with pytest.raises(requests.ConnectionError):
        till.wire.send(requests.Request("GET", "http://127.0.0.1/v1/status").prepare())


def test_goods_that_left_without_a_word_are_noticed(shop: Shop) -> None:
    shop.till()
    shop.stage.set_level(BREAD, 3)
    shop.come_to_rest()
    assert [sentence for sentence in broken_in(shop) if "Pain" in sentence]


def test_a_handover_that_the_site_does_not_know_is_noticed(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1})
    till.round()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    assert any("still has to tell" in sentence for sentence in broken_in(shop))
    assert any("left here" in sentence for sentence in broken_in(shop))


def test_what_waits_for_ever_is_noticed(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 1})
    till.ask("UPDATE outbox SET state = 'refused', reason = 'because'")
    assert any("was refused (because)" in sentence for sentence in broken_in(shop))
    shop.refusals.add("because")
    assert not any("was refused" in sentence for sentence in broken_in(shop))


def test_each_stage_plays_its_stories() -> None:
    files = {path.stem.removeprefix("test_stories_") for path in Path(__file__).parent.glob("test_stories_*.py")}
    assert files == set(all_stages())


def test_a_story_says_what_a_stage_lacks(shop: Shop) -> None:
    late = all_stories()["a_late_row"]
    assert late.why_not(shop.stage).startswith(f"reference lacks {Power.LATE_ROWS.value}: ")
    unwanted = all_stories()["no_leases_are_asked_for"]
    assert unwanted.why_not(shop.stage).startswith(f"reference has {Ability.LEASES.value}: ")
    assert all_stories()["handed_over_whole"].why_not(shop.stage) == ""
