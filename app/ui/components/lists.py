"""Owns lists of rows: 56-pixel rows painted by a delegate, one selection, the keyboard, a refresh that moves nothing.

Rows are frozen values behind a small model; `key_of` says which thing a row is, so that a refresh can keep the
selection and the scroll position. No proxy models, no ResizeToContents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate

from app.ui.components.painting import paint_focus
from app.ui.style.look import Look
from app.ui.style.tokens import LINE_PX, ROW_PX, Role, Space, Tone

ROW = Qt.ItemDataRole.UserRole


class RowModel(QAbstractListModel):
    """Frozen rows. `key_of` names a row for ever; `words_of` is what a screen reader says of it."""

    def __init__(self, key_of: Callable[[Any], str], words_of: Callable[[Any], str]) -> None:
        super().__init__()
        self._rows: list[Any] = []
        self._key_of = key_of
        self._words_of = words_of

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own default, never changed
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == ROW:
            return self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words_of(self._rows[index.row()])
        return None

    @property
    def rows(self) -> Sequence[Any]:
        return tuple(self._rows)

    def replace(self, rows: Sequence[Any]) -> None:
        """Show other rows. The same things in the same places are updated where they stand."""
        new = list(rows)
        if [self._key_of(row) for row in new] == [self._key_of(row) for row in self._rows]:
            self._update_in_place(new)
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def index_of(self, key: str) -> QModelIndex:
        for number, row in enumerate(self._rows):
            if self._key_of(row) == key:
                return self.index(number)
        return QModelIndex()

    def key_at(self, index: QModelIndex) -> str:
        return self._key_of(self._rows[index.row()]) if index.isValid() else ""

    def _update_in_place(self, new: list[Any]) -> None:
        changed = [number for number, row in enumerate(new) if row != self._rows[number]]
        self._rows = new
        for number in changed:
            self.dataChanged.emit(self.index(number), self.index(number))


class RowDelegate(QStyledItemDelegate):
    """Paints the row's ground (selection, line under it, focus); subclasses paint the content in `paint_row`."""

    def __init__(self, look: Look, row_px: int = ROW_PX) -> None:
        super().__init__()
        self.look = look
        self._row_px = row_px

    def sizeHint(self, _option, _index) -> QSize:
        return QSize(Space.AROUND, self._row_px)

    def paint(self, painter: QPainter, option, index) -> None:
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(option.rect, self.look.colour(Role.SELECTED))
            mark = QRect(option.rect.left(), option.rect.top(), Space.HAIR, option.rect.height())
            painter.fillRect(mark, self.look.colour(Role.PRIMARY, Tone.FILL))
        line = QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), LINE_PX)
        painter.fillRect(line, self.look.colour(Role.LINE))
        self.paint_row(painter, option.rect.adjusted(Space.BETWEEN, 0, -Space.BETWEEN, 0), index.data(ROW), selected)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, option.rect, self.look)
        painter.restore()

    def paint_row(self, painter: QPainter, rect: QRect, row: Any, selected: bool) -> None:
        raise NotImplementedError


class RowList(QListView):
    """A list of rows.

    Signals:
        row_chosen: the key of the row that a person moved to or touched (not of one selected by the program).
        row_entered: the key of the row on which Enter was pressed or that was touched twice.
    """

    row_chosen = Signal(str)
    row_entered = Signal(str)

    def __init__(self, model: RowModel, delegate: RowDelegate, name: str) -> None:
        super().__init__()
        self._rows = model
        self._delegate = delegate
        self._by_program = False
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setUniformItemSizes(True)
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._moved)
        delegate.look.changed.connect(self.viewport().update)

    @property
    def current_key(self) -> str:
        return self._rows.key_at(self.currentIndex())

    def replace_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows without anything jumping under the hand: selection and scroll stay where they were."""
        key, scroll = self.current_key, self.verticalScrollBar().value()
        self._by_program = True
        try:
            self._rows.replace(rows)
            if key and (index := self._rows.index_of(key)).isValid():
                self.setCurrentIndex(index)
        finally:
            self._by_program = False
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(scroll)

    def select_key(self, key: str) -> bool:
        """Select a row without telling; False if it is not in the list (then nothing is selected)."""
        index = self._rows.index_of(key) if key else QModelIndex()
        self._by_program = True
        try:
            if index.isValid():
                self.setCurrentIndex(index)
            else:
                self.setCurrentIndex(QModelIndex())
                self.clearSelection()
        finally:
            self._by_program = False
        return index.isValid()

    def step(self, rows: int) -> None:
        """Move the selection as the arrow keys do, wherever the focus is."""
        count = self._rows.rowCount()
        if not count:
            return
        here = self.currentIndex().row() if self.currentIndex().isValid() else (-1 if rows > 0 else count)
        self.setCurrentIndex(self._rows.index(min(max(here + rows, 0), count - 1)))

    def resizeEvent(self, event) -> None:
        """The row worked on stays whole where the list becomes lower: a banner came over it, for instance."""
        row = self.visualRect(self.currentIndex())
        in_view = row.isValid() and row.top() >= 0 and row.bottom() <= event.oldSize().height()
        super().resizeEvent(event)
        if in_view:
            self.scrollTo(self.currentIndex())

    def paintEvent(self, event) -> None:
        """With no row in sight to carry the ring of the focus, the list carries it itself."""
        super().paintEvent(event)
        row = self.visualRect(self.currentIndex()) if self.selectionModel().hasSelection() else QRect()
        if self.hasFocus() and not row.intersects(self.viewport().rect()):
            painter = QPainter(self.viewport())
            paint_focus(painter, self.viewport().rect(), self._delegate.look)
            painter.end()

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_key:
            self.row_entered.emit(self.current_key)
            return
        if event.text() and event.key() != Qt.Key.Key_Space:
            event.ignore()  # letters go to the one box, not to Qt's search in lists
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event) -> None:
        super().mouseDoubleClickEvent(event)
        if self.current_key:
            self.row_entered.emit(self.current_key)

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not self._by_program and current.isValid():
            self.row_chosen.emit(self._rows.key_at(current))
