"""The camera of the whole window on a real database: never loaded while off, on by the key and in the settings file,
read by the real reader, gone with the window."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from app.bootstrap.core import opened_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.settings import CameraSettings, Settings, load, save
from app.ui.camera.films import FeederSource, FileSource
from app.ui.camera.frame_source import CameraState
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.usecases.device_book import Device, DeviceState
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, an_order, pickup_code_of
from tests.fakes.surroundings import A_KEY
from tests.ui.seen_codes import code_picture, frame

ROOT = Path(__file__).resolve().parents[2]
ORDER = pickup_code_of(an_order())


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")
    save(made.settings, Settings())
    with opened_core(made.database, made.secrets) as core:
        core.secrets.set_pickup_keys({"7": A_KEY})
        with core.store.unit_of_work() as uow:
            uow.set_identity(replace(A_TILL, marketplace_url=""))
            uow.catalogue.save_all([COFFEE])
            uow.orders.save_server_copy(an_order())
            uow.commit()
    return made


class Counter:
    """The window, and what is held before its camera."""

    def __init__(self, places: Places, look) -> None:
        self.sources: list[FeederSource] = []
        self.showing = ""
        self.assembly = Assembly(places, look, camera_source=self._source)
        self._hands = Hands(self.assembly.window)
        self._clock = QTimer()
        self._clock.timeout.connect(self._feed)
        self._clock.start(33)
        self.assembly.show()
        self.until(lambda: self.assembly.upkeep is not None, "the window with its workers")

    def until(self, done: Callable[[], object], what: str) -> None:
        self._hands.wait_until(done, what, limit_s=60)

    @property
    def order(self) -> str:
        screen = self.assembly.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)
        card = screen.presenter.state.card
        return card.order.order.number if card is not None and card.order is not None else ""

    def press_key(self) -> None:
        QTest.keyClick(self.assembly.window, Qt.Key.Key_F6)

    def close(self) -> None:
        self.assembly.window.close()
        self.assembly.close()
        self._clock.stop()

    def _source(self, take) -> FeederSource:
        self.sources.append(FeederSource(take, "Webcam du comptoir"))
        return self.sources[-1]

    def _feed(self) -> None:
        if self.sources:
            self.sources[0].feed(frame(self.showing))


@pytest.fixture
def counter(qapp, look, places: Places) -> Iterator[Counter]:
    opened = Counter(places, look)
    yield opened
    opened.close()


def test_the_key_switches_it_on_its_code_opens_the_order_and_the_settings_know(counter, places):
    assert counter.sources == []
    counter.press_key()
    assert load(places.settings).camera.on
    counter.showing = ORDER
    counter.until(lambda: counter.order == an_order().number, "the order of the code in view")
    assert counter.assembly.devices.report(Device.CAMERA).state is DeviceState.WORKING
    counter.press_key()
    assert not load(places.settings).camera.on
    assert counter.assembly.devices.report(Device.CAMERA).state is DeviceState.OFF


def test_a_code_of_another_world_is_seen_and_never_taken(counter):
    counter.press_key()
    counter.showing = "https://example.org/menu"
    camera = counter.assembly.join_camera()
    counter.until(lambda: "https://example.org/menu" in camera.scene.seen, "the code is seen")
    reads = camera._watcher.figures().reads
    counter.until(lambda: camera._watcher.figures().reads > reads + 10, "ten more looks")
    assert camera._watcher.figures().accepted == 0
    assert not counter.assembly.window.notice.text


def test_an_article_is_sold_once_while_it_stays_there(counter):
    counter.assembly.window.go_to(PlaceName.SALE)
    screen = counter.assembly.window.screen(PlaceName.SALE)
    counter.press_key()
    counter.showing = COFFEE.codes[0]
    counter.until(lambda: screen.presenter.state.basket.lines, "the article's line")
    camera = counter.assembly.join_camera()
    reads = camera._watcher.figures().reads
    counter.until(lambda: camera._watcher.figures().reads > reads + 20, "twenty more looks")
    assert [line.quantity for line in screen.presenter.state.basket.lines] == [1]


def test_on_at_the_start_it_reads_without_a_key_and_closing_leaves_nothing(qapp, look, places):
    save(places.settings, Settings(camera=CameraSettings(on=True)))
    opened = Counter(places, look)
    opened.showing = ORDER
    opened.until(lambda: opened.order == an_order().number, "the order of the code in view")
    opened.close()
    assert not any(thread.name == "camera-reader" for thread in threading.enumerate())


def test_a_film_or_a_picture_may_stand_in_for_it(qtbot, tmp_path):
    file, frames, states = tmp_path / "phone.png", list[Any](), list[Any]()
    source = FileSource(frames.append, file)
    source.state_changed.connect(lambda state, _name: states.append(state))
    source.start("")
    assert states == [CameraState.NONE_FOUND], "no such file"
    code_picture("CC1-7F3K9X").save(str(file))
    source.start("")
    qtbot.waitUntil(lambda: len(frames) >= 3, timeout=60_000)
    assert (frames[0].width(), frames[0].height()) == (1280, 720)
    source.stop()
    source.close()
    assert states[-1] is CameraState.OFF


def test_while_it_is_off_the_multimedia_library_is_never_loaded(places):
    files = [str(places.database), str(places.secrets), str(places.settings)]
    code = (
        "import sys; from pathlib import Path;"
        "from app.settings import Settings; from app.bootstrap.window import Assembly, Places, new_application;"
        "from app.demo.hands import Hands;"
        "application, look = new_application(Settings());"
        f"assembly = Assembly(Places(*map(Path, {files})), look);"
        "assembly.show(); Hands(assembly.window).wait_until(lambda: assembly.upkeep is not None, 'workers', 60);"
        "print('app.ui.camera.presenter' in sys.modules, 'PySide6.QtMultimedia' in sys.modules);"
        "assembly.window.close(); assembly.close()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=110
    )
    assert run.stdout.split() == ["True", "False"]
