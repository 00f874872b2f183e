"""Owns papers as PDF files: each a page as wide and as long as it would be, in a folder that the shop chose. Never
lays a paper out.

A file appears whole or not at all, and none is ever written over: a second paper of the same name gets a number.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.receipt import (
    BagLabels,
    CashCountSlip,
    HandoverSlip,
    InvoiceSlip,
    MarketSheet,
    PickupSlip,
    PreparationList,
    Printable,
    SaleReceipt,
    ServiceNote,
    ShelfLabels,
    WeighSlip,
    XReport,
    ZReport,
)
from app.paths import resources_dir
from app.printing.lines import BarcodeLine, CutLine, FeedLine, LogoLine, PrintLine, QrLine, RuleLine, Size, TextLine
from app.printing.qr import QUIET_MODULES, qr_modules
from app.usecases.ports import PrinterUnavailable

if TYPE_CHECKING:
    from fpdf import FPDF

_COLUMN_MM, _LINE_MM, _MARGIN_MM = 1.5, 3.75, 4.0
"""As on the 203 dpi heads: 12 dots a character, 30 a line."""

_ADVANCE_OF_EM = 0.60205
"""Of every character of the font."""

_FONT_PT = _COLUMN_MM / _ADVANCE_OF_EM * 72 / 25.4
_QR_MODULE_MM, _SMALL_QR_MODULE_MM = 0.75, 0.5
_BAR_MODULE_MM, _BARS_MM, _BARS_QUIET_MODULES = 0.33, 9.0, 22
_FAMILY = "dejavu"
_MOST_OF_A_NAME = 9999


def paper_as_pdf(lines: Sequence[PrintLine], width: int) -> bytes:
    """The paper, a page for each piece that is cut off.

    Args:
        lines: as laid out for `width`.
        width: columns of normal size.
    """
    from fpdf import FPDF

    pdf = FPDF(unit="mm")
    for style, file in (("", "DejaVuSansMono.ttf"), ("B", "DejaVuSansMono-Bold.ttf")):
        pdf.add_font(_FAMILY, style, resources_dir() / "fonts" / file)
    pdf.set_margin(0)
    pdf.set_auto_page_break(False)
    for sheet in _cut_apart(lines):
        high_mm = sum(_height_mm(line, width) for line in sheet) + 2 * _MARGIN_MM
        pdf.add_page(format=(_page_mm(width), high_mm))
        top_mm = _MARGIN_MM
        for line in sheet:
            _draw(pdf, line, width, top_mm)
            top_mm += _height_mm(line, width)
    return bytes(pdf.output())


def _cut_apart(lines: Sequence[PrintLine]) -> list[list[PrintLine]]:
    sheets: list[list[PrintLine]] = [[]]
    for line in lines:
        if isinstance(line, CutLine):
            sheets.append([])
        else:
            sheets[-1].append(line)
    return [sheet for sheet in sheets if sheet]


def _page_mm(width: int) -> float:
    return width * _COLUMN_MM + 2 * _MARGIN_MM


def _height_mm(line: PrintLine, width: int) -> float:
    match line:
        case TextLine():
            return _LINE_MM if line.size is Size.NORMAL else 2 * _LINE_MM
        case RuleLine():
            return _LINE_MM
        case QrLine():
            return (len(qr_modules(line.content)) + 2 * QUIET_MODULES) * _module_mm(line)
        case BarcodeLine():
            return _BARS_MM + _LINE_MM
        case FeedLine():
            return line.count * _LINE_MM
        case LogoLine() | CutLine():
            return 0.0


def _module_mm(line: QrLine) -> float:
    return _SMALL_QR_MODULE_MM if line.small else _QR_MODULE_MM


def _draw(pdf: FPDF, line: PrintLine, width: int, top_mm: float) -> None:
    match line:
        case TextLine():
            _draw_text(pdf, line, top_mm)
        case RuleLine():
            pdf.set_line_width(0.2)
            pdf.line(_MARGIN_MM, top_mm + _LINE_MM / 2, _page_mm(width) - _MARGIN_MM, top_mm + _LINE_MM / 2)
        case QrLine():
            _draw_qr(pdf, line, width, top_mm)
        case BarcodeLine():
            _draw_bars(pdf, line, width, top_mm)
        case FeedLine() | LogoLine() | CutLine():
            pass


def _draw_text(pdf: FPDF, line: TextLine, top_mm: float) -> None:
    if not line.text.strip():
        return
    high = 1 if line.size is Size.NORMAL else 2
    pdf.set_font(_FAMILY, "B" if line.bold else "", _FONT_PT * high)
    pdf.set_stretching(50 if line.size is Size.TALL else 100)
    pdf.text(_MARGIN_MM, top_mm + _LINE_MM * 0.75 * high, line.text)
    pdf.set_stretching(100)


def _draw_qr(pdf: FPDF, line: QrLine, width: int, top_mm: float) -> None:
    modules, side_mm = qr_modules(line.content), _module_mm(line)
    left_mm = (_page_mm(width) - len(modules) * side_mm) / 2
    for number, cells in enumerate(modules):
        y_mm = top_mm + (QUIET_MODULES + number) * side_mm
        _draw_dark(pdf, cells, left_mm, y_mm, side_mm, side_mm)


def _draw_bars(pdf: FPDF, line: BarcodeLine, width: int, top_mm: float) -> None:
    bars = line.bars
    module_mm = min(_BAR_MODULE_MM, _page_mm(width) / (len(bars) + _BARS_QUIET_MODULES))
    _draw_dark(pdf, bars, (_page_mm(width) - len(bars) * module_mm) / 2, top_mm, module_mm, _BARS_MM)
    pdf.set_font(_FAMILY, "", _FONT_PT)
    left_mm = (_page_mm(width) - len(line.number) * _COLUMN_MM) / 2
    pdf.text(left_mm, top_mm + _BARS_MM + _LINE_MM * 0.75, line.number)


def _draw_dark(
    pdf: FPDF, cells: Sequence[bool], left_mm: float, top_mm: float, module_mm: float, high_mm: float
) -> None:
    """Dark runs as one piece each: seams between them would be seen."""
    start = None
    for place, dark in enumerate((*cells, False)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            pdf.rect(left_mm + start * module_mm, top_mm, (place - start) * module_mm, high_mm, style="F")
            start = None


def keep(content: bytes, folder: Path, stem: str) -> Path:
    """Write a file whole, under a name that is still free. Raises PrinterUnavailable; then there is no file."""
    try:
        handle, half_written = tempfile.mkstemp(dir=folder, prefix=".comptoir-", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as written:
                written.write(content)
            target = _reserved(folder, stem)
            try:
                Path(half_written).replace(target)
            except OSError:
                target.unlink()
                raise
        finally:
            with contextlib.suppress(OSError):
                Path(half_written).unlink(missing_ok=True)
    except FileNotFoundError as error:
        raise PrinterUnavailable("absent", str(error)) from error
    except PermissionError as error:
        raise PrinterUnavailable("refused", str(error)) from error
    except OSError as error:
        raise PrinterUnavailable("io", str(error)) from error
    return target


def _reserved(folder: Path, stem: str) -> Path:
    """An empty file of a name nobody has: whoever makes it first has it."""
    for number in range(1, _MOST_OF_A_NAME):
        path = folder / (f"{stem}.pdf" if number == 1 else f"{stem}-{number}.pdf")
        with contextlib.suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path
    raise OSError(f"{_MOST_OF_A_NAME} papers are called {stem}")


def file_stem(document: Printable) -> str:
    """What the paper is and the number people know it by, in letters that every system takes."""
    what, number = _what_it_is(document)
    return "-".join(part for part in (what, re.sub(r"[^A-Za-z0-9]+", "-", number)[:40].strip("-")) if part)


def _what_it_is(document: Printable) -> tuple[str, str]:
    match document:
        case SaleReceipt():
            return ("ticket-cadeau" if document.gift else "ticket"), document.sale.display_number
        case ServiceNote():
            return "note", document.receipt.sale.display_number
        case HandoverSlip():
            return "remise", document.order.order.number
        case PreparationList():
            return "preparation", document.order.order.number
        case PickupSlip() | BagLabels():
            return ("retrait" if isinstance(document, PickupSlip) else "etiquettes-sacs"), document.order_number
        case ZReport():
            return "z", document.closure.display_number
        case XReport():
            return "x", ""
        case CashCountSlip():
            return "comptage", document.closure_number
        case InvoiceSlip():
            return "facture", document.invoice.display_number
        case WeighSlip():
            return "pesee", document.number
        case ShelfLabels():
            return "etiquettes-rayon", ""
        case MarketSheet():
            return "marche", f"{document.printed_at:%Y-%m-%d}"
        case _:
            return "papier", ""
