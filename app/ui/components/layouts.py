"""Owns the boxes things are arranged in: columns, rows, cards, thin lines, pages, shares, scrolling columns.

Where a change of text inside must not lay out the whole window anew (a scan, a key), `Shares` and `Pages` are the
bounds: Qt asks everything up to the window for its size again whenever a label's text changes.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

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


class Pages(QStackedWidget):
    """Pages of which one is shown; each gets the whole place and makes do with its height.

    A plain stack asks every page, hidden ones too, how high it would be for a width, for every stack around it anew:
    the wrapped sentences in them cost 20 ms a scan.
    """

    def __init__(self, *pages: QWidget) -> None:
        super().__init__()
        for page in pages:
            self.addWidget(page)

    def hasHeightForWidth(self) -> bool:
        return False


class Shares(QWidget):
    """Two halves of a screen side by side whose shares of the width stay whatever stands in them.

    It has no layout on purpose: what changes in one half is laid out there and goes no further up.
    """

    def __init__(self, left: QWidget, right: QWidget, left_percent: int) -> None:
        super().__init__()
        self._halves = (left, right)
        self._left_percent = left_percent
        for half in self._halves:
            half.setParent(self)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        around = int(Space.BETWEEN)
        place = self.rect().adjusted(around, around, -around, -around)
        width = (place.width() - around) * self._left_percent // 100
        left, right = self._halves
        left.setGeometry(place.x(), place.y(), width, place.height())
        right.setGeometry(place.x() + width + around, place.y(), place.width() - width - around, place.height())


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
