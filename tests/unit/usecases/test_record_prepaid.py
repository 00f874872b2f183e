"""Orders paid on line: exactly once in turnover, whichever policy, whatever is pulled or handed over again (R30)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.fiscal import Series
from app.domain.merchant import PrepaidOrders
from app.domain.money import ZERO, Money, total_of
from app.domain.order import HandoverState, LineOutcome, LineResult, Order, as_ordered, weighed, without_goods
from app.domain.sale import DocumentKind, PaymentMeans, SaleDocument, check_document
from app.usecases.apply_server_orders import apply_page
from app.usecases.correct_sale import CorrectionRefusal, CorrectionRefused, cancel_sale, change_payment
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import ChangePage, OrderChange
from app.usecases.sell_at_counter import SaleRefusal
from app.usecases.undo_handover import UndoDone, undo_handover
from tests.fakes.counter_acts import articles, cash, coming_back, ends, not_sold, pay, sell
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order, an_order_line
from tests.fakes.shop import Shop

TWENTY = (an_order_line(1, HEMMING, 1), an_order_line(2, HEMMING, 1, total=Money(500), unit_price=Money(500)))


@pytest.fixture
def recording(shop: Shop) -> Shop:
    """A shop whose till records what the marketplace cashed."""
    set_policy(shop, PrepaidOrders.TILL)
    return shop


def set_policy(shop: Shop, policy: PrepaidOrders) -> None:
    with shop.store.unit_of_work() as uow:
        uow.set_merchant(replace(uow.merchant(), prepaid_orders=policy))
        uow.commit()


def pulled(shop: Shop, order: Order, cursor: str = "c") -> None:
    apply_page(shop.counter, shop.secrets, ChangePage([OrderChange(order)], f"{cursor}{order.version}", False))


def documents(shop: Shop) -> list[SaleDocument]:
    found = [shop.queries.sale(row.sale_id) for row in reversed(shop.queries.sales(100))]
    documents = [document for document in found if document is not None]
    for document in documents:
        check_document(document)
    return documents


def hand_over(shop: Shop, *results: LineResult) -> HandoverDone:
    done = hand_over_order(shop.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa", tuple(results)))
    assert isinstance(done, HandoverDone), done
    return done


@pytest.mark.parametrize("policy", PrepaidOrders)
def test_example_prepaid_order(shop: Shop, policy: PrepaidOrders) -> None:
    set_policy(shop, policy)
    order = an_order(prepaid=True, lines=TWENTY)
    pulled(shop, order)
    monday = shop.clock.now()
    shop.clock.go_on(days=5)
    hand_over(shop, as_ordered(TWENTY[0]), without_goods(TWENTY[1], LineOutcome.MISSING))
    shop.clock.go_on(minutes=5)
    pulled(shop, replace(order, version=2, server_handover=HandoverState.HANDED_OVER))
    made = [(document.happened_at, document.total.minor) for document in documents(shop)]
    if policy is PrepaidOrders.MARKETPLACE:
        assert made == []
        assert ends(shop)[Series.SALES] == (0, 0, 0)
        return
    saturday = monday.replace(day=monday.day + 5)
    assert made == [(monday, 2000), (saturday, -500)]
    assert ends(shop)[Series.SALES] == (2, 1500, 2500)


def test_r30_the_document_says_what_was_ordered_and_that_it_was_paid_on_line(recording: Shop) -> None:
    pulled(recording, an_order(prepaid=True))
    (document,) = documents(recording)
    assert [(line.label, line.quantity, line.total.minor, line.order_id) for line in document.lines] == [
        (COFFEE.name, 2, 998, ""),
        (TOMATO.name, 1200, 576, ""),
    ]
    assert [(p.means, p.amount.minor) for p in document.payments] == [(PaymentMeans.ONLINE, 1574)]
    assert (document.order_id, document.kind) == ("order-1", DocumentKind.SALE)
    order = recording.order()
    assert (order.amount_due, order.to_refund, order.facts.paid_here) == (ZERO, ZERO, ZERO)
    assert (recording.level(COFFEE), recording.heard[-1].sales) == (0, True)
    assert [fact.subject for fact in recording.facts()] == [f"sale:{document.sale_id}"]


def test_r30_once_whatever_is_pulled_scanned_or_handed_over_again(recording: Shop) -> None:
    order = an_order(prepaid=True)
    for version in (1, 1, 2, 3):
        pulled(recording, replace(order, version=version), cursor=f"v{version}-")
    hand_over(recording)
    pulled(recording, replace(order, version=4, server_handover=HandoverState.HANDED_OVER))
    hand_over_order(recording.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa"))
    assert [document.total for document in documents(recording)] == [Money(1574)]


def test_r30_paid_after_it_came_is_recorded_when_the_payment_is_seen(recording: Shop) -> None:
    order = an_order()
    pulled(recording, order)
    assert documents(recording) == []
    pulled(recording, replace(order, paid_online=order.total, version=2))
    assert [document.total for document in documents(recording)] == [Money(1574)]


def test_r30_part_paid_counts_for_that_part_and_the_rest_is_sold_at_the_counter(recording: Shop) -> None:
    pulled(recording, an_order(lines=(an_order_line(1, COFFEE, 2), an_order_line(2, WINE, 1)), paid_online=Money(1000)))
    (document,) = documents(recording)
    assert document.total == Money(1000)
    assert total_of([line.total for line in document.lines]) == Money(1000)
    assert recording.order().amount_due == Money(1248)


def test_r30_what_was_paid_before_the_till_recorded_stays_the_marketplaces(shop: Shop) -> None:
    order = an_order(prepaid=True)
    pulled(shop, order)
    set_policy(shop, PrepaidOrders.TILL)
    pulled(shop, replace(order, version=2, note="vite"))
    hand_over(shop, as_ordered(order.lines[0]), without_goods(order.lines[1], LineOutcome.MISSING))
    assert documents(shop) == []


@pytest.mark.parametrize(
    "over", [{"server_handover": HandoverState.HANDED_OVER}, {"cancelled_at": an_order().placed_at}]
)
def test_r30_an_order_first_seen_when_all_is_over_is_not_recorded(recording: Shop, over: dict[str, object]) -> None:
    order = an_order(prepaid=True, **over)  # type: ignore[arg-type]  # fields of an order
    pulled(recording, order)
    assert documents(recording) == []


def test_r30_what_weighs_less_is_given_back_with_the_handover_and_undoing_it_takes_that_back(recording: Shop) -> None:
    order = an_order(prepaid=True)
    pulled(recording, order)
    hand_over(recording, as_ordered(order.lines[0]), weighed(order.lines[1], 1000))
    refund = documents(recording)[-1]
    assert (refund.kind, refund.total, refund.operator) == (DocumentKind.RETURN, Money(-96), "Léa")
    assert (refund.lines[0].corrects_sale_id, refund.corrects) == (documents(recording)[0].sale_id,) * 2
    undone = undo_handover(recording.counter, "order-1", "Léa", "Erreur")
    assert isinstance(undone, UndoDone)
    assert [document.total.minor for document in documents(recording)] == [1574, -96, 96]


def test_r30_what_follows_later_stays_paid(recording: Shop) -> None:
    order = an_order(prepaid=True)
    pulled(recording, order)
    hand_over(recording, as_ordered(order.lines[0]), without_goods(order.lines[1], LineOutcome.TO_FOLLOW))
    assert [document.total.minor for document in documents(recording)] == [1574]
    hand_over(recording, without_goods(order.lines[1], LineOutcome.MISSING))
    assert [document.total.minor for document in documents(recording)] == [1574, -576]


def test_r30_a_refund_of_the_marketplace_is_recorded_once_too(recording: Shop) -> None:
    order = an_order(prepaid=True)
    pulled(recording, order)
    cancelled = replace(order, version=2, cancelled_at=recording.clock.now(), paid_online=ZERO)
    pulled(recording, cancelled)
    pulled(recording, replace(cancelled, version=3))
    assert [document.total.minor for document in documents(recording)] == [1574, -1574]
    assert [-line.quantity for line in documents(recording)[-1].lines] == [2, 1200]


def test_r30_extras_of_the_visit_are_a_sale_of_their_own(recording: Shop) -> None:
    pulled(recording, an_order(prepaid=True))
    handover = HandoverRequest("order-1", HowFound.SCAN, "Léa")
    sell(recording, articles(recording, (WINE, 1), order_id="order-1"), handover=handover)
    assert [document.total.minor for document in documents(recording)] == [1574, 1250]


def test_r30_the_document_of_an_online_payment_follows_the_marketplace_alone(recording: Shop) -> None:
    pulled(recording, an_order(prepaid=True))
    (document,) = documents(recording)
    told = {PaymentMeans.ONLINE: Money(1574)}, {PaymentMeans.CASH: Money(1574)}
    changed = change_payment(recording.counter, document.sale_id, *told, operator="Léa")
    for outcome in (cancel_sale(recording.counter, document.sale_id, "Léa", "Erreur"), changed):
        assert isinstance(outcome, CorrectionRefused)
        assert outcome.reason is CorrectionRefusal.PAID_ONLINE
    hand_over(recording)
    back = coming_back(recording, document, l1=1)
    assert not_sold(recording, back, pay(PaymentMeans.ONLINE, -499)).reason is SaleRefusal.REFUND_MEANS
    sell(recording, back, cash(-499))
    pulled(recording, an_order(prepaid=True, version=2))
    assert [made.total.minor for made in documents(recording)] == [1574, -499]
