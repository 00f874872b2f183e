"""A backup put in place between two windows: seen, and stopped by its button or by closing its window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bootstrap import restore_window
from app.bootstrap.restore_window import put_back_watched
from app.bootstrap.window import Places
from app.i18n import set_language
from app.ui.restore_sheet import RestoreSheet
from app.usecases.long_work import PUTTING_BACK, LongWork, WorkStopped
from app.usecases.ports import StoreUnavailable

SOURCE, KEPT = Path("copy.sqlite3"), Path("before.sqlite3")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    set_language("fr")
    return Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")


def sheet_shown() -> RestoreSheet:
    [found] = [each for each in QApplication.topLevelWidgets() if isinstance(each, RestoreSheet) and each.isVisible()]
    return found


def once_shown(act: Callable[[RestoreSheet], None]) -> None:
    QTimer.singleShot(0, lambda: act(sheet_shown()))


def test_it_shows_how_far_it_is_and_gives_what_was_kept(qtbot, look, places, monkeypatch) -> None:
    seen = threading.Event()
    told: list[str] = []

    def put_back(source: Path, _places: Places, work: LongWork) -> Path:
        work.begin(PUTTING_BACK, 200)
        work.go_on(100, 200)
        assert seen.wait(60)
        return KEPT

    def look_at(sheet: RestoreSheet) -> None:
        qtbot.waitUntil(lambda: "50" in sheet.box._count.text())
        told.append(sheet.box._count.text())
        seen.set()

    monkeypatch.setattr(restore_window, "put_back", put_back)
    once_shown(look_at)
    assert put_back_watched(look, SOURCE, places) == KEPT
    assert told == ["50 % copiés"]


@pytest.mark.parametrize("by", ["button", "closing"])
def test_it_is_stopped_by_its_button_and_by_closing(qtbot, look, places, monkeypatch, by: str) -> None:
    asked = threading.Event()

    def put_back(_source: Path, _places: Places, work: LongWork) -> Path:
        assert asked.wait(60)
        work.check()
        return KEPT

    def stop(sheet: RestoreSheet) -> None:
        if by == "button":
            QTest.mouseClick(sheet.box.stop, Qt.MouseButton.LeftButton)
        else:
            sheet.close()
        assert sheet.isVisible(), "until the work is over"
        asked.set()

    monkeypatch.setattr(restore_window, "put_back", put_back)
    once_shown(stop)
    with pytest.raises(WorkStopped):
        put_back_watched(look, SOURCE, places)


def test_what_fails_is_raised_where_it_was_asked_for(qtbot, look, places) -> None:
    with pytest.raises(StoreUnavailable):
        put_back_watched(look, places.database.parent / "none.sqlite3", places)
