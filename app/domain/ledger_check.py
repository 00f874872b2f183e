"""Owns what a check of the ledger can find, and the checks that need one row alone. Never reads a database, never knows
how a finding is worded.

What is read here may have been changed by anybody: values have no type that can be trusted, and nothing raises.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.canonical import content_of
from app.domain.fiscal import Series
from app.domain.sale import TURNOVER_NATURES, PaymentMeans

KEY_ID_LENGTH = 16
SERIES_WITH_TOTALS = frozenset({Series.SALES.value, Series.TRAINING.value})
"""Whose rows carry perpetual totals."""


class FindingKind(StrEnum):
    """What is wrong, or remarkable for ever (GAP_RECORDED, KEY_REPLACED). A code never changes its meaning."""

    ROWS_MISSING = "rows_missing"
    ROW_ADDED = "row_added"
    ROW_MOVED = "row_moved"
    CONTENT_CHANGED = "content_changed"
    HASH_CHANGED = "hash_changed"
    SIGNATURE_WRONG = "signature_wrong"
    COLUMN_CHANGED = "column_changed"
    ROW_UNREADABLE = "row_unreadable"
    DAY_ORDER = "day_order"
    CLOCK_BACK = "clock_back"
    MONEY_WRONG = "money_wrong"
    PERPETUAL_WRONG = "perpetual_wrong"
    TABLE_CHANGED = "table_changed"
    TABLE_ROW_MISSING = "table_row_missing"
    TABLE_ROW_ADDED = "table_row_added"
    CLOSURE_WRONG = "closure_wrong"
    COUNTER_BEHIND = "counter_behind"
    COUNTER_CHANGED = "counter_changed"
    TAIL_CUT = "tail_cut"
    OLDER_COPY = "older_copy"
    HISTORY_REWRITTEN = "history_rewritten"
    GAP_RECORDED = "gap_recorded"
    KEY_UNKNOWN = "key_unknown"
    KEY_CHANGED = "key_changed"
    KEY_UNDECLARED = "key_undeclared"
    KEY_NOT_OURS = "key_not_ours"
    KEY_REPLACED = "key_replaced"
    CLOCK_BEHIND = "clock_behind"
    GUARD_MISSING = "guard_missing"


REMARKABLE = frozenset({FindingKind.GAP_RECORDED, FindingKind.KEY_REPLACED})
"""Recorded by the program itself, signed, and told in each report; not a fault found now."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        series: of the chain; as stored, so perhaps one that no chain has.
        number: of the row, 0 if it concerns no single row.
        details: by name: `first` and `last` number, `field`, `table`, `line` ...
    """

    kind: FindingKind
    till_letter: str = ""
    series: str = ""
    number: int = 0
    details: Mapping[str, str | int] = field(default_factory=dict)


class RawRow(NamedTuple):
    """A row of the ledger as the database holds it, unbelieved; columns in this order."""

    till_letter: Any
    series: Any
    number: Any
    kind: Any
    record_id: Any
    happened_at: Any
    trading_day: Any
    canonical: Any
    hash: Any
    signature: Any
    key_id: Any


class RawHead(NamedTuple):
    """A row of `ledger_head`, unbelieved; columns in this order."""

    number: Any
    hash: Any
    signature: Any
    perpetual_minor: Any
    perpetual_absolute_minor: Any
    trading_day: Any
    happened_at: Any


class RawKey(NamedTuple):
    """A row of `fiscal_key`, unbelieved."""

    key_id: Any
    public_pem: Any
    created_at: Any


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """Where a chain ends: its last two rows, and what the counter says of it."""

    till_letter: str
    series: str
    last: RawRow | None
    before_last: RawRow | None
    counter: RawHead | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that are lost, as the journal recorded it: the chain went on after them from a head that a witness knew.

    Attributes:
        hash, signature, perpetual, perpetual_absolute, day, at: of the last lost row, as the witness knew it.
        event: the number of the event that says so.
    """

    series: str
    first: int
    last: int
    hash: bytes
    signature: bytes
    perpetual: int
    perpetual_absolute: int
    day: str
    at: str
    event: int


RowCheck = Callable[[RawRow, bytes], bool]
"""Whether a row's signature is of its key over a digest."""


def content_or_none(row: RawRow) -> dict[str, Any] | None:
    """What a row says; None if its bytes are not a row at all."""
    try:
        return content_of(row.canonical)
    except (ValueError, AttributeError, RecursionError):
        return None


