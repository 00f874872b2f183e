"""A camera's frame in each of its memory layouts; the rota; what is refused."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from app.scanning.frame_reader import EVERY_PASS, ROTA, FrameReader, sight_of
from app.scanning.frames import Luma
from app.scanning.passes import Pass, Passes, Sight, guide_box
from app.scanning.readers import CodeKind, FoundCode
from bench.scan.corpus import CLEAN, make_frame
from bench.scan.drawing import KINDS, QR

FRAME = make_frame(random.Random(7), (640, 480), QR, CLEAN, 0)
FOUND = (FoundCode(CodeKind.QR, FRAME.text),)
BARS = FoundCode(CodeKind.EAN13, "3017620422003")


def in_memory(picture: Image.Image, stride: int = 1, rest: int = 0, *, cut: bool = False) -> Luma:
    """The picture as a camera leaves it: `stride` bytes a pixel, `rest` bytes of rubbish behind each line."""
    plain, lines = picture.tobytes(), []
    for row in range(picture.height):
        line = bytearray(b"\x80" * (picture.width * stride + rest))
        line[: picture.width * stride : stride] = plain[row * picture.width : (row + 1) * picture.width]
        lines.append(bytes(line))
    pixels = bytearray(b"".join(lines))
    if cut:
        del pixels[len(pixels) - rest - stride + 1 :]
    return Luma(memoryview(pixels), picture.width, picture.height, picture.width * stride + rest, stride)


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("rest", [0, 1, 64])
@pytest.mark.parametrize("cut", [False, True])
def test_each_layout_of_a_frames_memory_is_read(stride: int, rest: int, cut: bool) -> None:
    luma = in_memory(FRAME.picture, stride, rest, cut=cut)
    sight = sight_of(luma)
    assert sight.full.tobytes() == FRAME.picture.tobytes()
    assert FrameReader().read(sight, (Pass.QR,)) == FOUND


@pytest.mark.parametrize("stride", [1, 2])
def test_memory_that_was_filled_up_stays_as_long_as_it_is_read_from(stride: int) -> None:
    """zxing-cpp holds no memory it is shown: a frame whose last line was filled up once crashed the program."""
    sight = sight_of(in_memory(FRAME.picture, stride, 64, cut=True))
    assert isinstance(sight.pixels, memoryview)
    assert sight.pixels.nbytes == (640 * stride + 64) * 480
    others = [bytes(sight.pixels.nbytes) for _ in range(4)]  # takes the place of what was let go
    assert FrameReader().read(sight, (Pass.QR,)) == FOUND
    del others


def test_a_frame_without_gaps_is_not_copied() -> None:
    pixels = bytearray(64 * 48)
    sight = sight_of(Luma(memoryview(pixels), 64, 48, 64))
    pixels[64 * 10 + 5] = 200
    assert sight.full.getpixel((5, 10)) == 200


def test_a_frame_of_another_shape_of_memory_is_read() -> None:
    pixels = memoryview(FRAME.picture.tobytes()).cast("B", (480, 640))
    assert FrameReader().read(sight_of(Luma(pixels, 640, 480, 640)), (Pass.QR,)) == FOUND


PIXELS = memoryview(bytes(640 * 480))


@pytest.mark.parametrize(
    "luma",
    [
        Luma(PIXELS, 0, 480, 640),
        Luma(PIXELS, 640, -1, 640),
        Luma(PIXELS, 640, 480, 639),
        Luma(PIXELS, 640, 480, -640),
        Luma(PIXELS, 640, 480, 640, 0),
        Luma(PIXELS, 640, 480, 640, 2),
        Luma(PIXELS, 640, 481, 640),
        Luma(PIXELS[1:], 640, 480, 640),
        Luma(PIXELS[::2], 320, 480, 320),
        Luma(PIXELS, 1 << 40, 1 << 40, 1 << 40),
    ],
    ids=lambda luma: f"{luma.width}x{luma.height}/{luma.bytes_per_line}/{luma.pixel_stride}/{luma.pixels.nbytes}",
)
def test_numbers_that_do_not_fit_are_refused(luma: Luma) -> None:
    with pytest.raises(ValueError, match="bytes"):
        sight_of(luma)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 3), (17, 5)])
def test_the_smallest_frames_are_no_trouble(size: tuple[int, int]) -> None:
    sight = sight_of(Luma(memoryview(bytes(size[0] * size[1])), size[0], size[1], size[0]))
    assert FrameReader().read(sight, EVERY_PASS) == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zbar", [True, False], ids=["zbar", "zxing alone"])
def test_every_kind_is_read_within_a_turn_of_the_rota(kind: str, zbar: bool) -> None:
    frame = make_frame(random.Random(3), (1280, 720), kind, CLEAN, 0)
    reader = FrameReader(Passes.installed() if zbar else Passes(None))
    found = [reader.next(Sight(frame.picture)) for _ in ROTA]
    assert (FoundCode(CodeKind(kind), frame.text),) in found


class Scripted(Passes):
    """Finds in each way of looking what it is told to."""

    def __init__(self, script: dict[Pass, tuple[FoundCode, ...]]) -> None:
        super().__init__(None)
        self.script = script
        self.asked: list[Pass] = []

    def codes_in(self, sight: Sight, way: Pass) -> tuple[FoundCode, ...]:
        self.asked.append(way)
        return self.script.get(way, ())


NOTHING = Sight(Image.new("L", (64, 48)))


def test_the_rota_uses_every_pass_but_the_costliest_and_qr_first_each_time() -> None:
    assert {way for step in ROTA for way in step} == set(EVERY_PASS) - {Pass.BARS_FULL}
    assert all(step[0] in (Pass.QR, Pass.QR_SMALLER) for step in ROTA)


def test_what_found_something_is_tried_on_the_next_frame_again() -> None:
    passes = Scripted({Pass.BARS_SLANTED: (BARS,)})
    reader = FrameReader(passes)
    found = [reader.next(NOTHING) for _ in range(20)]
    first = found.index((BARS,))
    assert ROTA[first] == (Pass.QR, Pass.BARS_SLANTED)
    assert all(codes == (BARS,) for codes in found[first:])
    passes.script.clear()
    reader.next(NOTHING)
    passes.asked.clear()
    for _ in ROTA:
        reader.next(NOTHING)
    assert passes.asked.count(Pass.BARS_SLANTED) == 1


def test_bars_that_lie_about_do_not_keep_a_pickup_code_from_being_seen() -> None:
    passes = Scripted({way: (BARS,) for way in EVERY_PASS if way.startswith("bars")})
    reader = FrameReader(passes)
    reader.next(NOTHING)
    passes.script[Pass.QR] = passes.script[Pass.QR_SMALLER] = FOUND
    assert all(FOUND[0] in reader.next(NOTHING) for _ in ROTA)


def test_what_is_not_enough_does_not_end_the_look() -> None:
    passes = Scripted({Pass.QR: FOUND, Pass.BARS_UPRIGHT: (BARS,)})
    assert FrameReader(passes).next(NOTHING) == FOUND
    assert FrameReader(passes).next(NOTHING, lambda code: code.kind is not CodeKind.QR) == (*FOUND, BARS)


def test_begin_goes_to_the_top_of_the_rota() -> None:
    passes = Scripted({})
    reader = FrameReader(passes)
    for _ in range(5):
        reader.next(NOTHING)
    passes.asked.clear()
    reader.begin()
    reader.next(NOTHING)
    assert tuple(passes.asked) == ROTA[0]


def test_the_guide_box_is_a_square_in_the_middle() -> None:
    assert guide_box(1280, 720) == (340, 60, 940, 660)
    assert guide_box(1, 1) == (0, 0, 1, 1)
