"""Owns the invoice to a business made from a ticket, and the credit note that corrects one: who it is made out to, what
it says, its number. Never changes what was sold: the ticket stays, and turnover counts it once (R25).

An invoice covers what makes turnover. Vouchers, deposits and container deposits of the same ticket are outside VAT and
stay on the ticket (R29). All amounts of a credit note are positive: its kind says which way the money goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.domain.canonical import Plain
from app.domain.catalogue import LineNature, Unit
from app.domain.merchant import Merchant, VatRegime, vat_key_of, vat_number_problem, without_blanks
from app.domain.money import ZERO, Money, net_of_vat, total_of
from app.domain.sale import (
    TURNOVER_NATURES,
    DocumentKind,
    PaymentMeans,
    SaleDocument,
    SaleLine,
    VatPart,
)

MAX_NAME_LENGTH = 120
MAX_ADDRESS_LINES = 5
SIREN_LENGTH, SIRET_LENGTH = 9, 14
DUE_DAYS = 30
"""When what was sold on account is due, unless agreed otherwise (C. com. L. 441-10)."""
MAX_DUE_DAYS = 60
RECOVERY_FEE = Money(40_00)
"""Owed by a business that pays late (C. com. D. 441-5)."""
_PRICE_STEP = Decimal("0.000001")


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    """Of a return or cancellation of tickets that have their invoice."""


class Operation(StrEnum):
    """What is invoiced, a mention that becomes compulsory with the e-invoice."""

    GOODS = "goods"
    SERVICES = "services"
    MIXED = "mixed"


class BuyerProblem(StrEnum):
    """What must be put right before an invoice can be made out to them."""

    NO_NAME = "no_name"
    NO_ADDRESS = "no_address"
    TEXT_TOO_LONG = "text_too_long"
    SIREN = "siren"
    VAT_NUMBER = "vat_number"
    VAT_NUMBER_OF_ANOTHER = "vat_number_of_another"


@dataclass(frozen=True, slots=True)
class InvoiceBuyer:
    """The business that asks for it. Name and addresses never enter a sealed row (I10).

    Attributes:
        siren: nine digits, no blanks (`siren_of` reads what people type).
        vat_number: "FR" + key + SIREN, "" if not given.
        delivery_lines: where the goods went if not to the address.
    """

    siren: str
    name: str
    address_lines: tuple[str, ...]
    vat_number: str = ""
    delivery_lines: tuple[str, ...] = ()


def siren_of(text: str) -> str:
    """The SIREN in what a person typed, blanks or a whole SIRET allowed; what is neither comes back as it is."""
    digits = without_blanks(text)
    return digits[:SIREN_LENGTH] if len(digits) == SIRET_LENGTH and digits.isdecimal() else digits


def problems_with_buyer(buyer: InvoiceBuyer) -> tuple[BuyerProblem, ...]:
    """All that stands against it, nothing if it can be used."""
    found = []
    if not buyer.name.strip():
        found.append(BuyerProblem.NO_NAME)
    if not any(line.strip() for line in buyer.address_lines):
        found.append(BuyerProblem.NO_ADDRESS)
    texts = (buyer.name, *buyer.address_lines, *buyer.delivery_lines)
    too_many = max(len(buyer.address_lines), len(buyer.delivery_lines)) > MAX_ADDRESS_LINES
    if too_many or any(len(text) > MAX_NAME_LENGTH or not text.isprintable() for text in texts):
        found.append(BuyerProblem.TEXT_TOO_LONG)
    if not _is_siren(buyer.siren):
        found.append(BuyerProblem.SIREN)
    elif buyer.vat_number and vat_number_problem(buyer.vat_number) is not None:
        found.append(BuyerProblem.VAT_NUMBER)
    elif buyer.vat_number and buyer.vat_number[4:] != buyer.siren:
        found.append(BuyerProblem.VAT_NUMBER_OF_ANOTHER)
    return tuple(found)


def _is_siren(text: str) -> bool:
    if len(text) != SIREN_LENGTH or not (text.isascii() and text.isdecimal()):
        return False
    return vat_number_problem(f"FR{vat_key_of(text)}{text}") is None


class SellerProblem(StrEnum):
    """What the merchant's details lack for an invoice."""

    NO_NAME = "no_name"
    NO_SIRET = "no_siret"
    NO_ADDRESS = "no_address"
    NO_VAT_NUMBER = "no_vat_number"


