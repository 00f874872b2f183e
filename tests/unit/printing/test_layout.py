"""Papers as text files that were read by eye, and the rules that hold for every document."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Unit
from app.domain.money import Money, total_of
from app.domain.receipt import SaleReceipt
from app.domain.sale import BasketLine, Payment, PaymentMeans
from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import CutLine, QrLine, TextLine, as_text
from app.printing.words import FRENCH, amount
from tests.unit.printing import samples
from tests.unit.printing.documents import DOCUMENTS

GOLDEN = Path(__file__).parent / "golden"
WRITE_GOLDEN = bool(os.environ.get("COMPTOIR_WRITE_GOLDEN"))


def in_paris(moment):
    return moment.astimezone(samples.PARIS_WINTER)


def paper(document, width=48, language="fr", code_page="cp1252"):
    return lay_out(document, width, language, fold=fold_for(code_page), local_time=in_paris)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", [48, 32])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_papers_are_as_they_were_approved(name, width, language):
    """To approve a changed paper, run with COMPTOIR_WRITE_GOLDEN=1 and read the difference."""
    text = as_text(paper(DOCUMENTS[name], width, language), width)
    file = GOLDEN / f"{name}-{width}-{language}.txt"
    if WRITE_GOLDEN:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("code_page", ["cp1252", "cp858", "cp437"])
@pytest.mark.parametrize("width", [24, 32, 42, 48, 64])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_line_is_wider_than_the_paper(name, width, code_page):
    lines = paper(DOCUMENTS[name], width, code_page=code_page)
    texts = [line for line in lines if isinstance(line, TextLine)]
    assert max(line.columns for line in texts) <= width
    assert all("\u00a0" not in line.text for line in texts)
    assert isinstance(lines[-1], CutLine)


def test_a_copy_says_which_one_it_is_and_the_original_says_nothing():
    assert "DUPLICATA" not in as_text(paper(samples.sale_receipt()), 48)
    assert "DUPLICATA n°2" in as_text(paper(samples.sale_receipt(copy_no=2)), 48)
    assert "DUPLICATA n°1" in as_text(paper(samples.handover_slip(copy_no=1)), 48)


def test_a_slip_says_what_is_left_to_pay_of_the_order():
    slip = samples.handover_slip()
    order = replace(slip.order, order=replace(slip.order.order, paid_online=Money(1000)))
    due = amount(FRENCH, order.amount_due).replace("\u00a0", " ")
    assert f"RESTE À PAYER {due:>34}" in as_text(paper(replace(slip, order=order)), 48)
    paid_now = as_text(paper(replace(slip, order=order, collected=order.amount_due)), 48)
    assert "RESTE À PAYER" not in paid_now
    assert f"Encaissé à la remise {due:>27}" in paid_now


def test_a_sale_carries_its_own_local_time():
    summer = replace(samples.sale_receipt(), sale=replace(samples.sale(), utc_offset_minutes=120))
    assert "21/11/2026 13:05" in as_text(paper(summer), 48)


def test_a_code_is_printed_where_there_is_something_to_scan():
    with_code = [name for name, document in DOCUMENTS.items() if any(isinstance(x, QrLine) for x in paper(document))]
    tickets = ["sale", "sale-copy", "full-ticket", "franchise", "exchange", "note"]
    closures = ["z-day", "z-day-copy", "z-year", "z-franchise"]
    assert set(with_code) == {"self-test", "pickup-slip", "bag-labels", "gift", *tickets, *closures}


def test_a_name_of_ten_kilobytes_does_not_empty_the_roll():
    line = BasketLine("l1", "Savon " * 2000, Money(300), 2000)
    lines = paper(SaleReceipt(samples.SHOP, samples.sale((line,)), "Caisse A", "Comptoir"))
    assert len(lines) < 40
    assert any("Savon..." in line.text for line in lines if isinstance(line, TextLine))


@pytest.mark.parametrize("width", [24, 32, 48])
def test_the_largest_amounts_stay_whole(width):
    line = BasketLine("l1", "Lot", Money(99_999_999_99), 2000, quantity=2)
    text = as_text(paper(SaleReceipt(samples.SHOP, samples.sale((line,)), "Caisse A", "Comptoir"), width), width)
    assert text.count("199 999 999,98 €") == 3  # line, total, payment
    assert "166 666 666,65" in text  # base before VAT


# --- random sales ---------------------------------------------------------------------------------------------------

AMOUNT = re.compile(r"-?\d{1,3}(?: \d{3})*,\d\d(?= €)")


def read_amount(text):
    return Money(int(text.replace(" ", "").replace(",", "")))


LABELS = st.text(st.characters(codec="utf-8", exclude_categories=["Nd", "No", "Nl", "Sc"]), max_size=80)

LINES = st.builds(
    lambda price, quantity, unit, rate, label: BasketLine("?", label, Money(price), rate, quantity, unit),
    st.integers(-500_000, 5_000_000),
    st.integers(1, 5000),
    st.sampled_from(Unit),
    st.sampled_from([2000, 1000, 550, 210, 0]),
    LABELS,
)


@st.composite
def sales(draw):
    lines = tuple(
        replace(line, line_id=str(i)) for i, line in enumerate(draw(st.lists(LINES, min_size=1, max_size=12)))
    )
    total = total_of([line.total for line in lines])
    card = Money(draw(st.integers(0, max(0, total.minor))))
    cash = total - card
    change = Money(draw(st.integers(0, 5000))) if cash.minor > 0 else Money(0)
    payments = (Payment(PaymentMeans.CARD, card, card), Payment(PaymentMeans.CASH, cash, cash + change))
    return samples.sale(lines, payments)


def right_edge(lines, width):
    """The amounts that stand at the right edge, from top to bottom; of an article's line without its VAT letter."""
    found = []
    for line in lines:
        if isinstance(line, TextLine) and len(line.text) == width and re.search(r"€( [A-H])?$", line.text):
            found.append(read_amount(AMOUNT.findall(line.text)[-1]))
    return found


