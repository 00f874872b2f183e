"""Owns the reading of one WooCommerce: pages of orders and articles, and what stands in the shop. Implements
`polling.Source`. Never writes anything anywhere.

The site's stock is what is left to sell: it went down when the order was placed. What stands in the shop = that + what
is in open orders and has not left. The orders are read before and after the levels, and only articles whose orders did
not change in between are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from app.domain.order import Order
from app.sync.connectors.codes import OrderCodes, order_codes
from app.sync.connectors.polling import ArticlesRead, OrdersRead
from app.sync.connectors.woocommerce.catalogue import (
    SOLD_AS_THEY_ARE,
    TOLD,
    VARIABLE,
    Taxes,
    is_tracked,
    product_id,
    product_of,
    taxes_of,
)
from app.sync.connectors.woocommerce.orders import (
    ALL_STATUSES,
    LISTED_STATUSES,
    OPEN_STATUSES,
    PREFIX,
    OrderThere,
    Viewpoint,
    order_id_of,
    order_of,
    product_id_of,
)
from app.sync.connectors.woocommerce.rest import RestApi
from app.sync.connectors.woocommerce.wire import (
    WireOrder,
    WireProduct,
    WireRefund,
    WireSetting,
    WireTaxRate,
    gmt,
    id_in,
    read_as,
)
from app.sync.wire_values import BrokenRuleError
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import BrokenChange
from app.usecases.ports import PickupKeys

_LONGEST_RAW = 20_000
_NEWEST_FIRST = {"orderby": "modified", "order": "desc"}
_OLDEST_FIRST = {"orderby": "modified", "order": "asc"}
_BY_ID = {"orderby": "id", "order": "asc"}
_OPEN = ",".join(OPEN_STATUSES)
_REFUNDS_REMEMBERED = 500


class WooReading:
    """Reads for one till."""

    def __init__(
        self,
        api: RestApi,
        books: ConnectorBooks,
        viewpoint: Viewpoint,
        shop_id: str,
        pickup_keys: PickupKeys,
        only_till: Callable[[], bool],
    ) -> None:
        self._api = api
        self._books = books
        self._viewpoint = viewpoint
        self._shop_id = shop_id
        self._pickup_keys = pickup_keys
        self._only_till = only_till
        self._held: Mapping[str, int] = {}
        self._taxes = Taxes()
        self._refunds: dict[tuple[int, ...], Sequence[WireRefund]] = {}

    def server_time(self) -> datetime | None:
        reading = self._api.clock_reading
        return None if reading is None else reading.server_time

    # --- orders ---

    def newest_order(self) -> datetime | None:
        query = {**_NEWEST_FIRST, "per_page": "1", "status": ",".join(LISTED_STATUSES)}
        found = self._api.get("/orders", list[WireOrderDate], query)
        return max((gmt(one.date_modified_gmt) for one in found), default=None)

    def orders_placed(self, after: datetime | None) -> Iterator[OrdersRead]:
        """Those that were changed, placed or not: that is the only date by which they are listed."""
        query = {**_OLDEST_FIRST, "status": ",".join(LISTED_STATUSES)}
        if after is not None:
            query |= {"modified_after": _time_text(after), "dates_are_gmt": "true"}
        for raws in self._api.pages("/orders", query):
            yield self._understood(raws)[0]

    def open_orders(self) -> Iterator[OrdersRead]:
        held: dict[int, Mapping[str, int]] = {}
        for raws in self._api.pages("/orders", {**_BY_ID, "status": _OPEN}):
            read, orders = self._understood(raws)
            held |= {there.wire.id: there.held() for there in orders}
            yield read
        self._held = in_all(held)

    def orders_by_id(self, order_ids: Sequence[str]) -> OrdersRead:
        raw_ids = [order_id.removeprefix(PREFIX) for order_id in order_ids if order_id.startswith(PREFIX)]
        if not raw_ids:
            return OrdersRead()
        raws = self._raw_orders(raw_ids)
        read = self._understood(raws)[0]
        deleted = set(raw_ids) - {id_in(raw) for raw in raws}
        return replace(read, orders=[*read.orders, *self._deleted(sorted(deleted))]) if deleted else read

    def _deleted(self, raw_ids: Sequence[str]) -> list[Order]:
        """What this till knows of orders that were deleted for good, cancelled: else they would be open for ever."""
        at = self.server_time()
        copies = self._books.server_copies([PREFIX + raw_id for raw_id in raw_ids]).values()
        return [replace(copy, cancelled_at=copy.cancelled_at or at) for copy in copies]

    def _raw_orders(self, raw_ids: Sequence[str]) -> list[msgspec.Raw]:
        query = {**_BY_ID, "include": ",".join(raw_ids), "status": ",".join(ALL_STATUSES)}
        raws = [raw for raws in self._api.pages("/orders", query) for raw in raws]
        unlisted = set(raw_ids) - {id_in(raw) for raw in raws}
        for raw_id in sorted(unlisted):  # in a state that some plug-in added
            raw = self._api.get_or_none(f"/orders/{raw_id}", msgspec.Raw)
            if raw is not None:
                raws.append(raw)
        return raws

    def order_there(self, order_id: str) -> OrderThere | None:
        """As it is now, None if there is none. Raises BrokenRuleError: it cannot be understood."""
        raw = self._api.get_or_none(f"/orders/{order_id.removeprefix(PREFIX)}", msgspec.Raw)
        return None if raw is None else self._with_refunds(read_as(raw, WireOrder))

    def _with_refunds(self, order: WireOrder) -> OrderThere:
        if not order.refunds:
            return OrderThere(order)
        ids = tuple(refund.id for refund in order.refunds)
        if ids not in self._refunds:  # a refund never changes
            if len(self._refunds) >= _REFUNDS_REMEMBERED:
                self._refunds = {}
            self._refunds[ids] = self._api.get(f"/orders/{order.id}/refunds", list[WireRefund], {"per_page": "100"})
        return OrderThere(order, self._refunds[ids])

    def _understood(self, raws: Sequence[msgspec.Raw]) -> tuple[OrdersRead, list[OrderThere]]:
        """What a till keeps of them, and all that could be read."""
        read: list[OrderThere] = []
        broken: list[BrokenChange] = []
        newest: datetime | None = None
        for raw in raws:
            try:
                there = self._with_refunds(read_as(raw, WireOrder))
                changed = gmt(there.wire.date_modified_gmt)
            except BrokenRuleError as error:
                broken.append(_broken("order", raw, str(error)))
                continue
            read.append(there)
            newest = changed if newest is None else max(newest, changed)
        ours = [there for there in read if there.is_the_tills_business or self._is_known(there)]
        wanted = {product_id_of(line) for there in ours for line in there.wire.line_items}
        articles = {key: product for key, (product, _) in self._books.products(sorted(wanted - {""})).items()}
        viewpoint = replace(self._viewpoint, only_till=self._only_till()) if ours else self._viewpoint
        orders = []
        for there in ours:
            order_id = order_id_of(there.wire.id)
            here = self._books.order(order_id) if there.marks.handovers else None
            try:
                codes = self._codes(order_id)
                orders.append(order_of(there, codes, viewpoint, here.facts if here else None, articles))
            except BrokenRuleError as error:
                broken.append(BrokenChange("order", order_id, there.wire.number[:_LONGEST_RAW], str(error)))
        return OrdersRead(orders, broken, newest), read

    def _is_known(self, there: OrderThere) -> bool:
        order_id = order_id_of(there.wire.id)
        return order_id in self._books.server_copies([order_id])

    def _codes(self, order_id: str) -> OrderCodes:
        return order_codes(self._pickup_keys.pickup_keys(), self._shop_id, order_id)

    def codes_of(self, order_id: str) -> OrderCodes:
        """As they were first told, if they were."""
        known = self._books.server_copies([order_id]).get(order_id)
        return OrderCodes(known.reference, known.spoken_code) if known else self._codes(order_id)

    # --- articles ---

    def articles(self, after: datetime | None) -> Iterator[ArticlesRead]:
        if after is None:
            self._taxes = self._read_taxes()
            query = _BY_ID
        else:
            query = {**_OLDEST_FIRST, "modified_after": _time_text(after), "dates_are_gmt": "true"}
        for raws in self._api.whole_list("/products", query):
            yield self._articles_in(raws)

    def _read_taxes(self) -> Taxes:
        included = self._api.get("/settings/tax/woocommerce_prices_include_tax", WireSetting).value == "yes"
        rates = [read_as(raw, WireTaxRate) for raws in self._api.pages("/taxes", {}) for raw in raws]
        return taxes_of(rates, included=included)

    def _articles_in(self, raws: Sequence[msgspec.Raw]) -> ArticlesRead:
        products, broken, levels = [], [], dict[str, int]()
        newest: datetime | None = None
        for raw, parent in self._with_variations(raws):
            try:
                wire = read_as(raw, WireProduct)
                changed = gmt(wire.date_modified_gmt) if wire.date_modified_gmt else None
                newest = max(filter(None, (newest, changed)), default=None)
                if parent is None and wire.type not in SOLD_AS_THEY_ARE:
                    continue
                product = product_of(wire, parent, self._taxes)
            except BrokenRuleError as error:
                broken.append(_broken("product", raw, str(error), parent))
                continue
            products.append(product)
            if product.stock_tracked:
                levels[product.product_id] = (wire.stock_quantity or 0) + self._held.get(product.product_id, 0)
        return ArticlesRead(products, TOLD, levels, broken, newest)

    def _with_variations(self, raws: Sequence[msgspec.Raw]) -> Iterator[tuple[msgspec.Raw, WireProduct | None]]:
        for raw in raws:
            yield raw, None
            try:
                product = read_as(raw, WireProduct)
            except BrokenRuleError:
                continue
            if product.type == VARIABLE:
                for variations in self._api.whole_list(f"/products/{product.id}/variations", _BY_ID):
                    yield from ((variation, product) for variation in variations)

    # --- what stands in the shop ---

    def standing_in_shop(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        before = self.held_now()
        levels = self._levels_now(product_ids)
        after = self.held_now()
        return {
            product_id: level + after.get(product_id, 0)
            for product_id, level in levels.items()
            if before.get(product_id, 0) == after.get(product_id, 0)
        }

    def held_now(self) -> Mapping[str, int]:
        """Pieces by product id that are in the shop although its stock has let them go."""
        self._held = in_all(self.held_by_order())
        return self._held

    def held_by_order(self) -> Mapping[int, Mapping[str, int]]:
        """The same for each order: the open ones, and those that are open here alone (all the money was given back, and
        nobody said that the goods stay)."""
        orders: list[OrderThere] = []
        listed: set[str] = set()
        for raws in self._api.pages("/orders", {**_BY_ID, "status": _OPEN}):
            listed.update(id_in(raw) for raw in raws)
            orders += self._readable(raws)
        open_here = {one.removeprefix(PREFIX) for one in self._books.open_order_ids() if one.startswith(PREFIX)}
        unlisted = sorted(open_here - listed)
        if unlisted:
            orders += self._readable(self._raw_orders(unlisted))
        return {there.wire.id: there.held() for there in orders}

    def _readable(self, raws: Sequence[msgspec.Raw]) -> list[OrderThere]:
        orders = []
        for raw in raws:
            try:
                orders.append(self._with_refunds(read_as(raw, WireOrder)))
            except BrokenRuleError:
                continue  # it was told when the order was read as one
        return orders

    def _levels_now(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        by_parent: dict[str, list[str]] = {}
        for one in product_ids:
            if one.startswith(PREFIX):
                parent, _, variation = one.removeprefix(PREFIX).partition("-")
                by_parent.setdefault(parent if variation else "", []).append(variation or parent)
        levels: dict[str, int] = {}
        for parent, raw_ids in by_parent.items():
            path = f"/products/{parent}/variations" if parent else "/products"
            above = WireProduct(id=int(parent)) if parent else None
            for raws in self._api.pages(path, {**_BY_ID, "include": ",".join(raw_ids)}):
                levels |= _levels_in(raws, above)
        return levels


class WireOrderDate(msgspec.Struct):
    """Of an order only when it was changed."""

    date_modified_gmt: datetime


def _levels_in(raws: Sequence[msgspec.Raw], parent: WireProduct | None) -> dict[str, int]:
    levels = {}
    for raw in raws:
        try:
            product = read_as(raw, WireProduct)
        except BrokenRuleError:
            continue
        if is_tracked(product):
            levels[product_id(product, parent)] = product.stock_quantity or 0
    return levels


def in_all(held: Mapping[int, Mapping[str, int]]) -> dict[str, int]:
    """Pieces by product id."""
    total: dict[str, int] = {}
    for each in held.values():
        for one, pieces in each.items():
            total[one] = total.get(one, 0) + pieces
    return total


def _broken(kind: str, raw: msgspec.Raw, reason: str, parent: WireProduct | None = None) -> BrokenChange:
    record_id = f"{PREFIX}{parent.id}-{id_in(raw)}" if parent is not None else f"{PREFIX}{id_in(raw)}"
    return BrokenChange(kind, record_id, bytes(raw).decode(errors="replace")[:_LONGEST_RAW], reason)


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "")
