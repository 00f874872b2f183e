"""A Vendure 3.7.3 written by hand from what was seen of the real one, as nasty as that: one seller's channel with its
stock, orders, fulfilments and payments. What the site's customers and people do are methods; what tills ask is `answer`
(`fake_vendure_api`), over a transport adapter or loopback HTTP (`fake_vendure_http`).

    updatedAt           moves neither when an order is paid nor when it is fulfilled
    a part twice        a partial fulfilment sent twice counts twice
    stock               absolute, taken at the fulfilment (an order only allocates), given back when that is cancelled
    a line half gone    cancelling the rest of a line of which a part was fulfilled also "gives back" stock that left
    short of stock      a fulfilment of more than is on hand is refused
    editing             the state of an order whose edit is not paid cannot follow its fulfilments: internal error
    Delivered           an order that once was stays so, whatever becomes of its fulfilments
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

PERMISSIONS = "ReadCatalog UpdateCatalog ReadOrder UpdateOrder ReadCustomer ReadStockLocation ReadChannel ReadSettings"
ORDER_MOVES: Mapping[str, frozenset[str]] = {
    "PaymentAuthorized": frozenset({"PaymentSettled", "Cancelled", "Modifying", "ArrangingAdditionalPayment"}),
    "PaymentSettled": frozenset(
        {
            "PartiallyDelivered",
            "Delivered",
            "PartiallyShipped",
            "Shipped",
            "Cancelled",
            "Modifying",
            "ArrangingAdditionalPayment",
        }
    ),
    "PartiallyShipped": frozenset({"Shipped", "PartiallyDelivered", "Cancelled", "Modifying"}),
    "Shipped": frozenset({"PartiallyDelivered", "Delivered", "Cancelled", "Modifying"}),
    "PartiallyDelivered": frozenset({"Delivered", "Cancelled", "Modifying"}),
    "Delivered": frozenset({"Cancelled"}),
    "Modifying": frozenset(
        {
            "PaymentAuthorized",
            "PaymentSettled",
            "PartiallyShipped",
            "Shipped",
            "PartiallyDelivered",
            "ArrangingAdditionalPayment",
        }
    ),
    "ArrangingAdditionalPayment": frozenset(
        {"PaymentAuthorized", "PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered", "Cancelled"}
    ),
    "Cancelled": frozenset(),
}
FULFILMENT_MOVES: Mapping[str, frozenset[str]] = {
    "Pending": frozenset({"Shipped", "Delivered", "Cancelled"}),
    "Shipped": frozenset({"Delivered", "Cancelled"}),
    "Delivered": frozenset({"Cancelled"}),
    "Cancelled": frozenset(),
}


class ErrorResult(Exception):
    """A member of a union in `data`, in HTTP 200. `more`: its other fields."""

    def __init__(self, typename: str, code: str, **more: str) -> None:
        super().__init__(code)
        self.typename = typename
        self.code = code
        self.more = more


class GraphQlError(Exception):
    """`errors` beside `data`."""

    def __init__(self, code: str, status: int = 200) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass
class Variant:
    variant_id: str
    sku: str
    name: str
    price: int
    rate: float
    on_hand: int
    updated_at: datetime
    enabled: bool = True
    track: str = "INHERIT"
    allocated: int = 0
    elsewhere: dict[str, int] = field(default_factory=dict)
    journal: list[tuple[str, int]] = field(default_factory=list)

    def move(self, kind: str, on_hand: int = 0, allocated: int = 0) -> None:
        self.on_hand += on_hand
        self.allocated += allocated
        self.journal.append((kind, on_hand or allocated))


@dataclass
class Line:
    """The last four: what was ever written of it in the stock's journal."""

    line_id: str
    variant: Variant
    quantity: int
    price: int
    placed_quantity: int = 0
    allocated: int = 0
    sold: int = 0
    released: int = 0
    given_back: int = 0


