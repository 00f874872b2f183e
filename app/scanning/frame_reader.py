"""Owns which looks a camera's frame gets: a rota of passes, the cheap ones on every frame, the costly ones in turn.

Never says whether a read counts. Measured: at 1280x720 a frame costs some 6 to 9 ms, and a code that only one pass can
read meets it within a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.scanning.frames import Luma
from app.scanning.passes import Pass, Passes, Sight
from app.scanning.readers import FoundCode, distinct

MOST_PIXELS = 8192 * 8192

ROTA: tuple[tuple[Pass, ...], ...] = (
    (Pass.QR, Pass.BARS_UPRIGHT),
    (Pass.QR, Pass.BARS_HALF),
    (Pass.QR, Pass.QR_LARGER),
    (Pass.QR_SMALLER, Pass.BARS_UPRIGHT),
    (Pass.QR, Pass.BARS_INVERTED, Pass.BARS_LYING),
    (Pass.QR, Pass.QR_LARGER),
    (Pass.QR, Pass.BARS_UPRIGHT),
    (Pass.QR, Pass.BARS_HALF),
    (Pass.QR, Pass.BARS_SLANTED),
    (Pass.QR_SMALLER, Pass.BARS_UPRIGHT),
    (Pass.QR, Pass.QR_LARGER),
    (Pass.QR, Pass.BARS_HALF_TURNED),
)
"""What is done with the first frame, the second, ..., the twelfth, then from the top."""

EVERY_PASS: tuple[Pass, ...] = (
    Pass.QR,
    Pass.BARS_UPRIGHT,
    Pass.QR_SMALLER,
    Pass.BARS_HALF,
    Pass.BARS_INVERTED,
    Pass.BARS_LYING,
    Pass.QR_LARGER,
    Pass.BARS_SLANTED,
    Pass.BARS_HALF_TURNED,
    Pass.BARS_FULL,
)
"""Those worth their time on a single frame, the most promising for their cost first."""

IsEnough = Callable[[FoundCode], bool]


def anything(_code: FoundCode) -> bool:
    return True


class FrameReader:
    """Follows one camera's frames. The pass that found something is tried on the next frame again: a code that must be
    read twice needs no second turn of the rota."""

    def __init__(self, passes: Passes | None = None) -> None:
        """Args: passes: with the readers that are installed if not given (looked for on the first frame)."""
        self._passes = passes
        self._frame = 0
        self._again: Pass | None = None

    def begin(self) -> None:
        """From the top of the rota."""
        self._frame, self._again = 0, None

    def next(self, sight: Sight, is_enough: IsEnough = anything) -> tuple[FoundCode, ...]:
        """Read the next frame as the rota says.

        Args:
            is_enough: whether a code that was found makes further looks at this frame needless.
        """
        step = ROTA[self._frame % len(ROTA)]
        self._frame += 1
        again = () if self._again is None or self._again in step else (self._again,)
        self._again = None
        # the QR pass stays first: bars that lie about must not keep a pickup code from being seen
        return self.read(sight, (step[0], *again, *step[1:]), is_enough)

    def read(self, sight: Sight, ways: Sequence[Pass], is_enough: IsEnough = anything) -> tuple[FoundCode, ...]:
        """Look in these ways until something that is enough is found; all that was found until then."""
        if self._passes is None:
            self._passes = Passes.installed()
        codes: list[FoundCode] = []
        for way in ways:
            found = self._passes.codes_in(sight, way)
            codes += found
            if found and way is not Pass.QR:
                self._again = way
            if any(is_enough(code) for code in found):
                break
        return distinct(codes)


def sight_of(luma: Luma) -> Sight:
    """The frame as the passes want it, without a copy where its memory allows.

    Raises:
        ValueError: its size, strides and memory do not fit together.
    """
    from PIL import Image

    pixels = _checked(luma)
    size, needed = (luma.width, luma.height), luma.bytes_per_line * luma.height
    if pixels.nbytes < needed:  # the last line may be shorter; Pillow wants it whole
        pixels = memoryview(bytes(pixels) + bytes(needed - pixels.nbytes))
    if luma.pixel_stride == 1:
        grey = Image.frombuffer("L", size, pixels, "raw", "L", luma.bytes_per_line, 1)  # type: ignore[arg-type]  # any buffer does
        return Sight(grey, _zxing_view(pixels, luma), pixels)
    if luma.pixel_stride == 2 and luma.bytes_per_line >= 2 * luma.width:
        both = Image.frombuffer("LA", size, pixels, "raw", "LA", luma.bytes_per_line, 1)  # type: ignore[arg-type]  # as above
        return Sight(both.getchannel("L"), _zxing_view(pixels, luma), pixels)
    return Sight(Image.frombytes("L", size, b"".join(_lines(pixels, luma))))


def _checked(luma: Luma) -> memoryview:
    fits = luma.width > 0 and luma.height > 0 and luma.pixel_stride > 0 and luma.width * luma.height <= MOST_PIXELS
    used = (luma.width - 1) * luma.pixel_stride + 1
    if not fits or luma.bytes_per_line < used:
        raise ValueError(f"a frame of {luma.width}x{luma.height}, {luma.bytes_per_line} bytes a line")
    pixels = luma.pixels
    if not pixels.contiguous or pixels.nbytes < luma.bytes_per_line * (luma.height - 1) + used:
        raise ValueError(f"{pixels.nbytes} bytes for {luma.width}x{luma.height}, {luma.bytes_per_line} a line")
    return pixels if pixels.format == "B" and pixels.ndim == 1 else pixels.cast("B")


def _lines(pixels: memoryview, luma: Luma) -> list[bytes]:
    used = (luma.width - 1) * luma.pixel_stride + 1
    starts = range(0, luma.bytes_per_line * luma.height, luma.bytes_per_line)
    return [bytes(pixels[start : start + used : luma.pixel_stride]) for start in starts]


def _zxing_view(pixels: memoryview, luma: Luma) -> object:
    import zxingcpp

    grey = zxingcpp.ImageFormat.Lum
    return zxingcpp.ImageView(pixels, luma.width, luma.height, grey, luma.bytes_per_line, luma.pixel_stride)
