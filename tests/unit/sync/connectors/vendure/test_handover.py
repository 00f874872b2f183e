"""What ready, handed over and taken back become on Vendure; nothing doubled or guessed, both stocks one number."""

from __future__ import annotations

import contextlib

import pytest

from app.domain.facts import Fact
from app.domain.order import HandoverState, LineOutcome, LineResult, PaymentState, Preparation, replaced, without_goods
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import MarketplaceUnreachable
from app.usecases.prepare_order import record_preparation
from tests.fakes.fake_vendure import FakeVendure
from tests.fakes.fake_vendure_http import Fault
from tests.fakes.vendure_till import VendureTill

EVERY_FAULT = (Fault.LOST, Fault.GATEWAY, Fault.GATEWAY_AFTER, Fault.CUT, Fault.DROPPED)


class Scene(VendureTill):
    """One order of 2 loaves and 1 candle, heard of."""

    def __init__(self, *, only_till: bool = True) -> None:
        super().__init__(only_till=only_till)
        self.bread = self.site.add_variant("Pain", 450, 5.5, 20)
        self.candle = self.site.add_variant("Bougie", 600, 20.0, 5)
        self.id = self.site.place({self.bread: 2, self.candle: 1})
        self.round()

    def levels(self) -> list[tuple[int, int, int]]:
        """Of each article: here, on hand there, promised there."""
        return [
            (self.level(each), self.variant(each).on_hand, self.variant(each).allocated)
            for each in (self.bread, self.candle)
        ]

    def to_follow(self, position: int) -> LineResult:
        return without_goods(self.order(self.id).order.lines[position], LineOutcome.TO_FOLLOW)

    def result(self, position: int) -> LineResult:
        return self.order(self.id).results[position]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_an_order_that_is_ready_waits_there_too(scene: Scene) -> None:
    scene.ready(scene.id)
    scene.round()
    assert [state for state, _ in scene.states(scene.id)] == ["Shipped"]
    assert scene.levels() == [(20, 18, 0), (5, 4, 0)]
    assert scene.order(scene.id).order.server_preparation is Preparation.READY
    code = scene.there(scene.id).fulfilments[0].tracking_code
    assert code.startswith("cmp1/A/")


def test_all_of_a_ready_order_leaves(scene: Scene) -> None:
    scene.ready(scene.id)
    scene.round()
    scene.hand_over(scene.id)
    scene.round()
    assert [state for state, _ in scene.states(scene.id)] == ["Delivered"]
    assert len(scene.there(scene.id).fulfilments) == 1
    assert scene.levels() == [(18, 18, 0), (4, 4, 0)]
    scene.full_round()
    assert scene.order(scene.id).order.server_handover is HandoverState.HANDED_OVER
    assert not scene.order(scene.id).partly_elsewhere


def test_an_order_nobody_made_ready_leaves(scene: Scene) -> None:
    scene.hand_over(scene.id, because="pressé")
    scene.round()
    assert [state for state, _ in scene.states(scene.id)] == ["Delivered"]
    assert scene.levels() == [(18, 18, 0), (4, 4, 0)]


def test_a_part_leaves_and_the_rest_stands_ready_again(scene: Scene) -> None:
    scene.ready(scene.id)
    scene.round()
    scene.hand_over(scene.id, [scene.result(0)])
    scene.round()
    assert sorted((state, sum(lines.values())) for state, lines in scene.states(scene.id)) == [
        ("Delivered", 2),
        ("Shipped", 1),
    ]
    assert scene.levels() == [(18, 18, 0), (5, 4, 0)]
    assert not scene.order(scene.id).partly_elsewhere
    scene.hand_over(scene.id)
    scene.round()
    assert {state for state, _ in scene.states(scene.id)} == {"Delivered"}
    assert scene.levels() == [(18, 18, 0), (4, 4, 0)]


def test_a_handover_is_taken_back(scene: Scene) -> None:
    scene.ready(scene.id)
    scene.hand_over(scene.id)
    scene.round()
    scene.undo(scene.id)
    scene.full_round()
    assert scene.levels() == [(20, 20, 2), (5, 5, 1)]
    assert scene.order(scene.id).handover is HandoverState.OPEN
    scene.hand_over(scene.id)
    scene.full_round()
    assert scene.levels() == [(18, 18, 0), (4, 4, 0)]


def test_a_part_taken_back_stands_ready_again(scene: Scene) -> None:
    scene.ready(scene.id)
    scene.hand_over(scene.id, [scene.result(0)])
    scene.round()
    scene.undo(scene.id)
    scene.full_round()
    assert {state for state, _ in scene.states(scene.id)} == {"Shipped"}
    assert scene.levels() == [(20, 18, 0), (5, 4, 0)]


