"""Owns the measures: how many codes are read, how many wrongly, at what cost, and what the camera would accept."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from app.scanning.camera_judge import judge_seen
from app.scanning.camera_reader import CodesOnCamera
from app.scanning.wedge import Judge
from bench.scan.corpus import Frame
from bench.scan.films import FRAMES_A_SECOND, TWO_SECONDS
from bench.scan.readings import Read, luma_of

MS_A_FRAME = 1000 // FRAMES_A_SECOND


@dataclass
class Tally:
    """What one reader made of many frames.

    Attributes:
        shown, right: frames, by trouble and severity.
        wrong: what was read and is not there.
        times_ms: CPU of each frame.
    """

    shown: Counter[tuple[str, int]] = field(default_factory=Counter)
    right: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)

    def take(self, frame: Frame, read: Read) -> None:
        begun = time.thread_time()
        texts = read(frame.picture)
        self.times_ms.append((time.thread_time() - begun) * 1000)
        key = frame.trouble, frame.severity
        self.shown[key] += 1
        self.right[key] += bool(frame.text) and frame.text in texts
        self.wrong += [f"{text!r} for {frame.text!r} ({frame.trouble})" for text in texts if text != frame.text]

    @property
    def rate(self) -> float:
        """Percent."""
        return 100 * self.right.total() / max(1, self.shown.total())

    def percentile_ms(self, part: float) -> float:
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


@dataclass
class Watched:
    """What the camera accepted in two seconds of each scene.

    Attributes:
        frames_needed: of each scene accepted rightly.
        wrong: accepted and not there.
        times_ms: CPU of each look.
    """

    scenes: int = 0
    frames_needed: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return 100 * len(self.frames_needed) / max(1, self.scenes)

    def watch(
        self, text: str, film: Iterator[Image.Image], is_known: Callable[[str], bool], judge: Judge | None = None
    ) -> None:
        """Show a film until its code is accepted, or to its end.

        Args:
            judge: instead of the camera's own with `is_known`.
        """
        camera = CodesOnCamera(judge or (lambda seen: judge_seen(seen, is_known)))
        self.scenes += 1
        for number, picture in enumerate(film, 1):
            luma = luma_of(picture)
            begun = time.thread_time()
            look = camera.look(luma, number * MS_A_FRAME)
            self.times_ms.append((time.thread_time() - begun) * 1000)
            if as_lines(look.accepted) == text != "":
                self.frames_needed.append(number)
                return
            if look.accepted:
                self.wrong.append(f"{look.accepted!r} for {text!r}")

    def percentile_ms(self, part: float) -> float:
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0

    def percentile_frames(self, part: float) -> int:
        ordered = sorted(self.frames_needed)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else TWO_SECONDS


def tallied(frames: Iterable[Frame], readers: dict[str, Read]) -> dict[str, Tally]:
    """Each frame read by each of the readers."""
    tallies = {name: Tally() for name in readers}
    for frame in frames:
        for name, read in readers.items():
            tallies[name].take(frame, read)
    return tallies


def photographs(folder: Path) -> Iterator[Frame]:
    """The pictures of a folder and its folders that have a text beside them."""
    for path in sorted(folder.rglob("*")):
        beside = path.with_suffix(".txt")
        if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp") and beside.exists():
            text = as_lines(beside.read_text(encoding="utf-8"))
            yield Frame(_opened(path), text=text, trouble=path.parent.name)


def by_lines(read: Read) -> Read:
    """The same reader, its texts without regard to how lines end: the files beside the photographs have lost that."""
    return lambda picture: [as_lines(text) for text in read(picture)]


def held_still(picture: Image.Image) -> Iterator[Image.Image]:
    """A photograph before the camera for two seconds."""
    chance = random.Random(0)
    for _ in range(TWO_SECONDS):
        left, top = chance.randint(0, 2), chance.randint(0, 2)
        yield picture.crop((left, top, picture.width, picture.height))


def of_all(tallies: Sequence[Tally]) -> Tally:
    """Several tallies as one."""
    whole = Tally()
    for tally in tallies:
        whole.shown += tally.shown
        whole.right += tally.right
        whole.wrong += tally.wrong
        whole.times_ms += tally.times_ms
    return whole


def as_lines(text: str) -> str:
    """Without regard to how lines end."""
    return text.replace("\r\n", "\n").strip()


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGBA").convert("L")
