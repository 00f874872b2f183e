"""`python -m bench.scan.fuzz`: broken frames through the camera's reader. Random bytes, cut and scratched codes, odd
sizes, strides and lengths that do not fit. Nothing may crash, nothing wrong be accepted, the memory must stay flat.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from app.scanning.camera_reader import CodesOnCamera
from app.scanning.frames import Luma
from app.scanning.wedge import Confidence
from bench.scan.corpus import CLEAN, TROUBLES, make_frame
from bench.scan.drawing import KINDS

_SIZES = ((1, 1), (1, 7), (7, 1), (2, 2), (3, 5), (16, 9), (33, 31), (64, 480), (97, 61), (320, 240), (641, 359))
_BASES = 60
_MEGABYTE = 1_000_000
MOST_GROWTH_MB = 40


@dataclass
class Fuzzed:
    """Frames by what was done to them, what was wrong, and the most memory used (bytes) until each quarter's end.

    Attributes:
        strangers: numbers that no base has and yet two frames said alike: only that no article has them kept them out.
    """

    looks: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    memory: list[int] = field(default_factory=list)

    @property
    def growth_mb(self) -> float:
        """From the first quarter, by when all is loaded, to the end."""
        return (self.memory[-1] - self.memory[0]) / _MEGABYTE


def fuzz(frames: int, seed: int, bases: int = _BASES) -> Fuzzed:
    """Look at so many frames. Each base picture has one camera of its own, which sees all that becomes of it."""
    chance, done = random.Random(seed), Fuzzed()
    seen = [_base(chance) for _ in range(bases)]
    known = {text for text, _ in seen}

    def judge(text: str) -> Confidence:
        if text in known:
            return Confidence.LIKELY
        done.strangers.add(text)
        return Confidence.NO

    cameras = [CodesOnCamera(judge) for _ in seen]
    for number in range(frames):
        if number and number % max(1, frames // 4) == 0:
            done.memory.append(_most_used_bytes())
        which = chance.randrange(len(seen))
        text, picture = seen[which]
        what = chance.choice(list(_WAYS))
        luma, fits = _WAYS[what](picture, chance)
        done.looks[what] += 1
        try:
            look = cameras[which].look(luma, number * 20)
        except ValueError:
            done.refused += 1
            if fits:
                raise
            continue
        if not fits:
            done.wrong.append(f"{what} was not refused")
        if look.accepted not in ("", text):
            done.wrong.append(f"{what}: {look.accepted!r} for {text!r}")
    done.memory.append(_most_used_bytes())
    return done


def _most_used_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts it in kB


def _base(chance: random.Random) -> tuple[str, Image.Image]:
    frame = make_frame(chance, (640, 480), chance.choice(KINDS), chance.choice((CLEAN, *TROUBLES)), 1)
    return frame.text, frame.picture


def _luma(picture: Image.Image) -> Luma:
    return Luma(memoryview(picture.tobytes()), picture.width, picture.height, picture.width)


def _as_it_is(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    return _luma(picture), True


def _random_bytes(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    width, height = chance.choice(_SIZES)
    return Luma(memoryview(chance.randbytes(width * height)), width, height, width), True


def _cut(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    left, top = chance.randrange(picture.width), chance.randrange(picture.height)
    box = (left, top, chance.randint(left + 1, picture.width), chance.randint(top + 1, picture.height))
    return _luma(picture.crop(box)), True


def _scratched(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    pixels = bytearray(picture.tobytes())
    for _ in range(chance.randint(1, 40)):
        at = chance.randrange(len(pixels))
        end = min(len(pixels), at + chance.randint(1, 3 * picture.width))
        pixels[at:end] = (
            chance.randbytes(end - at) if chance.random() < 0.5 else bytes([chance.randrange(256)]) * (end - at)
        )
    return Luma(memoryview(pixels), picture.width, picture.height, picture.width), True


def _sheared(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    """Another width than it was taken with: every line a little aside."""
    width = picture.width + chance.randint(-3, 0)
    return Luma(memoryview(picture.tobytes()), width, picture.height, width), True


def _padded(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    """Two bytes a pixel and rubbish behind each line; the last line may lack it."""
    stride, rest = chance.choice((1, 2)), chance.randint(0, 40)
    plain, lines = picture.tobytes(), []
    for row in range(picture.height):
        line = bytearray(chance.randbytes(picture.width * stride + rest))
        line[: picture.width * stride : stride] = plain[row * picture.width : (row + 1) * picture.width]
        lines.append(bytes(line))
    pixels = b"".join(lines)[: -rest or None]
    return Luma(memoryview(pixels), picture.width, picture.height, picture.width * stride + rest, stride), True


def _too_short(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    pixels = picture.tobytes()[: -chance.randint(1, picture.width * picture.height)]
    return Luma(memoryview(pixels), picture.width, picture.height, picture.width), False


def _wrong_numbers(picture: Image.Image, chance: random.Random) -> tuple[Luma, bool]:
    width, height, line, stride = chance.choice(
        (
            (0, 480, 640, 1),
            (640, 0, 640, 1),
            (-640, 480, 640, 1),
            (640, 480, 639, 1),
            (640, 480, 640, 2),
            (640, 480, -640, 1),
            (640, 480, 640, 0),
            (640, 480, 640, -1),
            (640, 481, 640, 1),
            (1 << 40, 1 << 40, 1 << 40, 1),
        )
    )
    return Luma(memoryview(picture.tobytes()), width, height, line, stride), False


_WAYS = {
    "as it is": _as_it_is,
    "random bytes": _random_bytes,
    "cut": _cut,
    "scratched": _scratched,
    "sheared": _sheared,
    "padded": _padded,
    "too short": _too_short,
    "wrong numbers": _wrong_numbers,
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.scan.fuzz", description="Broken frames for the camera.")
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args(argv)
    print(f"seed {options.seed}", flush=True)  # before anything can crash
    done = fuzz(options.frames, options.seed)
    print(f"{dict(done.looks)}; {done.refused} refused as they should be")
    print(f"memory {[round(used / _MEGABYTE) for used in done.memory]} MB, {done.growth_mb:+.1f}")
    print(f"read wrong in two frames alike, and turned away because no article has it: {sorted(done.strangers)}")
    for wrong in done.wrong:
        print(f"WRONG: {wrong}")
    return 1 if done.wrong or done.growth_mb > MOST_GROWTH_MB else 0


if __name__ == "__main__":
    sys.exit(main())
