"""Owns the paper sheet at the right of the window: what would be on paper, newest first, shown and hidden with F7.

It receives laid-out lines from the printing side by their attributes alone (`text`, `bold`, `size`; `content` of a QR;
`count` of a feed; `bars` and `number` of a bar code) and knows nothing of printers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QFont, QFontDatabase, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.i18n import tr
from app.paths import resources_dir
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import column, pane, row, rule, scrolling
from app.ui.components.states import EmptyState
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import PAPER, PAPER_FAMILY, PAPER_INK, SIDE_SHEET_PX, Role, Space, Type

QrModules = Callable[[str], Sequence[Sequence[bool]]]
PAPERS_KEPT = 12
_QR_MODULE_PX = 4
_QUIET_MODULES = 4
_BARS_PX, _BAR_MODULE_PX = 56, 2
_FONT_FILES = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")


class PaperSheet(QWidget):
    """The sheet.

    Signals:
        arrived: a paper came out, as (lines, columns); may be emitted from the printing thread.
    """

    arrived = Signal(object, int)

    def __init__(self, look: Look, qr_modules: QrModules) -> None:
        super().__init__()
        self._qr_modules = qr_modules
        self._papers: list[Paper] = []
        self.setObjectName("paper-sheet")
        self.setFixedWidth(SIDE_SHEET_PX)
        self._stack = QVBoxLayout()
        self._stack.setSpacing(Space.BETWEEN)
        self._stack.addStretch(1)
        self._empty = EmptyState(
            look, "receipt-euro", tr("Nothing printed yet"), tr("Tickets and slips appear here instead of on paper.")
        )
        close = ActionButton(look, tr("Hide"), "F7", Kind.QUIET)
        close.setObjectName("hide-paper")
        close.clicked.connect(self.hide)
        head = row(label(tr("Paper"), Type.LEAD, strong=True), None, close)
        head.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.INSIDE, Space.INSIDE)
        self._scroll = scrolling(self._stack)
        self._stack.setContentsMargins(Space.BETWEEN, Space.BETWEEN, Space.BETWEEN, Space.BETWEEN)
        inner = column(head, rule(), self._empty, self._scroll, gap=0)
        inner.setStretch(2, 1)
        inner.setStretch(3, 1)
        whole = row(rule(vertical=True), pane(inner, Role.SUNKEN), gap=0)
        self.setLayout(whole)
        self._scroll.hide()
        self.hide()
        self.arrived.connect(self.add_paper, Qt.ConnectionType.QueuedConnection)

    @property
    def papers(self) -> list[Paper]:
        """Newest first."""
        return list(self._papers)

    def add_paper(
        self, lines: Sequence[Any], columns: int, codes: Mapping[str, Sequence[Sequence[bool]]] | None = None
    ) -> None:
        """Show a paper above the older ones; main thread only (`arrived` comes from any). `codes`: the modules of its
        QR codes by their text, for whoever has them: to find them takes longer than a turn of the event loop may."""
        paper = Paper(lines, columns, self._qr_modules if codes is None else codes.__getitem__)
        self._papers.insert(0, paper)
        self._stack.insertWidget(0, paper, 0, Qt.AlignmentFlag.AlignHCenter)
        paper.lower()  # the newest is told first too
        for old in self._papers[PAPERS_KEPT:]:
            self._stack.removeWidget(old)
            old.deleteLater()
        del self._papers[PAPERS_KEPT:]
        self._empty.hide()
        self._scroll.show()
        self._scroll.verticalScrollBar().setValue(0)

    def toggle(self) -> None:
        self.setVisible(self.isHidden())


class Paper(QWidget):
    """One paper, black on white in every theme, on the printer's own grid of characters."""

    spoken_role = QAccessible.Role.StaticText

    def __init__(
        self, lines: Sequence[Any], columns: int, qr_modules: QrModules, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._lines = list(lines)
        self._columns = columns
        self._codes = {line.content: qr_modules(line.content) for line in self._lines if hasattr(line, "content")}
        if PAPER_FAMILY not in QFontDatabase.families():
            for name in _FONT_FILES:
                QFontDatabase.addApplicationFont(str(resources_dir() / "fonts" / name))
        metrics = QFontMetrics(_font(False))
        self._column_px, self._line_px = metrics.horizontalAdvance("0"), metrics.height() + 2
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.words)

    def shows(self, lines: Sequence[Any]) -> bool:
        """Whether these lines are already on it."""
        return self._lines == list(lines)

    @property
    def words(self) -> str:
        """The paper's text, for screen readers and tests."""
        return "\n".join(line.text for line in self._lines if hasattr(line, "text"))

    def sizeHint(self) -> QSize:
        height = sum(self._height(line) for line in self._lines) + 2 * Space.BETWEEN
        return QSize(self._columns * self._column_px + 2 * Space.NEAR, height)

    def _height(self, line: Any) -> int:
        if hasattr(line, "text"):
            return self._line_px * (1 if str(line.size) == "normal" else 2)
        if hasattr(line, "content"):
            return (len(self._codes[line.content]) + 2 * _QUIET_MODULES) * _QR_MODULE_PX
        if hasattr(line, "bars"):
            return _BARS_PX + self._line_px
        if type(line).__name__.startswith("Logo"):
            return 0
        return self._line_px * (line.count if hasattr(line, "count") else 1)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(PAPER))
        painter.setPen(QColor(PAPER_INK))
        top = Space.BETWEEN
        for line in self._lines:
            height = self._height(line)
            self._paint_line(painter, QRect(Space.NEAR, top, self.width() - 2 * Space.NEAR, height), line)
            top += height

    def _paint_line(self, painter: QPainter, place: QRect, line: Any) -> None:
        if hasattr(line, "text"):
            self._paint_text(painter, place, line)
        elif hasattr(line, "content"):
            self._paint_code(painter, place, self._codes[line.content])
        elif hasattr(line, "bars"):
            self._paint_bars(painter, place, line)
        elif not hasattr(line, "count") and type(line).__name__.startswith("Rule"):
            painter.drawLine(place.left(), place.center().y(), place.right(), place.center().y())

    def _paint_text(self, painter: QPainter, place: QRect, line: Any) -> None:
        painter.save()
        painter.setFont(_font(line.bold))
        painter.translate(place.left(), place.top())
        painter.scale(2 if str(line.size) == "double" else 1, 1 if str(line.size) == "normal" else 2)
        box = QRect(0, 0, place.width(), self._line_px)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line.text)
        painter.restore()

    def _paint_bars(self, painter: QPainter, place: QRect, line: Any) -> None:
        bars = line.bars
        module = max(1, min(_BAR_MODULE_PX, place.width() // len(bars)))
        left = place.left() + (place.width() - len(bars) * module) // 2
        for number, dark in enumerate(bars):
            if dark:
                painter.fillRect(left + number * module, place.top(), module, _BARS_PX, QColor(PAPER_INK))
        painter.setFont(_font(False))
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, line.number)

    def _paint_code(self, painter: QPainter, place: QRect, modules: Sequence[Sequence[bool]]) -> None:
        left = place.left() + (place.width() - len(modules) * _QR_MODULE_PX) // 2
        top = place.top() + _QUIET_MODULES * _QR_MODULE_PX
        for down, cells in enumerate(modules):
            for across, dark in enumerate(cells):
                if dark:
                    x, y = left + across * _QR_MODULE_PX, top + down * _QR_MODULE_PX
                    painter.fillRect(x, y, _QR_MODULE_PX, _QR_MODULE_PX, QColor(PAPER_INK))


def _font(bold: bool) -> QFont:
    font = QFont(PAPER_FAMILY)
    font.setPixelSize(int(Type.CAPTION))
    font.setBold(bold)
    return font
