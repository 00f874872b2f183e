"""What the comparison reads and writes on disk: ranges remembered or read anew give the same, and stay cheap."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.facts import Fact, FactKind
from app.domain.reconciliation import (
    Gap,
    GapKind,
    KindFigures,
    RangeFigures,
    ReconciliationRun,
    Standing,
    figures_of,
    range_of,
)
from app.storage import reconciliation_reads
from app.storage.reconciliation_reads import OPEN_ORDERS, PRODUCTS, ROWS
from app.storage.session import Session
from app.storage.store import Store
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.reconcile import agreed_through
from tests.fakes.surroundings import NOON
from tests.integration.storage.test_plans import plan_of


def a_fact(seq: int, kind: FactKind = FactKind.STOCK_MOVED, **payload: object) -> Fact:
    return Fact(f"f-{seq}", seq, kind, f"stock:{seq}", NOON, payload or {"movements": []})


def add(store: Store, facts: Iterable[Fact], *, told: bool = True) -> None:
    kept = list(facts)
    with store.unit_of_work() as uow:
        uow.outbox.append_all(kept)
        if told:
            uow.outbox.settle([FactAnswer(fact.fact_id, FactOutcome.APPLIED) for fact in kept], NOON)
        uow.commit()


def ranges(store: Store, *, left_out: Collection[int] = (), anew: bool = False, after: int = 0) -> list[RangeFigures]:
    last = store.queries.comparison_edge().last_seq
    return list(store.queries.own_ranges(after, last, left_out, anew=anew))


def remember(store: Store, figures: Iterable[RangeFigures]) -> None:
    with store.unit_of_work() as uow:
        uow.reconciliations.remember_ranges(list(figures))
        uow.commit()


def test_sales_are_summed_up_from_what_was_told(store: Store) -> None:
    sale = replace(a_fact(1, FactKind.SALE_RECORDED, total_minor=320, number="A-000001"), subject="sale:s-1")
    add(store, [sale, a_fact(2)])
    (found,) = ranges(store)
    assert found.kinds == {"sale_recorded": KindFigures(1, 320), "stock_moved": KindFigures(1, 0)}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_remembered_or_not_ranges_are_the_same(store: Store, data: st.DataObject) -> None:
    """Whatever is remembered, left out, or leapt over by a restored till's numbers."""
    _forget(store)
    wanted = data.draw(st.sets(st.integers(1, 4000) | st.integers(90_000, 91_000), min_size=1, max_size=30))
    every = sorted(wanted)
    add(store, [a_fact(seq) for seq in every])
    left_out = data.draw(st.sets(st.sampled_from(every), max_size=3))
    plain = figures_of((seq, f"f-{seq}", "stock_moved", None) for seq in every if seq not in left_out)
    whole = figures_of((seq, f"f-{seq}", "stock_moved", None) for seq in every)
    last_range = range_of(every[-1])
    choice = [figures for figures in whole if figures.first_seq < last_range]
    remember(store, data.draw(st.lists(st.sampled_from(choice), max_size=5)) if choice else [])
    assert ranges(store, left_out=left_out) == plain
    assert ranges(store, left_out=left_out, anew=True) == plain


def test_many_pages_of_facts_are_cut_between_ranges(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, [a_fact(seq) for seq in range(1, 2301)])
    monkeypatch.setattr(reconciliation_reads, "MOST_ROWS", 600)
    assert ranges(store) == figures_of((seq, f"f-{seq}", "stock_moved", None) for seq in range(1, 2301))


def test_what_is_remembered_is_not_read_again(store: Store) -> None:
    add(store, [a_fact(seq) for seq in range(1, 601)])
    invented = RangeFigures(1, 500, "0" * 64, {})
    remember(store, [invented])
    assert ranges(store)[0] == invented
    assert ranges(store, anew=True)[0] != invented


def test_a_fact_with_a_new_number_is_not_summed_up_with_its_old_one(store: Store) -> None:
    add(store, [a_fact(seq) for seq in range(1, 601)])
    remember(store, ranges(store)[:1])
    with store.unit_of_work() as uow:
        uow.fact_numbers.leave_out(2000)
        uow.fact_numbers.renumber(["f-7", "f-550"])
        uow.commit()
    numbers = {"f-7": 2001, "f-550": 2002}
    facts = [(numbers.get(f"f-{seq}", seq), f"f-{seq}", "stock_moved", None) for seq in range(1, 601)]
    assert ranges(store) == figures_of(facts)
    assert store.queries.numbers_of(list(numbers)) == numbers


