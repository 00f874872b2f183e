"""Server copies and local facts side by side; what lists say is always what the domain says of both."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.money import Money
from app.domain.order import (
    HandoverState,
    LineOutcome,
    LineResult,
    Order,
    PastHandover,
    Preparation,
    as_ordered,
    without_goods,
)
from app.storage.store import Store, open_store
from app.usecases.queries import OrderList
from tests.fakes.samples import COFFEE, TOMATO, an_order, an_order_line
from tests.fakes.surroundings import NOON, HandSetClock


def keep(store: Store, *orders: Order) -> None:
    with store.unit_of_work() as uow:
        uow.orders.save_server_copies(orders)
        uow.commit()


def hand_over(store: Store, order: Order, results: tuple[LineResult, ...], handover_id: str = "h-1") -> None:
    handover = PastHandover(handover_id, NOON, "Léa", "Caisse A", "scan", "sa sœur", results, "sale-1")
    with store.unit_of_work() as uow:
        uow.orders.add_handover(order.order_id, handover, verdict="ready", override_reason="", sale_id="sale-1")
        uow.commit()


def listed(store: Store, which: OrderList) -> list[str]:
    return [row.order_id for row in store.queries.orders(which, NOON)]


def test_an_order_comes_back_as_it_was_kept(store: Store) -> None:
    order = an_order(note="Sans sac", cancelled_at=NOON, handed_over_at=NOON, handed_over_by="Caisse B", language="en")
    keep(store, order)
    found = store.queries.order("order-1")
    assert found is not None
    assert found.order == order
    assert store.queries.order_by_reference(order.reference) == found
    assert store.queries.order_by_spoken_code(order.spoken_code) == found
    assert store.queries.order("another") is None


def test_an_older_copy_changes_nothing_and_no_copy_undoes_a_handover(store: Store) -> None:
    order = an_order(version=5)
    keep(store, order)
    hand_over(store, order, tuple(as_ordered(line) for line in order.lines))
    with store.unit_of_work() as uow:
        assert not uow.orders.save_server_copy(an_order(version=4, number="old"))
        assert not uow.orders.save_server_copy(an_order(version=5, number="same"))
        assert uow.orders.save_server_copy(an_order(version=6, number="1042 bis", lines=order.lines[:1]))
        uow.commit()
    found = store.queries.order("order-1")
    assert found is not None
    assert (found.order.number, len(found.order.lines)) == ("1042 bis", 1)
    assert found.handover is HandoverState.HANDED_OVER
    assert listed(store, OrderList.DONE) == ["order-1"]


def test_facts_of_a_unit_of_work_are_seen_in_it(store: Store) -> None:
    order = an_order()
    keep(store, order)
    with store.unit_of_work() as uow:
        uow.orders.save_preparation("order-1", [without_goods(order.lines[0], LineOutcome.MISSING)])
        uow.orders.save_ready("order-1", NOON, 2, "B4")
        found = uow.orders.get("order-1")
        assert found is not None
        assert (found.facts.bags, len(found.facts.prepared)) == (2, 1)
        uow.commit()
    assert store.queries.order("order-1") == found


def test_an_undone_handover_no_longer_counts_and_stays_known(store: Store) -> None:
    order = an_order()
    keep(store, order)
    hand_over(store, order, tuple(as_ordered(line) for line in order.lines))
    with store.unit_of_work() as uow:
        uow.orders.undo_handover("h-1", NOON + timedelta(minutes=2), "Léa", "mauvais sac")
        uow.commit()
    found = store.queries.order("order-1")
    assert found is not None
    assert found.facts.handovers == ()
    assert found.facts.undone_at == (NOON,)
    assert listed(store, OrderList.READY) == ["order-1"]


def test_a_spoken_code_names_the_open_order_first(store: Store) -> None:
    old = an_order("old", handed_over_at=NOON, server_handover=HandoverState.HANDED_OVER, placed_at=NOON)
    keep(store, old, an_order("new", placed_at=NOON - timedelta(days=1)))
    found = store.queries.order_by_spoken_code(old.spoken_code)
    assert found is not None
    assert found.order.order_id == "new"
    assert store.queries.order_by_spoken_code("") is None


def test_promised_goods_follow_the_order(store: Store) -> None:
    order = an_order(lines=(an_order_line(1, COFFEE, 2), an_order_line(2, TOMATO, 1200)))
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE, TOMATO])
        uow.commit()

    def promised() -> tuple[int, int]:
        rows = [store.queries.product("p-coffee"), store.queries.product("p-tomato")]
        return (rows[0].promised, rows[1].promised) if rows[0] and rows[1] else (-1, -1)

    keep(store, order)
    assert promised() == (2, 1200)
    with store.unit_of_work() as uow:
        uow.orders.save_preparation("order-1", [without_goods(order.lines[0], LineOutcome.MISSING)])
        uow.commit()
    assert promised() == (0, 1200)
    follows = without_goods(order.lines[1], LineOutcome.TO_FOLLOW)
    hand_over(store, order, (without_goods(order.lines[0], LineOutcome.MISSING), follows))
    assert promised() == (0, 1200)
    hand_over(store, order, (as_ordered(order.lines[1]),), "h-2")
    assert promised() == (0, 0)
    keep(store, an_order("order-2", lines=order.lines, version=1))
    assert promised() == (2, 1200)
    keep(store, an_order("order-2", lines=order.lines, version=2, cancelled_at=NOON))
    assert promised() == (0, 0)


def test_lists_page_by_key(store: Store) -> None:
    keep(store, *(an_order(f"o-{i:03}", pickup_from=NOON + timedelta(minutes=i % 7)) for i in range(25)))
    whole = listed(store, OrderList.READY)
    assert len(whole) == 25
    paged: list[str] = []
    while page := store.queries.orders(OrderList.READY, NOON, limit=4, after=paged[-1] if paged else ""):
        paged += [row.order_id for row in page]
    assert paged == whole
    done = [an_order(f"o-{i:03}", version=2, cancelled_at=NOON + timedelta(minutes=i)) for i in range(25)]
    keep(store, *done)
    assert listed(store, OrderList.DONE) == [f"o-{i:03}" for i in reversed(range(25))]
    second = store.queries.orders(OrderList.DONE, NOON, limit=3, after="o-020")
    assert [row.order_id for row in second] == ["o-019", "o-018", "o-017"]


def test_today_ends_at_the_counters_midnight(store: Store) -> None:
    """21 November at noon UTC, one hour ahead: the day ends at 23:00 UTC."""
    keep(
        store,
        an_order("late", pickup_from=NOON.replace(hour=22, minute=59)),
        an_order("tomorrow", pickup_from=NOON.replace(hour=23)),
        an_order("yesterday", pickup_from=NOON - timedelta(days=1)),
        an_order("any day", pickup_from=None),
    )
    assert listed(store, OrderList.TODAY) == ["yesterday", "late"]
    assert store.queries.order_counts(NOON).today == 2


def test_orders_are_found_by_part_of_a_name_number_or_spoken_code(store: Store) -> None:
    keep(
        store,
        an_order("o-1", customer_name="Amélie Lefèvre-Dubois", number="1042", spoken_code="K7F3K9"),
        an_order("o-2", customer_name="Dubois Jean", number="2001", cancelled_at=NOON, spoken_code="22RPSY"),
    )

    def found(text: str) -> list[str]:
        return [row.order_id for row in store.queries.find_orders(text)]

    assert found("dub") == ["o-1", "o-2"]
    assert found("DUBOIS amel") == ["o-1"]
    assert found("2001") == ["o-2"]
    assert found("k7f 3k9") == ["o-1"]
    assert found("durand") == found("") == found("%") == []


@settings(max_examples=50, deadline=None)
@given(
    preparation=st.sampled_from(Preparation),
    handover=st.sampled_from(HandoverState),
    cancelled=st.booleans(),
    paid_minor=st.integers(0, 2000),
    outcome=st.none() | st.sampled_from([LineOutcome.GIVEN, LineOutcome.MISSING, LineOutcome.TO_FOLLOW]),
    ready=st.booleans(),
)
def test_the_summary_says_what_the_domain_says(
    preparation: Preparation,
    handover: HandoverState,
    cancelled: bool,
    paid_minor: int,
    outcome: LineOutcome | None,
    ready: bool,
) -> None:
    order = replace(
        an_order(server_preparation=preparation, server_handover=handover, cancelled_at=NOON if cancelled else None),
        paid_online=Money(paid_minor),
    )
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "till.sqlite3", clock=HandSetClock())
        try:
            keep(store, order)
            if ready:
                with store.unit_of_work() as uow:
                    uow.orders.save_ready("order-1", NOON, 1, "A1")
                    uow.commit()
            if outcome is not None:
                first = as_ordered(order.lines[0])
                results = first if outcome is LineOutcome.GIVEN else without_goods(order.lines[0], outcome)
                hand_over(store, order, (results, as_ordered(order.lines[1])))
            expected = store.queries.order("order-1")
            assert expected is not None
            rows = [
                row for which in OrderList if which is not OrderList.TODAY for row in store.queries.orders(which, NOON)
            ]
            assert len(rows) == 1
            [row] = rows
            assert (row.preparation, row.handover, row.amount_due, row.bags, row.cancelled) == (
                expected.preparation,
                expected.handover,
                expected.amount_due,
                expected.facts.bags,
                cancelled,
            )
        finally:
            store.close()
