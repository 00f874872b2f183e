"""The ticket as text for a phone: all that a ticket must say, short enough for one code, read back by a real reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL.Image import Image, Resampling, new

from app.domain.fiscal import Series
from app.domain.receipt import SaleReceipt
from app.printing.fiscal_words import TRAINING_MARK, fiscal_words_for
from app.printing.qr import QUIET_MODULES, qr_modules
from app.printing.receipt_text import MOST_BYTES, receipt_text
from tests.unit.printing.samples import sale_receipt

MODULES_AT_MOST = 89


def drawn(modules: list[list[bool]], module_px: int) -> Image:
    """As a screen shows it."""
    side = len(modules) + 2 * QUIET_MODULES
    picture = new("L", (side, side), 255)
    for down, row in enumerate(modules):
        for across, dark in enumerate(row):
            if dark:
                picture.putpixel((across + QUIET_MODULES, down + QUIET_MODULES), 0)
    return picture.resize((side * module_px, side * module_px), Resampling.NEAREST)


def short_receipt() -> SaleReceipt:
    receipt = sale_receipt()
    sale = receipt.sale
    few = replace(sale, lines=sale.lines[:2], payments=sale.payments[:1], vat=sale.vat[:1])
    return replace(receipt, sale=few)


def long_receipt() -> SaleReceipt:
    receipt = sale_receipt()
    line = receipt.sale.lines[0]
    lines = tuple(replace(line, line_no=number, label=f"{line.label} n° {number}") for number in range(1, 40))
    return replace(receipt, sale=replace(receipt.sale, lines=lines))


ARTICLES = {
    "fr": ("3 x 1,30 €  3,90 €", "0,456 kg x 18,90 €/kg  8,62 €"),
    "en": ("3 x 1.30 €  3.90 €", "0.456 kg x 18.90 €/kg  8.62 €"),
}
SUMS = {
    "fr": (
        "TOTAL  1 327,52 €",
        "Carte bancaire  1 000,00 €",
        "Taux  HT  TVA  TTC",
        "A 20 %  1 094,00  218,80  1 312,80",
    ),
    "en": ("TOTAL  1,327.52 €", "Card  1,000.00 €", "Rate  Net  VAT  Gross", "A 20 %  1,094.00  218.80  1,312.80"),
}
MORE_SUMS = {
    "fr": (
        "Espèces  400,00 €",
        "Rendu  72,48 €",
        "B 5,5 %  11,87  0,65  12,52",
        "C 2,1 %  2,15  0,05  2,20",
        "Total  1 108,02  219,50  1 327,52",
    ),
    "en": (
        "Cash  400.00 €",
        "Change  72.48 €",
        "B 5.5 %  11.87  0.65  12.52",
        "C 2.1 %  2.15  0.05  2.20",
        "Total  1,108.02  219.50  1,327.52",
    ),
}
"""As they stand on the two tickets above: written out, lest the test shared a fault with what it tests."""


def lines_of(text: str) -> list[str]:
    """With spaces of one kind."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").splitlines()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("receipt", [short_receipt(), long_receipt()], ids=["short", "long"])
def test_a_reader_gets_the_text_back_at_the_size_of_a_phone(receipt: SaleReceipt, language: str) -> None:
    import zxingcpp

    told = receipt_text(receipt, language)
    modules = qr_modules(told.text, on_screen=True)
    assert len(modules) <= MODULES_AT_MOST
    found = zxingcpp.read_barcode(drawn(modules, 3))
    assert found is not None
    assert found.text == told.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_short_ticket_is_whole_and_says_that_it_is_a_copy(language: str) -> None:
    receipt = short_receipt()
    told = receipt_text(receipt, language)
    assert told.whole
    assert told.text.startswith(fiscal_words_for(language).screen_copy)
    for line in receipt.sale.lines:
        assert line.label.replace("’", "'") in told.text
    assert receipt.sale.display_number in told.text
    assert receipt.shop.name.replace("—", "-") in told.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_amount_is_the_documents_own(language: str) -> None:
    short, long = (lines_of(receipt_text(receipt, language).text) for receipt in (short_receipt(), long_receipt()))
    missing = [line for line in (*ARTICLES[language], *SUMS[language]) if line not in short]
    missing += [line for line in (*SUMS[language], *MORE_SUMS[language]) if line not in long]
    assert missing == []
    assert [line for line in (*short, *long) if line.startswith("TOTAL")] == [SUMS[language][0]] * 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_long_one_says_all_but_its_articles(language: str) -> None:
    receipt, words = long_receipt(), fiscal_words_for(language)
    told = receipt_text(receipt, language)
    assert not told.whole
    assert len(told.text.encode()) <= MOST_BYTES
    assert words.articles_on_paper in told.text
    assert receipt.sale.lines[0].label not in told.text
    if receipt.signature_extract:
        assert receipt.signature_extract in told.text


def test_the_customers_language_comes_first() -> None:
    receipt = replace(sale_receipt(), language="en")
    assert receipt_text(receipt, "fr") == receipt_text(replace(receipt, language=""), "en")


def test_it_names_nobody() -> None:
    receipt = short_receipt()
    assert receipt.sale.operator
    assert receipt.sale.operator not in receipt_text(receipt, "fr").text


@pytest.mark.parametrize("practice", [True, False])
def test_what_is_not_real_says_so(practice: bool) -> None:
    receipt = sale_receipt()
    if not practice:
        receipt = replace(receipt, sale=replace(receipt.sale, series=Series.TRAINING))
    assert TRAINING_MARK in receipt_text(receipt, "fr", practice=practice).text


def test_nothing_stands_in_the_way_of_a_small_screen() -> None:
    """Lines of text, without the spaces that put amounts under one another on paper."""
    assert all("   " not in line for line in receipt_text(sale_receipt(), "fr").text.splitlines())
