"""The map of keys: one page, all of it on it, or refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.printing.key_map_pdf import key_map_as_pdf
from app.printing.page_pdf import LongerThanAPage

ROWS = [("F5", "Mettre en attente, ou reprendre"), ("Entrée", "ce que dit le bouton : remettre, encaisser, c’est prêt")]


def words_of(pdf: bytes) -> str:
    [page] = PdfReader(BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("count", [1, 40])
def test_every_key_and_word_is_on_its_one_page(count: int) -> None:
    text = words_of(key_map_as_pdf("Les touches", [(f"Partie {number}", ROWS) for number in range(count)]))
    assert text.startswith("Les touches")
    assert all(f"Partie {number}" in text for number in range(count))
    assert text.count("Mettre en attente, ou reprendre") == count


def test_what_does_not_fit_is_refused_not_cut() -> None:
    with pytest.raises(LongerThanAPage):
        key_map_as_pdf("Les touches", [("Partie", ROWS)] * 200)
