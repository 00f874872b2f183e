"""Owns the shapes on the wire: what is accepted, to which bounds, and what is answered. Never decides what they do.

Whole numbers are whole numbers (no text, no 1.0, no true), texts hold no NUL and have a longest length, and bounds are
narrow enough that sums of them never leave 64 bits. Unknown fields are ignored, so that an older server
takes newer tills.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from app.domain.catalogue import LineNature, MovementReason, Unit
from app.domain.money import MAX_AMOUNT_MINOR, VAT_RATES_BP
from app.domain.order import HandoverState, LineOutcome, PickupMode, Preparation
from app.marketplace.surroundings import parse_moment

MAX_QUANTITY = 1_000_000_000
MAX_LINES = 500
MAX_FACTS = 100
MAX_LEASES = 200
MAX_HEADS = 100
MAX_PAGE = 500
LONGEST_WAIT_S = 25.0
MAX_SEQ = 2**53
MAX_PAYLOAD_DEPTH = 8


def _moment(text: str) -> str:
    parse_moment(text)
    return text


def _vat_rate(rate_bp: int) -> int:
    if rate_bp not in VAT_RATES_BP:
        raise ValueError("no French VAT rate")
    return rate_bp


def _plain_payload(payload: dict[str, Any]) -> dict[str, Any]:
    """Only what a fact is made of: texts, whole numbers of 64 bits, booleans, null, lists, mappings, not too deep."""
    level: list[Any] = [payload]
    for _ in range(MAX_PAYLOAD_DEPTH):
        deeper: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                deeper.extend(value.values())
            elif isinstance(value, list):
                deeper.extend(value)
            elif isinstance(value, float):
                raise ValueError("numbers must be whole")
            elif isinstance(value, int) and abs(value) >= 2**63:
                raise ValueError("a number is too large")
        if not deeper:
            return payload
        level = deeper
    raise ValueError("nested too deep")


NO_CONTROLS = r"^[^\u0000-\u0008\u000b-\u001f]*$"
ID_PATTERN = r"^[A-Za-z0-9._:-]{1,64}$"
Id = Annotated[StrictStr, Field(pattern=ID_PATTERN)]
Word = Annotated[StrictStr, Field(max_length=64, pattern=NO_CONTROLS)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
Moment = Annotated[StrictStr, Field(max_length=40, json_schema_extra={"format": "date-time"}), AfterValidator(_moment)]
AmountMinor = Annotated[StrictInt, Field(ge=-MAX_AMOUNT_MINOR, le=MAX_AMOUNT_MINOR)]
PriceMinor = Annotated[StrictInt, Field(ge=0, le=MAX_AMOUNT_MINOR)]
Quantity = Annotated[StrictInt, Field(ge=-MAX_QUANTITY, le=MAX_QUANTITY)]
LeaseNumber = Annotated[StrictInt, Field(ge=0, le=MAX_SEQ)]
VatRateBp = Annotated[StrictInt, AfterValidator(_vat_rate)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", use_enum_values=True)


# --- pairing ----------------------------------------------------------------------------------------------------------


class PairingRequest(Shape):
    code: Annotated[StrictStr, Field(min_length=1, max_length=40, pattern=NO_CONTROLS)] = Field(
        description="The 8 symbols of the shop's marketplace account."
    )
    till_name: Annotated[StrictStr, Field(max_length=60, pattern=NO_CONTROLS)] = Field(
        default="", description="What people call this till."
    )
    previous_token: Annotated[StrictStr, Field(max_length=200, pattern=NO_CONTROLS)] = Field(
        default="",
        description="The token of the till it was until now: that till is shut out, and its leases pass to this one.",
    )


class ShopShown(Shape):
    shop_id: str
    name: str
    address_lines: list[str]
    siret: str
    vat_number: str


class PickupKeyShown(Shape):
    key_id: str
    key: str | None = Field(description="Base64; null once withdrawn.")


class PairingAnswer(Shape):
    till_id: str
    till_letter: str
    till_name: str
    device_token: str = Field(description="Shown this once; the server keeps a hash of it.")
    shop: ShopShown
    pickup_keys: list[PickupKeyShown]


# --- what a till is shown ---------------------------------------------------------------------------------------------


class LeaseShown(Shape):
    till_id: str
    until: str
    number: LeaseNumber = Field(description="One higher with each grant; a lease that is renewed keeps its number.")
    wanted_by: str = Field(description="The till that waits for it, empty for none.")
    wanted_until: str | None = Field(description="From then on, by the server's time, the wish no longer counts.")


class OrderLineShown(Shape):
    line_no: int
    product_id: str
    label: str
    quantity: int
    unit: Unit
    unit_price_minor: int
    vat_rate_bp: int
    total_minor: int
    shelf: str
    age_limit: int
    withdrawal_right: bool


class OrderShown(Shape):
    order_id: str
    reference: str
    number: str
    spoken_code: str
    customer_name: str
    placed_at: str
    pickup_from: str | None
    keep_until: str | None
    mode: PickupMode
    note: str
    language: str = Field(description="The customer's, two letters; empty: not known.")
    cancelled_at: str | None
    currency: Literal["EUR"]
    total_minor: int
    paid_minor: int
    preparation: Preparation
    handover: HandoverState
    handed_over_at: str | None
    handed_over_by: str
    lease: LeaseShown | None
    version: int
    lines: list[OrderLineShown]


class ChangeShown(Shape):
    seq: int
    kind: Literal["order", "product", "stock_movement", "pickup_key", "disagreement"]
    id: str
    data: dict[str, Any]


class LedgerHeadTold(Shape):
    """The end of one of the till's signed chains: a witness outside the till."""

    till_letter: Annotated[StrictStr, Field(pattern=r"^[A-Z]{1,3}$")]
    series: Annotated[StrictStr, Field(pattern=r"^[a-z_]{1,32}$")] = Field(description="sales, events, closures ...")
    number: Annotated[StrictInt, Field(ge=1, le=MAX_SEQ)]
    hash: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
    signature: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{128}$")]
    perpetual_minor: Annotated[StrictInt, Field(ge=-(2**53), le=2**53)] = 0
    perpetual_absolute_minor: Annotated[StrictInt, Field(ge=0, le=2**53)] = 0
    trading_day: Annotated[StrictStr, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    happened_at: Moment | None = None


class ChangePage(Shape):
    after: str = Field(description="The cursor that was asked with.")
    changes: list[ChangeShown]
    cursor: str
    more: bool
    server_time: str


class StatusShown(Shape):
    till_id: str
    shop_id: str
    server_time: str
    orders_open: int
    head_seq: int
    heads: list[LedgerHeadTold] = Field(description="The furthest ends of its ledger that this till ever told.")
    last_seq: int = Field(description="The highest number of a fact taken from this till, 0 for none.")
    last_fact_id: str = Field(description="The id of the fact with that number, empty for none.")
    accepts_gzip: bool = Field(description="Whether request bodies may be sent with `Content-Encoding: gzip`.")


class DisagreementShown(Shape):
    exception_id: str
    kind: str
    opened_at: str
    order_id: str
    product_id: str
    fact_id: str
    reason: str
    view: dict[str, Any]
    settled_at: str | None
    settled_by: str
    answer: str
    note: str


# --- facts ------------------------------------------------------------------------------------------------------------


class FactSent(Shape):
    fact_id: Id
    till_seq: Annotated[StrictInt, Field(ge=1, le=MAX_SEQ)]
    kind: Word
    subject: Annotated[StrictStr, Field(max_length=200, pattern=NO_CONTROLS)]
    happened_at: Moment
    payload: Annotated[dict[StrictStr, Any], AfterValidator(_plain_payload)]


class FactBatch(Shape):
    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"facts": {"minItems": 1}}},
                {"properties": {"heads": {"minItems": 1}}, "required": ["heads"]},
            ]
        }
    )

    facts: list[FactSent] = Field(max_length=MAX_FACTS, description="Empty to tell heads alone.")
    heads: list[LedgerHeadTold] = Field(
        default_factory=list, max_length=MAX_HEADS, description="The ends of the till's ledger, as they are now."
    )

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if not (self.facts or self.heads):
            raise ValueError("neither a fact nor a head")
        return self


