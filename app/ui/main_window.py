"""Owns the frame: rail, one box, sync chip, inline notice, foot, paper sheet; passes input to the screen shown.

It paints before the core exists: importing this module and showing the window costs little more than an empty one, so
it imports no library beyond Qt's widgets and builds a screen when it is first visited. Holds no rule of any screen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QRect, Qt, Signal
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.i18n import tr
from app.ui.components.chips import Chip
from app.ui.components.cover import Cover
from app.ui.components.layouts import Pages, column, pane, row, rule
from app.ui.components.notice import NoticeBar
from app.ui.components.spoken import install
from app.ui.components.states import Skeleton
from app.ui.components.training_banner import TrainingBanner
from app.ui.foot import Foot
from app.ui.key_dispatch import KeyDispatch
from app.ui.keymap import KeyMap
from app.ui.one_box import OneBox
from app.ui.paced_news import PacedNews
from app.ui.rail import Rail
from app.ui.screen import PLACES, How, KeyHint, PlaceName, Screen, title_of
from app.ui.shown_code import shown_code
from app.ui.style.look import Look
from app.ui.style.tokens import (
    LINE_PX,
    SIDE_SHEET_PX,
    SMALLEST_WINDOW,
    TOP_BAR_PX,
    USUAL_WINDOW,
    WIDE_WINDOW_PX,
    Role,
    Space,
)

if TYPE_CHECKING:
    from app.usecases.ports import Touched

ScreenFactory = Callable[[], Screen]

REFRESH_MS, REFRESH_ELSEWHERE_MS = 200, 1000
"""The shortest time from one refresh to the next: of the screen shown; of the others, for their counts on the rail."""

_SCANS_LEAD_TO = frozenset((PlaceName.PICKUP, PlaceName.SALE))


class MainWindow(QMainWindow):
    """The window. It is the `Shell` of its screens.

    Signals:
        closing: the window is about to go; whoever owns workers stops them.
        chip_pressed: the sync chip was pressed (the outbox screen shows what waits).
        paper_toggled: F7: show or hide the paper sheet.
        camera_toggled: F6.
        help_toggled: F1 or the help's chip: the guide for what is in view.
        hints_told: another screen is shown, or other keys count on it.
        operator_pressed: Ctrl+L or the operator's chip: somebody else takes the till.
    """

    closing = Signal()
    sound_asked = Signal(str)
    paper_toggled = Signal()
    camera_toggled = Signal()
    help_toggled = Signal()
    hints_told = Signal()
    operator_pressed = Signal()

    def __init__(self, look: Look, operator: str = "") -> None:
        super().__init__()
        install()
        self._look = look
        self._factories: dict[PlaceName, ScreenFactory] = {}
        self._screens: dict[PlaceName, Screen] = {}
        self._here: PlaceName = PlaceName.PICKUP
        self._allowed: frozenset[PlaceName] = frozenset(PlaceName)
        self._attached = False
        self._held_back = False
        self._waiting_input: list[tuple[str, str]] = []
        self.setWindowTitle("Comptoir")
        self.setObjectName("main-window")
        self.rail = Rail(look)
        self.box = OneBox(look)
        self.link = Chip(look, tr("Starting"), Role.MUTED, "clock", pressable=True)
        self.link.setObjectName("sync-chip")
        self.operator = Chip(look, operator or tr("Till"), Role.MUTED, "user", pressable=True)
        self.operator.setObjectName("operator")
        self.watermark = Chip(look, "", Role.WARNING, "play")
        self.watermark.setObjectName("watermark")
        self.watermark.hide()
        self.training = TrainingBanner(look)
        self.notice = NoticeBar(look)
        self.stack = Pages()
        self.skeleton = Skeleton(look)
        self.foot = Foot(look)
        self.keys = KeyMap()
        self._dispatch = KeyDispatch(self, self.keys)
        self._news = PacedNews(self._tell_here, REFRESH_MS)
        self._last_act = QElapsedTimer()
        self._last_act.start()
        self._news_elsewhere = PacedNews(self._tell_elsewhere, REFRESH_ELSEWHERE_MS)
        self._sheets: list[QWidget] = []
        self._mark: QWidget | None = None
        self._corner: QWidget | None = None
        self._corner_places: Collection[PlaceName] = ()
        self._corner_wanted = False
        self._covers: list[Cover] = []
        self._focus_behind: QWidget | None = None
        self._sheet_room = QWidget()
        self._build()
        self._connect()

    # --- for bootstrap ----------------------------------------------------------------------------

    def attach(self, screens: Mapping[PlaceName, ScreenFactory], first: PlaceName = PlaceName.PICKUP) -> None:
        """The core is there: screens may be built. What was scanned meanwhile is dealt with now."""
        for _ in self.attach_in_steps(screens, first):
            pass

    def attach_in_steps(
        self, screens: Mapping[PlaceName, ScreenFactory], first: PlaceName = PlaceName.PICKUP
    ) -> Iterator[None]:
        """`attach`, with a rest after each step that takes long. What is scanned in between waits for its turn."""
        self._factories = dict(screens)
        self._here = first
        self._built(first)
        yield
        self.go_to(self._here)  # perhaps a person has chosen another one meanwhile
        while self._waiting_input and not self._held_back:
            text, how = self._waiting_input[0]
            for place in self._asked(text, how):
                yield
                self._built(place)
                yield
                if self._screens[place].take_input(text, how):
                    break
            del self._waiting_input[0]
        self._attached = True

    def hold_back(self) -> None:
        """Show no screen and deal with no scan until `release`: the till may have to be set up first."""
        self._held_back = True

    def release(self) -> None:
        """Show the screen, behind what covers the window meanwhile; what was scanned is dealt with now."""
        if not self._held_back:
            return
        self._held_back = False
        self.go_to(self._here)
        waiting, self._waiting_input = self._waiting_input, []
        for text, how in waiting:
            self.take_input(text, how)

    def refresh(self, touched: Touched) -> None:
        """Tell every built screen now what a commit touched."""
        self._tell_here(touched)
        self._tell_elsewhere(touched)

    def hear(self, touched: Touched) -> None:
        """News of a commit, as they come: in a storm the screen shown is refreshed now and then, the others less."""
        self._news.hear(touched)
        self._news_elsewhere.hear(touched)

    def build_in_steps(self, *places: PlaceName) -> Iterator[None]:
        """Build these places' screens before anybody goes there, a piece at a time."""
        for place in places:
            if place not in self._screens:
                self._built(place)
                yield
            yield from self._screens[place].build_in_steps()

    def quiet_ms(self) -> int:
        """For how long nobody has pressed, typed or scanned anything."""
        return self._last_act.elapsed()

    def take_input(self, text: str, how: str = How.SCAN) -> bool:
        """Give a scan or typed text to the screen shown, then to the others in rail order: one of them knows it."""
        self._last_act.start()
        if not self._attached or self._held_back:
            self._waiting_input.append((text, how))
            return True
        from app.domain.join_code import looks_like_join_code  # not before the first paint

        if looks_like_join_code(text):
            return self._take_join_code(text, how)
        return any(self._built(place).take_input(text, how) for place in self._asked(text, how))

    def _take_join_code(self, text: str, how: str) -> bool:
        """For the settings alone: it is a secret, which no other screen may repeat."""
        in_settings = self._here is PlaceName.SETTINGS
        if not (in_settings and self._built(PlaceName.SETTINGS).take_input(text, how)):
            words = tr("This is a join code. Scan it in the settings, under Other marketplace.")
            self.show_notice(words, Role.WARNING, tr("Settings"), lambda: self.go_to(PlaceName.SETTINGS))
        return True

    def take_scan(self, text: str, recognised: bool = True) -> None:
        """A scan from the scanner: the screen shown, then the others; a code nobody knows is said so."""
        if self._ended_at_cover(text):
            return
        if self.width() < WIDE_WINDOW_PX:
            for sheet in self._sheets:
                sheet.hide()  # it would cover what the scan shows
        if not self.take_input(text, How.SCAN):
            self.play("stop")
            words = tr("Nothing is known under the code {code}.").format(code=shown_code(text, 32))
            self.show_notice(words if recognised else tr("This is not a code that Comptoir knows."), Role.WARNING)

    def take_picture(self, text: str) -> None:
        """The code found in a picture."""
        if self._ended_at_cover(text):
            return
        if not self.take_input(text, How.IMAGE):
            self.show_notice(tr("The code in this picture is not a pickup code."), Role.WARNING)

    def set_link(self, words: str, role: Role, icon: str) -> None:
        """The sync chip: on line, or off line with what waits, in words."""
        self.link.set_state(words, role, icon)

    def set_operator(self, name: str) -> None:
        self.operator.set_state(name or tr("Till"), Role.MUTED, "user")

    def set_watermark(self, words: str) -> None:
        """What this window is, if not a shop's real till; stays on every screen."""
        self.watermark.set_state(words, Role.WARNING, "play")
        self.watermark.show()

    def set_training(self, responsible: str) -> None:
        """Who answers for the training under way, "" if there is none: a band over everything says it."""
        self.training.show_for(responsible)

    def allow_places(self, places: Collection[PlaceName]) -> None:
        """Only these places are shown and given scans, at least one; whoever is elsewhere is taken to the first."""
        self._allowed = frozenset(places)
        self.rail.show_only(self._allowed)
        if self._here not in self._allowed:
            self.go_to(next(place.name for place in PLACES if place.name in self._allowed))

    def add_sheet(self, sheet: QWidget) -> None:
        """A sheet at the right of every screen (paper, help): beside it if there is room, else over it. One at a time:
        a sheet that is shown hides the one before."""
        self._sheets.append(sheet)
        sheet.setParent(self.centralWidget())
        sheet.hide()
        sheet.installEventFilter(self)

    def add_corner(self, sheet: QWidget, places: Collection[PlaceName]) -> None:
        """A small sheet in the lower corner beside the rail, at these places alone, once `show_corner` says so."""
        self._corner, self._corner_places = sheet, places
        sheet.setParent(self.centralWidget())
        sheet.hide()

    def show_corner(self, wanted: bool) -> None:
        """Show the sheet in the corner (anew: its size may have changed) or hide it."""
        self._corner_wanted = wanted
        self._place_corner()

    def add_band(self, band: QWidget) -> None:
        """A band over the whole width, above everything; it shows and hides itself."""
        band.hide()
        layout = self.centralWidget().layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(0, band)

    def add_mark(self, band: QWidget) -> None:
        """A band that no sheet covers: it says what this window is, if not a shop's real till."""
        self.add_band(band)
        self._mark = band
        band.installEventFilter(self)

    def cover(self, sheet: Cover) -> None:
        """Lay a sheet over everything: until `uncover`, keys, touches and scans go no further than it. Screens,
        baskets, news and sounds go on behind it. What was scanned before the start and not dealt with yet is dropped.
        """
        self._waiting_input.clear()
        before = self._covers[-1] if self._covers else None
        self._covers.append(sheet)  # first: a field that loses the focus may ask for a sheet of its own
        if before is None:
            self._focus_behind = self.focusWidget()
            self.centralWidget().setEnabled(False)
        else:
            before.hide()
        self._show_cover(sheet)

    def uncover(self) -> None:
        """Take the uppermost sheet away: the one under it is shown again, else the focus is where it was."""
        if not self._covers:
            return
        gone = self._covers.pop()
        gone.hide()
        gone.setParent(None)
        if self._covers:
            self._show_cover(self._covers[-1])
            return
        self.centralWidget().setEnabled(True)
        behind, self._focus_behind = self._focus_behind, None
        if behind is not None and isValid(behind) and behind.isVisible():
            behind.setFocus()
        else:
            self.focus_box()

    def _show_cover(self, sheet: Cover) -> None:
        sheet.setParent(self)
        sheet.setGeometry(self._cover_room())
        sheet.show()
        sheet.raise_()
        sheet.setFocus()

    def _to_cover(self, event) -> None:
        """A key with the focus on nothing is pressed where the sheet wants it; what the sheet itself left ends here."""
        sheet, focused = self._covers[-1], self.focusWidget()
        was_inside = focused is sheet or (focused is not None and sheet.isAncestorOf(focused))
        sheet.setFocus()
        focused = self.focusWidget()
        if not was_inside and focused is not None and (focused is sheet or sheet.isAncestorOf(focused)):
            QCoreApplication.sendEvent(focused, event)

    @property
    def covered(self) -> bool:
        return bool(self._covers)

    @property
    def takes_codes(self) -> bool:
        """Whether what the camera reads has somewhere to go."""
        return not self._covers or self._covers[-1].reads_codes()

    def screen(self, place: PlaceName) -> Screen:
        """The screen of a place, built if needed. Raises KeyError before `attach`."""
        return self._built(place)

    @property
    def here(self) -> PlaceName:
        return self._here

    def hints(self) -> Sequence[KeyHint]:
        """The keys that count now, as they are called now."""
        screen = self._screens.get(self._here)
        told = screen.hints() if screen is not None else ()
        return [KeyHint(self.keys.shown(self._here, self.step(), hint.key), hint.does) for hint in told]

    def step(self) -> str:
        """Where in its work the screen in view is."""
        screen = self._screens.get(self._here)
        return screen.step() if screen is not None else ""

    def bind(self, name: str, act: Callable[[], None]) -> None:
        """The key of an action of every screen; without effect behind a sheet that covers the window."""
        self._dispatch.bind(f"everywhere.{name}", self, lambda: None if self.covered else act())

    def topic(self) -> str:
        """The chapter of the guide that the screen in view asks for, "" for its place's own."""
        screen = self._screens.get(self._here)
        return screen.topic() if screen is not None else ""

    # --- Shell ------------------------------------------------------------------------------------

    def show_notice(
        self, text: str, role: Role = Role.INFO, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self.notice.tell(text, role, action, on_action)

    def clear_notice(self) -> None:
        self.notice.hide()

    def go_to(self, place: PlaceName) -> None:
        if place not in self._allowed:
            return
        self._here = place
        self._last_act.start()
        self.rail.choose(place)
        self._place_corner()
        self.setWindowTitle(f"{title_of(place)} - Comptoir")
        if place not in self._factories or self._held_back:
            return
        screen = self._built(place)
        self.clear_notice()
        self.box.clear()
        self.stack.setCurrentWidget(screen.widget())
        self.hints_changed()
        screen.activate()

    def focus_box(self, text: str | None = None) -> None:
        if text is not None:
            self.box.setText(text)
            self._preview()
        self.box.setFocus()

    def clear_box(self) -> None:
        self.box.clear()
        self._preview()

    def set_count(self, place: PlaceName, count: int, role: Role = Role.PRIMARY) -> None:
        self.rail.set_count(place, count, role)

    def hints_changed(self) -> None:
        if self._here in self._screens:
            screen = self._screens[self._here]
            self.foot.set_hints(screen.hints())
            self.box.setPlaceholderText(self.keys.in_sentence(self._here, screen.step(), screen.placeholder()))
            self._preview()
            self.hints_told.emit()

    def play(self, sound: str) -> None:
        self.sound_asked.emit(sound)

    # --- inside -----------------------------------------------------------------------------------

    def _build(self) -> None:
        top = pane(row(self.box, self.watermark, self.link, self.operator, gap=Space.BETWEEN), Role.RAISED)
        top.layout().setContentsMargins(Space.BETWEEN, 0, Space.BETWEEN, 0)
        top.layout().setStretch(0, 1)
        top.setFixedHeight(TOP_BAR_PX + Space.INSIDE)
        notice = pane(column(self.notice))
        notice.layout().setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, 0)
        notice.hide()
        self._notice_place = notice
        self.notice.installEventFilter(self)
        self.stack.addWidget(pane(column(self.skeleton, around=Space.BETWEEN)))
        self._sheet_room.hide()
        middle = row(self.stack, self._sheet_room, gap=0)
        middle.setStretch(0, 1)
        right = column(top, rule(), notice, middle, rule(), self.foot, gap=0)
        right.setStretch(3, 1)
        self._frame = frame = row(self.rail, rule(vertical=True), right, gap=0)
        frame.setStretch(2, 1)
        whole = column(self.training, frame, gap=0)
        whole.setStretch(1, 1)
        self.setCentralWidget(pane(whole, Role.SURFACE))
        self.setMinimumSize(*SMALLEST_WINDOW)
        self.resize(*USUAL_WINDOW)
        self.rail.choose(self._here)
        self.box.setFocus()

    def _connect(self) -> None:
        self.rail.chosen.connect(self.go_to)
        self.box.entered.connect(self._entered)
        self.box.typed.connect(self._typed)
        self.box.key_offered.connect(self._key_offered)
        self.link.pressed.connect(lambda: self.go_to(PlaceName.OUTBOX))
        self.foot.help.pressed.connect(self.help_toggled)
        self.operator.pressed.connect(self.operator_pressed)
        self.box.look_first = self._dispatch.took
        self.box.letters_act = self._dispatch.acts_in_box
        self.keys.on_change(self._keys_changed)
        for place in PLACES:
            self.bind(place.name, lambda name=place.name: self.go_to(name))
        self.bind("help", self.help_toggled.emit)
        self.bind("camera", self.camera_toggled.emit)
        self.bind("paper", self.paper_toggled.emit)
        self.bind("operator", self.operator_pressed.emit)
        self.bind("box", self.focus_box)

    def _keys_changed(self) -> None:
        """In force at once: what is painted or read out names the keys of now."""
        self._look.name_keys_by(
            lambda key: self.keys.shown(self._here, self.step(), key),
            lambda text: self.keys.in_sentence(self._here, self.step(), text),
        )
        self.hints_changed()

    def _ended_at_cover(self, text: str) -> bool:
        if not self._covers:
            return False
        if not self._covers[-1].take_scan(text):
            self.play("stop")
            self._covers[-1].refuse_scan()
        return True

    def _asked(self, text: str, how: str) -> Sequence[PlaceName]:
        """Who is given an input, one after the other until somebody knows it. A screen never visited is built for it
        only where a scan leads to from elsewhere: a code nobody knows must not build them all."""
        from app.domain.closure import parse_chain_head  # not before the first paint

        known = [place.name for place in PLACES if place.name in self._factories and place.name in self._allowed]
        ready = _SCANS_LEAD_TO | self._screens.keys()
        if parse_chain_head(text) is not None:
            ready |= {PlaceName.BOOKS}
        others = [name for name in known if name is not self._here and name in ready]
        return [self._here] if how == How.TYPED else [self._here, *others]

    def _built(self, place: PlaceName) -> Screen:
        if place not in self._screens:
            self._screens[place] = self._factories[place]()
            self.stack.addWidget(self._screens[place].widget())
        return self._screens[place]

    def _tell_here(self, touched: Touched) -> None:
        if self._here in self._screens:
            self._screens[self._here].refresh(touched)

    def _tell_elsewhere(self, touched: Touched) -> None:
        for place, screen in self._screens.items():
            if place is not self._here:  # one shown meanwhile has read everything when it was activated
                screen.refresh(touched)

    def _entered(self, text: str) -> None:
        if self.take_input(text, How.TYPED):
            self.box.clear()
        self._preview()

    def _typed(self, text: str) -> None:
        self._last_act.start()
        if self._here in self._screens and self._screens[self._here].typed(text):
            self.box.clear()
        self._preview()

    def _preview(self) -> None:
        screen = self._screens.get(self._here)
        self.box.set_preview(screen.preview(self.box.text()) if screen is not None else "")

    def _key_offered(self, key: int, modifiers: Qt.KeyboardModifier, answer: list[bool]) -> None:
        answer.append(self.offer(key, modifiers))

    def type_letter(self, letter: str) -> None:
        self.box.setFocus()
        self.box.insert(letter)
        self._typed(self.box.text())

    def offer(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        return self._here in self._screens and self._screens[self._here].key_pressed(key, modifiers)

    def keyPressEvent(self, event) -> None:
        """A key that nothing with the focus wanted: the screen's, else it begins an input in the box."""
        self._last_act.start()
        if self._covers:
            self._to_cover(event)
            return
        if self._dispatch.took(event) or self.offer(int(event.key()), event.modifiers()):
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clear_notice()
            self.focus_box()
            return
        typed = event.text()
        control = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if typed and typed.isprintable() and not control:
            self.type_letter(typed)
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched, event) -> bool:
        if watched is self.notice and event.type() in (event.Type.ShowToParent, event.Type.HideToParent):
            self._notice_place.setVisible(event.type() == event.Type.ShowToParent)
        elif watched in self._sheets and event.type() in (event.Type.ShowToParent, event.Type.HideToParent):
            self._sheet_changed(watched, event.type() == event.Type.ShowToParent)
        elif watched is self._mark and event.type() in (event.Type.Resize, event.Type.ShowToParent):
            self._place_covers()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._place_covers()
        for sheet in self._sheets:
            if not sheet.isHidden():
                self._place_sheet(sheet)
        self._place_corner()

    def _cover_room(self) -> QRect:
        """The whole window but its mark."""
        mark = 0 if self._mark is None or self._mark.isHidden() else self._mark.height()
        return self.rect().adjusted(0, mark, 0, 0)

    def _place_covers(self) -> None:
        for cover in self._covers:
            cover.setGeometry(self._cover_room())

    def _place_corner(self) -> None:
        corner = self._corner
        if corner is None:
            return
        shown = self._corner_wanted and self._here in self._corner_places
        screen = self._screens.get(self._here)
        if screen is not None:
            shown = screen.leave_corner(corner.height() + Space.INSIDE if shown else 0) and shown
        if shown:
            corner.move(self.rail.width() + Space.BETWEEN, self.foot.y() - corner.height() - Space.INSIDE)
            corner.raise_()
        corner.setVisible(shown)

    def _sheet_changed(self, sheet: QWidget, shown: bool) -> None:
        if shown:
            for other in self._sheets:
                if other is not sheet:
                    other.hide()
            self._place_sheet(sheet)
        elif all(other.isHidden() for other in self._sheets):
            self._sheet_room.hide()

    def _place_sheet(self, sheet: QWidget) -> None:
        self._sheet_room.setFixedWidth(SIDE_SHEET_PX)
        self._sheet_room.setVisible(self.width() >= WIDE_WINDOW_PX)
        bands = self._frame.geometry().y()
        top = bands + TOP_BAR_PX + Space.INSIDE + LINE_PX
        sheet.setGeometry(self.width() - SIDE_SHEET_PX, top, SIDE_SHEET_PX, self.foot.y() - top)
        sheet.raise_()

    def closeEvent(self, event) -> None:
        self._news.stop()
        self._news_elsewhere.stop()
        self.closing.emit()
        for screen in self._screens.values():
            screen.close()
        super().closeEvent(event)
