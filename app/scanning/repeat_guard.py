"""Owns that a thing shown to a camera counts once while it stays there, however badly it can be read meanwhile.

Not for scanners: there each scan is a person's act, and two of the same article are two articles.

That a code was not read proves little: it may lie there askew, the hand may shake, no frame may have come. So only time
in which frames came counts as absence, and only while the picture is another than when the code was last read; where
something in view looks like a code nobody can read, much more of it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

MOST_BETWEEN_FRAMES_MS = 250
"""No frame for longer, and nobody knows what was in view: a camera that stalls says nothing of the code before it."""

UNREAD_FACTOR = 6
"""How much longer absence takes to be believed while something like a code is in view."""

_STEP = 12
"""Grey levels by which one of the picture's cells must differ for something to have moved."""
_MOST_REMEMBERED = 64

Scene = Callable[[], bytes]
"""The picture in a few cells of mean grey; made only when it is asked for."""


@dataclass(slots=True)
class _Counted:
    """A thing that counted at `at_ms`, in the scene in which it was last read."""

    at_ms: int
    scene: bytes
    clear_ms: int = 0
    away_ms: int = 0
    gone: bool = False


class RepeatGuard:
    """Follows what one camera shows. Each frame is told by `pass_frame` before it is asked about."""

    def __init__(self, pause_ms: int = 3000, out_of_sight_ms: int = 1000) -> None:
        """Args: pause_ms, out_of_sight_ms: a thing counts again after both."""
        self._pause_ms = pause_ms
        self._out_of_sight_ms = out_of_sight_ms
        self._counted: dict[str, _Counted] = {}
        self._frame_ms = 0

    def pass_frame(self, things: Collection[str], more_in_view: bool, scene: Scene, now_ms: int) -> None:
        """A frame came.

        Args:
            things: what was read in it.
            more_in_view: something else in it may be a code.
        """
        step_ms = min(now_ms - self._frame_ms, MOST_BETWEEN_FRAMES_MS)
        self._frame_ms = now_ms
        for thing, counted in self._counted.items():
            if counted.gone:
                continue
            if thing in things:
                counted.scene, counted.clear_ms, counted.away_ms = scene(), 0, 0
            elif not has_changed(counted.scene, scene()):
                counted.clear_ms = counted.away_ms = 0
            else:
                counted.away_ms += step_ms
                counted.clear_ms = 0 if more_in_view else counted.clear_ms + step_ms
                counted.gone = self._is_gone(counted)

    def may_count(self, thing: str, now_ms: int) -> bool:
        """Whether it is the first of its kind, or was taken away since it counted."""
        counted = self._counted.get(thing)
        return counted is None or (counted.gone and now_ms - counted.at_ms >= self._pause_ms)

    def count(self, thing: str, scene: Scene, now_ms: int) -> None:
        """It counts now."""
        self._counted.pop(thing, None)
        if len(self._counted) >= _MOST_REMEMBERED:
            del self._counted[next(iter(self._counted))]  # the one that counted first is long gone
        self._counted[thing] = _Counted(now_ms, scene())

    def forget(self, thing: str) -> None:
        """It did not count after all."""
        self._counted.pop(thing, None)

    def _is_gone(self, counted: _Counted) -> bool:
        sure_ms = self._out_of_sight_ms
        return counted.clear_ms >= sure_ms or counted.away_ms >= UNREAD_FACTOR * sure_ms


def has_changed(before: bytes, now: bytes) -> bool:
    """Whether anything moved between two scenes; the light as a whole may change. Scenes of nothing always differ."""
    if not before or len(before) != len(now):
        return True
    lighter = (sum(now) - sum(before)) / len(now)
    return any(abs(here - there - lighter) > _STEP for here, there in zip(now, before, strict=True))