def test_what_never_comes_is_promised_no_more_and_a_person_is_told_to_refund(scene: Scene) -> None:
    missing = without_goods(scene.order(scene.id).order.lines[1], LineOutcome.MISSING)
    scene.ready(scene.id)
    scene.round()
    scene.hand_over(scene.id, [scene.result(0), missing])
    scene.round()
    assert scene.levels() == [(18, 18, 0), (5, 5, 0)]
    assert [line.quantity for line in scene.there(scene.id).lines] == [2, 0]
    (note,) = scene.there(scene.id).notes
    assert "Bougie" in note
    assert "6.00" in note
    scene.full_round()
    assert scene.order(scene.id).handover is HandoverState.HANDED_OVER
    assert scene.order(scene.id).to_refund.minor == 600


def test_a_line_of_which_only_a_part_leaves_gives_no_stock_back(scene: Scene) -> None:
    """There, what left of it is given back with what is taken out."""
    line = scene.order(scene.id).order.lines[0]
    one_loaf = LineResult(line.line_no, LineOutcome.GIVEN, 1, line.unit_price, "", line.product_id)
    scene.ready(scene.id)
    scene.round()
    scene.hand_over(scene.id, [one_loaf, scene.result(1)])
    scene.round()
    assert scene.levels() == [(19, 19, 0), (4, 4, 0)]
    scene.full_round()
    assert scene.levels() == [(19, 19, 0), (4, 4, 0)]


def test_another_article_leaves_instead(scene: Scene) -> None:
    line = scene.order(scene.id).order.lines[0]
    soap = scene.site.add_variant("Savon", 400, 20.0, 9)
    scene.full_round()
    instead = replaced(line, f"vendure:{soap}", "Savon", 2, line.total)
    scene.ready(scene.id)
    scene.hand_over(scene.id, [instead, scene.result(1)])
    scene.round()
    assert scene.levels() == [(20, 20, 0), (4, 4, 0)]
    assert (scene.level(soap), scene.variant(soap).on_hand) == (7, 7)
    assert {state for state, _ in scene.states(scene.id)} == {"Delivered"}


def test_goods_leave_that_the_site_believes_not_to_be_there(scene: Scene) -> None:
    scene.site.set_level(scene.candle, 0)
    scene.ready(scene.id)
    scene.hand_over(scene.id)
    scene.round()
    assert {state for state, _ in scene.states(scene.id)} == {"Delivered"}
    assert scene.variant(scene.candle).on_hand == -1
    scene.full_round()
    assert scene.level(scene.candle) == -1


# --- money ---


def test_a_payment_that_is_only_authorised_is_cashed_when_the_order_is_ready(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 1}, authorise_only=True)
    scene.round()
    assert scene.order(order_id).payment is PaymentState.UNPAID
    scene.ready(order_id)
    scene.round()
    assert scene.there(order_id).payments[0].state == "Settled"
    assert scene.order(order_id).payment is PaymentState.PAID


def test_a_seller_s_part_of_an_order_is_paid_by_its_state_and_its_stock_is_moved_from_here(
    scene: Scene,
) -> None:
    order_id = scene.site.place_through_marketplace({scene.bread: 3})
    scene.round()
    assert scene.order(order_id).payment is PaymentState.PAID
    assert "9000" in scene.order(order_id).order.note
    scene.ready(order_id)
    scene.round()
    scene.hand_over(order_id)
    scene.round()
    assert scene.levels()[0] == (17, 17, 2)
    scene.full_round()
    assert scene.levels()[0] == (17, 17, 2)


# --- what others did ---


def test_goods_that_left_after_the_order_was_cancelled_are_for_a_person(scene: Scene) -> None:
    scene.ready(scene.id)
    scene.round()
    scene.site.cancel(scene.id)
    answer = scene.told(lambda: scene.hand_over(scene.id))
    assert (answer.outcome, answer.reason) == (FactOutcome.CONFLICT, "cancelled_before")
    assert answer.view is not None
    assert answer.view["cancelled_at"]
    assert scene.levels() == [(18, 18, 0), (4, 4, 0)]


@pytest.mark.parametrize("heard", [False, True])
def test_goods_that_come_back_from_an_order_cancelled_meanwhile_count_once(scene: Scene, *, heard: bool) -> None:
    """Cancelling it there gave them back already."""
    scene.ready(scene.id)
    scene.hand_over(scene.id)
    scene.round()
    scene.site.cancel(scene.id)
    if heard:
        scene.full_round()
    scene.undo(scene.id)
    scene.full_round()
    assert [there for _, there, _ in scene.levels()] == [20, 5]
    scene.later(90_000)
    scene.round()
    assert scene.levels() == [(20, 20, 0), (5, 5, 0)]


