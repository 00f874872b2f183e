"""Disagreements and refused facts at the till: what a page brings, what a person decides, what it changes here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.facts import Fact, FactKind, Payload, product_payload
from app.domain.money import Money
from app.domain.order import HandoverState, LineOutcome, Preparation
from app.usecases.apply_server_orders import apply_page
from app.usecases.ask_again import AskedAgain, ask_again
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import (
    BrokenChange,
    Change,
    ChangePage,
    Disagreement,
    ExceptionChange,
    FactAnswer,
    FactOutcome,
    MovementChange,
    OrderChange,
    ProductChange,
)
from app.usecases.ports import Touched
from app.usecases.prepare_order import mark_ready, record_preparation
from app.usecases.record_fact import record_fact
from app.usecases.repair_fact import Repaired, RepairRefused, WhyNotRepaired, repair_fact
from app.usecases.resend_fact import resend_fact
from app.usecases.set_aside_fact import SettingAside, set_aside_fact
from app.usecases.settle_exception import Settling, settle_exception
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order, an_order_line
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON
from tests.unit.usecases.test_apply_server_orders import a_movement


def pulled(shop: Shop, *changes: Change, cursor: str = "c1") -> None:
    apply_page(shop.counter, shop.secrets, ChangePage(changes, cursor, more=False))


def the_edit(**values: Any) -> OrderChange:
    """Three coffees instead of two, no tomatoes, a bottle of wine."""
    lines = (an_order_line(1, COFFEE, 3), an_order_line(3, WINE, 1))
    return OrderChange(an_order(lines=lines, version=2, **values))


# --- an order that was edited ---


def test_an_edit_of_what_is_being_prepared_is_shown_and_changes_nothing_of_it(shop: Shop) -> None:
    shop.has_order(an_order())
    missing = replace(shop.order().results[1], outcome=LineOutcome.MISSING, quantity=0, amount=Money(0))
    record_preparation(shop.counter, "order-1", [shop.order().results[0], missing], "Léa")
    prepared = shop.order().facts.prepared
    shop.heard.clear()
    pulled(shop, the_edit())
    [row] = shop.queries.exceptions_of_order("order-1")
    assert (row.exception_id, row.kind, row.order_number) == ("edited:order-1:2", "order_edited", "1042")
    assert [(c.what.value, c.label, c.before, c.after) for c in row.changes] == [
        ("quantity", COFFEE.name, 2, 3),
        ("removed", TOMATO.name, 1200, 0),
        ("added", WINE.name, 0, 1),
    ]
    assert shop.order().facts.prepared == prepared
    assert shop.heard == [Touched(orders=True, outbox=True)]
    pulled(shop, the_edit(), cursor="c2")
    assert len(shop.queries.exceptions()) == 1


def test_an_edit_of_what_nobody_here_touched_is_an_ordinary_change(shop: Shop) -> None:
    shop.has_order(an_order())
    pulled(shop, the_edit())
    assert shop.queries.exceptions() == []
    assert [line.quantity for line in shop.order().order.lines] == [3, 1]


def test_an_edit_after_everything_left_here_is_the_marketplaces_to_name(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True))
    mark_ready(shop.counter, "order-1", 1, "A1", "Léa")
    assert isinstance(hand_over_order(shop.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa")), HandoverDone)
    pulled(shop, the_edit())
    assert shop.queries.exceptions() == []
    assert shop.order().handover is HandoverState.PARTLY  # the bottle that was added is still to be given


@pytest.mark.parametrize(("answer", "given"), [("prepare_again", 3), ("keep_as_prepared", 2)])
def test_what_was_prepared_counts_until_a_person_says_otherwise(shop: Shop, answer: str, given: int) -> None:
    shop.has_order(an_order())
    record_preparation(shop.counter, "order-1", shop.order().results, "Léa")
    pulled(shop, the_edit())
    assert shop.order().results[0].quantity == 2
    assert settle_exception(shop.counter, "edited:order-1:2", "Tom", "", answer) is Settling.SETTLED
    assert shop.order().results[0].quantity == given
    assert shop.queries.exceptions_of_order("order-1") == []
    assert shop.facts()[-1].payload["answer"] == answer


@pytest.mark.parametrize(("answer", "given"), [("prepare_again", 3), ("keep_as_prepared", 2)])
def test_what_another_till_decides_of_an_edit_holds_here_too(shop: Shop, answer: str, given: int) -> None:
    shop.has_order(an_order())
    record_preparation(shop.counter, "order-1", shop.order().results, "Léa")
    pulled(shop, the_edit())
    decided = Disagreement("edited:order-1:2", "order_edited", NOON, "order-1", settled_at=NOON, answer=answer)
    pulled(shop, ExceptionChange(decided), cursor="c2")
    assert shop.order().results[0].quantity == given
    [row] = shop.queries.exceptions(open_only=False)
    assert (row.answer, len(row.changes)) == (answer, 3)


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("answer", ["prepare_again", "keep_as_prepared"])
def test_what_was_ready_before_an_edit_is_ready_again_only_if_a_person_keeps_it(
    shop: Shop, answer: str, elsewhere: bool
) -> None:
    shop.has_order(an_order(server_preparation=Preparation.TO_PREPARE))
    mark_ready(shop.counter, "order-1", 2, "A1", "Léa")
    pulled(shop, the_edit(server_preparation=Preparation.TO_PREPARE))
    shop.clock.go_on(minutes=5)
    if elsewhere:
        decided = Disagreement("edited:order-1:2", "order_edited", NOON, "order-1", settled_at=NOON, answer=answer)
        pulled(shop, ExceptionChange(decided), cursor="c2")
    else:
        assert settle_exception(shop.counter, "edited:order-1:2", "Tom", "", answer) is Settling.SETTLED
    told = [fact.payload for fact in shop.facts() if fact.kind is FactKind.ORDER_READY]
    if answer == "prepare_again":
        assert (shop.order().preparation, len(told)) == (Preparation.TO_PREPARE, 1)
        return
    assert shop.order().preparation is Preparation.READY
    assert [(payload["order_version"], payload["bags"], payload["shelf"]) for payload in told] == [
        (1, 2, "A1"),
        (2, 2, "A1"),
    ]


def test_what_is_told_of_an_order_says_which_state_of_it_was_seen(shop: Shop) -> None:
    shop.has_order(an_order(version=7, prepaid=True))
    record_preparation(shop.counter, "order-1", shop.order().results, "Léa")
    mark_ready(shop.counter, "order-1", 1, "A1", "Léa")
    hand_over_order(shop.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa"))
    assert [fact.payload["order_version"] for fact in shop.facts()] == [7, 7, 7]


# --- what the marketplace tells of ---


def oversold(**values: Any) -> ExceptionChange:
    view = {"label": "Café", "unit": "piece", "physical": 1, "promised": 3, "missing": 2}
    told = Disagreement("oversold:p-coffee:m-1", "oversold", NOON, product_id="p-coffee", reason="oversold", view=view)
    return ExceptionChange(replace(told, **values))


def test_what_another_till_caused_is_shown_here_and_settled_for_both(shop: Shop) -> None:
    pulled(shop, oversold())
    [row] = shop.queries.exceptions()
    assert (row.product_name, row.proposed_answer, row.view["missing"]) == (COFFEE.name, "call_customer", 2)
    settled = {"settled_at": NOON, "settled_by": "Zoé", "answer": "goods_are_coming", "note": "demain"}
    pulled(shop, oversold(**settled), cursor="c2")
    assert shop.queries.exceptions() == []
    assert settle_exception(shop.counter, "oversold:p-coffee:m-1", "Tom", "") is Settling.NOT_OPEN
    assert shop.facts() == []


def test_an_answer_that_a_marketplace_set_back_has_forgotten_is_told_again_by_who_knows_it(shop: Shop) -> None:
    """Its till may have lost the fact with an older copy of itself."""
    settled = {"settled_at": NOON, "settled_by": "Zoé", "answer": "goods_are_coming", "note": "demain"}
    pulled(shop, oversold(**settled))
    for cursor in ("c2", "c3"):
        pulled(shop, oversold(), cursor=cursor)
        [fact] = shop.facts()
    assert (fact.kind, fact.happened_at, fact.payload) == (
        FactKind.EXCEPTION_SETTLED,
        NOON,
        {
            "exception_id": "oversold:p-coffee:m-1",
            "kind": "oversold",
            "answer": "goods_are_coming",
            "operator": "Zoé",
            "note": "demain",
            "order_id": "",
            "product_id": "p-coffee",
        },
    )
    assert shop.queries.exceptions() == []


def test_an_answer_given_here_is_not_told_twice(shop: Shop) -> None:
    pulled(shop, oversold())
    settle_exception(shop.counter, "oversold:p-coffee:m-1", "Tom", "")
    pulled(shop, oversold(), cursor="c2")
    assert len(shop.facts()) == 1


def test_an_answer_that_is_none_changes_nothing(shop: Shop) -> None:
    pulled(shop, oversold())
    before = shop.everything()
    assert settle_exception(shop.counter, "oversold:p-coffee:m-1", "Tom", "", "ours_again") is Settling.WRONG_ANSWER
    assert settle_exception(shop.counter, "oversold:p-coffee:m-1", "Tom", "", "came_later") is Settling.WRONG_ANSWER
    assert shop.everything() == before
    assert len(shop.queries.exceptions()) == 1


def test_settled_at_another_till_the_fact_no_longer_waits(shop: Shop) -> None:
    fact_id = a_refused_or_conflicted(shop, FactKind.ORDER_READY, {"order_id": "order-1"}, FactOutcome.CONFLICT)
    assert shop.queries.outbox_state().conflicted == 1
    settled = Disagreement(fact_id, "conflict", NOON, "order-1", fact_id=fact_id, settled_at=NOON, answer="look_at_it")
    pulled(shop, ExceptionChange(settled))
    assert shop.queries.outbox() == []


# --- an article that two changed ---


def ours(price: int) -> Payload:
    return product_payload(replace(COFFEE, price=Money(price)), 3)


def a_price_conflict(shop: Shop) -> str:
    """Theirs came down at 5.20 with version 4; ours had been 5.50."""
    view = {"theirs": {**product_payload(COFFEE), "price_minor": 520, "version": 4}, "ours": ours(550)}
    fact_id = a_refused_or_conflicted(shop, FactKind.PRODUCT_CHANGED, ours(550), FactOutcome.CONFLICT, view)
    pulled(shop, ProductChange(replace(COFFEE, price=Money(520)), 4))
    return fact_id


def the_price(shop: Shop) -> Money:
    row = shop.queries.product("p-coffee")
    assert row is not None
    return row.product.price


def test_keep_theirs_keeps_theirs(shop: Shop) -> None:
    fact_id = a_price_conflict(shop)
    [row] = shop.queries.exceptions()
    assert (row.kind, row.product_id, row.proposed_answer) == ("price_changed", "p-coffee", "keep_theirs")
    assert settle_exception(shop.counter, fact_id, "Tom", "") is Settling.SETTLED
    assert the_price(shop) == Money(520)
    assert [fact.kind for fact in shop.facts()] == [FactKind.EXCEPTION_SETTLED]


def test_ours_again_is_told_as_a_change_of_the_newest(shop: Shop) -> None:
    fact_id = a_price_conflict(shop)
    assert settle_exception(shop.counter, fact_id, "Tom", "", "ours_again") is Settling.SETTLED
    assert the_price(shop) == Money(550)
    changed, settled = shop.facts()
    assert (changed.kind, changed.payload["price_minor"]) == (FactKind.PRODUCT_CHANGED, 550)
    assert (changed.payload["based_on_version"], changed.subject) == (4, "product:p-coffee")
    assert settled.kind is FactKind.EXCEPTION_SETTLED


@pytest.mark.parametrize(
    "broken", [{"price_minor": -1}, {"vat_rate_bp": 777}, {"name": " "}, {"unit": "barrel"}, {"price_minor": "dear"}]
)
def test_ours_again_of_nonsense_is_not_possible(shop: Shop, broken: dict[str, Any]) -> None:
    view = {"theirs": {"version": 4}, "ours": {**ours(550), **broken}}
    change = Disagreement("x", "price_changed", NOON, product_id="p-coffee", view=view)
    pulled(shop, ExceptionChange(change))
    assert settle_exception(shop.counter, "x", "Tom", "", "ours_again") is Settling.NOT_POSSIBLE
    assert (the_price(shop), shop.facts()) == (COFFEE.price, [])
    assert len(shop.queries.exceptions()) == 1


# --- refused facts ---


def a_refused_or_conflicted(
    shop: Shop,
    kind: FactKind,
    payload: Payload,
    outcome: FactOutcome = FactOutcome.REFUSED,
    view: dict[str, Any] | None = None,
    reason: str = "",
    subject: str = "order:order-1",
) -> str:
    with shop.store.unit_of_work() as uow:
        fact = record_fact(uow, shop.counter, kind, subject, NOON, payload)
        uow.outbox.settle([FactAnswer(fact.fact_id, outcome, "Une phrase.", view, reason)], NOON)
        uow.commit()
    shop.heard.clear()
    return fact.fact_id


def a_refused_shelf(shop: Shop) -> str:
    payload = {"order_id": "order-1", "bags": 2, "shelf": "é" * 70, "lines": [], "operator": "Léa"}
    return a_refused_or_conflicted(shop, FactKind.ORDER_READY, payload, reason="bad_payload")


def kept(shop: Shop, fact_id: str) -> Fact:
    return next(fact for fact in shop.facts() if fact.fact_id == fact_id)


def test_a_mended_fact_is_another_one_that_replaces_the_first(shop: Shop) -> None:
    fact_id = a_refused_shelf(shop)
    [refused] = shop.queries.outbox()
    assert [(words.name, words.longest) for words in refused.editable] == [("shelf", 64), ("operator", 200)]
    shop.clock.go_on(minutes=5)
    mended = repair_fact(shop.counter, fact_id, {"shelf": "Étagère 2"}, "Tom")
    assert isinstance(mended, Repaired)
    assert mended.fact_id != fact_id
    [fact] = shop.facts()
    assert fact == kept(shop, mended.fact_id)
    assert (fact.kind, fact.subject, fact.happened_at) == (FactKind.ORDER_READY, "order:order-1", NOON)
    assert fact.till_seq > refused.till_seq
    assert fact.payload == {"order_id": "order-1", "bags": 2, "shelf": "Étagère 2", "lines": [], "operator": "Léa"}
    [aside] = shop.queries.set_aside()
    assert (aside.fact_id, aside.replaced_by, aside.operator) == (fact_id, mended.fact_id, "Tom")
    assert (aside.message, aside.reason, aside.at) == ("Une phrase.", "bad_payload", shop.clock.now())
    assert shop.heard == [Touched(outbox=True)]
    assert repair_fact(shop.counter, fact_id, {"shelf": "B"}, "Tom") == RepairRefused(WhyNotRepaired.NOT_REFUSED)


@pytest.mark.parametrize(
    ("wording", "refusal"),
    [
        ({"bags": "3"}, RepairRefused(WhyNotRepaired.NO_SUCH_FIELD, "bags")),
        ({"lines": "[]"}, RepairRefused(WhyNotRepaired.NO_SUCH_FIELD, "lines")),
        ({"order_id": "order-2"}, RepairRefused(WhyNotRepaired.NO_SUCH_FIELD, "order_id")),
        ({"shelf": "x" * 65}, RepairRefused(WhyNotRepaired.BAD_WORDING, "shelf")),
        ({"shelf": "a\x00b"}, RepairRefused(WhyNotRepaired.BAD_WORDING, "shelf")),
        ({"operator": "Léa"}, RepairRefused(WhyNotRepaired.NOTHING_CHANGED)),
        ({}, RepairRefused(WhyNotRepaired.NOTHING_CHANGED)),
    ],
)
def test_nothing_but_words_is_mended(shop: Shop, wording: dict[str, str], refusal: RepairRefused) -> None:
    fact_id = a_refused_shelf(shop)
    assert repair_fact(shop.counter, fact_id, wording, "Tom") == refusal
    assert (shop.facts(), shop.queries.set_aside(), shop.heard) == ([], [], [])


@pytest.mark.parametrize("reason", ["unknown_order", "id_reused", "seq_reused", "movement_reused", "no_idea", ""])
def test_what_no_wording_cures_is_not_mended(shop: Shop, reason: str) -> None:
    payload = {"order_id": "order-1", "shelf": "A", "operator": "Léa"}
    fact_id = a_refused_or_conflicted(shop, FactKind.ORDER_READY, payload, reason=reason)
    outcome = repair_fact(shop.counter, fact_id, {"shelf": "B"}, "Tom")
    assert outcome == RepairRefused(WhyNotRepaired.NOT_ITS_WORDS)


def test_a_sale_and_a_movement_are_never_worded_anew(shop: Shop) -> None:
    for kind in (FactKind.SALE_RECORDED, FactKind.STOCK_MOVED):
        fact_id = a_refused_or_conflicted(shop, kind, {"movements": [], "number": "A-1"}, reason="bad_payload")
        outcome = repair_fact(shop.counter, fact_id, {"number": "A-2"}, "Tom")
        assert outcome == RepairRefused(WhyNotRepaired.NOT_ITS_WORDS)


def test_what_is_set_aside_lets_the_rest_go_on(shop: Shop) -> None:
    fact_id = a_refused_or_conflicted(shop, FactKind.ORDER_READY, {"order_id": "order-1"}, reason="unknown_order")
    with shop.store.unit_of_work() as uow:
        record_fact(uow, shop.counter, FactKind.ORDER_PREPARED, "order:order-1", NOON, {"order_id": "order-1"})
        uow.commit()
    assert shop.facts() == []
    assert [row.holds_back for row in shop.queries.outbox()] == [1, 0]
    assert set_aside_fact(shop.counter, fact_id, "Tom", "  ") is SettingAside.NO_REASON
    assert set_aside_fact(shop.counter, fact_id, "Tom", " commande \n d'essai ") is SettingAside.DONE
    assert set_aside_fact(shop.counter, fact_id, "Tom", "encore") is SettingAside.NOT_REFUSED
    assert resend_fact(shop.counter, fact_id) is False
    assert [fact.kind for fact in shop.facts()] == [FactKind.ORDER_PREPARED]
    [aside] = shop.queries.set_aside()
    assert (aside.note, aside.operator, aside.replaced_by) == ("commande d'essai", "Tom", "")
    assert shop.queries.outbox_state().refused == 0


# --- records that cannot be read ---


class OneRecord:
    """A marketplace that has one record to show."""

    def __init__(self, change: Change | None) -> None:
        self.change = change
        self.asked: list[tuple[str, str]] = []

    def fetch(self, kind: str, record_id: str) -> Change | None:
        self.asked.append((kind, record_id))
        return self.change


def asked(shop: Shop, change: Change | None, kind: str = "order", record_id: str = "order-1") -> AskedAgain:
    marketplace: Any = OneRecord(change)
    outcome = ask_again(shop.counter, shop.secrets, marketplace, kind, record_id)
    assert marketplace.asked == [(kind, record_id)]
    return outcome


@pytest.mark.parametrize(
    ("kind", "record_id", "good"),
    [
        ("order", "order-1", OrderChange(an_order())),
        ("product", "p-coffee", ProductChange(COFFEE, 9)),
        ("stock_movement", "m-1", MovementChange(a_movement())),
        ("disagreement", "oversold:p-coffee:m-1", oversold()),
    ],
)
def test_a_broken_record_is_asked_for_again(shop: Shop, kind: str, record_id: str, good: Change) -> None:
    broken = BrokenChange(kind, record_id, "{", "no lines")
    pulled(shop, broken)
    assert asked(shop, None, kind, record_id) is AskedAgain.NOT_THERE
    assert asked(shop, BrokenChange(kind, record_id, "{", "still no lines"), kind, record_id) is AskedAgain.STILL_BROKEN
    assert [row.reason for row in shop.queries.quarantined()] == ["still no lines"]
    assert asked(shop, good, kind, record_id) is AskedAgain.UNDERSTOOD
    assert shop.queries.quarantined() == []
    with shop.store.unit_of_work() as uow:
        assert uow.pulled.cursor() == "c1"  # where the feed was read to did not move


@pytest.mark.parametrize(
    ("kind", "record_id", "good"),
    [
        ("order", "order-1", OrderChange(an_order())),
        ("product", "p-coffee", ProductChange(COFFEE, 9)),
        ("stock_movement", "m-1", MovementChange(a_movement())),
        ("disagreement", "oversold:p-coffee:m-1", oversold()),
    ],
)
def test_a_good_copy_that_comes_by_itself_ends_the_quarantine(
    shop: Shop, kind: str, record_id: str, good: Change
) -> None:
    pulled(shop, BrokenChange(kind, record_id, "{", "no lines"), BrokenChange(kind, "another", "{", "no lines"))
    pulled(shop, good, cursor="c2")
    assert [row.record_id for row in shop.queries.quarantined()] == ["another"]
