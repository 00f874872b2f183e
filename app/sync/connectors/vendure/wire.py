"""Owns the shapes of Vendure's answers as far as a till reads them; what is not named here is ignored. Never decides
what an order or an article means (`orders`, `catalogue` do).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=150, pattern=r"^[^\x00-\x20\x7f]+\Z")]


class _Shape(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """Vendure's names are in camel case."""


class WireCustomer(_Shape, kw_only=True):
    first_name: str = ""
    last_name: str = ""
    email_address: str = ""
    phone_number: str | None = None


class WireShippingMethod(_Shape, kw_only=True):
    code: str = ""


class WireShippingLine(_Shape, kw_only=True):
    shipping_method: WireShippingMethod | None = None


class WireRefund(_Shape, kw_only=True):
    state: str
    total: int


class WirePayment(_Shape, kw_only=True):
    id: _Id
    method: str = ""
    state: str
    amount: int
    transaction_id: str | None = None
    refunds: list[WireRefund] | None = None


class WireVariantName(_Shape, kw_only=True):
    id: _Id
    name: str = ""
    sku: str = ""


class WireLine(_Shape, kw_only=True):
    id: _Id
    quantity: int
    order_placed_quantity: int = 0
    prorated_unit_price_with_tax: int
    prorated_line_price_with_tax: int
    tax_rate: float
    product_variant: WireVariantName


class WireFulfilmentLine(_Shape, kw_only=True):
    order_line_id: _Id
    quantity: int


class WireFulfilment(_Shape, kw_only=True):
    id: _Id
    state: str
    method: str = ""
    tracking_code: str | None = None
    created_at: _Instant
    updated_at: _Instant
    lines: list[WireFulfilmentLine] = []


class WireModification(_Shape, kw_only=True):
    created_at: _Instant
    price_change: int = 0


class WireSurcharge(_Shape, kw_only=True):
    id: _Id
    description: str = ""
    price_with_tax: int
    tax_rate: float = 0.0


class WireOrder(_Shape, kw_only=True):
    """An order that was placed. `payments` and `fulfillments` are null where there are none yet.

    What it holds is in the order in which it was made: Vendure says it in any, another one after each change of a row
    on PostgreSQL, and two readings of one order must be equal.
    """

    id: _Id
    code: str
    type: str = "Regular"
    state: str
    updated_at: _Instant
    order_placed_at: _Instant | None = None
    currency_code: str
    total_with_tax: int
    shipping: int = 0
    shipping_with_tax: int = 0
    aggregate_order_id: str | None = None
    customer: WireCustomer | None = None
    shipping_lines: list[WireShippingLine] = []
    payments: list[WirePayment] | None = None
    lines: list[WireLine]
    surcharges: list[WireSurcharge] = []
    fulfillments: list[WireFulfilment] | None = None
    modifications: list[WireModification] = []

    def __post_init__(self) -> None:
        for rows in (self.lines, self.payments or [], self.surcharges, self.fulfillments or []):
            rows.sort(key=_made)


def _made(row: WireLine | WirePayment | WireSurcharge | WireFulfilment) -> tuple[int, str]:
    """Ids count up; those that do not have one order too."""
    return len(row.id), row.id


class _OrderItems(_Shape, kw_only=True):
    items: list[msgspec.Raw]
    total_items: int = 0


class WireOrders(_Shape, kw_only=True):
    orders: _OrderItems


class _Named(_Shape, kw_only=True):
    """What can be told of a record that makes no sense."""

    id: str = ""


class WireLevel(_Shape, kw_only=True):
    stock_location_id: _Id
    stock_on_hand: int
    stock_allocated: int = 0


class WireTaxRate(_Shape, kw_only=True):
    value: float


class WireProduct(_Shape, kw_only=True):
    id: _Id
    enabled: bool = True


class WireVariant(_Shape, kw_only=True):
    id: _Id
    sku: str = ""
    name: str
    enabled: bool = True
    updated_at: _Instant
    price_with_tax: int
    currency_code: str
    tax_rate_applied: WireTaxRate
    track_inventory: str = "INHERIT"
    stock_levels: list[WireLevel] = []
    product: WireProduct


class _VariantItems(_Shape, kw_only=True):
    items: list[msgspec.Raw]
    total_items: int = 0


