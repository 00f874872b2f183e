"""Owns the ticket of a sale, of what corrects it, its gift receipt and the note of services: document in, lines out.

Amounts are those of the document, never computed anew, save sums of what is printed right above them.
"""

from __future__ import annotations

from datetime import timedelta

from app.domain.catalogue import Unit, price_of
from app.domain.merchant import VatRegime
from app.domain.money import Money, total_of
from app.domain.receipt import SaleReceipt, ServiceNote
from app.domain.rules_fr import LEGAL_GUARANTEE_MENTION, franchise_mention
from app.domain.sale import DocumentKind, Payment, SaleDocument, SaleLine
from app.printing.fiscal_words import FiscalWords
from app.printing.lines import Size
from app.printing.paper import Paper
from app.printing.parts import counted, duplicate, foot, legal_head, proof, shop_name, title, training_mark
from app.printing.words import (
    Words,
    amount,
    bare_amount,
    exact_moment_text,
    quantity_text,
    rate,
    unit_price_text,
)

GUARANTEED = "*"
"""Stands after the label of what the guarantee mention is about (R22)."""


def sale_receipt(
    paper: Paper, words: Words, fiscal: FiscalWords, receipt: SaleReceipt, *, instead_of_lines: str = ""
) -> None:
    """The ticket, or the gift receipt, which has no price.

    Args: instead_of_lines: where there is no room for the articles, what says so.
    """
    training = receipt.sale.is_training
    training_mark(paper, training, explained=True)
    if receipt.gift:
        _gift_receipt(paper, words, fiscal, receipt)
    else:
        _head(paper, words, fiscal, receipt)
        title(paper, _title(fiscal, receipt.sale))
        duplicate(paper, words, receipt.copy_no)
        _body(paper, words, fiscal, receipt, instead_of_lines)
    training_mark(paper, training)


def service_note(paper: Paper, words: Words, fiscal: FiscalWords, note: ServiceNote) -> None:
    """Two papers: the customer's and the shop's."""
    training = note.receipt.sale.is_training
    for number, copy in enumerate((fiscal.note_for_customer, fiscal.note_for_shop)):
        if number:
            paper.cut()
        training_mark(paper, training, explained=True)
        _head(paper, words, fiscal, note.receipt)
        title(paper, fiscal.service_note)
        paper.centred(copy)
        duplicate(paper, words, note.receipt.copy_no)
        paper.feed()
        paper.blank_to_fill_in(fiscal.customer_name)
        paper.feed()
        _body(paper, words, fiscal, note.receipt)
        training_mark(paper, training)


def is_exchange(sale: SaleDocument) -> bool:
    """Whether goods come back and others leave in one document."""
    signs = {line.quantity > 0 for line in sale.lines if line.nature.in_turnover}
    return sale.kind in (DocumentKind.SALE, DocumentKind.RETURN) and len(signs) == 2


def _title(fiscal: FiscalWords, sale: SaleDocument) -> str:
    return fiscal.exchange if is_exchange(sale) else fiscal.titles[sale.kind]


def _head(paper: Paper, words: Words, fiscal: FiscalWords, receipt: SaleReceipt) -> None:
    charged = receipt.sale.vat_regime is VatRegime.NORMAL
    paper.logo()
    legal_head(paper, words, fiscal, receipt.shop, receipt.merchant, vat_is_charged=charged)


def _body(paper: Paper, words: Words, fiscal: FiscalWords, receipt: SaleReceipt, instead_of_lines: str = "") -> None:
    sale = receipt.sale
    _references(paper, words, fiscal, receipt)
    paper.rule()
    letters = _letters(sale)
    if sale.lines:
        if instead_of_lines:
            paper.text(instead_of_lines)
        else:
            _lines(paper, words, fiscal, receipt, letters)
        training_mark(paper, sale.is_training)
        paper.rule()
        _total(paper, words, fiscal, sale)
        paper.rule()
    for payment in sale.payments:
        _payment(paper, words, fiscal, sale.kind, payment)
    if sale.kind is DocumentKind.PAYMENT_CHANGE:
        training_mark(paper, sale.is_training)
        paper.text(fiscal.amounts_unchanged)
    _taxes(paper, words, fiscal, sale, letters)
    if any(_is_guaranteed(line) for line in sale.lines):
        paper.feed()
        paper.text(f"{GUARANTEED} {LEGAL_GUARANTEE_MENTION}", hang=len(GUARANTEED) + 1)
    foot(paper, receipt.shop.footer, "")
    proof(paper, fiscal, receipt.software, receipt.fiscal_version, receipt.signature_extract)
    if sale.kind is DocumentKind.SALE and not sale.is_training:
        paper.qr(sale.display_number, small=True)


