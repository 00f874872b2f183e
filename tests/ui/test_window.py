"""The frame: it stands before the core, passes input to the screen shown, and says what it must in words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.main_window import MainWindow
from app.ui.screen import PLACES, How, KeyHint, PlaceName, Screen
from app.ui.style.tokens import Role, ThemeName
from tests.ui.checks import nameless, targets_too_small, texts_cut

ROOT = Path(__file__).resolve().parents[2]


class PlainScreen(Screen):
    """Remembers what it was given; deals with texts that begin with its letter."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.inputs: list[tuple[str, str]] = []
        self.keys: list[int] = []
        self.closed = False
        self._widget = QWidget()

    def widget(self) -> QWidget:
        return self._widget

    def take_input(self, text: str, how: str) -> bool:
        if text.startswith(self.letter):
            self.inputs.append((text, how))
        return text.startswith(self.letter)

    def preview(self, text: str) -> str:
        return f"do {text}" if text else ""

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        self.keys.append(key)
        return key == Qt.Key.Key_F12

    def hints(self) -> Sequence[KeyHint]:
        return [KeyHint("F12", "pay")]

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def screens() -> dict[PlaceName, PlainScreen]:
    return {}


@pytest.fixture
def window(qtbot, look, screens) -> MainWindow:
    made = MainWindow(look, "Léa")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def factories(screens: dict[PlaceName, PlainScreen]):
    def factory(name: PlaceName, letter: str):
        def build() -> PlainScreen:
            screens[name] = PlainScreen(letter)
            return screens[name]

        return build

    return {PlaceName.PICKUP: factory(PlaceName.PICKUP, "p"), PlaceName.SALE: factory(PlaceName.SALE, "s")}


def attach(window: MainWindow, screens: dict[PlaceName, PlainScreen]) -> None:
    window.attach(factories(screens))


def test_it_stands_without_a_core_and_nothing_is_cut(window):
    assert texts_cut(window) == []
    assert targets_too_small(window) == []
    assert nameless(window) == []


def test_importing_and_painting_it_loads_no_heavy_library():
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from app.ui.style.look import Look; from app.ui.main_window import MainWindow;"
        "look = Look('light'); look.apply(app); w = MainWindow(look); w.show(); app.processEvents();"
        "print(' '.join(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    loaded = set(run.stdout.split())
    heavy = {"sqlalchemy", "requests", "PIL", "escpos", "msgspec", "babel", "qrcode", "cryptography", "keyring"}
    assert not loaded & heavy
    assert not {name for name in loaded if name.startswith(("app.domain", "app.usecases", "PySide6.QtSvg"))}
    assert "PySide6.QtMultimedia" not in loaded


def test_what_is_scanned_before_the_core_is_there_is_dealt_with_after(window, screens):
    window.take_scan("p-early")
    attach(window, screens)
    assert screens[PlaceName.PICKUP].inputs == [("p-early", How.SCAN)]


def test_attached_step_by_step_what_is_scanned_in_between_waits_its_turn(window, screens):
    window.take_scan("s-1")
    later = ["s-2", "p-3", "s-4"]
    for _ in window.attach_in_steps(factories(screens)):
        if later:
            window.take_scan(later.pop(0))
    assert screens[PlaceName.SALE].inputs == [("s-1", How.SCAN), ("s-2", How.SCAN), ("s-4", How.SCAN)]
    assert screens[PlaceName.PICKUP].inputs == [("p-3", How.SCAN)]
    window.take_scan("s-5")
    assert screens[PlaceName.SALE].inputs[-1] == ("s-5", How.SCAN)


def test_screens_are_built_when_first_visited(window, screens):
    attach(window, screens)
    assert list(screens) == [PlaceName.PICKUP]
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert list(screens) == [PlaceName.PICKUP, PlaceName.SALE]
    assert window.here is PlaceName.SALE


def test_every_place_has_a_key_and_a_button(window):
    assert len({place.key for place in PLACES}) == len(PLACES)
    for place in PLACES:
        assert window.findChild(QWidget, f"rail-{place.name}") is not None


