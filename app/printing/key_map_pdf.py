"""Owns the map of keys as one A4 page in three columns, to print and pin up. Never writes its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.paths import resources_dir
from app.printing.page_pdf import LongerThanAPage

if TYPE_CHECKING:
    from fpdf import FPDF

_FAMILY = "inter"
_COLUMNS, _MARGIN_MM, _GAP_MM = 3, 10.0, 5.0
_TOP_MM, _BOTTOM_MM = 21.0, 287.0
_TITLE_PT, _HEADING_PT = 18, 8.5
_SIZES_PT = (8.0, 7.5, 7.0, 6.5, 6.0)
"""Of the rows: the largest with which all of it stands on one page."""
_LINE_PER_PT, _KEY_MM = 0.46, 16.5
_INK, _ACCENT = (26, 29, 33), (26, 71, 172)

Block = tuple[str, Sequence[tuple[str, str]]]


def key_map_as_pdf(title: str, blocks: Sequence[Block]) -> bytes:
    """The page: each block a heading and its rows of key and words. Raises LongerThanAPage."""
    from fpdf import FPDF

    pdf = FPDF(format="A4", unit="mm")
    for style, file in (("", "Inter-Regular.otf"), ("B", "Inter-SemiBold.otf")):
        pdf.add_font(_FAMILY, style, resources_dir() / "fonts" / file)
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    pdf.add_page()
    pdf.set_text_color(*_INK)
    pdf.set_font(_FAMILY, "B", _TITLE_PT)
    pdf.text(_MARGIN_MM, _TOP_MM - 7, title)
    sizes = (size_pt for size_pt in _SIZES_PT if _write_all(_Columns(pdf, size_pt, try_only=True), blocks))
    size_pt = next(sizes, None)
    _write_all(_Columns(pdf, size_pt or _SIZES_PT[-1]), blocks)
    made = bytes(pdf.output())  # closes the fonts' files, whatever came of it
    if size_pt is None:
        raise LongerThanAPage("the map takes more than one page")
    return made


def _write_all(columns: _Columns, blocks: Sequence[Block]) -> bool:
    """Whether there was room for all of it."""
    return all(columns.write(*block) for block in blocks)


class _Columns:
    """Where the next block goes; a block is never cut."""

    def __init__(self, pdf: FPDF, size_pt: float, *, try_only: bool = False) -> None:
        """Args: try_only: write nothing, say only whether there is room."""
        self._pdf = pdf
        self._try_only = try_only
        self._size_pt = size_pt
        self._line_mm = size_pt * _LINE_PER_PT
        self._wide_mm = (pdf.w - 2 * _MARGIN_MM - (_COLUMNS - 1) * _GAP_MM) / _COLUMNS
        self._column, self._y_mm = 0, _TOP_MM

    def write(self, heading: str, rows: Sequence[tuple[str, str]]) -> bool:
        """False if there is no room left."""
        wrapped = [(key, self._wrapped(words)) for key, words in rows]
        lines = sum(len(words) for _key, words in wrapped)
        if self._y_mm + (lines + 2) * self._line_mm > _BOTTOM_MM:
            self._column, self._y_mm = self._column + 1, _TOP_MM
        if self._column >= _COLUMNS or self._y_mm + (lines + 2) * self._line_mm > _BOTTOM_MM:
            return False
        left = _MARGIN_MM + self._column * (self._wide_mm + _GAP_MM)
        self._pdf.set_text_color(*_ACCENT)
        self._text(left, heading, "B", _HEADING_PT)
        self._pdf.set_text_color(*_INK)
        for key, words in wrapped:
            self._text(left, key, "B", self._size_pt, next_line=False)
            for line in words:
                self._text(left + _KEY_MM, line, "", self._size_pt)
        self._y_mm += self._line_mm
        return True

    def _text(self, left_mm: float, words: str, style: str, size_pt: float, *, next_line: bool = True) -> None:
        if not self._try_only:
            self._pdf.set_font(_FAMILY, style, size_pt)
            self._pdf.text(left_mm, self._y_mm, words)
        if next_line:
            self._y_mm += self._line_mm

    def _wrapped(self, words: str) -> list[str]:
        self._pdf.set_font(_FAMILY, "", self._size_pt)
        room_mm = self._wide_mm - _KEY_MM
        lines = [""]
        for word in words.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if self._pdf.get_string_width(longer) > room_mm and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines
