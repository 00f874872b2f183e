"""Owns how laid-out lines become ESC/POS bytes for one printer profile. Pure: the same lines and profile give the same
bytes.

One code page is forced for the whole job and said again after whatever may have changed it; texts come folded to that
page, so no character is ever chosen from another one. A whole job is one `bytes`: made before any device is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.printing.escpos_library import new_job
from app.printing.lines import (
    DOTS_PER_COLUMN,
    BarcodeLine,
    CutLine,
    FeedLine,
    LogoLine,
    PrintLine,
    QrLine,
    RuleLine,
    Size,
    TextLine,
)
from app.printing.logo import RECALL, logo_picture
from app.printing.qr import qr_picture, side_modules
from app.settings import PrinterProfile

_QR_LEVEL_M = 1
_SMALL_MODULE_DOTS = 4
_FEED_TO_TEAR_OFF = 6
_BARS_HIGH_DOTS = 72
_BARS_QUIET_MODULES = 22
_EAN13, _EAN8, _CODE128 = 67, 68, 73
_CODE_SET_B = b"{B"


def encode(
    lines: Sequence[PrintLine], profile: PrinterProfile, *, open_drawer: bool = False, logo: bytes = b""
) -> bytes:
    """The bytes of a job.

    Args:
        lines: as laid out for the profile's width and code page.
        profile: what the printer can do.
        open_drawer: kick the drawer first. Only for transports that reach the printer now: a spooler would open it
            later.
        logo: the picture file, for profiles that have it sent; b"" if there is none.

    Raises:
        LogoUnusable: the file is no picture.
    """
    job = new_job(profile.code_page, profile.code_page_number)
    job.hw("INIT")
    _select_code_page(job, profile)
    if open_drawer:
        job.cashdraw(profile.drawer_pin)
    for line in lines:
        _write(job, line, profile, logo)
    output: bytes = job.output
    return output


def kick(profile: PrinterProfile) -> bytes:
    """The bytes that only open the drawer."""
    return encode((), profile, open_drawer=True)


def _write(job: Any, line: PrintLine, profile: PrinterProfile, logo: bytes) -> None:
    match line:
        case TextLine():
            _write_text(job, line, profile)
        case RuleLine():
            job.text("-" * profile.width_columns + "\n")
        case QrLine():
            _write_qr(job, line, profile)
        case BarcodeLine():
            _write_bars(job, line, profile)
        case LogoLine():
            _write_logo(job, profile, logo)
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


def _write_bars(job: Any, line: BarcodeLine, profile: PrinterProfile) -> None:
    """Drawn by the printer. Our own bytes: the library leaves what follows centred and prints to standard output."""
    kind = {8: _EAN8, 13: _EAN13}.get(len(line.number), _CODE128) if line.number.isdigit() else _CODE128
    data = line.number.encode("ascii") if kind != _CODE128 else _CODE_SET_B + line.number.encode("ascii")
    modules = len(line.bars) + _BARS_QUIET_MODULES
    width = max(2, min(3, profile.width_columns * DOTS_PER_COLUMN // modules))
    job.set(align="center")
    _send(job, b"\x1dh" + bytes([_BARS_HIGH_DOTS]) + b"\x1dw" + bytes([width]) + b"\x1dH\x02\x1df\x00")
    _send(job, b"\x1dk" + bytes([kind, len(data)]) + data)
    job.text("\n")
    job.set(align="left")
    _select_code_page(job, profile)


def _write_logo(job: Any, profile: PrinterProfile, logo: bytes) -> None:
    if profile.logo == "none" or profile.sends_logo_slowly or (profile.logo == "sent" and not logo):
        return
    job.set(align="center")
    if profile.logo == "stored":
        _send(job, RECALL)
    else:
        job.image(logo_picture(logo, profile), impl="bitImageRaster")
    job.set(align="left")
    _select_code_page(job, profile)


def _end_paper(job: Any, profile: PrinterProfile) -> None:
    if profile.has_cutter:
        job.cut("PART" if profile.partial_cut else "FULL")
    else:
        job.print_and_feed(_FEED_TO_TEAR_OFF)


def _send(job: Any, command: bytes) -> None:
    job._raw(command)  # noqa: SLF001  # the library's own way for commands it has no name for


def _select_code_page(job: Any, profile: PrinterProfile) -> None:
    # the library sends ESC t only when it believes the page has changed
    job.magic.encoding = None
    job.charcode(profile.code_page.upper())


def module_dots(content: str, profile: PrinterProfile) -> int:
    """Dots for one module, 2 to 8: big, because a big module is what cheap cameras need, but within the paper."""
    side = side_modules(content)
    return max(2, min(8, profile.width_columns * DOTS_PER_COLUMN * 2 // 3 // side))
