"""Owns what a closed day comes to for the accounts: its closure, and its turnover split into goods and services by
rate, tickets and invoices apart. Never computes VAT anew (R20), never reads a ledger.

A closure knows turnover by rate; whether it was goods or services is in its documents alone. Both come out of sealed
bytes, and `check_book` holds the one against the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.catalogue import LineNature
from app.domain.closure import Closure
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.sale import TURNOVER_NATURES, DocumentKind

Slot = tuple[LineNature, int]
"""Goods or services, and the rate in basis points."""


@dataclass(slots=True)
class Booked:
    """Turnover of one kind at one rate, in cents: `gross` = `net` + `vat`."""

    gross: int = 0
    net: int = 0

    @property
    def vat(self) -> int:
        return self.gross - self.net

    def add(self, gross: int, net: int) -> None:
        self.gross += gross
        self.net += net


@dataclass(slots=True)
class SlotSums:
    """Turnover by slot.

    Attributes:
        sales, corrections: how many documents of the kind `sale`, and of all others, have lines in exactly these slots.
    """

    by_slot: dict[Slot, Booked] = field(default_factory=dict)
    sales: dict[frozenset[Slot], int] = field(default_factory=dict)
    corrections: dict[frozenset[Slot], int] = field(default_factory=dict)

    def add_document(self, content: Mapping[str, Any]) -> None:
        slots = set()
        for line in content["lines"]:
            nature = LineNature(line["nature"])
            if nature in TURNOVER_NATURES:
                slot = nature, line["rate"]
                slots.add(slot)
                self.by_slot.setdefault(slot, Booked()).add(line["total"], line["net"])
        counts = self.sales if content["kind"] == DocumentKind.SALE else self.corrections
        if slots:
            counts[frozenset(slots)] = counts.get(frozenset(slots), 0) + 1

    def slots(self) -> list[tuple[Slot, Booked]]:
        """Goods before services, the highest rate first."""
        return sorted(self.by_slot.items(), key=lambda item: (item[0][0] is not LineNature.GOODS, -item[0][1]))


@dataclass(frozen=True, slots=True)
class DayBook:
    """A closed day.

    Attributes:
        number: 1, 2, 3 ... of the day's closure among those of days, since the first use.
        signature: of the closure's row.
        all: turnover of all its documents; `tickets` those that no invoice was made of; what is left went by invoice
            (R24, R25).
    """

    number: int
    closure: Closure
    signature: bytes
    software: str
    all: SlotSums
    tickets: SlotSums
    invoices: SlotSums

    @property
    def day(self) -> date:
        return self.closure.last_day


def book_of(
    number: int,
    closure: Closure,
    signature: bytes,
    software: str,
    documents: Iterable[Mapping[str, Any]],
    invoiced: Collection[str],
) -> DayBook:
    """The book of a closed day.

    Args:
        documents: the sealed documents first_number..last_number of the closure.
        invoiced: ids of documents that an invoice or a credit note was made of.

    Raises:
        MoneyDoesNotAddUp: the documents are not those that the closure summed up.
    """
    book = DayBook(number, closure, signature, software, SlotSums(), SlotSums(), SlotSums())
    for content in documents:
        book.all.add_document(content)
        (book.invoices if went_by_invoice(content, invoiced) else book.tickets).add_document(content)
    check_book(book)
    return book


def went_by_invoice(content: Mapping[str, Any], invoiced: Collection[str]) -> bool:
    """Whether a document is told by an invoice, not by e-reporting: one was made of it, or of what it corrects."""
    corrected = {content["corrects"], *(line["corrects"] for line in content["lines"])} - {""}
    return content["id"] in invoiced or (bool(corrected) and all(one in invoiced for one in corrected))


def check_book(book: DayBook) -> None:
    """Raises MoneyDoesNotAddUp: goods and services of a rate are not what the closure has at it."""
    by_rate: dict[int, tuple[int, int]] = {}
    for (_, rate), booked in book.all.slots():
        before = by_rate.get(rate, (0, 0))
        by_rate[rate] = before[0] + booked.gross, before[1] + booked.net
    closed: dict[int, tuple[int, int]] = {}
    for part in book.closure.totals.vat:
        before = closed.get(part.rate_bp, (0, 0))
        closed[part.rate_bp] = before[0] + part.gross.minor, before[1] + part.net.minor
    if by_rate != closed:
        raise MoneyDoesNotAddUp(f"closure {book.closure.display_number}: {closed}, its documents {by_rate}")
