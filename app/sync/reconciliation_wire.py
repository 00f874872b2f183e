"""Owns the JSON of comparing with the marketplace, contract `/v1/reconciliation`. Never sends, stores or logs.

Tolerant of fields it does not know; strict on everything it compares: a guess would be a false alarm.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec

from app.domain.catalogue import MovementReason, StockMovement
from app.domain.money import MAX_AMOUNT_MINOR
from app.domain.reconciliation import KindFigures, ListedFact, OpenOrder, ProductStock, RangeFigures
from app.sync.heads_wire import read_heads
from app.usecases.ports import MarketplaceUnreachable
from app.usecases.reconciliation_ports import FactPage, MovementPage, OrderPage, RangePage, StockPage

_Shape = TypeVar("_Shape")
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Word = Annotated[str, msgspec.Meta(max_length=200)]
_Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Signed = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
_Amount = Annotated[int, msgspec.Meta(ge=-MAX_AMOUNT_MINOR, le=MAX_AMOUNT_MINOR)]
_Sha256 = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Kind(msgspec.Struct, kw_only=True, gc=False):
    count: _Number
    sum_minor: _Signed = 0


class _Range(msgspec.Struct, kw_only=True, gc=False):
    first_seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    count: _Number
    sha256: _Sha256 = ""
    kinds: dict[_Word, _Kind] = {}


class _Ranges(msgspec.Struct, kw_only=True, gc=False):
    last_seq: _Number
    ranges: list[_Range]
    next_after_seq: _Number | None = None
    heads: list[msgspec.Raw] = []


class _Fact(msgspec.Struct, kw_only=True, gc=False):
    till_seq: _Number
    fact_id: _Id
    kind: _Word
    happened_at: _Instant | None = None
    title: _Word = ""
    amount_minor: _Amount | None = None


class _Facts(msgspec.Struct, kw_only=True, gc=False):
    facts: list[_Fact]
    more: bool = False


class _Known(msgspec.Struct, kw_only=True, gc=False):
    known: list[_Id]


class _Product(msgspec.Struct, kw_only=True, gc=False):
    product_id: _Id
    physical: _Signed
    moved: _Signed
    movements: _Number
    sha256: _Sha256 = ""


class _Stock(msgspec.Struct, kw_only=True, gc=False):
    products: list[_Product]
    next_after: _Id | None = None


class _Movement(msgspec.Struct, kw_only=True, gc=False):
    movement_id: _Id
    product_id: _Id
    location: _Word
    quantity: _Signed
    reason: MovementReason
    happened_at: _Instant
    till_id: _Word
    source_id: _Word = ""
    operator: _Word = ""


class _Movements(msgspec.Struct, kw_only=True, gc=False):
    movements: list[_Movement]
    next_after: _Id | None = None


class _OpenOrder(msgspec.Struct, kw_only=True, gc=False):
    order_id: _Id
    number: _Word
    version: _Number
    handover: _Word


class _Orders(msgspec.Struct, kw_only=True, gc=False):
    orders: list[_OpenOrder]
    next_after: _Id | None = None


_RANGES = msgspec.json.Decoder(_Ranges)
_FACTS = msgspec.json.Decoder(_Facts)
_KNOWN = msgspec.json.Decoder(_Known)
_STOCK = msgspec.json.Decoder(_Stock)
_MOVEMENTS = msgspec.json.Decoder(_Movements)
_ORDERS = msgspec.json.Decoder(_Orders)
_UNREADABLE = (msgspec.MsgspecError, RecursionError, OverflowError, ValueError)


def read_ranges(body: bytes) -> RangePage:
    page = _read(_RANGES, body)
    ranges = [
        RangeFigures(
            each.first_seq,
            each.count,
            each.sha256,
            {kind: KindFigures(figures.count, figures.sum_minor) for kind, figures in each.kinds.items()},
        )
        for each in page.ranges
    ]
    return RangePage(ranges, page.last_seq, read_heads(page.heads), page.next_after_seq)


def read_facts(body: bytes) -> FactPage:
    page = _read(_FACTS, body)
    facts = [
        ListedFact(each.till_seq, each.fact_id, each.kind, _utc(each.happened_at), each.title, each.amount_minor)
        for each in page.facts
    ]
    return FactPage(facts, page.more and bool(facts))


def read_known(body: bytes) -> frozenset[str]:
    return frozenset(_read(_KNOWN, body).known)


def read_stock(body: bytes) -> StockPage:
    page = _read(_STOCK, body)
    products = [
        ProductStock(each.product_id, each.physical, each.moved, each.movements, each.sha256) for each in page.products
    ]
    return StockPage(products, page.next_after)


def read_movements(body: bytes) -> MovementPage:
    page = _read(_MOVEMENTS, body)
    movements = [
        StockMovement(
            each.movement_id,
            each.product_id,
            each.location,
            each.quantity,
            each.reason,
            each.happened_at.astimezone(UTC),
            each.till_id,
            each.source_id,
            each.operator,
        )
        for each in page.movements
    ]
    return MovementPage(movements, page.next_after)


def read_orders(body: bytes) -> OrderPage:
    page = _read(_ORDERS, body)
    orders = [OpenOrder(each.order_id, each.number, each.version, each.handover) for each in page.orders]
    return OrderPage(orders, page.next_after)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment is not None else None


def _read(decoder: msgspec.json.Decoder[_Shape], body: bytes) -> _Shape:
    """Raises MarketplaceUnreachable: `not_understood`."""
    try:
        return decoder.decode(body)
    except _UNREADABLE as error:
        raise MarketplaceUnreachable("not_understood", str(error)[:500]) from None
