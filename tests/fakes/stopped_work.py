"""Long work that is stopped at a moment the test chooses."""

from __future__ import annotations

from app.usecases.long_work import LongWork


class WorkStoppedAt(LongWork):
    """Is stopped at the look with that number, counted from 1; -1 for never.

    Attributes:
        looks: how often it was looked whether to stop.
        seen: step, done, total of each word about how far it is.
    """

    def __init__(self, look: int = -1) -> None:
        super().__init__()
        self._stop_at = look
        self.looks = 0
        self.seen: list[tuple[str, int, int]] = []

    def note(self, done: int, total: int = 0) -> None:
        super().note(done, total)
        self.seen.append((self.step, self.done, self.total))

    def check(self) -> None:
        self.looks += 1
        if self.looks == self._stop_at:
            self.stop()
        super().check()
