"""Listens to a window as a screen reader does: through Qt's accessibility tree alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QFrame,
    QLabel,
    QLayout,
    QScrollBar,
    QTableView,
    QWidget,
)

_Role, _Text = QAccessible.Role, QAccessible.Text

_NOT_SAID = (_Role.Client, _Role.NoRole, _Role.Grouping, _Role.Pane, _Role.Window, _Role.Border)
"""Roles of what only holds other things: whoever hears one of them as the thing with the focus has heard nothing."""

MOST_ROWS = 60
"""Of one list; the rest sound the same."""


@dataclass(frozen=True)
class Said:
    """One thing of the tree as it is told. `depth` counts from the window; `widget` is None for a row of a list."""

    role: QAccessible.Role
    name: str
    description: str
    place: QRect
    focusable: bool
    focused: bool
    enabled: bool
    checkable: bool
    checked: bool
    expandable: bool
    expanded: bool
    selected: bool
    depth: int
    widget: QWidget | None

    def __str__(self) -> str:
        kind = type(self.widget).__name__ if self.widget is not None else "row"
        return f"{kind} {self.widget.objectName() if self.widget is not None else ''} {self.role.name} {self.name!r}"


def heard(window: QWidget) -> list[Said]:
    """Everything in view, in the order a screen reader goes through it."""
    root = _interface(window)
    return list(_walk(root, 0)) if root is not None else []


def mute(window: QWidget) -> list[str]:
    """What takes the focus, or shows something it paints itself, and says nothing or not what it is."""
    found = []
    for said in heard(window):
        if not (said.focusable or _paints_itself(said.widget)) or _only_scrolls(said.widget):
            continue
        if said.widget is not None and (said.widget.isWindow() or not said.widget.isEnabled()):
            continue  # a window has its title; behind a sheet that covers it nothing is told
        if not said.name.strip():
            found.append(f"no name: {said}")
        elif said.role in _NOT_SAID and not (said.role is _Role.Grouping and said.widget and said.widget.children()):
            found.append(f"no role: {said}")
    return found


def out_of_order(window: QWidget) -> list[str]:
    """Neighbours in the tree of which the second stands before the first: wholly above it in the same column, or
    wholly to its left in the same row."""
    root = _interface(window)
    return list(_misplaced(root)) if root is not None else []


def rows_mute(window: QWidget) -> list[str]:
    """Lists whose rows have no words, tables without headers."""
    found = []
    for view in window.findChildren(QAbstractItemView):
        if not view.isVisible() or view.model() is None:
            continue
        told = _interface(view)
        rows = _children(told, MOST_ROWS) if told is not None else []
        empty = [row for row in rows if not row.text(_Text.Name).strip()]
        if empty or (view.model().rowCount() and not rows):
            found.append(f"{type(view).__name__} {view.accessibleName()!r}: {len(empty)} of {len(rows)} rows mute")
        if isinstance(view, QTableView) and not _headers(view):
            found.append(f"{type(view).__name__} {view.accessibleName()!r}: no headers")
    return found


def said_in_english(window: QWidget, english: Mapping[str, str]) -> list[str]:
    """Names and descriptions told that have a translation (`english`: text to translation) and are not in it. A single
    letter is a key."""
    told = {text.strip() for said in heard(window) for text in (said.name, said.description)}
    return sorted(text for text in told if len(text) > 1 and english.get(text, text) != text)


def _walk(thing: QAccessibleInterface, depth: int) -> Iterator[Said]:
    state = thing.state()
    found = thing.object()
    widget = found if isinstance(found, QWidget) else None
    if state.invisible or (widget is not None and (not widget.isVisible() or widget.size().isEmpty())):
        return
    yield Said(
        thing.role(),
        thing.text(_Text.Name),
        thing.text(_Text.Description),
        thing.rect(),
        bool(state.focusable) and _takes_keys(widget),
        bool(state.focused),
        not state.disabled,
        bool(state.checkable),
        bool(state.checked),
        bool(state.expandable),
        bool(state.expanded),
        bool(state.selected),
        depth,
        widget,
    )
    for child in _children(thing, MOST_ROWS):
        yield from _walk(child, depth + 1)


def _interface(widget: QWidget) -> QAccessibleInterface | None:
    """None for a widget nothing is told of, which Qt's stubs leave out."""
    return QAccessible.queryAccessibleInterface(widget)


def _children(thing: QAccessibleInterface, most: int | None = None) -> list[QAccessibleInterface]:
    count = thing.childCount() if most is None else min(thing.childCount(), most)
    found: list[QAccessibleInterface | None] = [thing.child(number) for number in range(count)]
    return [child for child in found if child is not None]


def _takes_keys(widget: QWidget | None) -> bool:
    return widget is None or bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _only_scrolls(widget: QWidget | None) -> bool:
    """A scroll area has the focus only to be scrolled; what is in it speaks for itself."""
    inner = isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QAbstractItemView)
    return inner or isinstance(widget, QScrollBar)


def _paints_itself(widget: QWidget | None) -> bool:
    """Of the classes of the program itself, those that draw."""
    if widget is None or isinstance(widget, QLabel | QAbstractItemView):
        return False
    ours = [kind for kind in type(widget).__mro__ if kind.__module__.startswith("app.")]
    return any("paintEvent" in vars(kind) for kind in ours)


def _headers(view: QTableView) -> bool:
    model = view.model()
    shown = (each for each in range(model.columnCount()) if not view.isColumnHidden(each))
    return all(str(model.headerData(each, Qt.Orientation.Horizontal) or "").strip() for each in shown)


def _misplaced(thing: QAccessibleInterface) -> Iterator[str]:
    shown = [child for child in _but_rows(thing) if _in_view(child)]
    for one, other in pairwise(shown):
        if _stands_before(other.rect(), one.rect()):
            yield f"{_called(one)} is told before {_called(other)}"
    for child in shown:
        yield from _misplaced(child)


def _but_rows(thing: QAccessibleInterface) -> list[QAccessibleInterface]:
    return [] if isinstance(thing.object(), QAbstractItemView) else _children(thing)


def _in_view(thing: QAccessibleInterface) -> bool:
    widget = thing.object()
    if not isinstance(widget, QWidget) or not widget.isVisible() or widget.size().isEmpty():
        return False
    if isinstance(widget, QFrame) and not widget.findChildren(QWidget) and not thing.text(_Text.Name):
        return False
    return not widget.property("rule") and not _floats(widget)


def _floats(widget: QWidget) -> bool:
    """Whether it is laid over its neighbours, in no layout: a sheet is told after what it covers a part of."""
    parent = widget.parentWidget()
    layout = parent.layout() if parent is not None else None
    return layout is not None and not _holds(layout, widget)


def _holds(layout: QLayout, widget: QWidget) -> bool:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        inner = item.layout() if item is not None else None
        if (item is not None and item.widget() is widget) or (inner is not None and _holds(inner, widget)):
            return True
    return False


def _stands_before(one: QRect, other: QRect) -> bool:
    above = one.bottom() < other.top() + 2 and one.left() <= other.right() and one.right() >= other.left()
    left = one.right() < other.left() + 2 and one.top() <= other.bottom() and one.bottom() >= other.top()
    return above or left


def _called(thing: QAccessibleInterface) -> str:
    widget = thing.object()
    return f"{type(widget).__name__} {widget.objectName()} {thing.text(_Text.Name)[:40]!r}"
