"""Each advice where it is due, and none where a code is read or nothing is in sight."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from app.scanning.coach import FIRST_ADVICE_MS, LOST_MS, SAY_THE_CODE_MS, Coach, patch_in, trouble_of
from app.scanning.frames import Advice
from app.scanning.passes import Sight
from bench.scan.corpus import CLEAN, Scene, frames_without_code, make_frame, photographed
from bench.scan.drawing import EAN13, KINDS, QR, make_card
from bench.scan.optics import defocused, dimmed, moved, with_glare

SIZE = (1280, 720)
NOTHING = Sight(Image.new("L", SIZE, 120))


def sight(kind: str = QR, seed: int = 1, **scene: object) -> Sight:
    chance = random.Random(seed)
    standing = Scene(SIZE, 4.5, (640.0, 360.0), **scene)  # type: ignore[arg-type]  # each test names its own
    return Sight(photographed(standing, make_card(chance, kind), chance))


def advised(seen: Sight) -> Advice:
    patch = patch_in(seen)
    return Advice.NONE if patch is None else trouble_of(patch)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_too_dark(kind: str, seed: int) -> None:
    assert advised(sight(kind, seed, after=(lambda picture: dimmed(picture, 0.2),))) is Advice.TOO_DARK


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_blurred(kind: str, seed: int) -> None:
    assert advised(sight(kind, seed, after=(lambda picture: defocused(picture, 5),))) is Advice.BLURRED


@pytest.mark.parametrize("angle", [0.0, 0.8, 1.57])
def test_a_shaken_code_is_blurred(angle: float) -> None:
    assert advised(sight(after=(lambda picture: moved(picture, 10, angle),))) is Advice.BLURRED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_glare(kind: str, seed: int) -> None:
    lamp = (lambda picture: with_glare(picture, (640, 360), 70, 1.0),)
    assert advised(sight(kind, seed, after=lamp)) is Advice.GLARE


@pytest.mark.parametrize(("kind", "module_px"), [(QR, 1.4), (EAN13, 1.3)])
def test_too_far(kind: str, module_px: float) -> None:
    chance = random.Random(1)
    far = photographed(Scene(SIZE, module_px, (640.0, 360.0)), make_card(chance, kind), chance)
    assert advised(Sight(far)) is Advice.TOO_FAR


@pytest.mark.parametrize("seed", range(3))
def test_sharp_bright_and_near_but_torn_or_covered(seed: int) -> None:
    assert advised(sight(EAN13, seed, quiet=1)) is Advice.TORN_EDGE
    assert advised(sight(QR, seed, finger=0.4)) is Advice.TORN_EDGE


def test_noise_and_shelves_are_no_code() -> None:
    made = [frame for frame in frames_without_code(3, SIZE, 3) if frame.trouble in ("noise", "shelves")]
    assert [frame.trouble for frame in made if patch_in(Sight(frame.picture)) is not None] == []


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (17, 9), (640, 480), (1920, 1080)])
def test_any_size_may_come(size: tuple[int, int]) -> None:
    assert patch_in(Sight(Image.new("L", size, 90))) is None


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080)])
def test_far_is_far_in_each_size(size: tuple[int, int]) -> None:
    near = make_frame(random.Random(1), size, QR, CLEAN, 0)
    assert advised(Sight(near.picture)) is not Advice.TOO_FAR


def test_nothing_is_said_at_first_then_the_trouble_then_to_say_the_code() -> None:
    coach, blurred = Coach(), sight(after=(lambda picture: defocused(picture, 5),))
    said = [coach.advice(blurred, False, at_ms) for at_ms in range(0, SAY_THE_CODE_MS + 100, 100)]
    assert set(said[: FIRST_ADVICE_MS // 100]) == {Advice.NONE}
    assert set(said[FIRST_ADVICE_MS // 100 : SAY_THE_CODE_MS // 100]) == {Advice.BLURRED}
    assert said[SAY_THE_CODE_MS // 100] is Advice.SAY_THE_CODE


def test_a_read_ends_it_and_so_does_taking_the_code_away() -> None:
    coach, blurred = Coach(), sight(after=(lambda picture: defocused(picture, 5),))
    for at_ms in range(0, 2000, 100):
        coach.advice(blurred, False, at_ms)
    assert coach.advice(blurred, True, 2000) is Advice.NONE
    assert coach.advice(blurred, False, 2100) is Advice.NONE
    for at_ms in range(2200, 4000, 100):
        coach.advice(blurred, False, at_ms)
    gone = [coach.advice(NOTHING, False, at_ms) for at_ms in range(4000, 4000 + LOST_MS + 500, 100)]
    assert gone[-1] is Advice.NONE


def test_nothing_in_sight_is_never_advised_upon() -> None:
    coach = Coach()
    assert {coach.advice(NOTHING, False, at_ms) for at_ms in range(0, 6000, 66)} == {Advice.NONE}


def test_begin_starts_anew() -> None:
    coach, blurred = Coach(), sight(after=(lambda picture: defocused(picture, 5),))
    for at_ms in range(0, 2000, 100):
        coach.advice(blurred, False, at_ms)
    coach.begin()
    assert coach.advice(blurred, False, 2000) is Advice.NONE