@given(sales(), st.sampled_from([24, 32, 48]))
def test_every_amount_of_any_sale_is_on_paper_in_its_place(sale, width):
    lines = paper(SaleReceipt(samples.SHOP, sale, "Caisse A", "Comptoir"), width)
    card, cash = sale.payments
    expected = [line.total for line in sale.lines] + [sale.total, card.tendered, cash.tendered]
    expected += [cash.change] if cash.change else []
    assert right_edge(lines, width) == expected


@given(sales(), st.sampled_from([24, 32, 48]))
def test_the_vat_table_of_any_sale_adds_up(sale, width):
    text = as_text(paper(SaleReceipt(replace(samples.SHOP, footer=""), sale, "Caisse A", ""), width), width)
    table = text[text.rindex("-" * width) :].replace("=" * width, "")
    amounts = [read_amount(found) for found in re.findall(r"-?\d{1,3}(?: \d{3})*,\d\d(?!\d| %)", table)]
    expected = [amount for part in sale.vat for amount in (part.net, part.vat, part.gross)]
    if len(sale.vat) > 1:
        expected += [total_of([part.net for part in sale.vat]), total_of([part.vat for part in sale.vat]), sale.total]
    assert amounts == expected


def test_r31_the_slip_says_until_when_what_was_paid_on_line_can_be_given_back():
    """Handed over on Friday 20 November 2026 by another day than today: 14 days from the day after."""
    slip = samples.handover_slip()
    friday = replace(slip.handover, handed_over_at=samples.NOON.replace(day=20))
    said = as_text(paper(replace(slip, handover=friday)), 48)
    assert "rétractation jusqu'au 04/12/2026" in " ".join(said.split())
    assert "sauf : Maroilles fermier AOP" in said
    reserved = replace(slip.order, order=replace(slip.order.order, paid_online=Money(0)))
    assert "rétractation" not in as_text(paper(replace(slip, order=reserved)), 48)
    lines = tuple(replace(line, withdrawal_right=False) for line in slip.order.order.lines)
    perishable = replace(slip.order, order=replace(slip.order.order, lines=lines))
    assert "rétractation" not in as_text(paper(replace(slip, order=perishable)), 48)
