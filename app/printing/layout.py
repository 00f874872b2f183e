"""Owns what each document looks like on paper: document in, lines out. Pure: no clock, no printer, no catalogue of the
screens.

The same document, width, language and code page always give the same lines. Amounts are those of the document, never
computed anew, save sums of what is printed right above them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.catalogue import Unit, price_of
from app.domain.money import Money, total_of
from app.domain.order import GOODS_LEAVE, LineOutcome, LineResult, OrderLine
from app.domain.receipt import (
    HandoverSlip,
    PreparationList,
    Printable,
    SaleReceipt,
    SelfTest,
    ShopIdentity,
)
from app.domain.sale import Payment, SaleDocument, SaleLine
from app.printing.folding import Fold, fold_for
from app.printing.lines import PrintLine, Size
from app.printing.paper import Paper
from app.printing.words import (
    Words,
    amount,
    bare_amount,
    moment_text,
    quantity_text,
    rate,
    unit_price_text,
    words_for,
)

LocalTime = Callable[[datetime], datetime]
"""Aware UTC to the time on the shop's wall."""


def as_given(moment: datetime) -> datetime:
    """The moment in the zone it already carries."""
    return moment


def lay_out(
    document: Printable,
    width: int,
    language: str = "fr",
    *,
    fold: Fold | None = None,
    local_time: LocalTime = as_given,
) -> list[PrintLine]:
    """Set a document on paper.

    Args:
        document: what to print; complete in itself.
        width: columns of normal size, 24 or more (48 on 80 mm paper, 32 on 58 mm).
        language: `fr` or `en`.
        fold: what the printer's code page holds (`folding.fold_for`); Windows-1252 if not given.
        local_time: turns aware UTC into shop time for documents that do not carry their own offset (a sale does).
    """
    paper = Paper(width, fold or fold_for("cp1252"))
    words = words_for(language)
    match document:
        case SaleReceipt():
            _sale_receipt(paper, words, document)
        case HandoverSlip():
            _handover_slip(paper, words, document, local_time)
        case PreparationList():
            _preparation_list(paper, words, document, local_time)
        case SelfTest():
            _self_test(paper, words, document, width, local_time)
    paper.cut()
    return paper.lines


# --- the ticket of a sale -----------------------------------------------------------------------------------


def _sale_receipt(paper: Paper, words: Words, receipt: SaleReceipt) -> None:
    sale = receipt.sale
    _shop_head(paper, words, receipt.shop)
    _duplicate(paper, words, receipt.copy_no)
    local = sale.happened_at + timedelta(minutes=sale.utc_offset_minutes)
    paper.pair(words.document_number[sale.kind].format(number=sale.display_number), moment_text(words, local))
    paper.pair(receipt.till_name, words.operator.format(name=sale.operator) if sale.operator else "")
    if receipt.order_number:
        paper.text(words.order_number.format(number=receipt.order_number), bold=True)
    paper.rule()
    letters = {part.rate_bp: letter for part, letter in zip(sale.vat, "ABCDEFGH", strict=False)}
    for line in sale.lines:
        _sale_line(paper, words, line, letters.get(line.vat_rate_bp, " "))
    paper.rule()
    paper.row(words.total, amount(words, sale.total), bold=True, size=Size.TALL)
    paper.text(_counted(words.line_count, len(sale.lines)))
    paper.rule()
    for payment in sale.payments:
        _payment(paper, words, payment)
    paper.rule()
    _vat_table(paper, words, sale, letters)
    _foot(paper, receipt.shop.footer, receipt.software)


def _shop_head(paper: Paper, words: Words, shop: ShopIdentity) -> None:
    paper.centred(shop.name, bold=True, size=Size.DOUBLE)
    for line in shop.address_lines:
        paper.centred(line)
    if shop.siret:
        paper.centred(words.siret.format(number=shop.siret))
    if shop.vat_number:
        paper.centred(words.vat_number.format(number=shop.vat_number))
    paper.rule()


def _duplicate(paper: Paper, words: Words, copy_no: int) -> None:
    if copy_no:
        paper.centred(words.duplicate.format(copy_no=copy_no), bold=True, size=Size.TALL)


