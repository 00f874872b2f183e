"""The sheet for a first day: one page, whatever language; a text that is too long is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.paths import guide_dir
from app.printing.page_pdf import LongerThanAPage, page_as_pdf
from app.ui.help.guide import first_day_text


def words_of(pdf: bytes) -> str:
    reader = PdfReader(BytesIO(pdf))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sheet_of_the_first_day_is_one_page(language: str) -> None:
    words = words_of(page_as_pdf(first_day_text(guide_dir(), language)))
    assert "Ctrl+Z" in words
    assert "**" not in words
    assert "`" not in words


def test_items_and_lines_of_a_paragraph_are_kept_apart_and_together() -> None:
    words = words_of(page_as_pdf("# T\n\none\ntwo\n\n1. first\n2. second\n\n- [ ] tick `3*`\n- dot\n"))
    assert "one two" in words
    assert "1. first 2. second" in words
    assert "tick" in words
    assert "3*" in words


def test_more_than_a_page_is_refused() -> None:
    with pytest.raises(LongerThanAPage):
        page_as_pdf("\n\n".join(["line"] * 200))
