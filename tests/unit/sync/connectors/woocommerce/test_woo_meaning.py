"""What orders and articles of WooCommerce mean on a till: money without tax in strings, payment that is no status,
refunds with and without lines, what tills wrote, who else completed what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import HandoverState, Order, PickupMode, Preparation
from app.sync.connectors.codes import Operation, OrderCodes
from app.sync.connectors.woocommerce.catalogue import Taxes, product_of, taxes_of
from app.sync.connectors.woocommerce.marks import (
    HandoverMark,
    ReadyMark,
    StockMarks,
    handover_field,
    order_marks,
    ready_field,
    stock_field,
    stock_marks,
    undone_field,
)
from app.sync.connectors.woocommerce.orders import OrderThere, Viewpoint, order_of
from app.sync.connectors.woocommerce.wire import WireMeta, WireOrder, WireProduct, WireRefund, WireTaxRate, cents
from app.sync.wire_values import BrokenRuleError
from tests.fakes.fake_woocommerce import FakeWooCommerce

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
A, B = Viewpoint("till-a", "A", frozenset(), False), Viewpoint("till-b", "B", frozenset(), False)
CODES = OrderCodes("2345678", "ABCDEF")


class Site:
    """A shop with bread at 4.50 (5.5 %) and candles at 6.00 (20 %)."""

    def __init__(self) -> None:
        self.shop = FakeWooCommerce(lambda: NOW)
        self.bread = self.shop.add_product("Pain", 450, 5.5, 20)
        self.candle = self.shop.add_product("Bougie", 600, 20.0, 30)

    def place(self, means: str = "stripe", **more: Any) -> int:
        return self.shop.place({self.bread: 2, self.candle: 1}, means=means, **more)

    def there(self, order_id: int, **other: Any) -> OrderThere:
        order = self.shop.orders[order_id]
        shown = json.loads(json.dumps({**self.shop.order_shown(order), **other}))
        refunds = [self.shop.refund_shown(order, refund) for refund in order.refunds]
        return OrderThere(msgspec.convert(shown, WireOrder), msgspec.convert(refunds, list[WireRefund]))

    def order(self, order_id: int, viewpoint: Viewpoint = A, **other: Any) -> Order:
        return order_of(self.there(order_id, **other), CODES, viewpoint, None, {})

    def line_ids(self, order_id: int) -> list[int]:
        return [line.line_id for line in self.shop.orders[order_id].lines]

    def write(self, order_id: int, *fields: Mapping[str, str], status: str = "") -> None:
        told: dict[str, Any] = {"meta_data": fields}
        self.shop.change_order(order_id, told | ({"status": status} if status else {}))


@pytest.fixture
def site() -> Site:
    return Site()


def left(letter: str, handover_id: str, lines: Mapping[int, int], **more: Any) -> dict[str, str]:
    operation = Operation(letter, f"fact-{handover_id}")
    return handover_field(HandoverMark(operation, handover_id, lines, more.pop("never", {}), NOW, **more))


# --- money ---


def test_lines_without_tax_become_cents_with_it(site: Site) -> None:
    order = site.order(site.place())
    assert [(line.total.minor, line.unit_price.minor, line.vat_rate_bp) for line in order.lines] == [
        (900, 450, 550),
        (600, 600, 2000),
    ]
    assert (order.total.minor, order.paid_online.minor) == (1500, 1500)


def test_lines_that_do_not_add_up_are_senseless(site: Site) -> None:
    with pytest.raises(BrokenRuleError, match="add up"):
        site.order(site.place(), total="17.00")


def test_a_cent_of_rounding_goes_to_a_line(site: Site) -> None:
    order = site.order(site.place(), total="15.01")
    assert order.total.minor == 1501


def test_a_reduction_as_a_fee_is_spread_over_the_lines(site: Site) -> None:
    fee = {"id": 99, "name": "Remise", "total": "-1.50", "total_tax": "0.00", "taxes": []}
    order = site.order(site.place(), fee_lines=[fee], total="13.50")
    assert [line.total.minor for line in order.lines] == [810, 540]


def test_a_fee_that_is_paid_is_a_line_without_goods(site: Site) -> None:
    order_id = site.place()
    way = {
        "id": 98,
        "method_title": "Retrait",
        "total": "2.50",
        "total_tax": "0.50",
        "taxes": [{"id": 1, "total": "0.50"}],
    }
    order = site.order(order_id, shipping_lines=[way], total="18.00")
    assert [(line.product_id, line.total.minor, line.vat_rate_bp) for line in order.lines][-1] == ("", 300, 2000)


@pytest.mark.parametrize("text", ["n/a", "1,50", "NaN", "1e9", "9" * 50])
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(BrokenRuleError):
        cents(text)


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_cents_are_exact(net: int, tax: int) -> None:
    assert cents(f"{net // 100}.{net % 100:02d}", f"{tax // 100}.{tax % 100:02d}") == net + tax


# --- payment ---


@pytest.mark.parametrize(("means", "paid"), [("stripe", 1500), ("cod", 0), ("bacs", 0)])
def test_paid_is_a_date_and_no_status(site: Site, means: str, paid: int) -> None:
    assert site.order(site.place(means)).paid_online.minor == paid


def test_a_payment_date_that_completing_made_is_no_payment(site: Site) -> None:
    order_id = site.place("cod")
    bread, candle = site.line_ids(order_id)
    visit = left("A", "1", {bread: 2, candle: 1}, collected_minor=1500, paid_by_completing=True, was="processing")
    site.write(order_id, visit, status="completed")
    assert site.shop.orders[order_id].paid is not None
    assert site.order(order_id, A).paid_online.minor == 0, "it is in the till's own books"
    assert site.order(order_id, B).paid_online.minor == 1500
    site.write(order_id, undone_field("1", Operation("A", "fact-2")), status="processing")
    assert site.order(order_id, B).paid_online.minor == 0


def test_a_refund_of_money_alone_leaves_the_goods(site: Site) -> None:
    order_id = site.place()
    site.shop.refund(order_id, 1500)
    there = site.there(order_id)
    assert there.wire.status == "refunded"
    order = site.order(order_id)
    assert (order.total.minor, order.paid_online.minor, order.cancelled_at) == (1500, 0, None)
    assert there.held() == {f"woo:{site.bread}": 2, f"woo:{site.candle}": 1}


def test_a_refund_with_lines_takes_them_out(site: Site) -> None:
    order_id = site.place()
    bread, _ = site.line_ids(order_id)
    site.shop.refund(order_id, 450, {bread: 1})
    order = site.order(order_id)
    assert [(line.quantity, line.total.minor) for line in order.lines] == [(1, 450), (1, 600)]
    assert (order.total.minor, order.paid_online.minor) == (1050, 1050)
    assert site.there(order_id).held() == {f"woo:{site.bread}": 1, f"woo:{site.candle}": 1}


def test_all_lines_refunded_is_cancelled(site: Site) -> None:
    order_id = site.place()
    bread, candle = site.line_ids(order_id)
    site.shop.refund(order_id, 1500, {bread: 2, candle: 1})
    assert site.order(order_id).cancelled_at is not None
    assert site.there(order_id).held() == {}


def test_what_left_is_not_taken_out_by_a_refund(site: Site) -> None:
    order_id = site.place()
    bread, candle = site.line_ids(order_id)
    site.write(order_id, left("A", "1", {bread: 2, candle: 1}), status="completed")
    site.shop.refund(order_id, 450, {bread: 1})
    assert site.there(order_id).ordered == {bread: 2, candle: 1}


# --- what left, what is ready ---


def test_parts_and_the_rest(site: Site) -> None:
    order_id = site.place()
    bread, candle = site.line_ids(order_id)
    site.write(order_id, left("A", "1", {bread: 2}))
    assert site.order(order_id, B).server_handover is HandoverState.PARTLY
    assert site.there(order_id).held() == {f"woo:{site.candle}": 1}
    site.write(order_id, left("B", "2", {}, never={candle: 1}), status="completed")
    assert site.order(order_id, B).server_handover is HandoverState.HANDED_OVER
    assert not site.there(order_id).was_completed_on_site


def test_the_rest_was_completed_by_somebody_there(site: Site) -> None:
    order_id = site.place()
    bread, candle = site.line_ids(order_id)
    site.write(order_id, left("A", "1", {bread: 2}), status="completed")
    there, order = site.there(order_id), site.order(order_id)
    assert there.was_completed_on_site
    assert there.gone() == {bread: 2, candle: 1}
    assert (order.server_handover, order.handed_over_by) == (HandoverState.HANDED_OVER, "WooCommerce")


def test_a_handover_that_was_taken_back_does_not_count(site: Site) -> None:
    order_id = site.place()
    bread, candle = site.line_ids(order_id)
    site.write(order_id, left("A", "1", {bread: 2, candle: 1}))
    site.write(order_id, undone_field("1", Operation("A", "fact-2")))
    assert site.order(order_id).server_handover is HandoverState.OPEN
    site.write(order_id, left("A", "1", {bread: 2, candle: 1}))  # a request that comes late changes nothing
    assert site.order(order_id).server_handover is HandoverState.OPEN


def test_of_two_tills_that_have_it_ready_the_first_one_holds_it(site: Site) -> None:
    order_id = site.place()
    ordered = dict(zip(site.line_ids(order_id), (2, 1), strict=True))
    for letter in "BA":
        site.write(order_id, ready_field(ReadyMark(Operation(letter, "fact-1"), ordered, ordered)))
    assert site.order(order_id).server_preparation is Preparation.READY
    holders = [site.order(order_id, view).lease for view in (A, B)]
    assert [lease.till_id if lease else "" for lease in holders] == ["letter:B", "till-b"]


def test_an_edit_ends_that_it_was_ready(site: Site) -> None:
    order_id = site.place()
    ordered = dict(zip(site.line_ids(order_id), (2, 1), strict=True))
    site.write(order_id, ready_field(ReadyMark(Operation("A", "fact-1"), ordered, ordered)))
    site.shop.edit(order_id, {site.bread: 3, site.candle: 1})
    order = site.order(order_id)
    assert (order.server_preparation, order.lease) == (Preparation.TO_PREPARE, None)


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_what_is_off_holds_no_goods(site: Site, status: str) -> None:
    order_id = site.place()
    site.shop.set_status(order_id, status)
    assert site.there(order_id).held() == {}
    assert site.order(order_id).cancelled_at is not None


def test_in_the_bin_is_cancelled_and_a_basket_is_nobodys_business(site: Site) -> None:
    order_id = site.place()
    site.shop.put_into_bin(order_id)
    assert site.order(order_id).cancelled_at is not None
    basket = site.shop.fill_cart({site.bread: 1})
    assert not site.there(basket).is_the_tills_business


@pytest.mark.parametrize(
    ("method", "pinned", "mode"),
    [
        ({"method_id": "local_pickup", "instance_id": "3"}, "local_pickup", PickupMode.PICKUP),
        ({"method_id": "local_pickup", "instance_id": "3"}, "local_pickup:3", PickupMode.PICKUP),
        ({"method_id": "local_pickup", "instance_id": "4"}, "local_pickup:3", PickupMode.DELIVERY),
        ({"method_id": "pickup_location"}, "pickup_location", PickupMode.PICKUP),
        ({"method_id": "flat_rate"}, "local_pickup", PickupMode.DELIVERY),
    ],
)
def test_both_kinds_of_collection(site: Site, method: dict[str, str], pinned: str, mode: PickupMode) -> None:
    view = Viewpoint("till-a", "A", frozenset({pinned}), True)
    assert site.order(site.place(shipping=method), view).mode is mode


def test_what_others_wrote_into_our_fields_is_passed_over() -> None:
    meta = [
        WireMeta(id=1, key="_comptoir_ready/A", value="yes"),
        WireMeta(id=2, key="_comptoir_handed_over/what", value="{}"),
        WireMeta(id=3, key="_comptoir_handed_over/cmp1/A/f", value='{"lines":{"x":1}}'),
        WireMeta(id=4, key="_comptoir_handed_over/cmp1/A/g", value=7),
    ]
    marks = order_marks(meta)
    assert (list(marks.ready), list(marks.handovers)) == ([], [])


def test_php_makes_a_list_of_nothing() -> None:
    told = {"handover": "1", "lines": {"5": 1}, "never": [], "at": NOW.isoformat()}
    meta = [WireMeta(id=1, key="_comptoir_handed_over/cmp1/A/f", value=json.dumps(told))]
    assert [mark.lines for mark in order_marks(meta).handovers] == [{5: 1}]


@given(st.lists(st.tuples(st.uuids().map(str), st.integers(-99, 99)), max_size=40))
def test_stock_fields_are_read_as_they_were_written(changes: list[tuple[str, int]]) -> None:
    marks = StockMarks("A")
    for operation, pieces in changes:
        marks = marks.with_one_more(operation, pieces)
    field = stock_field(marks)
    read = stock_marks([WireMeta(id=1, key=field["key"], value=field["value"])])["A"]
    assert list(read.changes) == changes[-20:]
    assert all(read.has(operation) for operation, _ in changes[-20:])


# --- articles ---

TAXES = Taxes(rates_bp={"standard": 2000, "reduced-rate": 550})


def test_prices_with_and_without_tax(site: Site) -> None:
    for included in (True, False):
        site.shop.prices_include_tax = included
        shown = [msgspec.convert(site.shop.product_shown(one), WireProduct) for one in site.shop.products.values()]
        taxes = Taxes(included=included, rates_bp=TAXES.rates_bp)
        assert [product_of(one, None, taxes).price.minor for one in shown] == [450, 600]


def test_a_variation_is_an_article_of_its_own() -> None:
    parent = WireProduct(id=7, name="Miel", type="variable", tax_class="reduced-rate")
    one = WireProduct(id=8, name="Miel - 500 g", price="9.5", tax_class="parent", manage_stock=True, stock_quantity=4)
    product = product_of(one, parent, TAXES)
    assert (product.product_id, product.name, product.vat_rate_bp) == ("woo:7-8", "Miel - 500 g", 550)
    assert product.stock_tracked
    assert not product_of(msgspec.structs.replace(one, manage_stock="parent"), parent, TAXES).stock_tracked


def test_rates_are_those_of_france() -> None:
    rates = [
        WireTaxRate(id=1, country="", rate="10.0000", class_="reduced-rate"),
        WireTaxRate(id=2, country="FR", rate="5.5000", class_="reduced-rate"),
        WireTaxRate(id=3, country="DE", rate="19.0000"),
        WireTaxRate(id=4, country="FR", rate="20.0000"),
        WireTaxRate(id=5, country="FR", rate="17.3000", class_="odd"),
    ]
    taxes = taxes_of(rates, included=True)
    assert taxes.rates_bp == {"reduced-rate": 550, "standard": 2000}
    with pytest.raises(BrokenRuleError, match="odd"):
        product_of(WireProduct(id=1, name="x", price="1", tax_class="odd"), None, taxes)


def test_times_of_a_day_ago_are_read_as_gmt(site: Site) -> None:
    order_id = site.place()
    site.shop.orders[order_id].created = NOW - timedelta(days=1)
    assert site.order(order_id).placed_at == NOW - timedelta(days=1)
