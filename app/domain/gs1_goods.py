"""Owns what a GS1 code says of the goods it is on, and whether they may still be sold. Pure: today comes in.

Reading the code is `scanning.gs1`'s. What is said here goes with one act at the counter; nothing of it is recorded.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.money import Money

EURO = "978"
"""ISO 4217, as GS1 codes say it."""


@dataclass(frozen=True, slots=True)
class Gs1Goods:
    """What one code says; whatever it does not say is "" or None.

    Attributes:
        gtin: 14 figures, check digit right (AI 01).
        contained_gtin: of what is inside a case or on a pallet (AI 02): nothing that is sold as it is.
        use_by: last day of sale by law, DLC (AI 17, 7003).
        best_before: DDM (AI 15); sell_by: the maker's wish (AI 16).
        lot, serial: AI 10 and 21.
        net_weight_g: of goods whose weight varies (AI 310n).
        count: pieces (AI 30, 37).
        price: of goods whose price varies (AI 392n, 393n), VAT included; `currency` as the code says it, "" if it does
            not.
    """

    gtin: str = ""
    contained_gtin: str = ""
    use_by: date | None = None
    best_before: date | None = None
    sell_by: date | None = None
    lot: str = ""
    serial: str = ""
    net_weight_g: int | None = None
    count: int | None = None
    price: Money | None = None
    currency: str = ""

    @property
    def varies(self) -> bool:
        """Whether weight and price belong to the single piece: packaging level 9, or a number of the shop's own (2…).
        Elsewhere a price in the code would be anybody's."""
        return self.gtin.startswith(("9", "02"))


class DateVerdict(StrEnum):
    """What the dates on the goods mean today."""

    FINE = "fine"
    PAST_USE_BY = "past_use_by"
    """Must not be sold, by nobody's leave (C. conso L. 412-1, règlement 1169/2011 art. 24)."""
    PAST_BEST_BEFORE = "past_best_before"
    """May be sold; the customer should know."""
    PAST_SELL_BY = "past_sell_by"
    """The same."""


def judge_dates(goods: Gs1Goods, today: date) -> DateVerdict:
    """Args: today: the shop's. The day itself is still good."""
    if goods.use_by is not None and goods.use_by < today:
        return DateVerdict.PAST_USE_BY
    if goods.best_before is not None and goods.best_before < today:
        return DateVerdict.PAST_BEST_BEFORE
    if goods.sell_by is not None and goods.sell_by < today:
        return DateVerdict.PAST_SELL_BY
    return DateVerdict.FINE


def date_of(figures: str, this_year: int) -> date | None:
    """The day that six figures YYMMDD say; None if there is no such day.

    Day 00 is the last of its month. The century is the one that brings the year within 49 years past and 50 ahead (GS1
    General Specifications 7.12).
    """
    if len(figures) != 6 or not (figures.isascii() and figures.isdigit()):
        return None
    century = this_year - this_year % 100
    ahead = int(figures[:2]) - this_year % 100
    if ahead > 50:
        century -= 100
    elif ahead < -49:
        century += 100
    year, month, day = century + int(figures[:2]), int(figures[2:4]), int(figures[4:])
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None
