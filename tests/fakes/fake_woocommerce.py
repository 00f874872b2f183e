"""A WooCommerce shop, written by hand from what was seen of version 10.0.2 (REST v3): its orders, stock and dates. Two
ways to keep orders, because they differ in which dates move:

    posts   a change of meta alone leaves an order's `date_modified`
    hpos    every write moves it, one that changes nothing as well

`fake_woocommerce_http` puts the API in front of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

STATUSES = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed")
_TAKES_STOCK = frozenset({"processing", "on-hold", "completed"})
_GIVES_STOCK_BACK = frozenset({"pending", "cancelled", "failed"})
_RATES = {"": (1, 20.0), "reduced-rate": (2, 5.5)}
"""Id and percent by tax class."""


class Storage(StrEnum):
    POSTS = "posts"
    HPOS = "hpos"


class WooError(Exception):
    """What the API answers with a status and a keyword."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code


class OwnFields:
    """A record's meta: a key written again keeps its id."""

    def __init__(self, next_id: Callable[[], int]) -> None:
        self._next_id = next_id
        self.fields: dict[str, tuple[int, Any]] = {}

    def write(self, told: Sequence[Mapping[str, Any]]) -> bool:
        """Whether anything is different now."""
        changed = False
        for one in told:
            key, value = str(one["key"]), one["value"]
            known = self.fields.get(key)
            if known is None or known[1] != value:
                self.fields[key] = (known[0] if known else self._next_id(), value)
                changed = True
        return changed

    def shown(self) -> list[dict[str, Any]]:
        return [{"id": meta_id, "key": key, "value": value} for key, (meta_id, value) in self.fields.items()]


@dataclass
class FakeProduct:
    """`price_minor`: VAT included, as the shop enters it. `left_to_sell`: what the site calls `stock_quantity`."""

    product_id: int
    name: str
    price_minor: int
    tax_class: str
    left_to_sell: int
    modified: datetime
    own: OwnFields
    parent: int = 0
    kind: str = "simple"
    manage_stock: bool | str = True
    status: str = "publish"

    @property
    def sku(self) -> str:
        return f"SKU-{self.product_id}"


@dataclass
class FakeLine:
    line_id: int
    product: FakeProduct
    quantity: int
    unit_minor: int

    def money(self, quantity: int | None = None) -> tuple[int, int]:
        """Cents without tax, and tax."""
        with_tax = self.unit_minor * (self.quantity if quantity is None else quantity)
        net = round(with_tax / (1 + _RATES[self.product.tax_class][1] / 100))
        return net, with_tax - net


@dataclass
class FakeRefund:
    refund_id: int
    minor: int
    lines: Mapping[int, int]


@dataclass
class FakeOrder:
    """`reduced`: pieces by product id that the stock gave up for it. `ready_mail`: notes mailed to the customer."""

    order_id: int
    status: str
    created: datetime
    modified: datetime
    customer: str
    lines: list[FakeLine]
    own: OwnFields
    payment_method: str
    shipping: Mapping[str, Any]
    paid: datetime | None = None
    completed: datetime | None = None
    reduced: dict[int, int] = field(default_factory=dict)
    refunds: list[FakeRefund] = field(default_factory=list)
    notes: list[tuple[int, str, bool]] = field(default_factory=list)
    spoiled: bool = False
    in_bin: bool = False

    @property
    def total_minor(self) -> int:
        return sum(sum(line.money()) for line in self.lines)


