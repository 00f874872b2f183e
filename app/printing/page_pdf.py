"""Owns one page of the guide as an A4 sheet to print and pin up. Never writes its words, and reads of Markdown no more
than such a sheet has: headings, paragraphs, lists, tick boxes, strong words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.paths import resources_dir

if TYPE_CHECKING:
    from fpdf import FPDF

_FAMILY = "inter"
_MARGIN_MM, _INDENT_MM, _LINE_MM = 18.0, 9.0, 7.0
_TITLE_PT, _HEADING_PT, _TEXT_PT = 26, 16, 13
_INK, _ACCENT, _EDGE = (26, 29, 33), (26, 71, 172), (121, 131, 143)
_ITEM = re.compile(r"(?:(\d+)\.|-( \[ \])?) +(.+)")
_TICK_MM = 4.4
_TYPED = re.compile(r"`([^`]+)`")


class LongerThanAPage(ValueError):
    """The text does not fit on its sheet."""


def page_as_pdf(markdown: str) -> bytes:
    """The sheet. Raises LongerThanAPage."""
    from fpdf import FPDF

    pdf = FPDF(format="A4", unit="mm")
    for style, file in (("", "Inter-Regular.otf"), ("B", "Inter-SemiBold.otf")):
        pdf.add_font(_FAMILY, style, resources_dir() / "fonts" / file)
    pdf.set_margin(_MARGIN_MM)
    pdf.set_auto_page_break(True, _MARGIN_MM)
    pdf.set_lang("fr")
    pdf.add_page()
    pdf.set_text_color(*_INK)
    for paragraph in _paragraphs(markdown):
        _write(pdf, paragraph)
    fits, made = pdf.page == 1, bytes(pdf.output())  # closes the fonts' files, whatever came of it
    if not fits:
        raise LongerThanAPage("the sheet takes more than one page")
    return made


def _paragraphs(markdown: str) -> list[str]:
    """Each heading, item and paragraph on one line."""
    made: list[str] = []
    fresh = True
    for line in (raw.strip() for raw in markdown.splitlines()):
        if not line:
            fresh = True
        elif fresh or line.startswith("#") or _ITEM.fullmatch(line):
            made.append(line)
            fresh = line.startswith("#")
        else:
            made[-1] += f" {line}"
    return made


def _write(pdf: FPDF, paragraph: str) -> None:
    if paragraph.startswith("# "):
        pdf.set_title(paragraph[2:])
        _text(pdf, paragraph[2:], _TITLE_PT, strong=True, after_mm=3)
    elif paragraph.startswith("## "):
        pdf.ln(2.5)
        pdf.set_text_color(*_ACCENT)
        _text(pdf, paragraph[3:], _HEADING_PT, strong=True, after_mm=1)
        pdf.set_text_color(*_INK)
    elif (item := _ITEM.fullmatch(paragraph)) is not None:
        _mark(pdf, item[1] or "", box=bool(item[2]))
        pdf.set_left_margin(_MARGIN_MM + _INDENT_MM)
        pdf.set_x(_MARGIN_MM + _INDENT_MM)
        _text(pdf, item[3], _TEXT_PT, after_mm=0.8)
        pdf.set_left_margin(_MARGIN_MM)
        pdf.set_x(_MARGIN_MM)
    else:
        _text(pdf, paragraph, _TEXT_PT, after_mm=1.5)


def _mark(pdf: FPDF, number: str, *, box: bool) -> None:
    if box:
        pdf.set_draw_color(*_EDGE)
        pdf.set_line_width(0.35)
        pdf.rect(_MARGIN_MM + pdf.c_margin, pdf.get_y() + (_LINE_MM - _TICK_MM) / 2, _TICK_MM, _TICK_MM)
        return
    pdf.set_font(_FAMILY, "B", _TEXT_PT)
    pdf.cell(_INDENT_MM, _LINE_MM, f"{number}." if number else "•")


def _text(pdf: FPDF, words: str, size_pt: float, *, strong: bool = False, after_mm: float) -> None:
    pdf.set_font(_FAMILY, "B" if strong else "", size_pt)
    high_mm = max(_LINE_MM, size_pt * 0.45)
    pdf.multi_cell(
        0,
        high_mm,
        _TYPED.sub("«\u00a0\\1\u00a0»", words),
        align="L",
        markdown=not strong,
        new_x="LMARGIN",
        new_y="NEXT",
    )
    pdf.ln(after_mm)
