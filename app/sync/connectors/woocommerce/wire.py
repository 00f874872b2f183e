"""Owns the shapes of WooCommerce's answers as far as a till reads them; what is not named here is ignored. Never
decides what an order or an article means (`orders`, `catalogue` do).
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

import msgspec

from app.sync.wire_values import BrokenRuleError, require, utc

_CENTS = Decimal("0.01")
_LARGEST = Decimal(10_000_000)
_Read = TypeVar("_Read")


class _Shape(msgspec.Struct, kw_only=True, gc=False):
    """WooCommerce's names are in snake case."""


class WireMeta(_Shape, kw_only=True):
    """A record's own field. `id` grows with each that is new; a value written again keeps it."""

    id: int = 0
    key: str = ""
    value: Any = None


class WireLineTax(_Shape, kw_only=True):
    id: int
    total: str = "0"


class WireLine(_Shape, kw_only=True):
    """An order's line: what it costs is without tax, `total_tax` beside it. Goods, shipping and fees alike."""

    id: int
    name: str = ""
    method_title: str = ""
    method_id: str = ""
    instance_id: str = ""
    product_id: int = 0
    variation_id: int = 0
    quantity: int = 1
    total: str = "0"
    total_tax: str = "0"
    taxes: list[WireLineTax] = []
    meta_data: list[WireMeta] = []


class WireTaxLine(_Shape, kw_only=True):
    rate_id: int
    rate_percent: float = 0.0


class WireBilling(_Shape, kw_only=True):
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


class WireRefundTold(_Shape, kw_only=True):
    """A refund as the order names it; `total` is below nought."""

    id: int
    total: str = "0"


class WireRefund(_Shape, kw_only=True):
    """A refund itself. Its lines count below nought; none: it was money alone."""

    id: int
    line_items: list[WireLine] = []


class WireOrder(_Shape, kw_only=True):
    id: int
    number: str = ""
    status: str
    currency: str
    date_created_gmt: datetime
    date_modified_gmt: datetime
    date_paid_gmt: datetime | None = None
    date_completed_gmt: datetime | None = None
    total: str
    customer_note: str = ""
    payment_method: str = ""
    payment_method_title: str = ""
    billing: WireBilling = msgspec.field(default_factory=WireBilling)
    line_items: list[WireLine] = []
    shipping_lines: list[WireLine] = []
    fee_lines: list[WireLine] = []
    tax_lines: list[WireTaxLine] = []
    refunds: list[WireRefundTold] = []
    meta_data: list[WireMeta] = []


class WireProduct(_Shape, kw_only=True):
    """A product, or a variation of one. `price`: "" while it has none; `manage_stock`: "parent" for a variation whose
    product keeps the stock."""

    id: int
    name: str = ""
    sku: str = ""
    type: str = "simple"
    status: str = "publish"
    price: str = ""
    tax_status: str = "taxable"
    tax_class: str = ""
    manage_stock: bool | str = False
    stock_quantity: int | None = None
    date_modified_gmt: datetime | None = None
    meta_data: list[WireMeta] = []


class WireNote(_Shape, kw_only=True):
    id: int
    note: str = ""
    customer_note: bool = False


class WireTaxRate(_Shape, kw_only=True):
    """`class_`: "standard" for the usual one."""

    id: int
    country: str = ""
    rate: str = "0"
    priority: int = 1
    shipping: bool = True
    class_: str = msgspec.field(name="class", default="standard")


class WireSetting(_Shape, kw_only=True):
    id: str = ""
    value: str = ""


class WireStatusSettings(_Shape, kw_only=True):
    currency: str = "EUR"


class WireEnvironment(_Shape, kw_only=True):
    version: str = ""


class WireSystemStatus(_Shape, kw_only=True):
    environment: WireEnvironment = msgspec.field(default_factory=WireEnvironment)
    settings: WireStatusSettings = msgspec.field(default_factory=WireStatusSettings)


class Anything(_Shape, kw_only=True):
    """An answer of which only counts that it is one."""


class _Named(_Shape, kw_only=True):
    """What can be told of a record that makes no sense."""

    id: int | str = ""


def read_as(raw: msgspec.Raw, kind: type[_Read]) -> _Read:
    """Raises BrokenRuleError."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BrokenRuleError(str(error)[:500]) from None


def id_in(raw: msgspec.Raw) -> str:
    """The id of a record that could not be read, "" if not even that can."""
    try:
        return str(msgspec.json.decode(raw, type=_Named).id)
    except msgspec.MsgspecError:
        return ""


def gmt(moment: datetime) -> datetime:
    """A time of a `_gmt` field, which has no offset. Raises BrokenRuleError."""
    return utc(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))


def cents(*amounts: str) -> int:
    """The sum of amounts in euros, rounded once. Raises BrokenRuleError."""
    total = Decimal(0)
    for text in amounts:
        require(len(text) <= 40 and text.isascii(), "an amount that is none")
        try:
            amount = Decimal(text or "0")
        except ArithmeticError:
            raise BrokenRuleError(f"an amount that is none: {text[:20]}") from None
        require(amount.is_finite() and abs(amount) < _LARGEST, "an amount out of this world")
        total += amount
    return int((total.quantize(_CENTS, ROUND_HALF_UP) * 100).to_integral_value())
