"""Movements of a till written as levels on a Vendure that takes levels alone."""

from __future__ import annotations

import pytest

from app.domain.facts import FactKind
from app.usecases.connector_ports import WriteState
from app.usecases.marketplace_port import FactOutcome
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from tests.fakes.fake_vendure_http import Fault
from tests.fakes.vendure_till import VendureTill

DONE_AND_NOT_ANSWERED = (Fault.LOST, Fault.GATEWAY_AFTER, Fault.CUT)


class Scene(VendureTill):
    def __init__(self) -> None:
        super().__init__()
        self.bread = self.site.add_variant("Pain", 450, 5.5, 20)
        self.round()

    @property
    def on_hand(self) -> int:
        return self.variant(self.bread).on_hand


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_what_came_in_is_there_too(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    scene.round()
    assert (scene.level(scene.bread), scene.on_hand) == (25, 25)
    assert {note.state for note in scene.store.connector_books.notes.values()} == {WriteState.DONE}


def test_told_twice_it_counts_once(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    (fact,) = scene.facts()
    for _ in range(2):
        (answer,) = scene.marketplace.push([fact])
        assert answer.outcome is FactOutcome.APPLIED
    assert scene.on_hand == 25


@pytest.mark.parametrize("fault", DONE_AND_NOT_ANSWERED)
def test_a_lost_answer_is_read_back(scene: Scene, fault: Fault) -> None:
    scene.receive(scene.bread, 5)
    scene.faults.arm(fault)
    with pytest.raises(MarketplaceUnreachable):
        scene.round()
    assert scene.on_hand == 25
    scene.later(120)
    scene.round()
    assert (scene.level(scene.bread), scene.on_hand) == (25, 25)


def test_a_web_sale_fetched_while_we_write_is_not_undone(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 3})
    scene.receive(scene.bread, 5)
    scene.faults.on_delay = lambda: scene.site.hand_over_on_site(order_id)
    scene.faults.arm(Fault.DELAYED)
    scene.round()
    assert scene.on_hand == 22


def test_a_count_on_the_site_while_we_write_is_not_undone(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    scene.faults.on_delay = lambda: scene.site.set_level(scene.bread, 50)
    scene.faults.arm(Fault.DELAYED)
    scene.round()
    assert scene.on_hand == 55


@pytest.mark.parametrize("moved", [-3, 4, -5])
def test_what_another_till_writes_right_after_us_is_not_taken_for_ours(scene: Scene, moved: int) -> None:
    scene.receive(scene.bread, 5)
    scene.faults.on_answered = lambda: scene.site.set_level(scene.bread, scene.on_hand + moved)
    scene.faults.arm(Fault.FOLLOWED)
    scene.round()
    assert scene.on_hand == 25 + moved


def test_a_lost_answer_and_a_count_on_the_site_are_for_a_person(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    (fact,) = scene.facts()
    scene.faults.arm(Fault.LOST)
    with pytest.raises(MarketplaceUnreachable):
        scene.marketplace.push([fact])
    scene.site.set_level(scene.bread, 21)
    (answer,) = scene.marketplace.push([fact])
    assert (answer.outcome, answer.reason) == (FactOutcome.REFUSED, "stock_in_doubt")
    assert answer.message
    assert scene.on_hand == 21


def test_what_was_told_before_a_right_was_missing_is_settled(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 1})
    scene.round()
    scene.hand_over(order_id, because="pressé")
    scene.receive(scene.bread, 5)
    scene.api.declines["ComptoirSetStock"] = "FORBIDDEN"
    with pytest.raises(MarketplaceRefused):
        scene.round()
    assert [fact.kind for fact in scene.facts()] == [FactKind.STOCK_MOVED]


def test_a_promise_to_a_web_customer_is_no_reason_for_doubt(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    scene.faults.arm(Fault.DROPPED)
    with pytest.raises(MarketplaceUnreachable):
        scene.round()
    scene.site.place({scene.bread: 2})
    scene.later(120)
    scene.round()
    assert scene.on_hand == 25


def test_an_article_the_site_does_not_have_is_nobody_s_business_there(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    del scene.site.variants[scene.bread]
    scene.round()
    assert scene.store.queries.outbox_state().waiting == 0


def test_the_level_is_written_at_the_shop_s_own_location_alone(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    scene.round()
    assert scene.variant(scene.bread).elsewhere == {}
