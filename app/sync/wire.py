"""Owns the marketplace's JSON: bytes to domain values and facts to bytes, contract `/v1`. Never sends, stores or logs.

A tolerant reader: unknown fields and kinds are ignored, `Z` and `+00:00` are the same. But never a guessing one:
amounts and quantities are whole numbers within bounds, times carry their zone, enumerations are known ones. One record
that breaks a rule becomes a `BrokenChange` and all others pass (I9); a page whose envelope is broken is refused whole,
before any cursor moves. Whether a well-formed record makes sense is `usecases.apply_server_orders`' to say.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from app.domain.barcodes import normalise_code
from app.domain.catalogue import LineNature, MovementReason, Product, StockMovement, Unit, usual_nature
from app.domain.facts import Fact
from app.domain.lease import Lease
from app.domain.money import CURRENCY, MAX_AMOUNT_MINOR, Money
from app.domain.order import HandoverState, Order, OrderLine, PickupMode, Preparation
from app.domain.pickup_code import ALPHABET, REFERENCE_LENGTH, SPOKEN_LENGTH
from app.domain.receipt import ShopIdentity
from app.domain.told import plain_fact
from app.sync.disagreement_wire import read_disagreement
from app.sync.wire_values import BrokenRuleError, clean, require, utc, utc_or_none
from app.usecases.marketplace_port import (
    BrokenChange,
    Change,
    ChangePage,
    FactAnswer,
    FactOutcome,
    MovementChange,
    OrderChange,
    Pairing,
    PickupKeyChange,
    ProductChange,
)
from app.usecases.ports import MarketplaceUnreachable

MAX_RAW_LENGTH = 20_000
"""Characters of a broken record kept in quarantine."""
MAX_SENTENCE_LENGTH = 500
_MAX_WORD_LENGTH = 100
_MAX_QUANTITY = 1_000_000_000
_MIN_KEY_BYTES = 16
_Wire = TypeVar("_Wire")

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+\Z")]
_Text = Annotated[str, msgspec.Meta(max_length=1000)]
_LongText = Annotated[str, msgspec.Meta(max_length=10_000)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_Amount = Annotated[int, msgspec.Meta(ge=0, le=MAX_AMOUNT_MINOR)]
_Count = Annotated[int, msgspec.Meta(ge=1, le=_MAX_QUANTITY)]
_Signed = Annotated[int, msgspec.Meta(ge=-_MAX_QUANTITY, le=_MAX_QUANTITY)]
_Rate = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_Version = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
_Age = Annotated[int, msgspec.Meta(ge=0, le=99)]
_Token = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{8,4096}\Z")]
_Letter = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,3}\Z")]
_KeyId = Annotated[str, msgspec.Meta(pattern=rf"^[{ALPHABET}]\Z")]
_Reference = Annotated[str, msgspec.Meta(pattern=rf"^[{ALPHABET}]{{{REFERENCE_LENGTH}}}\Z")]
_SpokenCode = Annotated[str, msgspec.Meta(pattern=rf"^([{ALPHABET}]{{{SPOKEN_LENGTH}}})?\Z")]


class _Line(msgspec.Struct, kw_only=True, gc=False):
    line_no: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    product_id: Annotated[str, msgspec.Meta(max_length=200)]
    label: _Name
    quantity: _Count
    unit: Unit
    unit_price_minor: _Amount
    vat_rate_bp: _Rate
    total_minor: _Amount
    shelf: _Text = ""
    age_limit: _Age = 0
    withdrawal_right: bool = True


class _Lease(msgspec.Struct, kw_only=True, gc=False):
    till_id: _Id
    until: _Instant
    number: _Version = 0
    wanted_by: Annotated[str, msgspec.Meta(max_length=200)] = ""
    wanted_until: _Instant | None = None


class _Order(msgspec.Struct, kw_only=True, gc=False):
    """What money, handover and identity depend on is required; only decoration has a default."""

    order_id: _Id
    reference: _Reference
    number: _Name
    placed_at: _Instant
    currency: str
    total_minor: _Amount
    paid_minor: _Amount
    preparation: Preparation
    handover: HandoverState
    version: _Version
    lines: Annotated[list[_Line], msgspec.Meta(max_length=5000)]
    spoken_code: _SpokenCode = ""
    customer_name: _Text = ""
    mode: PickupMode = PickupMode.PICKUP
    pickup_from: _Instant | None = None
    keep_until: _Instant | None = None
    note: _LongText = ""
    cancelled_at: _Instant | None = None
    handed_over_at: _Instant | None = None
    handed_over_by: _Text = ""
    lease: _Lease | None = None
    language: _Text = ""


class _Product(msgspec.Struct, kw_only=True, gc=False):
    product_id: _Id
    name: _Name
    price_minor: _Amount
    vat_rate_bp: _Rate
    version: _Version
    unit: Unit = Unit.PIECE
    codes: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=100)]], msgspec.Meta(max_length=100)
    ] = []
    category: _Text = ""
    stock_tracked: bool = True
    shelf: _Text = ""
    published: bool = False
    withdrawal_right: bool = True
    age_limit: _Age = 0
    active: bool = True
    nature: LineNature | msgspec.UnsetType = msgspec.UNSET
    meal_voucher: bool | msgspec.UnsetType = msgspec.UNSET
    legal_guarantee: bool | msgspec.UnsetType = msgspec.UNSET
    weigh_slip: bool | msgspec.UnsetType = msgspec.UNSET


_FLAGS = ("nature", "meal_voucher", "legal_guarantee", "weigh_slip")
"""Fields that a marketplace may not know of; where it does not, the till's own stay."""


