"""Owns the ticket as plain text, short enough for one QR that a phone reads off a screen. It says of itself that it is
a copy; what the law wants on a ticket is on it in the ticket's own words. Never draws, never counts copies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.domain.receipt import SaleReceipt
from app.printing.fiscal_words import FiscalWords, fiscal_words_for
from app.printing.folding import fold_for
from app.printing.lines import TextLine
from app.printing.paper import Paper
from app.printing.parts import training_mark
from app.printing.ticket import sale_receipt
from app.printing.words import Words, words_for

MOST_BYTES = 718
"""What a QR of version 18 holds at level L: 89 modules a side, read from half a metre off any screen."""

_WIDTH = 80
"""A phone breaks lines where it wants to."""

_GAP = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class ReceiptText:
    """`whole`: all of the ticket; else without its articles, and it says so."""

    text: str
    whole: bool


def receipt_text(
    receipt: SaleReceipt, language: str = "fr", *, practice: bool = False, most_bytes: int = MOST_BYTES
) -> ReceiptText:
    """The ticket in lines of plain text, in the customer's language where it is known.

    Args:
        language: the shop's, `fr` or `en`.
        practice: of the practice shop: marked so that nobody takes it for a real one.
        most_bytes: of UTF-8. Without its articles a ticket may still be longer, if the shop has much to say of itself.
    """
    spoken = receipt.language if receipt.language in ("fr", "en") else language
    words, fiscal = words_for(spoken), fiscal_words_for(spoken)
    receipt = replace(receipt, sale=replace(receipt.sale, operator=""))  # bystanders need not know who serves
    whole = _text(receipt, words, fiscal, practice, articles=True)
    if len(whole.encode()) <= most_bytes:
        return ReceiptText(whole, whole=True)
    plainer = replace(receipt, shop=replace(receipt.shop, footer=""))
    without_foot = _text(plainer, words, fiscal, practice, articles=True)
    if len(without_foot.encode()) <= most_bytes:
        return ReceiptText(without_foot, whole=True)
    return ReceiptText(_text(plainer, words, fiscal, practice, articles=False), whole=False)


def _text(receipt: SaleReceipt, words: Words, fiscal: FiscalWords, practice: bool, *, articles: bool) -> str:
    paper = Paper(_WIDTH, fold_for("cp1252"))
    training_mark(paper, practice and not receipt.sale.is_training, explained=True)
    paper.text(fiscal.screen_copy)
    sale_receipt(paper, words, fiscal, receipt, instead_of_lines="" if articles else fiscal.articles_on_paper)
    told = (line.text for line in paper.lines if isinstance(line, TextLine))
    return "\n".join(line for line in (_GAP.sub("  ", text.strip()) for text in told) if line)