class FactAnswer(Shape):
    fact_id: str
    outcome: Literal["applied", "duplicate", "conflict", "refused"]
    reason: str = Field(description="A keyword for why, empty when all is well.")
    message: str = Field(description="A sentence for people, empty when there is nothing to say.")
    view: dict[str, Any] | None = Field(
        description="On a conflict: the order as the marketplace sees it; of an article, `theirs` and `ours`."
    )


class FactAnswers(Shape):
    results: list[FactAnswer]
    heads: list[LedgerHeadTold] = Field(description="The furthest ends of its ledger that this till ever told.")
    server_time: str


class MovementPayload(Shape):
    movement_id: Id
    product_id: Id
    location: Word
    quantity: Quantity
    reason: MovementReason
    happened_at: Moment
    source_id: Word = ""


class ResultPayload(Shape):
    line_no: Annotated[StrictInt, Field(ge=1, le=MAX_LINES)]
    outcome: LineOutcome
    quantity: Quantity
    amount_minor: AmountMinor
    label: Annotated[StrictStr, Field(max_length=200, pattern=NO_CONTROLS)] = ""
    product_id: Word = ""


Movements = Annotated[list[MovementPayload], Field(max_length=MAX_LINES * 2)]
Results = Annotated[list[ResultPayload], Field(max_length=MAX_LINES)]


SeenVersion = Annotated[
    Annotated[StrictInt, Field(ge=0, le=MAX_SEQ)],
    Field(description="The version of the order that the till had before it, 0 if it cannot tell."),
]


class PreparedPayload(Shape):
    order_id: Id
    order_version: SeenVersion = 0
    lines: Results


class ReadyPayload(PreparedPayload):
    bags: Annotated[StrictInt, Field(ge=0, le=1000)] = 0
    shelf: Word = ""


