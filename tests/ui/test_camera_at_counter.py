"""The camera at the counter through Qt's real capture graph: a code held before it becomes a verdict, nothing is taken
behind a sheet, what would help is said, and neither a slow reader nor a closing window harms anybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.settings import CameraSettings
from app.ui.camera import presenter as presenting
from app.ui.camera.films import FeederSource
from app.ui.camera.frame_source import CameraState
from app.ui.camera.frames import now_ms
from app.ui.camera.panel import CameraPanel
from app.ui.camera.presenter import CameraPresenter, CameraSurroundings
from app.ui.camera.watcher import Reading
from app.ui.camera.window_side import join_to_window, may_take
from app.ui.components.cover import Cover
from app.ui.screen import PlaceName
from app.ui.style.tokens import Role, ThemeName
from app.usecases.device_book import Device, DeviceBook, DeviceState
from tests.fakes.samples import pickup_code_of
from tests.fakes.surroundings import HandSetClock
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small
from tests.ui.seen_codes import NV12, PlainReader, frame
from tests.ui.shop import Shop, open_shop, some_orders

CAMILLES = pickup_code_of(some_orders()[0])
LAURENCES = pickup_code_of(some_orders()[1])
LONG_MS = 60_000
FRAME_MS = 33


@dataclass
class Counter:
    """A shop's window with a camera into which a test holds codes.

    Attributes:
        kept: the settings written down since; taken: the codes that counted.
    """

    shop: Shop
    camera: CameraPresenter
    panel: CameraPanel
    reader: PlainReader
    book: DeviceBook
    qtbot: Any
    sources: list[FeederSource] = field(default_factory=list)
    kept: list[CameraSettings] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    asked_why: list[CameraState] = field(default_factory=list)
    fed: int = 0
    showing: str = ""
    pixels: Any = NV12

    def hold(self, code: str) -> None:
        """From now on this code is in view, "" for none."""
        self.showing = code

    def feed(self) -> None:
        if self.sources:
            self.fed += self.sources[0].feed(frame(self.showing, self.pixels))

    def until(self, holds) -> None:
        self.qtbot.waitUntil(holds, timeout=LONG_MS)

    def live(self) -> None:
        self.camera.use_settings(CameraSettings(on=True))
        self.until(lambda: self.panel.picture.has_picture)


@pytest.fixture
def counter(qtbot, look) -> Iterator[Counter]:
    shop = open_shop(look)
    book = DeviceBook(HandSetClock())
    reader = PlainReader()
    unset: Any = None
    made = Counter(shop, unset, CameraPanel(look), reader, book, qtbot)

    def make_source(take) -> FeederSource:
        made.sources.append(FeederSource(take, "Webcam du comptoir"))
        return made.sources[0]

    def take(code: str) -> None:
        made.taken.append(code)
        shop.window.take_scan(code)

    around = CameraSurroundings(
        make_source, lambda: reader, lambda: may_take(shop.window), take, made.kept.append, book
    )
    made.camera = CameraPresenter(around, CameraSettings())
    join_to_window(shop.window, made.camera, made.panel, lambda: made.asked_why.append(made.camera.scene.state))
    qtbot.addWidget(shop.window)
    shop.window.resize(1366, 768)
    shop.window.show()
    qtbot.waitExposed(shop.window)
    clock = QTimer()
    clock.timeout.connect(made.feed)
    clock.start(FRAME_MS)
    yield made
    clock.stop()
    made.camera.close()
    shop.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def there(widget: QWidget | None) -> QWidget:
    assert widget is not None
    return widget


def verdict_of(counter: Counter) -> str:
    card = counter.shop.pickup.presenter.state.card
    return card.order.order.customer_name if card is not None and card.order is not None else ""


def test_off_there_is_no_source_no_thread_and_no_panel(counter):
    assert counter.sources == []
    assert not any(thread.name == "camera-reader" for thread in threading.enumerate())
    assert not counter.panel.isVisible()
    assert counter.shop.window.foot.camera.text == "Caméra F6"
    assert counter.book.report(Device.CAMERA).state is DeviceState.OFF


def test_a_code_held_before_it_brings_its_order_once(counter):
    counter.live()
    counter.hold(CAMILLES)
    counter.until(lambda: verdict_of(counter) == "Camille Dubois")
    read = counter.camera._watcher.figures().reads
    counter.until(lambda: counter.camera._watcher.figures().reads > read + 5)
    assert counter.taken == [CAMILLES]
    assert counter.shop.sounds.count("ready") <= 1
    counter.hold("")
    counter.until(lambda: counter.camera.scene.seen == ())
    counter.hold(LAURENCES)
    counter.until(lambda: verdict_of(counter) == "Laurence Delattre")
    assert counter.taken == [CAMILLES, LAURENCES]


def test_it_leaves_the_focus_and_what_is_being_typed_alone(counter):
    counter.shop.window.focus_box()
    QTest.keyClicks(counter.shop.window.box, "delat")
    counter.live()
    assert counter.shop.window.box.hasFocus()
    assert counter.shop.window.box.text() == "delat"
    assert QApplication.activeWindow() is counter.shop.window


class ASheet(Cover):
    refused = 0

    def refuse_scan(self) -> None:
        self.refused += 1


def test_behind_a_sheet_nothing_is_taken_and_after_it_the_code_still_in_view_is(counter):
    counter.live()
    sheet = ASheet()
    counter.shop.window.cover(sheet)
    counter.hold(CAMILLES)
    fed = counter.fed
    counter.until(lambda: counter.fed > fed + 15)
    assert counter.taken == []
    assert sheet.refused == 0, "nobody scanned anything: the sheet says nothing"
    counter.shop.window.uncover()
    counter.until(lambda: counter.taken == [CAMILLES])


def test_behind_a_dialog_nothing_is_taken(counter):
    counter.live()
    dialog = QDialog(counter.shop.window)
    dialog.setModal(True)
    dialog.show()
    counter.hold(CAMILLES)
    fed = counter.fed
    counter.until(lambda: counter.fed > fed + 15)
    dialog.close()
    assert counter.taken == []
    counter.until(lambda: counter.taken == [CAMILLES])


def test_the_key_switches_it_on_and_off_and_that_is_kept(counter):
    window = counter.shop.window
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert counter.kept[-1].on
    counter.until(lambda: counter.camera.scene.state is CameraState.LIVE)
    assert window.foot.camera.text == "Caméra lit"
    assert counter.panel.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert not counter.kept[-1].on
    assert not counter.panel.isVisible()
    assert counter.camera.scene.state is CameraState.OFF


def test_hidden_its_picture_is_gone_but_it_reads_on_and_the_key_shows_it_again(counter):
    counter.live()
    QTest.mouseClick(counter.panel.hide_it, Qt.MouseButton.LeftButton)
    assert not counter.panel.isVisible()
    counter.hold(CAMILLES)
    counter.until(lambda: counter.taken == [CAMILLES])
    QTest.keyClick(counter.shop.window, Qt.Key.Key_F6)
    assert counter.panel.isVisible()
    assert counter.camera.is_on


def test_the_panel_stands_beside_the_card_and_only_where_codes_are_shown(counter):
    window = counter.shop.window
    for size in ((1366, 768), (1024, 600)):
        window.resize(*size)
        counter.live()
        counter.hold(CAMILLES)
        counter.until(lambda: verdict_of(counter) != "")
        counter.until(lambda: not counter.camera.scene.read)
        card = there(window.findChild(QWidget, "card"))
        left = card.mapTo(window, card.rect().topLeft()).x()
        assert counter.panel.geometry().right() < left
        assert window.centralWidget().rect().contains(counter.panel.geometry())
    window.go_to(PlaceName.STOCK)
    assert not counter.panel.isVisible()
    window.go_to(PlaceName.PICKUP)
    assert counter.panel.isVisible()


@pytest.mark.parametrize(
    ("advice", "words"),
    [
        ("too_dark", "Trop sombre"),
        ("glare", "reflet"),
        ("too_far", "approchez"),
        ("blurred", "Flou"),
        ("torn_edge", "bord blanc"),
        ("say_the_code", "tapez le code"),
    ],
)
def test_what_would_help_is_said_in_one_sentence(counter, advice, words):
    counter.reader.advice = advice
    counter.live()
    counter.until(lambda: words in counter.panel.words.text())
    assert counter.panel.type.isVisible() == (advice == "say_the_code")


def test_typing_instead_leads_to_the_one_box(counter):
    counter.reader.advice = "say_the_code"
    counter.live()
    counter.shop.window.rail.setFocus()
    counter.until(counter.panel.type.isVisible)
    QTest.mouseClick(counter.panel.type, Qt.MouseButton.LeftButton)
    assert counter.shop.window.box.hasFocus()
    assert not counter.panel.isVisible()


def test_a_sentence_that_helps_stays_long_enough_to_be_read(counter, monkeypatch):
    monkeypatch.setattr(presenting, "ADVICE_HELD_MS", 3_600_000)
    counter.reader.advice = "too_dark"
    counter.live()
    counter.until(lambda: counter.camera.scene.advice == "too_dark")
    counter.reader.advice = "glare"
    fed = counter.fed
    counter.until(lambda: counter.fed > fed + 10)
    assert counter.camera.scene.advice == "too_dark"


@pytest.mark.parametrize("state", [state for state in CameraState if state.is_wrong])
def test_what_is_wrong_is_said_with_its_remedy_and_the_till_goes_on(counter, state):
    counter.live()
    counter.sources[0].state_changed.emit(state, "Webcam du comptoir")
    assert counter.panel.words.text()
    assert counter.panel.type.isVisible()
    assert not counter.panel.picture.isVisible()
    chip = counter.shop.window.foot.camera
    assert chip.role is Role.WARNING
    QTest.keyClick(chip, Qt.Key.Key_Return)
    assert counter.asked_why == [state], "the chip that says 'see why' shows why"
    assert counter.camera.is_on, "and does not switch it off"
    report = counter.book.report(Device.CAMERA)
    assert (report.state, report.reason) == (DeviceState.FAILED, str(state))
    counter.shop.window.take_scan(CAMILLES)
    assert verdict_of(counter) == "Camille Dubois"
    counter.sources[0].state_changed.emit(CameraState.LIVE, "Webcam du comptoir")
    assert counter.book.report(Device.CAMERA).state is DeviceState.WORKING


def test_after_long_without_a_code_it_rests_until_the_key_wakes_it(counter, monkeypatch):
    counter.live()
    counter.camera.use_settings(CameraSettings(on=True, rest_after_min=1))
    soon = now_ms() + 61_000
    monkeypatch.setattr(presenting, "now_ms", lambda: soon)
    counter.until(lambda: counter.camera.scene.state is CameraState.RESTING)
    assert "F6" in counter.shop.window.foot.camera.text
    assert "F6" in counter.panel.words.text()
    fed = counter.camera._watcher.figures().frames
    QTest.keyClick(counter.shop.window, Qt.Key.Key_F6)
    counter.until(lambda: counter.camera.scene.state is CameraState.LIVE)
    counter.until(lambda: counter.camera._watcher.figures().frames > fed)
    assert counter.kept == [], "waking it changes no setting"


def test_it_tells_the_book_of_devices_how_fast_it_reads(counter, monkeypatch):
    counter.live()
    counter.until(lambda: counter.camera._watcher.figures().reads > 3)
    later = now_ms() + 6_000
    monkeypatch.setattr(presenting, "now_ms", lambda: later)
    counter.until(lambda: "reads" in counter.book.report(Device.CAMERA).facts)
    report = counter.book.report(Device.CAMERA)
    assert report.name == "Webcam du comptoir"
    assert int(report.facts["reads"]) > 3
    assert set(report.facts) == {"frames_per_s", "read_ms", "dropped", "reads", "accepted"}


class Blocked(PlainReader):
    """Stands still in the middle of a frame."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = threading.Event()
        self.go = threading.Event()

    def look(self, _grey, _at_ms):
        self.inside.set()
        assert self.go.wait(60)
        return Reading()


