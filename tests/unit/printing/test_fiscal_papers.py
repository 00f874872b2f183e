"""What French rules want on paper, rule by rule, and for any document that the till can make."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import LineNature, Unit
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money, total_of
from app.domain.receipt import ServiceNote
from app.domain.rules_fr import LEGAL_GUARANTEE_MENTION
from app.domain.sale import Basket, BasketLine, DocumentKind, Payment, PaymentMeans
from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import CutLine, QrLine, Size, TextLine, as_text
from app.printing.render import render
from tests.unit.printing import fiscal_samples as samples

WIDTHS = (32, 42, 48)


def paper(document, width=48, language="fr", code_page="cp1252"):
    return lay_out(document, width, language, fold=fold_for(code_page))


def text(document, width=48, language="fr"):
    return as_text(paper(document, width, language), width)


def in_one_line(shown):
    """The paper's words, wherever the lines were broken."""
    return re.sub(r"\s+", " ", shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_r02_what_corrects_says_what_it_corrects(width):
    assert "ANNULATION" in text(samples.cancellation(), width)
    assert "Annule le ticket A-000042 20/11/2026" in in_one_line(text(samples.cancellation(), width))
    changed = in_one_line(text(samples.payment_change(), width))
    assert "CHANGEMENT DE RÈGLEMENT" in changed
    assert "Règlement du ticket A-000042" in changed
    assert "Annulé : Carte bancaire -12,00 €" in changed
    assert "Réglé : Espèces 12,00 €" in changed


def test_r02_an_exchange_says_of_which_ticket_each_line_was():
    shown = in_one_line(text(samples.exchange()))
    assert "ÉCHANGE" in shown
    assert "Train en bois rendu, ticket A-000042" in shown
    assert "Toupie rendu, ticket A-000040" in shown


def test_r03_the_ticket_has_every_mention():
    shown = in_one_line(text(samples.full_ticket()))
    for mention in (
        "SARL Épicerie du Hainaut",
        "Siège : 3, place d'Armes, 59300 Valenciennes",
        "SIRET 732 829 320 00074",
        "TVA FR44732829320",
        "RCS Valenciennes",
        "Ticket A-000043 21/11/2026 12:05:00",
        "Caisse A Vendeur Camille",
        "Remise (boîte abîmée) -2,49 €",
        "Remise sur le ticket (fidélité) -5,00 €",
        "5 lignes, 3 articles",
        "Signature 1A2B",
    ):
        assert mention in shown


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_r11_a_copy_is_marked_and_numbered_in_french(width, language):
    for k in (1, 2, 10):
        assert f"DUPLICATA n°{k}" in text(replace(samples.full_ticket(), copy_no=k), width, language)
    assert "DUPLICATA" not in text(samples.full_ticket(), width, language)
    note = ServiceNote(replace(samples.service_note().receipt, copy_no=3))
    assert text(note, width, language).count("DUPLICATA n°3") == 2


TRAINING = {
    "ticket": samples.training_ticket(),
    "gift": replace(samples.training_ticket(), gift=True),
    "weigh slip": samples.weigh_slip(training=True),
    "payment change": replace(samples.payment_change(), sale=replace(samples.payment_change().sale, series="training")),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", TRAINING)
def test_r12_practice_is_marked_large_at_the_top_in_the_middle_and_at_the_bottom(name, width, language):
    lines = [line for line in paper(TRAINING[name], width, language) if not isinstance(line, CutLine)]
    marks = [i for i, line in enumerate(lines) if isinstance(line, TextLine) and line.text.strip() == "FACTICE"]
    assert len(marks) == 3
    assert all(lines[place].size is Size.DOUBLE for place in marks)
    assert marks[0] == 0
    assert marks[-1] == len(lines) - 1
    assert "Mode école" in text(TRAINING[name], width, language)
    assert not any(isinstance(line, QrLine) for line in lines)


def test_r12_both_copies_of_a_training_note_are_marked():
    receipt = samples.service_note().receipt
    note = ServiceNote(replace(receipt, sale=replace(receipt.sale, series="training")))
    assert text(note).count("FACTICE") == 6


def test_r12_nothing_real_is_marked():
    for name, document in samples.DOCUMENTS.items():
        assert ("FACTICE" in text(document)) == ("training" in name)


def test_r14_the_report_of_a_check_says_each_thing_that_is_wrong():
    shown = in_one_line(text(samples.verification(samples.FINDINGS), 32))
    assert "2 ANOMALIES" in shown
    assert "Ticket A-000042 : le libellé d'une ligne a été changé." in shown
    assert "la clôture imprimée du 20 novembre les connaît." in shown
    assert "Aucune anomalie" not in shown
    assert "Aucune anomalie." in text(samples.verification())


@pytest.mark.parametrize("name", ["full-ticket", "training", "cancellation", "gift", "note", "verified"])
def test_r17_product_version_and_fiscal_version_are_on_paper_and_no_certificate(name):
    shown = in_one_line(text(samples.DOCUMENTS[name]))
    assert "Comptoir 0.1.0, noyau fiscal 1.0" in shown
    assert not re.search(r"NF ?525|certifi|LNE", shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_r21_franchise_has_the_mention_and_nothing_of_vat(width):
    shown = in_one_line(text(samples.franchise_ticket(), width))
    assert shown.count("TVA non applicable, art. 293 B du CGI") == 1
    without = shown.replace("TVA non applicable, art. 293 B du CGI", "").replace("Hors ventes, sans TVA", "")
    assert not re.search(r"TVA|\bHT\b|TTC|Taux| %|FR44|€ [A-H]\b", without)
    assert "293 B" not in text(samples.full_ticket(), width)


def test_r21_a_ticket_of_before_the_ledger_has_its_own_day():
    receipt = samples.franchise_ticket()
    assert "art. 293 B du CGI" in text(replace(receipt, sale=replace(receipt.sale, trading_day=None)))


@pytest.mark.parametrize("width", WIDTHS)
def test_r22_the_guarantee_is_mentioned_and_says_of_what(width):
    shown = in_one_line(text(samples.full_ticket(), width))
    assert LEGAL_GUARANTEE_MENTION in shown
    assert "Train en bois *" in shown
    assert "Côte de bœuf *" not in shown
    without = samples.receipt_of(samples.document(Basket((samples.MEAT,))))
    assert "Garantie" not in text(without, width)
    assert "Garantie" not in text(samples.cancellation(), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_r23_weight_price_for_the_kilogram_and_total_of_each_piece(width):
    ticket = in_one_line(text(samples.full_ticket(), width))
    assert "1,234 kg x 28,90 €/kg 35,66 €" in ticket
    assert "0,767 kg, 18,90 €/kg 14,51 €" in ticket  # a label fixed the amount: no multiplication is claimed
    slip = in_one_line(text(samples.weigh_slip(), width))
    assert "Poids net 1,234 kg Prix unitaire 28,90 €/kg Total 35,66 €" in slip
    assert "Poids net 0,767 kg Prix unitaire 18,90 €/kg Total 14,51 €" in slip


def test_r29_what_is_no_turnover_stands_apart_without_vat():
    shown = text(samples.full_ticket())
    apart = shown[shown.index("Hors ventes, sans TVA") :]
    assert "Bouteille consignée" in apart
    assert "Bon d'achat n° 2291" in apart
    assert not re.search(r"1,20 € [A-H]", apart)
    assert re.search(r"Ventes +67,58 €", apart)
    assert re.search(r"Hors ventes, sans TVA +31,20 €", apart)
    assert re.search(r"Total +61,66 +5,92 +67,58", apart)


def test_a_gift_receipt_has_no_price_and_a_code_for_the_exchange():
    lines = paper(samples.gift_receipt())
    assert [line.content for line in lines if isinstance(line, QrLine)] == ["A-000043"]
    shown = text(samples.gift_receipt())
    assert "€" not in shown
    assert not re.search(r"\d,\d\d\b(?! kg)", shown)
    assert "Bouteille" not in shown


@pytest.mark.parametrize("width", WIDTHS)
def test_r02_a_ticket_can_be_scanned_to_take_something_back(width):
    document = samples.full_ticket()
    (found,) = zxingcpp.read_barcodes(render(paper(document, width), width))
    assert found.text == document.sale.display_number
    for other in (samples.training_ticket(), samples.cancellation(), samples.payment_change()):
        assert not any(isinstance(line, QrLine) for line in paper(other, width))


def test_a_note_has_two_copies_and_room_for_the_customers_name():
    lines = paper(samples.service_note())
    assert sum(isinstance(line, CutLine) for line in lines) == 2
    assert text(samples.service_note()).count("Nom du client : ____") == 2


# --- any document -----------------------------------------------------------------------------------------------

AMOUNT = re.compile(r"-?\d{1,3}(?: \d{3})*,\d\d(?= €)")
PRICED = re.compile(r"€( [A-H])?$")
OF_A_LINE = re.compile(r"  Remise \(geste\) [^€]*€$")
"""A discount that happens to be as wide as the paper."""
RATES = (2000, 1000, 550, 210, 0)


@st.composite
def baskets(draw):
    """Lines of every nature, goods that come back, discounts of lines and of the ticket, fixed amounts."""
    lines = []
    for number in range(draw(st.integers(1, 12))):
        nature = draw(st.sampled_from(LineNature))
        in_turnover = nature.in_turnover
        line = BasketLine(
            line_id=str(number),
            label=draw(st.text(st.characters(codec="utf-8", exclude_categories=["Nd", "No", "Nl", "Sc"]), max_size=60)),
            unit_price=Money(draw(st.integers(0, 9_999_999))),
            vat_rate_bp=draw(st.sampled_from(RATES)) if in_turnover else 0,
            quantity=draw(st.integers(1, 2000)) * draw(st.sampled_from((1, 1, -1))),
            unit=draw(st.sampled_from(Unit)) if in_turnover else Unit.PIECE,
            nature=nature,
            legal_guarantee=draw(st.booleans()),
            weigh_slip=draw(st.booleans()),
        )
        if in_turnover and line.total > ZERO and draw(st.booleans()):
            line = replace(line, discount=Money(draw(st.integers(1, line.total.minor))), discount_reason="geste")
        lines.append(line)
    basket = Basket(tuple(lines))
    if basket.discountable > ZERO and draw(st.booleans()):
        basket = basket.with_discount(Money(draw(st.integers(1, basket.discountable.minor))), "fidélité")
    return basket


@st.composite
def receipts(draw):
    basket = draw(baskets())
    regime = draw(st.sampled_from(VatRegime))
    kind = DocumentKind.RETURN if basket.total < ZERO else DocumentKind.SALE
    paid = Payment(PaymentMeans.CARD, basket.total, basket.total)
    return samples.receipt_of(samples.document(basket, (paid,), kind, regime))


def read_amount(shown):
    return Money(int(shown.replace(" ", "").replace(",", "")))


def at_the_right_edge(lines, width):
    texts = [line.text for line in lines if isinstance(line, TextLine) and len(line.text) == width]
    return [
        read_amount(AMOUNT.findall(shown)[-1]) for shown in texts if PRICED.search(shown) and not OF_A_LINE.match(shown)
    ]


@given(receipts(), st.sampled_from([24, 32, 42, 48]), st.sampled_from(["cp1252", "cp858"]))
def test_r03_every_amount_of_any_document_is_whole_and_in_its_place(receipt, width, code_page):
    lines = paper(receipt, width, code_page=code_page)
    assert max(line.columns for line in lines if isinstance(line, TextLine)) <= width
    sale = receipt.sale
    in_order = sorted(sale.lines, key=lambda line: not line.nature.in_turnover)
    expected = [line.total + line.ticket_discount for line in in_order]
    discount = total_of([line.ticket_discount for line in sale.lines])
    expected += [sale.total + discount, -discount] if discount else []
    expected += [sale.turnover, sale.outside] if sale.vat and sale.outside else []
    assert at_the_right_edge(lines, width) == [*expected, sale.total, sale.total]


@given(receipts(), st.sampled_from([24, 32, 42, 48]))
def test_r20_vat_of_any_document_is_on_paper_as_it_was_recorded(receipt, width):
    shown = text(replace(receipt, shop=replace(receipt.shop, footer=""), software="", fiscal_version=""), width)
    table = shown[shown.rindex("-" * width) :]
    found = [read_amount(amount) for amount in re.findall(r"-?\d{1,3}(?: \d{3})*,\d\d(?!\d| %)", table)]
    sale = receipt.sale
    expected = [amount for part in sale.vat for amount in (part.net, part.vat, part.gross)]
    if len(sale.vat) > 1:
        expected += [total_of([part.net for part in sale.vat]), total_of([part.vat for part in sale.vat])]
        expected.append(sale.turnover)
    if sale.vat_regime is VatRegime.FRANCHISE:
        assert found == []
    elif sale.vat:
        assert found == expected
