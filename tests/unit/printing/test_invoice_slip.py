"""An invoice on ticket paper says what the file says."""

from __future__ import annotations

import re

import pytest

from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import as_text
from tests.unit.printing import invoice_samples as samples


def in_one_line(slip, width=48, language="fr"):
    return re.sub(r"\s+", " ", as_text(lay_out(slip, width, language, fold=fold_for("cp1252")), width))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", [32, 42, 48])
def test_r25_every_mention_of_an_invoice_is_there_in_french(width, language):
    shown = in_one_line(samples.on_account(), width, language)
    for mention in (
        "FACTURE F-A-2026-000012 22/11/2026",
        "Facture du ticket A-000043 du 21/11/2026",
        "SARL Épicerie du Hainaut",
        "SIRET 732 829 320 00074",
        "TVA FR44732829320",
        "Facturé à Café de la Gare « Hélène & Cie » 12 place de la Gare",
        "SIREN 552 100 554",
        "TVA FR96552100554",
        "Livré à Cuisine",
        "Livraison de biens et prestation de services, le 21/11/2026",
        "1 x 20,76 € HT, TVA 20 %",
        "Total HT",
        "Total TTC",
        "Déjà réglé (carte bancaire)",
        "Net à payer",
        "À payer au plus tard le 22/12/2026",
        "Indemnité forfaitaire pour frais de recouvrement",
        "Signature 5E6F",
    ):
        assert mention in shown
    assert "Bouteille" not in shown
    assert "Le même ticket porte 1,20 € hors TVA" in shown


def test_r25_a_credit_note_names_its_invoice():
    shown = in_one_line(samples.credit_note(), 32)
    assert "AVOIR" in shown
    assert "Se rapporte à la facture F-A-2026-000012 du 22/11/2026" in shown
    assert "À payer au plus tard" not in shown


def test_r21_an_invoice_under_franchise_shows_the_mention_and_no_vat():
    shown = in_one_line(samples.franchise())
    assert "TVA non applicable, art. 293 B du CGI" in shown
    rest = shown.replace("TVA non applicable, art. 293 B du CGI", "").replace("TVA FR96552100554", "")
    assert not re.search(r"TVA|\bHT\b|TTC", rest)
