"""Settings, Keys: a key is changed by pressing it, a swap is proposed, nothing is taken that types, files pass on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from app.settings import KeySettings, load_keys, save_keys
from app.ui.screen import PlaceName
from app.ui.settings.keys import KeysSaid
from app.ui.settings.presenter import Section
from tests.ui.till import Till, open_till

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SETTINGS) as opened:
        opened.set_up.presenter.choose_section(Section.KEYS)
        yield opened


def choose(till: Till, name: str) -> None:
    till.set_up.keys.list.setFocus()
    till.set_up.keys.list.select_key(name)
    till.enter()


def pressed(till: Till, key, held=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(till.window.focusWidget(), key, held)
    QCoreApplication.processEvents()


def asked(till: Till) -> str:
    label = till.set_up.keys.findChild(QLabel, "keys-asked")
    assert label is not None
    return label.text()


def test_enter_on_a_row_then_the_key_and_it_counts_at_once(till) -> None:
    choose(till, "sale.discount")
    pressed(till, KEY.Key_U, CONTROL)
    assert till.settings.keys == (KeySettings("sale.discount", "Ctrl+U"),)
    assert till.window.keys.key_named("sale.discount") == "Ctrl+U"
    assert till.set_up.keys.presenter.state.said is KeysSaid.CHANGED
    assert till.window.focusWidget() is till.set_up.keys.list


def test_a_key_of_every_screen_does_nothing_else_while_it_is_asked_for(till) -> None:
    choose(till, "sale.pay")
    pressed(till, KEY.Key_F4)
    assert till.window.here is PlaceName.SETTINGS
    assert "F4" in asked(till)
    assert till.settings.keys == ()


def test_the_swap_is_proposed_and_enter_takes_it(till) -> None:
    choose(till, "sale.pay")
    pressed(till, KEY.Key_F4)
    till.enter()
    assert till.window.keys.changed == {"sale.pay": "F4", "everywhere.stock": "F12"}


def test_the_swap_may_be_left(till) -> None:
    choose(till, "sale.pay")
    pressed(till, KEY.Key_F4)
    till.click("keys-leave")
    assert till.window.keys.changed == {}
    assert till.window.focusWidget() is till.set_up.keys.list


def test_esc_leaves_the_key_as_it_is(till) -> None:
    choose(till, "sale.pay")
    pressed(till, KEY.Key_Escape)
    assert not till.set_up.keys.presenter.state.asking
    assert till.window.keys.changed == {}


@pytest.mark.parametrize("key", [KEY.Key_K, KEY.Key_5, KEY.Key_Plus, KEY.Key_Tab, KEY.Key_Return, KEY.Key_Down])
def test_what_types_or_moves_is_not_taken_and_said(till, key) -> None:
    choose(till, "sale.pay")
    before = asked(till)
    pressed(till, key)
    assert asked(till) not in ("", before)
    assert till.set_up.keys.presenter.state.asking
    assert till.window.keys.changed == {}
    pressed(till, KEY.Key_F12)  # its own: nothing changes
    assert till.window.keys.changed == {}
    assert not till.set_up.keys.presenter.state.asking


def test_one_and_all_as_delivered(till) -> None:
    till.window.keys.use({"sale.discount": "Ctrl+U", "sale.park": "Ctrl+Q"})
    till.set_up.keys.list.setFocus()
    till.set_up.keys.presenter.choose("sale.discount")
    till.click("keys-delivered")
    assert till.window.keys.changed == {"sale.park": "Ctrl+Q"}
    till.click("keys-all-delivered")
    assert till.window.keys.changed == {}


def test_touch_alone_does_it(till) -> None:
    till.set_up.keys.presenter.choose("sale.discount")
    till.click("keys-change")
    pressed(till, KEY.Key_U, CONTROL)
    assert till.window.keys.key_named("sale.discount") == "Ctrl+U"


def test_keys_are_passed_on_by_a_file(till, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "keys.json"
    till.window.keys.use({"sale.discount": "Ctrl+U"})
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(file), ""))
    till.click("keys-export")
    assert load_keys(file) == (KeySettings("sale.discount", "Ctrl+U"),)
    save_keys(file, (KeySettings("sale.park", "Ctrl+Q"), KeySettings("sale.pay", "Ctrl+Q")))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_asked: (str(file), ""))
    till.click("keys-import")
    assert len(till.window.keys.changed) == 1  # one of the two cannot be
    assert till.set_up.keys.presenter.state.said is KeysSaid.IMPORTED_IN_PART


def test_a_file_that_is_none_is_said(till, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "menu.json"
    file.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_asked: (str(file), ""))
    till.click("keys-import")
    assert "menu.json" in till.text("keys-said")
    assert till.window.keys.changed == {}


def test_the_map_is_printed(till, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(tmp_path / "map.pdf"), ""))
    till.click("keys-print")
    assert [path.name for path, _keys in till.maps] == ["map.pdf"]
