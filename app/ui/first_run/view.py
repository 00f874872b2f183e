"""Owns the set-up as it is seen: a sheet over the window with one page at a time. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QWidget

from app.domain.trades import Trade
from app.i18n import tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.cover import Cover
from app.ui.components.fields import Field
from app.ui.components.layouts import Pages, card, column, pane, row, scrolling
from app.ui.components.notice import NoticeBar
from app.ui.components.pin_sheet import as_digits
from app.ui.components.text import label, set_role
from app.ui.components.work_bar import WorkBar
from app.ui.first_run import words
from app.ui.first_run.pairing_camera import PairingCamera
from app.ui.first_run.presenter import FirstRunPresenter, FirstRunState, FirstRunSurroundings, Page, Step
from app.ui.settings.pairing import WrongEntry
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_EMPTY_PX, ICON_LARGE_PX, Role, Space, Type

_WIDEST_PX = 1120
_FIELDS_PX = 560
_BAR_PX = 220


class FirstRun(Cover):
    """The set-up. Also a `FirstRunView` for its presenter. Keys 1 to 9 choose, Enter goes on, Esc goes back."""

    def __init__(self, look: Look, around: FirstRunSurroundings) -> None:
        super().__init__()
        self.setObjectName("first-run")
        self.setAccessibleName(tr("Set-up"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # by Tab it would send the focus past what lies before it
        self.setProperty("surface", str(Role.SURFACE))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self._look = look
        self._icons: list[tuple[QLabel, str, int]] = []
        self._shown: Page | None = None
        self._draft_no = -1
        self._join_camera = around.camera
        self.camera: PairingCamera | None = None
        self.presenter = FirstRunPresenter(around, self)
        self.notice = NoticeBar(look)
        self._title = label("", Type.HEAD, strong=True, wrap=True)
        self._title.setObjectName("first-run-title")
        self._sentence = label("", Type.LEAD, Role.MUTED, wrap=True)
        self.back = self._button(tr("Back"), tr("Esc"), "first-run-back", self.presenter.back, Kind.PLAIN, "arrow-left")
        self._pages = Pages()
        self._built: dict[Page, QWidget] = {}
        self.doors: list[tuple[QWidget, ActionButton]] = []
        self.trades: list[ActionButton] = []
        self.steps: dict[Step, tuple[ActionButton, QLabel, QLabel]] = {}
        whole = column(
            self._title, self._sentence, self.notice, self._pages, row(self.back, None), gap=Space.NEAR, around=0
        )
        whole.setStretch(3, 1)
        middle = pane(whole)
        middle.setMaximumWidth(_WIDEST_PX)
        centred = row(None, middle, None, around=Space.AROUND)
        centred.setStretch(1, 100)
        self.setLayout(centred)
        look.changed.connect(self._recolour)
        self.notice.hide()
        self.show_state(self.presenter.state)

    # --- for the window ---

    def take_scan(self, text: str) -> bool:
        return self.presenter.scanned(text)

    def reads_codes(self) -> bool:
        return self.camera is not None and self.camera.reading

    def refuse_scan(self) -> None:
        self.notice.tell(tr("The scanner reads. First the set-up, or Esc; then scan again."), Role.WARNING)

    # --- the view ---

    def show_state(self, state: FirstRunState) -> None:
        title, sentence = _headings(state)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.back.set_text(_back_words(state))
        self.back.setEnabled(not state.busy)
        self.back.setVisible(state.page is not Page.STEPS)
        page = self._page(state.page)
        if state.page is Page.LINK:
            self._show_link(state)
        elif state.page is Page.STEPS:
            self._show_steps(state)
        said = words.said_words(state)
        if said and state.wrong is None:  # else it stands at its field
            self.notice.tell(said, words.said_role(state))
        else:
            self.notice.hide()
        if state.page is not self._shown:
            self._shown = state.page
            self._pages.setCurrentWidget(page)
            self._place_focus()

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self._place_focus()

    def keyPressEvent(self, event) -> None:
        """Every key that no field wanted ends here."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self.back.isEnabled():
                self.presenter.back()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._enter()
        elif key == Qt.Key.Key_F6 and not event.isAutoRepeat():
            self._toggle_camera()
        elif (digit := as_digits(event.text())) and not event.isAutoRepeat():
            self._choose(int(digit))

    def event(self, event) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # keys of the window's shortcuts end here too
            return True
        return super().event(event)

    # --- the pages ---

    def _page(self, page: Page) -> QWidget:
        """Built when it is first shown: all of them at once would keep the window waiting."""
        if page not in self._built:
            builders = {
                Page.DOORS: self._doors,
                Page.LINK: self._link,
                Page.TRADE: self._trades,
                Page.STEPS: self._steps,
            }
            self._built[page] = builders[page]()
            self._pages.addWidget(self._built[page])
            self._recolour_icons()
        return self._built[page]

    def _doors(self) -> QWidget:
        doors = (
            (
                "example",
                "play",
                tr("Try with an example shop"),
                tr("Articles, orders and customers that are not real. Nothing can break; your first sale in a minute."),
                tr("Try it"),
                self.presenter.example_shop,
            ),
            (
                "link",
                "link",
                tr("Link my shop"),
                tr("With the code from your marketplace account: scan it, or type its 8 characters."),
                tr("Link"),
                self.presenter.link,
            ),
            (
                "restore",
                "history",
                tr("Restore a backup"),
                tr("This computer replaces another one: all its sales, orders and stock come back."),
                tr("Choose the file"),
                self._choose_backup,
            ),
        )
        self.doors = [self._door(str(number), *door) for number, door in enumerate(doors, 1)]
        box = row(*(frame for frame, _button in self.doors), gap=Space.BETWEEN)
        for place in range(len(self.doors)):
            box.setStretch(place, 1)
        self.practice = self._button(
            tr("Ten guided minutes with all that can go wrong"), "4", "door-practice", self.presenter.practice
        )
        return pane(column(None, box, row(self.practice, None), None, gap=Space.BETWEEN))

    def _door(self, key: str, name: str, icon: str, title: str, sentence: str, does: str, act: Callable[[], None]):
        button = self._button(does, key, f"door-{name}", act, Kind.MAIN)
        button.setAccessibleName(title)
        frame = card(
            column(
                self._icon(icon, ICON_EMPTY_PX),
                label(title, Type.TITLE, strong=True, wrap=True),
                label(sentence, Type.BODY, Role.MUTED, wrap=True),
                None,
                button,
                gap=Space.NEAR,
            ),
            Space.AROUND,
        )
        return frame, button

    def _link(self) -> QWidget:
        self.address = Field(tr("Marketplace address"), "https://")
        self.code = Field(tr("Pairing code"), "ABCD 2345", tr("8 characters, shown in your marketplace account"))
        self.till_name = Field(
            tr("Name of this till"), tr("Till 1"), tr("The marketplace gives it its letter, for the ticket numbers.")
        )
        self.code.edit.setMaxLength(20)
        for field, name in ((self.address, "address"), (self.code, "code"), (self.till_name, "till-name")):
            field.edit.setObjectName(f"first-run-{name}")
            field.entered.connect(lambda _text: self._pair())
        self.pair = self._button(tr("Link this till"), tr("Enter"), "first-run-pair", self._pair, Kind.MAIN)
        inner = card(column(self.address, self.code, self.till_name, self.pair, gap=Space.NEAR), Space.AROUND)
        inner.setMaximumWidth(_FIELDS_PX)
        if self._join_camera is None:
            return scrolling(column(row(inner, None), None))
        self.camera = PairingCamera(self._look, self._join_camera)
        self.camera.type_asked.connect(self._place_focus)
        beside = row(inner, self.camera, None, gap=Space.BETWEEN)
        beside.setStretch(0, 1)
        return scrolling(column(beside, None))

    def _trades(self) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.BETWEEN)
        for place, trade in enumerate(Trade):
            button = self._button(
                words.trade_words(trade), str(place + 1), f"trade-{trade}", lambda t=trade: self._chosen(t), tall=True
            )
            self.trades.append(button)
            said = label(words.preset_words(trade), Type.BODY, Role.MUTED, wrap=True)
            grid.addWidget(card(column(button, said, None, gap=Space.INSIDE)), place // 3, place % 3)
        for place in range(3):
            grid.setColumnStretch(place, 1)
        return scrolling(column(pane(grid), None))

    def _steps(self) -> QWidget:
        rows = [self._step_row(number, step) for number, step in enumerate(Step, 1)]
        self._bar = WorkBar(self._look, tr("Articles that have arrived"))
        self._bar.setFixedWidth(_BAR_PX)
        self._articles = label("", Type.BODY)
        self._articles.setObjectName("first-run-articles")
        self.open_till = self._button(
            tr("Open the till"), tr("Enter"), "first-run-open", self.presenter.open_till, Kind.MAIN
        )
        foot = row(self._bar, self._articles, None, self.open_till, gap=Space.NEAR)
        page = column(scrolling(column(*rows, None, gap=Space.HAIR)), foot, gap=Space.NEAR)
        return pane(page)

    def _step_row(self, number: int, step: Step) -> QWidget:
        name, sentence, icon = words.step_words(step)
        button = self._button(tr("Set up"), str(number), f"step-{step}", lambda: self.presenter.open_step(step))
        mark, state = self._icon("circle-check", ICON_LARGE_PX), label("", Type.BODY)
        state.setObjectName(f"step-{step}-state")
        self.steps[step] = (button, mark, state)
        texts = column(label(name, Type.BODY, strong=True), label(sentence, Type.CAPTION, Role.MUTED), gap=0)
        box = row(self._icon(icon, ICON_LARGE_PX), texts, mark, state, button, gap=Space.NEAR)
        box.setStretch(1, 1)
        framed = card(box, Space.HAIR)
        box.setContentsMargins(Space.NEAR, Space.HAIR, Space.HAIR, Space.HAIR)
        return framed

    # --- inside ---

    def _show_link(self, state: FirstRunState) -> None:
        if state.draft_no != self._draft_no:
            self._draft_no = state.draft_no
            if self.camera is not None:
                self.camera.stop()
            self.address.set_text(state.address)
            self.code.set_text(state.code)
            self.till_name.set_text(state.till_name or tr("Till 1"))
            for field in (self.address, self.code):
                field.accept()  # what was wrong with the text before this one
            if state.page is Page.LINK and self._shown is Page.LINK:
                self._place_focus()
        self.pair.setEnabled(not state.busy)
        self.pair.set_text(tr("Asking the marketplace…") if state.busy else tr("Link this till"))
        for field, name in ((self.address, WrongEntry.ADDRESS), (self.code, WrongEntry.CODE)):
            if state.wrong is name:
                field.refuse(words.said_words(state))
                field.edit.setFocus()
            else:
                field.accept()

    def _show_steps(self, state: FirstRunState) -> None:
        for step, (button, mark, said) in self.steps.items():
            done = step in state.done
            mark.setPixmap(self._mark(done))
            said.setText(tr("It works") if done else tr("To finish"))
            set_role(said, Role.SUCCESS if done else Role.MUTED)
            button.set_text(tr("See again") if done else tr("Set up"))
        text = words.catalogue_words(state)
        self._articles.setText(text)
        self._bar.setVisible(bool(text) and (state.growing or not state.articles))

    def _mark(self, done: bool):
        name, role = ("circle-check", Role.SUCCESS) if done else ("clock", Role.MUTED)
        return self._look.pixmap(name, role, ICON_LARGE_PX)

    def _place_focus(self) -> None:
        """Where the next key is wanted: a field of the link, else the main thing of the page."""
        page = self.presenter.state.page
        if page is Page.LINK:
            fields = (self.address, self.code)
            empty = [field.edit for field in fields if not field.text]
            (empty[0] if empty else self.pair).setFocus()
        elif page is Page.DOORS:
            self.doors[0][1].setFocus()
        elif page is Page.TRADE:
            self.trades[0].setFocus()
        else:
            self.open_till.setFocus()

    def _enter(self) -> None:
        if self.presenter.state.page is Page.LINK:
            self._pair()
        elif self.presenter.state.page is Page.STEPS:
            self.presenter.open_till()

    def _toggle_camera(self) -> None:
        if self.camera is not None and self.presenter.state.page is Page.LINK and not self.presenter.state.busy:
            self.camera.toggle()

    def _choose(self, number: int) -> None:
        buttons = self._choices()
        if 1 <= number <= len(buttons) and buttons[number - 1].isEnabled():
            buttons[number - 1].click()

    def _choices(self) -> Sequence[ActionButton]:
        match self.presenter.state.page:
            case Page.DOORS:
                return [*(button for _frame, button in self.doors), self.practice]
            case Page.TRADE:
                return self.trades
            case Page.STEPS:
                return [button for button, _mark, _state in self.steps.values()]
            case _:
                return ()

    def _chosen(self, trade: Trade) -> None:
        self.presenter.choose_trade(trade)

    def _pair(self) -> None:
        if self.pair.isEnabled():
            self.presenter.pair(self.address.text, self.code.text, self.till_name.text)

    def _choose_backup(self) -> None:
        kinds = tr("Copies of a till") + " (*.sqlite3 *.db);;* (*)"
        name, _kind = QFileDialog.getOpenFileName(self, tr("Choose the copy to restore"), str(Path.home()), kinds)
        if name:
            self.presenter.restore(Path(name))

    def _button(
        self,
        text: str,
        key: str,
        name: str,
        act: Callable[[], None],
        kind: Kind = Kind.PLAIN,
        icon: str = "",
        tall: bool | None = None,
    ) -> ActionButton:
        made = ActionButton(self._look, text, key, kind, icon, tall)
        made.setObjectName(name)
        made.clicked.connect(lambda _checked=False: act())
        return made

    def _icon(self, name: str, size_px: int) -> QLabel:
        made = QLabel()
        self._icons.append((made, name, size_px))
        return made

    def _recolour(self) -> None:
        self._recolour_icons()
        if Page.STEPS in self._built:
            self._show_steps(self.presenter.state)

    def _recolour_icons(self) -> None:
        for made, name, size_px in self._icons:
            made.setPixmap(self._look.pixmap(name, Role.PRIMARY, size_px))


def _headings(state: FirstRunState) -> tuple[str, str]:
    """What the page is, and one sentence."""
    match state.page:
        case Page.DOORS:
            return tr("Welcome to Comptoir"), tr("How would you like to begin?")
        case Page.LINK:
            return tr("Link my shop"), tr("Scan the code shown in your marketplace account, or type it.")
        case Page.TRADE:
            sentence = tr("It sets what follows; everything can be changed later. VAT rates come with the articles.")
            return tr("What do you sell?"), sentence
        case Page.STEPS if state.is_linked and state.identity is not None:
            title = tr("{shop}, till {letter}").format(shop=state.identity.shop.name, letter=state.identity.till_letter)
            return title, tr("You can sell now. What is left here waits for you in the settings.")
        case Page.STEPS:
            return tr("Set-up"), tr("You can sell now. What is left here waits for you in the settings.")


def _back_words(state: FirstRunState) -> str:
    match state.page:
        case Page.DOORS:
            return tr("Later: just open the till")
        case Page.TRADE:
            return tr("Skip")
        case Page.LINK | Page.STEPS:
            return tr("Back")
