"""Owns the two pages of the outbox that are no lists: the comparison with the marketplace, the rescue file. They decide
nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QWidget

from app.domain.rescue import FILE_ENDING
from app.i18n import tr
from app.ui import work_words
from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import card, column, row
from app.ui.components.long_work import LongWorkBox
from app.ui.components.notice import NoticeBar
from app.ui.components.text import label
from app.ui.outbox import page_words
from app.ui.outbox.comparison import ComparisonPresenter, ComparisonState
from app.ui.outbox.rescue import RescuePresenter, RescueState
from app.ui.outbox.state import OutboxSurroundings
from app.ui.rescue_words import rescued_line
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type

COMPARE_KEY, WRITE_KEY, READ_KEY = "C", "K", "L"

_MOST_SHOWN = 200


class ComparisonPage(QWidget):
    """The last comparison with its gaps, and the button for one now. Also a `ComparisonView` for its presenter."""

    def __init__(self, look: Look, around: OutboxSurroundings) -> None:
        super().__init__()
        self._look = look
        self._clock = around.clock
        self.presenter = ComparisonPresenter(around, self)
        self.banner = VerdictBanner(look)
        self._figures = label("", Type.BODY, Role.MUTED, wrap=True)
        self._figures.setObjectName("comparison-figures")
        self.begin = _button(
            look, tr("Compare now"), COMPARE_KEY, "compare-now", self.presenter.begin, Kind.MAIN, "refresh-cw"
        )
        self.work = LongWorkBox(
            look,
            "comparison",
            tr("Comparison under way"),
            work_words.questions_words,
            work_words.comparison_meanwhile(),
            self.presenter.stop,
            tr("Esc"),
        )
        self.gaps = QListWidget()
        self.gaps.setObjectName("comparison-gaps")
        self.gaps.setAccessibleName(tr("What was found"))
        self.gaps.setWordWrap(True)
        self.gaps.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fine = label(
            tr("What differs between this till and the marketplace would be named here, line by line, with its cause."),
            Type.BODY,
            Role.MUTED,
            wrap=True,
        )
        self.notice = NoticeBar(look)
        whole = column(
            self.banner,
            self._figures,
            self.work,
            self.gaps,
            self._fine,
            None,
            self.notice,
            row(self.begin, None),
            gap=Space.NEAR,
        )
        whole.setStretch(3, 100)
        self.setLayout(_around(card(whole)))
        self._run: object = ()
        look.changed.connect(self._fill_anew)
        self.show_comparison(self.presenter.state)

    def show_comparison(self, state: ComparisonState) -> None:
        self.work.watch(state.work)
        self.begin.setVisible(not state.busy)
        self.banner.say(*page_words.run_verdict(state.run, self._clock.now()))
        self._figures.setText(page_words.run_figures(state.run))
        self._figures.setVisible(state.run is not None)
        if state.run is not self._run:
            self._run = state.run
            self._fill(state)
        self.gaps.setVisible(self.gaps.count() > 0)
        self._fine.setVisible(state.run is not None and self.gaps.count() == 0)
        _say(self.notice, page_words.comparison_said(state))

    def close_down(self) -> None:
        """The window goes: no question more."""
        self.work.close_down()
        self.presenter.stop()

    def _fill_anew(self) -> None:
        self._fill(self.presenter.state)

    def _fill(self, state: ComparisonState) -> None:
        self.gaps.clear()
        if state.run is None:
            return
        shown = state.run.gaps[:_MOST_SHOWN]
        for gap in shown:
            sentence, role, icon = page_words.gap_line(gap)
            item = QListWidgetItem(self._look.icon(icon, role), sentence)
            item.setForeground(self._look.colour(Role.TEXT))
            self.gaps.addItem(item)
        more = page_words.left_out_words(state.run, len(shown))
        if more:
            self.gaps.addItem(more)


class RescuePage(QWidget):
    """What waits here alone, saved onto a stick; files of others read in. Also a `RescueView` for its presenter."""

    def __init__(self, look: Look, around: OutboxSurroundings) -> None:
        super().__init__()
        self.presenter = RescuePresenter(around, self)
        self._sentence = label("", Type.LEAD, strong=True, wrap=True)
        self._sentence.setObjectName("rescue-sentence")
        how = label(
            tr(
                "The file is signed by this till. Read it at another till of the shop, or give it to whoever runs the "
                "marketplace: what arrives by two ways counts once."
            ),
            Type.BODY,
            Role.MUTED,
            wrap=True,
        )
        self.write = _button(
            look, tr("Save onto a stick…"), WRITE_KEY, "write-rescue", self.choose_folder, Kind.MAIN, "download"
        )
        self.read = _button(look, tr("Read a rescue file…"), READ_KEY, "read-rescue", self.choose_file, icon="upload")
        self._busy = label(tr("One moment…"), Type.BODY, Role.INFO)
        self.files = QListWidget()
        self.files.setObjectName("rescued-files")
        self.files.setAccessibleName(tr("Files of other tills read here"))
        self.files.setWordWrap(True)
        self.files.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._files_title = label(tr("Files of other tills read here"), Type.CAPTION, Role.MUTED, strong=True)
        self.notice = NoticeBar(look)
        whole = column(
            self._sentence,
            how,
            row(self.write, self.read, self._busy, None),
            self.notice,
            self._files_title,
            self.files,
            None,
            gap=Space.NEAR,
        )
        whole.setStretch(5, 4)
        self.setLayout(_around(card(whole)))
        self.show_rescue(self.presenter.state)

    def show_rescue(self, state: RescueState) -> None:
        self._sentence.setText(page_words.rescue_sentence(state.unsent))
        self._busy.setVisible(state.busy)
        for button in (self.write, self.read):
            button.setEnabled(not state.busy)
        self.files.clear()
        for file in state.files:
            line = rescued_line(file.till_letter, file.made_at, file.waiting, file.refused)
            self.files.addItem("\n".join(part for part in (line, file.message if file.refused else "") if part))
        self.files.setVisible(bool(state.files))
        self._files_title.setVisible(bool(state.files))
        _say(self.notice, page_words.rescue_said(state))

    def choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Save onto a stick…"), str(_sticks()))
        if folder:
            self.presenter.write(Path(folder))

    def choose_file(self) -> None:
        kinds = f"Comptoir (*{FILE_ENDING});;* (*)"
        name, _kind = QFileDialog.getOpenFileName(self, tr("Read a rescue file…"), str(_sticks()), kinds)
        if name:
            self.presenter.take_in(Path(name))


def _sticks() -> Path:
    """Where sticks appear on this computer, as far as there is such a place."""
    places = (Path("/media"), Path("/run/media"), Path("/Volumes"))
    return next((place for place in places if place.is_dir()), Path.home())


def _say(notice: NoticeBar, said: tuple[str, Role]) -> None:
    if said[0]:
        notice.tell(*said)
    else:
        notice.hide()


def _around(widget: QWidget):
    made = column(widget)
    made.setContentsMargins(0, 0, 0, 0)
    return made


def _button(
    look: Look,
    text: str,
    key: str,
    name: str,
    on_click: Callable[[], object],
    kind: Kind = Kind.PLAIN,
    icon: str = "",
) -> ActionButton:
    made = ActionButton(look, text, key, kind, icon, tall=False)
    made.setObjectName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(lambda _checked=False: on_click())
    return made