def test_while_a_frame_takes_long_to_read_the_window_answers_and_frames_do_not_pile_up(qtbot, counter):
    reader = Blocked()
    counter.camera._around = replace(counter.camera._around, make_reader=lambda: reader)
    counter.camera.use_settings(CameraSettings(on=True))
    counter.until(reader.inside.is_set)
    fed = counter.fed
    counter.until(lambda: counter.fed > fed + 10)
    QTest.keyClicks(counter.shop.window.box, "delat")
    assert counter.shop.window.box.text() == "delat"
    figures = counter.camera._watcher.figures()
    assert figures.reads == 0
    assert figures.dropped >= figures.frames - 2
    reader.go.set()


class Bad(PlainReader):
    def look(self, _grey, _at_ms):
        raise ZeroDivisionError("a bug")


def test_a_bug_in_the_reading_is_said_and_switching_it_off_and_on_goes_about_it_anew(counter, monkeypatch):
    raised = []
    monkeypatch.setattr("sys.excepthook", lambda _kind, error, _trace: raised.append(error))
    counter.camera._around = replace(counter.camera._around, make_reader=Bad)
    counter.camera.use_settings(CameraSettings(on=True))
    counter.until(lambda: counter.camera.scene.state is CameraState.BROKEN)
    assert [type(error) for error in raised] == [ZeroDivisionError]
    assert counter.book.report(Device.CAMERA).reason == "broken"
    assert not any(thread.name == "camera-reader" for thread in threading.enumerate())
    counter.camera._around = replace(counter.camera._around, make_reader=lambda: counter.reader)
    counter.sources.clear()
    for _ in range(2):
        QTest.keyClick(counter.shop.window, Qt.Key.Key_F6)
    counter.hold(CAMILLES)
    counter.until(lambda: counter.taken == [CAMILLES])


