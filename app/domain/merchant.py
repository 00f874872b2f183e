"""Owns who the merchant is to the tax office: names, numbers and their checks, dated VAT regime, trading day, fiscal
year. Never asks a register whether a number exists, never knows the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

MAX_TEXT_LENGTH = 120
MAX_CUTOFF_HOUR = 12
_LA_POSTE_SIREN = "356000000"
_SIRET = re.compile(r"[0-9]{14}")
_VAT_NUMBER = re.compile(r"FR([0-9A-HJ-NP-Z]{2})([0-9]{9})")


class VatRegime(StrEnum):
    """Normal: VAT is charged and shown. Franchise: none anywhere, and the mention of its article is printed (R21)."""

    NORMAL = "normal"
    FRANCHISE = "franchise"


class PrepaidOrders(StrEnum):
    """Who records the sale of an order paid on line: decided once, with the accountant (R30)."""

    MARKETPLACE = "marketplace"
    TILL = "till"


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """Twelve months, both days included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who sells at this till. Everything may be missing: a till can be tried before the papers are there.

    Attributes:
        siret: 14 digits, no blanks.
        vat_number: intra-Community, "FR" + key + SIREN, no blanks.
        rcs: as on paper: "RCS Lille", "RM 59", "Dispensé d'immatriculation".
        regimes: (valid from, regime), oldest first; before the first one the regime is normal.
        cutoff_hour: local hour 0-12 until which the night still belongs to yesterday's trading day.
        fiscal_year_start_month: 1-12.
        meal_voucher_sundays: the shop is allowed meal vouchers on Sundays and public holidays.
        address_lines: registered address; "" lines are left out.
    """

    legal_name: str = ""
    legal_form: str = ""
    siret: str = ""
    vat_number: str = ""
    rcs: str = ""
    regimes: tuple[tuple[date, VatRegime], ...] = ()
    cutoff_hour: int = 4
    fiscal_year_start_month: int = 1
    prepaid_orders: PrepaidOrders = PrepaidOrders.MARKETPLACE
    meal_voucher_sundays: bool = False
    address_lines: tuple[str, ...] = ()

    @property
    def siren(self) -> str:
        """The first nine digits of the SIRET, "" while that is missing."""
        return self.siret[:9]

    def regime_on(self, day: date) -> VatRegime:
        """The VAT regime of a trading day."""
        return next((regime for since, regime in reversed(self.regimes) if since <= day), VatRegime.NORMAL)

    def with_regime(self, since: date, regime: VatRegime) -> Merchant:
        """The same merchant with this regime from that day on; what was told of later days no longer holds."""
        earlier = replace(self, regimes=tuple(entry for entry in self.regimes if entry[0] < since))
        if earlier.regime_on(since) is regime:
            return earlier
        return replace(earlier, regimes=(*earlier.regimes, (since, regime)))

    def fiscal_year_of(self, day: date) -> FiscalYear:
        """The fiscal year that a trading day belongs to."""
        year = day.year if day.month >= self.fiscal_year_start_month else day.year - 1
        first = date(year, self.fiscal_year_start_month, 1)
        return FiscalYear(first, first.replace(year=year + 1) - timedelta(days=1))


def trading_day(moment_utc: datetime, utc_offset_minutes: int, cutoff_hour: int) -> date:
    """The day whose closure a moment belongs to: local date, the hours before the cut-off counting for the day before.

    Args:
        moment_utc: aware, UTC.
        utc_offset_minutes: local time minus UTC at that moment.
        cutoff_hour: 0-12, local.
    """
    return (moment_utc + timedelta(minutes=utc_offset_minutes, hours=-cutoff_hour)).date()


class MerchantProblem(StrEnum):
    """What is wrong with a merchant's details; worded in `ui/messages.py`. What is missing is no problem here."""

    TEXT_TOO_LONG = "text_too_long"
    SIRET_NOT_14_DIGITS = "siret_not_14_digits"
    SIRET_CHECK_DIGIT = "siret_check_digit"
    VAT_NUMBER_FORM = "vat_number_form"
    VAT_NUMBER_KEY = "vat_number_key"
    VAT_NUMBER_OF_ANOTHER = "vat_number_of_another"
    REGIMES_NOT_IN_ORDER = "regimes_not_in_order"
    CUTOFF_HOUR = "cutoff_hour"
    FISCAL_YEAR_MONTH = "fiscal_year_month"


def problems_with(merchant: Merchant) -> tuple[MerchantProblem, ...]:
    """All that must be put right before these details may be kept."""
    found = [*_number_problems(merchant)]
    texts = (merchant.legal_name, merchant.legal_form, merchant.rcs, *merchant.address_lines)
    if any(len(text) > MAX_TEXT_LENGTH for text in texts):
        found.append(MerchantProblem.TEXT_TOO_LONG)
    since = [day for day, _ in merchant.regimes]
    if any(later <= earlier for earlier, later in pairwise(since)):
        found.append(MerchantProblem.REGIMES_NOT_IN_ORDER)
    if not 0 <= merchant.cutoff_hour <= MAX_CUTOFF_HOUR:
        found.append(MerchantProblem.CUTOFF_HOUR)
    if not 1 <= merchant.fiscal_year_start_month <= 12:
        found.append(MerchantProblem.FISCAL_YEAR_MONTH)
    return tuple(found)


def _number_problems(merchant: Merchant) -> list[MerchantProblem]:
    siret = siret_problem(merchant.siret) if merchant.siret else None
    vat_number = vat_number_problem(merchant.vat_number) if merchant.vat_number else None
    if merchant.vat_number and merchant.siret and not (siret or vat_number):
        vat_number = MerchantProblem.VAT_NUMBER_OF_ANOTHER if merchant.vat_number[4:] != merchant.siren else None
    return [problem for problem in (siret, vat_number) if problem is not None]


def siret_problem(siret: str) -> MerchantProblem | None:
    """What is wrong with a SIRET written without blanks, None if its digits fit together.

    Establishments of La Poste do not follow Luhn: the sum of their digits is a multiple of five.
    """
    if not _SIRET.fullmatch(siret):
        return MerchantProblem.SIRET_NOT_14_DIGITS
    of_la_poste = siret.startswith(_LA_POSTE_SIREN) and sum(map(int, siret)) % 5 == 0
    fits = _follows_luhn(siret[:9]) and (_follows_luhn(siret) or of_la_poste)
    return None if fits else MerchantProblem.SIRET_CHECK_DIGIT


def vat_number_problem(number: str) -> MerchantProblem | None:
    """What is wrong with a French VAT number written without blanks, None if it can be one.

    A key of two digits follows from the SIREN; a key with a letter is taken as it is.
    """
    parts = _VAT_NUMBER.fullmatch(number)
    if parts is None:
        return MerchantProblem.VAT_NUMBER_FORM
    key, siren = parts.groups()
    if key.isdigit() and not (key == vat_key_of(siren) and _follows_luhn(siren)):
        return MerchantProblem.VAT_NUMBER_KEY
    return None


def vat_key_of(siren: str) -> str:
    """The two digits between "FR" and a SIREN of nine digits."""
    return f"{(12 + 3 * (int(siren) % 97)) % 97:02d}"


def without_blanks(number: str) -> str:
    """A SIRET or VAT number as people write it, without its blanks, dots and hyphens, in capitals."""
    return re.sub(r"[\s.\-]", "", number).upper()


def _follows_luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def changed_fields(before: Merchant, after: Merchant) -> tuple[str, ...]:
    """Names of the details that differ, for the event journal: names only, never the values."""
    names = [field.name for field in fields(Merchant)]
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
