"""Owns the sheet that shows each paper with sample content, as it would come out of the printer. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from app.i18n import tr
from app.ui.components.choice import Choice
from app.ui.components.layouts import pane
from app.ui.components.segments import Segments
from app.ui.components.text import label
from app.ui.onscreen_printer import Paper
from app.ui.paper_words import sample_name
from app.ui.settings.papers import NARROW, WIDE, PapersPresenter, PapersState, PapersSurroundings
from app.ui.settings.presenter import Section, SettingsState
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.sample_papers import SAMPLES


class PapersSheet(Sheet):
    """Also a `PapersView` for its presenter."""

    def __init__(self, look: Look, around: PapersSurroundings) -> None:
        self._around = around
        self.paper: Paper | None = None
        self._looked = False
        self.choice = Choice([(name, sample_name(name)) for name in SAMPLES], tr("Paper"))
        self.choice.setObjectName("paper-choice")
        self.width_of = Segments(look, [(str(WIDE), "80 mm"), (str(NARROW), "58 mm")], tr("Width of the paper"))
        self.width_of.setObjectName("paper-width")
        self._said = label("", Type.BODY, Role.MUTED, wrap=True)
        self._said.setObjectName("paper-said")
        self._stack = QVBoxLayout()
        self._stack.setContentsMargins(Space.BETWEEN, Space.BETWEEN, Space.BETWEEN, Space.BETWEEN)
        self._place = pane(self._stack, Role.SUNKEN)
        self.presenter = PapersPresenter(around, self)
        self.print_it = sheet_button(look, tr("Print a sample"), "paper-sample", self.presenter.print, icon="printer")
        super().__init__(
            tr("Papers"),
            tr(
                "What comes out of the printer, with sample content. A sample says SPECIMEN, and its ticket is a "
                "training ticket: nothing of it counts."
            ),
            in_row(titled(tr("Paper"), self.choice), titled(tr("Width of the paper"), self.width_of)),
            in_row(self.print_it),
            self._said,
            self._place,
        )
        self.choice.chosen.connect(self.presenter.choose)
        self.width_of.chosen.connect(lambda key: self.presenter.choose_width(int(key)))
        self.show_papers(self.presenter.state)

    def show_state(self, state: SettingsState) -> None:
        if state.section is Section.PAPERS and not self._looked:
            self._looked = True
            self.presenter.look()

    def show_papers(self, state: PapersState) -> None:
        """The `PapersView`."""
        self.choice.choose(state.name)
        self.width_of.choose(str(state.columns))
        self._said.setText(state.said)
        self._said.setVisible(bool(state.said))
        if self.paper is not None and self.paper.shows(state.lines):
            return
        if self.paper is not None:
            self.paper.hide()
            self._stack.removeWidget(self.paper)
            self.paper.deleteLater()
        self.paper = Paper(state.lines, state.columns, self._around.qr_modules, self._place)
        self._stack.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignHCenter)