def _sale_line(paper: Paper, words: Words, line: SaleLine, letter: str) -> None:
    total = f"{amount(words, line.total)} {letter}"
    details = _line_details(words, line)
    if not details:
        paper.row(line.label, total)
        return
    paper.text(line.label)
    for label, at_right in details[:-1]:
        paper.row(label, at_right, indent=2)
    paper.row(details[-1][0], total, indent=2)


def _line_details(words: Words, line: SaleLine) -> list[tuple[str, str]]:
    """What stands below the label: how many at what price, and a discount. Nothing for one piece at its price."""
    details = []
    one_piece = line.unit is Unit.PIECE and line.quantity == 1
    explained = price_of(line.unit_price, line.quantity, line.unit) - line.discount == line.total
    if not one_piece or line.discount:
        how_many = quantity_text(words, line.quantity, line.unit)
        details.append(
            (f"{how_many} x {unit_price_text(words, line.unit_price, line.unit)}" if explained else how_many, "")
        )
    if line.discount:
        details.append((f"{words.discount} {amount(words, -line.discount)}", ""))
    return details


def _payment(paper: Paper, words: Words, payment: Payment) -> None:
    name = words.means[payment.means]
    if payment.tendered.minor < 0:
        name = words.given_back.format(means=name)
    paper.row(name, amount(words, payment.tendered))
    if payment.reference:
        paper.text(payment.reference, indent=2)
    if payment.change:
        paper.row(words.change, amount(words, payment.change))


def _vat_table(paper: Paper, words: Words, sale: SaleDocument, letters: dict[int, str]) -> None:
    paper.table(
        (words.vat_rate, words.net, words.vat, words.gross),
        [
            (
                f"{letters.get(part.rate_bp, '')} {rate(words, part.rate_bp)}",
                bare_amount(words, part.net),
                bare_amount(words, part.vat),
                bare_amount(words, part.gross),
            )
            for part in sale.vat
        ],
    )


def _foot(paper: Paper, footer: str, software: str) -> None:
    if footer:
        paper.feed()
        paper.centred(footer)
    if software:
        paper.feed()
        paper.centred(software)


def _counted(forms: tuple[str, str], count: int) -> str:
    return forms[0 if count == 1 else 1].format(count=count)


# --- what left with whom ------------------------------------------------------------------------------------


def _handover_slip(paper: Paper, words: Words, slip: HandoverSlip, local_time: LocalTime) -> None:
    order, handover = slip.order.order, slip.handover
    _shop_head(paper, words, slip.shop)
    paper.centred(words.handover_slip, bold=True, size=Size.TALL)
    _duplicate(paper, words, slip.copy_no)
    paper.centred(words.order_number.format(number=order.number), bold=True, size=Size.DOUBLE)
    paper.feed()
    paper.text(words.customer.format(name=order.customer_name))
    paper.text(words.placed.format(moment=moment_text(words, local_time(order.placed_at))))
    paper.text(words.handed_over.format(moment=moment_text(words, local_time(handover.handed_over_at))))
    if handover.handed_to:
        paper.text(words.handed_to.format(name=handover.handed_to))
    paper.pair(
        handover.till_name or slip.till_name,
        words.operator.format(name=handover.operator) if handover.operator else "",
    )
    paper.rule()
    lines = {line.line_no: line for line in order.lines}
    for result in handover.results:
        if result.line_no in lines:
            _handed_over_line(paper, words, lines[result.line_no], result)
    paper.rule()
    paper.row(
        words.total_handed_over, amount(words, total_of([result.amount for result in handover.results])), bold=True
    )
    if order.paid_online:
        paper.row(words.paid_online, amount(words, order.paid_online))
    if slip.collected:
        paper.row(words.collected, amount(words, slip.collected))
    left_to_pay = slip.order.amount_due - slip.collected
    if left_to_pay.minor > 0:
        paper.row(words.left_to_pay, amount(words, left_to_pay), bold=True, size=Size.TALL)
    if slip.to_refund:
        paper.row(words.to_refund, amount(words, slip.to_refund), bold=True, size=Size.TALL)
    _foot(paper, words.not_fiscal, slip.shop.footer)


