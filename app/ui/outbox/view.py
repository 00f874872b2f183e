"""Owns the outbox screen's widgets. Decides nothing: every input goes to the presenter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QStackedWidget, QWidget

from app.i18n import tr
from app.ui import messages
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import Field, beside_field
from app.ui.components.layouts import card, clear, column, pane, row
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.notice import NoticeBar
from app.ui.components.painting import shorten
from app.ui.components.segments import Segments
from app.ui.components.states import EmptyState
from app.ui.components.text import label, set_role
from app.ui.outbox import words
from app.ui.outbox.presenter import (
    Act,
    Item,
    OutboxPresenter,
    OutboxScreenState,
    OutboxSurroundings,
    Tab,
    acts_on,
    key_of,
    needs_a_person,
)
from app.ui.screen import KeyHint, Screen, Shell
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_LARGE_PX, LIST_SHARE, Role, Space, Type
from app.usecases.ports import Touched
from app.usecases.settle_exception import MAX_NOTE_LENGTH

SYNC_KEY = "S"


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A row in words."""

    item: Item
    title: str
    detail: str
    role: Role
    time: str


class ItemDelegate(RowDelegate):
    """Title and time; under them its state in its role."""

    def paint_row(self, painter: QPainter, rect: QRect, shown: ShownItem, selected: bool) -> None:
        look = self.look
        time_font, title_font, small = look.font(Type.BODY), look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
        width = QFontMetrics(time_font).horizontalAdvance(shown.time)
        place = rect.adjusted(0, Space.INSIDE, 0, -Space.INSIDE)
        painter.setFont(time_font)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, shown.time)
        painter.setFont(title_font)
        painter.setPen(look.colour(Role.TEXT))
        room = place.width() - width - Space.BETWEEN
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, shorten(shown.title, title_font, room))
        painter.setFont(small)
        muted = shown.role is Role.MUTED
        painter.setPen(look.colour(Role.TEXT if muted and selected else shown.role))
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom, shorten(shown.detail, small, place.width()))