class _Movement(msgspec.Struct, kw_only=True, gc=False):
    movement_id: _Id
    product_id: _Id
    location: _Name
    quantity: _Signed
    reason: MovementReason
    happened_at: _Instant
    till_id: Annotated[str, msgspec.Meta(max_length=200)]
    source_id: Annotated[str, msgspec.Meta(max_length=200)] = ""
    operator: _Text = ""


class _PickupKey(msgspec.Struct, kw_only=True, gc=False):
    key_id: _KeyId
    key: str | None


class _Change(msgspec.Struct, kw_only=True, gc=False):
    kind: str
    data: msgspec.Raw
    seq: int = 0
    id: str = ""


class _Page(msgspec.Struct, kw_only=True, gc=False):
    changes: list[msgspec.Raw]
    cursor: Annotated[str, msgspec.Meta(max_length=4096)]
    more: bool
    after: Any = None
    server_time: msgspec.Raw = msgspec.Raw(b"null")


class _Answer(msgspec.Struct, kw_only=True, gc=False):
    fact_id: str
    outcome: FactOutcome
    message: str | None = None
    view: dict[str, Any] | None = None
    reason: Any = None


class _Answers(msgspec.Struct, kw_only=True, gc=False):
    results: list[msgspec.Raw]


class _Shop(msgspec.Struct, kw_only=True, gc=False):
    shop_id: _Id
    name: _Name
    address_lines: Annotated[list[_Text], msgspec.Meta(max_length=20)] = []
    siret: _Text = ""
    vat_number: _Text = ""
    footer: _LongText = ""


class _PairingAnswer(msgspec.Struct, kw_only=True, gc=False):
    till_id: _Id
    till_letter: _Letter
    till_name: _Name
    device_token: _Token
    shop: _Shop
    pickup_keys: list[_PickupKey]


class _Problem(msgspec.Struct, kw_only=True, gc=False):
    title: str = ""
    detail: str = ""


# What reading a value may raise, whatever bytes come: bad JSON, a wrong type, absurd nesting, a date out of this world.
_UNREADABLE = (msgspec.MsgspecError, RecursionError, OverflowError, ValueError)


# --- pull -----------------------------------------------------------------------------------------------------------