def test_goods_that_left_of_a_cancelled_order_and_come_back_count_once(scene: Scene) -> None:
    scene.site.cancel(scene.id)
    scene.hand_over(scene.id, because="pressé")
    scene.round()
    scene.undo(scene.id)
    scene.full_round()
    assert scene.levels() == [(20, 20, 0), (5, 5, 0)]


def test_an_order_cancelled_before_it_is_ready_is_not_made_ready_there(scene: Scene) -> None:
    scene.site.cancel(scene.id)
    answer = scene.told(lambda: scene.ready(scene.id))
    assert (answer.outcome, answer.reason) == (FactOutcome.CONFLICT, "cancelled_meanwhile")
    assert scene.states(scene.id) == []


def test_goods_handed_over_elsewhere_are_known_to_have_left_twice(scene: Scene) -> None:
    scene.ready(scene.id)
    scene.round()
    scene.site.hand_over_on_site(scene.id)
    lines = scene.there(scene.id).fulfilments[0]
    lines.tracking_code = "cmp1/B/other"
    answer = scene.told(lambda: scene.hand_over(scene.id))
    assert (answer.outcome, answer.reason) == (FactOutcome.CONFLICT, "already_handed_over")
    assert [line["label"] for line in answer.view["lines"]] == ["Pain", "Bougie"]  # type: ignore[index]  # it has one
    assert [level for _, level, _ in scene.levels()] == [16, 3]


def test_two_tills_at_one_instant_are_both_taken_and_one_of_them_gives_way(scene: Scene) -> None:
    """As on PostgreSQL: both find nothing fulfilled, both are let through."""
    line_ids = {line.line_id: line.quantity for line in scene.there(scene.id).lines}
    scene.site.races_through = 1
    scene.faults.on_delay = lambda: scene.site.fulfil(line_ids, "Retrait", "cmp1/B/first")
    scene.faults.arm(Fault.DELAYED)
    answer = scene.told(lambda: scene.ready(scene.id))
    assert answer.outcome is FactOutcome.APPLIED
    assert [one.tracking_code for one in scene.there(scene.id).fulfilments if one.state != "Cancelled"] == [
        "cmp1/B/first"
    ]
    assert scene.levels() == [(20, 18, 0), (5, 4, 0)]


def test_the_loser_of_a_race_whose_goods_left_tells_it(scene: Scene) -> None:
    line_ids = {line.line_id: line.quantity for line in scene.there(scene.id).lines}

    def elsewhere() -> None:
        first = scene.site.fulfil(line_ids, "Retrait", "cmp1/B/first")
        scene.site.move_fulfilment(first.fulfilment_id, "Delivered")

    scene.site.races_through = 1
    scene.faults.on_delay = elsewhere
    scene.faults.arm(Fault.DELAYED)
    answer = scene.told(lambda: scene.hand_over(scene.id, because="pressé"))
    assert (answer.outcome, answer.reason) == (FactOutcome.CONFLICT, "already_handed_over")
    assert [level for _, level, _ in scene.levels()] == [16, 3]
    assert [one.tracking_code for one in scene.there(scene.id).fulfilments if one.state != "Cancelled"] == [
        "cmp1/B/first"
    ]


def test_another_till_gives_what_this_one_has_ready() -> None:
    site_owner = Scene(only_till=False)
    other = VendureTill(site_owner.site, letter="B", only_till=False)
    other.round()
    site_owner.ready(site_owner.id)
    site_owner.round()
    other.full_round()
    lease = other.order(site_owner.id).order.lease
    assert lease is not None
    assert lease.till_id == "letter:A"
    other.hand_over(site_owner.id, because="caisse A éteinte")
    other.round()
    assert {
        one.tracking_code.split("/")[1] for one in other.there(site_owner.id).fulfilments if one.state != "Cancelled"
    } == {"B"}
    answer = site_owner.told(lambda: site_owner.hand_over(site_owner.id))
    assert (answer.outcome, answer.reason) == (FactOutcome.CONFLICT, "already_handed_over")


def test_what_left_at_the_other_till_in_the_instant_it_was_taken_over_is_known_to_have_left_twice() -> None:
    """There, a fulfilment that was just delivered is cancelled as easily as one that is ready."""
    one = Scene(only_till=False)
    other = VendureTill(one.site, letter="B", only_till=False)
    other.round()
    one.ready(one.id)
    one.round()
    other.full_round()
    one.hand_over(one.id)
    other.faults.on_delay = one.round
    other.faults.arm(Fault.DELAYED)
    answer = other.told(lambda: other.hand_over(one.id, because="caisse A éteinte"))
    assert (answer.outcome, answer.reason) == (FactOutcome.CONFLICT, "already_handed_over")
    assert [one.variant(each).on_hand for each in (one.bread, one.candle)] == [16, 3]
    assert len(one.states(one.id)) == 1