def test_a_sheet_that_comes_and_goes_counts_nothing_again(counter):
    counter.live()
    counter.hold(CAMILLES)
    counter.until(lambda: counter.taken == [CAMILLES])
    counter.shop.window.cover(ASheet())
    counter.until(lambda: counter.camera._watcher._paused)
    counter.shop.window.uncover()
    counter.until(lambda: not counter.camera._watcher._paused)
    reads = counter.camera._watcher.figures().reads
    counter.until(lambda: counter.camera._watcher.figures().reads > reads + 10)
    assert counter.taken == [CAMILLES]


def test_nothing_is_taken_that_nobody_can_see(counter):
    counter.live()
    counter.shop.window.hide()
    assert not may_take(counter.shop.window)
    counter.hold(CAMILLES)
    fed = counter.fed
    counter.until(lambda: counter.fed > fed + 15)
    assert counter.taken == []
    counter.shop.window.show()
    counter.until(lambda: counter.taken == [CAMILLES])


def test_the_window_may_close_while_frames_come(counter):
    counter.live()
    counter.hold(CAMILLES)
    counter.shop.window.closing.connect(counter.camera.close)
    counter.shop.window.close()
    assert not any(thread.name == "camera-reader" for thread in threading.enumerate())
    counter.sources[0].feed(frame(CAMILLES))
    QCoreApplication.processEvents()


@pytest.mark.parametrize("theme", ThemeName)
@pytest.mark.parametrize("size", [(1366, 768), (1024, 600)], ids=str)
def test_nothing_in_it_is_cut_or_too_small(counter, look, theme, size):
    look.use(theme)
    counter.shop.window.resize(*size)
    counter.reader.advice = "say_the_code"
    counter.live()
    counter.until(counter.panel.type.isVisible)
    for widget in (counter.panel, counter.shop.window):
        assert texts_cut(widget) == []
        assert targets_too_small(widget) == []
        assert texts_too_small(widget) == []
        assert nameless(widget) == []
