"""Owns how far somebody is in the practice shop: a small file in its folder. Never decides what comes next."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.practice.exercises import LESSONS, Exercise, Lesson


@dataclass(frozen=True, slots=True)
class Progress:
    """Attributes:
    at: the number of the exercise under way, from 0; one beyond the last once it is over.
    done: what was really done, in that order.
    seconds: how long the window was open for it.
    orders: each customer's order, by the part they play.
    """

    lesson: Lesson = Lesson.WHOLE
    at: int = 0
    done: tuple[Exercise, ...] = ()
    seconds: float = 0.0
    orders: tuple[tuple[str, str], ...] = ()

    @property
    def over(self) -> bool:
        return self.at >= len(LESSONS[self.lesson])

    @property
    def complete(self) -> bool:
        """Nothing was left out."""
        return set(LESSONS[self.lesson]) <= set(self.done)

    def stepped(self, number: int, done: bool) -> Progress:
        """An exercise is over; `done` False if it was left out."""
        exercise = LESSONS[self.lesson][number]
        added = (exercise,) if done and exercise not in self.done else ()
        return replace(self, at=number + 1, done=(*self.done, *added))


class ProgressFile:
    """The file; its being there also says that the folder is a practice shop's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_there(self) -> bool:
        return self._path.exists()

    def read(self) -> Progress:
        """What was kept; a beginning if nothing was, or nothing that can be read."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return Progress(
                Lesson(kept["lesson"]),
                int(kept["at"]),
                tuple(Exercise(name) for name in kept["done"]),
                float(kept["seconds"]),
                tuple((str(who), str(order)) for who, order in kept["orders"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Progress()

    def keep(self, progress: Progress) -> None:
        """Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(asdict(progress)), encoding="utf-8")
        new.replace(self._path)
