"""A camera's frames in, accepted codes and advice out; a share of the measure and of the fuzzing."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PIL import Image

from app.scanning.camera_judge import judge_seen
from app.scanning.camera_reader import CodesOnCamera
from app.scanning.frame_reader import ROTA
from app.scanning.frames import Advice, CameraReader, Look
from app.scanning.passes import Passes
from bench.scan.corpus import CLEAN, TROUBLES, Frame, frames_without_code, make_frame
from bench.scan.drawing import CODE128, EAN13, KINDS, QR
from bench.scan.films import held, phone_shown
from bench.scan.fuzz import fuzz
from bench.scan.measures import Watched, tallied
from bench.scan.readings import OURS, luma_of, readers

SIZE = (1280, 720)
FRAME_MS = 66
FLOOR = 75.0
"""Percent of the small share; `make bench-scan` measures more and asks for more."""


def anything(_text: str) -> bool:
    return True


def camera(*known: str, passes: Passes | None = None) -> CodesOnCamera:
    return CodesOnCamera(lambda text: judge_seen(text, known.__contains__), passes=passes)


def shown(reader: CameraReader, film: Iterator[Image.Image], start_ms: int = 0) -> list[Look]:
    return [reader.look(luma_of(picture), start_ms + n * FRAME_MS) for n, picture in enumerate(film)]


def clean(kind: str) -> Frame:
    return make_frame(random.Random(5), SIZE, kind, CLEAN, 0)


def test_a_pickup_code_is_accepted_on_its_first_frame_and_once() -> None:
    frame = clean(QR)
    looks = shown(camera(), held(frame, random.Random(1), 20))
    assert [look.accepted for look in looks] == [frame.text] + [""] * 19
    assert all(look.codes and look.advice is Advice.NONE for look in looks)


@pytest.mark.parametrize("kind", [EAN13, CODE128])
@pytest.mark.parametrize("passes", [None, Passes(None)], ids=["installed", "zxing alone"])
def test_a_known_article_is_accepted_on_the_second_frame_that_says_it(kind: str, passes: Passes | None) -> None:
    frame = clean(kind)
    looks = shown(camera(frame.text, passes=passes), held(frame, random.Random(1), 8))
    read = [number for number, look in enumerate(looks) if look.codes]
    assert [number for number, look in enumerate(looks) if look.accepted] == [read[1]]
    assert looks[read[1]].accepted == frame.text


def test_an_unknown_article_is_told_of_but_not_accepted() -> None:
    frame = clean(EAN13)
    looks = shown(camera(), held(frame, random.Random(1), 6))
    assert [look.accepted for look in looks] == [""] * 6
    assert any(code.text == frame.text for look in looks for code in look.codes)


def test_begin_forgets_what_was_accepted() -> None:
    frame, reader = clean(QR), camera()
    assert shown(reader, held(frame, random.Random(1), 1))[0].accepted == frame.text
    assert shown(reader, held(frame, random.Random(1), 1), 100)[0].accepted == ""
    reader.begin()
    assert shown(reader, held(frame, random.Random(1), 1), 200)[0].accepted == frame.text


def test_a_producers_address_beside_the_bars_does_not_hide_them() -> None:
    import qrcode

    frame = clean(EAN13)
    both = frame.picture.copy()
    both.paste(qrcode.make("https://example.org/miel", box_size=4).get_image().convert("L"), (20, 20))
    looks = shown(camera(frame.text), held(Frame(both, EAN13, frame.text), random.Random(1), 6))
    assert frame.text in [look.accepted for look in looks]


def test_advice_comes_after_a_while_and_ends_with_the_first_read() -> None:
    reader = camera()
    looks = shown(reader, held(make_frame(random.Random(2), (640, 480), QR, "defocus", 3), random.Random(1), 60))
    assert [look for look in looks if look.codes] == []
    advice = [look.advice for look in looks]
    assert advice[:9] == [Advice.NONE] * 9
    assert Advice.BLURRED in advice[9:45]
    assert advice[-1] is Advice.SAY_THE_CODE
    read = shown(reader, held(clean(QR), random.Random(1), 1), 60 * FRAME_MS)[0]
    assert read.advice is Advice.NONE


@pytest.mark.parametrize("kind", KINDS)
def test_a_share_of_the_corpus_is_read_well_enough_and_nothing_wrong_is_accepted(kind: str) -> None:
    share = [
        make_frame(random.Random(f"share|{kind}|{trouble}"), SIZE, kind, trouble, 1 + number % 2)
        for number, trouble in enumerate(TROUBLES)
    ]
    tally = tallied(share, {OURS: readers()[OURS]})[OURS]
    assert tally.rate >= FLOOR, (tally.right, tally.wrong)
    watched = Watched()
    for frame in share[::5]:
        watched.watch(frame.text, held(frame, random.Random(4), len(ROTA)), anything)
    assert watched.wrong == []
    assert watched.rate >= 60


def test_phones_are_accepted_within_two_seconds() -> None:
    watched = Watched()
    for seed in range(3):
        watched.watch(*phone_shown(random.Random(f"test|{seed}"), (640, 480)), anything)
    assert (watched.rate, watched.wrong) == (100, [])


def test_where_there_is_no_code_nothing_is_accepted() -> None:
    watched = Watched()
    for frame in frames_without_code(4, (640, 480), 1):
        watched.watch("", held(frame, random.Random(4), len(ROTA)), anything)
    assert (watched.scenes, watched.wrong) == (4, [])


def test_broken_frames_crash_nothing_and_are_never_accepted_wrongly() -> None:
    done = fuzz(150, seed=1, bases=6)
    assert done.wrong == []
    assert done.refused > 10
