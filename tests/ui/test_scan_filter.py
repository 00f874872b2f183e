"""A scanner's burst never acts on a widget, wherever the focus is; a person's typing always arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.scanning.keys import KeysOf
from app.scanning.wedge import Wedge, judge_code
from app.ui.pickup.state import Step
from app.ui.scan_filter import ScanFilter
from tests.fakes.samples import pickup_code_of
from tests.ui.shop import Shop, some_orders

CODE = pickup_code_of(some_orders()[1])
GTIN = "3017620422003"


class Scanner:
    """Keys as the desktop gives them to a window, with their times: first to the filter, then, if
    it lets them pass, to what has the focus."""

    def __init__(self, shop: Shop, watcher: ScanFilter) -> None:
        self._window = shop.window.windowHandle()
        self.watcher = watcher
        self._now_ms = 1_000

    def send(self, text: str, gap_ms: int = 5, terminator: str = "\r") -> None:
        for character in text + terminator:
            self._now_ms += gap_ms
            self.key(character)

    def pause(self, ms: int = 1_000) -> None:
        self._now_ms += ms

    def key(self, character: str) -> None:
        named = {"\r": Qt.Key.Key_Return, "\x1b": Qt.Key.Key_Escape}
        key = named[character] if character in named else Qt.Key(ord(character.upper()))
        shift = Qt.KeyboardModifier.ShiftModifier if character.isupper() else Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, shift, character)
            event.setTimestamp(self._now_ms)
            focused = QApplication.focusWidget()
            if not self.watcher.eventFilter(self._window, event) and focused is not None:
                QCoreApplication.sendEvent(focused, event)


@pytest.fixture
def scans() -> list[tuple[str, bool]]:
    return []


@pytest.fixture
def scanner(shop, scans) -> Iterator[Scanner]:
    wedge = Wedge(lambda text: judge_code(text, lambda _code: False))
    watcher = ScanFilter(wedge, KeysOf("offscreen"))
    watcher.watch(shop.window)
    watcher.scanned.connect(lambda text, known: scans.append((text, known)))
    watcher.scanned.connect(shop.window.take_scan)
    shop.window.activateWindow()
    yield Scanner(shop, watcher)
    shop.window.windowHandle().removeEventFilter(watcher)


def test_a_scan_in_the_box_leaves_nothing_there_and_opens_the_card(shop, scanner, scans):
    shop.window.focus_box("")
    scanner.send(CODE)
    assert scans == [(CODE, True)]
    assert shop.window.box.text() == ""
    assert shop.pickup.presenter.state.selected == "order-2"


def test_what_a_person_had_typed_stays(shop, scanner, scans):
    shop.window.focus_box("du")
    scanner.pause()
    scanner.send(CODE)
    assert [text for text, _known in scans] == [CODE]
    assert shop.window.box.text() in ("du", ""), "the screen may have emptied its box, the code is not in it"


def test_a_scan_on_the_card_acts_on_nothing(shop, scanner, scans):
    scanner.send(CODE)
    assert shop.pickup.card.hasFocus()
    scanner.pause()
    jobs = len(shop.store.tables.print_jobs)
    scanner.send(CODE)
    assert [text for text, _known in scans] == [CODE, CODE]
    assert len(shop.store.tables.print_jobs) == jobs, "the P of P1 printed nothing"
    assert shop.pickup.presenter.state.card.step is Step.LOOK, "the 1 of P1 opened no line"
    assert not shop.store.tables.handovers, "the scan's own Enter handed nothing over"


def test_a_persons_key_on_the_card_arrives_a_moment_later(shop, scanner, qtbot):
    scanner.send(CODE)
    scanner.pause()
    scanner.key("2")
    qtbot.waitUntil(lambda: shop.pickup.presenter.state.card.step is Step.LINE)


def test_the_space_bar_still_presses_a_button(shop, scanner, qtbot):
    pressed: list[bool] = []
    shop.window.show_notice("Plus de papier.", action="Réessayer", on_action=lambda: pressed.append(True))
    shop.window.findChild(QWidget, "notice-action").setFocus()
    scanner.key(" ")
    qtbot.waitUntil(lambda: pressed == [True])


def test_two_quick_keys_of_a_person_arrive_in_order(shop, scanner, qtbot):
    scanner.send(CODE)
    scanner.pause()
    scanner.key("2")
    scanner.pause(90)
    scanner.key("m")
    qtbot.waitUntil(lambda: bool(shop.pickup.presenter.state.card.draft))


def test_typing_in_the_box_is_not_held_up(shop, scanner, scans):
    shop.window.focus_box("")
    for letter in "delattre":
        scanner.pause(140)
        scanner.key(letter)
        assert shop.window.box.text().endswith(letter)
    assert scans == []


def test_fast_typing_that_is_no_code_is_given_back(shop, scanner, scans, qtbot):
    shop.window.focus_box("")
    scanner.send("dupont", gap_ms=40, terminator="")
    qtbot.waitUntil(lambda: shop.window.box.text() == "dupont")
    assert scans == []


def test_an_unknown_code_is_said(shop, scanner, scans):
    scanner.send("HTTPS://EXAMPLE.ORG/PRODUCT/1234567890", gap_ms=3)
    assert scans[0][1] is False
    assert shop.window.notice.text


def test_an_article_code_nobody_knows_is_said_and_sounds(shop, scanner):
    scanner.send(GTIN)
    assert GTIN in shop.window.notice.text
    assert shop.sounds[-1] == "stop"


def test_the_filter_sees_what_the_desktop_sends_to_the_window(shop, scanner, scans):
    shop.window.focus_box("")
    for number, character in enumerate(CODE + "\r"):
        key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character))
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
            event.setTimestamp(5_000 + 5 * number)  # as the desktop stamps them, however busy this machine is
            QCoreApplication.sendEvent(shop.window.windowHandle(), event)
    assert [text.upper() for text, _known in scans] == [CODE]
    assert shop.window.box.text() == ""


def test_keys_that_are_captured_reach_nobody_and_escape_gives_them_back(shop, scanner, scans, qtbot):
    captured: list[list[str] | None] = []
    shop.window.focus_box("")
    scanner.watcher.capture(lambda keys: captured.append(keys and [key.text for key in keys]))
    scanner.send("AB1", gap_ms=80)
    qtbot.waitUntil(lambda: captured == [["A", "B", "1", "\r"]])
    scanner.key("\x1b")
    assert captured[1:] == [None]
    assert (scans, shop.window.box.text()) == ([], "")
    scanner.pause()
    scanner.send(CODE)
    assert [text for text, _known in scans] == [CODE]


def test_what_was_selected_in_a_field_is_there_again_after_a_scan(shop, scanner, scans):
    shop.window.focus_box("delattre")
    shop.window.box.setSelection(0, 3)
    scanner.send(GTIN, gap_ms=80)
    assert [text for text, _known in scans] == [GTIN]
    assert shop.window.box.text() in ("delattre", ""), "the screen may have emptied its box"