class LinkBand(QFrame):
    """How it goes with the marketplace, in a headline and a sentence, and the one button."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._icon = QLabel()
        self.title = label("", Type.LEAD, strong=True)
        self.title.setObjectName("link-title")
        self._sentence = label("", Type.BODY, wrap=True)
        self.sync = ActionButton(look, tr("Exchange now"), SYNC_KEY, icon="refresh-cw")
        self.sync.setObjectName("sync-now")
        self.sync.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box = row(self._icon, column(self.title, self._sentence, gap=0), self.sync, gap=Space.BETWEEN)
        box.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, Space.INSIDE)
        box.setStretch(1, 1)
        self.setLayout(box)
        self._shown = ("", Role.INFO)
        look.changed.connect(self._recolour)

    def show_link(self, title: str, sentence: str, role: Role, icon: str, asked: bool) -> None:
        self.title.setText(title)
        self._sentence.setText(tr("Asking the marketplace…") if asked else sentence)
        self._sentence.setVisible(bool(self._sentence.text()))
        self.setAccessibleName(f"{title}. {self._sentence.text()}")
        set_role(self, role, "surface")
        set_role(self.title, role)
        self._shown = (icon, role)
        self._recolour()

    def _recolour(self) -> None:
        icon, role = self._shown
        if icon:
            self._icon.setPixmap(self._look.pixmap(icon, role, ICON_LARGE_PX))


class NoteStep(QWidget):
    """How a disagreement was settled, in a few words; Enter settles it."""

    entered = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.field = Field(
            tr("What was done? It is kept with your name."),
            tr("for example: counted, nothing is missing"),
            tr("May stay empty. Esc: not yet settled."),
        )
        self.field.edit.setObjectName("settled-note")
        self.field.edit.setMaxLength(MAX_NOTE_LENGTH)
        button = ActionButton(look, tr("It is settled"), tr("Enter"), Kind.MAIN, tall=False)
        button.setObjectName("confirm-settled")
        button.clicked.connect(lambda _checked=False: self.entered.emit(self.field.text))
        self.field.entered.connect(self.entered)
        box = row(self.field, beside_field(button), gap=Space.BETWEEN)
        box.setStretch(0, 1)
        self.setLayout(box)

    def begin(self) -> None:
        self.field.set_text("")
        self.field.edit.setFocus()


class OutboxScreen(Screen):
    """F8. Also an `OutboxView` for its presenter."""

    def __init__(self, look: Look, shell: Shell, around: OutboxSurroundings) -> None:
        self._look = look
        self._shell = shell
        self._around = around
        self._acts: tuple[Act, ...] | None = None
        self._noting = False
        self._build()
        self.presenter = OutboxPresenter(around, self)
        self._connect()
        self.show(self.presenter.state)

    # --- Screen ------------------------------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self._shell.focus_box("")
        self.presenter.activate()

    def refresh(self, touched: Touched) -> None:
        self.presenter.refresh(touched)

    def link_changed(self) -> None:
        """Called by the window when the link's state changed."""
        self.presenter.link_changed()

    def take_input(self, text: str, how: str) -> bool:
        act = self.presenter.first_act()
        if text or act is None:
            return False
        self.presenter.act(act)
        return True

    def typed(self, text: str) -> bool:
        """Letters act at once here: nothing is looked for on this screen."""
        letter = text.upper()
        if letter == SYNC_KEY:
            self.presenter.sync_now()
        elif letter.isdigit() and 1 <= int(letter) <= len(Tab):
            self.presenter.choose_tab(list(Tab)[int(letter) - 1])
        else:
            act = next((act for act in Act if words.act_words(act)[1] == letter), None)
            if act is None:
                return False
            self.presenter.act(act)
        return True

    def preview(self, text: str) -> str:
        act = self.presenter.first_act()
        return words.act_words(act)[0] if act is not None and not text else ""

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key == Qt.Key.Key_Escape and self.presenter.stop_noting():
            return True
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}.get(Qt.Key(key))
        if step is not None:
            self.presenter.walk(step)
        return step is not None

    def placeholder(self) -> str:
        return tr("A scanned pickup code leads to the order")

    def hints(self) -> Sequence[KeyHint]:
        fixed = [KeyHint("1-4", tr("Lists")), KeyHint("↑ ↓", tr("Choose")), KeyHint(SYNC_KEY, tr("Exchange now"))]
        if self.presenter.state.noting:
            return [KeyHint(tr("Enter"), tr("It is settled")), KeyHint(tr("Esc"), tr("Not yet"))]
        item = self.presenter.state.item
        acts = [words.act_words(act) for act in (acts_on(item) if item is not None else ())]
        return [*fixed, *(KeyHint(key, does) for does, key in acts)]

    # --- OutboxView --------------------------------------------------------------------------------------------------

    def show(self, state: OutboxScreenState) -> None:
        now = self._around.clock.now()
        self.band.show_link(*words.link_words(state.link, len(state.picture.to_send), now), asked=state.asked_to_sync)
        for tab in Tab:
            self.tabs.set_count(tab, sum(_counts(item, tab) for item in state.picture.of(tab)))
        self.tabs.choose(state.tab)
        items = state.picture.of(state.tab)
        self.list.replace_rows([_shown(item, now) for item in items])
        self.list.select_key(state.current)
        self._empty.say(*words.empty_words(state.tab), "circle-check")
        self._lists.setCurrentWidget(self.list if items else self._empty)
        self._show_detail(state)
        self._show_notice(state)
        self._shell.hints_changed()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        look = self._look
        self.band = LinkBand(look)
        self.tabs = Segments(look, [(tab, words.tab_words(tab)) for tab in Tab], tr("Lists"))
        model = RowModel(lambda shown: key_of(shown.item), lambda shown: f"{shown.title}, {shown.detail}")
        self.list = RowList(model, ItemDelegate(look), tr("What waits"))
        self.list.setObjectName("outbox-list")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._empty = EmptyState(look, "circle-check")
        self._lists = QStackedWidget()
        self._lists.addWidget(self._empty)
        self._lists.addWidget(self.list)
        self.notice = NoticeBar(look)
        self._title = label("", Type.TITLE, strong=True, wrap=True)
        self._title.setObjectName("outbox-title")
        self._moment = label("", Type.BODY, Role.MUTED)
        self._explanation = label("", Type.BODY, wrap=True)
        self._explanation.setObjectName("outbox-explanation")
        self._actions = column()
        self._buttons = pane(self._actions)
        self.note = NoteStep(look)
        self.note.hide()
        detail = column(self._title, self._moment, Space.INSIDE, self._explanation, None, self.note, self._buttons)
        self._detail = card(detail)
        left = pane(column(self.tabs, self._lists, gap=Space.INSIDE))
        left.layout().setStretch(1, 1)
        halves = (left, self._detail)
        for half in halves:
            half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        both = row(*halves, gap=Space.BETWEEN)
        both.setStretch(0, 100 - LIST_SHARE)
        both.setStretch(1, LIST_SHARE)
        whole = column(self.band, both, self.notice, gap=Space.BETWEEN, around=Space.BETWEEN)
        whole.setStretch(1, 1)
        self._page = pane(whole)
        self._page.setObjectName("outbox-screen")

    def _connect(self) -> None:
        self.band.sync.clicked.connect(lambda _checked=False: self.presenter.sync_now())
        self.tabs.chosen.connect(lambda key: self.presenter.choose_tab(Tab(key)))
        self.list.row_chosen.connect(self.presenter.choose)
        self.note.entered.connect(self.presenter.settle)

    def _show_detail(self, state: OutboxScreenState) -> None:
        item = state.item
        self._detail.setVisible(item is not None)
        self._show_note(state.noting and item is not None)
        if item is None:
            return
        self._title.setText(words.item_title(item))
        self._moment.setText(messages.day_and_time(words.item_moment(item)))
        self._explanation.setText(words.item_explanation(item))
        acts = acts_on(item)
        if acts == self._acts:
            return
        self._acts = acts
        clear(self._actions)
        for act in acts:
            does, key = words.act_words(act)
            made = ActionButton(self._look, does, key, Kind.MAIN if act is acts[0] else Kind.PLAIN, tall=False)
            made.setObjectName(f"act-{act}")
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(lambda _checked=False, act=act: self.presenter.act(act))
            self._actions.addWidget(made)

    def _show_note(self, noting: bool) -> None:
        if noting == self._noting:
            return
        self._noting = noting
        self.note.setVisible(noting)
        self._buttons.setVisible(not noting)
        if noting:
            self.note.begin()
        elif self._page.isVisible():
            self._shell.focus_box()

    def _show_notice(self, state: OutboxScreenState) -> None:
        if state.failure is not None:
            self.notice.tell(messages.describe_failure(state.failure), Role.DANGER)
        elif state.done is not None:
            self.notice.tell(words.done_words(state.done), Role.SUCCESS)
        else:
            self.notice.hide()


def _counts(item: Item, tab: Tab) -> bool:
    """Whether a row counts on its list's title: of the prints only those that a person or the printer must settle."""
    return tab is not Tab.PRINTS or needs_a_person(item) or bool(acts_on(item))


def _shown(item: Item, now: datetime) -> ShownItem:
    detail, role = words.item_state(item, now)
    return ShownItem(item, words.item_title(item), detail, role, messages.when(words.item_moment(item), now))


__all__ = ["OutboxScreen", "OutboxSurroundings"]
