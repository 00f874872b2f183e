"""Owns the band that leads through something by sentences: what to do now, done when it is really done, a way back.
Does none of it itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.i18n import tr
from app.ui.components.buttons import ActionButton
from app.ui.components.layouts import row
from app.ui.components.text import label, set_role
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.ui.task_runner import Lane, Runner

GUIDE_KEY = "Ctrl+G"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One thing to do.

    Attributes:
        sentence: what to do, with its keys.
        mark: read in a lane; another value than at the step's beginning means that it was done.
        begin: what is to be there for it, on the main thread.
    """

    sentence: str
    mark: Callable[[], object]
    begin: Callable[[], None] = lambda: None


class Guide(QFrame):
    """Hidden until `lead` or `say`.

    Signals:
        left: the button, or its key: whoever was led wants back.
        done: every step was done.
    """

    left = Signal()
    done = Signal()

    def __init__(self, look: Look, runner: Runner) -> None:
        super().__init__()
        self.setObjectName("guide")
        self._runner = runner
        self._steps: Sequence[GuideStep] = ()
        self._at = 0
        self._before: object = None
        self._ready = False
        self._words = label("", Type.LEAD, Role.INFO, strong=True, wrap=True)
        self._words.setObjectName("guide-words")
        self.button = ActionButton(look, tr("Back to the set-up"), GUIDE_KEY)
        self.button.setObjectName("guide-back")
        self.button.clicked.connect(lambda _checked=False: self.left.emit())
        box = row(self._words, self.button, gap=Space.BETWEEN)
        box.setContentsMargins(Space.BETWEEN, Space.HAIR, Space.BETWEEN, Space.HAIR)
        box.setStretch(0, 1)
        self.setLayout(box)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_role(self, Role.INFO, "surface")
        QShortcut(QKeySequence(GUIDE_KEY), self, self.button.click)

    @property
    def sentence(self) -> str:
        return self._words.text()

    def lead(self, steps: Sequence[GuideStep]) -> None:
        """Begin with the first of the steps."""
        self._steps, self._at = tuple(steps), 0
        self._begin_step()

    def say(self, sentence: str, role: Role = Role.INFO) -> None:
        """One sentence, and the way back."""
        self._words.setText(sentence)
        set_role(self._words, role)
        set_role(self, role, "surface")
        self.setAccessibleName(sentence)
        self.show()

    def end(self) -> None:
        """Lead nowhere any more."""
        self._steps = ()
        self.hide()

    def look(self) -> None:
        """Something was committed: perhaps the step is done."""
        if self._ready and self._at < len(self._steps):
            at, steps = self._at, self._steps
            self._read(lambda mark: self._looked(steps, at, mark))

    # --- inside ---

    def _begin_step(self) -> None:
        step, steps, at = self._steps[self._at], self._steps, self._at
        self._ready = False

        def began(mark: object) -> None:
            if steps is self._steps and at == self._at:
                self._before, self._ready = mark, True
                step.begin()
                of = tr("{number} of {count}").format(number=at + 1, count=len(steps))
                self.say(f"{of}  {step.sentence}" if len(steps) > 1 else step.sentence)

        self._read(began)

    def _looked(self, steps: Sequence[GuideStep], at: int, mark: object) -> None:
        if steps is not self._steps or at != self._at or mark == self._before:
            return
        self._at += 1
        if self._at < len(steps):
            self._begin_step()
        else:
            self.done.emit()

    def _read(self, came: Callable[[object], None]) -> None:
        self._runner.run(Lane.LISTS, self._steps[self._at].mark, came, lambda _failure: None)