def test_a_scan_that_the_screen_shown_does_not_know_goes_to_the_others(window, screens):
    attach(window, screens)
    window.take_scan("s-article")
    assert screens[PlaceName.SALE].inputs == [("s-article", How.SCAN)]


def test_typed_text_stays_with_the_screen_shown(window, screens):
    attach(window, screens)
    QTest.keyClicks(window.box, "s-typed")
    assert window.box.preview == "do s-typed"
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    assert PlaceName.SALE not in screens
    assert window.box.text() == "s-typed", "not dealt with: what was typed stays to be mended"
    window.focus_box("")
    QTest.keyClicks(window.box, "p1")
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    assert screens[PlaceName.PICKUP].inputs == [("p1", How.TYPED)]
    assert window.box.text() == ""


def test_a_letter_typed_anywhere_begins_an_input(window, screens):
    attach(window, screens)
    window.rail.setFocus()
    QTest.keyClick(window, Qt.Key.Key_D)
    assert window.box.text() == "d"
    assert window.box.hasFocus()


def test_escape_empties_the_box_first(window, screens):
    attach(window, screens)
    QTest.keyClicks(window.box, "abc")
    QTest.keyClick(window.box, Qt.Key.Key_Escape)
    assert window.box.text() == ""
    assert Qt.Key.Key_Escape not in screens[PlaceName.PICKUP].keys
    QTest.keyClick(window.box, Qt.Key.Key_Escape)
    assert Qt.Key.Key_Escape in screens[PlaceName.PICKUP].keys


def test_keys_of_the_screen_reach_it_from_the_box(window, screens):
    attach(window, screens)
    QTest.keyClick(window.box, Qt.Key.Key_F12)
    QTest.keyClick(window.box, Qt.Key.Key_Plus)
    assert screens[PlaceName.PICKUP].keys == [Qt.Key.Key_F12, Qt.Key.Key_Plus]
    assert window.box.text() == "+", "a key the screen did not want is typed"


def test_a_notice_shows_inline_with_one_button_and_takes_no_focus(window, screens):
    attach(window, screens)
    window.focus_box()
    pressed: list[bool] = []
    window.show_notice("Plus de papier.", Role.WARNING, "Réessayer", lambda: pressed.append(True))
    assert window.notice.isVisible()
    assert window.box.hasFocus()
    window.findChild(QWidget, "notice-action").click()
    assert pressed == [True]
    assert not window.notice.isVisible()


def test_the_sync_chip_leads_to_the_outbox(window, screens, qtbot):
    window.set_link("Hors ligne, 3 à envoyer depuis 12 min", Role.OFFLINE, "cloud-off")
    assert "3 à envoyer" in window.link.text
    window.link.setFocus()
    QTest.keyClick(window.link, Qt.Key.Key_Return)
    assert window.here is PlaceName.OUTBOX


@pytest.mark.parametrize("theme", ThemeName)
def test_the_theme_changes_on_the_running_window(window, look, theme):
    look.use(theme)
    assert look.theme is theme
    assert window.grab().toImage().pixelColor(400, 400) == look.colour(Role.SURFACE)


def test_an_overlong_text_is_cut_and_breaks_nothing(window, screens):
    attach(window, screens)
    window.box.setFocus()
    window.box.insert("x" * 10_000)
    assert len(window.box.text()) == 200
    QTest.keyClick(window.box, Qt.Key.Key_Return)


def test_closing_the_window_closes_its_screens(window, screens):
    attach(window, screens)
    closed: list[bool] = []
    window.closing.connect(lambda: closed.append(True))
    window.close()
    assert closed == [True]
    assert screens[PlaceName.PICKUP].closed


def test_enter_in_a_field_does_not_reach_the_window(window, screens):
    from app.ui.components.fields import Field

    attach(window, screens)
    field = Field("Sacs")
    screens[PlaceName.PICKUP].widget().setLayout(field.layout() and None)
    field.setParent(screens[PlaceName.PICKUP].widget())
    field.show()
    field.edit.setFocus()
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert Qt.Key.Key_Return not in screens[PlaceName.PICKUP].keys
    assert isinstance(field.edit, QLineEdit)


def test_presenters_import_no_widgets():
    code = "import sys, app.ui.pickup.presenter; print('PySide6.QtWidgets' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "False"
