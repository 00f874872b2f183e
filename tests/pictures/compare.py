"""Owns when two pictures of a scene are the same for a person: smoothed edges may differ, a moved button, another
colour or a missing word may not. Reads and writes the small approved pictures.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

_WIDE_PX = 1366
_SCALES = (0.5, 0.4)
"""Of pictures up to `_WIDE_PX` wide, and of wider ones."""
_BITS = 4
"""Kept of each colour: 16 steps."""

_STROKE_LEVEL, _STROKE_PX = 40, 4
"""How far a line or letter may be off, of 255, beyond what its neighbours are; and in how many pixels it may."""
_FILL_LEVEL, _FILL_PX = 12, 20
"""The same for surfaces, once strokes are blurred away: a pale chip of another colour is off by little, but whole."""


def reduced(picture: Image.Image) -> Image.Image:
    """As it is kept and compared: small, with few steps of colour."""
    scale = _SCALES[picture.width > _WIDE_PX]
    small = picture.convert("RGB").resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BOX
    )
    return ImageOps.posterize(small, _BITS)


def keep(small: Image.Image, file: Path) -> None:
    """Write a reduced picture, without loss."""
    file.parent.mkdir(parents=True, exist_ok=True)
    small.save(file, "WEBP", lossless=True, quality=100, method=4)


def kept(file: Path) -> Image.Image:
    with Image.open(file) as found:
        return found.convert("RGB")


def differs(approved: Image.Image, now: Image.Image) -> bool:
    """Whether somebody should look at two reduced pictures of the same scene."""
    if approved.size != now.size:
        return True
    if ImageChops.difference(approved, now).getbbox() is None:
        return False
    if _pixels_off(approved, now, _STROKE_LEVEL) > _STROKE_PX:
        return True
    blur = ImageFilter.BoxBlur(2)
    return _pixels_off(approved.filter(blur), now.filter(blur), _FILL_LEVEL) > _FILL_PX


def side_by_side(approved: Image.Image | None, now: Image.Image) -> Image.Image:
    """What was approved, what it is now, and where the two differ."""
    before = approved if approved is not None else Image.new("RGB", now.size, "white")
    parts = [before, now]
    if before.size == now.size:
        off = ImageChops.difference(before, now).convert("L").point([min(level * 4, 255) for level in range(256)])
        parts.append(ImageOps.invert(off).convert("RGB"))
    gap, head = 8, 16
    whole = Image.new(
        "RGB", (sum(part.width + gap for part in parts), max(part.height for part in parts) + head), "white"
    )
    across = 0
    for part, name in zip(parts, ("approved", "now", "difference"), strict=False):
        ImageDraw.Draw(whole).text((across + 4, 2), name, fill="black")
        whole.paste(part, (across, head))
        across += part.width + gap
    return whole


def _pixels_off(one: Image.Image, other: Image.Image, level: int) -> int:
    """How many pixels of either are brighter or darker than all those around the same place of the other."""
    off = Image.new("L", one.size)
    for these, those in ((one, other), (other, one)):
        low, high = those.filter(ImageFilter.MinFilter(3)), those.filter(ImageFilter.MaxFilter(3))
        for too_far in (ImageChops.subtract(low, these), ImageChops.subtract(these, high)):
            for channel in too_far.split():
                off = ImageChops.lighter(off, channel)
    return sum(off.histogram()[level + 1 :])
