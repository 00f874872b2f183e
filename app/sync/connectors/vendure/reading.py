"""Owns the reading of one channel of Vendure: pages of orders and articles, and what stands in the shop. Implements
`polling.Source`. Never writes anything anywhere.

What stands in the shop = on hand there + what Vendure's stock has let go and nobody has fetched yet (fulfilments that
are not delivered). The orders are read before and after the levels, and only articles whose fulfilments did not change
in between are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from app.sync.connectors.codes import OrderCodes, order_codes
from app.sync.connectors.polling import ArticlesRead, OrdersRead
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.catalogue import TOLD, is_tracked, on_hand, product_of
from app.sync.connectors.vendure.graphql import AdminApi
from app.sync.connectors.vendure.orders import (
    DELIVERED,
    OPEN_STATES,
    PREFIX,
    UNSETTLED_STATES,
    Left,
    Viewpoint,
    fulfilled,
    held_in_shop,
    is_the_tills_business,
    order_id_of,
    order_of,
    raw_id_of,
    tells_no_payment,
)
from app.sync.connectors.vendure.wire import (
    StatesAnswer,
    WireOrder,
    WireOrders,
    WireSettings,
    WireStocks,
    WireVariant,
    WireVariants,
    name_of,
)
from app.sync.wire_values import BrokenRuleError
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import BrokenChange
from app.usecases.ports import PickupKeys

_PAGE = 100
_LONGEST_RAW = 20_000
_OLDEST_FIRST = {"orderPlacedAt": "ASC", "id": "ASC"}
_Wire = TypeVar("_Wire")


class VendureReading:
    """Reads for one till."""

    def __init__(
        self,
        api: AdminApi,
        books: ConnectorBooks,
        viewpoint: Viewpoint,
        shop_id: str,
        location_id: str,
        pickup_keys: PickupKeys,
        only_till: Callable[[], bool],
    ) -> None:
        self._api = api
        self._books = books
        self._viewpoint = viewpoint
        self._shop_id = shop_id
        self._location_id = location_id
        self._pickup_keys = pickup_keys
        self._only_till = only_till
        self._tracked_by_default: bool | None = None
        self._held: Mapping[str, int] = {}

    def server_time(self) -> datetime | None:
        reading = self._api.clock_reading
        return None if reading is None else reading.server_time

    # --- orders ---

    def newest_order(self) -> datetime | None:
        options = {"filter": _PLACED, "sort": {"orderPlacedAt": "DESC"}, "take": 1}
        answer = self._api.ask(operations.NEWEST_ORDER, {"options": options}, _NewestOrders)
        return max((one.order_placed_at for one in answer.orders.items if one.order_placed_at), default=None)

    def orders_placed(self, after: datetime | None) -> Iterator[OrdersRead]:
        wanted = _PLACED if after is None else {**_PLACED, "orderPlacedAt": {"after": _time_text(after)}}
        for raws in self._order_pages(wanted, _OLDEST_FIRST):
            yield self._understood(raws)[0]

    def open_orders(self) -> Iterator[OrdersRead]:
        held: dict[str, int] = {}
        for raws in self._order_pages(_OPEN, {"id": "ASC"}):
            read, orders = self._understood(raws)
            _add(held, orders)
            yield read
        self._held = held

    def orders_by_id(self, order_ids: Sequence[str]) -> OrdersRead:
        raw_ids = [raw_id_of(order_id) for order_id in order_ids if order_id.startswith(PREFIX)]
        if not raw_ids:
            return OrdersRead()
        return self._understood([raw for raws in self._order_pages({"id": {"in": raw_ids}}) for raw in raws])[0]

    def wire_order(self, order_id: str) -> WireOrder | None:
        """As it is now, None if there is none. Raises BrokenRuleError: it cannot be understood."""
        for raws in self._order_pages({"id": {"in": [raw_id_of(order_id)]}}):
            for raw in raws:
                return _read(raw, WireOrder)
        return None

    def _order_pages(
        self, wanted: Mapping[str, Any], sort: Mapping[str, str] | None = None
    ) -> Iterator[list[msgspec.Raw]]:
        skip = 0
        while True:
            options = {"filter": wanted, "sort": sort or {"id": "ASC"}, "take": _PAGE, "skip": skip}
            raws = self._api.ask(operations.ORDERS, {"options": options}, WireOrders).orders.items
            if raws or not skip:
                yield raws
            if len(raws) < _PAGE:
                return
            skip += _PAGE

    def _understood(self, raws: Sequence[msgspec.Raw]) -> tuple[OrdersRead, list[WireOrder]]:
        """What a till keeps of them, and all that could be read."""
        read: list[WireOrder] = []
        broken: list[BrokenChange] = []
        for raw in raws:
            try:
                read.append(_read(raw, WireOrder))
            except BrokenRuleError as error:
                broken.append(_broken("order", raw, str(error)))
        newest = max((order.order_placed_at for order in read if order.order_placed_at), default=None)
        ours = [order for order in read if is_the_tills_business(order)]
        articles = self._books.products(
            sorted({order_id_of(line.product_variant.id) for order in ours for line in order.lines})
        )
        viewpoint = replace(self._viewpoint, only_till=self._only_till()) if ours else self._viewpoint
        orders = []
        for order in ours:
            known = {product_id: product for product_id, (product, _) in articles.items()}
            here = self._books.order(order_id_of(order.id)) if self._was_here(order) else None
            facts = here.facts if here else None
            try:
                left = self._before_edit(order) if tells_no_payment(order) else None
                orders.append(order_of(order, self._codes(order.id), viewpoint, facts, known, left))
            except BrokenRuleError as error:
                broken.append(BrokenChange("order", order_id_of(order.id), order.code[:_LONGEST_RAW], str(error)))
        return OrdersRead(orders, broken, newest), read

    def _before_edit(self, order: WireOrder) -> Left | None:
        steps = self._api.ask(operations.STATES, {"id": order.id}, StatesAnswer).steps
        found = (one for one in steps if one.data.before not in UNSETTLED_STATES)
        return next((Left(one.data.before, one.created_at) for one in found), None)

    def _was_here(self, order: WireOrder) -> bool:
        """Whether goods or money of it may have passed over this counter."""
        promised = self._viewpoint.counter_methods
        return any(fulfilled(order, DELIVERED).values()) or any(one.method in promised for one in order.payments or ())

    def _codes(self, raw_id: str) -> OrderCodes:
        return order_codes(self._pickup_keys.pickup_keys(), self._shop_id, order_id_of(raw_id))

    # --- articles ---

    def articles(self, after: datetime | None) -> Iterator[ArticlesRead]:
        wanted = {} if after is None else {"updatedAt": {"after": _time_text(after)}}
        tracked_by_default = self.are_tracked_by_default()
        sort = {"updatedAt": "ASC", "id": "ASC"} if after is not None else {"id": "ASC"}
        skip, last = 0, ""
        while True:
            options = {"filter": wanted, "sort": sort, "take": _PAGE, "skip": skip}
            raws = self._api.ask(operations.VARIANTS, {"options": options}, WireVariants).product_variants.items
            if last and after is None and (not raws or name_of(raws[0]) != last):
                skip, last = 0, ""  # one was deleted meanwhile: another has moved to a page that was read already
                continue
            yield self._articles_in(raws, tracked_by_default)
            if len(raws) < _PAGE:
                return
            skip, last = skip + _PAGE - 1, name_of(raws[-1])

    def _articles_in(self, raws: Sequence[msgspec.Raw], tracked_by_default: bool) -> ArticlesRead:
        products, broken, levels = [], [], {}
        newest: datetime | None = None
        for raw in raws:
            try:
                variant = _read(raw, WireVariant)
                product = product_of(variant, tracked_by_default=tracked_by_default)
            except BrokenRuleError as error:
                broken.append(_broken("product", raw, str(error)))
                continue
            products.append(product)
            if product.stock_tracked:
                level = on_hand(variant.stock_levels, self._location_id)
                levels[product.product_id] = level + self._held.get(product.product_id, 0)
            newest = variant.updated_at if newest is None else max(newest, variant.updated_at)
        return ArticlesRead(products, TOLD, levels, broken, newest)

    def are_tracked_by_default(self) -> bool:
        """Whether the stock of an article that does not say is tracked."""
        if self._tracked_by_default is None:
            settings = self._api.ask(operations.SETTINGS, {}, WireSettings)
            self._tracked_by_default = settings.global_settings.track_inventory
        return self._tracked_by_default

    # --- what stands in the shop ---

    def standing_in_shop(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        before = self._held_now()
        levels = self._levels_now(product_ids)
        after = self._held_now()
        return {
            product_id: level + after.get(product_id, 0)
            for product_id, level in levels.items()
            if before.get(product_id, 0) == after.get(product_id, 0)
        }

    def _held_now(self) -> Mapping[str, int]:
        held: dict[str, int] = {}
        for raws in self._order_pages(_OPEN):
            _add(held, self._readable(raws))
        self._held = held
        return held

    def _readable(self, raws: Sequence[msgspec.Raw]) -> list[WireOrder]:
        orders = []
        for raw in raws:
            try:
                orders.append(_read(raw, WireOrder))
            except BrokenRuleError:
                continue  # it was told when the order was read as one
        return orders

    def _levels_now(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        raw_ids = [raw_id_of(product_id) for product_id in product_ids if product_id.startswith(PREFIX)]
        variables = {"options": {"filter": {"id": {"in": raw_ids}}, "take": len(raw_ids)}, "since": {"take": 1}}
        stocks = self._api.ask(operations.STOCK, variables, WireStocks).product_variants.items if raw_ids else []
        by_default = self.are_tracked_by_default()
        return {
            order_id_of(stock.id): on_hand(stock.stock_levels, self._location_id)
            for stock in stocks
            if is_tracked(stock.track_inventory, by_default=by_default)
        }


_PLACED: Mapping[str, Any] = {"active": {"eq": False}, "orderPlacedAt": {"after": "2000-01-01T00:00:00.000Z"}}
_OPEN: Mapping[str, Any] = {"state": {"in": list(OPEN_STATES)}}


def _add(held: dict[str, int], orders: Sequence[WireOrder]) -> None:
    for order in orders:
        for product_id, units in held_in_shop(order).items():
            held[product_id] = held.get(product_id, 0) + units


def _read(raw: msgspec.Raw, kind: Callable[..., _Wire]) -> _Wire:
    try:
        read: _Wire = msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BrokenRuleError(str(error)[:500]) from None
    return read


def _broken(kind: str, raw: msgspec.Raw, reason: str) -> BrokenChange:
    return BrokenChange(kind, order_id_of(name_of(raw)), bytes(raw).decode(errors="replace")[:_LONGEST_RAW], reason)


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _NewestOrder(msgspec.Struct, rename="camel"):
    order_placed_at: datetime | None = None


class _NewestItems(msgspec.Struct):
    items: list[_NewestOrder]


class _NewestOrders(msgspec.Struct):
    orders: _NewestItems