def read_page(body: bytes, asked_after: str | None = None) -> ChangePage:
    """One page of changes, in the order of the feed even if the page was not.

    Args:
        asked_after: the cursor asked with. A cache may serve another one's page: what lies between would never come.

    Raises:
        MarketplaceUnreachable: `not_understood`: a broken envelope, or another cursor's; no record of it may be used.
    """
    page = _envelope(body, _PAGE)
    if asked_after is not None and page.after not in (None, asked_after):
        raise MarketplaceUnreachable("not_understood", "the page of another cursor")
    numbered = sorted((_read_change(raw) for raw in page.changes), key=lambda pair: pair[0])
    changes = tuple(change for _, change in numbered if change is not None)
    return ChangePage(changes, page.cursor, page.more, server_time=_instant_or_none(page.server_time))


def _instant_or_none(raw: msgspec.Raw) -> datetime | None:
    try:
        return utc_or_none(_INSTANT.decode(raw))
    except _UNREADABLE:
        return None


def _read_change(raw: msgspec.Raw) -> tuple[int, Change | None]:
    """The place in the feed and the change; None for a kind this version does not know."""
    try:
        header = _CHANGE.decode(raw)
    except _UNREADABLE as error:
        return 0, _broken("", "", b"" if b"key_id" in bytes(raw) else bytes(raw), error)
    read = _READERS.get(header.kind)
    if read is None:
        return header.seq, None
    try:
        return header.seq, read(header.data)
    except _UNREADABLE as error:
        # a pickup key is a secret, even a broken one: it never reaches the database
        shown = b"" if header.kind == "pickup_key" else bytes(header.data)
        return header.seq, _broken(header.kind, header.id, shown, error)


def read_record(kind: str, record_id: str, body: bytes) -> Change | None:
    """One record asked for by itself; a BrokenChange if it cannot be understood, None for a kind this version does not
    know."""
    read = _READERS.get(kind)
    if read is None:
        return None
    try:
        return read(msgspec.Raw(body))
    except _UNREADABLE as error:
        return _broken(kind, record_id, b"" if kind == "pickup_key" else body, error)


def _broken(kind: str, record_id: str, raw: bytes, error: Exception) -> BrokenChange:
    return BrokenChange(
        clean(kind)[:100],
        clean(record_id)[:200],
        raw[: MAX_RAW_LENGTH * 4].decode("utf-8", errors="replace")[:MAX_RAW_LENGTH],
        (str(error) or type(error).__name__)[:MAX_SENTENCE_LENGTH],
    )


def _read_order(raw: msgspec.Raw) -> OrderChange:
    wire = _ORDER.decode(raw)
    require(wire.currency == CURRENCY, f"currency is not {CURRENCY}")
    order = Order(
        order_id=wire.order_id,
        reference=wire.reference,
        number=clean(wire.number),
        spoken_code=wire.spoken_code,
        customer_name=clean(wire.customer_name),
        placed_at=utc(wire.placed_at),
        total=Money(wire.total_minor),
        paid_online=Money(wire.paid_minor),
        lines=tuple(_order_line(line) for line in wire.lines),
        mode=wire.mode,
        pickup_from=utc_or_none(wire.pickup_from),
        keep_until=utc_or_none(wire.keep_until),
        note=clean(wire.note),
        cancelled_at=utc_or_none(wire.cancelled_at),
        server_preparation=wire.preparation,
        server_handover=wire.handover,
        handed_over_at=utc_or_none(wire.handed_over_at),
        handed_over_by=clean(wire.handed_over_by),
        lease=None if wire.lease is None else _lease(wire.lease),
        version=wire.version,
        language=_two_letters(wire.language),
    )
    return OrderChange(order)


def _two_letters(tag: str) -> str:
    """`fr` of `fr-FR`; "" of what is no language."""
    found = tag.strip().replace("_", "-").split("-")[0].lower()
    return found if len(found) == 2 and found.isascii() and found.isalpha() else ""


