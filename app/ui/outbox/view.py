"""Owns the outbox screen's widgets. Decides nothing: every input goes to the presenters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QStackedWidget, QWidget

from app.i18n import tr
from app.ui import messages
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import Pages, column, pane, row
from app.ui.components.lists import RowList, RowModel
from app.ui.components.notice import NoticeBar
from app.ui.components.segments import Segments
from app.ui.components.states import EmptyState
from app.ui.components.text import label, set_role
from app.ui.outbox import words
from app.ui.outbox.detail import Detail
from app.ui.outbox.pages import COMPARE_KEY, READ_KEY, WRITE_KEY, ComparisonPage, RescuePage
from app.ui.outbox.presenter import OutboxPresenter
from app.ui.outbox.rows import ItemDelegate, shown_item
from app.ui.outbox.state import (
    KEEPS_SETTLED,
    Act,
    Item,
    OutboxScreenState,
    OutboxSurroundings,
    Tab,
    deeds_on,
    key_of,
    needs_a_person,
)
from app.ui.screen import KeyHint, Screen, Shell
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_LARGE_PX, LIST_SHARE, Role, Space, Type
from app.usecases.ports import Touched

SYNC_KEY, SETTLED_KEY = "S", "T"


class LinkBand(QFrame):
    """How it goes with the marketplace, in a headline and a sentence, and the one button."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._icon = QLabel()
        self.title = label("", Type.LEAD, strong=True)
        self.title.setObjectName("link-title")
        self._sentence = label("", Type.BODY, wrap=True)
        self._sentence.setObjectName("link-sentence")
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


