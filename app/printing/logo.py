"""Owns the shop's logo on paper: a picture made black and white and small enough, and how a printer keeps it. Never
decides which papers carry one.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import data_dir
from app.printing.lines import DOTS_PER_COLUMN
from app.settings import PrinterProfile

if TYPE_CHECKING:
    from PIL.Image import Image

LOGO_FILE = "logo.png"
MOST_BYTES = 4_000_000
"""Of a picture file; a photograph straight from a telephone is no logo."""

MOST_PIXELS = 25_000_000
"""A small file may unfold to gigabytes."""

MOST_DOTS_HIGH = 192
RECALL = b"\x1cp\x01\x00"
"""Prints the first picture kept in the printer."""

_STORE_ONE = b"\x1cq\x01"
_ASIDE = 8
"""Pictures are sent in groups of eight dots."""


class LogoUnusable(ValueError):
    """The file is no picture, or too large."""


def logo_picture(file: bytes, profile: PrinterProfile) -> Image:
    """The picture in black on white, at most two thirds of the paper wide. Raises LogoUnusable."""
    from PIL import Image, UnidentifiedImageError

    if len(file) > MOST_BYTES:
        raise LogoUnusable("more than 4 MB")
    try:
        with Image.open(BytesIO(file)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise LogoUnusable(f"{opened.width} x {opened.height} pixels")
            picture = opened.convert("RGBA")
    except LogoUnusable:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise LogoUnusable(f"no picture: {type(error).__name__}") from error
    on_white = Image.new("RGBA", picture.size, "white")
    on_white.alpha_composite(picture)
    grey = on_white.convert("L")
    widest = profile.width_columns * DOTS_PER_COLUMN * 2 // 3
    grey.thumbnail((widest, MOST_DOTS_HIGH))
    size = tuple(-(-side // _ASIDE) * _ASIDE for side in grey.size)
    whole = Image.new("L", (size[0], size[1]), 255)
    whole.paste(grey, ((size[0] - grey.width) // 2, (size[1] - grey.height) // 2))
    return whole.convert("1")


def store_logo(file: bytes, profile: PrinterProfile) -> bytes:
    """The bytes that put a picture into the printer's memory as its first and only one. Sent when a printer is set up,
    never with a ticket: the memory wears out. Raises LogoUnusable.
    """
    picture = logo_picture(file, profile)
    across, down = picture.width // _ASIDE, picture.height // _ASIDE
    # columns from left to right, in each the dots from top to bottom, dark is 1
    columns = bytearray()
    for column in range(picture.width):
        for group in range(down):
            dots = (picture.getpixel((column, group * _ASIDE + dot)) == 0 for dot in range(_ASIDE))
            columns.append(sum(1 << (7 - dot) for dot, dark in enumerate(dots) if dark))
    return _STORE_ONE + across.to_bytes(2, "little") + down.to_bytes(2, "little") + bytes(columns)


def shop_logo(profile: PrinterProfile, folder: Path | None = None) -> bytes:
    """The shop's picture, `logo.png` beside its data; empty if it is not sent with tickets, is not there or is no
    picture: a ticket comes out without it then.
    """
    if profile.logo != "sent" or profile.sends_logo_slowly:
        return b""
    try:
        file = ((folder or data_dir()) / LOGO_FILE).read_bytes()
        logo_picture(file, profile)
    except (OSError, LogoUnusable):
        return b""
    return file
