"""The camera's sheet in the settings: tried before it is trusted, chosen, switched on, all by keys and touches."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.settings import CameraSettings
from app.ui.camera.frame_source import CameraState
from app.ui.screen import PlaceName
from app.ui.settings.camera_sheet import CameraSheet
from app.ui.settings.presenter import Section
from app.ui.style.tokens import ThemeName
from tests.fakes.plugged_cameras import DESK, PHONE
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small
from tests.ui.seen_codes import frame
from tests.ui.till import Till, open_till

LONG_MS = 60_000


@pytest.fixture
def till(qtbot, look) -> Iterator[Till]:
    with open_till(qtbot, look, PlaceName.SETTINGS) as opened:
        opened.set_up.presenter.choose_section(Section.CAMERA)
        yield opened


@pytest.fixture
def shown(till) -> Iterator[list[str]]:
    """Frames go to the camera as long as it takes; the last text is the code in view."""
    codes = [""]
    clock = QTimer()
    clock.timeout.connect(lambda: till.films[0].feed(frame(codes[-1])) if till.films else None)
    clock.start(33)
    yield codes
    clock.stop()


def sheet_of(till: Till) -> CameraSheet:
    found = till.window.findChild(CameraSheet)
    assert found is not None
    return found


def choose(till: Till, name: str, times: int = 1) -> None:
    segments = till.window.findChild(QWidget, name)
    assert segments is not None
    segments.setFocus()
    till.press(*[Qt.Key.Key_Right] * times)


def test_tried_it_shows_what_it_sees_and_what_it_read_and_is_off_afterwards(till, shown, qtbot):
    sheet = sheet_of(till)
    till.click("camera-try")
    qtbot.waitUntil(lambda: sheet.picture.has_picture, timeout=LONG_MS)
    shown.append("3760123456786")
    qtbot.waitUntil(lambda: till.text("camera-seen") == "Lu : 3760123456786", timeout=LONG_MS)
    assert till.window.here is PlaceName.SETTINGS
    assert not till.settings.camera.on
    till.set_up.presenter.choose_section(Section.SCANNER)
    assert till.camera.scene.state is CameraState.OFF
    till.set_up.presenter.choose_section(Section.CAMERA)
    till.click("camera-try")
    assert till.camera.is_on
    till.window.go_to(PlaceName.SALE)
    assert till.camera.scene.state is CameraState.OFF


def test_switched_on_here_it_is_on_everywhere_and_stays_so(till):
    sheet_of(till).on.chosen.emit("on")
    assert till.settings.camera.on
    assert till.camera.is_on
    till.window.go_to(PlaceName.SALE)
    assert till.camera.is_on
    till.window.go_to(PlaceName.SETTINGS)
    assert sheet_of(till).on.current == "on"
    sheet_of(till).on.chosen.emit("off")
    assert not till.camera.is_on


def test_the_cameras_there_are_can_be_chosen(till):
    sheet = sheet_of(till)
    till.click("camera-try")
    till.films[0].devices_changed.emit((DESK, PHONE))
    names = [sheet.device.itemText(at) for at in range(sheet.device.count())]
    assert names == ["La première trouvée", DESK.name, PHONE.name]
    sheet.device.setFocus()
    QTest.keyClick(sheet.device, Qt.Key.Key_Down)
    QTest.keyClick(sheet.device, Qt.Key.Key_Down)
    assert till.settings.camera.device == PHONE.key
    till.films[0].devices_changed.emit((DESK,))
    assert sheet.device.currentText() == "Celle choisie, débranchée en ce moment"
    assert till.settings.camera.device == PHONE.key


def test_when_it_rests_can_be_chosen(till):
    choose(till, "camera-rest")
    assert till.settings.camera.rest_after_min == 120
    choose(till, "camera-rest")
    assert till.settings.camera.rest_after_min == 0


def test_what_the_key_changed_meanwhile_is_not_undone_by_saving_something_else(till):
    till.camera.toggle()
    assert till.settings.camera.on
    till.set_up.presenter.set_values(ring_on_new_order=False)
    assert till.settings.camera.on
    till.set_up.presenter.set_scanner(min_length=7)
    assert till.settings.camera.on
    assert till.settings.scanner.min_length == 7


def test_nobody_needs_leave_for_it(till):
    asked = []
    till.approvals.ask_approval = lambda *given, **_named: asked.append(given)
    sheet_of(till).on.chosen.emit("on")
    assert asked == []
    assert till.settings.camera == CameraSettings(on=True)


def test_without_a_camera_it_says_why_and_what_to_do(till):
    till.click("camera-try")
    till.films[0].state_changed.emit(CameraState.NONE_FOUND, "")
    assert "Branchez-en une" in till.text("camera-try-words")


@pytest.mark.parametrize("theme", ThemeName)
@pytest.mark.parametrize("size", [(1366, 768), (1024, 600)], ids=str)
def test_nothing_on_it_is_cut_or_too_small(till, shown, look, theme, size, qtbot):
    look.use(theme)
    till.window.resize(*size)
    till.click("camera-try")
    qtbot.waitUntil(lambda: sheet_of(till).picture.has_picture, timeout=LONG_MS)
    assert texts_cut(till.window) == []
    assert targets_too_small(till.window) == []
    assert texts_too_small(till.window) == []
    assert nameless(till.window) == []
