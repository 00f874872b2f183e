"""The code of the link shown to the camera, on the real database and with the real reader: by key, by touch, off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.bootstrap.leaving import WayOut
from app.bootstrap.set_up import join_set_up
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.domain.pairing_text import PairingText, write_pairing_text
from app.settings import Settings, load, save
from app.ui.camera.films import FeederSource
from app.ui.first_run.presenter import Page
from app.ui.first_run.view import FirstRun
from app.ui.style.tokens import TARGET_PX
from tests.fakes.samples import COFFEE
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small
from tests.ui.seen_codes import frame

PAIRING = write_pairing_text(PairingText("ABCD2345", "https://shop.example"))


class NewTill:
    """A till that was never set up, on the page of the link, and what is held before its camera."""

    def __init__(self, places: Places, look) -> None:
        self.showing = ""
        self.sources: list[FeederSource] = []
        way_out = WayOut()
        self.assembly = Assembly(
            places,
            look,
            attached=lambda shown: join_set_up(shown, way_out),
            may_be_new=True,
            camera_source=self._source,
        )
        self.window = self.assembly.window
        self._hands = Hands(self.window)
        self._clock = QTimer()
        self._clock.timeout.connect(self._feed)
        self._clock.start(33)
        self.assembly.show()
        self.until(lambda: self._sheet is not None, "the three doors")
        QTest.keyClick(self.window.focusWidget(), Qt.Key.Key_2)
        assert self.sheet.presenter.state.page is Page.LINK

    @property
    def sheet(self) -> FirstRun:
        assert self._sheet is not None
        return self._sheet

    def until(self, done: Callable[[], object], what: str) -> None:
        self._hands.wait_until(done, what, limit_s=60)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window.focusWidget(), key)

    def button(self) -> QAbstractButton:
        found = self.window.findChild(QAbstractButton, "first-run-camera")
        assert isinstance(found, QAbstractButton)
        return found

    def close(self) -> None:
        self.window.close()
        self.assembly.close()
        self._clock.stop()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    @property
    def _sheet(self) -> FirstRun | None:
        return self.assembly.set_up.sheet if self.assembly.set_up is not None else None

    def _source(self, take) -> FeederSource:
        self.sources.append(FeederSource(take, "Webcam du comptoir"))
        return self.sources[-1]

    def _feed(self) -> None:
        if self.sources:
            self.sources[0].feed(frame(self.showing))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")
    save(made.settings, Settings(theme="light"))
    return made


@pytest.fixture
def till(qapp, look, places: Places) -> Iterator[NewTill]:
    made = NewTill(places, look)
    yield made
    made.close()


def test_by_its_key_the_code_fills_the_fields_and_the_camera_is_off_again(till: NewTill, places: Places) -> None:
    assert till.sources == [], "never loaded before it is wanted"
    till.press(Qt.Key.Key_F6)
    camera = till.sheet.camera
    assert camera is not None
    till.until(lambda: camera.panel.picture.has_picture, "the camera's picture")
    for check in (texts_cut, targets_too_small, texts_too_small, nameless):
        assert check(till.window) == [], check.__name__
    till.showing = PAIRING
    till.until(lambda: till.sheet.code.text, "the code of the link")
    assert (till.sheet.address.text, till.sheet.code.text) == ("https://shop.example", "ABCD2345")
    assert not camera.reading
    assert not till.assembly.join_camera().is_on
    assert till.window.focusWidget() is till.sheet.pair
    assert not load(places.settings).camera.on


def test_by_touch_an_article_is_nothing_here_and_leaving_ends_it(till: NewTill) -> None:
    button = till.button()
    assert button.height() >= TARGET_PX
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    camera = till.assembly.join_camera()
    till.showing = COFFEE.codes[0]
    till.until(lambda: COFFEE.codes[0] in camera.scene.seen, "the article's code is seen")
    watcher = camera._watcher
    assert watcher is not None
    reads = watcher.figures().reads
    till.until(lambda: watcher.figures().reads > reads + 5, "five more looks")
    assert watcher.figures().accepted == 0
    till.press(Qt.Key.Key_Escape)
    assert till.sheet.presenter.state.page is Page.DOORS
    assert not camera.is_on


def test_whoever_would_rather_type_has_the_field(till: NewTill) -> None:
    till.press(Qt.Key.Key_F6)
    assert till.sheet.camera is not None
    till.sheet.camera.panel.hide_it.click()
    assert not till.assembly.join_camera().is_on
    assert till.window.focusWidget() is till.sheet.address.edit
