"""Owns the ways of looking at one grey picture for codes, and what each is good for.

Never decides which way is tried when (the camera's rota and the pictures' cascade do) nor whether a read counts.
Measured by `make bench-scan`; times are for 1280x720.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from app.scanning.readers import FoundCode, ReadBars, read_bars_with_zxing, read_qr, zbar_reader

if TYPE_CHECKING:
    from PIL.Image import Image

_SQUASHED = 4
"""Rows averaged into one before bars are read: the noise goes, upright bars stay."""
_STRETCHED_TO_PX = 2560
"""A squashed picture is doubled along its bars' width, but not beyond this."""
_ZBAR_WIDTH_PX = 640
"""zbar reads best, and four times as fast, where the noise was averaged away down to about this width."""
_LARGER_TO_PX = 1200


class Pass(StrEnum):
    """One way of looking. "Upright" bars stand like | | |, "lying" ones are turned by 90 degrees."""

    QR = "qr"  # 1 ms
    QR_SMALLER = "qr_smaller"  # 5 ms: large codes full of noise
    QR_LARGER = "qr_larger"  # 9 ms: small or blurred codes, in the guide box only
    BARS_UPRIGHT = "bars_upright"  # 3 ms: reads the most of all
    BARS_LYING = "bars_lying"  # 3 ms
    BARS_INVERTED = "bars_inverted"  # 3 ms: white on black
    BARS_SLANTED = "bars_slanted"  # 9 ms: turned by 45 degrees either way
    BARS_HALF = "bars_half"  # 6 ms: zbar, the picture made smaller
    BARS_HALF_TURNED = "bars_half_turned"  # 11 ms: the same a little turned, for much noise and odd angles
    BARS_FULL = "bars_full"  # 32 ms: zbar at full size: 1 code in 100 more
    BARS_PLAIN = "bars_plain"  # 5 ms: zxing-cpp, the picture as it is: reads wrong the most often


QR_PASSES = (Pass.QR, Pass.QR_SMALLER, Pass.QR_LARGER)


class Sight:
    """One grey picture, and its smaller and squashed copies as they are asked for. As short-lived as the picture."""

    def __init__(self, full: Image, view: object = None, pixels: memoryview | None = None) -> None:
        """Args:
        full: the picture, mode L.
        view: the same without a copy, as zxing-cpp likes it; the picture if not given.
        pixels: the memory of `view`, held here because zxing-cpp does not: read after it is gone, it crashes.
        """
        self.full = full
        self.view = full if view is None else view
        self.pixels = pixels

    @cached_property
    def half(self) -> Image:
        factor = max(1, round(self.full.width / _ZBAR_WIDTH_PX))
        return self.full.reduce(factor) if factor > 1 else self.full

    @cached_property
    def scene(self) -> bytes:
        """The mean grey of some 16 x 9 cells: enough to see that something moved."""
        width, height = self.full.size
        return self.full.reduce((max(1, width // 16), max(1, height // 9))).tobytes()

    @cached_property
    def squashed(self) -> Image:
        """Rows averaged, columns doubled: what upright bars are read from."""
        return _stretched(self.full.reduce((1, _SQUASHED)))

    @cached_property
    def lying(self) -> Image:
        """The same of the picture turned by 90 degrees."""
        from PIL.Image import Transpose

        return _stretched(self.full.reduce((_SQUASHED, 1)).transpose(Transpose.ROTATE_90))

    @cached_property
    def slanted(self) -> Image:
        """The picture made smaller, turned by 45 degrees."""
        return _turned(self.half, 45)

    @cached_property
    def guide_doubled(self) -> Image:
        """The guide box, twice as large if it is small."""
        from PIL.Image import Resampling

        box = guide_box(*self.full.size)
        side = box[2] - box[0]
        side = max(side, min(2 * side, _LARGER_TO_PX))
        return self.full.resize((side, side), Resampling.BILINEAR, box)


def guide_box(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of where the person is asked to hold a code, in pixels: a square in the middle.

    Codes are read anywhere in the frame; only the costliest looks are for this box alone.
    """
    side = max(1, min(width, height) * 5 // 6)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


class Passes:
    """What each pass does, with the readers that are installed."""

    def __init__(self, zbar: ReadBars | None) -> None:
        """Args: zbar: reads bars; None where it is missing, then zxing-cpp does its passes."""
        read_bars = zbar or read_bars_with_zxing
        self._ways: dict[Pass, Callable[[Sight], tuple[FoundCode, ...]]] = {
            Pass.QR: lambda sight: read_qr(sight.view, thorough=False),
            Pass.QR_SMALLER: lambda sight: read_qr(sight.view),
            Pass.QR_LARGER: lambda sight: read_qr(sight.guide_doubled),
            Pass.BARS_UPRIGHT: lambda sight: read_bars_with_zxing(sight.squashed, turned=False),
            Pass.BARS_LYING: lambda sight: read_bars_with_zxing(sight.lying, turned=False),
            Pass.BARS_INVERTED: lambda sight: read_bars_with_zxing(_inverted(sight.squashed), turned=False),
            Pass.BARS_SLANTED: _read_slanted,
            Pass.BARS_HALF: lambda sight: read_bars(sight.half if zbar else sight.full.reduce(2)),
            Pass.BARS_HALF_TURNED: lambda sight: read_bars(_turned(sight.half, 22)),
            Pass.BARS_FULL: lambda sight: read_bars(sight.full),
            Pass.BARS_PLAIN: lambda sight: read_bars_with_zxing(sight.full),
        }

    @classmethod
    def installed(cls) -> Passes:
        return cls(zbar_reader())

    def codes_in(self, sight: Sight, way: Pass) -> tuple[FoundCode, ...]:
        """What this way of looking finds."""
        return self._ways[way](sight)


def _read_slanted(sight: Sight) -> tuple[FoundCode, ...]:
    other = Sight(sight.slanted)
    return read_bars_with_zxing(other.squashed, turned=False) or read_bars_with_zxing(other.lying, turned=False)


def _stretched(squashed: Image) -> Image:
    from PIL.Image import Resampling

    width = max(squashed.width, min(2 * squashed.width, _STRETCHED_TO_PX))
    return squashed.resize((width, squashed.height), Resampling.BILINEAR)


def _turned(picture: Image, degrees: int) -> Image:
    from PIL.Image import Resampling

    return picture.rotate(degrees, Resampling.BILINEAR, expand=True)


def _inverted(picture: Image) -> Image:
    from PIL import ImageChops

    return ImageChops.invert(picture)
