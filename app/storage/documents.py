"""Owns how printed documents and parked baskets are kept: JSON with a version, read back exactly. Never lays one out.

What is kept today must be read in a year: unknown fields are ignored, missing ones take their default. A change that
needs more than that raises DOCUMENT_VERSION and adds a step to `_UPGRADES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from app.domain.receipt import (
    BagLabels,
    CashCountSlip,
    CounterNotice,
    HandoverSlip,
    InvoiceSlip,
    MarketSheet,
    PickupSlip,
    PreparationList,
    Printable,
    PrintKind,
    SaleReceipt,
    SelfTest,
    ServiceNote,
    ShelfLabels,
    VerificationReport,
    WeighSlip,
    XReport,
    ZReport,
)
from app.domain.sale import Basket
from app.usecases.ports import StoreUnavailable

DOCUMENT_VERSION = 1

_UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a version to the next, on plain data; never calls live code."""

_TYPES: dict[PrintKind, type[Printable]] = {
    PrintKind.SALE_RECEIPT: SaleReceipt,
    PrintKind.HANDOVER_SLIP: HandoverSlip,
    PrintKind.PREPARATION_LIST: PreparationList,
    PrintKind.SELF_TEST: SelfTest,
    PrintKind.SERVICE_NOTE: ServiceNote,
    PrintKind.WEIGH_SLIP: WeighSlip,
    PrintKind.COUNTER_NOTICE: CounterNotice,
    PrintKind.VERIFICATION_REPORT: VerificationReport,
    PrintKind.Z_REPORT: ZReport,
    PrintKind.X_REPORT: XReport,
    PrintKind.CASH_COUNT: CashCountSlip,
    PrintKind.INVOICE_SLIP: InvoiceSlip,
    PrintKind.PICKUP_SLIP: PickupSlip,
    PrintKind.BAG_LABELS: BagLabels,
    PrintKind.SHELF_LABELS: ShelfLabels,
    PrintKind.MARKET_SHEET: MarketSheet,
}


def document_text(document: Printable | Basket) -> str:
    """The document as it is stored."""
    body = msgspec.json.encode(document).decode()
    return f'{{"version":{DOCUMENT_VERSION},"document":{body}}}'


def printable_of(kind: PrintKind, text: str) -> Printable:
    """The document of a print job. Raises StoreUnavailable (`damaged`, `newer_version`)."""
    return _document_of(_TYPES[kind], text)  # type: ignore[no-any-return]  # one of the types of Printable


def basket_of(text: str) -> Basket:
    """A parked basket. Raises StoreUnavailable (`damaged`, `newer_version`)."""
    return _document_of(Basket, text)  # type: ignore[no-any-return]  # the type asked for


def _document_of(kind: Any, text: str) -> Any:
    try:
        kept = msgspec.json.decode(text, type=_Kept)
        if kept.version > DOCUMENT_VERSION:
            raise StoreUnavailable("newer_version", f"document version {kept.version}")
        if kept.version == DOCUMENT_VERSION:
            return msgspec.json.decode(kept.document, type=kind)
        plain = msgspec.json.decode(kept.document)
        for version in range(kept.version, DOCUMENT_VERSION):
            plain = _UPGRADES[version](plain)
        return msgspec.convert(plain, type=kind)
    except (msgspec.DecodeError, KeyError) as error:
        raise StoreUnavailable("damaged", f"a stored document: {type(error).__name__}") from error


class _Kept(msgspec.Struct):
    version: int
    document: msgspec.Raw