def _lease(wire: _Lease) -> Lease:
    return Lease(wire.till_id, utc(wire.until), wire.number, wire.wanted_by, utc_or_none(wire.wanted_until))


def _order_line(wire: _Line) -> OrderLine:
    return OrderLine(
        line_no=wire.line_no,
        product_id=wire.product_id,
        label=clean(wire.label),
        quantity=wire.quantity,
        unit=wire.unit,
        unit_price=Money(wire.unit_price_minor),
        vat_rate_bp=wire.vat_rate_bp,
        total=Money(wire.total_minor),
        shelf=clean(wire.shelf),
        age_limit=wire.age_limit,
        withdrawal_right=wire.withdrawal_right,
    )


def _read_product(raw: msgspec.Raw) -> ProductChange:
    wire = _PRODUCT.decode(raw)
    product = Product(
        product_id=wire.product_id,
        name=clean(wire.name),
        price=Money(wire.price_minor),
        vat_rate_bp=wire.vat_rate_bp,
        unit=wire.unit,
        codes=tuple(dict.fromkeys(code for raw in wire.codes if (code := normalise_code(clean(raw))))),
        category=clean(wire.category),
        stock_tracked=wire.stock_tracked,
        shelf=clean(wire.shelf),
        published=wire.published,
        withdrawal_right=wire.withdrawal_right,
        age_limit=wire.age_limit,
        active=wire.active,
        nature=usual_nature(wire.unit) if isinstance(wire.nature, msgspec.UnsetType) else wire.nature,
        meal_voucher=wire.meal_voucher is True,
        legal_guarantee=wire.legal_guarantee is True,
        weigh_slip=wire.weigh_slip is True,
    )
    untold = frozenset(name for name in _FLAGS if getattr(wire, name) is msgspec.UNSET)
    return ProductChange(product, wire.version, untold)


def _read_movement(raw: msgspec.Raw) -> MovementChange:
    wire = _MOVEMENT.decode(raw)
    movement = StockMovement(
        movement_id=wire.movement_id,
        product_id=wire.product_id,
        location=clean(wire.location),
        quantity=wire.quantity,
        reason=wire.reason,
        happened_at=utc(wire.happened_at),
        till_id=wire.till_id,
        source_id=wire.source_id,
        operator=clean(wire.operator),
    )
    return MovementChange(movement)


def _read_pickup_key(raw: msgspec.Raw) -> PickupKeyChange:
    wire = _PICKUP_KEY.decode(raw)
    return PickupKeyChange(wire.key_id, None if wire.key is None else _key_bytes(wire.key))


# --- push -----------------------------------------------------------------------------------------------------------


