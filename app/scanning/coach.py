"""Owns the advice for a person holding a code before a camera that cannot read it: what is wrong with the picture.

Never reads a code. Looks at cheap numbers of the grey levels only, and speaks only of something that looks like a code:
a dense patch of edges, about as much ink as paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.scanning.frames import Advice
from app.scanning.passes import Sight

if TYPE_CHECKING:
    from PIL.Image import Image

FIRST_ADVICE_MS = 600
"""Unread for so long before anything is said: most codes are read sooner."""
SAY_THE_CODE_MS = 3000
LOST_MS = 700
"""Out of sight for so long: the next one starts anew."""
_EVERY_FRAMES = 3

_CELL_PX = 8
"""Of the picture made smaller: steps between neighbours are added up in cells of this."""
_BUSY = 0.07
"""Steps between neighbours, of the level, that make a cell busy once the picture's noise is taken off."""
_FEWEST_CELLS = 6
_THINNEST_CELLS = 3
"""A patch with fewer rows or columns of cells is a line of words or an edge."""
_COMPACT = 0.4
"""Busy cells of all in the patch's rectangle; a code that stands on its corner has half."""
_LEAST_CONTRAST = 12
_BALANCE = (0.2, 0.8)
"""Where the mean lies between ink and paper; a page of text is nearly all paper."""
_DARK_PAPER = 80
_BLOWN = 244
_BLOWN_PART = 0.01
_SHARP = 0.3
_ONE_WAY = 3.0
_SMALL_QR_PX = 100
_SMALL_BARS_PX = 230
_FULL_WIDTH_PX = 1280


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch of the picture that looks like a code.

    Attributes:
        side_px: its longer side, as it would be in a frame 1280 pixels wide.
        paper: the grey level of its lightest tenth.
        edge: the steepest steps between neighbouring pixels, of the contrast, 0 to 1; of the softer direction unless
            there are lines.
        blown: the part of it that is white without any detail.
        lines: the steps run one way only, as those of bars do.
    """

    side_px: int
    paper: int
    edge: float
    blown: float
    lines: bool


class Coach:
    """Follows one camera. From one thread at a time."""

    def __init__(self) -> None:
        self._frame = 0
        self._since_ms: int | None = None
        self._last_ms = 0
        self._advice = Advice.NONE

    def begin(self) -> None:
        self._frame, self._since_ms, self._advice = 0, None, Advice.NONE

    @property
    def sees_something(self) -> bool:
        """Whether something like a code that could not be read was in view lately."""
        return self._since_ms is not None

    def advice(self, sight: Sight, was_read: bool, now_ms: int) -> Advice:
        """What would help now.

        Args:
            was_read: a code was read in this frame.
        """
        if was_read:
            self._since_ms, self._advice = None, Advice.NONE
            return Advice.NONE
        self._frame += 1
        if self._frame % _EVERY_FRAMES == 1:
            self._look(sight, now_ms)
        if self._since_ms is None or now_ms - self._since_ms < FIRST_ADVICE_MS:
            return Advice.NONE
        return Advice.SAY_THE_CODE if now_ms - self._since_ms >= SAY_THE_CODE_MS else self._advice

    def _look(self, sight: Sight, now_ms: int) -> None:
        patch = patch_in(sight)
        if patch is not None:
            self._since_ms = now_ms if self._since_ms is None else self._since_ms
            self._last_ms, self._advice = now_ms, trouble_of(patch)
        elif now_ms - self._last_ms > LOST_MS:
            self._since_ms, self._advice = None, Advice.NONE


def trouble_of(patch: Patch) -> Advice:
    """What is most wrong with what is seen; a torn or covered edge if nothing else is."""
    if patch.paper < _DARK_PAPER:
        return Advice.TOO_DARK
    if patch.blown > _BLOWN_PART:
        return Advice.GLARE
    if patch.side_px < (_SMALL_BARS_PX if patch.lines else _SMALL_QR_PX):
        return Advice.TOO_FAR
    if patch.edge < _SHARP:
        return Advice.BLURRED
    return Advice.TORN_EDGE


def patch_in(sight: Sight) -> Patch | None:
    """The patch with the most going on, if it looks like a code."""
    cells = _Cells(sight.half)
    patch = max(cells.patches(), key=cells.stir, default=None)
    if patch is None:
        return None
    rows, columns = [at // cells.wide for at in patch], [at % cells.wide for at in patch]
    left, right, top, bottom = min(columns), max(columns) + 1, min(rows), max(rows) + 1
    is_thin = min(right - left, bottom - top) < _THINNEST_CELLS
    if is_thin or len(patch) < _COMPACT * (right - left) * (bottom - top):
        return None
    scale = sight.full.width / sight.half.width * _CELL_PX
    full = sight.full.crop((left * scale, top * scale, right * scale, bottom * scale))
    ink, paper, mean = _tones(full)
    contrast = paper - ink
    if contrast < _LEAST_CONTRAST or not _BALANCE[0] < (mean - ink) / contrast < _BALANCE[1]:
        return None
    across, down = (sum(steps[at] for at in patch) for steps in (cells.across, cells.down))
    lines = max(across, down) > _ONE_WAY * min(across, down)
    steepest = _steepest(full)
    return Patch(
        side_px=round(max(right - left, bottom - top) * scale * _FULL_WIDTH_PX / sight.full.width),
        paper=paper,
        edge=min(1.0, (max(steepest) if lines else min(steepest)) / contrast),
        blown=cells.blown(left, top, right, bottom),
        lines=lines,
    )


class _Cells:
    """The picture in cells: how light each is and how much goes on in it, across and down."""

    def __init__(self, picture: Image) -> None:
        from PIL import ImageChops

        self.light = _in_cells(picture)
        self.wide = -(-picture.width // _CELL_PX)
        self.across = _in_cells(ImageChops.difference(picture, ImageChops.offset(picture, 1, 0)))
        self.down = _in_cells(ImageChops.difference(picture, ImageChops.offset(picture, 0, 1)))

    def patches(self) -> list[list[int]]:
        """Busy cells that touch each other, by their numbers."""
        steps = [across + down for across, down in zip(self.across, self.down, strict=True)]
        noise = 1.5 * sorted(steps)[len(steps) // 4]
        busy = {
            at for at, (step, light) in enumerate(zip(steps, self.light, strict=True)) if step > noise + _BUSY * light
        }
        found = []
        while busy:
            patch = [busy.pop()]
            for at in patch:  # grows while it is gone through
                for near in self._beside(at):
                    if near in busy:
                        busy.discard(near)
                        patch.append(near)
            if len(patch) >= _FEWEST_CELLS:
                found.append(patch)
        return found

    def stir(self, patch: list[int]) -> int:
        """How much goes on in a patch."""
        return sum(self.across[at] + self.down[at] for at in patch)

    def blown(self, left: int, top: int, right: int, bottom: int) -> float:
        """The part of a rectangle, without its edges, that is white."""
        inner = [
            self.light[row * self.wide + column]
            for row in range(top + 1, bottom - 1)
            for column in range(left + 1, right - 1)
        ]
        return sum(light >= _BLOWN for light in inner) / len(inner) if inner else 0.0

    def _beside(self, at: int) -> list[int]:
        column = at % self.wide
        sides = ([at - 1] if column else []) + ([at + 1] if column + 1 < self.wide else [])
        return [*sides, at - self.wide, at + self.wide]


def _in_cells(picture: Image) -> bytes:
    return picture.reduce(_CELL_PX).tobytes()


def _tones(picture: Image) -> tuple[int, int, float]:
    """The grey levels of the darkest and the lightest tenth, and the mean."""
    counts = picture.histogram()
    total = sum(counts)
    mean = sum(level * count for level, count in enumerate(counts)) / total
    return _level_at(counts, total * 0.1), _level_at(counts, total * 0.9), mean


def _steepest(picture: Image) -> tuple[int, int]:
    """The steps between neighbours that 2 in 100 exceed, across and down."""
    from PIL import ImageChops

    def of(x: int, y: int) -> int:
        counts = ImageChops.difference(picture, ImageChops.offset(picture, x, y)).histogram()
        return _level_at(counts, sum(counts) * 0.98)

    return of(1, 0), of(0, 1)


def _level_at(counts: list[int], part: float) -> int:
    reached = 0
    for level, count in enumerate(counts):
        reached += count
        if reached >= part:
            return level
    return len(counts) - 1
