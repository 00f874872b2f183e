"""A market of several sellers: one cart, one payment, and each seller's till sees its own part alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.order import HandoverState, PaymentState, VerdictKind
from tests.connectors.kit.invariants import broken_in
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Placed
from tests.real_servers.vendure.seed import Site
from tests.real_servers.vendure.server import VendureServer
from tests.real_servers.vendure.shop_front import Customer
from tests.real_servers.vendure.stage import VendureStage


@pytest.fixture
def neighbour(vendure_market: VendureServer, market_site: Site) -> Iterator[VendureStage]:
    stage = VendureStage(vendure_market, market_site, "fromager")
    yield stage
    stage.close()


@pytest.fixture
def shop(vendure_market: VendureServer, market_site: Site, tmp_path: Path, till_template: Path) -> Iterator[Shop]:
    opened = Shop(VendureStage(vendure_market, market_site, "boulanger"), tmp_path, till_template)
    yield opened
    opened.close()


def test_a_cart_of_two_sellers(shop: Shop, neighbour: VendureStage, market_site: Site) -> None:
    stage = shop.stage
    assert isinstance(stage, VendureStage)
    customer = Customer(market_site.base_url, market_site.main_channel_token, "Nadia Benali")
    ours = {stage.seller.variant_ids[BREAD.key]: 2, stage.seller.variant_ids[CANDLE.key]: 1}
    customer.fill_basket({**ours, neighbour.seller.variant_ids[CHEESE.key]: 3})
    customer.check_out(stage.seller.pickup_method_id, neighbour.seller.pickup_method_id)
    whole = customer.pay()

    till = shop.till()
    (found,) = till.store.queries.find_orders("benali")
    shop.orders[found.order_id] = Placed(found.order_id)
    order = till.order(found.order_id)
    assert found.order_id != f"vendure:{whole.order_id}", "the aggregate is nobody's business at a counter"
    assert {line.product_id for line in order.order.lines} == {stage.product_id(BREAD), stage.product_id(CANDLE)}
    assert order.payment is PaymentState.PAID, "its money is on the aggregate: only the state tells"
    assert order.amount_due.minor == 0
    assert whole.order_id in order.order.note, "the number that the customer knows it by"

    till.ready(found.order_id)
    till.round()
    assert till.verdict(found.order_id).kind is VerdictKind.READY
    till.hand_over(found.order_id)
    till.round()
    assert stage.order(found.order_id).has_left
    shop.come_to_rest()
    assert till.order(found.order_id).handover is HandoverState.HANDED_OVER
    broken = broken_in(shop)
    assert not broken, "\n".join(broken)
