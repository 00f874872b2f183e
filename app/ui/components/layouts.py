"""Owns the boxes things are arranged in: columns, rows, cards, thin lines, scrolling columns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.ui.style.tokens import LINE_PX, Role, Space

Item = QWidget | QLayout | int | None
"""A widget, a layout, a fixed gap in pixels, or None for a stretch."""


def column(*items: Item, gap: int = Space.INSIDE, around: int = 0) -> QVBoxLayout:
    """Items from top to bottom."""
    return _filled(QVBoxLayout(), items, gap, around)


def row(*items: Item, gap: int = Space.INSIDE, around: int = 0) -> QHBoxLayout:
    """Items from left to right, in reading order."""
    return _filled(QHBoxLayout(), items, gap, around)


def _filled(box, items, gap, around):
    box.setSpacing(int(gap))
    box.setContentsMargins(around, around, around, around)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, QWidget):
            box.addWidget(item)
        elif isinstance(item, QLayout):
            box.addLayout(item)
        else:
            box.addSpacing(int(item))
    return box


def pane(layout: QLayout, surface: Role | str = "") -> QWidget:
    """A plain widget around a layout, on a surface role if given."""
    widget = QWidget()
    widget.setLayout(layout)
    if surface:
        widget.setProperty("surface", str(surface))
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    return widget


def card(layout: QLayout, around: int = Space.BETWEEN) -> QFrame:
    """A raised surface with rounded corners."""
    frame = QFrame()
    frame.setProperty("surface", "card")
    layout.setContentsMargins(around, around, around, around)
    frame.setLayout(layout)
    return frame


def rule(vertical: bool = False) -> QWidget:
    """A thin line between two groups."""
    widget = QWidget()
    widget.setProperty("rule", "true")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    if vertical:
        widget.setFixedWidth(LINE_PX)
    else:
        widget.setFixedHeight(LINE_PX)
    return widget


def scrolling(layout: QLayout) -> QScrollArea:
    """A column that scrolls vertically when it does not fit; never sideways."""
    inner = QWidget()
    inner.setProperty("scrolled", "true")
    inner.setLayout(layout)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    area.setWidget(inner)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