class WireVariants(_Shape, kw_only=True):
    product_variants: _VariantItems


class WireMovement(_Shape, kw_only=True):
    type: str
    quantity: int


class _Movements(_Shape, kw_only=True):
    items: list[WireMovement] = []
    total_items: int = 0


class WireStock(_Shape, kw_only=True):
    """A variant's levels, and its stock journal from some point on."""

    id: _Id
    track_inventory: str = "INHERIT"
    stock_levels: list[WireLevel] = []
    stock_movements: _Movements = msgspec.field(default_factory=_Movements)


class _StockItems(_Shape, kw_only=True):
    items: list[WireStock]


class WireStocks(_Shape, kw_only=True):
    product_variants: _StockItems


class Outcome(_Shape, kw_only=True):
    """A member of a union that is either what was asked for or an `ErrorResult`."""

    typename: str = msgspec.field(name="__typename")
    id: str = ""
    state: str = ""
    error_code: str = ""
    message: str = ""
    from_state: str = ""

    @property
    def refused(self) -> bool:
        return bool(self.error_code)


class FulfilAnswer(_Shape, kw_only=True):
    made: Outcome = msgspec.field(name="addFulfillmentToOrder")


class TransitionAnswer(_Shape, kw_only=True):
    transition_fulfillment_to_state: Outcome


class SettleAnswer(_Shape, kw_only=True):
    settle_payment: Outcome


class CancelAnswer(_Shape, kw_only=True):
    cancel_order: Outcome


class PaidAnswer(_Shape, kw_only=True):
    paid: Outcome = msgspec.field(name="addManualPaymentToOrder")


class MovedAnswer(_Shape, kw_only=True):
    moved: Outcome | None = msgspec.field(name="transitionOrderToState")


class _NoteText(_Shape, kw_only=True):
    note: str = ""


class _HistoryEntry(_Shape, kw_only=True):
    data: _NoteText = msgspec.field(default_factory=_NoteText)


class _History(_Shape, kw_only=True):
    items: list[_HistoryEntry] = []


class _OrderNotes(_Shape, kw_only=True):
    history: _History = msgspec.field(default_factory=_History)


class NotesAnswer(_Shape, kw_only=True):
    order: _OrderNotes | None = None

    @property
    def notes(self) -> list[str]:
        return [entry.data.note for entry in self.order.history.items] if self.order else []


class WireMove(_Shape, kw_only=True):
    """A fulfilment came to a state. The history tells ids as the database has them: numbers."""

    fulfillment_id: str | int = ""
    to: str = ""


class _MoveEntry(_Shape, kw_only=True):
    data: WireMove = msgspec.field(default_factory=WireMove)


class _Moves(_Shape, kw_only=True):
    items: list[_MoveEntry] = []


class _OrderMoves(_Shape, kw_only=True):
    history: _Moves = msgspec.field(default_factory=_Moves)


class MovesAnswer(_Shape, kw_only=True):
    order: _OrderMoves | None = None

    @property
    def moves(self) -> list[WireMove]:
        return [entry.data for entry in self.order.history.items] if self.order else []


class _StateStep(_Shape, kw_only=True):
    before: str = msgspec.field(name="from", default="")


class WireStateEntry(_Shape, kw_only=True):
    """The order left a state."""

    created_at: _Instant
    data: _StateStep = msgspec.field(default_factory=_StateStep)


class _States(_Shape, kw_only=True):
    items: list[WireStateEntry] = []


class _OrderStates(_Shape, kw_only=True):
    history: _States = msgspec.field(default_factory=_States)


class StatesAnswer(_Shape, kw_only=True):
    order: _OrderStates | None = None

    @property
    def steps(self) -> list[WireStateEntry]:
        """The last one first."""
        return self.order.history.items if self.order else []


class _GlobalSettings(_Shape, kw_only=True):
    track_inventory: bool = True


class WireSettings(_Shape, kw_only=True):
    global_settings: _GlobalSettings = msgspec.field(default_factory=_GlobalSettings)


class Anything(_Shape, kw_only=True):
    """An answer of which only counts that it is one."""


def name_of(raw: msgspec.Raw) -> str:
    """The id of a record that could not be read, "" if not even that can."""
    try:
        return msgspec.json.decode(raw, type=_Named).id
    except msgspec.MsgspecError:
        return ""
