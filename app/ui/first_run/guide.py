"""Owns the band that leads through something by sentences: what to do now, done when it is really done, a way back.
Does none of it itself.

The first-run set-up and the example shop lead straight on; the practice shop may be walked: back, on, left, taken up.
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
BACK_KEY, ON_KEY = "Alt+PgUp", "Alt+PgDown"


_ROOM_FOR_KEYS_PX = 1280


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One thing to do.

    Attributes:
        sentence: what to do, with its keys; asked for once what is to be there for it is there.
        mark: read in a lane; another value than at the step's beginning means that it was done.
        begin: what is to be there for it, on the main thread.
        prepare: the same, before that and in the net lane: it may take a while.
        until: the step is done as soon as the mark is true, whatever it was at the beginning.
    """

    sentence: str | Callable[[], str]
    mark: Callable[[], object]
    begin: Callable[[], None] = _nothing
    prepare: Callable[[], None] = _nothing
    until: bool = False


class Guide(QFrame):
    """Hidden until `lead` or `say`.

    Signals:
        left: the button, or its key: whoever was led wants back.
        done: every step was done, or the last one was left out.
        stepped: a step is over, by its number from 0; False if it was left out.
        extra_pressed: the extra button.

    Attributes:
        extra: a button that a step may show for what is done beside the till; hidden otherwise.
    """

    left = Signal()
    done = Signal()
    stepped = Signal(int, bool)
    extra_pressed = Signal()

    def __init__(self, look: Look, runner: Runner, walked: bool = False, mark: str = "", extra_key: str = "") -> None:
        """Args: walked: with buttons for one step back and one on; mark: a word that always stands before the
        sentence; extra_key: of the extra button."""
        super().__init__()
        self.setObjectName("guide")
        self._runner = runner
        self._steps: Sequence[GuideStep] = ()
        self._at = 0
        self._before: object = None
        self._ready = False
        self._words = label("", Type.BODY if walked else Type.LEAD, Role.INFO, strong=True, wrap=True)
        self._words.setObjectName("guide-words")
        self.button = ActionButton(look, tr("Back to the set-up"), GUIDE_KEY)
        self.button.setObjectName("guide-back")
        self.button.clicked.connect(lambda _checked=False: self.left.emit())
        self.back = self._button(look, tr("Step back"), BACK_KEY, "guide-step-back", lambda: self._go(-1))
        self.on = self._button(look, tr("Leave out"), ON_KEY, "guide-step-on", self._leave_out)
        self.extra = self._button(look, "", extra_key, "guide-extra", self.extra_pressed.emit)
        self._mark = label(mark, Type.LEAD, Role.DANGER, strong=True)
        self._mark.setObjectName("guide-mark")
        self._walked = walked
        self._keys = {self.back: BACK_KEY, self.on: ON_KEY, self.extra: extra_key, self.button: GUIDE_KEY}
        for part, shown in ((self.back, walked), (self.on, walked), (self._mark, bool(mark)), (self.extra, False)):
            if not shown:  # shown before it has its place it would be a window of its own
                part.hide()
        box = row(self._mark, self._words, self.extra, self.back, self.on, self.button, gap=Space.INSIDE)
        box.setContentsMargins(Space.BETWEEN, Space.HAIR, Space.BETWEEN, Space.HAIR)
        box.setStretch(1, 1)
        self.setLayout(box)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)  # as high as the sentence needs at this width, no more
        self.setSizePolicy(policy)
        set_role(self, Role.INFO, "surface")
        QShortcut(QKeySequence(GUIDE_KEY), self, self.button.click)
        if walked:
            QShortcut(QKeySequence(BACK_KEY), self, self.back.click)
            QShortcut(QKeySequence(ON_KEY), self, self.on.click)
        if extra_key:
            QShortcut(QKeySequence(extra_key), self, self.extra.click)

    @property
    def sentence(self) -> str:
        return self._words.text()

    @property
    def at(self) -> int:
        """The number of the step, from 0."""
        return self._at

    @property
    def ready(self) -> bool:
        """Whether the step has begun: what is needed for it is there."""
        return self._ready

    @property
    def leading(self) -> bool:
        """Whether there is a step to be done."""
        return self._at < len(self._steps)

    def lead(self, steps: Sequence[GuideStep], at: int = 0) -> None:
        """Begin with one of the steps, the first if not told otherwise."""
        self._steps, self._at = tuple(steps), at
        for button in (self.back, self.on):
            button.setVisible(self._walked)
        self._begin_step()

    def say(self, sentence: str, role: Role = Role.INFO) -> None:
        """One sentence, and the way back."""
        self._words.setText(sentence)
        set_role(self._words, role)
        set_role(self, role, "surface")
        self.setAccessibleName(sentence)
        self.show()

    def stop(self) -> None:
        """Lead nowhere any more; what is said stays."""
        self._steps, self._ready = (), False
        for button in (self.back, self.on):
            button.hide()

    def end(self) -> None:
        """Lead nowhere any more, and say nothing."""
        self.stop()
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
                self.back.setEnabled(at > 0)
                sentence = step.sentence if isinstance(step.sentence, str) else step.sentence()
                self.say(f"{of}  {sentence}" if len(steps) > 1 else sentence)

        def prepared(_nothing: None) -> None:
            if steps is self._steps and at == self._at:
                self._read(began)

        if step.prepare is _nothing:
            self._read(began)
        else:
            self.say(tr("One moment: the next exercise is being set up."))
            self._runner.run(Lane.NET, step.prepare, prepared, lambda _failure: prepared(None))

    def _looked(self, steps: Sequence[GuideStep], at: int, mark: object) -> None:
        if steps is not self._steps or at != self._at or not self._ready:
            return
        if mark if steps[at].until else mark != self._before:
            self.stepped.emit(at, True)
            self._go(1)

    def _leave_out(self) -> None:
        if self.leading:
            self.stepped.emit(self._at, False)
            self._go(1)

    def _go(self, by: int) -> None:
        if not self.leading:
            return
        self._ready = False
        self._at = max(self._at + by, 0)
        if self.leading:
            self._begin_step()
        else:
            self.done.emit()

    def resizeEvent(self, event) -> None:
        """The sentence needs the width of a narrow window: there the buttons' keys stand in the help alone."""
        super().resizeEvent(event)
        if not self._walked:
            return
        wide = self.width() >= _ROOM_FOR_KEYS_PX
        for button, key in self._keys.items():
            button.set_text(button.text(), key if wide else "")

    @staticmethod
    def _button(look: Look, text: str, key: str, name: str, act: Callable[[], None]) -> ActionButton:
        made = ActionButton(look, text, key)
        made.setObjectName(name)
        made.clicked.connect(lambda _checked=False: act())
        return made

    def _read(self, came: Callable[[object], None]) -> None:
        self._runner.run(Lane.LISTS, self._steps[self._at].mark, came, lambda _failure: None)
