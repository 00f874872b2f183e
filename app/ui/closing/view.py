"""Owns the closing screen's widgets and which of them has the focus. Decides nothing: every input goes to the
presenter.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui.closing import words
from app.ui.closing.count_grid import CountGrid
from app.ui.closing.pages import CausesPane, CheckPage, CountPage, DonePage, DrawerPage, ReportPage
from app.ui.closing.presenter import ClosingPresenter
from app.ui.closing.state import ClosingState, ClosingSurroundings, Step
from app.ui.components.figures import FiguresPane
from app.ui.components.layouts import Pages, Shares, card, column, pane
from app.ui.components.notice import NoticeBar
from app.ui.components.states import EmptyState
from app.ui.screen import KeyHint, PlaceName, Screen, Shell
from app.ui.style.look import Look
from app.ui.totals_words import Section, sections_of_closure, sections_of_drawer, sections_of_report
from app.usecases.ports import Touched

_LEFT_PERCENT = 52


class ClosingScreen(Screen):
    """F10. Also a `ClosingView` for its presenter."""

    def __init__(self, look: Look, shell: Shell, around: ClosingSurroundings) -> None:
        self._look = look
        self._shell = shell
        self._step: Step | None = None
        self._check_no = 0
        self._build(around)
        self.presenter = ClosingPresenter(around, self)
        self._connect()
        self.show(self.presenter.state)
        self._show_total()

    # --- Screen ------------------------------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self._step = None
        self.presenter.activate()

    def refresh(self, touched: Touched) -> None:
        if self._page.isVisible():
            self.presenter.refresh(touched)

    def take_input(self, text: str, how: str) -> bool:
        if text:
            return False
        self.enter()
        return True

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key == Qt.Key.Key_Escape:
            return self.presenter.go_back()
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.figures.page(1 if key == Qt.Key.Key_PageDown else -1)
            return True
        plain = not modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if plain and Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
            return self.presenter.key(chr(key).lower())
        return False

    def enter(self) -> None:
        """Enter outside the fields: what the main button of the step does."""
        match self.presenter.state.step:
            case Step.COUNT:
                self.presenter.check(self.grid.count)
            case Step.CHECK:
                self._close()
            case Step.DONE:
                self._shell.go_to(PlaceName.SALE)
            case Step.REPORT:
                self.presenter.print_report()
            case Step.DRAWER:
                self._move()

    def placeholder(self) -> str:
        return tr("A scanned pickup code leads to the order")

    def hints(self) -> Sequence[KeyHint]:
        return words.hints(self.presenter.state)

    def step(self) -> str:
        return self.presenter.state.step

    # --- ClosingView -------------------------------------------------------------------------------------------------

    def show(self, state: ClosingState) -> None:
        self._show_left(state)
        page = self._pages_of_steps[state.step]
        page.show_state(state)
        self._right.setCurrentWidget(page)
        said = words.said_words(state)
        if said:
            self.notice.tell(said, words.said_role(state))
        else:
            self.notice.hide()
        if state.step is not self._step:
            self._step = state.step
            self._focus(state.step)
        self._shell.hints_changed()

    def clear_count(self) -> None:
        self.grid.clear()

    def go_to(self, place: PlaceName) -> None:
        self._shell.go_to(place)

    def play(self, sound: str) -> None:
        self._shell.play(sound)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _build(self, around: ClosingSurroundings) -> None:
        look = self._look
        self.grid = CountGrid(look)
        self.figures, self.causes = FiguresPane(), CausesPane(look)
        figures = column(self.causes, self.figures)
        figures.setContentsMargins(0, 0, 0, 0)
        figures.setStretch(1, 1)
        self._figures = pane(figures)
        self._empty = EmptyState(
            look, "banknote", tr("Nothing was put in or taken out"), tr("What moves in the drawer appears here.")
        )
        self._left = Pages(self.grid, self._figures, self._empty)
        self.count_page = CountPage(look, lambda wait: self.presenter.see_to(wait))  # noqa: PLW0108  # made later
        self.check_page, self.done_page = CheckPage(look), DonePage(look)
        self.report_page, self.drawer_page = ReportPage(look), DrawerPage(look)
        self._pages_of_steps = {
            Step.COUNT: self.count_page,
            Step.CHECK: self.check_page,
            Step.DONE: self.done_page,
            Step.REPORT: self.report_page,
            Step.DRAWER: self.drawer_page,
        }
        self._right = Pages(*self._pages_of_steps.values())
        self.notice = NoticeBar(look)
        right = column(card(column(self._right)), self.notice)
        right.setStretch(0, 1)
        self._page = Shares(card(column(self._left)), pane(right), _LEFT_PERCENT)
        self._page.setObjectName("closing-screen")

    def _connect(self) -> None:
        presenter = self.presenter
        self.grid.changed.connect(self._show_total)
        self.grid.entered.connect(self.enter)
        self.count_page.done.clicked.connect(lambda _checked=False: self.enter())
        self.count_page.drawer.clicked.connect(lambda _checked=False: presenter.show_drawer())
        self.count_page.report.clicked.connect(lambda _checked=False: presenter.show_report())
        self.count_page.uncounted.clicked.connect(lambda _checked=False: presenter.check(None))
        self.check_page.entered.connect(self._close)
        self.check_page.back.clicked.connect(lambda _checked=False: presenter.go_back())
        self.check_page.cause_taken.connect(self.causes.take)
        self.causes.taken.connect(self.check_page.take_reason)
        self.done_page.go_on.clicked.connect(lambda _checked=False: self.enter())
        self.done_page.again.clicked.connect(lambda _checked=False: presenter.print_z_again())
        self.report_page.print_it.clicked.connect(lambda _checked=False: presenter.print_report())
        self.report_page.back.clicked.connect(lambda _checked=False: presenter.go_back())
        self.drawer_page.entered.connect(self._move)
        self.drawer_page.back.clicked.connect(lambda _checked=False: presenter.go_back())

    def _show_left(self, state: ClosingState) -> None:
        if state.step is Step.COUNT:
            self._left.setCurrentWidget(self.grid)
            return
        sections = _sections_of(state, self.presenter.newest_day() if state.step is Step.DONE else None)
        self.figures.show_sections(sections)
        checked = state.checked if state.step is Step.CHECK else None
        self.causes.setVisible(checked is not None and bool(checked.difference))
        if checked is not None and state.check_no != self._check_no:
            self._check_no = state.check_no
            self.causes.show_causes(checked)
        self._left.setCurrentWidget(self._figures if sections else self._empty)

    def _focus(self, step: Step) -> None:
        match step:
            case Step.COUNT:
                self.grid.begin()
            case Step.CHECK:
                self.check_page.begin()
            case Step.DONE:
                self.done_page.go_on.setFocus()
            case Step.REPORT:
                self.report_page.print_it.setFocus()
            case Step.DRAWER:
                self.drawer_page.begin()

    def _show_total(self) -> None:
        self.count_page.show_total(self.grid.count.total)

    def _close(self) -> None:
        self.presenter.close(self.check_page.next_float.text, self.check_page.reason.text)

    def _move(self) -> None:
        page = self.drawer_page
        self.presenter.move(page.movement, page.amount.text, page.reason.text)


def _sections_of(state: ClosingState, closed) -> Sequence[Section]:
    match state.step:
        case Step.DONE if closed is not None:
            return sections_of_closure(closed)
        case Step.CHECK if state.checked is not None:
            return sections_of_report(state.checked.report, with_cash=True)
        case Step.REPORT if state.report is not None:
            return sections_of_report(state.report, with_cash=not state.blind)
        case Step.DRAWER if state.picture.session is not None:
            return sections_of_drawer(state.picture.session, state.picture.movements, blind=state.blind)
        case _:
            return ()


__all__ = ["ClosingScreen", "ClosingSurroundings"]
