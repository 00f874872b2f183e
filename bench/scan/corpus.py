"""Owns the corpus: frames of a code under 14 troubles at three severities, and frames without any code. Made from a
seed; the strengths are those of the measured study (blur in modules, not in pixels), severity 3 is meant to fail.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bench.scan import optics
from bench.scan.drawing import CODE128, DRAWN_PX, EAN13, QR, Card, make_card

CLEAN = "clean"
SEVERITIES = (1, 2, 3)
SIZES = ((640, 480), (1280, 720), (1920, 1080))
_FULL_WIDTH_PX = 1280
_DATA_PART = 359 / 625
"""Modules of a version 2 QR that hold data, of all it has."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame and what is truly in it; "" for nothing."""

    picture: Image.Image
    kind: str = ""
    text: str = ""
    trouble: str = CLEAN
    severity: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """How a card stands before the camera, in pixels of the frame and radians."""

    size: tuple[int, int]
    module_px: float
    centre: optics.Point
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    paper: int = 235
    ink: int = 25
    quiet: int = 0
    inverted: bool = False
    curve: float = 0.0
    finger: float = 0.0
    after: tuple[optics.Change, ...] = field(default=())


def frames(seed: int, size: tuple[int, int], kind: str, each: int) -> Iterator[Frame]:
    """`each` clean frames, then `each` of every trouble and severity. The same scenes for each size."""
    for trouble, severity in [(CLEAN, 0), *((name, level) for name in TROUBLES for level in SEVERITIES)]:
        for number in range(each):
            chance = random.Random(f"{seed}|{kind}|{trouble}|{severity}|{number}")
            yield make_frame(chance, size, kind, trouble, severity)


def make_frame(chance: random.Random, size: tuple[int, int], kind: str, trouble: str, severity: int) -> Frame:
    """One frame; `trouble` is CLEAN or a key of TROUBLES."""
    scene = _usual_scene(chance, size, kind)
    if trouble != CLEAN:
        scene = TROUBLES[trouble](scene, severity - 1, chance, kind)
    card = make_card(chance, kind, scene.quiet)
    return Frame(photographed(scene, card, chance), kind, card.text, trouble, severity)


def photographed(scene: Scene, card: Card, chance: random.Random, ground: Image.Image | None = None) -> Image.Image:
    """The picture the camera gives."""
    ground = ground or shop_ground(chance, scene.size)
    flat = _with_finger(card, scene.finger, chance)
    flat = flat.point([round(scene.ink + (scene.paper - scene.ink) * level / 255) for level in range(256)])
    if scene.inverted:
        flat = ImageOps.invert(flat)
    if scene.curve:
        flat = optics.curved(flat, scene.curve)
    picture = optics.pasted(ground, flat, _corners(scene, flat))
    picture = picture.filter(ImageFilter.GaussianBlur(0.4 * scene.size[0] / _FULL_WIDTH_PX))
    for change in scene.after:
        picture = change(picture)
    return optics.noisy(picture, chance, 3)


def _usual_scene(chance: random.Random, size: tuple[int, int], kind: str) -> Scene:
    scale = size[0] / _FULL_WIDTH_PX
    module_px = {QR: chance.uniform(4.0, 5.5), EAN13: chance.uniform(3.4, 4.6), CODE128: chance.uniform(3.2, 4.2)}[kind]
    centre = size[0] * chance.uniform(0.42, 0.58), size[1] * chance.uniform(0.42, 0.58)
    return Scene(size, module_px * scale, centre, roll=math.radians(chance.uniform(-5, 5)))


Trouble = Callable[[Scene, int, random.Random, str], Scene]


