"""Owns the bar of work under way: how far it is, or, where nobody knows how much there is, that it goes on. Such a bar
runs to and fro; where motion is reduced it stands still. What goes on is said in words beside it.
"""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar

from app.ui.style.look import Look


class WorkBar(QProgressBar):
    """Show it while the work goes on; until `show_part` nobody knows how much there is."""

    def __init__(self, look: Look, name: str) -> None:
        """Args: name: for screen readers."""
        super().__init__()
        self._look = look
        self._total = 0
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self._obey()
        look.changed.connect(self._obey)

    @property
    def moves(self) -> bool:
        """Whether it runs to and fro."""
        return self.maximum() == self.minimum()

    def show_part(self, done: int, total: int) -> None:
        """Args: total: 0 while nobody knows; at most 2**31 - 1."""
        self._total = total
        self._obey()
        self.setValue(min(done, total))

    def _obey(self) -> None:
        if self._total:
            self.setRange(0, self._total)
            return
        self.setRange(0, 1 if self._look.reduced_motion else 0)
        self.setValue(0)