# --- what it is, when, by whom ------------------------------------------------------------------------------


def _references(paper: Paper, words: Words, fiscal: FiscalWords, receipt: SaleReceipt) -> None:
    sale = receipt.sale
    local = sale.happened_at + timedelta(minutes=sale.utc_offset_minutes)
    paper.pair(words.document_number[sale.kind].format(number=sale.display_number), exact_moment_text(words, local))
    paper.pair(receipt.till_name, words.operator.format(name=sale.operator) if sale.operator else "")
    for corrected in receipt.corrected:
        day = f"{corrected.day:{words.day_format}}" if corrected.day else ""
        paper.pair(fiscal.corrects[sale.kind].format(number=corrected.number), day)
    if receipt.order_number:
        paper.text(words.order_number.format(number=receipt.order_number), bold=True)


# --- lines --------------------------------------------------------------------------------------------------


def _letters(sale: SaleDocument) -> dict[int, str]:
    if sale.vat_regime is VatRegime.FRANCHISE:
        return {}
    return {part.rate_bp: letter for part, letter in zip(sale.vat, "ABCDEFGH", strict=False)}


def _lines(paper: Paper, words: Words, fiscal: FiscalWords, receipt: SaleReceipt, letters: dict[int, str]) -> None:
    sale = receipt.sale
    numbers = {corrected.sale_id: corrected.number for corrected in receipt.corrected}
    # one document is named above, once; of several each line says which
    origins = numbers if len(numbers) > 1 else {}
    for line in sale.lines:
        if line.nature.in_turnover:
            _line(paper, words, fiscal, line, letters.get(line.vat_rate_bp, ""), origins.get(line.corrects_sale_id, ""))
    outside = [line for line in sale.lines if not line.nature.in_turnover]
    if not outside:
        return
    if len(outside) < len(sale.lines):
        paper.rule()
    paper.text(fiscal.outside_sales, bold=True)
    for line in outside:
        _line(paper, words, fiscal, line, "", origins.get(line.corrects_sale_id, ""))


def _line(paper: Paper, words: Words, fiscal: FiscalWords, line: SaleLine, letter: str, origin: str) -> None:
    """A label, what explains its amount, its amount before the discount of the whole ticket."""
    total = f"{amount(words, _before_ticket_discount(line))} {letter}"
    label = f"{line.label} {GUARANTEED}" if _is_guaranteed(line) else line.label
    details = _line_details(words, fiscal, line, origin)
    if not details:
        paper.row(label, total)
        return
    paper.text(label)
    for detail in details[:-1]:
        paper.text(detail, indent=2)
    paper.row(details[-1], total, indent=2)


def _line_details(words: Words, fiscal: FiscalWords, line: SaleLine, origin: str) -> list[str]:
    """What stands below the label. Nothing for one piece at its price."""
    details = [] if line.nature.in_turnover else [fiscal.natures[line.nature]]
    if origin:
        details.append(fiscal.comes_back_from.format(number=origin))
    own_discount = line.discount - line.ticket_discount
    if line.unit is not Unit.PIECE or line.quantity != 1 or own_discount:
        details.append(_how_many(words, line))
    if own_discount:
        reason = f" ({line.discount_reason})" if line.discount_reason else ""
        details.append(f"{words.discount}{reason} {amount(words, -own_discount)}")
    return details


def _how_many(words: Words, line: SaleLine) -> str:
    """How many at what price, where that gives the line's amount; the weight and its price in any case (R23)."""
    how_many = quantity_text(words, line.quantity, line.unit)
    price = unit_price_text(words, line.unit_price, line.unit)
    own_discount = line.discount - line.ticket_discount
    if price_of(line.unit_price, line.quantity, line.unit) - own_discount == _before_ticket_discount(line):
        return f"{how_many} x {price}"
    return f"{how_many}, {price}" if line.weigh_slip else how_many


