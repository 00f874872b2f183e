"""Sees whether Qt's own widgets have room for their words: ticks, empty fields, choices that unfold, headers."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QWidget,
)

_LINE_EDIT_MARGIN_PX = 2
"""Qt keeps it free left and right of what is typed, within the contents (qlineedit.cpp, horizontalMargin)."""


def words_without_room(window: QWidget) -> list[str]:
    """What of these is cut, as "kind: words"."""
    seen = (each for each in window.findChildren(QWidget) if each.isVisibleTo(window))
    return [f"{type(widget).__name__}: {words}" for widget in seen for words in _cut_of(widget)]


def _cut_of(widget: QWidget) -> list[str]:
    match widget:
        case QCheckBox() | QRadioButton() | QPushButton():
            return [widget.text()] if widget.width() < widget.sizeHint().width() else []
        case QLineEdit():
            hidden = bool(widget.text()) or _advance(widget, widget.placeholderText()) <= _room_of_field(widget)
            return [] if hidden else [widget.placeholderText()]
        case QComboBox():
            room = _room_of_choice(widget)
            items = (widget.itemText(number) for number in range(widget.count()))
            return [each for each in items if _advance(widget, each) > room]
        case QHeaderView():
            return _cut_headers(widget)
    return []


def _advance(widget: QWidget, words: str) -> int:
    return widget.fontMetrics().horizontalAdvance(words)


def _room_of_field(field: QLineEdit) -> int:
    option = QStyleOptionFrame()
    field.initStyleOption(option)
    inside: QRect = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field)
    margins = field.textMargins()
    return inside.width() - margins.left() - margins.right() - 2 * _LINE_EDIT_MARGIN_PX


def _room_of_choice(choice: QComboBox) -> int:
    option = QStyleOptionComboBox()
    choice.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    return choice.style().subControlRect(control, option, part, choice).width()


def _cut_headers(header: QHeaderView) -> list[str]:
    model = header.model()
    shown = [each for each in range(header.count()) if not header.isSectionHidden(each)]
    return [
        str(model.headerData(each, header.orientation()))
        for each in shown
        if header.sectionSize(each) < header.sectionSizeFromContents(each).width()
    ]
