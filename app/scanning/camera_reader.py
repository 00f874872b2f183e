"""Owns reading one camera: each frame is read, judged and, if nothing could be read, advised upon. No Qt.

Holds no frame beyond the call, and asks nothing but the judge it was given.
"""

from __future__ import annotations

from app.scanning.camera_judge import CameraJudge, has_own_check
from app.scanning.coach import Coach
from app.scanning.frame_reader import FrameReader, sight_of
from app.scanning.frames import Look, Luma
from app.scanning.passes import Passes
from app.scanning.readers import CodeKind, FoundCode
from app.scanning.repeat_guard import RepeatGuard
from app.scanning.wedge import Judge

PAUSE_MS = 3000
OUT_OF_SIGHT_MS = 1000


class CodesOnCamera:
    """Reads the frames of one camera, one after the other, from one thread at a time (a `CameraReader`)."""

    def __init__(
        self,
        judge: Judge,
        *,
        pause_ms: int = PAUSE_MS,
        out_of_sight_ms: int = OUT_OF_SIGHT_MS,
        passes: Passes | None = None,
    ) -> None:
        """Args:
        judge: NO for what the shop does not know: `camera_judge.judge_seen` with the catalogue. Called on the thread
            that calls `look`, only for what two frames said alike.
        pause_ms, out_of_sight_ms: the same code counts again after both.
        passes: the ways of looking; those with the readers installed if not given.
        """
        self._judge = judge
        self._guard_times = pause_ms, out_of_sight_ms
        self._reader = FrameReader(passes)
        self._coach = Coach()
        self._camera_judge = self._new_judge()

    def begin(self) -> None:
        """The camera was switched on, or shows another place: forget what was seen."""
        self._reader.begin()
        self._coach.begin()
        self._camera_judge = self._new_judge()

    def look(self, luma: Luma, now_ms: int) -> Look:
        """Read one frame.

        Args:
            now_ms: of the frame, in any clock that never goes back.

        Raises:
            ValueError: the frame's size, strides and memory do not fit together.
        """
        sight = sight_of(luma)
        codes = self._reader.next(sight, _is_enough)
        advice = self._coach.advice(sight, bool(codes), now_ms)
        accepted = self._camera_judge.accepted(codes, now_ms, self._coach.sees_something, lambda: sight.scene)
        return Look(codes, accepted, self._camera_judge.advice if codes else advice)

    def not_taken(self, text: str) -> None:
        """What was accepted could not be taken: it may be accepted again at once."""
        self._camera_judge.not_taken(text)

    def _new_judge(self) -> CameraJudge:
        return CameraJudge(self._judge, RepeatGuard(*self._guard_times))


def _is_enough(code: FoundCode) -> bool:
    """A QR code that is no order's may stand beside the bars that matter (a producer's address on a label)."""
    return code.kind is not CodeKind.QR or has_own_check(code.text)