class OutboxScreen(Screen):
    """F8. Also an `OutboxView` for its presenter."""

    def __init__(self, look: Look, shell: Shell, around: OutboxSurroundings) -> None:
        self._look = look
        self._shell = shell
        self._around = around
        self._asking = False
        self._letters = words.all_letters() | {COMPARE_KEY, WRITE_KEY, READ_KEY, SETTLED_KEY}
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
        self._load_page()

    def refresh(self, touched: Touched) -> None:
        self.presenter.refresh(touched)
        if touched.outbox and self._page.isVisible():
            self._load_page()

    def link_changed(self) -> None:
        """Called by the window when the link's state changed."""
        self.presenter.link_changed()

    def show_tab(self, tab: Tab) -> None:
        """Show one list or page, whatever else needs a person."""
        self.presenter.choose_tab(tab)
        self._load_page()

    def close(self) -> None:
        self.comparison.close_down()

    def take_input(self, text: str, how: str) -> bool:
        deed = self.presenter.first_deed()
        if text or deed is None or self.presenter.state.asking is not None:
            return False
        self.presenter.act(deed.act, deed.answer)
        return True

    def typed(self, text: str) -> bool:
        """Letters act at once here: nothing is looked for on this screen."""
        letter = text.upper()
        if letter == SYNC_KEY:
            self.presenter.sync_now()
        elif letter.isdigit() and 1 <= int(letter) <= len(Tab):
            self.show_tab(list(Tab)[int(letter) - 1])
        else:
            return self._typed_on_page(letter) or self._typed_deed(letter)
        return True

    def _typed_on_page(self, letter: str) -> bool:
        state = self.presenter.state
        does = {
            (Tab.COMPARISON, COMPARE_KEY): self.comparison.presenter.begin,
            (Tab.RESCUE, WRITE_KEY): self.rescue.choose_folder,
            (Tab.RESCUE, READ_KEY): self.rescue.choose_file,
            **{(tab, SETTLED_KEY): self._turn_settled for tab in KEEPS_SETTLED},
        }.get((state.tab, letter))
        if does is None:
            return False
        does()
        return True

    def _typed_deed(self, letter: str) -> bool:
        item = self.presenter.state.item
        deeds = deeds_on(item) if item is not None else ()
        deed = next((deed for place, deed in enumerate(deeds) if words.deed_words(deed, place)[1] == letter), None)
        if deed is not None:
            self.presenter.act(deed.act, deed.answer)
        return deed is not None or letter in self._letters

    def preview(self, text: str) -> str:
        deed = self.presenter.first_deed() if self.presenter.state.asking is None else None
        return words.deed_words(deed)[0] if deed is not None and not text else ""

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key == Qt.Key.Key_Escape and (self.presenter.stop_asking() or self.comparison.presenter.stop()):
            return True
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}.get(Qt.Key(key))
        if step is not None:
            self.presenter.walk(step)
        return step is not None

    def placeholder(self) -> str:
        return tr("A scanned pickup code leads to the order")

    def hints(self) -> Sequence[KeyHint]:
        state = self.presenter.state
        fixed = [KeyHint(f"1-{len(Tab)}", tr("Lists")), KeyHint(SYNC_KEY, tr("Exchange now"))]
        if state.asking is not None:
            does = {
                Act.SETTLE: tr("It is settled"),
                Act.SET_ASIDE: tr("Set aside"),
                Act.REPAIR: tr("Send it in these words"),
            }[state.asking.act]
            return [KeyHint(tr("Enter"), does), KeyHint(tr("Esc"), tr("Not yet"))]
        if state.tab is Tab.COMPARISON:
            return [*fixed, KeyHint(COMPARE_KEY, tr("Compare now"))]
        if state.tab is Tab.RESCUE:
            on_page = [KeyHint(WRITE_KEY, tr("Save onto a stick…")), KeyHint(READ_KEY, tr("Read a rescue file…"))]
            return [*fixed, *on_page]
        deeds = deeds_on(state.item) if state.item is not None else ()
        shown = [words.deed_words(deed, place) for place, deed in enumerate(deeds)]
        return [*fixed, KeyHint("↑ ↓", tr("Choose")), *(KeyHint(key, does) for does, key in shown)]

    def step(self) -> str:
        state = self.presenter.state
        return state.tab if state.asking is None else "asking"

    # --- OutboxView --------------------------------------------------------------------------------------------------

    def show(self, state: OutboxScreenState) -> None:
        now = self._around.clock.now()
        picture = state.picture
        oldest = min((row.happened_at for row in picture.to_send), default=None)
        link = words.link_words(state.link, max(picture.waiting, len(picture.to_send)), now, oldest)
        self.band.show_link(*link, asked=state.asked_to_sync)
        for tab in (Tab.REFUSED, Tab.DISAGREEMENTS, Tab.PRINTS):
            self.tabs.set_count(tab, sum(_counts(item) for item in picture.of(tab)))
        self.tabs.set_count(Tab.TO_SEND, picture.waiting)
        self.tabs.choose(state.tab)
        items = picture.of(state.tab)
        self.list.replace_rows([shown_item(item, now) for item in items])
        self.list.select_key(state.current)
        self._empty.say(*words.empty_words(state.tab), "circle-check")
        self._lists.setCurrentWidget(self.list if items else self._empty)
        pages = {Tab.COMPARISON: self.comparison, Tab.RESCUE: self.rescue}
        self._body.setCurrentWidget(pages.get(state.tab, self._both))
        self._settled.setVisible(state.tab in KEEPS_SETTLED)
        self._settled.set_text(
            tr("Hide what has been dealt with") if state.with_settled else tr("Show what has been dealt with")
        )
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
        self._settled = ActionButton(look, tr("Show what has been dealt with"), SETTLED_KEY, Kind.QUIET)
        self._settled.setObjectName("show-settled")
        self._settled.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.notice = NoticeBar(look)
        self.detail = Detail(look)
        self.comparison = ComparisonPage(look, self._around)
        self.rescue = RescuePage(look, self._around)
        left = pane(column(self._lists, self._settled, gap=Space.INSIDE))
        left.layout().setStretch(0, 1)
        left.layout().setContentsMargins(0, 0, 0, 0)
        halves = (left, self.detail)
        for half in halves:
            half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        both = row(*halves, gap=Space.BETWEEN)
        both.setContentsMargins(0, 0, 0, 0)
        both.setStretch(0, LIST_SHARE)
        both.setStretch(1, 100 - LIST_SHARE)
        self._both = pane(both)
        self._body = Pages(self._both, self.comparison, self.rescue)
        whole = column(self.band, self.tabs, self._body, self.notice, gap=Space.NEAR, around=Space.BETWEEN)
        whole.setStretch(2, 1)
        self._page = pane(whole)
        self._page.setObjectName("outbox-screen")

    def _connect(self) -> None:
        self.band.sync.clicked.connect(lambda _checked=False: self.presenter.sync_now())
        self.tabs.chosen.connect(lambda key: self.show_tab(Tab(key)))
        self.list.row_chosen.connect(self.presenter.choose)
        self._settled.clicked.connect(lambda _checked=False: self._turn_settled())
        self.detail.asked.connect(lambda deed: self.presenter.act(deed.act, deed.answer))
        self.detail.noted.connect(self.presenter.settle)
        self.detail.reasoned.connect(self.presenter.set_aside)
        self.detail.reworded.connect(self.presenter.repair)

    def _turn_settled(self) -> None:
        self.presenter.show_settled(not self.presenter.state.with_settled)

    def _load_page(self) -> None:
        tab = self.presenter.state.tab
        if tab is Tab.COMPARISON:
            self.comparison.presenter.load()
        elif tab is Tab.RESCUE:
            self.rescue.presenter.load()

    def _show_detail(self, state: OutboxScreenState) -> None:
        item = state.item
        self.detail.setVisible(item is not None)
        if item is not None:
            self.detail.show_item(item, state)
        asking = self.detail.show_form(state) and item is not None
        if self._asking and not asking and self._page.isVisible():
            self._shell.focus_box()
        self._asking = asking

    def _show_notice(self, state: OutboxScreenState) -> None:
        if state.failure is not None:
            self.notice.tell(messages.describe_failure(state.failure), Role.DANGER)
        elif state.busy:
            self.notice.tell(tr("Asking the marketplace…"), Role.INFO)
        elif state.said is not None:
            self.notice.tell(words.said_words(state.said), Role.WARNING)
        elif state.done is not None:
            self.notice.tell(words.done_words(state.done), Role.SUCCESS)
        else:
            self.notice.hide()


def _counts(item: Item) -> bool:
    """Whether a row counts on its list's title: only what a person or the printer must settle."""
    return needs_a_person(item) or bool(deeds_on(item))


__all__ = ["OutboxScreen", "OutboxSurroundings"]
