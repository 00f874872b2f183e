"""Till and marketplace compare, on both databases: what was lost or changed on either side is named, exactly that, and
what can be mended is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.reconciliation import GapKind, Mend
from app.marketplace.orders import cancel_order
from app.marketplace.pairing import make_pairing_code
from app.usecases.pair_till import pair_till
from app.usecases.set_aside_fact import set_aside_fact
from tests.integration.marketplace.compared import (
    ComparedTill,
    copy_of,
    count_there,
    damage_there,
    lose_there,
    put_back,
)
from tests.integration.marketplace.world import BREAD, CHEESE, WINE, AShop


@pytest.fixture
def compared(tmp_path: Path, shop: AShop) -> Iterator[ComparedTill]:
    made = ComparedTill(tmp_path, shop)
    made.sync()
    yield made
    made.close()


@pytest.fixture
def second(tmp_path: Path, shop: AShop, compared: ComparedTill) -> Iterator[ComparedTill]:
    made = ComparedTill(tmp_path, shop, "Caisse B")
    made.sync()
    yield made
    made.close()


def a_day(till: ComparedTill) -> None:
    """Sales, a delivery and an order handed over."""
    placed = till.shop.order((BREAD, 1), (CHEESE, 300))
    till.sync()
    till.sell(BREAD, 2)
    till.sell(WINE)
    till.receive(WINE, 12)
    till.hand_over(placed.order_id)


def assert_agree(till: ComparedTill) -> None:
    assert till.gaps() == []
    assert {product: till.level(product) for product in (BREAD, CHEESE, WINE)} == {
        product: till.shop.physical(product) for product in (BREAD, CHEESE, WINE)
    }


def test_two_sides_that_agree_have_no_gap(compared: ComparedTill) -> None:
    a_day(compared)
    compared.sync()
    run = compared.compare()
    assert run.gaps == ()
    assert run.mended == 0
    assert (run.products, run.chains) == (4, 2)
    assert {kind: here == there for kind, (here, there) in run.facts.items()} == dict.fromkeys(run.facts, True)
    here, _ = run.facts["sale_recorded"]
    assert (here.count, here.sum_minor) == (2, 640 + 1250)
    (day,) = run.days
    assert (day.here, day.there) == (here, here)


def test_what_waits_explains_itself_and_alarms_nobody(compared: ComparedTill) -> None:
    a_day(compared)
    run = compared.compare()
    assert run.open_gaps == ()
    assert {gap.kind for gap in run.gaps} == {GapKind.FACT_WAITING}
    assert len(run.gaps) == 4
    (day,) = run.days
    assert (day.here.count, day.there.count) == (2, 0)


def test_an_answer_that_was_lost_is_no_gap(compared: ComparedTill) -> None:
    a_day(compared)
    with compared.store.unit_of_work() as uow:  # not committed: as if the answer never came
        facts = uow.outbox.claim(100, compared.clock.now(), 60.0)
    compared.marketplace.push(facts)
    assert compared.gaps() == []
    compared.sync()
    assert_agree(compared)


def test_a_marketplace_set_back_is_told_again(compared: ComparedTill, shop: AShop) -> None:
    compared.sell(BREAD)
    compared.sync()
    older = copy_of(shop)
    sold = compared.sell(WINE)
    compared.receive(BREAD, 5)
    compared.sync()
    put_back(shop, older)
    compared.sync()
    gaps = compared.gaps()
    assert [(gap.kind, gap.mend) for gap in gaps] == [(GapKind.FACT_MISSING_THERE, Mend.TELL_AGAIN)] * 2
    assert (gaps[0].title, gaps[0].here, gaps[0].there) == (sold.sale.display_number, 1250, None)
    compared.sync()
    assert_agree(compared)
    assert count_there(shop, "SELECT count(*) FROM sale") == 2


def test_a_daily_run_sees_it_too(compared: ComparedTill, shop: AShop) -> None:
    older = copy_of(shop)
    compared.sell(WINE)
    compared.sync()
    assert compared.gaps() == []
    put_back(shop, older)
    compared.sync()
    assert compared.kinds(thorough=False) == [GapKind.FACT_MISSING_THERE]
    compared.sync()
    assert compared.kinds(thorough=False) == []
    assert_agree(compared)


def test_a_till_set_back_names_what_it_lost(compared: ComparedTill, tmp_path: Path) -> None:
    compared.sell(BREAD)
    compared.sync()
    older = compared.copy(tmp_path / "older.sqlite3")
    lost = compared.sell(WINE)
    compared.sync()
    compared.put_back(older)
    gaps = compared.gaps()
    named = [(gap.kind, gap.title, gap.there) for gap in gaps if gap.kind is not GapKind.CHAIN_SHORTER_HERE]
    assert named == [(GapKind.FACT_LOST_HERE, lost.sale.display_number, 1250)]
    assert compared.level(WINE) == compared.shop.physical(WINE)
    again = compared.compare()
    assert GapKind.FACT_LOST_HERE not in {gap.kind for gap in again.gaps}
    assert GapKind.FACT_LOST_BEFORE in {gap.kind for gap in again.gaps}


def test_a_fact_deleted_by_hand_here(compared: ComparedTill) -> None:
    compared.sell(BREAD)
    deleted = compared.sell(WINE)
    compared.sync()
    compared.compare()
    compared.damage("DELETE FROM fact WHERE fact_id = ?", compared.last_fact())
    (gap,) = compared.gaps(thorough=False)
    assert (gap.kind, gap.title, gap.mend) == (GapKind.FACT_LOST_HERE, deleted.sale.display_number, Mend.NONE)


def test_a_fact_deleted_by_hand_there(compared: ComparedTill, shop: AShop) -> None:
    compared.sell(BREAD)
    compared.receive(WINE, 3)
    compared.sync()
    compared.compare()
    damage_there(shop, "DELETE FROM fact WHERE fact_id = :fact", fact=compared.last_fact())
    (gap,) = compared.gaps(thorough=False)
    assert (gap.kind, gap.record_id, gap.title) == (GapKind.FACT_MISSING_THERE, compared.last_fact(), "Bordeaux")
    compared.sync()
    assert_agree(compared)


def test_a_sale_altered_or_deleted_by_hand_there(compared: ComparedTill, shop: AShop) -> None:
    altered, deleted = compared.sell(BREAD), compared.sell(WINE)
    compared.sync()
    damage_there(shop, "UPDATE sale SET total_minor = 100 WHERE sale_id = :sale", sale=altered.sale.sale_id)
    damage_there(shop, "DELETE FROM sale WHERE sale_id = :sale", sale=deleted.sale.sale_id)
    run = compared.compare()
    assert [(gap.kind, gap.title, gap.here, gap.there) for gap in run.open_gaps] == [
        (GapKind.SALE_DIFFERS, altered.sale.display_number, 320, 100),
        (GapKind.SALE_DIFFERS, deleted.sale.display_number, 1250, None),
    ]
    (day,) = run.days
    assert (day.here.count, day.here.sum_minor, day.there.count, day.there.sum_minor) == (2, 1570, 1, 100)


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_movement_altered_by_hand(compared: ComparedTill, shop: AShop, side: str) -> None:
    sold = compared.sell(BREAD, 2)
    compared.sync()
    source = sold.sale.lines[0].line_id
    if side == "here":
        compared.damage("UPDATE stock_movement SET quantity = -5 WHERE source_id = ?", source)
        compared.damage("UPDATE stock_level SET quantity = quantity - 3 WHERE product_id = ?", BREAD)
    else:
        damage_there(shop, "UPDATE stock_movement SET quantity = -5 WHERE source_id = :source", source=source)
        damage_there(shop, "UPDATE stock_level SET physical = physical - 3 WHERE product_id = :bread", bread=BREAD)
    (gap,) = compared.gaps()
    assert (gap.kind, gap.mend) == (GapKind.MOVEMENT_DIFFERS, Mend.NONE)
    assert (gap.here, gap.there) == ((-5, -2) if side == "here" else (-2, -5))
    assert (gap.title, gap.unit, gap.document, gap.place) == (
        "Pain de campagne",
        "piece",
        sold.sale.display_number,
        "shop",
    )
    assert gap.happened_at == sold.sale.happened_at


def test_a_movement_deleted_by_hand_here(compared: ComparedTill) -> None:
    compared.receive(WINE, 7)
    compared.sync()
    compared.damage("DELETE FROM stock_movement WHERE product_id = ? AND quantity = 7", WINE)
    compared.damage("UPDATE stock_level SET quantity = quantity - 7 WHERE product_id = ?", WINE)
    (gap,) = compared.gaps()
    assert (gap.kind, gap.title, gap.there, gap.mend) == (
        GapKind.MOVEMENT_MISSING_HERE,
        "Bordeaux",
        7,
        Mend.RECORD_MOVEMENT,
    )
    assert_agree(compared)


def test_a_movement_deleted_by_hand_there(compared: ComparedTill, shop: AShop) -> None:
    compared.receive(WINE, 7)
    compared.sync()
    damage_there(shop, "DELETE FROM stock_movement WHERE product_id = :wine AND quantity = 7", wine=WINE)
    damage_there(shop, "UPDATE stock_level SET physical = physical - 7 WHERE product_id = :wine", wine=WINE)
    (gap,) = compared.gaps()
    assert (gap.kind, gap.here, gap.there, gap.mend) == (
        GapKind.MOVEMENT_MISSING_THERE,
        7,
        None,
        Mend.TELL_MOVEMENT,
    )
    compared.sync()
    assert_agree(compared)
    assert count_there(shop, "SELECT count(*) FROM stock_movement WHERE quantity = 7") == 1


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_level_altered_by_hand_becomes_the_sum_again(compared: ComparedTill, shop: AShop, side: str) -> None:
    before = compared.level(WINE)
    if side == "here":
        compared.damage("UPDATE stock_level SET quantity = 999 WHERE product_id = ?", WINE)
    else:
        damage_there(shop, "UPDATE stock_level SET physical = 999 WHERE product_id = :wine", wine=WINE)
    run = compared.compare()
    (gap,) = run.open_gaps
    kind = GapKind.LEVEL_WRONG_HERE if side == "here" else GapKind.LEVEL_WRONG_THERE
    assert (gap.kind, gap.title, gap.here, gap.there) == (kind, "Bordeaux", 999, before)
    assert run.mended == 1
    assert_agree(compared)
    assert compared.level(WINE) == before


def test_refused_and_set_aside_facts_are_named_as_explanations(compared: ComparedTill, shop: AShop) -> None:
    refused, aside = compared.shop.order((BREAD, 1)), compared.shop.order((BREAD, 1))
    compared.sync()
    compared.hand_over(refused.order_id)
    compared.hand_over(aside.order_id)
    for placed in (refused, aside):
        subject = f"order:{placed.order_id}"
        compared.damage("UPDATE fact SET payload = json_remove(payload, '$.complete') WHERE subject = ?", subject)
    compared.sync()
    rows = compared.queries.outbox()
    assert [row.state for row in rows] == ["refused", "refused"]
    set_aside_fact(compared.counter, rows[1].fact_id, "Léa", "commande effacée")
    run = compared.compare()
    explained = {(gap.kind, gap.title, gap.record_id) for gap in run.gaps if gap.explains_itself}
    assert explained == {
        (GapKind.FACT_REFUSED, refused.number, rows[0].fact_id),
        (GapKind.FACT_SET_ASIDE, aside.number, rows[1].fact_id),
    }
    assert run.open_gaps == ()


def test_an_order_lost_or_changed_by_hand_comes_down_again(compared: ComparedTill) -> None:
    lost, changed = compared.shop.order((BREAD, 1)), compared.shop.order((BREAD, 1))
    compared.sync()
    compared.damage("DELETE FROM server_order_line WHERE order_id = ?", lost.order_id)
    compared.damage("DELETE FROM order_summary WHERE order_id = ?", lost.order_id)
    compared.damage("DELETE FROM promised WHERE order_id = ?", lost.order_id)
    compared.damage("DELETE FROM server_order WHERE order_id = ?", lost.order_id)
    compared.damage("UPDATE server_order SET handover = 'partly' WHERE order_id = ?", changed.order_id)
    assert {(gap.kind, gap.title) for gap in compared.gaps()} == {
        (GapKind.ORDER_MISSING_HERE, lost.number),
        (GapKind.ORDER_DIFFERS, changed.number),
    }
    assert_agree(compared)
    assert compared.queries.order(lost.order_id) is not None


def test_an_order_cancelled_while_both_sides_compare_is_no_gap(compared: ComparedTill, shop: AShop) -> None:
    placed = shop.order((BREAD, 1))
    compared.sync()
    with shop.store.writing(shop.shop_id) as transaction:
        cancel_order(transaction, placed.order_id)
    assert compared.gaps() == []


def test_two_tills_agree_and_neither_is_blamed_for_the_other(compared: ComparedTill, second: ComparedTill) -> None:
    a_day(compared)
    second.sell(WINE, 2)
    second.sync()
    assert compared.gaps() == []  # its own facts wait, the other's were not fetched yet
    compared.sync()
    assert second.gaps() == []
    assert_agree(compared)
    second.sync()
    assert_agree(second)


def test_what_another_till_told_and_the_marketplace_lost_is_mended_by_that_till(
    compared: ComparedTill, second: ComparedTill, shop: AShop
) -> None:
    older = copy_of(shop)
    second.receive(WINE, 4)
    second.sync()
    compared.sync()
    put_back(shop, older)
    compared.sync()
    (gap,) = compared.gaps()
    assert (gap.kind, gap.here, gap.mend) == (GapKind.MOVEMENT_MISSING_THERE, 4, Mend.NONE)
    assert second.kinds() == [GapKind.FACT_MISSING_THERE]
    second.sync()
    assert_agree(second)
    assert_agree(compared)


def test_sales_around_midnight_belong_to_their_trading_days(compared: ComparedTill, shop: AShop) -> None:
    compared.clock.go_on(days=1)
    now = compared.clock.now()
    compared.clock.go_on(seconds=((now + timedelta(days=1)).replace(hour=22, minute=59, second=58) - now).seconds)
    before = compared.sell(BREAD)
    compared.clock.go_on(hours=8)
    after = compared.sell(WINE)
    compared.sync()
    damage_there(shop, "UPDATE sale SET total_minor = 0 WHERE sale_id = :sale", sale=before.sale.sale_id)
    run = compared.compare()
    assert [(gap.kind, gap.title) for gap in run.open_gaps] == [(GapKind.SALE_DIFFERS, before.sale.display_number)]
    assert [(day.trading_day, day.here.sum_minor, day.there.sum_minor) for day in run.days] == [
        (before.sale.trading_day, 320, 0),
        (after.sale.trading_day, 1250, 1250),
    ]


def test_a_till_paired_anew_finds_its_older_facts(compared: ComparedTill, shop: AShop) -> None:
    a_day(compared)
    compared.sync()
    code, _ = make_pairing_code(shop.store, shop.shop_id)
    pair_till(compared.counter, compared.secrets, compared.marketplace, code, "Caisse A", shop.running.url)
    compared.sell(BREAD)
    compared.sync()
    assert_agree(compared)


MANY = 25


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_facts_the_marketplace_lost_both_sides_agree_afterwards(
    compared: ComparedTill, shop: AShop, data: st.DataObject
) -> None:
    while compared.value("SELECT count(*) FROM fact") < MANY:
        compared.receive(WINE, 3)
        compared.sell(WINE)
    compared.sync()
    told = [row[0] for row in compared.rows("SELECT fact_id FROM fact ORDER BY till_seq")]
    lost = data.draw(st.sets(st.sampled_from(told)), label="lost")
    for fact_id in sorted(lost):
        lose_there(shop, fact_id)
    assert {(gap.kind, gap.record_id) for gap in compared.gaps()} == {
        (GapKind.FACT_MISSING_THERE, fact_id) for fact_id in lost
    }
    assert compared.sync().pushed.applied == len(lost)
    assert_agree(compared)
    assert count_there(shop, "SELECT count(*) FROM fact") == len(told)
    assert count_there(shop, "SELECT count(*) FROM sale") == compared.value("SELECT count(*) FROM sale")
    assert count_there(shop, "SELECT count(*) FROM stock_movement WHERE till_id <> ''") == len(told)
