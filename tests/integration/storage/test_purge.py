"""Customers' data leave the till when the pickup window has passed (I10); what happened stays."""

from __future__ import annotations

from datetime import timedelta

from app.domain.order import PastHandover, as_ordered
from app.domain.receipt import PreparationList, PrintKind
from app.storage.purge import ORDERS_AT_ONCE, PurgeStep
from app.storage.store import Store
from app.usecases.marketplace_port import BrokenChange
from app.usecases.ports import PrintJob, PrintState
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON, HandSetClock
from tests.unit.printing import invoice_samples


def test_names_notes_and_papers_go_and_stay_gone(store: Store) -> None:
    gone = an_order("gone", note="chez Camille", keep_until=NOON - timedelta(days=31), version=1)
    kept = an_order("kept", keep_until=NOON + timedelta(days=1))
    with store.unit_of_work() as uow:
        uow.orders.save_server_copies([gone, kept])
        at_counter = uow.orders.get("gone")
        assert at_counter is not None
        results = tuple(as_ordered(line) for line in gone.lines)
        uow.orders.add_handover(
            "gone",
            PastHandover("h-1", NOON - timedelta(days=40), "Léa", "Caisse A", "scan", "Camille", results),
            verdict="ready",
            override_reason="",
            sale_id="",
        )
        paper = PreparationList(A_TILL.shop, at_counter, NOON)
        uow.print_queue.add(
            PrintJob("job-1", NOON, PrintKind.PREPARATION_LIST, paper, PrintState.DONE, 1, "", "1042", False)
        )
        uow.pulled.quarantine(BrokenChange("order", "x", "Camille Dubois", "no lines"), NOON - timedelta(days=40))
        uow.commit()
    for order_id in [f"many-{i}" for i in range(120)]:
        with store.unit_of_work() as uow:
            uow.orders.save_server_copy(an_order(order_id, keep_until=NOON - timedelta(days=31)))
            uow.commit()

    assert store.purge_customer_data(NOON - timedelta(days=30)) == 121
    assert store.purge_customer_data(NOON - timedelta(days=30)) == 0
    blank = store.queries.order("gone")
    assert blank is not None
    assert (blank.order.customer_name, blank.order.note, blank.facts.handovers[0].handed_to) == ("", "", "")
    assert blank.facts.handovers[0].results == results
    assert store.queries.print_job("job-1") is None
    assert store.queries.quarantined() == []
    assert [row.order_id for row in store.queries.find_orders("camille")] == ["kept"]

    with store.unit_of_work() as uow:
        uow.orders.save_server_copy(an_order("gone", version=9))
        uow.commit()
    again = store.queries.order("gone")
    assert again is not None
    assert (again.order.version, again.order.customer_name) == (9, "")


def test_nothing_of_the_name_is_left_in_the_file(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.orders.save_server_copy(an_order(customer_name="Zéphyrine Quénu", keep_until=NOON - timedelta(days=31)))
        uow.commit()
    store.purge_customer_data(NOON)
    path = store.path
    store.close()  # the log goes into the file
    content = path.read_bytes()
    assert "Zéphyrine".encode() not in content
    assert b"zephyrine" not in content


def test_an_invoice_on_paper_goes_with_the_buyer_it_names(store: Store) -> None:
    slip = invoice_samples.on_account()
    with store.unit_of_work() as uow:
        for name, days in (("old", 31), ("new", 29)):
            at = NOON - timedelta(days=days)
            job = PrintJob(name, at, PrintKind.INVOICE_SLIP, slip, PrintState.DONE, 1, "", "F-A-2026-000012", False)
            uow.print_queue.add(job)
        uow.commit()
    store.purge_customer_data(NOON - timedelta(days=30))
    assert store.queries.print_job("old") is None
    assert store.queries.print_job("new") is not None


def test_a_name_stays_while_its_window_is_open_or_the_order_is(store: Store, clock: HandSetClock) -> None:
    before = NOON - timedelta(days=30)
    long_ago = NOON - timedelta(days=90)
    orders = {
        "inside": an_order("inside", placed_at=long_ago, keep_until=NOON - timedelta(days=29)),
        "passed": an_order("passed", placed_at=long_ago, keep_until=NOON - timedelta(days=31)),
        "open": an_order("open", placed_at=long_ago, pickup_from=None, keep_until=None),
        "cancelled": an_order("cancelled", placed_at=long_ago, keep_until=None, cancelled_at=NOON - timedelta(days=31)),
        "lately": an_order("lately", placed_at=long_ago, keep_until=None, cancelled_at=NOON - timedelta(days=2)),
    }
    with store.unit_of_work() as uow:
        uow.orders.save_server_copies(list(orders.values()))
        uow.commit()
    assert store.queries.last_purge() is None
    assert store.purge_customer_data(before) == 2
    assert store.queries.last_purge() == clock.now()
    left = {order_id for order_id in orders if store.queries.order(order_id).order.customer_name}  # type: ignore[union-attr]  # they are all there
    assert left == {"inside", "open", "lately"}


def test_it_goes_in_short_steps_and_says_where_it_is(store: Store) -> None:
    for number in range(ORDERS_AT_ONCE + 1):
        with store.unit_of_work() as uow:
            uow.orders.save_server_copy(an_order(f"o-{number:03d}", keep_until=NOON - timedelta(days=1)))
            uow.commit()
    first = store.purge_step(NOON)
    assert (first.orders_blanked, first.after) == (ORDERS_AT_ONCE, f"o-{ORDERS_AT_ONCE - 1:03d}")
    assert store.queries.last_purge() is None  # not through yet
    assert first.after is not None
    assert store.purge_step(NOON, first.after) == PurgeStep(1, None)
    assert store.queries.last_purge() is not None
