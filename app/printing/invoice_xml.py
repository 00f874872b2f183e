"""Owns the invoice as programs read it: UN/CEFACT Cross Industry Invoice, profile EN 16931, with the codes that the
French rules want. Never computes: every amount is the ticket's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from app.domain.catalogue import Unit
from app.domain.invoice import Invoice, InvoiceKind, InvoiceLine, Operation, sale_day_of
from app.domain.money import CURRENCY, ZERO, Money
from app.domain.rules_fr import franchise_mention
from app.domain.sale import PaymentMeans, VatPart
from app.printing.fiscal_words import TRAINING_MARK, TRAINING_MENTION
from app.printing.invoice_words import (
    NO_EARLY_PAYMENT_DISCOUNT,
    ON_DEBITS,
    RECOVERY_FEE_MENTION,
    payment_terms,
    ticket_reference,
)

PROFILE = "urn:cen.eu:en16931:2017"
_URN = "urn:un:unece:uncefact:data:standard"
_SPACES = {
    "rsm": f"{_URN}:CrossIndustryInvoice:100",
    "ram": f"{_URN}:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_URN}:UnqualifiedDataType:100",
    "qdt": f"{_URN}:QualifiedDataType:100",
}
for _prefix, _uri in _SPACES.items():
    ET.register_namespace(_prefix, _uri)

_TYPE_CODES = {InvoiceKind.INVOICE: "380", InvoiceKind.CREDIT_NOTE: "381"}
_UNIT_CODES = {Unit.PIECE: "C62", Unit.KG: "KGM", Unit.LITRE: "LTR", Unit.HOUR: "HUR"}
_MEANS_CODES = {
    PaymentMeans.CASH: "10",
    PaymentMeans.CARD: "48",
    PaymentMeans.CHEQUE: "20",
    PaymentMeans.ONLINE: "68",
    PaymentMeans.ACCOUNT: "1",
    PaymentMeans.MEAL_VOUCHER: "ZZZ",
    PaymentMeans.GIFT_VOUCHER: "ZZZ",
}
"""UNTDID 4461; ZZZ is what it has no word for."""
_OPERATION_LETTERS = {Operation.GOODS: "B", Operation.SERVICES: "S", Operation.MIXED: "M"}
_TO_BE_PAID, _PAID_ALREADY = "1", "2"
_SIREN_SCHEME, _ADDRESS_SCHEME = "0002", "0225"
_LATE_PENALTY, _RECOVERY_FEE, _DISCOUNT_TERMS = "PMD", "PMT", "AAB"
_DUE_ON_INVOICE, _DUE_ON_PAYMENT = "5", "72"
_DAY = "102"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOWN = re.compile(r"(\d{5})\s+(\S.*)")


def invoice_xml(invoice: Invoice, *, practice: bool = False) -> bytes:
    """The document, UTF-8, in the order the standard's schema wants.

    Args: practice: whether its first note is to say that nothing of it is real.
    """
    root = ET.Element(_named("rsm:CrossIndustryInvoice"))
    _context(root, invoice)
    _document(root, invoice, practice)
    transaction = _add(root, "rsm:SupplyChainTradeTransaction")
    for line in invoice.lines:
        _line(transaction, invoice, line)
    _agreement(transaction, invoice)
    _delivery(transaction, invoice)
    _settlement(transaction, invoice)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written


def _context(root: ET.Element, invoice: Invoice) -> None:
    context = _add(root, "rsm:ExchangedDocumentContext")
    paid = _TO_BE_PAID if invoice.due else _PAID_ALREADY
    process = _OPERATION_LETTERS[invoice.operation] + paid
    _add(_add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter"), "ram:ID", process)
    _add(_add(context, "ram:GuidelineSpecifiedDocumentContextParameter"), "ram:ID", PROFILE)


def _document(root: ET.Element, invoice: Invoice, practice: bool) -> None:
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", invoice.display_number)
    _add(document, "ram:TypeCode", _TYPE_CODES[invoice.kind])
    _day(document, "ram:IssueDateTime", invoice.issue_day)
    if practice:
        _note(document, f"{TRAINING_MARK} : {TRAINING_MENTION}")
    _note(document, ticket_reference(invoice))
    if invoice.vat_on_debits:
        _note(document, ON_DEBITS)
    _note(document, payment_terms(invoice), _LATE_PENALTY)
    _note(document, RECOVERY_FEE_MENTION, _RECOVERY_FEE)
    _note(document, NO_EARLY_PAYMENT_DISCOUNT, _DISCOUNT_TERMS)


def _note(document: ET.Element, text: str, subject: str = "") -> None:
    note = _add(document, "ram:IncludedNote")
    _add(note, "ram:Content", text)
    if subject:
        _add(note, "ram:SubjectCode", subject)


def _line(transaction: ET.Element, invoice: Invoice, line: InvoiceLine) -> None:
    item = _add(transaction, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(line.line_no))
    _add(_add(item, "ram:SpecifiedTradeProduct"), "ram:Name", line.label)
    price = _add(_add(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", _plain(line.price))
    delivery = _add(item, "ram:SpecifiedLineTradeDelivery")
    quantity = Decimal(line.quantity) / line.unit.base_per_priced
    _add(delivery, "ram:BilledQuantity", _plain(round(quantity, 4)), unitCode=_UNIT_CODES[line.unit])
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", _category(invoice, line.vat_rate_bp))
    _add(tax, "ram:RateApplicablePercent", _percent(line.vat_rate_bp))
    if line.discount:
        _line_discount(settlement, line.discount)
    summation = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _add(summation, "ram:LineTotalAmount", str(line.net))


def _line_discount(settlement: ET.Element, discount: Money) -> None:
    allowance = _add(settlement, "ram:SpecifiedTradeAllowanceCharge")
    _add(_add(allowance, "ram:ChargeIndicator"), "udt:Indicator", "false")
    _add(allowance, "ram:ActualAmount", str(discount))
    _add(allowance, "ram:Reason", "Remise")


def _agreement(transaction: ET.Element, invoice: Invoice) -> None:
    agreement = _add(transaction, "ram:ApplicableHeaderTradeAgreement")
    _seller(_add(agreement, "ram:SellerTradeParty"), invoice)
    buyer = _add(agreement, "ram:BuyerTradeParty")
    _party(buyer, invoice.buyer.name, invoice.buyer.siren, invoice.buyer.address_lines)
    if invoice.buyer.vat_number:
        _registration(buyer, invoice.buyer.vat_number, "VA")


def _seller(seller: ET.Element, invoice: Invoice) -> None:
    merchant = invoice.merchant
    _party(seller, merchant.legal_name, merchant.siren, merchant.address_lines)
    if invoice.charges_vat:
        _registration(seller, merchant.vat_number, "VA")
    else:
        _registration(seller, merchant.siren, "FC")


def _party(party: ET.Element, name: str, siren: str, address: Iterable[str]) -> None:
    _add(party, "ram:Name", name)
    _add(_add(party, "ram:SpecifiedLegalOrganization"), "ram:ID", siren, schemeID=_SIREN_SCHEME)
    _address(party, address)
    _add(_add(party, "ram:URIUniversalCommunication"), "ram:URIID", siren, schemeID=_ADDRESS_SCHEME)


def _address(party: ET.Element, address: Iterable[str]) -> None:
    """The last line is the town if it begins with a postcode."""
    lines = [line for line in address if line.strip()]
    town = _TOWN.fullmatch(lines[-1].strip()) if lines else None
    street = lines[:-1] if town else lines
    place = _add(party, "ram:PostalTradeAddress")
    if town:
        _add(place, "ram:PostcodeCode", town[1])
    folded = [*street[:2], ", ".join(street[2:])]
    for tag, text in zip(("ram:LineOne", "ram:LineTwo", "ram:LineThree"), folded, strict=False):
        if text:
            _add(place, tag, text)
    if town:
        _add(place, "ram:CityName", town[2])
    _add(place, "ram:CountryID", "FR")


def _registration(party: ET.Element, number: str, scheme: str) -> None:
    _add(_add(party, "ram:SpecifiedTaxRegistration"), "ram:ID", number, schemeID=scheme)


def _delivery(transaction: ET.Element, invoice: Invoice) -> None:
    delivery = _add(transaction, "ram:ApplicableHeaderTradeDelivery")
    buyer = invoice.buyer
    if buyer.delivery_lines:
        party = _add(delivery, "ram:ShipToTradeParty")
        _add(party, "ram:Name", buyer.name)
        _address(party, buyer.delivery_lines)
    event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
    _day(event, "ram:OccurrenceDateTime", sale_day_of(invoice.sale))


def _settlement(transaction: ET.Element, invoice: Invoice) -> None:
    settlement = _add(transaction, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:InvoiceCurrencyCode", CURRENCY)
    for code in dict.fromkeys(_MEANS_CODES[payment.means] for payment in invoice.sale.payments):
        _add(_add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans"), "ram:TypeCode", code)
    for part in invoice.vat:
        _tax(settlement, invoice, part)
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    _day(terms, "ram:DueDateDateTime", invoice.due_day)
    _totals(settlement, invoice)
    for earlier in invoice.corrects:
        reference = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(reference, "ram:IssuerAssignedID", earlier.display_number)
        _day(reference, "ram:FormattedIssueDateTime", earlier.issue_day, "qdt:DateTimeString")


def _tax(settlement: ET.Element, invoice: Invoice, part: VatPart) -> None:
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:CalculatedAmount", str(part.vat))
    _add(tax, "ram:TypeCode", "VAT")
    if not invoice.charges_vat:
        _add(tax, "ram:ExemptionReason", franchise_mention(invoice.issue_day))
    _add(tax, "ram:BasisAmount", str(part.net))
    _add(tax, "ram:CategoryCode", _category(invoice, part.rate_bp))
    if not invoice.charges_vat:
        _add(tax, "ram:ExemptionReasonCode", "VATEX-FR-FRANCHISE")
    elif invoice.vat_on_debits:
        _add(tax, "ram:DueDateTypeCode", _DUE_ON_INVOICE)
    elif invoice.operation is Operation.SERVICES:
        _add(tax, "ram:DueDateTypeCode", _DUE_ON_PAYMENT)
    _add(tax, "ram:RateApplicablePercent", _percent(part.rate_bp))


def _totals(settlement: ET.Element, invoice: Invoice) -> None:
    totals = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(totals, "ram:LineTotalAmount", str(invoice.net))
    _add(totals, "ram:TaxBasisTotalAmount", str(invoice.net))
    _add(totals, "ram:TaxTotalAmount", str(invoice.vat_total), currencyID=CURRENCY)
    _add(totals, "ram:GrandTotalAmount", str(invoice.total))
    if invoice.paid != ZERO:
        _add(totals, "ram:TotalPrepaidAmount", str(invoice.paid))
    _add(totals, "ram:DuePayableAmount", str(invoice.due))


def _category(invoice: Invoice, rate_bp: int) -> str:
    """S: a rate; E: franchise; Z: a rate of nought for another reason."""
    if not invoice.charges_vat:
        return "E"
    return "S" if rate_bp else "Z"


def _percent(rate_bp: int) -> str:
    return str(Money(rate_bp))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _day(parent: ET.Element, tag: str, day: date, inner: str = "udt:DateTimeString") -> None:
    _add(_add(parent, tag), inner, f"{day:%Y%m%d}", format=_DAY)


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, _named(tag), attributes)
    if text:
        child.text = _NOT_XML.sub("\ufffd", text)
    return child


def _named(tag: str) -> str:
    prefix, name = tag.split(":")
    return f"{{{_SPACES[prefix]}}}{name}"
