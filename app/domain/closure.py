"""Owns closures: what the Z of a day, a month, a year says, and its sealed form. Never adds up documents itself
(`period_totals.py`), never decides when to close (`usecases/close_period.py`).

A closure is a row of the chain `closures`; its body names the rows it sums up and the ends of all chains, so that a
printed Z witnesses everything before it (R8, R9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.canonical import Plain, local_time_text, moment_of
from app.domain.cash import CashTotals, joined_cash
from app.domain.catalogue import LineNature
from app.domain.errors import BrokenInvariant
from app.domain.fiscal import EventCode, Series
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money
from app.domain.period_totals import PeriodTotals, VatTotal, joined_totals
from app.domain.sale import DocumentKind, PaymentMeans


class ClosureKind(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    """The fiscal year."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of a chain at the moment of closing."""

    series: Series
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class ActivityCounts:
    """What an inspector asks about beside the money (R8).

    Attributes:
        training: documents of the training chain.
        parked: baskets put aside when it was closed; all the others were counted over the period.
    """

    duplicates: int = 0
    gift_receipts: int = 0
    drawer_openings: int = 0
    approvals: int = 0
    price_overrides: int = 0
    abandoned_baskets: int = 0
    training: int = 0
    parked: int = 0


_EVENT_OF_COUNT: Mapping[str, EventCode] = {
    "duplicates": EventCode.DUPLICATE,
    "gift_receipts": EventCode.GIFT_RECEIPT,
    "drawer_openings": EventCode.DRAWER_OPENED,
    "approvals": EventCode.APPROVAL,
    "price_overrides": EventCode.PRICE_OVERRIDDEN,
    "abandoned_baskets": EventCode.BASKET_ABANDONED,
}


def activity_of(events: Mapping[str, int], training: int, parked: int) -> ActivityCounts:
    """Args: events: how many of each kind of event (`EventCode` values) the period has."""
    counted = {name: events.get(code.value, 0) for name, code in _EVENT_OF_COUNT.items()}
    return ActivityCounts(**counted, training=training, parked=parked)


@dataclass(frozen=True, slots=True)
class Closure:
    """A closed period.

    Attributes:
        number: in the chain `closures`, days, months and years together.
        period: 2026-11-22, 2026-11, or 2026 (the year the fiscal year begins in); rank: 1, 2 ... for the same period.
        first_day, last_day: trading days it covers, both included.
        opened_at, closed_at: aware UTC.
        first_number, last_number: of the documents in the chain `sales`, 0 and 0 for none.
        first_event, last_event: of the technical events that belong to it, 0 and 0 for none.
        parts: numbers of the closures it sums up: a month's days, a year's months.
        heads: ends of all chains; that of `closures` is the row before this one.
        year_to_date: turnover since the fiscal year began on `year_first_day`.
        perpetual, perpetual_absolute: turnover since the first use (R9), after its last document.
    """

    closure_id: str
    till_letter: str
    number: int
    kind: ClosureKind
    period: str
    rank: int
    first_day: date
    last_day: date
    opened_at: datetime
    closed_at: datetime
    utc_offset_minutes: int
    operator: str
    first_number: int
    last_number: int
    first_event: int
    last_event: int
    totals: PeriodTotals
    cash: CashTotals
    activity: ActivityCounts
    year_first_day: date
    year_to_date: Money
    perpetual: Money
    perpetual_absolute: Money
    heads: tuple[ChainHead, ...] = ()
    parts: tuple[int, ...] = ()

    @property
    def display_number(self) -> str:
        """As people and accounts refer to it, for example A-Z0012."""
        return f"{self.till_letter}-Z{self.number:04d}"

    @property
    def documents_up_to(self) -> int:
        """The last document that was closed when this was, 0 for none: the next period begins after it."""
        return self._head_of(Series.SALES) or self.last_number

    @property
    def events_up_to(self) -> int:
        """The last event that was closed when this was."""
        return self._head_of(Series.EVENTS) or self.last_event

    def _head_of(self, series: Series) -> int:
        return next((head.number for head in self.heads if head.series is series), 0)


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """The period under way (X): what a closure would say now. Nothing is sealed.

    Attributes:
        since: when the last day was closed; None before the first time.
        days: open trading days.
    """

    till_letter: str
    made_at: datetime
    utc_offset_minutes: int
    since: datetime | None
    days: tuple[date, ...]
    first_number: int
    last_number: int
    totals: PeriodTotals
    cash: CashTotals
    activity: ActivityCounts
    perpetual: Money
    perpetual_absolute: Money