def test_what_another_till_is_just_making_is_left_alone_for_a_moment_and_not_for_ever() -> None:
    """Else two tills would cancel each other's for ever."""
    one = Scene(only_till=False)
    line_ids = {line.line_id: line.quantity for line in one.there(one.id).lines}
    one.site.fulfil(line_ids, "Retrait", "cmp1/B/being-made")
    one.hand_over(one.id, because="pressé")
    with pytest.raises(MarketplaceUnreachable):
        one.round()
    assert [state for state, _ in one.states(one.id)] == ["Pending"]
    one.later(120)
    one.round()
    standing = [each for each in one.there(one.id).fulfilments if each.state != "Cancelled"]
    assert [(each.state, each.tracking_code.split("/")[1]) for each in standing] == [("Delivered", "A")]
    assert one.levels() == [(18, 18, 0), (4, 4, 0)]


# --- an answer is lost ---


@pytest.mark.parametrize("fault", EVERY_FAULT)
@pytest.mark.parametrize("write", range(6))
def test_whatever_breaks_at_whichever_write_everything_is_there_once(fault: Fault, write: int) -> None:
    scene = Scene()
    scene.faults.arm(*[None] * write, fault)
    scene.ready(scene.id)
    scene.hand_over(scene.id, [scene.result(0)])
    scene.receive(scene.bread, 7)
    for _ in range(6):
        try:
            scene.round()
            break
        except MarketplaceUnreachable:
            scene.later(120)
    assert scene.store.queries.outbox_state().waiting == 0
    assert sorted((state, sum(lines.values())) for state, lines in scene.states(scene.id)) == [
        ("Delivered", 2),
        ("Shipped", 1),
    ]
    assert scene.levels() == [(25, 25, 0), (5, 4, 0)]


@pytest.mark.parametrize("write", range(1, 5))
@pytest.mark.parametrize("fault", EVERY_FAULT)
def test_what_we_take_out_of_an_order_ourselves_is_no_edit_of_somebody_else_s(
    scene: Scene, fault: Fault, write: int
) -> None:
    missing = without_goods(scene.order(scene.id).order.lines[1], LineOutcome.MISSING)
    record_preparation(scene.counter, f"vendure:{scene.id}", [scene.result(0), missing], "Léa")
    scene.ready(scene.id)
    scene.round()
    scene.hand_over(scene.id, [scene.result(0), missing])
    (fact,) = scene.facts()
    scene.faults.arm(*[None] * (write - 1), fault)
    answer = _told_until_answered(scene, fact)
    assert answer.outcome is FactOutcome.APPLIED
    assert scene.levels() == [(18, 18, 0), (5, 5, 0)]
    assert "6.00" in scene.there(scene.id).notes[-1], "somebody is told to refund"


@pytest.mark.parametrize("write", range(1, 4))
def test_an_edit_that_nobody_saw_is_told_although_an_answer_was_lost(scene: Scene, write: int) -> None:
    scene.hand_over(scene.id, because="pressé")
    (fact,) = scene.facts()
    scene.site.edit(scene.id, {scene.bread: 2})
    scene.faults.arm(*[None] * (write - 1), Fault.LOST)
    assert _told_until_answered(scene, fact).outcome is FactOutcome.CONFLICT


def _told_until_answered(scene: Scene, fact: Fact) -> FactAnswer:
    while True:
        with contextlib.suppress(MarketplaceUnreachable):
            (answer,) = scene.marketplace.push([fact])
            return answer


def test_a_write_that_was_given_up_and_is_done_late_all_the_same_is_taken_back(scene: Scene) -> None:
    """Our request hung in the server while we asked whether it was there."""
    scene.site.place({scene.bread: 1})
    scene.ready(scene.id)
    (fact,) = scene.facts()
    line = scene.there(scene.id).lines[0].line_id
    for _ in range(2):
        scene.site.fulfil({line: 1}, "Retrait", f"cmp1/A/{fact.fact_id}")
    scene.round()
    standing = [one for one in scene.there(scene.id).fulfilments if one.state != "Cancelled"]
    assert [one.fulfilment_id for one in standing] == ["1"]


def test_a_site_of_its_own_takes_part_of_a_line_twice() -> None:
    """What all of this is for."""
    site = FakeVendure()
    bread = site.add_variant("Pain", 450, 5.5, 20)
    order = site.orders[site.place({bread: 4})]
    for _ in range(2):
        site.fulfil({order.lines[0].line_id: 1}, "Retrait", "same")
    assert len(order.fulfilments) == 2