def _handed_over_line(paper: Paper, words: Words, line: OrderLine, result: LineResult) -> None:
    how_many = quantity_text(words, result.quantity or line.quantity, line.unit)
    label = f"{how_many} x {line.label}" if line.unit is Unit.PIECE else f"{line.label}, {how_many}"
    if result.outcome not in GOODS_LEAVE:
        paper.row(label, words.outcomes[result.outcome], hang=2)
        return
    paper.row(label, amount(words, result.amount), hang=2)
    if result.outcome is LineOutcome.REPLACED and result.label:
        paper.text(words.replaced_by.format(label=result.label), indent=2, bold=True)
    elif result.outcome is not LineOutcome.GIVEN:
        paper.text(words.outcomes[result.outcome], indent=2, bold=True)


# --- what to fetch from the shelves -------------------------------------------------------------------------


def _preparation_list(paper: Paper, words: Words, sheet: PreparationList, local_time: LocalTime) -> None:
    order = sheet.order.order
    paper.centred(words.preparation_list, bold=True, size=Size.TALL)
    paper.centred(words.order_number.format(number=order.number), bold=True, size=Size.DOUBLE)
    paper.centred(order.customer_name, bold=True, size=Size.TALL)
    paper.rule()
    paper.text(words.modes[order.mode])
    paper.text(words.placed.format(moment=moment_text(words, local_time(order.placed_at))))
    if order.pickup_from:
        paper.text(words.pickup_from.format(moment=moment_text(words, local_time(order.pickup_from))))
    if order.keep_until:
        paper.text(words.keep_until.format(moment=moment_text(words, local_time(order.keep_until))))
    if order.note:
        paper.text(words.note.format(text=order.note), bold=True)
    shelf = None
    for line in sorted(sheet.order.open_lines, key=lambda line: (line.shelf == "", line.shelf, line.line_no)):
        if line.shelf != shelf:
            shelf = line.shelf
            paper.rule()
            paper.text(shelf or words.no_shelf, bold=True)
        _line_to_fetch(paper, words, line)
    paper.rule()
    _left_to_pay(paper, words, sheet.order.amount_due)
    paper.text(_counted(words.line_count, len(sheet.order.open_lines)))
    paper.text(words.printed.format(moment=moment_text(words, local_time(sheet.printed_at))))


def _line_to_fetch(paper: Paper, words: Words, line: OrderLine) -> None:
    how_many = quantity_text(words, line.quantity, line.unit)
    paper.row(
        f"[ ] {how_many} x {line.label}" if line.unit is Unit.PIECE else f"[ ] {how_many} {line.label}",
        "",
        hang=4,
        size=Size.TALL,
    )
    if line.age_limit:
        paper.text(words.adults_only.format(age=line.age_limit), indent=4, bold=True)


def _left_to_pay(paper: Paper, words: Words, due: Money) -> None:
    if due:
        paper.row(words.to_collect, amount(words, due), bold=True, size=Size.TALL)
    else:
        paper.text(words.already_paid, bold=True)


# --- the test page ------------------------------------------------------------------------------------------


def _self_test(paper: Paper, words: Words, test: SelfTest, width: int, local_time: LocalTime) -> None:
    paper.centred(words.self_test, bold=True, size=Size.DOUBLE)
    paper.centred(test.shop.name)
    paper.centred(moment_text(words, local_time(test.printed_at)))
    paper.exactly("#" * width)
    paper.exactly("".join(str(column % 10) for column in range(1, width + 1)))
    paper.text("é è ê ë à â ç ù û ô î ï É È À Ç œ Œ « » € °")
    paper.text("Bœuf « façon grand-mère », 1\u202f234,50\u00a0€ — déjà réglé")
    paper.text("0123456789 ABCDEFGHIJKLM abcdefghijklm", bold=True)
    paper.text("Haut / Tall", size=Size.TALL)
    paper.text("Double", size=Size.DOUBLE)
    paper.row(words.total, amount(words, Money(1234_50)), bold=True, size=Size.TALL)
    paper.text(words.self_test_hint)
    if test.qr_text:
        paper.qr(test.qr_text)
        paper.centred(test.qr_text)
    paper.exactly("#" * width)
