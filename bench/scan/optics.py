"""Owns what light, lens, hand and sensor do to a picture: each a function of a picture and a strength. Pillow only; all
chance is a seeded generator's.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence
from statistics import NormalDist

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
_TABLE_STEPS = 256


def noisy(picture: Image.Image, chance: random.Random, sigma: float) -> Image.Image:
    """Add a sensor's noise, normally spread, `sigma` grey levels."""
    spread = NormalDist(128, sigma)
    table = [min(255, max(0, round(spread.inv_cdf((i + 0.5) / _TABLE_STEPS)))) for i in range(_TABLE_STEPS)]
    noise = Image.frombytes("L", picture.size, chance.randbytes(picture.width * picture.height)).point(table)
    return ImageChops.add(picture, noise, 1, -128)


def defocused(picture: Image.Image, radius_px: float) -> Image.Image:
    """Spread each point over a disc, as a lens out of focus does."""
    reach = math.ceil(radius_px + 0.5)
    weights = {
        (x, y): min(1.0, max(0.0, radius_px + 0.5 - math.hypot(x, y)))
        for x in range(-reach, reach + 1)
        for y in range(-reach, reach + 1)
    }
    return _smeared(picture, weights)


def moved(picture: Image.Image, length_px: float, angle: float) -> Image.Image:
    """Draw each point out to a line, as a moving hand does."""
    steps = max(2, math.ceil(length_px * 4))
    weights: dict[tuple[int, int], float] = {}
    for step in range(steps):
        along = (step / (steps - 1) - 0.5) * length_px
        x, y = along * math.cos(angle), along * math.sin(angle)
        left, top = math.floor(x), math.floor(y)
        for at_x, part_x in ((left, 1 - x + left), (left + 1, x - left)):
            for at_y, part_y in ((top, 1 - y + top), (top + 1, y - top)):
                weights[at_x, at_y] = weights.get((at_x, at_y), 0.0) + part_x * part_y
    return _smeared(picture, weights)


def _smeared(picture: Image.Image, weights: dict[tuple[int, int], float]) -> Image.Image:
    total, smeared = 0.0, picture
    for (x, y), weight in weights.items():
        if weight > 0.01:
            total += weight
            smeared = Image.blend(smeared, ImageChops.offset(picture, x, y), weight / total)
    return smeared


def dimmed(picture: Image.Image, gain: float, lift: float = 0.0) -> Image.Image:
    """Every level times `gain`, plus `lift`."""
    return picture.point([min(255, max(0, round(level * gain + lift))) for level in range(256)])


def as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, format="JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert("L")


def with_moire(picture: Image.Image, chance: random.Random, period_px: float, depth: float) -> Image.Image:
    """The bands of a screen's pixels against the camera's."""
    angle = chance.uniform(0.1, 1.4)
    wide, high = picture.size
    side = math.ceil(math.hypot(wide, high))
    row = bytes(round(255 - depth * 127 * (1 + math.sin(2 * math.pi * x / period_px))) for x in range(side))
    bands = Image.frombytes("L", (side, 1), row).resize((side, side)).rotate(math.degrees(angle))
    left, top = (side - wide) // 2, (side - high) // 2
    turned = bands.crop((left, top, left + wide, top + high))
    # what turning left empty is in the corners, which a frame's own size never reaches
    return ImageChops.multiply(
        picture, ImageChops.lighter(turned, Image.new("L", picture.size, round(255 - depth * 254)))
    )


def with_glare(picture: Image.Image, at: Point, radius_px: float, strength: float) -> Image.Image:
    """A lamp's reflection: white in its middle, fading out."""
    spot = Image.new("L", picture.size, 0)
    x, y = at
    box = (x - radius_px, y - radius_px * 0.6, x + radius_px, y + radius_px * 0.6)
    ImageDraw.Draw(spot).ellipse(box, fill=round(255 * strength))
    small = spot.reduce(8).filter(ImageFilter.GaussianBlur(radius_px / 24))
    return ImageChops.add(picture, small.resize(picture.size))


def curved(picture: Image.Image, half_angle: float) -> Image.Image:
    """The picture around a bottle: its sides turn away, `half_angle` radians on either side."""
    wide, high = picture.size
    shown = round(wide * math.sin(half_angle) / half_angle)
    strips = []
    for left in range(0, shown, 4):
        right = min(shown, left + 4)
        a, b = (_unrolled(x, shown, wide, half_angle) for x in (left, right))
        strips.append(((left, 0, right, high), (a, 0, a, high, b, high, b, 0)))
    return picture.transform((shown, high), Image.Transform.MESH, strips, Image.Resampling.BICUBIC)


def _unrolled(x: float, shown: int, wide: int, half_angle: float) -> float:
    sine = max(-1.0, min(1.0, (2 * x / shown - 1) * math.sin(half_angle)))
    return (math.asin(sine) / half_angle + 1) / 2 * wide


def pasted(ground: Image.Image, card: Image.Image, corners: Sequence[Point]) -> Image.Image:
    """The card on the ground, its corners (from the top left, clockwise) where they are said, edges smooth."""
    left, top = (math.floor(min(p[axis] for p in corners)) - 2 for axis in (0, 1))
    right, bottom = (math.ceil(max(p[axis] for p in corners)) + 2 for axis in (0, 1))
    size = 2 * (right - left), 2 * (bottom - top)
    there = [((x - left) * 2, (y - top) * 2) for x, y in corners]
    flat = [(0.0, 0.0), (card.width, 0.0), (card.width, card.height), (0.0, card.height)]
    how = _perspective(there, flat)
    seen = _less(card, corners).transform(size, Image.Transform.PERSPECTIVE, how, Image.Resampling.BICUBIC)
    mask = Image.new("L", card.size, 255).transform(size, Image.Transform.PERSPECTIVE, how, Image.Resampling.BILINEAR)
    whole = ground.copy()
    whole.paste(seen.reduce(2), (left, top), mask.reduce(2))
    return whole


def _less(card: Image.Image, corners: Sequence[Point]) -> Image.Image:
    """The card blurred by what a shrinking transformation would skip."""
    shown_px = math.dist(corners[0], corners[1])
    skipped = card.width / max(1.0, 2 * shown_px)
    return card.filter(ImageFilter.GaussianBlur(skipped * 0.4)) if skipped > 1 else card


def _perspective(seen: Sequence[Point], flat: Sequence[Point]) -> list[float]:
    rows = []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return _solved(rows)


def _solved(rows: list[list[float]]) -> list[float]:
    """Gauss and Jordan, the largest pivot first."""
    for column in range(len(rows)):
        best = max(range(column, len(rows)), key=lambda index: abs(rows[index][column]))
        rows[column], rows[best] = rows[best], rows[column]
        pivot = rows[column][column]
        rows[column] = [value / pivot for value in rows[column]]
        for index, row in enumerate(rows):
            if index != column:
                factor = row[column]
                rows[index] = [value - factor * own for value, own in zip(row, rows[column], strict=True)]
    return [row[-1] for row in rows]


Change = Callable[[Image.Image], Image.Image]
