"""Owns the pane of figures of a period: sections, words at the left, amounts under one another at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from app.ui.components.layouts import column, rule, scrolling
from app.ui.components.text import label
from app.ui.style.tokens import Role, Space, Type
from app.ui.totals_words import FigureRow, Section

_COLUMNS = 4
"""Words and up to three figures."""


class FiguresPane(QWidget):
    """Shows sections; scrolls when there is not the room. Built anew only when they change."""

    def __init__(self) -> None:
        super().__init__()
        self._sections: tuple[Section, ...] = ()
        self._area = self._scrolled(())
        self.setLayout(column(self._area))
        self.layout().setContentsMargins(0, 0, 0, 0)

    @property
    def sections(self) -> tuple[Section, ...]:
        return self._sections

    def show_sections(self, sections: Sequence[Section]) -> None:
        if tuple(sections) == self._sections:
            return
        self._sections = tuple(sections)
        before, self._area = self._area, self._scrolled(self._sections)
        self.layout().replaceWidget(before, self._area)
        before.hide()
        before.deleteLater()

    def page(self, pages: int) -> None:
        """Scroll by whole pages, as the page keys do."""
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def _scrolled(self, sections: Sequence[Section]) -> QScrollArea:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, Space.NEAR, 0)
        grid.setHorizontalSpacing(Space.NEAR)
        grid.setVerticalSpacing(Space.HAIR)
        grid.setColumnStretch(0, 1)
        for section in sections:
            self._add_section(grid, section)
        grid.setRowStretch(grid.rowCount(), 1)
        return scrolling(grid)

    def _add_section(self, grid: QGridLayout, section: Section) -> None:
        top = grid.rowCount()
        if top > 1:
            grid.addWidget(rule(), top, 0, 1, _COLUMNS)
        grid.addWidget(label(section.title, Type.BODY, strong=True), top + 1, 0)
        first = _COLUMNS - len(section.heads)
        for place, head in enumerate(section.heads, first):
            grid.addWidget(label(head, Type.CAPTION, Role.MUTED, right=True), top + 1, place)
        for number, row in enumerate(section.rows, top + 2):
            _add_row(grid, number, row)


def _add_row(grid: QGridLayout, number: int, row: FigureRow) -> None:
    role = Role.TEXT if row.strong else Role.MUTED
    words = label(row.words, Type.BODY, role, strong=row.strong, wrap=True)
    words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    grid.addWidget(words, number, 0, 1, _COLUMNS - len(row.figures))
    for place, figure in enumerate(row.figures, _COLUMNS - len(row.figures)):
        grid.addWidget(label(figure, Type.BODY, strong=row.strong, right=True), number, place)
