"""Owns reading codes from picture files: opening them safely, then each way of looking until two agree.

Never says what a code means.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.scanning.frame_reader import EVERY_PASS
from app.scanning.passes import QR_PASSES, Pass, Passes, Sight
from app.scanning.readers import FoundCode, read_qr

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 30_000_000
MAX_PIXELS = 80_000_000
"""More than any phone's photograph; a picture that says it is bigger is meant to fill the memory."""

_SIDE_PX = 2000
"""Bars, and codes hard to see, are looked for in at most this many pixels a side: more only takes time."""
_READS_NEEDED = 2


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


class Decoder:
    """Reads pictures. Holds no picture; may be used from any one thread at a time."""

    def __init__(self, passes: Passes | None = None) -> None:
        """Args: passes: the ways of looking; those with the readers installed if not given."""
        self._passes = passes

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
        return read_qr(picture) or self._all_ways(Sight(_at_most(picture, _SIDE_PX)))

    def _all_ways(self, sight: Sight) -> tuple[FoundCode, ...]:
        """A QR, or bars that two ways of looking read alike; what one alone read counts if no other contradicts."""
        if self._passes is None:
            self._passes = Passes.installed()
        votes: Counter[FoundCode] = Counter()
        for way in (*EVERY_PASS, Pass.BARS_PLAIN):
            found = self._passes.codes_in(sight, way)
            if way in QR_PASSES and found:
                return found
            votes.update(found)
            agreed = tuple(code for code, count in votes.items() if count >= _READS_NEEDED)
            if agreed:
                return agreed
        return tuple(votes) if len(votes) == 1 else ()


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