def chain_digest(previous_hash: Any, previous_signature: Any, canonical: Any) -> bytes | None:
    """The digest that a row must have; None if what it is made of are no bytes."""
    try:
        return hashlib.sha256(previous_hash + previous_signature + canonical).digest()
    except TypeError:
        return None


def utc_text(local: Any) -> str:
    """A sealed local time as the columns have it; "" if it is none."""
    try:
        return datetime.fromisoformat(local).astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, TypeError, OverflowError):
        return ""


_HEADER = ("till", "series", "number", "kind", "id", "at", "day")
_COLUMNS = ("till_letter", "series", "number", "kind", "record_id", "happened_at", "trading_day")


def changed_columns(row: RawRow, content: Mapping[str, Any]) -> list[str]:
    """The columns of a row that are not what its sealed bytes say."""
    said = [content.get(name) for name in _HEADER]
    said[5] = utc_text(said[5])
    if tuple(said) == row[:7]:
        return []
    return [name for name, sealed, stored in zip(_COLUMNS, said, row, strict=False) if sealed != stored]


_IN_TURNOVER = frozenset(nature.value for nature in TURNOVER_NATURES)


def money_faults(content: Mapping[str, Any]) -> list[str]:
    """Which sums of a sealed document are wrong (I6): names of what does not add up."""
    try:
        return [name for name, adds_up in _sums(content) if not adds_up]
    except (KeyError, TypeError, AttributeError):
        return ["form"]


def _sums(content: Mapping[str, Any]) -> list[tuple[str, bool]]:
    gross: dict[int, int] = {}
    net: dict[int, int] = {}
    outside = 0
    for line in content["lines"]:
        if line["nature"] in _IN_TURNOVER:
            gross[line["rate"]] = gross.get(line["rate"], 0) + line["total"]
            net[line["rate"]] = net.get(line["rate"], 0) + line["net"]
        else:
            outside += line["total"]
    turnover = sum(gross.values())
    vat = content["vat"]
    return [
        ("lines", turnover + outside == content["total"]),
        ("turnover", turnover == content["turnover"]),
        ("outside", outside == content["outside"]),
        ("vat", all(part["net"] + part["vat"] == part["gross"] for part in vat)),
        ("rates", {part["rate"]: part["gross"] for part in vat} == gross and len(vat) == len(gross)),
        ("bases", {part["rate"]: part["net"] for part in vat} == net),
        ("payments", sum(payment["amount"] for payment in content["payments"]) == content["total"]),
        ("change", all(_change_fits(payment) for payment in content["payments"])),
    ]


def _change_fits(payment: Mapping[str, Any]) -> bool:
    change = payment["tendered"] - payment["amount"]
    return bool(change == 0 or (change > 0 and payment["means"] == PaymentMeans.CASH and payment["amount"] >= 0))


def turnover_of(content: Mapping[str, Any]) -> tuple[int, int]:
    """What a sealed document adds to the perpetual totals: algebraic and absolute, in cents."""
    try:
        lines = [line["total"] for line in content["lines"] if line["nature"] in _IN_TURNOVER]
        return sum(lines), sum(abs(total) for total in lines)
    except (KeyError, TypeError):
        return 0, 0


def key_id_of(public_pem: Any) -> str:
    """The id that a public key must have; "" if this is no PEM."""
    try:
        body = "".join(line for line in public_pem.splitlines() if not line.startswith("-----"))
        return hashlib.sha256(base64.b64decode(body, validate=True)).hexdigest()[:KEY_ID_LENGTH]
    except (AttributeError, ValueError, binascii.Error):
        return ""


def gap_of(row: RawRow) -> Gap | None:
    """The gap that an event records; None for another event, or one that cannot be read."""
    content = content_or_none(row)
    if content is None or row.kind != "ledger_gap":
        return None
    try:
        said = content["details"]
        return Gap(
            series=Series(said["series"]).value,
            first=int(said["first"]),
            last=int(said["last"]),
            hash=bytes.fromhex(said["hash"]),
            signature=bytes.fromhex(said["signature"]),
            perpetual=int(said["perpetual"]),
            perpetual_absolute=int(said["perpetual_absolute"]),
            day=str(said["day"]),
            at=str(said["at"]),
            event=int(row.number),
        )
    except (KeyError, TypeError, ValueError):
        return None


def gaps_of(events: Sequence[RawRow], series: str) -> list[Gap]:
    """The recorded gaps of a chain, by their first number."""
    found = [gap for gap in map(gap_of, events) if gap is not None and gap.series == series]
    return sorted(found, key=lambda gap: (gap.first, gap.last))
