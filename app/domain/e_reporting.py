"""Owns the e-reporting of sales to private customers: for each day, category and rate the base and the VAT (R24). Never
sends it: an approved platform does.

What went by invoice is told by the invoice and stands apart. Refunds lower the day on which they are made. Sales under
the margin schemes (TMA1) are not made at this till.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.catalogue import LineNature
from app.domain.day_books import DayBook, Slot, SlotSums


class Category(StrEnum):
    """Categories of the administration's flow 10.3."""

    GOODS = "TLB1"
    SERVICES = "TPS1"
    NOT_TAXED = "TNT1"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Turnover of one day, category and rate, in cents.

    Attributes:
        sales, corrections: documents of that day and category; a document of two categories counts in both, and the
            rates of one category have the same count.
    """

    day: date
    category: Category
    rate_bp: int
    net: int
    vat: int
    sales: int
    corrections: int

    @property
    def gross(self) -> int:
        return self.net + self.vat


def category_of(nature: LineNature, rate_bp: int) -> Category:
    """What bears no VAT is one category, goods or services."""
    if not rate_bp:
        return Category.NOT_TAXED
    return Category.SERVICES if nature is LineNature.SERVICE else Category.GOODS


def report_rows(books: Iterable[DayBook], *, invoiced: bool = False) -> list[ReportRow]:
    """The aggregates by day, category and rate; several closures of one day are one.

    Args:
        invoiced: what went by invoice, instead of what is to be reported.
    """
    sums: dict[tuple[date, Category, int], list[int]] = {}
    counts: dict[tuple[date, Category], list[int]] = {}
    for book in books:
        part = book.invoices if invoiced else book.tickets
        _add(book.day, part, sums, counts)
    return [
        ReportRow(day, category, rate, *amounts, *counts[day, category])
        for (day, category, rate), amounts in sorted(sums.items(), key=lambda item: (*item[0][:2], -item[0][2]))
    ]


def _add(
    day: date,
    part: SlotSums,
    sums: dict[tuple[date, Category, int], list[int]],
    counts: dict[tuple[date, Category], list[int]],
) -> None:
    for (nature, rate), booked in part.by_slot.items():
        amounts = sums.setdefault((day, category_of(nature, rate), rate), [0, 0])
        amounts[0] += booked.net
        amounts[1] += booked.vat
    for category in {category_of(*slot) for slot in part.by_slot}:
        count = counts.setdefault((day, category), [0, 0])
        count[0] += _documents_with(category, part.sales)
        count[1] += _documents_with(category, part.corrections)


def _documents_with(category: Category, counts: Mapping[frozenset[Slot], int]) -> int:
    return sum(count for slots, count in counts.items() if any(category_of(*slot) is category for slot in slots))