def _turned(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    degrees = chance.choice((-1, 1)) * ((10, 25, 40)[level] + chance.uniform(0, 10)) + chance.choice((0, 0, 90, 180))
    return replace(scene, roll=math.radians(degrees))


def _slanted(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    angle = math.radians((25, 40, 52)[level]) * chance.choice((-1, 1))
    return replace(scene, yaw=angle) if chance.random() < 0.5 else replace(scene, pitch=angle)


def _compressed(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    return _then(scene, lambda picture: optics.as_jpeg(picture, (40, 20, 10)[level]))


def _shaken(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    length_px, angle = (0.8, 1.4, 2.0)[level] * scene.module_px, chance.uniform(0, math.pi)
    return _then(scene, lambda picture: optics.moved(picture, length_px, angle))


def _out_of_focus(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    return _then(scene, lambda picture: optics.defocused(picture, (0.5, 0.8, 1.1)[level] * scene.module_px))


def _dark(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    gain, sigma = (0.35, 0.22, 0.13)[level], (5, 7, 9)[level]
    return _then(scene, lambda picture: optics.noisy(optics.dimmed(picture, gain), chance, sigma))


def _on_a_screen(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    depth, strength = (0.15, 0.3, 0.45)[level], (0.45, 0.75, 1.0)[level]
    scale = scene.size[0] / _FULL_WIDTH_PX
    at = scene.centre[0] + chance.uniform(-60, 60) * scale, scene.centre[1] + chance.uniform(-40, 40) * scale
    period_px, radius_px = chance.uniform(5, 14) * scale, (35, 50, 65)[level] * scale
    return _then(
        scene,
        lambda picture: optics.with_moire(picture, chance, period_px, depth),
        lambda picture: optics.with_glare(picture, at, radius_px, strength),
    )


def _faint(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    middle, span = chance.uniform(100, 160), (90, 60, 38)[level]
    return replace(scene, ink=round(middle - span / 2), paper=round(middle + span / 2))


def _far(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    return replace(scene, module_px=(3.2, 2.4, 1.8)[level] * scene.size[0] / _FULL_WIDTH_PX)


def _under_a_finger(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    return replace(scene, finger=(0.10, 0.17, 0.24)[level])


def _dark_mode(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    return replace(scene, inverted=True, ink=(25, 50, 70)[level], paper=(235, 205, 175)[level])


def _on_a_bottle(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    return replace(scene, curve=(0.5, 0.8, 1.1)[level])


def _torn(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    return replace(scene, quiet=(3, 2, 1)[level] if kind == QR else (6, 4, 2)[level])


def _hand_held(scene: Scene, level: int, chance: random.Random, kind: str) -> Scene:
    module_px, angle = scene.module_px, chance.uniform(0, math.pi)
    tilted = replace(
        scene,
        roll=math.radians(chance.uniform(-20, 20)),
        yaw=math.radians(chance.uniform(-25, 25)),
        pitch=math.radians(chance.uniform(-25, 25)),
        paper=chance.randint(150, 230),
        ink=chance.randint(30, 60),
    )
    return _then(
        tilted,
        lambda picture: optics.moved(picture, (0.5, 0.8, 1.2)[level] * module_px, angle),
        lambda picture: optics.defocused(picture, (0.3, 0.5, 0.7)[level] * module_px),
        lambda picture: optics.noisy(picture, chance, (4, 7, 10)[level]),
        lambda picture: optics.as_jpeg(picture, (60, 45, 30)[level]),
    )


TROUBLES: dict[str, Trouble] = {
    "rotation": _turned,
    "perspective": _slanted,
    "jpeg": _compressed,
    "motion": _shaken,
    "defocus": _out_of_focus,
    "low light": _dark,
    "screen": _on_a_screen,
    "low contrast": _faint,
    "small": _far,
    "finger": _under_a_finger,
    "inverted": _dark_mode,
    "curved": _on_a_bottle,
    "torn edge": _torn,
    "hand-held": _hand_held,
}


def _then(scene: Scene, *changes: optics.Change) -> Scene:
    return replace(scene, after=(*scene.after, *changes))


def _corners(scene: Scene, flat: Image.Image) -> list[optics.Point]:
    """Where the card's corners are seen: turned in space, then by a lens of about 60 degrees."""
    scale = scene.module_px / DRAWN_PX
    far_px = scene.size[0] * 0.87
    seen = []
    for x_sign, y_sign in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y, z = x_sign * flat.width * scale / 2, y_sign * flat.height * scale / 2, 0.0
        x, z = x * math.cos(scene.yaw), x * math.sin(scene.yaw)
        y, z = (
            y * math.cos(scene.pitch) - z * math.sin(scene.pitch),
            y * math.sin(scene.pitch) + z * math.cos(scene.pitch),
        )
        x, y = x * math.cos(scene.roll) - y * math.sin(scene.roll), x * math.sin(scene.roll) + y * math.cos(scene.roll)
        nearer = far_px / (far_px + z)
        seen.append((scene.centre[0] + x * nearer, scene.centre[1] + y * nearer))
    return seen


def _with_finger(card: Card, part: float, chance: random.Random) -> Image.Image:
    """A finger over that part of the code: of a QR's data in the corner without a finder, of bars at their feet."""
    if not part:
        return card.picture
    covered = card.picture.copy()
    left, top, right, bottom = card.inner
    wide, high = right - left, bottom - top
    if card.kind == QR:
        reach = math.sqrt(part * _DATA_PART * 4 / math.pi)  # a quarter of an ellipse around the corner
        x, y, across, up = float(right), float(bottom), wide * reach, high * reach
    else:
        half = 0.3
        x, y = left + wide * chance.uniform(0.2, 0.8), bottom + high * 0.1
        across, up = wide * half, high * (0.1 + part * 2 / math.pi / half)
    ImageDraw.Draw(covered).ellipse((x - across, y - up, x + across, y + up), fill=chance.randint(110, 170))
    return covered


def shop_ground(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """What is behind the card: shelves, boxes, words, soft as behind a lens."""
    wide, high = size
    small = Image.new("L", (max(1, wide // 4), max(1, high // 4)), chance.randint(60, 150))
    draw = ImageDraw.Draw(small)
    for _ in range(14):
        x, y = chance.randrange(small.width), chance.randrange(small.height)
        box = (x, y, x + chance.randint(8, 90), y + chance.randint(8, 60))
        draw.rectangle(box, fill=chance.randint(30, 210))
    for _ in range(8):
        at = chance.randrange(small.width), chance.randrange(small.height)
        draw.text(at, chance.choice(("MIEL", "3,20 EUR", "Promotion", "CAFE", "2026")), fill=chance.randint(0, 255))
    return small.filter(ImageFilter.GaussianBlur(1)).resize(size)


def frames_without_code(seed: int, size: tuple[int, int], each: int) -> Iterator[Frame]:
    """Noise, gratings, pages of text and shelves, `each` of them."""
    for name, make in (("noise", _noise), ("grating", _grating), ("text", _page), ("shelves", shop_ground)):
        for number in range(each):
            chance = random.Random(f"{seed}|{name}|{number}")
            yield Frame(optics.noisy(make(chance, size), chance, 3), trouble=name)


def _noise(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    return optics.noisy(Image.new("L", size, 128), chance, chance.uniform(20, 70))


def _grating(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """A blind before a window, a radiator, a striped shirt: bars of even or uneven width."""
    picture = Image.new("L", size, chance.randint(180, 255))
    draw, x = ImageDraw.Draw(picture), 0
    step = chance.randint(2, 16)
    uneven = chance.random() < 0.5
    while x < size[0]:
        bar = step * chance.randint(1, 4) if uneven else step
        draw.rectangle((x, 0, x + bar - 1, size[1]), fill=chance.randint(0, 60))
        x += bar + (step * chance.randint(1, 4) if uneven else step)
    return picture.rotate(chance.choice((0, 0, 90, chance.uniform(-30, 30))), Image.Resampling.BICUBIC)


def _page(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    picture = Image.new("L", size, chance.randint(200, 255))
    draw, font_px = ImageDraw.Draw(picture), chance.randint(10, 40)
    for y in range(0, size[1], round(font_px * 1.3)):
        words = " ".join(
            "".join(chance.choices("abcdeilmnorstu0123456789IlH|", k=chance.randint(2, 9))) for _ in range(40)
        )
        draw.text((10, y), words, fill=chance.randint(0, 80), font_size=font_px)
    return picture.rotate(chance.uniform(-8, 8), Image.Resampling.BICUBIC)
