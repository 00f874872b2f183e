"""A customer whose language is known gets papers in it, whatever the shop's; what the law wants in French stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.fiscal import Series
from app.domain.receipt import Printable, SaleReceipt, ServiceNote
from app.domain.rules_fr import LEGAL_GUARANTEE_MENTION
from app.printing.fiscal_words import TRAINING_MARK, TRAINING_MENTION
from app.printing.layout import lay_out
from app.printing.lines import TextLine
from tests.unit.printing.samples import handover_slip as a_slip
from tests.unit.printing.samples import sale_receipt as a_receipt


def text_of(document: Printable, language: str) -> str:
    return "\n".join(line.text for line in lay_out(document, 48, language) if isinstance(line, TextLine))


@pytest.mark.parametrize("shop", ["fr", "en"])
@pytest.mark.parametrize("customer", ["fr", "en"])
def test_a_ticket_is_in_the_customers_language(shop: str, customer: str) -> None:
    receipt = a_receipt()
    assert text_of(replace(receipt, language=customer), shop) == text_of(receipt, customer)


@pytest.mark.parametrize("shop", ["fr", "en"])
@pytest.mark.parametrize("customer", ["", "de", "??"])
def test_a_language_without_words_leaves_the_shops(shop: str, customer: str) -> None:
    receipt = a_receipt()
    assert text_of(replace(receipt, language=customer), shop) == text_of(receipt, shop)


def test_a_slip_and_a_note_are_in_the_customers_language_too() -> None:
    slip, note = a_slip(), ServiceNote(a_receipt())
    in_english = ServiceNote(replace(note.receipt, language="en"))
    assert text_of(replace(slip, language="en"), "fr") == text_of(slip, "en") != text_of(slip, "fr")
    assert text_of(in_english, "fr") == text_of(note, "en") != text_of(note, "fr")


def test_what_the_law_wants_in_french_is_french_on_an_english_ticket() -> None:
    receipt = a_receipt()
    lines = tuple(replace(line, legal_guarantee=True) for line in receipt.sale.lines)
    sold: SaleReceipt = replace(receipt, sale=replace(receipt.sale, lines=lines), language="en")
    told = " ".join(text_of(sold, "en").split())
    assert " ".join(LEGAL_GUARANTEE_MENTION.split()) in told
    practised = text_of(replace(sold, sale=replace(sold.sale, series=Series.TRAINING)), "en")
    assert TRAINING_MARK in practised
    assert TRAINING_MENTION in practised