def write_facts(facts: Sequence[Fact], heads: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The body of a push: the same facts always give the same bytes (sorted names, no spaces, UTF-8).

    Args:
        heads: see `domain.told.plain_head`.
    """
    body: dict[str, Any] = {"facts": [plain_fact(fact) for fact in facts]}
    if heads:
        body["heads"] = list(heads)
    return msgspec.json.encode(body, order="sorted")


def read_answers(body: bytes, facts: Sequence[Fact]) -> list[FactAnswer]:
    """The understood answers to these facts, in their order; a fact without an understood answer is left out.

    Raises:
        MarketplaceUnreachable: `not_understood`: no answer can be used.
    """
    answers: dict[str, FactAnswer] = {}
    for raw in _envelope(body, _ANSWERS).results:
        try:
            wire = _ANSWER.decode(raw)
        except _UNREADABLE:
            continue  # its fact stays unanswered, and is sent again
        message = clean(wire.message or "")[:MAX_SENTENCE_LENGTH]
        reason = wire.reason if isinstance(wire.reason, str) else ""
        answer = FactAnswer(wire.fact_id, wire.outcome, message, wire.view, clean(reason)[:_MAX_WORD_LENGTH])
        answers.setdefault(wire.fact_id, answer)
    return [answers[fact.fact_id] for fact in facts if fact.fact_id in answers]


def write_json(value: object) -> bytes:
    """The body of any other request."""
    return msgspec.json.encode(value, order="sorted")


# --- the rest -------------------------------------------------------------------------------------------------------


def read_pairing(body: bytes) -> Pairing:
    """What the marketplace gives a till. Raises MarketplaceUnreachable (`not_understood`), which quotes no secret."""
    wire = _envelope(body, _PAIRING)
    try:
        keys = {key.key_id: _key_bytes(key.key) for key in wire.pickup_keys if key.key is not None}
    except BrokenRuleError as error:
        raise MarketplaceUnreachable("not_understood", str(error)) from None
    shop = ShopIdentity(
        name=clean(wire.shop.name),
        address_lines=tuple(clean(line) for line in wire.shop.address_lines),
        siret=clean(wire.shop.siret),
        vat_number=clean(wire.shop.vat_number),
        footer=clean(wire.shop.footer),
    )
    return Pairing(
        till_id=wire.till_id,
        till_letter=wire.till_letter,
        till_name=clean(wire.till_name),
        shop_id=wire.shop.shop_id,
        shop=shop,
        device_token=wire.device_token,
        pickup_keys=keys,
    )


def read_problem(body: bytes) -> str | None:
    """The sentence in a problem document (RFC 9457); None if this is no such document."""
    try:
        problem = _PROBLEM.decode(body)
    except _UNREADABLE:
        return None
    return clean(problem.detail or problem.title)[:MAX_SENTENCE_LENGTH]


def _envelope(body: bytes, decoder: msgspec.json.Decoder[_Wire]) -> _Wire:
    with contextlib.suppress(*_UNREADABLE):
        return decoder.decode(body)
    try:
        return decoder.decode(_with_whole_characters(body))
    except _UNREADABLE as error:
        # msgspec names the place and the types, never the value
        raise MarketplaceUnreachable("not_understood", str(error)[:MAX_SENTENCE_LENGTH]) from None


def _with_whole_characters(body: bytes) -> bytes:
    """Half a character becomes a replacement mark: a shop front that cuts a note in the middle of an emoji must not
    keep a whole page, and all that comes after it, from the till."""
    text = body.decode("utf-8", errors="replace")
    return _ESCAPE.sub(lambda found: "\\ufffd" if found["half"] else found[0], text).encode()


def _key_bytes(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        raise BrokenRuleError("a pickup key is not base64") from None
    require(len(key) >= _MIN_KEY_BYTES, "a pickup key is too short")
    return key


# One JSON escape at a time, so that the backslash of "\\\\ud83d" is not taken for the beginning of one.
_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"\\(?:{_PAIR}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{{2}})|.)")

_PAGE = msgspec.json.Decoder(_Page)
_CHANGE = msgspec.json.Decoder(_Change)
_INSTANT = msgspec.json.Decoder(_Instant | None)
_ORDER = msgspec.json.Decoder(_Order)
_PRODUCT = msgspec.json.Decoder(_Product)
_MOVEMENT = msgspec.json.Decoder(_Movement)
_PICKUP_KEY = msgspec.json.Decoder(_PickupKey)
_ANSWERS = msgspec.json.Decoder(_Answers)
_ANSWER = msgspec.json.Decoder(_Answer)
_PAIRING = msgspec.json.Decoder(_PairingAnswer)
_PROBLEM = msgspec.json.Decoder(_Problem)

PATHS_OF_RECORDS = {
    "order": "/orders",
    "product": "/products",
    "stock_movement": "/stock-movements",
    "disagreement": "/disagreements",
}
"""Where one record can be asked for, by its kind."""

_READERS: dict[str, Callable[[msgspec.Raw], Change]] = {
    "order": _read_order,
    "product": _read_product,
    "stock_movement": _read_movement,
    "pickup_key": _read_pickup_key,
    "disagreement": read_disagreement,
}
