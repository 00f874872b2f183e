"""Owns the French rules that change with time, as dated data, and the calendar they need. Pure functions of a day;
never the clock, never a decision of the shop's.

Texts that the law wants on paper are French whatever language the shop works in. What the law has not settled yet
carries the day up to which it is known: `to_recheck` names it once that day has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from app.domain.money import Money, total_of

# --- the calendar ---


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of metropolitan France; Alsace-Moselle and overseas have more."""
    easter = easter_sunday(year)
    moving = (easter + timedelta(days=days) for days in (1, 39, 50))
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset((*moving, *(date(year, month, day) for month, day in fixed)))


def easter_sunday(year: int) -> date:
    """Gregorian Easter, by the method that needs no table (Meeus, Jones, Butcher)."""
    golden, century, within = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (within // 4) - epact - within % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_public_holiday(day: date) -> bool:
    return day in public_holidays(day.year)


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor a public holiday."""
    return day.weekday() < 5 and not is_public_holiday(day)


# --- withdrawal from a distance sale (C. conso L. 221-18 ff., R31) ---

WITHDRAWAL_DAYS = 14


def withdrawal_ends_on(received: date) -> date:
    """The last day on which a distance sale can be cancelled, counted from the day after the goods were received; moved
    on to the next working day."""
    end = received + timedelta(days=WITHDRAWAL_DAYS)
    while not is_working_day(end):
        end += timedelta(days=1)
    return end


# --- cash (C. mon. fin. L. 112-6, R26) ---

CASH_LIMIT_RESIDENT = Money(1_000_00)
CASH_LIMIT_NON_RESIDENT = Money(10_000_00)
"""For private persons whose home for tax is not in France."""


def cash_limit(*, resident: bool = True) -> Money:
    """The most that may be taken in cash for one debt."""
    return CASH_LIMIT_RESIDENT if resident else CASH_LIMIT_NON_RESIDENT


def cash_still_allowed(cash_so_far: Sequence[Money], *, resident: bool = True) -> Money:
    """How much more cash one sale may take after these payments in cash: cutting a payment up does not help."""
    return max(cash_limit(resident=resident) - total_of(cash_so_far), Money(0))


# --- meal vouchers (C. trav. R. 3262-10, loi 2025-56, R27) ---


@dataclass(frozen=True, slots=True)
class MealVoucherRule:
    """What holds from a day on.

    Attributes:
        daily_limit: the most that one person may spend in a day.
        any_food: food to cook counts too, not only what can be eaten at once.
    """

    valid_from: date
    daily_limit: Money
    any_food: bool


_MEAL_VOUCHERS = (
    MealVoucherRule(date(2022, 10, 1), Money(25_00), any_food=True),
    MealVoucherRule(date(2027, 1, 1), Money(25_00), any_food=False),
)
_MEAL_VOUCHERS_KNOWN_UNTIL = date(2026, 12, 31)
"""A reform is announced for 2027; no text was adopted when this was written."""


def meal_voucher_rule(day: date) -> MealVoucherRule:
    """The rule of a day; before the first one known, the first."""
    return next((rule for rule in reversed(_MEAL_VOUCHERS) if rule.valid_from <= day), _MEAL_VOUCHERS[0])


def takes_meal_vouchers_on(day: date, *, sundays_allowed: bool) -> bool:
    """Not on Sundays and public holidays, unless the shop is allowed."""
    return sundays_allowed or not (day.weekday() == 6 or is_public_holiday(day))


def meal_voucher_share(eligible: Money, day: date, spent_today: Money = Money(0)) -> Money:  # noqa: B008  # a frozen value
    """The most that meal vouchers may pay of a sale: the eligible lines, within what is left of the day's limit.

    Args:
        spent_today: what the same person is known to have spent in meal vouchers on that day.
    """
    left = max(meal_voucher_rule(day).daily_limit - spent_today, Money(0))
    return max(min(eligible, left), Money(0))


# --- texts on paper ---


@dataclass(frozen=True, slots=True)
class DatedText:
    """A mention and the first day it is used on."""

    valid_from: date
    text: str


_FRANCHISE_MENTIONS = (DatedText(date.min, "TVA non applicable, art. 293 B du CGI"),)
_FRANCHISE_MENTION_KNOWN_UNTIL = date(2027, 12, 31)
"""The article moves to the CIBS on 1 January 2027, the old reference is tolerated at least that long."""

LEGAL_GUARANTEE_MENTION = (
    "Garantie légale de conformité de 2 ans à compter de la délivrance du bien (C. consom., art. D. 211-6)."
)
"""R22: on the receipt of a toy, an appliance, a lamp, furniture, a watch ... sold in the shop."""

NO_PAPER_NOTICE = (
    "Le ticket n'est imprimé qu'à votre demande, sauf exception prévue par la loi (C. envir., art. L. 541-15-10)."
)
"""R19: to be read where people pay."""


def franchise_mention(day: date) -> str:
    """What a merchant in VAT franchise prints instead of VAT (R21)."""
    return next(mention.text for mention in reversed(_FRANCHISE_MENTIONS) if mention.valid_from <= day)


SERVICE_NOTE_FROM = Money(25_00)
"""From this amount of services on, a note is compulsory before payment (arrêté 83-50/A)."""


def service_note_is_due(services: Money) -> bool:
    return services >= SERVICE_NOTE_FROM


# --- keeping (LPF L. 102 B, C. com. L. 123-22, R16) ---

RETENTION_FLOOR_YEARS = 10


def kept_until(day: date) -> date:
    """The last day a document of that day must be kept, whatever a shop would like."""
    year = day.year + RETENTION_FLOOR_YEARS
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) and not _is_leap(year) else day.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# --- what the law has not settled ---

_KNOWN_UNTIL = {
    "attestation": date(2026, 12, 31),
    "meal_vouchers": _MEAL_VOUCHERS_KNOWN_UNTIL,
    "franchise_mention": _FRANCHISE_MENTION_KNOWN_UNTIL,
}


def to_recheck(day: date) -> tuple[str, ...]:
    """Keywords of the rules that were not known up to this day when this Comptoir was made: a newer one may know."""
    return tuple(name for name, until in _KNOWN_UNTIL.items() if day > until)