def test_the_edge_tells_how_far_each_fact_got(store: Store) -> None:
    add(store, [a_fact(seq) for seq in range(1, 7)], told=False)
    outcomes = [(1, FactOutcome.APPLIED), (2, FactOutcome.REFUSED), (3, FactOutcome.REFUSED), (4, FactOutcome.CONFLICT)]
    with store.unit_of_work() as uow:
        uow.outbox.claim(6, NOON, 60.0)
        uow.outbox.settle([FactAnswer(f"f-{seq}", outcome, "non") for seq, outcome in outcomes], NOON)
        refused = uow.outbox.refused("f-3")
        assert refused is not None
        uow.outbox.set_aside(refused, NOON, "Léa", "inutile")
        uow.commit()
    edge = store.queries.comparison_edge()
    assert (edge.last_seq, edge.fact_count) == (6, 6)
    assert [(fact.till_seq, fact.standing) for fact in edge.unsettled] == [
        (2, Standing.REFUSED),
        (3, Standing.SET_ASIDE),
        (5, Standing.WAITING),
        (6, Standing.WAITING),
    ]


def test_telling_again_queues_what_was_told_and_nothing_else(store: Store) -> None:
    add(store, [a_fact(1), a_fact(2)])
    add(store, [a_fact(3)], told=False)
    with store.unit_of_work() as uow:
        assert uow.reconciliations.tell_again(["f-2", "f-3", "f-9"]) == 1
        assert uow.reconciliations.tell_again(["f-2"]) == 0
        assert [fact.fact_id for fact in uow.outbox.claim(9, NOON, 60.0)] == ["f-2", "f-3"]


def test_what_was_refused_behind_what_is_told_again_is_told_again_too(store: Store) -> None:
    """It may have been refused because the marketplace had lost what it follows."""
    before, told, after = (replace(a_fact(seq), subject="order:1") for seq in (1, 2, 3))
    add(store, [before, told, after, a_fact(4)], told=False)
    outcomes = {1: FactOutcome.REFUSED, 2: FactOutcome.APPLIED, 3: FactOutcome.REFUSED, 4: FactOutcome.REFUSED}
    with store.unit_of_work() as uow:
        uow.outbox.settle([FactAnswer(f"f-{seq}", outcome, "non") for seq, outcome in outcomes.items()], NOON)
        uow.reconciliations.tell_again(["f-2"])
        uow.commit()
    states = {row[0]: row[1] for row in _rows(store, "SELECT fact_id, state FROM outbox")}
    assert states == {"f-1": "refused", "f-2": "pending", "f-3": "pending", "f-4": "refused"}


def a_run(number: int, *, thorough: bool = False, gaps: tuple[Gap, ...] = ()) -> ReconciliationRun:
    at = NOON + timedelta(days=number)
    return ReconciliationRun(f"run-{number}", at, at, thorough=thorough, through_seq=number, gaps=gaps)


def test_the_newest_hundred_runs_are_kept_whatever_the_clock_says(store: Store) -> None:
    lost = Gap(GapKind.FACT_LOST_HERE, "f-9", "A-000009", NOON, None, 320, till_seq=9, fact_kind="sale_recorded")
    for number in range(120):
        with store.unit_of_work() as uow:
            uow.reconciliations.add_run(a_run(-number, thorough=number == 100, gaps=(lost,)), agreed_through_seq=number)
            uow.commit()
    assert store.queries.last_reconciliation() == a_run(-119, gaps=(lost,))
    assert _rows(store, "SELECT count(*) FROM reconciliation_run") == [(100,)]
    agreed = store.queries.agreed()
    assert (agreed.through_seq, agreed.last_run_at) == (119, NOON - timedelta(days=119))
    assert agreed.last_thorough_at == NOON - timedelta(days=100)


def test_a_till_that_never_compared_knows_nothing(store: Store) -> None:
    assert store.queries.last_reconciliation() is None
    assert store.queries.agreed().through_seq == 0


def test_both_sides_agree_up_to_the_last_whole_range_before_anything_open(store: Store) -> None:
    add(store, [a_fact(seq) for seq in range(1, 1601)])
    assert agreed_through(a_run(1), store.queries.comparison_edge()) == 1500
    gap = Gap(GapKind.FACT_MISSING_THERE, "f-700", till_seq=700, fact_kind="stock_moved")
    assert agreed_through(a_run(1, gaps=(gap,)), store.queries.comparison_edge()) == 500
    with store.unit_of_work() as uow:
        uow.reconciliations.tell_again(["f-200"])
        uow.commit()
    assert agreed_through(a_run(1), store.queries.comparison_edge()) == 0


@pytest.mark.parametrize("statement", [ROWS, PRODUCTS, OPEN_ORDERS, reconciliation_reads.OF_PRODUCT])
def test_pages_go_along_an_index(store: Store, statement: object) -> None:
    for step in plan_of(store, statement):
        assert not step.startswith("SCAN ") or "INDEX" in step or "anon" in step or "subquery" in step, step


def _rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    connection = store.unit_of_work.connection  # type: ignore[attr-defined]  # to look at the rows themselves
    return list(connection.execute(sql).fetchall())


def _forget(store: Store) -> None:
    with store.unit_of_work() as uow:
        session: Session = uow.session  # type: ignore[attr-defined]  # nothing in use ever forgets them
        session.execute_text("DELETE FROM fact_range")
        session.execute_text("DELETE FROM outbox")
        session.execute_text("DELETE FROM fact")
        uow.commit()
