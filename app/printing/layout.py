"""Owns the way from a document to paper, and what orders and the test page look like there. Pure: no clock, no printer,
no catalogue of the screens.

The same document, width, language and code page always give the same lines. Amounts are those of the document, never
computed anew, save sums of what is printed right above them.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.catalogue import Unit
from app.domain.money import Money, total_of
from app.domain.order import GOODS_LEAVE, LineOutcome, LineResult, OrderLine
from app.domain.receipt import (
    BagLabels,
    CashCountSlip,
    CounterNotice,
    HandoverSlip,
    InvoiceSlip,
    MarketSheet,
    PickupSlip,
    PreparationList,
    Printable,
    SaleReceipt,
    SelfTest,
    ServiceNote,
    ShelfLabels,
    VerificationReport,
    WeighSlip,
    XReport,
    ZReport,
)
from app.domain.withdrawal import withdrawal_of
from app.printing.closing_papers import cash_count_slip, x_report, z_report
from app.printing.fiscal_words import fiscal_words_for
from app.printing.folding import Fold, fold_for
from app.printing.invoice_slip import invoice_slip
from app.printing.label_words import label_words_for
from app.printing.labels import bag_labels, market_sheet, shelf_labels
from app.printing.lines import PrintLine, Size
from app.printing.paper import Paper
from app.printing.parts import LocalTime, counted, duplicate, foot, shop_head, shop_name
from app.printing.small_papers import counter_notice, verification_report, weigh_slip
from app.printing.ticket import sale_receipt, service_note
from app.printing.words import Words, amount, moment_text, quantity_text, words_for


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
        language: the shop's, `fr` or `en`; a paper for a customer whose own is known and is one of them speaks that.
        fold: what the printer's code page holds (`folding.fold_for`); Windows-1252 if not given.
        local_time: turns aware UTC into shop time for documents that do not carry their own offset (a sale does).
    """
    paper = Paper(width, fold or fold_for("cp1252"))
    language = _customers_language(document) or language
    words, fiscal = words_for(language), fiscal_words_for(language)
    match document:
        case SaleReceipt():
            sale_receipt(paper, words, fiscal, document)
        case ServiceNote():
            service_note(paper, words, fiscal, document)
        case WeighSlip():
            weigh_slip(paper, words, fiscal, document, local_time)
        case CounterNotice():
            counter_notice(paper, fiscal, document)
        case VerificationReport():
            verification_report(paper, words, fiscal, document, local_time)
        case ZReport():
            z_report(paper, words, fiscal, document)
        case XReport():
            x_report(paper, words, fiscal, document)
        case CashCountSlip():
            cash_count_slip(paper, words, document)
        case InvoiceSlip():
            invoice_slip(paper, document)
        case HandoverSlip():
            _handover_slip(paper, words, document, local_time)
        case PreparationList():
            _preparation_list(paper, words, document, local_time)
        case PickupSlip():
            _pickup_slip(paper, words, document, local_time)
        case BagLabels():
            bag_labels(paper, words, label_words_for(language), document, local_time)
        case ShelfLabels():
            shelf_labels(paper, words, label_words_for(language), document)
        case MarketSheet():
            market_sheet(paper, words, label_words_for(language), document, local_time)
        case SelfTest():
            _self_test(paper, words, document, width, local_time)
    paper.cut()
    return paper.lines


def _customers_language(document: Printable) -> str:
    receipt = document.receipt if isinstance(document, ServiceNote) else document
    said = receipt.language if isinstance(receipt, SaleReceipt | HandoverSlip) else ""
    return said if said in ("fr", "en") else ""


# --- what left with whom ------------------------------------------------------------------------------------


def _handover_slip(paper: Paper, words: Words, slip: HandoverSlip, local_time: LocalTime) -> None:
    order, handover = slip.order.order, slip.handover
    paper.logo()
    shop_head(paper, words, slip.shop)
    paper.centred(words.handover_slip, bold=True, size=Size.TALL)
    duplicate(paper, words, slip.copy_no)
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
    _withdrawal(paper, words, slip, local_time)
    foot(paper, words.not_fiscal, slip.shop.footer)


def _withdrawal(paper: Paper, words: Words, slip: HandoverSlip, local_time: LocalTime) -> None:
    day = local_time(slip.handover.handed_over_at).date()
    right = withdrawal_of(slip.order.order, slip.handover, day)
    if right is None:
        return
    paper.feed()
    paper.text(words.withdrawal.format(day=f"{right.ends_on:%d/%m/%Y}"))
    if right.excluded:
        paper.text(words.withdrawal_except.format(labels=", ".join(right.excluded)))


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
    paper.text(counted(words.line_count, len(sheet.order.open_lines)))
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


# --- what a customer shows to collect -----------------------------------------------------------------------


def _pickup_slip(paper: Paper, words: Words, slip: PickupSlip, local_time: LocalTime) -> None:
    shop_name(paper, slip.shop)
    paper.rule()
    paper.centred(words.pickup_slip, bold=True, size=Size.TALL)
    paper.centred(words.order_number.format(number=slip.order_number), bold=True, size=Size.DOUBLE)
    if slip.initial:
        paper.centred(words.customer.format(name=f"{slip.initial}."))
    paper.qr(slip.pickup_code)
    paper.centred(slip.pickup_code)
    if slip.spoken_code:
        paper.feed()
        paper.centred(words.spoken_code)
        paper.centred(f"{slip.spoken_code[:3]} {slip.spoken_code[3:]}", bold=True, size=Size.DOUBLE)
    paper.feed()
    if slip.pickup_from:
        paper.text(words.pickup_from.format(moment=moment_text(words, local_time(slip.pickup_from))))
    if slip.keep_until:
        paper.text(words.keep_until.format(moment=moment_text(words, local_time(slip.keep_until))))
    foot(paper, words.pickup_slip_use, words.not_fiscal)


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
    for line in test.devices:
        paper.text(f"{line.device} - {line.state}")
    if test.qr_text:
        paper.qr(test.qr_text)
        paper.centred(test.qr_text)
    paper.exactly("#" * width)
