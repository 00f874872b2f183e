"""Owns how long work is shown wherever there is some: how far, how much longer, what leaving does, one button to stop.

A bar without figures says honestly that nobody knows how much there is. Never stops anything by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui import work_words
from app.ui.components.buttons import ActionButton
from app.ui.components.layouts import column, row
from app.ui.components.text import label
from app.ui.components.work_bar import WorkBar
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.long_work import LongWork

_LOOK_MS = 200
_GUESS_AFTER_MS = 3000
_GUESS_FROM_PERCENT = 3
_MOST = 2**31 - 1
"""What a bar can count to."""


class LongWorkBox(QWidget):
    """Hidden while there is nothing under way.

    Attributes:
        stop: its button, named `stop-<name>`.
    """

    def __init__(
        self,
        look: Look,
        name: str,
        title: str,
        words: Callable[[LongWork], str],
        meanwhile: str,
        on_stop: Callable[[], object],
        key: str = "",
    ) -> None:
        """Args: title: for screen readers; words: how far it is; meanwhile: what leaving and stopping do; on_stop: a
        person asks for the end."""
        super().__init__()
        self._words = words
        self._on_stop = on_stop
        self._work: LongWork | None = None
        self._asked = False
        self._since = QElapsedTimer()
        self._step = ""
        self._bar = WorkBar(look, title)
        self._bar.setObjectName(f"{name}-bar")
        self._count = label("", Type.BODY, Role.TEXT, strong=True, wrap=True)
        self._count.setObjectName(f"{name}-progress")
        self._meanwhile = label(meanwhile, Type.BODY, Role.MUTED, wrap=True)
        self.stop = ActionButton(look, tr("Stop"), key=key, icon="x", tall=False)
        self.stop.setObjectName(f"stop-{name}")
        self.stop.clicked.connect(lambda _checked=False: self._stop())
        line = row(column(self._count, self._meanwhile, gap=Space.HAIR), self.stop, gap=Space.BETWEEN)
        line.setStretch(0, 1)
        whole = column(self._bar, line, gap=Space.NEAR)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look_now)
        self.hide()

    def watch(self, work: LongWork | None) -> None:
        """Show this work from now on; None: it is over."""
        if work is self._work:
            return
        self._work, self._asked = work, False
        if work is None:
            self._look.stop()
            self.hide()
            return
        self._begin_step(work)
        self.look_now()
        self._look.start()
        self.show()

    def close_down(self) -> None:
        """The window goes: look no more."""
        self._look.stop()

    def look_now(self) -> None:
        """How far it is at this moment."""
        work = self._work
        if work is None:
            return
        if work.step != self._step:
            self._begin_step(work)
        shrink = max(1, -(-work.total // _MOST))
        self._bar.show_part(work.done // shrink, work.total // shrink)
        self._count.setText(self._said(work))
        self.stop.setVisible(work.stoppable and not self._asked)

    def _said(self, work: LongWork) -> str:
        if not work.stoppable:
            return work_words.too_late_words()
        if self._asked:
            return work_words.stopping_words()
        left_s = self._seconds_left(work)
        return self._words(work) if left_s is None else f"{self._words(work)}  ·  {work_words.remaining_words(left_s)}"

    def _seconds_left(self, work: LongWork) -> float | None:
        """None while a guess would be worth nothing."""
        gone_ms = self._since.elapsed()
        if gone_ms < _GUESS_AFTER_MS or not work.total or work.done * 100 < work.total * _GUESS_FROM_PERCENT:
            return None
        return gone_ms / 1000 * (work.total - work.done) / work.done

    def _begin_step(self, work: LongWork) -> None:
        self._step = work.step
        self._since.start()

    def _stop(self) -> None:
        self._asked = True
        self._on_stop()
        self.look_now()


__all__ = ["LongWorkBox"]