def problems_with_seller(merchant: Merchant, regime: VatRegime) -> tuple[SellerProblem, ...]:
    """What is missing; a merchant in franchise may have no VAT number."""
    missing = {
        SellerProblem.NO_NAME: not merchant.legal_name.strip(),
        SellerProblem.NO_SIRET: not merchant.siret,
        SellerProblem.NO_ADDRESS: not any(line.strip() for line in merchant.address_lines),
        SellerProblem.NO_VAT_NUMBER: regime is VatRegime.NORMAL and not merchant.vat_number,
    }
    return tuple(problem for problem, is_missing in missing.items() if is_missing)


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """An invoice as the till remembers it.

    Attributes:
        total: VAT included, positive for credit notes too.
        buyer: None once it was erased.
        document: SHA-256 of the file that was made, hexadecimal; it is in the sealed row too.
    """

    invoice_id: str
    till_letter: str
    number: int
    kind: InvoiceKind
    display_number: str
    sale_id: str
    issued_at: datetime
    issue_day: date
    buyer_siren: str
    total: Money
    document: str
    buyer: InvoiceBuyer | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line before VAT. `price` is that of one unit (piece, kg, litre, hour) before VAT and before `discount`.

    Attributes:
        price: euros, six decimals, never negative.
        quantity: base units; negative for what came back in an exchange.
        discount: before VAT; price x quantity - discount is `net` but for the rounding of the price.
    """

    line_no: int
    label: str
    quantity: int
    unit: Unit
    price: Decimal
    discount: Money
    net: Money
    total: Money
    vat_rate_bp: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """Everything that is on the document, so that it can be sealed and written without looking anything up.

    Attributes:
        number: in the till's chain of invoices, which credit notes share.
        issue_day: local date.
        sale: the ticket, with its number.
        corrects: the invoices that a credit note corrects, or that an exchange refers to.
        due_day: when `due` is to be paid; the day of the sale if nothing is.
        vat_on_debits: the merchant has chosen to owe the VAT of services when they are invoiced.
    """

    invoice_id: str
    till_letter: str
    number: int
    kind: InvoiceKind
    issued_at: datetime
    issue_day: date
    operator: str
    merchant: Merchant
    buyer: InvoiceBuyer
    sale: SaleDocument
    due_day: date
    software: str
    corrects: tuple[IssuedInvoice, ...] = ()
    vat_on_debits: bool = False

    @property
    def display_number(self) -> str:
        """F-A-2026-000012: till, year, and the number in the chain, which no new year sets back."""
        return f"F-{self.till_letter}-{self.issue_day.year}-{self.number:06d}"

    @property
    def lines(self) -> tuple[InvoiceLine, ...]:
        return tuple(_invoice_line(line, self._sign) for line in self.sale.lines if line.nature in TURNOVER_NATURES)

    @property
    def vat(self) -> tuple[VatPart, ...]:
        """By rate, the amounts of the ticket: nothing is computed anew (R20)."""
        return tuple(
            VatPart(part.rate_bp, self._as_shown(part.gross), self._as_shown(part.net), self._as_shown(part.vat))
            for part in self.sale.vat
        )

    @property
    def net(self) -> Money:
        return total_of([part.net for part in self.vat])

    @property
    def vat_total(self) -> Money:
        return total_of([part.vat for part in self.vat])

    @property
    def total(self) -> Money:
        return self._as_shown(self.sale.turnover)

    @property
    def outside(self) -> Money:
        """What of the ticket is not on the invoice."""
        return self._as_shown(self.sale.outside)

    @property
    def due(self) -> Money:
        """What is left to pay: sold on account. What a credit note leaves is to be set against the account."""
        on_account = [p.amount for p in self.sale.payments if p.means is PaymentMeans.ACCOUNT]
        return max(min(self._as_shown(total_of(on_account)), self.total), ZERO)

    @property
    def paid(self) -> Money:
        return self.total - self.due

    @property
    def operation(self) -> Operation:
        return operation_of(self.sale.lines)

    @property
    def charges_vat(self) -> bool:
        return self.sale.vat_regime is VatRegime.NORMAL

    @property
    def _sign(self) -> int:
        return -1 if self.kind is InvoiceKind.CREDIT_NOTE else 1

    def _as_shown(self, amount: Money) -> Money:
        return Money(self._sign * amount.minor)


def operation_of(lines: Sequence[SaleLine]) -> Operation:
    """Goods, services or both, of the lines that make turnover."""
    natures = {line.nature for line in lines if line.nature in TURNOVER_NATURES}
    if natures == {LineNature.SERVICE}:
        return Operation.SERVICES
    return Operation.MIXED if LineNature.SERVICE in natures else Operation.GOODS


def _invoice_line(line: SaleLine, sign: int) -> InvoiceLine:
    quantity, net = sign * line.quantity, Money(sign * line.net.minor)
    discount = Money(sign * net_of_vat(line.discount, line.vat_rate_bp).minor)
    if discount < ZERO or quantity < 0:
        discount = ZERO  # what came back in an exchange: the discount it was sold with is inside its price
    before = Decimal((net + discount).minor) * line.unit.base_per_priced / (100 * quantity)
    return InvoiceLine(
        line_no=line.line_no,
        label=line.label,
        quantity=quantity,
        unit=line.unit,
        price=before.quantize(_PRICE_STEP, rounding=ROUND_HALF_UP),
        discount=discount,
        net=net,
        total=Money(sign * line.total.minor),
        vat_rate_bp=line.vat_rate_bp,
    )


def kind_for(sale: SaleDocument) -> InvoiceKind | None:
    """What a document of the ledger can be given: an invoice, a credit note, or neither (a change of payment means, a
    ticket without turnover)."""
    if not sale.vat or sale.kind is DocumentKind.PAYMENT_CHANGE:
        return None
    return InvoiceKind.INVOICE if sale.kind is DocumentKind.SALE else InvoiceKind.CREDIT_NOTE


def corrected_sales(sale: SaleDocument) -> tuple[str, ...]:
    """The ids of the tickets that a document takes something back from, in the order of its lines."""
    ids = (sale.corrects, *(line.corrects_sale_id for line in sale.lines))
    return tuple(dict.fromkeys(sale_id for sale_id in ids if sale_id))


def due_day_of(sale: SaleDocument, issue_day: date, days: int) -> date:
    """When what is on account is due; the day of the sale if it was all paid then."""
    on_account = any(payment.means is PaymentMeans.ACCOUNT and payment.amount > ZERO for payment in sale.payments)
    return issue_day + timedelta(days=days) if on_account else sale_day_of(sale)


def sale_day_of(sale: SaleDocument) -> date:
    """The local date of a document."""
    return (sale.happened_at + timedelta(minutes=sale.utc_offset_minutes)).date()


def issued(invoice: Invoice, document: str) -> IssuedInvoice:
    """What the till keeps of it, besides the file."""
    return IssuedInvoice(
        invoice_id=invoice.invoice_id,
        till_letter=invoice.till_letter,
        number=invoice.number,
        kind=invoice.kind,
        display_number=invoice.display_number,
        sale_id=invoice.sale.sale_id,
        issued_at=invoice.issued_at,
        issue_day=invoice.issue_day,
        buyer_siren=invoice.buyer.siren,
        total=invoice.total,
        document=document,
        buyer=invoice.buyer,
    )


def invoice_body(invoice: Invoice, document: str) -> dict[str, Plain]:
    """What is sealed of it: SIREN, totals, lines, ticket, and the digest of the file; never a name or an address.

    Args:
        document: SHA-256 of the file, hexadecimal.
    """
    return {
        "display": invoice.display_number,
        "issue_day": invoice.issue_day.isoformat(),
        "sale": invoice.sale.sale_id,
        "ticket": invoice.sale.display_number,
        "ticket_day": sale_day_of(invoice.sale).isoformat(),
        "corrects": [earlier.display_number for earlier in invoice.corrects],
        "buyer_siren": invoice.buyer.siren,
        "regime": invoice.sale.vat_regime.value,
        "operation": invoice.operation.value,
        "debits": int(invoice.vat_on_debits),
        "lines": [
            {
                "no": line.line_no,
                "label": line.label,
                "quantity": line.quantity,
                "unit": line.unit.value,
                "net": line.net.minor,
                "rate": line.vat_rate_bp,
                "total": line.total.minor,
            }
            for line in invoice.lines
        ],
        "vat": [
            {"rate": part.rate_bp, "gross": part.gross.minor, "net": part.net.minor, "vat": part.vat.minor}
            for part in invoice.vat
        ],
        "net": invoice.net.minor,
        "total": invoice.total.minor,
        "due": invoice.due.minor,
        "due_day": invoice.due_day.isoformat(),
        "document": document,
    }
