"""Owns what is printed, as data: receipts, handover slips, preparation lists. Never knows of paper width, code pages or
printers.

A document holds everything it needs (frozen texts and amounts), so a job saved today prints the same in a year. Layout
turns it into lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.cash import CashCount
from app.domain.catalogue import Unit
from app.domain.closure import Closure, PeriodReport
from app.domain.invoice import Invoice
from app.domain.merchant import Merchant
from app.domain.money import ZERO, Money
from app.domain.order import OrderAtCounter, PastHandover
from app.domain.sale import SaleDocument

NOBODY = Merchant()
"""Of whom nothing is known yet."""


class PrintKind(StrEnum):
    SALE_RECEIPT = "sale_receipt"
    HANDOVER_SLIP = "handover_slip"
    PREPARATION_LIST = "preparation_list"
    SELF_TEST = "self_test"
    SERVICE_NOTE = "service_note"
    WEIGH_SLIP = "weigh_slip"
    COUNTER_NOTICE = "counter_notice"
    VERIFICATION_REPORT = "verification_report"
    Z_REPORT = "z_report"
    X_REPORT = "x_report"
    CASH_COUNT = "cash_count"
    INVOICE_SLIP = "invoice_slip"
    PICKUP_SLIP = "pickup_slip"
    BAG_LABELS = "bag_labels"
    SHELF_LABELS = "shelf_labels"
    MARKET_SHEET = "market_sheet"


@dataclass(frozen=True, slots=True)
class ShopIdentity:
    """What the head of each document says of the shop."""

    name: str
    address_lines: tuple[str, ...] = ()
    siret: str = ""
    vat_number: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class CorrectedDocument:
    """A document that a ticket refers to, by the number and day people know it by."""

    sale_id: str
    number: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class SaleReceipt:
    """The ticket of a sale. `copy_no` 0 is the original, k is DUPLICATA n°k (R11).

    Attributes:
        signature_extract: four characters of the ledger row's signature, "" for documents of before the ledger.
        fiscal_version: of the core that sealed it (R17).
        merchant: what the law wants at the head of a ticket, beside the shop's own words.
        gift: without prices, to exchange what was given (R19).
        corrected: the documents that this one or its lines correct (R2).
        language: the customer's, `fr` or `en`, "" for the shop's; what the law wants in French stays French.
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
    corrected: tuple[CorrectedDocument, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class HandoverSlip:
    """What left with whom, for the customer or the shop's file; not a fiscal document. `language`: as of a receipt."""

    shop: ShopIdentity
    order: OrderAtCounter
    handover: PastHandover
    till_name: str
    collected: Money
    to_refund: Money
    copy_no: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class PreparationList:
    """What to fetch from the shelves for one order. Carries the number and the name, no code."""

    shop: ShopIdentity
    order: OrderAtCounter
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class PickupSlip:
    """What a customer shows to collect an order, for shops whose marketplace gives no codes. The QR holds the code
    alone; of the customer there is but the first letter, so that the right slip goes to the right person.

    Attributes:
        spoken_code: "" if the order has none.
    """

    shop: ShopIdentity
    order_number: str
    initial: str
    pickup_code: str
    spoken_code: str
    pickup_from: datetime | None = None
    keep_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BagLabels:
    """A label for each bag of an order, so that the bag is found when its customer comes.

    Attributes:
        pickup_code: as QR, "" if this till cannot make one; `spoken_code`: "" if the order has none.
        bags: how many labels, 1 or more.
    """

    shop: ShopIdentity
    order_id: str
    order_number: str
    customer_name: str
    spoken_code: str
    pickup_code: str
    shelf: str
    bags: int
    keep_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShelfLabel:
    """What stands on the shelf below an article.

    Attributes:
        per: what `per_price` is the price of: a kilogram, litre or hour; None if nobody knows the content.
        code: drawn as bars where it can be, "" for none.
    """

    name: str
    price: Money
    unit: Unit
    per_price: Money | None = None
    per: Unit | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class ShelfLabels:
    """One label for each article, cut apart."""

    shop: ShopIdentity
    labels: tuple[ShelfLabel, ...]


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """A line of the list that goes to the market: who comes for what, and what to look at before giving it."""

    number: str
    customer_name: str
    spoken_code: str
    amount_due: Money
    bags: int = 0
    shelf: str = ""
    line_count: int = 0
    age_limit: int = 0


@dataclass(frozen=True, slots=True)
class MarketSheet:
    """What keeps a stall going if the till does not: the orders to hand over by name, and lines to write sales on.

    Attributes:
        orders: sorted as they are read.
        sale_lines: how many empty lines to write on.
    """

    shop: ShopIdentity
    till_name: str
    printed_at: datetime
    orders: tuple[ListedOrder, ...]
    sale_lines: int = 20


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """How one device of the counter does, in words that were put together when the paper was asked for."""

    device: str
    state: str


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Shows that accents, the euro sign, width, QR and cut come out right, and how the devices of the counter do."""

    shop: ShopIdentity
    printed_at: datetime
    qr_text: str
    devices: tuple[DeviceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceNote:
    """The note that services from EUR 25 on need, in two copies: the customer's and the shop's (arrêté 83-50/A).

    The customer's name is written on it by hand: no customer's name is ever part of a sale.
    """

    receipt: SaleReceipt


@dataclass(frozen=True, slots=True)
class WeighedPiece:
    """One piece weighed. `quantity` in base units (grams); `unit_price` for the kilogram."""

    label: str
    quantity: int
    unit: Unit
    unit_price: Money
    total: Money


@dataclass(frozen=True, slots=True)
class WeighSlip:
    """Weight, price for the kilogram and total of each piece, handed over even if no ticket is wanted (R23).

    Attributes:
        number: of the ticket, "" while the sale is being made.
        training: sold for practice only (R12).
    """

    shop: ShopIdentity
    printed_at: datetime
    pieces: tuple[WeighedPiece, ...]
    number: str = ""
    training: bool = False


@dataclass(frozen=True, slots=True)
class CounterNotice:
    """A text to put up where people pay."""

    shop: ShopIdentity
    text: str


@dataclass(frozen=True, slots=True)
class CheckedChain:
    """One chain as a check found it.

    Attributes:
        name: in words, as people read it.
        last_number: of its last row, 0 if it is empty; `rows`: how many were read.
        signature_extract: of its last row, "" if it is empty.
    """

    name: str
    last_number: int
    rows: int
    signature_extract: str = ""


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What a check of the ledger found, in sentences (R14).

    Attributes:
        findings: one sentence each, empty if nothing was wrong.
        remarks: what is remarkable and no fault, a sentence each.
        scope: what was checked, in words: the whole ledger, an archive and its file.
    """

    shop: ShopIdentity
    merchant: Merchant
    checked_at: datetime
    till_name: str
    operator: str
    software: str
    fiscal_version: str
    scope: str
    chains: tuple[CheckedChain, ...]
    findings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ZReport:
    """The closure of a day, a month or a year. `copy_no` 0 is the original, k is DUPLICATA n°k (R11).

    Attributes:
        chain_head: the text of the QR, `Z1 ...` (`closure.chain_head_text`); "" if the row is not in the ledger.
        software, fiscal_version: of the program and core that sealed it (R17).
    """

    shop: ShopIdentity
    closure: Closure
    till_name: str
    software: str
    chain_head: str = ""
    signature_extract: str = ""
    fiscal_version: str = ""
    merchant: Merchant = NOBODY
    copy_no: int = 0


@dataclass(frozen=True, slots=True)
class XReport:
    """The period under way, for reading only: not a closure, and the paper says so."""

    shop: ShopIdentity
    report: PeriodReport
    till_name: str
    software: str
    operator: str = ""
    merchant: Merchant = NOBODY


@dataclass(frozen=True, slots=True)
class CashCountSlip:
    """What was found in the drawer at closing, note by note.

    Attributes:
        difference: counted less expected.
        banked, left: taken out, and kept as float for the next session.
    """

    shop: ShopIdentity
    till_name: str
    closure_number: str
    counted_at: datetime
    utc_offset_minutes: int
    operator: str
    count: CashCount
    expected: Money
    difference: Money
    reason: str = ""
    banked: Money = ZERO
    left: Money = ZERO


@dataclass(frozen=True, slots=True)
class InvoiceSlip:
    """An invoice or credit note on ticket paper; the file is the invoice, this is what it says (R25).

    Attributes:
        signature_extract: of the sealed row; fiscal_version: of the core that sealed it.
    """

    shop: ShopIdentity
    invoice: Invoice
    till_name: str
    signature_extract: str = ""
    fiscal_version: str = ""
    copy_no: int = 0


Printable = (
    SaleReceipt
    | HandoverSlip
    | PreparationList
    | SelfTest
    | ServiceNote
    | WeighSlip
    | CounterNotice
    | VerificationReport
    | ZReport
    | XReport
    | CashCountSlip
    | InvoiceSlip
    | PickupSlip
    | BagLabels
    | ShelfLabels
    | MarketSheet
)