def _before_ticket_discount(line: SaleLine) -> Money:
    return line.total + line.ticket_discount


def _is_guaranteed(line: SaleLine) -> bool:
    return line.legal_guarantee and line.quantity > 0


# --- totals, payments, taxes --------------------------------------------------------------------------------


def _total(paper: Paper, words: Words, fiscal: FiscalWords, sale: SaleDocument) -> None:
    ticket_discount = total_of([line.ticket_discount for line in sale.lines])
    if ticket_discount:
        paper.row(fiscal.subtotal, amount(words, sale.total + ticket_discount))
        reason = f" ({sale.discount_reason})" if sale.discount_reason else ""
        paper.row(f"{fiscal.ticket_discount}{reason}", amount(words, -ticket_discount), hang=2)
    if sale.vat and sale.outside:
        paper.row(fiscal.sales_only, amount(words, sale.turnover))
        paper.row(fiscal.outside_sales, amount(words, sale.outside))
    paper.row(words.total, amount(words, sale.total), bold=True, size=Size.TALL)
    sold = [line for line in sale.lines if line.nature.in_turnover]
    articles = sum(abs(line.quantity) if line.unit is Unit.PIECE else 1 for line in sold)
    lines = counted(words.line_count, len(sale.lines))
    paper.text(f"{lines}, {counted(fiscal.articles, articles)}" if articles else lines)


def _payment(paper: Paper, words: Words, fiscal: FiscalWords, kind: DocumentKind, payment: Payment) -> None:
    name = words.means[payment.means]
    if kind is DocumentKind.PAYMENT_CHANGE:
        template = fiscal.payment_taken_back if payment.amount.minor < 0 else fiscal.payment_now
        name = template.format(means=name)
    elif payment.tendered.minor < 0:
        name = words.given_back.format(means=name)
    paper.row(name, amount(words, payment.tendered))
    if payment.reference:
        paper.text(payment.reference, indent=2)
    if payment.change:
        paper.row(words.change, amount(words, payment.change))


def _taxes(paper: Paper, words: Words, fiscal: FiscalWords, sale: SaleDocument, letters: dict[int, str]) -> None:
    """VAT by rate; for a merchant in franchise the mention, and nothing that looks like VAT (R21)."""
    if sale.vat_regime is VatRegime.FRANCHISE:
        local = sale.happened_at + timedelta(minutes=sale.utc_offset_minutes)
        paper.rule()
        paper.text(franchise_mention(sale.trading_day or local.date()))
        return
    if not sale.vat:
        return
    paper.rule()
    rows = [
        _vat_row(words, f"{letters[part.rate_bp]} {rate(words, part.rate_bp)}", part.net, part.vat, part.gross)
        for part in sale.vat
    ]
    if len(rows) > 1:
        net, vat = (total_of([part.net for part in sale.vat]), total_of([part.vat for part in sale.vat]))
        rows.append(_vat_row(words, fiscal.vat_total, net, vat, sale.turnover))
    paper.table((words.vat_rate, words.net, words.vat, words.gross), rows)


def _vat_row(words: Words, head: str, net: Money, vat: Money, gross: Money) -> tuple[str, str, str, str]:
    return head, bare_amount(words, net), bare_amount(words, vat), bare_amount(words, gross)


# --- a present's paper --------------------------------------------------------------------------------------


def _gift_receipt(paper: Paper, words: Words, fiscal: FiscalWords, receipt: SaleReceipt) -> None:
    sale = receipt.sale
    shop_name(paper, receipt.shop)
    paper.rule()
    title(paper, fiscal.gift_receipt)
    local = sale.happened_at + timedelta(minutes=sale.utc_offset_minutes)
    paper.pair(words.document_number[sale.kind].format(number=sale.display_number), f"{local:{words.day_format}}")
    paper.rule()
    for line in sale.lines:
        if line.nature.in_turnover and line.quantity > 0:
            paper.row(line.label, quantity_text(words, line.quantity, line.unit))
    paper.rule()
    training_mark(paper, sale.is_training)
    paper.centred(fiscal.gift_use)
    if not sale.is_training:
        paper.qr(sale.display_number)
    paper.centred(sale.display_number, bold=True)
    foot(paper, receipt.shop.footer, fiscal.gift_not_fiscal)
    proof(paper, fiscal, receipt.software, receipt.fiscal_version, "")