@dataclass
class Fulfilment:
    fulfilment_id: str
    lines: dict[str, int]
    method: str
    tracking_code: str
    created_at: datetime
    updated_at: datetime
    state: str = "Pending"


@dataclass
class Payment:
    payment_id: str
    amount: int
    state: str
    transaction_id: str = ""
    method: str = "paid-online"
    refunds: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Order:
    order_id: str
    code: str
    customer: tuple[str, str]
    method: str
    state: str
    created_at: datetime
    updated_at: datetime
    lines: list[Line]
    kind: str = "Regular"
    aggregate_id: str | None = None
    placed_at: datetime | None = None
    active: bool = False
    reads: int = 0
    payments: list[Payment] = field(default_factory=list)
    fulfilments: list[Fulfilment] = field(default_factory=list)
    modified_at: list[datetime] = field(default_factory=list)
    dearer_by: list[int] = field(default_factory=list)
    states_left: list[tuple[datetime, str, str]] = field(default_factory=list)
    unpaid_edit: bool = False
    notes: list[str] = field(default_factory=list)
    moves: list[tuple[str, str, str]] = field(default_factory=list)
    broken: bool = False

    @property
    def total(self) -> int:
        return sum(line.quantity * line.price for line in self.lines)

    @property
    def covered(self) -> int:
        return sum(p.amount - sum(much for _, much in p.refunds) for p in self.payments if p.state == "Settled")

    def line(self, line_id: str) -> Line:
        return next(line for line in self.lines if line.line_id == line_id)

    def units(self, *states: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in self.fulfilments:
            if one.state in states:
                for line_id, units in one.lines.items():
                    found[line_id] = found.get(line_id, 0) + units
        return found


class FakeVendure:
    """One Vendure with one seller's channel.

    Attributes:
        takes_api_keys: the shop put `api-key` among its ways in.
        races_through: so many fulfilments are taken without a look at what is left: as on PostgreSQL, at one instant.
        lists_twice: lists bring each order twice.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.channel_token, self.channel_code, self.location = "ferme-token", "ferme", "2"
        self.user, self.password, self.api_key = "caisse@ferme.example", "caisse-secret", "1:key"
        self.methods = {"click-and-collect": "Retrait en boutique", "parcel": "Livraison"}
        self.payment_methods = {"paid-online": "Carte", "pay-in-shop": "Au retrait"}
        self.permissions = PERMISSIONS
        self.variants: dict[str, Variant] = {}
        self.orders: dict[str, Order] = {}
        self.sessions: set[str] = set()
        self.takes_api_keys = False
        self.races_through = 0
        self.lists_twice = False
        self._numbers = {kind: itertools.count(1) for kind in ("variant", "order", "line", "fulfilment", "payment")}

    def new_id(self, kind: str) -> str:
        return str(next(self._numbers[kind]))

    def second(self) -> datetime:
        """Now, as dates of rows are kept: to the second."""
        return self.now().replace(microsecond=0)

    # --- the shop's people ---

    def add_variant(self, name: str, price: int, rate: float, on_hand: int, sku: str = "") -> str:
        variant_id = self.new_id("variant")
        variant = Variant(variant_id, sku or f"ART-{variant_id}", name, price, rate, 0, self.second())
        variant.move("ADJUSTMENT", on_hand)
        self.variants[variant_id] = variant
        return variant_id

    def set_level(self, variant_id: str, on_hand: int, location: str = "") -> None:
        """A level of a location that is not this shop's is taken without a word, and changes nothing anybody sees."""
        variant = self.variants[variant_id]
        variant.updated_at = self.second()
        if (location or self.location) != self.location:
            variant.elsewhere[location] = on_hand
        elif on_hand != variant.on_hand:
            variant.move("ADJUSTMENT", on_hand - variant.on_hand)

    def set_price(self, variant_id: str, price: int) -> None:
        self.variants[variant_id].price = price
        self.variants[variant_id].updated_at = self.second()

    def cancel(self, order_id: str, units: Mapping[str, int] | None = None) -> None:
        """Raises ErrorResult. Args: units: by line id; None: all of it."""
        order = self.orders[order_id]
        wanted = {line.line_id: line.quantity for line in order.lines} if units is None else dict(units)
        if not any(wanted.values()):
            raise ErrorResult("EmptyOrderLineSelectionError", "EMPTY_ORDER_LINE_SELECTION_ERROR")
        if any(much > order.line(line_id).quantity for line_id, much in wanted.items()):
            raise ErrorResult("QuantityTooGreatError", "QUANTITY_TOO_GREAT_ERROR")
        for line_id, much in wanted.items():
            self._cancel_units(order, order.line(line_id), much)
        order.updated_at = self.second()
        if not any(line.quantity for line in order.lines):
            order.state = "Cancelled"

    def _cancel_units(self, order: Order, line: Line, much: int) -> None:
        fulfilled = sum(one.lines.get(line.line_id, 0) for one in order.fulfilments) - line.given_back
        if order.kind != "Seller":
            if fulfilled > 0:
                self._give_back(line, min(fulfilled, much))
            allocated = line.allocated - line.sold - line.released
            if allocated > 0:
                line.released += min(allocated, much)
                line.variant.move("RELEASE", allocated=-min(allocated, much))
        line.quantity -= much

    def _give_back(self, line: Line, units: int) -> None:
        line.given_back += units
        line.variant.move("CANCELLATION", on_hand=units)

    def refund(self, order_id: str) -> None:
        for payment in self.orders[order_id].payments:
            if payment.state == "Settled" and not payment.refunds:
                payment.refunds.append(("Pending", payment.amount))

    def edit(self, order_id: str, wanted: Mapping[str, int]) -> None:
        """Make it so many by variant id. Raises ErrorResult."""
        order, before, state = self.orders[order_id], self.orders[order_id].total, self.orders[order_id].state
        if "Modifying" not in ORDER_MOVES[order.state]:
            raise ErrorResult("OrderStateTransitionError", "ORDER_STATE_TRANSITION_ERROR")
        known = {line.variant.variant_id: line for line in order.lines if line.quantity}
        covered = order.units("Pending", "Shipped", "Delivered")
        if any(wanted.get(key, 0) < covered.get(line.line_id, 0) for key, line in known.items()):
            raise ErrorResult("OrderModificationError", "ORDER_MODIFICATION_ERROR")
        if any(much - (known[key].quantity if key in known else 0) > self.to_sell(key) for key, much in wanted.items()):
            raise ErrorResult("InsufficientStockError", "INSUFFICIENT_STOCK_ERROR")
        for key, line in known.items():
            more = wanted.get(key, 0) - line.quantity
            if more < 0:
                self._cancel_units(order, line, -more)
            elif more:
                line.quantity += more
                self._allocate(order, line, more)
        for key in wanted.keys() - known.keys():
            self._add_line(order, key, wanted[key])
            self._allocate(order, order.lines[-1], wanted[key])
        order.modified_at.append(self.second())
        order.updated_at = self.second()
        dearer_by = order.total - before
        order.dearer_by.append(dearer_by)
        order.states_left.append((order.modified_at[-1], state, "Modifying"))
        if dearer_by > 0:
            order.state, order.unpaid_edit = "ArrangingAdditionalPayment", True
            order.states_left.append((order.modified_at[-1], "Modifying", order.state))
        elif dearer_by < 0 and order.payments:
            order.payments[0].refunds.append(("Pending", -dearer_by))

    def hand_over_on_site(self, order_id: str) -> None:
        """Somebody says on the site that everything was collected."""
        order = self.orders[order_id]
        for one in order.fulfilments:
            if one.state in ("Pending", "Shipped"):
                self.move_fulfilment(one.fulfilment_id, "Delivered")
        covered = order.units("Pending", "Shipped", "Delivered")
        rest = {line.line_id: line.quantity - covered.get(line.line_id, 0) for line in order.lines}
        rest = {line_id: units for line_id, units in rest.items() if units > 0}
        if rest:
            self.move_fulfilment(self.fulfil(rest, "Remise", "").fulfilment_id, "Delivered")

    # --- customers ---

    def to_sell(self, variant_id: str) -> int:
        return self.variants[variant_id].on_hand - self.variants[variant_id].allocated

    def fill_cart(
        self, wanted: Mapping[str, int], customer: str = "Camille Martin", method: str = "click-and-collect"
    ) -> str:
        """A basket at the point where it is paid; nobody's order yet."""
        order_id = self.new_id("order")
        first, _, last = customer.partition(" ")
        at = self.second()
        order = Order(
            order_id, f"C{int(order_id):07d}", (first, last), method, "ArrangingPayment", at, at, [], active=True
        )
        for variant_id, quantity in wanted.items():
            self._add_line(order, variant_id, quantity)
        self.orders[order_id] = order
        return order_id

    def _add_line(self, order: Order, variant_id: str, quantity: int) -> None:
        variant = self.variants[variant_id]
        order.lines.append(Line(self.new_id("line"), variant, quantity, variant.price))

    def pay(
        self, order_id: str, *, authorise_only: bool = False, dated_before_s: float = 0.0, method: str = "paid-online"
    ) -> None:
        """Pay a basket, or what was only authorised. `updatedAt` stays as it was."""
        order = self.orders[order_id]
        if order.placed_at is not None:
            for payment in order.payments:
                self.settle(payment.payment_id)
            return
        state = "Authorized" if authorise_only else "Settled"
        order.payments.append(Payment(self.new_id("payment"), order.total, state, method=method))
        order.state = "PaymentAuthorized" if authorise_only else "PaymentSettled"
        order.active = False
        order.placed_at = self.now() - timedelta(seconds=dated_before_s)
        for line in order.lines:
            line.placed_quantity = line.quantity
            self._allocate(order, line, line.quantity)

    def _allocate(self, order: Order, line: Line, units: int) -> None:
        if order.kind != "Seller":
            line.allocated += units
            line.variant.move("ALLOCATION", allocated=units)

    def place(self, wanted: Mapping[str, int], **how: bool | float) -> str:
        order_id = self.fill_cart(wanted)
        self.pay(order_id, **how)  # type: ignore[arg-type]  # its two options, passed on
        return order_id

    def place_through_marketplace(self, wanted: Mapping[str, int]) -> str:
        """This seller's part of a cart of several sellers: its money and its stock hang on an aggregate nobody here may
        read."""
        order_id = self.fill_cart(wanted)
        order = self.orders[order_id]
        order.kind, order.aggregate_id = "Seller", "9000"
        self.pay(order_id)
        order.payments = []
        return order_id

    # --- what tills do ---

    def settle(self, payment_id: str) -> Payment:
        """Settled already is as good. Raises GraphQlError."""
        for order in self.orders.values():
            for payment in order.payments:
                if payment.payment_id == payment_id:
                    payment.state = "Settled"
                    if order.state == "PaymentAuthorized":
                        order.state = "PaymentSettled"
                    return payment
        raise GraphQlError("ENTITY_NOT_FOUND")

    def pay_edit(self, order_id: str, transaction_id: str) -> Order:
        """What an edit made dearer, taken elsewhere. Raises ErrorResult, GraphQlError."""
        order = self.orders[order_id]
        if order.state != "ArrangingAdditionalPayment":
            raise ErrorResult("ManualPaymentStateError", "MANUAL_PAYMENT_STATE_ERROR")
        due = order.total - order.covered
        if not order.unpaid_edit or due <= 0:
            raise GraphQlError("INTERNAL_SERVER_ERROR")
        order.payments.append(Payment(self.new_id("payment"), due, "Settled", transaction_id))
        order.unpaid_edit = False
        return order

    def move_order(self, order_id: str, state: str) -> Order:
        """Raises ErrorResult."""
        order = self.orders[order_id]
        if state not in ORDER_MOVES[order.state] or order.unpaid_edit:
            raise ErrorResult("OrderStateTransitionError", "ORDER_STATE_TRANSITION_ERROR", fromState=order.state)
        order.state = state
        return order

    def fulfil(self, lines: Mapping[str, int], method: str, tracking_code: str) -> Fulfilment:
        """Raises ErrorResult, GraphQlError."""
        if not any(lines.values()):
            raise ErrorResult("EmptyOrderLineSelectionError", "EMPTY_ORDER_LINE_SELECTION_ERROR")
        order = self._order_of(lines)
        standing = order.units("Pending", "Shipped", "Delivered")
        too_many = any(
            standing.get(line_id, 0) + units > order.line(line_id).quantity for line_id, units in lines.items()
        )
        if too_many and not self.races_through:
            raise ErrorResult("ItemsAlreadyFulfilledError", "ITEMS_ALREADY_FULFILLED_ERROR")
        self.races_through = max(self.races_through - too_many, 0)
        if any(
            self.is_tracked(order.line(key).variant) and order.line(key).variant.on_hand < n for key, n in lines.items()
        ):
            raise ErrorResult("InsufficientStockOnHandError", "INSUFFICIENT_STOCK_ON_HAND_ERROR")
        at = self.second()
        made = Fulfilment(self.new_id("fulfilment"), dict(lines), method, tracking_code, at, at)
        for line_id, units in lines.items():
            line = order.line(line_id)
            if order.kind != "Seller":
                line.sold += units
                line.variant.move("SALE", on_hand=-units, allocated=-units)
        order.fulfilments.append(made)
        return made

    def _order_of(self, lines: Mapping[str, int]) -> Order:
        for order in self.orders.values():
            if {line.line_id for line in order.lines} >= lines.keys():
                return order
        raise GraphQlError("ENTITY_NOT_FOUND")

    def is_tracked(self, variant: Variant) -> bool:
        return variant.track != "FALSE"

    def move_fulfilment(self, fulfilment_id: str, state: str) -> Fulfilment:
        """Raises ErrorResult, GraphQlError."""
        for order in self.orders.values():
            for one in order.fulfilments:
                if one.fulfilment_id == fulfilment_id:
                    self._move(order, one, state)
                    return one
        raise GraphQlError("ENTITY_NOT_FOUND")

    def _move(self, order: Order, one: Fulfilment, state: str) -> None:
        if state not in FULFILMENT_MOVES[one.state]:
            raise ErrorResult(
                "FulfillmentStateTransitionError", "FULFILLMENT_STATE_TRANSITION_ERROR", fromState=one.state
            )
        before, one.state = one.state, state
        try:
            self._follow(order, state)
        except GraphQlError:
            one.state = before
            raise
        one.updated_at = self.second()
        order.moves.append((one.fulfilment_id, before, state))
        if state == "Cancelled" and order.kind != "Seller":
            for line_id, units in one.lines.items():
                self._give_back(order.line(line_id), units)
                self._allocate(order, order.line(line_id), units)

    def _follow(self, order: Order, state: str) -> None:
        """The order's state after one of its fulfilments moved; it never goes back."""
        if state not in ("Shipped", "Delivered"):
            return
        standing = [one for one in order.fulfilments if one.state != "Cancelled"]
        covered = order.units("Pending", "Shipped", "Delivered")
        whole = all(line.quantity <= covered.get(line.line_id, 0) for line in order.lines) and all(
            one.state == state for one in standing
        )
        wanted = state if whole else f"Partially{state}"
        if wanted in ORDER_MOVES[order.state]:
            if order.unpaid_edit:
                raise GraphQlError("INTERNAL_SERVER_ERROR")
            order.state = wanted
