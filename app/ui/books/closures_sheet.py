"""Owns the sheet of closed periods: the list, what the chosen Z says, a count put right. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from app.domain.closure import Closure
from app.i18n import tr
from app.ui import formats
from app.ui.books import words
from app.ui.books.closures import ClosuresPresenter, ClosuresState
from app.ui.books.desk import BooksSurroundings
from app.ui.closing.count_grid import CountGrid
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import Field
from app.ui.components.figures import FiguresPane
from app.ui.components.layouts import Pages, column, row
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.notice import NoticeBar
from app.ui.components.painting import shorten
from app.ui.components.states import EmptyState
from app.ui.components.text import NameLabel, label
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.ui.totals_words import sections_of_closure

_LIST_PARTS, _DETAIL_PARTS = 36, 64


class ClosureDelegate(RowDelegate):
    """Number and kind, the days; the turnover."""

    def paint_row(self, painter: QPainter, rect: QRect, row: Closure, selected: bool) -> None:
        look, place = self.look, rect.adjusted(0, Space.INSIDE, 0, -Space.INSIDE)
        strong, small = look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
        painter.setFont(strong)
        painter.setPen(look.colour(Role.TEXT))
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, shorten(words.closure_title(row), strong, place.width()))
        amount = formats.amount(row.totals.turnover)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, amount)
        wide = place.width() - QFontMetrics(strong).horizontalAdvance(amount) - Space.INSIDE
        painter.setFont(small)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom, shorten(words.closure_days(row), small, wide))


class ClosuresSheet(QWidget):
    """Also a `ClosuresView` for its presenter."""

    def __init__(self, look: Look, around: BooksSurroundings) -> None:
        super().__init__()
        self.presenter = ClosuresPresenter(around, self)
        model = RowModel(lambda closure: closure.closure_id, words.closure_title)
        self.list = RowList(model, ClosureDelegate(look), tr("Closures"))
        self.list.setObjectName("closures")
        self.figures = FiguresPane()
        self._title, self._detail = (
            NameLabel("", Type.LEAD, strong=True),
            label("", Type.CAPTION, Role.MUTED, wrap=True),
        )
        self._corrections = label("", Type.BODY, Role.WARNING, wrap=True)
        self._corrections.setObjectName("count-corrections")
        self.again = _button(look, tr("Print the Z again"), "closure-z-again")
        self.correct = _button(look, tr("Correct the count"), "correct-count")
        self.grid = CountGrid(look)
        self.reason = Field(tr("Why the count was wrong"), tr("A note was under the tray…"))
        self.reason.edit.setObjectName("correction-reason")
        self._total = label("", Type.HEAD, strong=True, right=True)
        self.record = ActionButton(look, tr("Record the correction"), tr("Enter"), Kind.MAIN, tall=False)
        self.record.setObjectName("record-correction")
        self.back = ActionButton(look, tr("Back"), tr("Esc"))
        self.back.setObjectName("correction-back")
        self.notice = NoticeBar(look)
        self._browse, self._mend = self._build_browse(look), self._build_mend()
        self._nothing = EmptyState(
            look, "banknote", tr("No closure yet"), tr("Each closed day, month and year appears here, for ever.")
        )
        self._pages = Pages(self._nothing, self._browse, self._mend)
        whole = column(self._pages, self.notice)
        whole.setStretch(0, 1)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)
        self._shown: Closure | None = None
        self._connect()
        self.show_closures(self.presenter.state)

    def show_closures(self, state: ClosuresState) -> None:
        self.list.replace_rows(state.closures)
        self.list.select_key(state.chosen)
        closure = state.closure
        if closure is not None and closure != self._shown:
            self.figures.show_sections(sections_of_closure(closure))
        self._shown = closure
        self._title.set_name(words.closure_title(closure) if closure is not None else "")
        self._detail.setText(words.closure_detail(closure) if closure is not None else "")
        corrections = words.corrections_words(state)
        self._corrections.setText(corrections)
        self._corrections.setVisible(bool(corrections))
        self.again.setEnabled(closure is not None)
        self.correct.setEnabled(state.can_correct)
        page = self._mend if state.correcting else self._browse if state.closures else self._nothing
        if page is self._mend and self._pages.currentWidget() is not page:
            self._begin_mending()
        self._pages.setCurrentWidget(page)
        said, role = words.closures_said(state)
        if said:
            self.notice.tell(said, role)
        else:
            self.notice.hide()

    def _build_browse(self, look: Look) -> QWidget:
        right = column(self._title, self._detail, self._corrections, self.figures, row(self.again, self.correct, None))
        right.setStretch(3, 1)
        both = row(self.list, right, gap=Space.BETWEEN)
        both.setStretch(0, _LIST_PARTS)
        both.setStretch(1, _DETAIL_PARTS)
        both.setContentsMargins(0, 0, 0, 0)
        made = QWidget()
        made.setLayout(both)
        return made

    def _build_mend(self) -> QWidget:
        side = column(
            label(tr("What was really there?"), Type.LEAD, strong=True, wrap=True),
            label(tr("The Z keeps its first figure; the correction is signed and stands beside it."), wrap=True),
            None,
            self._total,
            self.reason,
            self.record,
            row(self.back, None),
        )
        both = row(self.grid, side, gap=Space.AROUND)
        both.setStretch(0, 6)
        both.setStretch(1, 5)
        both.setContentsMargins(0, 0, 0, 0)
        made = QWidget()
        made.setLayout(both)
        return made

    def _connect(self) -> None:
        presenter = self.presenter
        self.list.row_chosen.connect(presenter.choose)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.again.clicked.connect(lambda _checked=False: presenter.print_again())
        self.correct.clicked.connect(lambda _checked=False: presenter.begin_correction())
        self.back.clicked.connect(lambda _checked=False: presenter.go_back())
        self.record.clicked.connect(lambda _checked=False: self._record())
        self.reason.entered.connect(lambda _text: self._record())
        self.grid.entered.connect(self.reason.edit.setFocus)
        self.grid.changed.connect(lambda: self._total.setText(formats.amount(self.grid.count.total)))

    def _begin_mending(self) -> None:
        self.grid.clear()
        self.reason.set_text("")
        self.grid.begin()

    def _record(self) -> None:
        self.presenter.correct(self.grid.count, self.reason.text)

    def _scrolled(self, value: int) -> None:
        if value and value == self.list.verticalScrollBar().maximum():
            self.presenter.read_more()


def _button(look: Look, text: str, name: str) -> ActionButton:
    made = ActionButton(look, text)
    made.setObjectName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
