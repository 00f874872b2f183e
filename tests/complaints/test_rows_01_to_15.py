"""Rows 1 to 15 of the complaints: what was sold, lost, doubled or stuck after a bad network or a power cut.

Each story happens in a simulated town on the real program: till, its database on a file, its client, the marketplace.
"""

from __future__ import annotations

import pytest

from app.domain.catalogue import Product
from app.domain.disagreements import DisagreementKind
from app.domain.fiscal import Series
from app.domain.money import Money
from app.domain.order import HandoverState, Preparation, VerdictKind
from app.domain.reconciliation import GapKind
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.storage.signing import SignatureChecker
from app.storage.store import open_store
from app.ui.messages import link_words
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.import_catalogue import import_catalogue
from app.usecases.ports import StoreUnavailable
from app.usecases.repair_fact import Repaired, repair_fact
from app.usecases.sell_at_counter import SaleRequest, sell_at_counter
from app.usecases.start_ledger import look_at_ends
from tests.complaints.conftest import Begin
from tests.complaints.story import WHO, Story
from tests.simulation.actions.reconciliation import compare
from tests.simulation.disk import AFTER, BEFORE, TORN
from tests.simulation.tills import Till

pytestmark = pytest.mark.allowed_logs(".*")


def test_row_01_a_paid_sale_survives_a_power_cut(begin: Begin) -> None:
    """What the screen said is sold is sold when the power comes back; nothing is asked for a second time."""
    story = begin()
    till = story.till
    story.cut_off()
    said = [story.sells(till, product).display_number for product in story.products[:3]]
    till.pull_the_plug()
    till.start()
    assert [row.display_number for row in reversed(till.queries.sales())] == said
    assert story.waiting(till) == 3
    story.everything_arrives()
    assert [sale["number"] for sale in story.facts_there("sale_recorded")] == said


@pytest.mark.parametrize("moment", [BEFORE, TORN, AFTER])
def test_row_02_no_receipt_without_a_sale(begin: Begin, moment: str) -> None:
    """Whenever the machine dies in a sale: paper, sale and number are all there or all not there."""
    story = begin()
    till, product = story.till, story.products[0]
    story.cut_off()
    first = story.sells(till, product)
    till.die_at_commit(moment, 0)
    assert till.act("sell", lambda: sell_at_counter(till.counter, _request(story, product))) is None
    till.start()
    numbers = [row.display_number for row in till.queries.sales()]
    papers = [job.title for job in till.queries.print_jobs()]
    assert sorted(papers) == sorted(numbers)
    assert story.waiting(till) == len(numbers)
    assert first.display_number in numbers
    following = story.sells(till, product)
    assert following.number == first.number + len(numbers)


def test_row_03_a_lost_answer_doubles_nothing(begin: Begin) -> None:
    story = begin()
    for fault in ("lost_answer", "cut", "duplicate", "lost_answer"):
        story.till.link.suffer_next(fault)
        story.sells(story.till, story.products[0])
        story.time_passes(600.0)
    before = len(story.facts_there("sale_recorded"))
    story.everything_arrives()
    there = [sale["number"] for sale in story.facts_there("sale_recorded")]
    assert there == ["A-000001", "A-000002", "A-000003", "A-000004"]
    assert before <= len(there)


def test_row_03_a_second_program_is_not_let_in(begin: Begin) -> None:
    till = begin().till
    with pytest.raises(StoreUnavailable) as refused:
        open_store(till.database, clock=till.clock)
    assert refused.value.reason == "locked"


def test_row_04_a_day_closes_off_line_and_its_sales_stay_its_own(begin: Begin) -> None:
    """No sale lands in tomorrow's session because it was told tomorrow."""
    story = begin()
    till = story.till
    story.cut_off()
    sold = [story.sells(till, product) for product in story.products[:3]]
    closed = till.act("close", lambda: close_day(till.counter, CloseDayRequest(WHO)))
    assert isinstance(closed, DayClosed)
    [closure] = closed.closures
    assert closure.totals.turnover == sum((sale.total for sale in sold), Money(0))
    assert story.waiting(till) == 3
    story.time_passes(86_400.0)
    story.sells(till, story.products[0])
    story.everything_arrives()
    days = [day for (day,) in till.ask("SELECT trading_day FROM sale ORDER BY number")]
    assert days[:3] == [closure.period] * 3
    assert days[3] > closure.period
    assert len(story.facts_there("sale_recorded")) == 4
    assert not story.ledger(till).faults


