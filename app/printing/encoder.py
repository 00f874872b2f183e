"""Owns how laid-out lines become ESC/POS bytes for one printer profile. Pure: the same lines and profile give the same
bytes.

One code page is forced for the whole job and said again after whatever may have changed it; texts come folded to that
page, so no character is ever chosen from another one. A whole job is one `bytes`: made before any device is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.printing.escpos_library import new_job
from app.printing.lines import CutLine, FeedLine, PrintLine, QrLine, RuleLine, Size, TextLine
from app.printing.qr import qr_picture, side_modules
from app.settings import PrinterProfile

DOTS_PER_COLUMN = 12
"""Width of a character of font A on the 203 dpi heads of nearly all ticket printers."""

_QR_LEVEL_M = 1
_SMALL_MODULE_DOTS = 4
_FEED_TO_TEAR_OFF = 6
_DRAWER_PIN = 2


def encode(lines: Sequence[PrintLine], profile: PrinterProfile, *, open_drawer: bool = False) -> bytes:
    """The bytes of a job.

    Args:
        lines: as laid out for the profile's width and code page.
        profile: what the printer can do.
        open_drawer: kick the drawer first. Only for transports that reach the printer now: a spooler would open it
            later.
    """
    job = new_job(profile.code_page, profile.code_page_number)
    job.hw("INIT")
    _select_code_page(job, profile)
    if open_drawer:
        job.cashdraw(_DRAWER_PIN)
    for line in lines:
        _write(job, line, profile)
    output: bytes = job.output
    return output


def kick(profile: PrinterProfile) -> bytes:
    """The bytes that only open the drawer."""
    return encode((), profile, open_drawer=True)


def _write(job: Any, line: PrintLine, profile: PrinterProfile) -> None:
    match line:
        case TextLine():
            _write_text(job, line, profile)
        case RuleLine():
            job.text("-" * profile.width_columns + "\n")
        case QrLine():
            _write_qr(job, line, profile)
        case FeedLine():
            job.text("\n" * line.count)
        case CutLine():
            _end_paper(job, profile)


def _write_text(job: Any, line: TextLine, profile: PrinterProfile) -> None:
    plain = line.size is Size.NORMAL and not line.bold
    if not plain:
        job.set(
            bold=line.bold,
            normal_textsize=line.size is Size.NORMAL,
            double_height=line.size is not Size.NORMAL,
            double_width=line.size is Size.DOUBLE,
        )
        _select_code_page(job, profile)
    job.text(line.text + "\n")
    if not plain:
        job.set(bold=False, normal_textsize=True)
        _select_code_page(job, profile)


def _write_qr(job: Any, line: QrLine, profile: PrinterProfile) -> None:
    content, dots = line.content, module_dots(line.content, profile)
    if line.small:
        dots = min(dots, _SMALL_MODULE_DOTS)
    job.text("\n")
    job.set(align="center")
    if profile.has_native_qr:
        job.qr(content, ec=_QR_LEVEL_M, size=dots, native=True)
        job.text("\n")
    else:
        job.image(qr_picture(content, dots), impl="bitImageRaster")
    job.set(align="left")
    _select_code_page(job, profile)


def _end_paper(job: Any, profile: PrinterProfile) -> None:
    if profile.has_cutter:
        job.cut()
    else:
        job.print_and_feed(_FEED_TO_TEAR_OFF)


def _select_code_page(job: Any, profile: PrinterProfile) -> None:
    # the library sends ESC t only when it believes the page has changed
    job.magic.encoding = None
    job.charcode(profile.code_page.upper())


def module_dots(content: str, profile: PrinterProfile) -> int:
    """Dots for one module, 2 to 8: big, because a big module is what cheap cameras need, but within the paper."""
    side = side_modules(content)
    return max(2, min(8, profile.width_columns * DOTS_PER_COLUMN * 2 // 3 // side))
