"""What must be on the papers of closing, rule by rule."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import LineNature
from app.domain.closure import parse_chain_head
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.period_totals import PeriodTotals, VatTotal
from app.domain.sale import DocumentKind, PaymentMeans
from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import QrLine, TextLine, as_text
from app.printing.render import render
from tests.unit.printing import closing_samples as samples

WIDTHS = (32, 42, 48)


def paper(document, width=48, language="fr"):
    return lay_out(document, width, language, fold=fold_for("cp1252"))


def in_one_line(document, width=48):
    return re.sub(r"\s+", " ", as_text(paper(document, width), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_r08_a_z_has_period_totals_rates_and_means(width):
    shown = in_one_line(samples.z_report(), width)
    for mention in (
        "CLÔTURE JOURNALIÈRE Z",
        "Clôture n° A-Z0012",
        "Période 21/11/2026",
        "Ouverture 21/11/2026 08:30:02",
        "Clôture 21/11/2026 19:45:31",
        "Tickets 000043 - 000107",
        "Total ventes TTC 1 284,90 €",
        "Total remboursements -34,90 €",
        "Chiffre d'affaires TTC 1 250,00 €",
        "Consigne 3,20 €",
        "Total encaissé 1 283,20 €",
        "Carte bancaire 840,90 €",
        "Espèces attendues 573,90 €",
        "Espèces comptées 568,90 €",
        "Écart -5,00 €",
        "Signature 7C0D",
    ):
        assert mention in shown
    for figures in (("700,00", "140,00", "840,00"), ("13,65", "1,35", "15,00"), ("1 088,06", "161,94", "1 250,00")):
        assert re.search("[^0-9]+".join(map(re.escape, figures)), shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_r09_both_perpetual_totals_are_on_z_and_x(width):
    for document in (samples.z_report(), samples.fiscal_year(), samples.x_report()):
        shown = in_one_line(document, width)
        assert "Total perpétuel 1 204 331,07 €" in shown
        assert "Total perpétuel absolu 1 241 902,33 €" in shown
    assert "Cumul depuis le 01/07/2026 312 840,15 €" in in_one_line(samples.fiscal_year(), width)


def test_r08_what_was_joined_and_what_was_not_counted_is_said():
    year = in_one_line(samples.fiscal_year())
    assert "Période 01/07/2026 - 30/06/2027" in year
    assert "Clôtures réunies 12" in year
    assert "Espèces attendues" not in year
    assert "Période 21/11/2026 (2)" in in_one_line(samples.franchise_day())
    assert "Espèces comptées non compté" in in_one_line(samples.franchise_day())


def test_r11_a_z_printed_again_is_a_numbered_duplicate():
    assert "DUPLICATA n°2" in in_one_line(samples.z_report(copy_no=2))
    assert "DUPLICATA" not in in_one_line(samples.z_report())


@pytest.mark.parametrize("width", WIDTHS)
def test_r06_the_printed_end_of_the_chain_can_be_scanned(width):
    document = samples.z_report()
    assert [line.content for line in paper(document, width) if isinstance(line, QrLine)] == [document.chain_head]
    (found,) = zxingcpp.read_barcodes(render(paper(document, width), width))
    assert found.text == document.chain_head
    head = parse_chain_head(found.text)
    assert head is not None
    assert head.number == document.closure.number


def test_r17_a_z_names_the_versions():
    assert "Comptoir 0.1.0, noyau fiscal 1.0" in in_one_line(samples.z_report())
    assert "Comptoir 0.1.0" in in_one_line(samples.x_report())


@pytest.mark.parametrize("width", WIDTHS)
def test_r21_franchise_and_vat_never_share_a_row(width):
    only = in_one_line(samples.franchise_day(), width)
    assert "Franchise en base, sans TVA 84,00 €" in only
    assert not re.search(r"\bHT\b|Taux|FR44| 0 %", only)
    both = in_one_line(samples.fiscal_year(), width)
    assert "Franchise en base, sans TVA 9 800,00 €" in both
    assert "1 088,06" in both


def test_an_x_is_no_closure():
    shown = in_one_line(samples.x_report())
    assert shown.count("Lecture en cours, sans clôture") == 2
    assert "CLÔTURE" not in shown
    assert "Signature" not in shown
    assert not any(isinstance(line, QrLine) for line in paper(samples.x_report()))


MONEY = st.integers(-(10**11), 10**11).map(Money)
TOTALS = st.builds(
    PeriodTotals,
    sales=MONEY,
    refunds=MONEY,
    vat=st.lists(
        st.builds(VatTotal, st.sampled_from(VatRegime), st.sampled_from((2000, 550, 210, 0)), MONEY, MONEY, MONEY),
        max_size=6,
    ).map(tuple),
    means=st.lists(st.tuples(st.sampled_from(PaymentMeans), MONEY), max_size=7).map(tuple),
    outside=st.lists(
        st.tuples(st.sampled_from([nature for nature in LineNature if not nature.in_turnover]), MONEY), max_size=4
    ).map(tuple),
    documents=st.lists(st.tuples(st.sampled_from(DocumentKind), st.integers(0, 10**7)), max_size=4).map(tuple),
    discount_count=st.integers(0, 10**6),
    discounts=MONEY,
)


@given(TOTALS, MONEY, st.sampled_from([24, 32, 42, 48]))
def test_r09_no_amount_of_any_z_is_cut(totals, perpetual, width):
    closure = replace(samples.DAY, totals=totals, perpetual=perpetual)
    lines = paper(samples.z_report(closure), width)
    assert max(line.columns for line in lines if isinstance(line, TextLine)) <= width
    shown = re.sub(r"\s+", " ", as_text(lines, width))
    amounts = [totals.sales, -totals.refunds, totals.turnover, totals.total, perpetual]
    amounts += [amount for _, amount in (*totals.means, *totals.outside)]
    for part in totals.vat:
        amounts += [part.gross] if part.regime is VatRegime.FRANCHISE else [part.net, part.vat, part.gross]
    for amount in amounts:
        whole, cents = divmod(abs(amount.minor), 100)
        sign = "-" if amount.minor < 0 else ""
        assert f"{sign}{whole:,}".replace(",", " ") + f",{cents:02d}" in shown
