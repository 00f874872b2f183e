"""Owns reading codes from pictures: QR by zxing-cpp, EAN-13 and Code 128 by pyzbar where zbar is installed, by
zxing-cpp elsewhere.

Never says what a code means. Only the three symbologies a shop needs are switched on: each other one only adds wrong
reads, and zbar's QR and DataBar readers have known security holes. A single bar code read from a moving picture proves
little; who decodes camera frames must see it twice.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 30_000_000
MAX_PIXELS = 80_000_000
"""More than any phone's photograph; a picture that says it is bigger is meant to fill the memory."""

_BARS_SIDE_PX = 2000
"""Bar codes are looked for in at most this many pixels a side: more only takes time."""


class CodeKind(StrEnum):
    QR = "qr"
    EAN13 = "ean13"
    CODE128 = "code128"


@dataclass(frozen=True, slots=True)
class FoundCode:
    kind: CodeKind
    text: str


class PictureRefusal(StrEnum):
    """Why a picture could not be looked at."""

    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """What was found: QR codes, or bar codes if there is no QR. Both empty: a picture without a code."""

    codes: tuple[FoundCode, ...] = ()
    refusal: PictureRefusal | None = None


ReadBars = Callable[["Image"], tuple[FoundCode, ...]]


class Decoder:
    """Reads pictures. Holds no picture; may be used from any one thread at a time."""

    def __init__(self, read_bars: ReadBars | None = None) -> None:
        """Args: read_bars: reads EAN-13 and Code 128; the best one installed if not given."""
        self._read_bars = read_bars

    def decode_file(self, path: Path) -> DecodedPicture:
        """Read the codes in a picture file (PNG, JPEG, WebP, GIF, BMP)."""
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError:
            return DecodedPicture(refusal=PictureRefusal.UNREADABLE)
        return self.decode_bytes(data)

    def decode_bytes(self, data: bytes) -> DecodedPicture:
        """Read the codes in the bytes of a picture file."""
        if len(data) > MAX_BYTES:
            return DecodedPicture(refusal=PictureRefusal.TOO_LARGE)
        picture = _opened(data)
        if isinstance(picture, PictureRefusal):
            return DecodedPicture(refusal=picture)
        return DecodedPicture(self.decode_grey(picture))

    def decode_grey(self, picture: Image) -> tuple[FoundCode, ...]:
        """Read the codes in a picture of grey levels (mode L)."""
        return read_qr(picture) or self._bars(picture)

    def _bars(self, picture: Image) -> tuple[FoundCode, ...]:
        if self._read_bars is None:
            self._read_bars = best_bar_reader()
        full = _at_most(picture, _BARS_SIDE_PX)
        half = full.resize((max(1, full.width // 2), max(1, full.height // 2)))  # averaging takes the noise away
        return self._read_bars(half) or self._read_bars(full)


def read_qr(picture: Image) -> tuple[FoundCode, ...]:
    """The QR codes (model 2 only: the others bring ghosts), their texts as they are."""
    import zxingcpp

    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.barcode_formats_from_str("QRCodeModel2"), text_mode=zxingcpp.TextMode.Plain
    )
    return _distinct([FoundCode(CodeKind.QR, code.text) for code in found if code.text])


def read_bars_with_zxing(picture: Image) -> tuple[FoundCode, ...]:
    """EAN-13 and Code 128 where zbar is missing: less sharp-eyed, and 3 reads in 100 of a bad picture are wrong."""
    import zxingcpp

    kinds = {zxingcpp.BarcodeFormat.EAN13: CodeKind.EAN13, zxingcpp.BarcodeFormat.Code128: CodeKind.CODE128}
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.barcode_formats_from_str("EAN13,Code128"), text_mode=zxingcpp.TextMode.Plain
    )
    return _distinct([FoundCode(kinds[code.format], code.text) for code in found if code.format in kinds])


def best_bar_reader() -> ReadBars:
    """pyzbar if it and the zbar library are here, else zxing-cpp."""
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):  # the wheel is there but not the library: ImportError on Linux, OSError on Windows
        return read_bars_with_zxing
    kinds = {"EAN13": CodeKind.EAN13, "CODE128": CodeKind.CODE128}
    symbols = [pyzbar.ZBarSymbol[name] for name in kinds]

    def read_bars_with_zbar(picture: Image) -> tuple[FoundCode, ...]:
        pixels = (picture.tobytes(), picture.width, picture.height)
        found = pyzbar.decode(pixels, symbols=symbols)
        return _distinct([FoundCode(kinds[code.type], code.data.decode("utf-8", "replace")) for code in found])

    return read_bars_with_zbar


def _opened(data: bytes) -> Image | PictureRefusal:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF", "BMP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return PictureRefusal.TOO_LARGE
            return _on_white(picture)
    except Image.DecompressionBombError:
        return PictureRefusal.TOO_LARGE
    except UnidentifiedImageError:
        return PictureRefusal.NOT_A_PICTURE
    except (OSError, ValueError, SyntaxError, EOFError):  # what Pillow raises for a file cut short or made up
        return PictureRefusal.UNREADABLE


def _on_white(picture: Image) -> Image:
    from PIL import Image

    if "transparency" not in picture.info and picture.mode not in ("RGBA", "LA", "PA"):
        return picture.convert("L")
    see_through = picture.convert("RGBA")
    paper = Image.new("RGBA", see_through.size, "white")
    paper.alpha_composite(see_through)
    return paper.convert("L")


def _at_most(picture: Image, side_px: int) -> Image:
    if max(picture.size) <= side_px:
        return picture
    smaller = picture.copy()
    smaller.thumbnail((side_px, side_px))
    return smaller


def _distinct(codes: list[FoundCode]) -> tuple[FoundCode, ...]:
    return tuple(dict.fromkeys(codes))
