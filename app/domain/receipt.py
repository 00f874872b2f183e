"""Owns what is printed, as data: receipts, handover slips, preparation lists. Never knows of paper width, code pages or
printers.

A document holds everything it needs (frozen texts and amounts), so a job saved today prints the same in a year. Layout
turns it into lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.money import Money
from app.domain.order import OrderAtCounter, PastHandover
from app.domain.sale import SaleDocument


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
    """The ticket of a sale. `copy_no` 0 is the original, k is DUPLICATA n°k (R11)."""

    shop: ShopIdentity
    sale: SaleDocument
    till_name: str
    software: str
    copy_no: int = 0
    order_number: str = ""


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
