"""Keys under attack: held down, from a scanner in the middle of paying, hostile in a file, kept back by a field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from app.scanning.keys import KeysOf
from app.scanning.wedge import Wedge, judge_code
from app.ui.checkout.state import Step
from app.ui.components.banner import VerdictBanner
from app.ui.components.chips import Chip
from app.ui.components.notice import NoticeBar
from app.ui.components.states import EmptyState
from app.ui.key_dispatch import pressed_key
from app.ui.scan_filter import ScanFilter
from app.ui.screen import PlaceName
from app.ui.settings.keys import KeysSaid
from app.ui.settings.presenter import Section
from app.ui.style.tokens import Role, Shape
from tests.fakes.samples import COFFEE
from tests.ui.till import SOAP, Till, open_till

KEY, NONE, CONTROL = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT_GR = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Keyboard:
    """Keys with their times, as the desktop gives them: to the filter first, then to what has the focus."""

    def __init__(self, till: Till, watcher: ScanFilter) -> None:
        self._till, self._watcher, self._now_ms = till, watcher, 1_000

    def key(self, key: Qt.Key, text: str = "", held=NONE, gap_ms: int = 1_000, repeated: bool = False) -> None:
        self._now_ms += gap_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, held, text, repeated)
            event.setTimestamp(self._now_ms)
            focused = QApplication.focusWidget()
            if not self._watcher.eventFilter(self._till.window.windowHandle(), event) and focused is not None:
                QCoreApplication.sendEvent(focused, event)

    def hold_down(self, key: Qt.Key, text: str = "", held=NONE, repeats: int = 5) -> None:
        self.key(key, text, held)
        for turn in range(repeats):
            self.key(key, text, held, gap_ms=30 if turn else 500, repeated=True)

    def scan(self, code: str) -> None:
        for character in code + "\r":
            key = KEY.Key_Return if character == "\r" else Qt.Key(ord(character.upper()))
            self.key(key, character, SHIFT if character.isupper() else NONE, gap_ms=4)


@pytest.fixture
def till(qtbot, look) -> Iterator[Till]:
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


@pytest.fixture
def scans() -> list[str]:
    return []


@pytest.fixture
def keyboard(till, scans) -> Iterator[Keyboard]:
    watcher = ScanFilter(Wedge(lambda text: judge_code(text, lambda _code: False)), KeysOf("offscreen"))
    watcher.watch(till.window)
    watcher.scanned.connect(lambda text, _known: scans.append(text))
    till.window.activateWindow()
    till.window.focus_box()
    yield Keyboard(till, watcher)
    watcher.end()
    till.window.windowHandle().removeEventFilter(watcher)


def sent(till: Till, key: Qt.Key, held=NONE, text: str = "") -> None:
    """Straight to what has the focus, as a key comes that the field has kept from the shortcuts."""
    send(QKeyEvent(QEvent.Type.KeyPress, key, held, text))


def send(event: QKeyEvent) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QCoreApplication.sendEvent(focused, event)


# --- held down --------------------------------------------------------------------------------------------------------


def test_enter_held_down_asks_for_payment_and_takes_none(till, keyboard) -> None:
    till.scan(COFFEE.codes[0])
    keyboard.hold_down(KEY.Key_Return, "\r")
    assert till.sale.presenter.state.step is Step.PAY
    assert till.sale.presenter.state.basket.lines


@pytest.mark.parametrize("changed", [{}, {"sale.park": "Ctrl+U"}], ids=["as delivered", "changed"])
def test_the_key_that_parks_held_down_parks_once(till, keyboard, changed) -> None:
    till.window.keys.use(changed)
    till.scan(COFFEE.codes[0])
    if changed:
        keyboard.hold_down(KEY.Key_U, "", CONTROL)
    else:
        keyboard.hold_down(KEY.Key_F5)
    assert not till.sale.presenter.state.basket.lines


def test_del_held_down_takes_out_one_line_and_plus_goes_on(till, keyboard) -> None:
    till.scan(COFFEE.codes[0], SOAP.codes[0])
    keyboard.hold_down(KEY.Key_Plus, "+")
    assert till.sale.presenter.state.basket.lines[-1].quantity > 2
    assert len(till.sale.presenter.state.basket.lines) == 2
    keyboard.hold_down(KEY.Key_Delete)
    assert len(till.sale.presenter.state.basket.lines) == 1


def test_what_rubs_out_goes_on(till, keyboard) -> None:
    till.press("dupont")
    keyboard.hold_down(KEY.Key_Backspace, "\b")
    assert till.window.box.text() == ""


# --- scanners ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "HTTPS://A.EXAMPLE/CD"),
        ({"sale.pay.cheque": "K"}, "KTTPS://A.EXAMPLE/CD"),
        ({"sale.pay.cheque": "K"}, "HTTPS://A.EXAMPLE/CK"),
        ({"sale.pay.card": "Ctrl+U", "sale.pay.cheque": "F7"}, "CHTTPS://A.EXAMPLE/CD"),
    ],
)
def test_a_code_scanned_while_paying_arrives_whole_and_pays_nothing(till, keyboard, scans, changed, code, qtbot):
    till.window.keys.use(changed)
    till.scan(COFFEE.codes[0])
    till.enter()
    keyboard.scan(code)
    qtbot.waitUntil(lambda: bool(scans))
    assert scans == [code]
    assert till.sale.presenter.state.step is Step.PAY
    assert till.sale.presenter.state.asked is None
    assert till.window.box.text() == ""


@pytest.mark.parametrize(("changed", "letter"), [({}, "h"), ({"sale.pay.cheque": "K"}, "k")])
def test_a_persons_letter_pays_a_moment_later(till, keyboard, changed, letter, qtbot) -> None:
    till.window.keys.use(changed)
    till.scan(COFFEE.codes[0])
    till.enter()
    keyboard.key(KEY.Key_1, "1")
    keyboard.key(Qt.Key(ord(letter.upper())), letter)
    qtbot.waitUntil(lambda: till.sale.presenter.state.asked is not None)
    assert till.sale.presenter.state.asked.amount.minor == 100


# --- keyboards --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "held", "text", "is_key"),
    [
        (KEY.Key_E, ALT_GR, "€", ""),  # AltGr as Windows tells it
        (Qt.Key(0x20AC), NONE, "€", ""),  # and as X11 does
        (KEY.Key_Dead_Circumflex, NONE, "", ""),
        (KEY.Key_Eacute, NONE, "é", ""),
        (KEY.Key_1, SHIFT, "1", ""),  # figures of a French keyboard
        (KEY.Key_K, NONE, "K", "K"),  # Caps Lock
        (KEY.Key_K, SHIFT, "k", "K"),  # Caps Lock and Shift
        (KEY.Key_F4, Qt.KeyboardModifier.AltModifier, "", ""),  # closes the window
        (KEY.Key_F4, SHIFT, "", ""),
        (KEY.Key_U, CONTROL | SHIFT, "", ""),
    ],
)
def test_a_french_keyboards_own_characters_are_nobodys_key(key, held, text, is_key) -> None:
    assert pressed_key(QKeyEvent(QEvent.Type.KeyPress, key, held, text)) == is_key


@pytest.mark.parametrize("text", ["k", "K"])
def test_a_changed_letter_acts_under_caps_lock_too(till, text) -> None:
    till.window.keys.use({"sale.pay.cheque": "K"})
    till.scan(COFFEE.codes[0])
    till.enter()
    sent(till, KEY.Key_K, NONE, text)
    assert till.sale.presenter.state.asked is not None


def test_a_key_of_every_screen_acts_though_the_box_keeps_it_from_shortcuts(till) -> None:
    till.window.keys.use({"everywhere.stock": "Ctrl+U"})
    till.window.box.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, KEY.Key_U, CONTROL))  # X11: it empties a field
    assert till.window.here is PlaceName.STOCK


@pytest.mark.parametrize("changed", [{}, {"everywhere.help": "F12", "sale.pay": "F1"}], ids=["as delivered", "changed"])
def test_help_neither_comes_nor_goes_while_its_key_is_held_down(till, changed) -> None:
    till.window.keys.use(changed)
    asked: list[bool] = []
    till.window.help_toggled.connect(lambda: asked.append(True))
    key = KEY.Key_F12 if changed else KEY.Key_F1
    for turn in range(5):
        send(QKeyEvent(QEvent.Type.KeyPress, key, NONE, "", turn > 0))
    assert asked == [True]


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["F٢", "F５", "F²", "F02", "F0", "F25", "F" + "9" * 50, "ctrl+u", "Ctrl+É", "Ctrl+ı"])
def test_no_key_that_nobody_could_press_is_put_in_force(till, key) -> None:
    till.window.keys.use({"everywhere.stock": key})
    assert till.window.keys.changed == {}


def imported(till: Till, path: Path, monkeypatch) -> str:
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.KEYS)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_asked: (str(path), ""))
    till.click("keys-import")
    return till.text("keys-said")


def passed_on(*pairs: tuple[str, str]) -> str:
    keys = [{"action": action, "key": key} for action, key in pairs]
    return json.dumps({"comptoir_keys": 1, "keys": keys})


def test_a_file_of_which_nothing_fits_is_said_and_changes_nothing(till, tmp_path, monkeypatch) -> None:
    till.window.keys.use({"sale.park": "Ctrl+U"})
    file = tmp_path / "other.json"
    file.write_text(passed_on(("sale.fly", "F7"), ("sale.pay", "F٢")), encoding="utf-8")
    assert "other.json" in imported(till, file, monkeypatch)
    assert till.set_up.keys.presenter.state.said is KeysSaid.NONE_FITS
    assert till.window.keys.changed == {"sale.park": "Ctrl+U"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"sale.park"', "null"),
        lambda text: text.replace('"Ctrl+U"', '["Ctrl+U"]'),
        lambda text: text.replace('"Ctrl+U"', '""'),
        lambda text: text.replace("[", "[" * 50_000),
        lambda text: text.replace("1", "NaN", 1),
    ],
    ids=["cut", "null", "list", "empty", "deep", "nan"],
)
def test_a_damaged_file_is_said_and_changes_nothing(till, tmp_path, monkeypatch, spoil: Callable[[str], str]) -> None:
    till.window.keys.use({"sale.discount": "Ctrl+Q"})
    file = tmp_path / "damaged.json"
    file.write_text(spoil(passed_on(("sale.park", "Ctrl+U"))), encoding="utf-8")
    assert "damaged.json" in imported(till, file, monkeypatch)
    assert till.window.keys.changed == {"sale.discount": "Ctrl+Q"}


# --- words ------------------------------------------------------------------------------------------------------------


def test_every_sentence_names_the_keys_in_force_and_follows_them(till, look) -> None:
    keys = till.window.keys
    chip, empty = Chip(look, "Camera F6"), EmptyState(look, "boxes", "", "Settings (F9).")
    notice = NoticeBar(look)
    notice.tell("Settings (F9), Ctrl+B.")
    keys.use({"everywhere.settings": "F12", "sale.pay": "F9", "everywhere.camera": "Ctrl+U", "sale.cards": "F7"})
    assert keys.changed["everywhere.settings"] == "F12"
    assert chip.accessibleName() == "Camera Ctrl+U"
    assert [each.text() for each in empty.findChildren(QLabel) if each.text()] == ["Settings (F12)."]
    assert notice.accessibleName().startswith("Settings (F12)")
    till.window.show_notice("Settings (F9).")
    assert till.window.notice.text == "Settings (F12)."
    keys.use({})
    assert chip.text == "Camera F6"
    assert notice.accessibleName() == "Settings (F9), Ctrl+B."
    assert till.window.notice.text == "Settings (F9)."


def test_the_verdict_names_the_keys_in_force(till, look) -> None:
    till.window.keys.use({"pickup.undo": "Ctrl+U"})
    till.window.go_to(PlaceName.PICKUP)
    banner = VerdictBanner(look)
    banner.say(Shape.TICK, Role.SUCCESS, "Handed over", "Ctrl+Z undoes it.")
    assert banner.sentence == "Ctrl+U undoes it."
    assert banner.accessibleName() == "Handed over. Ctrl+U undoes it."


def test_a_sentence_may_lead_to_another_place(till) -> None:
    till.window.keys.use({"sale.cards": "Ctrl+U"})
    assert till.window.keys.in_sentence(PlaceName.STOCK, "list", "See Ctrl+B.") == "See Ctrl+U."


# --- the sheet --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY.Key_CapsLock, KEY.Key_NumLock, KEY.Key_AltGr, KEY.Key_Super_L])
def test_caps_lock_is_no_answer_to_which_key_it_shall_be(till, key) -> None:
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.KEYS)
    till.set_up.keys.presenter.ask("sale.discount")
    asked = till.set_up.keys.findChild(QLabel, "keys-asked")
    before = asked.text()
    sent(till, key)
    assert asked.text() == before
