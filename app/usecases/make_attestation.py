"""Makes out the individual attestation of conformity of this till's merchant and version (R18). Never signs it.

Two parts: what the editor attests, what the merchant attests. The law wants a person to sign each; a page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from html import escape
from string import Template

from app.domain.attestation import Attestation, major_of
from app.domain.fiscal import FISCAL_VERSION, EventCode
from app.domain.merchant import Merchant, PrepaidOrders, siret_problem
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, TillIdentity, Touched


class AttestationRefusal(StrEnum):
    """Why none can be made out: it would name nobody, or nothing."""

    NO_NAME = "no_name"
    NO_SIRET = "no_siret"
    NO_VERSION = "no_version"


@dataclass(frozen=True, slots=True)
class MadeAttestation:
    """`page` is a complete HTML page, to be printed and signed."""

    attestation: Attestation
    page: str


@dataclass(frozen=True, slots=True)
class AttestationTexts:
    """The page and its two variable sentences, in French, from `resources/attestation`."""

    page: str
    prepaid_at_till: str
    prepaid_elsewhere: str


def make_attestation(
    counter: Counter, texts: AttestationTexts, operator: str, fiscal_version: str = FISCAL_VERSION
) -> MadeAttestation | AttestationRefusal:
    """The page for this merchant and this version, noted in the journal; or why there is none.

    Raises:
        StoreUnavailable, KeyStoreUnavailable: none was made.
    """
    with counter.unit_of_work() as uow:
        merchant, till = uow.merchant(), uow.identity()
        refusal = _refusal(merchant, counter.software, fiscal_version)
        if refusal is not None:
            return refusal
        made = Attestation(counter.clock.now(), merchant.siret, counter.software, fiscal_version, operator)
        uow.add_attestation(made)
        details = {"siret": made.siret, "software": made.software, "fiscal": made.fiscal_version}
        log_event(uow, counter, EventCode.ATTESTATION_MADE, operator, details)
        uow.commit()
    counter.announce(Touched(merchant=True))
    day = (made.made_at + timedelta(minutes=counter.clock.utc_offset_minutes())).date()
    fields = {**_fields(merchant, till, made), "day": f"{day:%d/%m/%Y}"}
    return MadeAttestation(made, _filled(texts, merchant, fields))


def _refusal(merchant: Merchant, software: str, fiscal_version: str) -> AttestationRefusal | None:
    product, _, version = software.rpartition(" ")
    if not merchant.legal_name.strip():
        return AttestationRefusal.NO_NAME
    if siret_problem(merchant.siret) is not None:
        return AttestationRefusal.NO_SIRET
    if not (product and version and fiscal_version):
        return AttestationRefusal.NO_VERSION
    return None


def _fields(merchant: Merchant, till: TillIdentity, made: Attestation) -> Mapping[str, str]:
    product, _, version = made.software.rpartition(" ")
    address = merchant.address_lines or till.shop.address_lines
    return {
        "merchant": " ".join(part for part in (merchant.legal_form, merchant.legal_name) if part),
        "siret": merchant.siret,
        "address": ", ".join(line for line in address if line),
        "register": merchant.rcs,
        "product": product,
        "version": version,
        "fiscal_version": made.fiscal_version,
        "major": major_of(made.fiscal_version),
    }


def _filled(texts: AttestationTexts, merchant: Merchant, fields: Mapping[str, str]) -> str:
    at_till = merchant.prepaid_orders is PrepaidOrders.TILL
    shown = {name: escape(text) or _TO_FILL_IN for name, text in fields.items()}
    prepaid = texts.prepaid_at_till if at_till else texts.prepaid_elsewhere
    return Template(texts.page).substitute(shown, prepaid=prepaid)


_TO_FILL_IN = "…" * 24
