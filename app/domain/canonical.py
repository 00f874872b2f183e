"""Owns the exact bytes that are signed: version 1 of the canonical form. Never changes what version 1 means.

UTF-8 JSON without spaces, keys in a fixed order, whole numbers only (cents, base units, basis points), times with the
local offset. The bytes are stored as they were signed; nothing is ever built again from tables to verify a row (R4b).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from app.domain.errors import BrokenInvariant
from app.domain.fiscal import FISCAL_VERSION, LedgerHead, Series
from app.domain.sale import Payment, SaleDocument, SaleLine, VatPart

CANONICAL_VERSION = 1

Plain = str | int | Sequence["Plain"] | Mapping[str, "Plain"]
"""What may be sealed: no float, no null, so that one content has one form."""


def canonical_bytes(
    *,
    series: Series,
    number: int,
    kind: str,
    till_letter: str,
    till_id: str,
    happened_at: datetime,
    utc_offset_minutes: int,
    trading_day: date,
    record_id: str,
    operator: str,
    software: str,
    body: Mapping[str, Plain],
) -> bytes:
    """The bytes of a row, version 1.

    Args:
        happened_at: aware UTC; written in local time with its offset (R10).
        body: what belongs to the kind; its order is kept.

    Raises:
        BrokenInvariant: the body holds something else than texts, whole numbers, lists and mappings.
    """
    row: dict[str, Plain] = {
        "v": CANONICAL_VERSION,
        "series": series.value,
        "number": number,
        "kind": str(kind),
        "till": till_letter,
        "till_id": till_id,
        "at": local_time_text(happened_at, utc_offset_minutes),
        "day": trading_day.isoformat(),
        "id": record_id,
        "operator": operator,
        "software": software,
        "fiscal": FISCAL_VERSION,
        **body,
    }
    try:
        _check_plain(row)
        return _written(row).encode("utf-8")
    except (ValueError, TypeError) as error:
        raise BrokenInvariant(f"a row that cannot be sealed: {type(error).__name__}") from error


def content_of(canonical: bytes) -> dict[str, Any]:
    """What a row says. Raises ValueError if the bytes are not a row of a version that this program knows."""
    content = json.loads(canonical.decode("utf-8"))
    if not isinstance(content, dict) or content.get("v") != CANONICAL_VERSION:
        raise ValueError("not a row of a known version")
    return content


def local_time_text(moment: datetime, utc_offset_minutes: int) -> str:
    """ISO 8601 with offset, to the microsecond: `2026-11-22T14:30:00.000000+01:00`."""
    return moment.astimezone(timezone(timedelta(minutes=utc_offset_minutes))).isoformat(timespec="microseconds")


def moment_of(text: str) -> datetime:
    """The UTC moment of a `local_time_text`. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)


def sale_body(sale: SaleDocument, after: LedgerHead) -> dict[str, Plain]:
    """All of a sale document (R3), and the perpetual totals after it (R9)."""
    return {
        "regime": sale.vat_regime.value,
        "corrects": sale.corrects,
        "order": sale.order_id,
        "discount_reason": sale.discount_reason,
        "lines": [_line(line) for line in sale.lines],
        "vat": [_vat(part) for part in sale.vat],
        "payments": [_payment(payment) for payment in sale.payments],
        "total": sale.total.minor,
        "turnover": sale.turnover.minor,
        "outside": sale.outside.minor,
        "perpetual": after.perpetual.minor,
        "perpetual_absolute": after.perpetual_absolute.minor,
    }


def event_body(details: Mapping[str, str | int]) -> dict[str, Plain]:
    """A technical event's details, in the order given. Never a customer's data (I10)."""
    return {"details": dict(details)}


def _line(line: SaleLine) -> dict[str, Plain]:
    return {
        "no": line.line_no,
        "id": line.line_id,
        "label": line.label,
        "quantity": line.quantity,
        "unit": line.unit.value,
        "unit_price": line.unit_price.minor,
        "discount": line.discount.minor,
        "ticket_discount": line.ticket_discount.minor,
        "discount_reason": line.discount_reason,
        "total": line.total.minor,
        "net": line.net.minor,
        "rate": line.vat_rate_bp,
        "nature": line.nature.value,
        "product": line.product_id,
        "code": line.code,
        "order": line.order_id,
        "order_line": line.order_line_no,
        "corrects": line.corrects_sale_id,
        "corrects_line": line.corrects_line_no,
        "guarantee": int(line.legal_guarantee),
        "weigh_slip": int(line.weigh_slip),
    }


def _vat(part: VatPart) -> dict[str, Plain]:
    return {"rate": part.rate_bp, "gross": part.gross.minor, "net": part.net.minor, "vat": part.vat.minor}


def _payment(payment: Payment) -> dict[str, Plain]:
    return {
        "means": payment.means.value,
        "amount": payment.amount.minor,
        "tendered": payment.tendered.minor,
        "reference": payment.reference,
    }


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _check_plain(value: object) -> None:
    """Raises TypeError for a float, a truth value, nothing: JSON would write them, and not in one form only."""
    for part in value.values() if isinstance(value, Mapping) else value:  # type: ignore[attr-defined]  # a list, else
        kind = type(part)
        if kind is str or kind is int:
            continue
        if isinstance(part, list | tuple | Mapping):
            _check_plain(part)
        elif not isinstance(part, str) and (not isinstance(part, int) or kind is bool):
            raise TypeError(kind.__name__)
