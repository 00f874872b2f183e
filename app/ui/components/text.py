"""Owns text on screen: labels of the type scale, by role; names that shorten themselves, the whole text in a tip."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.ui.style.tokens import Role, Type


class Words(QLabel):
    """A text that may wrap: a mark never begins a line of its own, as French sets it apart by a space."""

    def __init__(self, text: str = "") -> None:
        super().__init__(unbroken(text))

    def setText(self, text: str) -> None:
        super().setText(unbroken(text))


def unbroken(text: str) -> str:
    """With the spaces before `? ! ; : »` and after `«` held together."""
    return _MARKS.sub("\u00a0", text)


_MARKS = re.compile(r"(?<=«) | (?=[?!;:»])")


def label(
    text: str = "",
    size: Type = Type.BODY,
    role: Role | str = Role.TEXT,
    strong: bool = False,
    wrap: bool = False,
    right: bool = False,
) -> QLabel:
    """A label. `right` for amounts and times, which stand under one another in tabular figures."""
    made = Words(text) if wrap else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    _dress(made, size, role, strong)
    made.setWordWrap(wrap)
    if right:
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def set_role(widget: QWidget, role: Role | str, name: str = "role") -> None:
    """Change a style property of a widget that is already on screen."""
    if widget.property(name) != str(role):
        widget.setProperty(name, str(role))
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _dress(made: QLabel, size: Type, role: Role | str, strong: bool) -> None:
    made.setProperty("scale", str(int(size)))  # "size" is a property QWidget already has
    made.setProperty("role", str(role))
    if strong:
        made.setProperty("strong", "true")


class NameLabel(QLabel):
    """One line that gives way when the place is narrow: shortened with an ellipsis, whole in its tip."""

    def __init__(
        self, text: str = "", size: Type = Type.BODY, role: Role | str = Role.TEXT, strong: bool = False
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        _dress(self, size, role, strong)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._whole = ""
        self.set_name(text)

    @property
    def whole(self) -> str:
        return self._whole

    def set_name(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._shorten()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        self.ensurePolished()
        shown = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 1))
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")
