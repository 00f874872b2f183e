"""Owns when a merchant needs a new individual attestation of conformity, and what one was made for. Never words or
signs it: without a person's signature it is void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.merchant import Merchant


@dataclass(frozen=True, slots=True)
class Attestation:
    """An attestation that was made out.

    Attributes:
        software: product and version, as printed on tickets.
        fiscal_version: of the fiscal core; its first number decides how long the attestation holds (R18).
    """

    made_at: datetime
    siret: str
    software: str
    fiscal_version: str
    operator: str


def major_of(version: str) -> str:
    """The first number of a version."""
    return version.split(".", 1)[0]


def new_attestation_needed(merchant: Merchant, last: Attestation | None, fiscal_version: str) -> bool:
    """Whether what the merchant holds does not cover this Comptoir: none yet, another SIRET, or another first number of
    the fiscal version. Minor versions are covered by the attestation of their major one."""
    if last is None or last.siret != merchant.siret:
        return True
    return major_of(last.fiscal_version) != major_of(fiscal_version)