def test_row_05_what_was_handed_over_stays_so_whatever_older_copy_comes(begin: Begin) -> None:
    """An order that left off line is not opened again by another device, nor by an older page of the marketplace."""
    story = begin(tills=2)
    first, second = story.world.tills
    order = story.a_ready_order(first)
    story.cut_off(first)
    story.hands_over(first, order)
    story.sells(second, story.products[1])
    story.time_passes(3600.0)
    first.link.heal()
    first.link.suffer_next("stale_page")
    first.link.suffer_next("stale_page")
    story.time_passes(60.0)
    here = first.queries.order(order.order_id)
    assert here is not None
    assert here.handover is HandoverState.HANDED_OVER
    story.everything_arrives()
    for till in (first, second):
        known = till.queries.order(order.order_id)
        assert known is not None
        assert (known.handover, known.preparation) == (HandoverState.HANDED_OVER, Preparation.READY)


def test_row_06_a_fact_leaves_the_queue_on_its_own_answer_only(begin: Begin) -> None:
    """Cut in the middle: what was not answered waits on, and the screen says how much and since when."""
    story = begin()
    till = story.till
    story.cut_off()
    began = till.clock.now()
    for product in story.products[:4]:
        story.sells(till, product)
    state = till.queries.outbox_state()
    assert (state.waiting, state.oldest_at) == (4, began)
    till.link.heal()
    for fault in ("drop", "cut", "lost_answer") * 4:
        till.link.suffer_next(fault)
    for _ in range(30):
        story.time_passes(20.0)
        assert story.waiting(till) + len(story.facts_there("sale_recorded")) >= 4
    story.everything_arrives()
    assert (story.waiting(till), len(story.facts_there("sale_recorded"))) == (0, 4)


def test_row_07_a_gap_is_named_and_mended(begin: Begin) -> None:
    """A sale that the marketplace lost is found by comparing, not by the accountant."""
    story = begin()
    till = story.till
    sale = story.sells(till, story.products[0])
    story.everything_arrives()
    with story.world.server.store.administering() as connection:
        for lost in ("DELETE FROM sale", "DELETE FROM fact WHERE kind = 'sale_recorded'"):
            connection.core.exec_driver_sql(lost)
    run = compare(story.world, till)
    assert run is not None
    kinds = {gap.kind for gap in run.open_gaps}
    assert GapKind.FACT_MISSING_THERE in kinds, run.open_gaps
    story.world.come_to_rest()  # unchecked: the town knows of no hands in the database, and would call the gap false
    assert [told["number"] for told in story.facts_there("sale_recorded")] == [sale.display_number]
    again = compare(story.world, till)
    assert again is not None
    assert not again.open_gaps


def test_row_08_stock_moves_once_however_often_it_is_told(begin: Begin) -> None:
    story = begin()
    till, product = story.till, story.products[0]
    there = story.level_there(product)
    for sold, fault in enumerate(("lost_answer", "duplicate", "late"), 1):
        till.link.suffer_next(fault)
        story.sells(till, product)
        story.time_passes(900.0)
        assert story.level_there(product) == there - sold
    story.time_passes(4 * 86_400.0)  # the late ones come, behind newer ones
    story.everything_arrives()
    assert story.level_there(product) == story.level(till, product) == there - 3
    moved = [movement["movement_id"] for sale in story.facts_there("sale_recorded") for movement in sale["movements"]]
    assert len(set(moved)) == len(moved) == 3


def test_row_09_one_bad_record_stops_nobody_and_is_mended_by_a_form(begin: Begin) -> None:
    """The queue goes on, the bad one says why in a sentence, and its words can be put right."""
    story = begin()
    till, product = story.till, story.products[0]
    story.cut_off()
    line = f"{product.codes[0]};{product.name};3,33".encode()
    till.act("import", lambda: import_catalogue(till.counter, b"code;nom;prix\n" + line, WHO))
    [(fact_id, payload)] = till.ask("SELECT fact_id, payload FROM fact WHERE kind = 'product_changed'")
    story.world.book.facts[fact_id].poisoned = True
    spoiled = payload.replace(product.name, "x" * 300)
    till.ask("UPDATE fact SET payload = ? WHERE fact_id = ?", spoiled, fact_id)
    story.sells(till, product)
    till.link.heal()
    story.time_passes(7200.0)
    assert len(story.facts_there("sale_recorded")) == 1
    [refused] = [row for row in till.queries.outbox() if row.state == "refused"]
    assert refused.fact_id == fact_id
    assert refused.message.endswith(".")
    story.sells(till, product)
    story.time_passes(600.0)
    assert len(story.facts_there("sale_recorded")) == 2
    mended = till.act("repair", lambda: repair_fact(till.counter, fact_id, {"name": product.name}, WHO))
    assert isinstance(mended, Repaired)
    story.everything_arrives()
    assert [told["name"] for told in story.facts_there("product_changed")] == [product.name]


