"""Owns the calls to the two libraries that read codes: zxing-cpp for QR codes and bars, zbar (through pyzbar) for bars
where it is installed.

Never says what a code means. Only the three symbologies a shop needs are switched on: each other one only adds wrong
reads (EAN-8 ghosts inside a cut EAN-13, Micro QR ghosts in noise), and zbar's QR and DataBar readers have known
security holes. One bar code read once proves little: zxing-cpp reads 1 to 3 in 100 of bad pictures wrong, with a right
check digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image


class CodeKind(StrEnum):
    QR = "qr"
    EAN13 = "ean13"
    CODE128 = "code128"


@dataclass(frozen=True, slots=True)
class FoundCode:
    kind: CodeKind
    text: str


ReadBars = Callable[["Image"], tuple[FoundCode, ...]]


def read_qr(view: object, *, thorough: bool = True) -> tuple[FoundCode, ...]:
    """The QR codes (model 2 only), their texts as they are.

    Args:
        view: a grey picture or an `ImageView`.
        thorough: also at smaller sizes: four times the time, 2 codes in 100 more.
    """
    zxing = _zxing()
    found = zxing.read_barcodes(
        view,
        formats=zxing.barcode_formats_from_str("QRCodeModel2"),
        text_mode=zxing.TextMode.Plain,  # the default rewrites control characters
        try_downscale=thorough,
    )
    return distinct([FoundCode(CodeKind.QR, code.text) for code in found if code.text])


def read_bars_with_zxing(picture: Image, *, turned: bool = True) -> tuple[FoundCode, ...]:
    """EAN-13 and Code 128 by zxing-cpp.

    Args:
        turned: also look for bars that lie.
    """
    zxing = _zxing()
    kinds = {zxing.BarcodeFormat.EAN13: CodeKind.EAN13, zxing.BarcodeFormat.Code128: CodeKind.CODE128}
    found = zxing.read_barcodes(
        picture,
        formats=zxing.barcode_formats_from_str("EAN13,Code128"),
        text_mode=zxing.TextMode.Plain,
        try_rotate=turned,
    )
    return distinct([FoundCode(kinds[code.format], code.text) for code in found if code.format in kinds and code.text])


def zbar_reader() -> ReadBars | None:
    """EAN-13 and Code 128 by zbar; None if pyzbar or the zbar library is missing."""
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):  # the wheel is there but not the library: ImportError on Linux, OSError on Windows
        return None
    kinds = {"EAN13": CodeKind.EAN13, "CODE128": CodeKind.CODE128}
    symbols = [pyzbar.ZBarSymbol[name] for name in kinds]

    def read_bars_with_zbar(picture: Image) -> tuple[FoundCode, ...]:
        pixels = (picture.tobytes(), picture.width, picture.height)
        found = pyzbar.decode(pixels, symbols=symbols)
        return distinct([FoundCode(kinds[code.type], code.data.decode("utf-8", "replace")) for code in found])

    return read_bars_with_zbar


def best_bar_reader() -> ReadBars:
    """zbar if it is here, else zxing-cpp."""
    return zbar_reader() or read_bars_with_zxing


def distinct(codes: list[FoundCode]) -> tuple[FoundCode, ...]:
    return tuple(dict.fromkeys(codes))


def _zxing() -> Any:
    import zxingcpp

    return zxingcpp
