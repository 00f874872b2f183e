"""Owns films: the frames that a camera gives of one scene, one after the other; a corpus frame held in a hand that is
not quite still, and a customer's phone put before the camera.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image, ImageChops

from bench.scan import optics
from bench.scan.corpus import Frame, Scene, photographed, shop_ground
from bench.scan.drawing import QR, Card, make_card

FRAMES_A_SECOND = 15
TWO_SECONDS = 2 * FRAMES_A_SECOND


def held(frame: Frame, chance: random.Random, frames: int = TWO_SECONDS) -> Iterator[Image.Image]:
    """The frame over and over, each time a little aside and with other noise."""
    for _ in range(frames):
        aside = ImageChops.offset(frame.picture, chance.randint(-3, 3), chance.randint(-3, 3))
        yield optics.noisy(aside, chance, 2)


def phone_shown(chance: random.Random, size: tuple[int, int]) -> tuple[str, Iterator[Image.Image]]:
    """What a customer's phone holds, and the frames of the two seconds after it came into view: it drifts and trembles,
    the lens finds its focus, the screen has its bands and reflects a lamp."""
    card = _phone(make_card(chance, QR))
    scale = size[0] / 1280
    scene = Scene(
        size,
        module_px=chance.uniform(3.2, 6.5) * scale,
        centre=(size[0] * chance.uniform(0.35, 0.65), size[1] * chance.uniform(0.35, 0.65)),
        roll=math.radians(chance.uniform(-25, 25)),
        yaw=math.radians(chance.uniform(-25, 25)),
        pitch=math.radians(chance.uniform(-25, 25)),
        paper=chance.randint(190, 250),
        ink=chance.randint(20, 60),
    )
    return card.text, _film(scene, card, chance)


def _film(scene: Scene, card: Card, chance: random.Random) -> Iterator[Image.Image]:
    ground = shop_ground(chance, scene.size)
    scale = scene.size[0] / 1280
    drift = chance.uniform(-3, 3) * scale, chance.uniform(-2, 2) * scale
    depth, period_px = chance.uniform(0.05, 0.25), chance.uniform(5, 14) * scale
    spot = scene.centre[0] + chance.uniform(-120, 120) * scale, scene.centre[1] + chance.uniform(-90, 90) * scale
    strength, soft, sharp_after = chance.uniform(0, 0.8), chance.uniform(0.5, 1.1), chance.randint(4, 14)
    for number in range(TWO_SECONDS):
        softness = max(0.2, soft * (1 - number / sharp_after)) * scene.module_px
        shaken, angle = abs(chance.gauss(0, 0.6)) * scene.module_px, chance.uniform(0, math.pi)
        at = scene.centre[0] + drift[0] * number, scene.centre[1] + drift[1] * number
        tremble = math.radians(chance.uniform(-1.5, 1.5))
        now = replace(scene, centre=at, roll=scene.roll + tremble)
        picture = photographed(now, card, chance, ground)
        picture = optics.with_moire(picture, chance, period_px, depth)
        picture = optics.with_glare(picture, spot, 45 * scale, strength)
        picture = optics.defocused(picture, softness)
        yield optics.noisy(optics.moved(picture, shaken, angle), chance, 4)


def _phone(card: Card) -> Card:
    """The card in the middle of a dark phone."""
    wide, high = card.picture.size
    phone = Image.new("L", (round(wide * 1.15), round(high * 1.9)), 30)
    left, top = (phone.width - wide) // 2, (phone.height - high) // 2
    phone.paste(card.picture, (left, top))
    inner = card.inner
    return replace(card, picture=phone, inner=(inner[0] + left, inner[1] + top, inner[2] + left, inner[3] + top))