def test_row_10_selling_and_handing_over_never_wait_for_the_network(begin: Begin) -> None:
    """Two weeks without a network: no act fails (`Till.act` would say so), then everything arrives once."""
    story = begin()
    till = story.till
    order = story.a_ready_order(till)
    story.cut_off()
    story.time_passes(86_400.0)
    assert story.scans(till, order.pickup_code).kind is VerdictKind.READY
    story.hands_over(till, order)
    for _ in range(3):
        story.time_passes(4 * 86_400.0)
        story.sells(till, story.products[1])
        till.act("close", lambda: close_day(till.counter, CloseDayRequest(WHO)))
    story.everything_arrives()
    assert len(story.facts_there("sale_recorded")) == 3
    assert len(story.facts_there("order_handed_over")) == 1


def test_row_11_off_line_is_the_usual_way_and_needs_no_switch(begin: Begin) -> None:
    """Nobody switches anything, a valid code is taken, and what staff read has no word of networks' inner parts."""
    story = begin()
    till = story.till
    order = story.a_ready_order(till)
    story.cut_off()
    story.time_passes(60.0)
    assert story.scans(till, order.pickup_code).kind is VerdictKind.READY
    words = link_words(False, 3, till.clock.now(), till.clock.now()).lower()
    assert not {"host", "dns", "timeout", "http", "socket", "url"} & set(words.split())


def test_row_12_four_verdicts_that_are_never_mixed(begin: Begin) -> None:
    """Off line too: accepted, already handed over, not for this shop, cannot tell."""
    story = begin(tills=2)
    first, second = story.world.tills
    order = story.a_ready_order(first)
    gone = story.a_ready_order(first)
    story.hands_over(first, gone)
    story.everything_arrives()
    story.cut_off()
    assert story.scans(first, order.pickup_code).kind is VerdictKind.READY
    assert story.scans(second, order.pickup_code).kind is VerdictKind.CANNOT_TELL
    assert story.scans(first, gone.pickup_code).kind is VerdictKind.ALREADY_HANDED_OVER
    assert story.scans(first, story.a_code_of_the_baker()).kind is VerdictKind.WRONG_SHOP


def test_row_13_two_tills_off_line_never_draw_one_number(begin: Begin) -> None:
    story = begin(tills=3)
    story.cut_off()
    sold = [story.sells(till, product).display_number for till in story.world.tills for product in story.products[:3]]
    assert len(set(sold)) == len(sold) == 9
    story.everything_arrives()
    assert sorted(told["number"] for told in story.facts_there("sale_recorded")) == sorted(sold)


@pytest.mark.parametrize("by_hand", [True, False])
def test_row_14_sales_that_vanish_with_an_older_copy_are_named_for_ever(begin: Begin, by_hand: bool) -> None:
    """The file is set back: the next start finds the cut tail and names it, no number is drawn twice, and the
    comparison says what the marketplace knows and this till has lost."""
    story = begin()
    till = story.till
    story.sells(till, story.products[0])
    story.everything_arrives()
    copy = till.keep_copy()
    lost = [story.sells(till, product).display_number for product in story.products[:2]]
    story.everything_arrives()
    till.put_back(copy, by_hand=by_hand)
    following = story.sells(till, story.products[0])
    assert following.display_number not in lost
    assert following.number > 3
    assert "ledger_gap" in _events(till)
    story.everything_arrives()
    assert DisagreementKind.OLDER_COPY in {row.kind for row in till.queries.exceptions(open_only=False)} or not by_hand
    run = compare(story.world, till)
    assert run is not None
    named = {gap.kind for gap in run.gaps}
    assert named & {GapKind.FACT_LOST_HERE, GapKind.FACT_LOST_BEFORE}
    assert story.level(till, story.products[0]) == story.level_there(story.products[0])


def test_row_15_no_honest_ticket_is_ever_called_altered(begin: Begin) -> None:
    """The row is sealed once, when everything of it is known; after each act the whole ledger is checked again."""
    story = begin()
    till = story.till
    order = story.a_ready_order(till)
    story.cut_off()

    def honest() -> bool:
        ends = look_at_ends(till.queries.ledger_books(), till.secrets.known_heads(), SignatureChecker())
        return not story.ledger(till).faults and not ends.repairs

    for product in story.products[:3]:
        story.sells(till, product, means=PaymentMeans.CASH)
        assert honest()
    story.hands_over(till, order)
    assert honest()
    till.act("close", lambda: close_day(till.counter, CloseDayRequest(WHO)))
    assert honest()
    till.pull_the_plug()
    till.start()
    assert honest()
    story.everything_arrives()
    assert honest()


def _request(story: Story, *products: Product) -> SaleRequest:
    lines = tuple(line_for_product(story.till.counter.ids.new(), product, 1) for product in products)
    basket = Basket(lines)
    payment = Payment(PaymentMeans.CARD, basket.total, basket.total)
    return SaleRequest(basket, (payment,), WHO, age_confirmed_by=WHO, print_receipt=True)


def _events(till: Till) -> list[str]:
    with till.store.unit_of_work() as uow:
        rows = uow.ledger.rows("A", Series.EVENTS, 1, uow.ledger.head("A", Series.EVENTS).number)
        return [row.kind for row in rows]
