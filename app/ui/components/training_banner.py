"""Owns the band that says, over the whole width of the window, that nothing done now is real (R12). Ends nothing
itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.i18n import tr
from app.ui.components.buttons import ActionButton
from app.ui.components.layouts import row
from app.ui.components.text import NameLabel, label, set_role
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type


class TrainingBanner(QFrame):
    """Hidden unless `show_for` is given somebody. `ended`: the button."""

    ended = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("training")
        self._word = label("FACTICE", Type.TITLE, Role.DANGER, strong=True)
        self._word.setObjectName("training-words")
        self._sentence = NameLabel("", Type.BODY, Role.DANGER, strong=True)
        end = ActionButton(look, tr("End training"))
        end.setObjectName("end-training")
        end.clicked.connect(lambda _checked=False: self.ended.emit())
        box = row(self._word, self._sentence, end, gap=Space.BETWEEN)
        box.setContentsMargins(Space.BETWEEN, Space.HAIR, Space.BETWEEN, Space.HAIR)
        box.setStretch(1, 1)
        self.setLayout(box)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_role(self, Role.DANGER, "surface")
        self.hide()

    def show_for(self, responsible: str) -> None:
        """Say who answers for the training; "" hides it."""
        words = tr("Training, {name} answers for it: no sale, no money and no stock are real.")
        self._sentence.set_name(words.format(name=responsible))
        self.setAccessibleName(f"{self._word.text()} {self._sentence.whole}")
        self.setVisible(bool(responsible))
