"""The comparison itself: equal sums are passed over, each difference has one name, nothing under way alarms."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import MovementReason, StockMovement
from app.domain.fiscal import KnownHead, Series
from app.domain.money import Money
from app.domain.reconciliation import (
    RANGE_SIZE,
    Gap,
    GapKind,
    KindFigures,
    ListedFact,
    Mend,
    OpenOrder,
    OwnFact,
    ProductStock,
    RangeFigures,
    Standing,
    compare_chains,
    compare_facts,
    compare_movements,
    compare_orders,
    digest_of_facts,
    digest_of_movements,
    explanations,
    figures_of,
    products_that_differ,
    range_of,
    ranges_that_differ,
    wrong_levels,
)
from tests.fakes.surroundings import NOON

K = GapKind


def own(seq: int, standing: Standing = Standing.TOLD, cents: int | None = None) -> OwnFact:
    return OwnFact(seq, f"f-{seq}", "sale_recorded", NOON, f"A-{seq:06d}", cents, standing)


def listed(seq: int, cents: int | None = None, fact_id: str = "") -> ListedFact:
    return ListedFact(seq, fact_id or f"f-{seq}", "sale_recorded", NOON, f"A-{seq:06d}", cents)


def a_movement(movement_id: str, quantity: int = -1, till_id: str = "till-a") -> StockMovement:
    return StockMovement(movement_id, "p-1", "shop", quantity, MovementReason.SALE, NOON, till_id)


def kinds(gaps: list[Gap]) -> list[tuple[GapKind, str]]:
    return [(gap.kind, gap.record_id) for gap in gaps]


@pytest.mark.parametrize(("seq", "first"), [(1, 1), (500, 1), (501, 501), (1000, 501), (1_795_000_000, 1_794_999_501)])
def test_ranges_begin_at_1_501_1001(seq: int, first: int) -> None:
    assert range_of(seq) == first


def test_digests_are_what_the_contract_says() -> None:
    lines = "2 b\n10 a\n"
    assert digest_of_facts([(10, "a"), (2, "b")]) == hashlib.sha256(lines.encode()).hexdigest()
    assert digest_of_movements([("b", -2), ("a", 1)]) == hashlib.sha256(b"a 1\nb -2\n").hexdigest()


def test_facts_are_summed_up_by_range_and_kind() -> None:
    first, second = figures_of([(500, "b", "sale_recorded", 320), (1, "a", "stock_moved", None), (501, "c", "x", None)])
    assert (first.first_seq, first.count) == (1, 2)
    assert first.kinds == {"sale_recorded": KindFigures(1, 320), "stock_moved": KindFigures(1, 0)}
    assert second == RangeFigures(501, 1, digest_of_facts([(501, "c")]), {"x": KindFigures(1, 0)})


def test_where_only_counts_are_known_counts_decide() -> None:
    whole = figures_of([(1, "a", "x", None), (2, "b", "x", None)])
    assert ranges_that_differ(whole, [RangeFigures(1, 2)]) == []
    assert ranges_that_differ(whole, [RangeFigures(1, 3)]) == [1]
    assert ranges_that_differ(whole, []) == [1]
    assert ranges_that_differ([], [RangeFigures(501, 1)]) == [501]


def test_the_same_ids_with_other_amounts_differ() -> None:
    here, there = figures_of([(1, "a", "sale_recorded", 5)]), figures_of([(1, "a", "sale_recorded", 6)])
    assert ranges_that_differ(here, there) == [1]


def test_each_fact_that_differs_has_one_name() -> None:
    here = [own(1), own(2), own(3, cents=500), own(4), own(5, Standing.WAITING), own(6, Standing.REFUSED)]
    there = [listed(1), listed(3, cents=400), listed(9, fact_id="f-4"), listed(7)]
    gaps = compare_facts(here, there, {"f-1": 1, "f-3": 3, "f-4": 4})
    assert kinds(gaps) == [
        (K.FACT_MISSING_THERE, "f-2"),
        (K.SALE_DIFFERS, "f-3"),
        (K.FACT_NUMBER_DIFFERS, "f-4"),
        (K.FACT_LOST_HERE, "f-7"),
    ]
    assert [gap.can_be_mended for gap in gaps] == [True, False, True, False]
    assert not any(gap.explains_itself for gap in gaps)


@pytest.mark.parametrize("standing", [Standing.WAITING, Standing.REFUSED, Standing.SET_ASIDE])
@pytest.mark.parametrize("arrived", [True, False])
def test_what_is_not_settled_is_held_against_nobody(standing: Standing, arrived: bool) -> None:
    there = [listed(1)] if arrived else []
    assert compare_facts([own(1, standing)], there, {"f-1": 1}) == []
    assert compare_facts([], [listed(9, fact_id="f-1")], {"f-1": 1}, ["f-1"]) == []


def test_why_facts_are_not_there() -> None:
    gaps = explanations([own(1, Standing.WAITING), own(2, Standing.REFUSED), own(3, Standing.SET_ASIDE), own(4)])
    assert [gap.kind for gap in gaps] == [K.FACT_WAITING, K.FACT_REFUSED, K.FACT_SET_ASIDE]
    assert all(gap.explains_itself for gap in gaps)


def test_movements_that_explain_a_difference_one_by_one() -> None:
    here = [a_movement("same"), a_movement("lost there"), a_movement("not told"), a_movement("bent", -2)]
    here.append(a_movement("of another till", till_id="till-b"))
    there = [a_movement("same"), a_movement("lost here", 5), a_movement("bent", -20)]
    gaps = compare_movements(here, there, own_till_id="till-a", not_told={"not told"})
    assert {gap.record_id: (gap.kind, gap.here, gap.there, gap.mend) for gap in gaps} == {
        "bent": (K.MOVEMENT_DIFFERS, -2, -20, Mend.NONE),
        "lost here": (K.MOVEMENT_MISSING_HERE, None, 5, Mend.RECORD_MOVEMENT),
        "lost there": (K.MOVEMENT_MISSING_THERE, -1, None, Mend.TELL_MOVEMENT),
        "of another till": (K.MOVEMENT_MISSING_THERE, -1, None, Mend.NONE),
    }


def test_articles_and_levels_that_differ() -> None:
    nothing, moved = digest_of_movements([]), digest_of_movements([("m", 1)])
    here = [ProductStock("a", 1, 1, 1, moved), ProductStock("b", 1, 1, 1, moved), ProductStock("d", 3, 0, 0, nothing)]
    there = [ProductStock("a", 1, 1, 1, moved), ProductStock("c", 1, 1, 1, moved)]
    assert products_that_differ(here, there) == ["b", "c"]
    (gap,) = wrong_levels(here, K.LEVEL_WRONG_HERE)
    assert (gap.record_id, gap.here, gap.there, gap.mend) == ("d", 3, 0, Mend.RECOUNT_HERE)


def test_orders_that_differ() -> None:
    here = [OpenOrder("a", "1", 4, "open"), OpenOrder("b", "2", 1, "open"), OpenOrder("c", "3", 1, "open")]
    there = [OpenOrder("a", "1", 4, "open"), OpenOrder("b", "2", 2, "partly"), OpenOrder("d", "4", 1, "open")]
    gaps = compare_orders(here, there)
    assert kinds(gaps) == [(K.ORDER_DIFFERS, "b"), (K.ORDER_MISSING_THERE, "c"), (K.ORDER_MISSING_HERE, "d")]
    assert {gap.mend for gap in gaps} == {Mend.FRESH_PULL}


def test_chains_that_were_cut_or_changed() -> None:
    def told(series: Series, number: int) -> KnownHead:
        return KnownHead("A", series, number, b"h" * 32, b"s" * 64, Money(0), Money(0), None, NOON)

    heads = [told(Series.SALES, 5), told(Series.EVENTS, 7), told(Series.CLOSURES, 2)]
    here = {("A", "sales"): {5: b"h" * 32}, ("A", "events"): {7: b"x" * 32}}
    assert kinds(compare_chains(here, heads)) == [(K.CHAIN_DIFFERS, "A events"), (K.CHAIN_SHORTER_HERE, "A closures")]


_seqs = st.integers(1, 3 * RANGE_SIZE)


@given(st.sets(_seqs, max_size=60), st.data())
def test_whatever_is_missing_there_exactly_that_is_named(seqs: set[int], data: st.DataObject) -> None:
    lost = data.draw(st.sets(st.sampled_from(sorted(seqs)))) if seqs else set[int]()
    waiting = data.draw(st.sets(st.sampled_from(sorted(seqs)))) if seqs else set[int]()
    here = [own(seq, Standing.WAITING if seq in waiting else Standing.TOLD) for seq in sorted(seqs)]
    there = [listed(seq) for seq in sorted(seqs - lost)]
    told = figures_of((fact.till_seq, fact.fact_id, fact.kind, None) for fact in here if fact.till_seq not in waiting)
    known = figures_of((fact.till_seq, fact.fact_id, fact.kind, None) for fact in there)
    named = {
        gap.till_seq
        for first in ranges_that_differ(told, known)
        for gap in compare_facts(
            [fact for fact in here if range_of(fact.till_seq) == first],
            [fact for fact in there if range_of(fact.till_seq) == first],
            {fact.fact_id: fact.till_seq for fact in here},
        )
    }
    assert named == lost - waiting


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(-9, 9)), st.data())
def test_no_movement_is_passed_over(here: dict[str, int], data: st.DataObject) -> None:
    there = dict(here)
    for movement_id in data.draw(st.sets(st.sampled_from(sorted(here)))) if here else ():
        change = data.draw(st.sampled_from(["lose", "bend"]))
        if change == "lose":
            del there[movement_id]
        else:
            there[movement_id] += 1
    differ = {key for key in here.keys() | there.keys() if here.get(key) != there.get(key)}
    equal = digest_of_movements(here.items()) == digest_of_movements(there.items())
    assert equal == (not differ)
    gaps = compare_movements(
        [a_movement(key, quantity) for key, quantity in here.items()],
        [a_movement(key, quantity) for key, quantity in there.items()],
        own_till_id="till-a",
        not_told=(),
    )
    assert {gap.record_id for gap in gaps} == differ
