"""Owns what is printed, as data: receipts, handover slips, preparation lists. Never knows of paper width, code pages or
printers.

A document holds everything it needs (frozen texts and amounts), so a job saved today prints the same in a year. Layout
turns it into lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.merchant import Merchant
from app.domain.money import Money
from app.domain.order import OrderAtCounter, PastHandover
from app.domain.sale import SaleDocument

NOBODY = Merchant()
"""Of whom nothing is known yet."""


class PrintKind(StrEnum):
    SALE_RECEIPT = "sale_receipt"
    HANDOVER_SLIP = "handover_slip"
    PREPARATION_LIST = "preparation_list"
    SELF_TEST = "self_test"


@dataclass(frozen=True, slots=True)
class ShopIdentity:
    """What the head of each document says of the shop."""

    name: str
    address_lines: tuple[str, ...] = ()
    siret: str = ""
    vat_number: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class SaleReceipt:
    """The ticket of a sale. `copy_no` 0 is the original, k is DUPLICATA n°k (R11).

    Attributes:
        signature_extract: four characters of the ledger row's signature, "" for documents of before the ledger.
        fiscal_version: of the core that sealed it (R17).
        merchant: what the law wants at the head of a ticket, beside the shop's own words.
        gift: without prices, to exchange what was given (R19).
    """

    shop: ShopIdentity
    sale: SaleDocument
    till_name: str
    software: str
    copy_no: int = 0
    order_number: str = ""
    signature_extract: str = ""
    fiscal_version: str = ""
    merchant: Merchant = NOBODY
    gift: bool = False


@dataclass(frozen=True, slots=True)
class HandoverSlip:
    """What left with whom, for the customer or the shop's file; not a fiscal document."""

    shop: ShopIdentity
    order: OrderAtCounter
    handover: PastHandover
    till_name: str
    collected: Money
    to_refund: Money
    copy_no: int = 0


@dataclass(frozen=True, slots=True)
class PreparationList:
    """What to fetch from the shelves for one order. Carries the number and the name, no code."""

    shop: ShopIdentity
    order: OrderAtCounter
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Shows that accents, the euro sign, width, QR and cut come out right."""

    shop: ShopIdentity
    printed_at: datetime
    qr_text: str


Printable = SaleReceipt | HandoverSlip | PreparationList | SelfTest