class HandedOverPayload(Shape):
    handover_id: Id
    order_id: Id
    order_version: SeenVersion = 0
    lines: Results
    movements: Movements
    complete: StrictBool
    sale_id: Word = ""
    collected_minor: AmountMinor = 0
    to_refund_minor: AmountMinor = 0


class UndonePayload(Shape):
    handover_id: Id
    order_id: Id
    movements: Movements


class SaleLinePayload(Shape):
    corrects_sale_id: Annotated[StrictStr, Field(max_length=200)] = ""


class SalePayload(Shape):
    sale_id: Id
    number: Word
    kind: Word
    total_minor: AmountMinor
    order_id: Word = ""
    corrects: Annotated[StrictStr, Field(max_length=200)] = Field(
        default="", description="The document it takes back or corrects as a whole."
    )
    lines: list[SaleLinePayload] = []
    movements: Movements


class StockMovedPayload(Shape):
    movements: Movements


ExceptionId = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
NoControls = Annotated[StrictStr, Field(max_length=500, pattern=NO_CONTROLS)]


class SettledPayload(Shape):
    """A person's answer to a disagreement."""

    exception_id: ExceptionId
    kind: Annotated[StrictStr, Field(pattern=r"^[a-z_]{1,64}$")]
    answer: Annotated[StrictStr, Field(pattern=r"^[a-z_]{1,64}$")]
    operator: Annotated[StrictStr, Field(max_length=200, pattern=NO_CONTROLS)] = ""
    note: NoControls = ""
    order_id: Word = ""
    product_id: Word = ""


class ProductPayload(Shape):
    product_id: Id
    based_on_version: Annotated[StrictInt, Field(ge=0, le=MAX_SEQ)] | None = Field(
        default=None, description="The version that was changed; left out: the change counts whatever is there."
    )
    name: Name
    price_minor: PriceMinor
    vat_rate_bp: VatRateBp
    unit: Unit
    codes: list[Word] = Field(max_length=50)
    category: Annotated[StrictStr, Field(max_length=100, pattern=NO_CONTROLS)] = ""
    stock_tracked: StrictBool = True
    shelf: Word = ""
    published: StrictBool = False
    withdrawal_right: StrictBool = True
    age_limit: Annotated[StrictInt, Field(ge=0, le=21)] = 0
    active: StrictBool = True
    nature: LineNature | None = Field(default=None, description="Left out: what was told before stays.")
    meal_voucher: StrictBool | None = Field(default=None, description="May be paid with meal vouchers.")
    legal_guarantee: StrictBool | None = Field(default=None, description="The receipt states the legal guarantee.")
    weigh_slip: StrictBool | None = Field(default=None, description="Sold loose by weight, with a slip.")


# --- administration (only where the fault switch is on) ---------------------------------------------------------------

FaultMode = Literal[
    "none", "slow", "error_500", "cut_body", "lose_answer", "duplicate_page", "reorder_page", "html", "rate_limit",
    "unauthorized", "forbidden", "offline",
]  # fmt: skip


class FaultSetting(Shape):
    mode: FaultMode
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = Field(
        default=1.0, description="Which part of the requests is hit."
    )
    count: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="After that many hits the switch goes back to none; null: never."
    )
    delay_s: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = Field(
        default=2.0, description="For slow: the delay; for rate_limit: Retry-After."
    )


class OrderedItem(Shape):
    product_id: Id
    quantity: Annotated[StrictInt, Field(ge=1, le=MAX_QUANTITY)] = Field(description="Pieces, grams, ml or minutes.")


class OrderRequest(Shape):
    customer_name: Annotated[StrictStr, Field(min_length=1, max_length=80, pattern=NO_CONTROLS)]
    items: list[OrderedItem] = Field(min_length=1, max_length=60)
    prepaid: StrictBool = False
    note: Annotated[StrictStr, Field(max_length=300, pattern=NO_CONTROLS)] = ""
    language: Annotated[StrictStr, Field(pattern=r"^([a-z]{2})?$")] = Field(
        default="", description="The customer's: `fr`, `en` ... The till gives them papers in it where it can."
    )


class EditItem(Shape):
    product_id: Id
    quantity: Annotated[StrictInt, Field(ge=0, le=MAX_QUANTITY)]


class EditRequest(Shape):
    items: list[EditItem] = Field(min_length=1, max_length=60, description="All that is wanted now.")


class OrderEdited(Shape):
    order_id: str
    total_minor: int
    changed: bool


class OrderPlaced(Shape):
    order_id: str
    number: str
    pickup_code: str
    spoken_code: str
    page_path: str = Field(description="The customer's page of this order.")


class NewPairingCode(Shape):
    code: str
    expires_at: str


class KeyRotated(Shape):
    key_id: str
    withdrawn: list[str]


# --- errors -----------------------------------------------------------------------------------------------------------


class Problem(Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = Field(description="A sentence for people, in French or English (Accept-Language).")
    errors: list[dict[str, str]] = Field(
        default_factory=list, description="On a 422: `where` the request breaks the contract, and `what` is wrong."
    )
