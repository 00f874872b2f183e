"""Owns the words in which the stories are told: a town (`tests.simulation`) in which only happens what a test says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.domain.catalogue import Product
from app.domain.order import HandoverVerdict, VerdictKind
from app.domain.pickup_code import make_pickup_code
from app.domain.sale import Basket, Payment, PaymentMeans, SaleDocument, line_for_product
from app.marketplace.orders import Item, PlacedOrder, new_page_token, place_order, sealing_key
from app.marketplace.seed import ShopProfile, create_shop
from app.storage.signing import SignatureChecker
from app.usecases.find_order import HowFound, judge_code
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.prepare_order import mark_ready
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from app.usecases.verify_ledger import LedgerReport, Outside, verify_ledger
from tests.simulation.registry import AT_REST
from tests.simulation.tills import Till
from tests.simulation.world import TownToPlay, World

WHO = "Léa"


class Story:
    """One shop of the town.

    Attributes:
        products: some articles of the shop that are sold by the piece and counted, cheapest first.
    """

    def __init__(self, folder: Path, template: Path, tills: int) -> None:
        self.world = World(TownToPlay(seed=tills, days=1, tills=tills), folder, template)
        for till in self.world.tills:
            till.link.usual_lag_s = till.link.lag_s = 0.1
            till.start()

    # --- time and the network ---

    def time_passes(self, seconds: float) -> None:
        self.world.schedule.run_until(self.world.timeline.seconds + seconds)
        assert not self.world.schedule.failures

    def everything_arrives(self) -> None:
        """The network is mended, everybody has told and heard everything; nothing may be wrong then."""
        self.world.come_to_rest()
        self.world._check(AT_REST)

    def cut_off(self, *tills: Till) -> None:
        for till in tills or self.world.tills:
            till.link.go_down()

    # --- people ---

    @property
    def till(self) -> Till:
        return self.world.tills[0]

    @property
    def products(self) -> list[Product]:
        rows = [self.till.queries.product(product_id) for (product_id,) in self.till.ask(_SOLD_BY_PIECE)]
        return [row.product for row in rows if row is not None]

    def sells(self, till: Till, *products: Product, means: PaymentMeans = PaymentMeans.CARD) -> SaleDocument:
        lines = tuple(line_for_product(till.counter.ids.new(), product, 1) for product in products)
        basket = Basket(lines)
        payment = Payment(means, basket.total, basket.total)
        request = SaleRequest(basket, (payment,), WHO, age_confirmed_by=WHO, print_receipt=True)
        done = till.act("sell", lambda: sell_at_counter(till.counter, request))
        assert isinstance(done, SaleDone), done
        return done.sale

    def somebody_orders(self, *products: Product) -> PlacedOrder:
        items = [Item(product.product_id, 1) for product in products]
        placed = self.world.server.visit(
            lambda shop: place_order(shop, items, "Camille", prepaid=True, page_token=new_page_token(shop.surroundings))
        )
        assert isinstance(placed, PlacedOrder), placed
        return placed

    def prepares(self, till: Till, order: PlacedOrder) -> None:
        assert till.act("ready", lambda: mark_ready(till.counter, order.order_id, 1, "A1", WHO)) is not None

    def scans(self, till: Till, code: str) -> HandoverVerdict:
        verdict = till.act("scan", lambda: judge_code(till.queries, till.secrets, code, till.clock.now()))
        assert verdict is not None
        return verdict

    def hands_over(self, till: Till, order: PlacedOrder, override: str = "") -> HandoverDone:
        request = HandoverRequest(order.order_id, HowFound.SCAN, WHO, override_reason=override, age_confirmed_by=WHO)
        done = till.act("hand over", lambda: hand_over_order(till.counter, request))
        assert isinstance(done, HandoverDone), done
        return done

    def a_ready_order(self, till: Till) -> PlacedOrder:
        """One that this till may hand over."""
        order = self.somebody_orders(self.products[0])
        self.everything_arrives()
        self.prepares(till, order)
        self.everything_arrives()
        assert self.scans(till, order.pickup_code).kind is VerdictKind.READY
        return order

    def a_code_of_the_baker(self) -> str:
        """A genuine pickup code of another shop of the same town."""
        store = self.world.server.store
        profile = ShopProfile("Au Bon Pain", "baker", "", ("2 rue Haute", "59300 Valenciennes"), "12345678200010", "")
        create_shop(store, "baker", profile)
        with store.reading() as connection:
            key_id, key = sealing_key(connection, "baker")
        return make_pickup_code(key_id, key, "baker", "2345678")

    # --- what is so ---

    def level(self, till: Till, product: Product) -> int:
        with till.store.unit_of_work() as uow:
            return uow.stock.level(product.product_id)

    def level_there(self, product: Product) -> int:
        query = "SELECT physical FROM stock_level WHERE product_id = :product"
        [(level,)] = self.world.ask_server(query, product=product.product_id)
        return int(level)

    def facts_there(self, kind: str) -> list[dict[str, Any]]:
        query = "SELECT payload FROM fact WHERE kind = :kind ORDER BY till_id, till_seq"
        return [json.loads(payload) for (payload,) in self.world.ask_server(query, kind=kind)]

    def waiting(self, till: Till) -> int:
        return till.queries.outbox_state().waiting

    def ledger(self, till: Till) -> LedgerReport:
        outside = Outside(till.secrets.known_heads(), till.counter.signer.key_id)
        return verify_ledger(till.queries.ledger_books(), SignatureChecker(), till.clock, outside)

    def disagreements(self, till: Till) -> list[str]:
        return sorted(row.kind for row in till.queries.exceptions())


_SOLD_BY_PIECE = """SELECT p.product_id FROM product p WHERE p.active AND p.stock_tracked AND p.unit = 'piece'
    AND p.age_limit = 0 AND EXISTS (SELECT 1 FROM stock_level l WHERE l.product_id = p.product_id AND l.quantity > 3)
    ORDER BY p.price_minor, p.product_id LIMIT 8"""