# --- periods ---


def period_of_day(day: date) -> str:
    return day.isoformat()


def period_of_month(day: date) -> str:
    return day.isoformat()[:7]


def last_day_of_month(day: date) -> date:
    """The last day of the month that `day` lies in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def joined_parts(parts: Sequence[Closure]) -> tuple[PeriodTotals, CashTotals, ActivityCounts]:
    """What several closures, in order, come to: the month is the sum of its days, the year of its months."""
    return (
        joined_totals(part.totals for part in parts),
        joined_cash(part.cash for part in parts),
        _joined_activity([part.activity for part in parts]),
    )


def _joined_activity(counts: Sequence[ActivityCounts]) -> ActivityCounts:
    sums = {field.name: sum(getattr(count, field.name) for count in counts) for field in fields(ActivityCounts)}
    return ActivityCounts(**{**sums, "parked": counts[-1].parked})


def range_of(numbers: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """First and last of ranges that follow each other; 0 and 0 stand for an empty one."""
    real = [pair for pair in numbers if pair[1]]
    return (real[0][0], real[-1][1]) if real else (0, 0)


# --- the sealed form ---


def closure_body(closure: Closure) -> dict[str, Plain]:
    """What is sealed of a closure beside what every row has."""
    totals, offset = closure.totals, closure.utc_offset_minutes
    return {
        "period": closure.period,
        "rank": closure.rank,
        "first_day": closure.first_day.isoformat(),
        "last_day": closure.last_day.isoformat(),
        "opened_at": local_time_text(closure.opened_at, offset),
        "first_number": closure.first_number,
        "last_number": closure.last_number,
        "first_event": closure.first_event,
        "last_event": closure.last_event,
        "documents": [{"kind": kind.value, "count": count} for kind, count in totals.documents],
        "sales": totals.sales.minor,
        "refunds": totals.refunds.minor,
        "turnover": totals.turnover.minor,
        "outside": [{"nature": nature.value, "amount": amount.minor} for nature, amount in totals.outside],
        "total": totals.total.minor,
        "vat": [_vat(part) for part in totals.vat],
        "means": [{"means": means.value, "amount": amount.minor} for means, amount in totals.means],
        "discounts": {"count": totals.discount_count, "amount": totals.discounts.minor},
        "counts": {field.name: getattr(closure.activity, field.name) for field in fields(ActivityCounts)},
        "cash": _cash(closure.cash),
        "year_first_day": closure.year_first_day.isoformat(),
        "year_to_date": closure.year_to_date.minor,
        "perpetual": closure.perpetual.minor,
        "perpetual_absolute": closure.perpetual_absolute.minor,
        "parts": list(closure.parts),
        "heads": [{"series": h.series.value, "number": h.number, "hash": h.hash.hex()} for h in closure.heads],
    }


def closure_of(content: Mapping[str, Any]) -> Closure:
    """The closure that a sealed row (`canonical.content_of`) says. Raises KeyError, ValueError: it is none."""
    closed_at = datetime.fromisoformat(content["at"])
    offset = closed_at.utcoffset()
    if offset is None:
        raise ValueError("a time without its offset")
    counts = {name: int(value) for name, value in content["counts"].items() if name in _COUNT_NAMES}
    return Closure(
        closure_id=content["id"],
        till_letter=content["till"],
        number=content["number"],
        kind=ClosureKind(content["kind"]),
        period=content["period"],
        rank=content["rank"],
        first_day=date.fromisoformat(content["first_day"]),
        last_day=date.fromisoformat(content["last_day"]),
        opened_at=moment_of(content["opened_at"]),
        closed_at=moment_of(content["at"]),
        utc_offset_minutes=int(offset.total_seconds() // 60),
        operator=content["operator"],
        first_number=content["first_number"],
        last_number=content["last_number"],
        first_event=content["first_event"],
        last_event=content["last_event"],
        totals=_totals_of(content),
        cash=_cash_of(content["cash"]),
        activity=ActivityCounts(**counts),
        year_first_day=date.fromisoformat(content["year_first_day"]),
        year_to_date=Money(content["year_to_date"]),
        perpetual=Money(content["perpetual"]),
        perpetual_absolute=Money(content["perpetual_absolute"]),
        heads=tuple(
            ChainHead(Series(head["series"]), head["number"], bytes.fromhex(head["hash"])) for head in content["heads"]
        ),
        parts=tuple(content["parts"]),
    )


_COUNT_NAMES = frozenset(field.name for field in fields(ActivityCounts))


def _vat(part: VatTotal) -> dict[str, Plain]:
    return {
        "regime": part.regime.value,
        "rate": part.rate_bp,
        "gross": part.gross.minor,
        "net": part.net.minor,
        "vat": part.vat.minor,
    }


def _cash(cash: CashTotals) -> dict[str, Plain]:
    return {
        "carried": cash.carried.minor,
        "float_change": cash.float_change.minor,
        "corrections": cash.corrections.minor,
        "float": cash.float_amount.minor,
        "sales": cash.sales.minor,
        "ins": cash.ins.minor,
        "outs": cash.outs.minor,
        "expected": cash.expected.minor,
        "was_counted": int(cash.counted is not None),
        "counted": (cash.counted or ZERO).minor,
        "difference": cash.difference.minor,
        "banked": cash.banked.minor,
        "left": cash.left.minor,
    }


def _cash_of(plain: Mapping[str, int]) -> CashTotals:
    return CashTotals(
        carried=Money(plain["carried"]),
        float_change=Money(plain["float_change"]),
        corrections=Money(plain["corrections"]),
        sales=Money(plain["sales"]),
        ins=Money(plain["ins"]),
        outs=Money(plain["outs"]),
        counted=Money(plain["counted"]) if plain["was_counted"] else None,
        difference=Money(plain["difference"]),
        banked=Money(plain["banked"]),
    )


def _totals_of(content: Mapping[str, Any]) -> PeriodTotals:
    return PeriodTotals(
        sales=Money(content["sales"]),
        refunds=Money(content["refunds"]),
        vat=tuple(
            VatTotal(
                VatRegime(part["regime"]), part["rate"], Money(part["gross"]), Money(part["net"]), Money(part["vat"])
            )
            for part in content["vat"]
        ),
        means=tuple((PaymentMeans(row["means"]), Money(row["amount"])) for row in content["means"]),
        outside=tuple((LineNature(row["nature"]), Money(row["amount"])) for row in content["outside"]),
        documents=tuple((DocumentKind(row["kind"]), row["count"]) for row in content["documents"]),
        discount_count=content["discounts"]["count"],
        discounts=Money(content["discounts"]["amount"]),
    )


# --- the head of the chain on paper ---

_HEAD_TEXT = re.compile(r"Z1 ([A-Z0-9]{1,4}) ([0-9]{1,9}) ([0-9A-F]{32})")
_SHOWN_BYTES = 16


@dataclass(frozen=True, slots=True)
class PrintedHead:
    """What the QR on a Z says: the closure's number and the beginning of its digest."""

    till_letter: str
    number: int
    hash_start: bytes


def chain_head_text(till_letter: str, number: int, digest: bytes) -> str:
    """The QR on a Z: `Z1 A 12 0F3C...`, the first 16 bytes of the closure's digest, which covers all chains.

    Only symbols of QR's alphanumeric mode, so that the code stays small.
    """
    text = f"Z1 {till_letter} {number} {digest[:_SHOWN_BYTES].hex().upper()}"
    if not _HEAD_TEXT.fullmatch(text):
        raise BrokenInvariant(f"no chain head: {text!r}")
    return text


def parse_chain_head(text: str) -> PrintedHead | None:
    """What a scanned Z says; None if it is no such code."""
    match = _HEAD_TEXT.fullmatch(text.strip().upper())
    if match is None:
        return None
    return PrintedHead(match[1], int(match[2]), bytes.fromhex(match[3]))