class FakeWooCommerce:
    """
    Attributes:
        lists_twice: lists bring each order twice.
        stale_levels: what the next relative stock write reads instead of what is there, by product id: another write
            lies between its reading and its writing.
        key, secret, may_write: what opens it.
    """

    def __init__(self, now: Callable[[], datetime], storage: Storage = Storage.POSTS) -> None:
        self.now = now
        self.storage = storage
        self.key, self.secret, self.may_write = "ck_0123456789abcdef", "cs_fedcba9876543210", True
        self.currency = "EUR"
        self.prices_include_tax = True
        self.lists_twice = False
        self.stale_levels: dict[int, int] = {}
        self.products: dict[int, FakeProduct] = {}
        self.orders: dict[int, FakeOrder] = {}
        self._last_id = 9

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _second(self) -> datetime:
        return self.now().replace(microsecond=0)

    # --- articles ---

    def add_product(
        self,
        name: str,
        price_minor: int,
        vat_percent: float,
        left_to_sell: int,
        *,
        parent: int = 0,
        kind: str = "simple",
    ) -> int:
        tax_class = next(each for each, (_, percent) in _RATES.items() if percent == vat_percent)
        product = FakeProduct(
            self.next_id(),
            name,
            price_minor,
            tax_class,
            left_to_sell,
            self._second(),
            OwnFields(self.next_id),
            parent,
            "variation" if parent else kind,
            kind != "variable",
        )
        self.products[product.product_id] = product
        return product.product_id

    def set_level(self, product_id: int, left_to_sell: int) -> None:
        self.products[product_id].left_to_sell = left_to_sell
        self.products[product_id].modified = self._second()

    def set_price(self, product_id: int, price_minor: int) -> None:
        self.products[product_id].price_minor = price_minor
        self.products[product_id].modified = self._second()

    def change_product(self, product_id: int, told: Mapping[str, Any]) -> FakeProduct:
        """As the API takes it."""
        product = self.products[product_id]
        for name in ("stock_quantity", "inventory_delta"):
            if name in told and not _is_whole(told[name]):
                raise WooError(400, "rest_invalid_param", f"Invalid parameter(s): {name}")
        if "stock_quantity" in told:
            product.left_to_sell = int(told["stock_quantity"])
        elif "inventory_delta" in told and product.manage_stock is True:
            read = self.stale_levels.pop(product_id, product.left_to_sell)
            product.left_to_sell = read + int(told["inventory_delta"])
        product.own.write(told.get("meta_data", ()))
        product.modified = self._second()
        return product

    # --- customers ---

    def place(
        self,
        wanted: Mapping[int, int],
        customer: str = "Camille Martin",
        *,
        means: str = "stripe",
        shipping: Mapping[str, Any] | None = None,
        dated_before_s: float = 0.0,
    ) -> int:
        """By card (paid at once), `cod` (processing, not paid) or `bacs` (on hold, a transfer is awaited)."""
        order_id = self.fill_cart(wanted, customer, shipping=shipping)
        self.check_out(order_id, means)
        if dated_before_s:
            earlier = self._second() - timedelta(seconds=dated_before_s)
            order = self.orders[order_id]
            order.created = order.modified = earlier
            order.paid = order.paid and earlier
        return order_id

    def fill_cart(
        self, wanted: Mapping[int, int], customer: str = "Camille Martin", *, shipping: Mapping[str, Any] | None = None
    ) -> int:
        """A `checkout-draft`: listed unless statuses are named."""
        at, order_id = self._second(), self.next_id()
        lines = [self._line(product_id, quantity) for product_id, quantity in wanted.items()]
        way = shipping or {"method_id": "local_pickup", "instance_id": "3", "method_title": "Retrait en boutique"}
        own = OwnFields(self.next_id)
        self.orders[order_id] = FakeOrder(order_id, "checkout-draft", at, at, customer, lines, own, "", way)
        return order_id

    def check_out(self, order_id: int, means: str = "stripe") -> None:
        order = self.orders[order_id]
        order.payment_method = means
        if means not in ("cod", "bacs"):
            order.paid = self._second()
        self.set_status(order_id, "on-hold" if means == "bacs" else "processing")

    def _line(self, product_id: int, quantity: int) -> FakeLine:
        product = self.products[product_id]
        return FakeLine(self.next_id(), product, quantity, product.price_minor)

    # --- the shop's people ---

    def pay(self, order_id: int) -> None:
        order = self.orders[order_id]
        if order.status == "checkout-draft":
            self.check_out(order_id)
        elif order.paid is None:
            order.paid = self._second()
            if order.status == "on-hold":
                self.set_status(order_id, "processing")
            self._touch(order)

    def refund(
        self, order_id: int, minor: int, lines: Mapping[int, int] | None = None, *, restock: bool = True
    ) -> None:
        """Args: lines: pieces by line id; none: money alone."""
        order = self.orders[order_id]
        order.refunds.append(FakeRefund(self.next_id(), minor, lines or {}))
        for line in order.lines:
            pieces = (lines or {}).get(line.line_id, 0)
            if pieces and restock:
                self._move_stock(line.product, pieces)
                order.reduced[line.product.product_id] = order.reduced.get(line.product.product_id, 0) - pieces
        if sum(refund.minor for refund in order.refunds) >= order.total_minor:
            self.set_status(order_id, "refunded")
        self._touch(order)

    def edit(self, order_id: int, wanted: Mapping[int, int]) -> None:
        """At the shop's own screen, which moves the stock with the lines."""
        order = self.orders[order_id]
        kept = []
        for line in order.lines:
            quantity = wanted.get(line.product.product_id, 0)
            if quantity:
                line.quantity = quantity
                kept.append(line)
        known = {line.product.product_id for line in kept}
        order.lines = kept + [self._line(one, quantity) for one, quantity in wanted.items() if one not in known]
        if order.reduced:
            self._give_back(order)
            self._take(order)
        self._touch(order)

    def set_status(self, order_id: int, status: str) -> None:
        """Whoever does it: the stock goes with it."""
        order = self.orders[order_id]
        if order.status == status:
            return
        order.status = status
        if status in _TAKES_STOCK and not order.reduced:
            self._take(order)
        elif status in _GIVES_STOCK_BACK:
            self._give_back(order)
        if status == "completed":
            order.completed = self._second()
            order.paid = order.paid or order.completed
        self._touch(order)

    def put_into_bin(self, order_id: int) -> None:
        self.set_status(order_id, "cancelled")
        self.orders[order_id].in_bin = True

    def delete_for_good(self, order_id: int) -> None:
        self.put_into_bin(order_id)
        del self.orders[order_id]

    def add_note(self, order_id: int, text: str, *, to_customer: bool) -> int:
        """Moves no date."""
        note_id = self.next_id()
        self.orders[order_id].notes.append((note_id, text, to_customer))
        return note_id

    def change_order(self, order_id: int, told: Mapping[str, Any]) -> FakeOrder:
        """As the API takes it."""
        order = self.orders[order_id]
        status = told.get("status")
        if status is not None and status not in STATUSES:
            raise WooError(400, "rest_invalid_param", "Invalid parameter(s): status")
        order.own.write(told.get("meta_data", ()))
        if status is not None:
            self.set_status(order_id, status)
        if self.storage is Storage.HPOS:
            self._touch(order)
        return order

    # --- inside ---

    def _touch(self, order: FakeOrder) -> None:
        order.modified = self._second()

    def _take(self, order: FakeOrder) -> None:
        for line in order.lines:
            self._move_stock(line.product, -line.quantity)
            product_id = line.product.product_id
            order.reduced[product_id] = order.reduced.get(product_id, 0) + line.quantity

    def _give_back(self, order: FakeOrder) -> None:
        for product_id, quantity in order.reduced.items():
            self._move_stock(self.products[product_id], quantity)
        order.reduced = {}

    def _move_stock(self, product: FakeProduct, quantity: int) -> None:
        product.left_to_sell += quantity
        product.modified = self._second()

    # --- as the API shows them ---

    def order_shown(self, order: FakeOrder) -> dict[str, Any]:
        first, _, last = order.customer.partition(" ")
        rates = {_RATES[line.product.tax_class] for line in order.lines}
        return {
            "id": order.order_id,
            "number": str(order.order_id),
            "status": "trash" if order.in_bin else order.status,
            "currency": self.currency,
            "date_created": self.local_text(order.created),
            "date_created_gmt": gmt_text(order.created),
            "date_modified": self.local_text(order.modified),
            "date_modified_gmt": gmt_text(order.modified),
            "date_paid_gmt": order.paid and gmt_text(order.paid),
            "date_completed_gmt": order.completed and gmt_text(order.completed),
            "total": "n/a" if order.spoiled else money_text(order.total_minor),
            "customer_note": "",
            "payment_method": order.payment_method,
            "payment_method_title": {"cod": "Paiement en boutique", "bacs": "Virement"}.get(order.payment_method, "CB"),
            "needs_payment": False,
            "billing": {"first_name": first, "last_name": last, "email": "client@example.test", "phone": "0612345678"},
            "line_items": [self._line_shown(line) for line in order.lines],
            "shipping_lines": [
                {"id": order.order_id * 1000, "total": "0.00", "total_tax": "0.00", "taxes": [], **order.shipping}
            ],
            "fee_lines": [],
            "tax_lines": [{"id": 1, "rate_id": rate_id, "rate_percent": percent} for rate_id, percent in sorted(rates)],
            "refunds": [
                {"id": refund.refund_id, "reason": "", "total": f"-{money_text(refund.minor)}"}
                for refund in order.refunds
            ],
            "meta_data": order.own.shown(),
        }

    def _line_shown(self, line: FakeLine, pieces: int | None = None) -> dict[str, Any]:
        net, tax = line.money(pieces)
        product, rate_id = line.product, _RATES[line.product.tax_class][0]
        return {
            "id": line.line_id,
            "name": product.name,
            "product_id": product.parent or product.product_id,
            "variation_id": product.product_id if product.parent else 0,
            "quantity": line.quantity if pieces is None else pieces,
            "sku": product.sku,
            "price": net / line.quantity / 100 if line.quantity else 0,
            "subtotal": money_text(net),
            "total": money_text(net),
            "total_tax": money_text(tax),
            "taxes": [{"id": rate_id, "total": money_text(tax), "subtotal": money_text(tax)}],
            "meta_data": [],
        }

    def refund_shown(self, order: FakeOrder, refund: FakeRefund) -> dict[str, Any]:
        lines = []
        for line in order.lines:
            pieces = refund.lines.get(line.line_id, 0)
            if pieces:
                meta = [{"id": 1, "key": "_refunded_item_id", "value": str(line.line_id)}]
                lines.append({**self._line_shown(line, -pieces), "id": refund.refund_id * 100, "meta_data": meta})
        return {"id": refund.refund_id, "amount": money_text(refund.minor), "reason": "", "line_items": lines}

    def product_shown(self, product: FakeProduct) -> dict[str, Any]:
        minor = product.price_minor
        if not self.prices_include_tax:
            minor = round(minor / (1 + _RATES[product.tax_class][1] / 100))
        return {
            "id": product.product_id,
            "name": product.name,
            "sku": product.sku,
            "type": product.kind,
            "status": product.status,
            "price": money_text(minor).removesuffix(".00"),
            "tax_status": "taxable",
            "tax_class": product.tax_class,
            "manage_stock": product.manage_stock,
            "stock_quantity": product.left_to_sell if product.manage_stock is True else None,
            "date_modified": self.local_text(product.modified),
            "date_modified_gmt": gmt_text(product.modified),
            "meta_data": product.own.shown(),
        }

    def rates_shown(self) -> list[dict[str, Any]]:
        return [
            {"id": rate_id, "country": "FR", "rate": f"{percent:.4f}", "priority": 1, "class": tax_class or "standard"}
            for tax_class, (rate_id, percent) in _RATES.items()
        ]

    def local_text(self, moment: datetime) -> str:
        """The shop is an hour ahead, and its dates say nothing of it."""
        return gmt_text(moment + timedelta(hours=1))


def gmt_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def money_text(minor: int) -> str:
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100}.{minor % 100:02d}"


def _is_whole(value: object) -> bool:
    return str(value).removeprefix("-").isdigit()
