"""Which answers there are to which disagreement, and what counts as a changed line."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.disagreements import (
    Answer,
    DisagreementKind,
    LineChangeKind,
    changes_in,
    choices_for,
    edit_seen,
    edited_id,
    edited_view,
    line_changes,
    oversold_id,
    proposed_answer,
    returned_id,
)
from app.domain.facts import FactKind, editable_words, is_good_wording, urgency_of
from app.domain.money import Money
from app.domain.order import CounterFacts, Order, OrderAtCounter, as_ordered
from app.marketplace import schemas
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order, an_order_line
from tests.fakes.surroundings import NOON


@pytest.mark.parametrize("kind", list(DisagreementKind))
def test_each_kind_proposes_one_answer_of_those_a_person_may_give(kind: DisagreementKind) -> None:
    choices = choices_for(kind.value)
    assert proposed_answer(kind.value) is choices[0]
    assert len(set(choices)) == len(choices)
    assert Answer.CAME_LATER not in choices


def test_what_only_a_newer_marketplace_knows_can_be_looked_at() -> None:
    assert choices_for("parcel_lost") == (Answer.LOOK_AT_IT,)


def test_made_ids_are_what_the_contract_takes() -> None:
    uuid = "0190a7c4-5b6e-7d1f-8a2b-3c4d5e6f7a8b"
    for id_ in (oversold_id("p" * 64, uuid), returned_id(uuid), edited_id(uuid, 2**53)):
        payload = {"exception_id": id_, "kind": "oversold", "answer": "call_customer"}
        schemas.SettledPayload.model_validate(payload)


# --- edited orders ---

lines = st.dictionaries(st.integers(1, 5), st.tuples(st.sampled_from([COFFEE, TOMATO, WINE]), st.integers(1, 3)))


def order_of(chosen: dict[int, tuple[object, int]], version: int = 1) -> Order:
    return an_order(
        lines=tuple(an_order_line(no, product, quantity) for no, (product, quantity) in sorted(chosen.items())),  # type: ignore[arg-type]  # products
        version=version,
    )


@given(before=lines, after=lines)
def test_the_changes_lead_from_one_to_the_other(
    before: dict[int, tuple[object, int]], after: dict[int, tuple[object, int]]
) -> None:
    changes = line_changes(order_of(before), order_of(after))
    wanted = {(no, product.product_id): quantity for no, (product, quantity) in before.items()}  # type: ignore[attr-defined]  # a product
    for change in changes:
        key = (change.line_no, change.product_id)
        assert wanted.get(key, 0) == change.before
        assert (change.before == 0) == (change.what is LineChangeKind.ADDED)
        assert (change.after == 0) == (change.what is LineChangeKind.REMOVED)
        wanted[key] = change.after
        if not change.after:
            del wanted[key]
    assert wanted == {(no, product.product_id): quantity for no, (product, quantity) in after.items()}  # type: ignore[attr-defined]  # a product
    assert changes_in(edited_view(order_of(before), order_of(after), changes)) == changes


def test_a_new_price_or_name_alone_is_no_change_for_whoever_prepares() -> None:
    before = an_order()
    dearer = replace(before.lines[0], label="Café", unit_price=Money(1), total=Money(2))
    assert line_changes(before, replace(before, lines=(dearer, *before.lines[1:]))) == ()


def test_only_what_was_begun_here_and_is_still_here_is_told() -> None:
    before, after = an_order(), an_order(lines=(an_order_line(1, COFFEE, 3),), version=2)
    ready, nothing = CounterFacts(ready_at=NOON), CounterFacts()
    begun = CounterFacts(prepared=(as_ordered(before.lines[0]),))
    assert edit_seen(OrderAtCounter(before, nothing), after) is None
    assert edit_seen(OrderAtCounter(before, ready), replace(before, version=2)) is None
    assert edit_seen(OrderAtCounter(before, ready), replace(after, cancelled_at=NOON)) is None
    for facts in (ready, begun):
        view = edit_seen(OrderAtCounter(before, facts), after)
        assert view is not None
        assert [change.what.value for change in changes_in(view)] == ["quantity", "removed"]
        assert before.customer_name not in str(view)


def test_a_view_that_makes_no_sense_shows_nothing() -> None:
    assert changes_in({"lines": [{"what": "eaten"}, 3, {"what": "added", "line_no": "x"}]}) == ()
    assert changes_in({}) == ()


# --- refused facts ---


def test_only_words_are_ever_editable() -> None:
    for kind in FactKind:
        for words in editable_words(kind, {}, "bad_payload"):
            assert not re.search(r"_minor|_id|quantity|line|movement|seq|version|bags|code|price|rate", words.name)
        assert editable_words(kind, {}, "unknown_order") == ()
        assert editable_words(kind, {}, "seq_reused") == ()


@given(text=st.text(max_size=300))
def test_a_wording_that_is_good_here_is_good_there(text: str) -> None:
    [name, *_] = editable_words(FactKind.PRODUCT_CHANGED, {"name": "x"}, "bad_payload")
    assert name.name == "name"
    if is_good_wording(name, text) and "\ud800" <= text <= "\udfff":
        return
    if is_good_wording(name, text):
        payload = {"product_id": "p", "name": text, "price_minor": 1, "vat_rate_bp": 550, "unit": "piece", "codes": []}
        schemas.ProductPayload.model_validate(payload)


def test_what_other_tills_could_do_twice_goes_first() -> None:
    order = sorted(FactKind, key=urgency_of)
    assert {urgency_of(kind) for kind in order[:5]} == {0}
    assert order[5:] == [FactKind.STOCK_MOVED, FactKind.SALE_RECORDED, FactKind.PRODUCT_CHANGED]
