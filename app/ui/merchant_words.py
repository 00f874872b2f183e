"""Owns the sentences about the merchant's details and the attestation: what is wrong and what to do. No Qt: the command
line says them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.domain.attestation import Attestation, new_attestation_needed
from app.domain.fiscal import FISCAL_VERSION
from app.domain.merchant import Merchant, MerchantProblem, VatRegime
from app.i18n import tr
from app.usecases.make_attestation import AttestationRefusal

_FIELDS = {
    MerchantProblem.TEXT_TOO_LONG: "legal_name",
    MerchantProblem.SIRET_NOT_14_DIGITS: "siret",
    MerchantProblem.SIRET_CHECK_DIGIT: "siret",
    MerchantProblem.VAT_NUMBER_FORM: "vat_number",
    MerchantProblem.VAT_NUMBER_KEY: "vat_number",
    MerchantProblem.VAT_NUMBER_OF_ANOTHER: "vat_number",
    MerchantProblem.REGIMES_NOT_IN_ORDER: "regime_since",
    MerchantProblem.CUTOFF_HOUR: "cutoff_hour",
    MerchantProblem.FISCAL_YEAR_MONTH: "fiscal_year_start_month",
}


def problem_field(problem: MerchantProblem) -> str:
    """The field that a problem belongs to."""
    return _FIELDS[problem]


def problem_words(problem: MerchantProblem) -> str:
    """What is wrong with a detail, and what to type."""
    return {
        MerchantProblem.TEXT_TOO_LONG: tr("Names and addresses have at most 120 characters a line."),
        MerchantProblem.SIRET_NOT_14_DIGITS: tr("A SIRET has 14 digits; it stands on the Sirene notice."),
        MerchantProblem.SIRET_CHECK_DIGIT: tr("This SIRET is mistyped: its last digit does not fit. Read it again."),
        MerchantProblem.VAT_NUMBER_FORM: tr("A French VAT number is FR, two characters, then the SIREN."),
        MerchantProblem.VAT_NUMBER_KEY: tr("This VAT number is mistyped: its key does not fit the SIREN."),
        MerchantProblem.VAT_NUMBER_OF_ANOTHER: tr("This VAT number belongs to another SIREN than the SIRET."),
        MerchantProblem.REGIMES_NOT_IN_ORDER: tr("Two VAT regimes begin on the same day. Keep one."),
        MerchantProblem.CUTOFF_HOUR: tr("Between 0 and 12: sales before that hour belong to the day before."),
        MerchantProblem.FISCAL_YEAR_MONTH: tr("Between 1 (January) and 12 (December)."),
    }[problem]


def refusal_words(refusal: AttestationRefusal) -> str:
    """Why no attestation can be made out, and what to do."""
    return {
        AttestationRefusal.NO_NAME: tr("An attestation names the business. Enter its legal name first."),
        AttestationRefusal.NO_SIRET: tr("An attestation names the business by its SIRET. Enter a right one first."),
        AttestationRefusal.NO_VERSION: tr("This Comptoir does not know its own version: install it anew."),
    }[refusal]


def attestation_words(merchant: Merchant, last: Attestation | None) -> str:
    """Whether the merchant's attestation covers this Comptoir."""
    if last is None:
        return tr("No attestation made yet for fiscal version {version}.").format(version=FISCAL_VERSION)
    if new_attestation_needed(merchant, last, FISCAL_VERSION):
        return tr(
            "The attestation was made for another version or SIRET: make a new one (fiscal version {version})."
        ).format(version=FISCAL_VERSION)
    return tr("Made out on {day}; it covers this version. It counts once both parts are signed.").format(
        day=f"{last.made_at:%d/%m/%Y}"
    )


def regime_words(regime: VatRegime) -> str:
    return {VatRegime.NORMAL: tr("VAT charged"), VatRegime.FRANCHISE: tr("VAT franchise")}[regime]


def regimes_line(regimes: Sequence[tuple[date, VatRegime]]) -> str:
    """Each regime with the day it began, "" for none."""
    return ", ".join(
        tr("{regime} since {day}").format(regime=regime_words(regime), day=f"{since:%d/%m/%Y}")
        for since, regime in regimes
    )


def recheck_words(names: Sequence[str]) -> str:
    """That the law may have changed since this Comptoir was made; "" if nothing is known to be due."""
    if not names:
        return ""
    known = {
        "attestation": tr("proof of conformity"),
        "meal_vouchers": tr("meal vouchers"),
        "franchise_mention": tr("mention of the VAT franchise"),
    }
    return tr("The law may have changed since this version: {what}. Ask your accountant, and update Comptoir.").format(
        what=", ".join(known[name] for name in names)
    )
