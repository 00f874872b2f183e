"""The paper sheet shows what would be printed; a picture of the code is as good as a scan; sounds never fail."""

from __future__ import annotations

import wave

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.domain.receipt import PreparationList, SelfTest
from app.paths import resources_dir
from app.printing.layout import lay_out
from app.printing.qr import qr_modules
from app.ui.onscreen_printer import PAPERS_KEPT, PaperSheet
from app.ui.picture_input import PictureInput
from app.ui.sounds import SOUND_NAMES, Sounds
from app.usecases.find_order import HowFound
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import pickup_code_of
from tests.fakes.surroundings import NOON
from tests.ui.checks import texts_cut
from tests.ui.shop import some_orders


@pytest.fixture
def sheet(qtbot, look) -> PaperSheet:
    made = PaperSheet(look, qr_modules)
    qtbot.addWidget(made)
    return made


def test_papers_appear_newest_first_whole_and_with_their_code(sheet, shop):
    order = shop.store.queries.order("order-2")
    assert order is not None
    sheet.add_paper(lay_out(SelfTest(A_TILL.shop, NOON, "https://example.org"), 48), 48)
    sheet.add_paper(lay_out(PreparationList(A_TILL.shop, order, NOON), 32), 32)
    sheet.show()
    assert "Laurence Delattre" in sheet.papers[0].words
    assert "é" in sheet.papers[1].words
    assert sheet.papers[1].width() <= sheet.width()
    assert not sheet.papers[1].grab().isNull()


def test_a_paper_may_arrive_from_another_thread(sheet, qtbot):
    import threading

    lines = lay_out(SelfTest(A_TILL.shop, NOON, "x"), 48)
    thread = threading.Thread(target=lambda: sheet.arrived.emit(lines, 48))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(sheet.papers) == 1)


def test_only_the_last_papers_are_kept(sheet):
    for _ in range(PAPERS_KEPT + 3):
        sheet.add_paper(lay_out(SelfTest(A_TILL.shop, NOON, "x"), 32), 32)
    assert len(sheet.papers) == PAPERS_KEPT


def test_f7_shows_and_hides_the_sheet(shop, sheet, qtbot):
    shop.window.add_sheet(sheet)
    shop.window.paper_toggled.connect(sheet.toggle)
    qtbot.keyClick(shop.window, Qt.Key.Key_F7)
    assert sheet.isVisible()
    qtbot.keyClick(shop.window, Qt.Key.Key_F7)
    assert not sheet.isVisible()


@pytest.mark.parametrize("size", [(1024, 600), (1366, 768), (1920, 1080)])
def test_the_open_sheet_cuts_nothing_of_the_screen(shop, sheet, qapp, size):
    shop.window.resize(*size)
    shop.window.add_sheet(sheet)
    sheet.show()
    shop.window.take_scan(pickup_code_of(some_orders()[1]))
    qapp.processEvents()
    assert texts_cut(shop.window) == []
    assert sheet.geometry().right() == shop.window.width() - 1


def test_a_dropped_picture_opens_the_order(shop, tmp_path):
    code = pickup_code_of(some_orders()[1])
    picture = tmp_path / "code.png"
    picture.write_bytes(b"a picture")
    pictures = PictureInput(shop.window, lambda _data: [code], InlineRunner())
    pictures.found.connect(shop.window.take_picture)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture))])
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    assert pictures.eventFilter(shop.window, drop)
    card = shop.pickup.presenter.state.card
    assert shop.pickup.presenter.state.selected == "order-2"
    assert card.how is HowFound.IMAGE


@pytest.mark.parametrize("name", ["nothing-there.png", ""])
def test_what_is_no_picture_is_said(shop, tmp_path, name):
    said: list[str] = []
    pictures = PictureInput(shop.window, lambda _data: [], InlineRunner())
    pictures.nothing_found.connect(said.append)
    pictures.read(tmp_path / name if name else tmp_path)
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    pictures.read(empty)
    assert len(said) == 2
    assert all(sentence.endswith(".") for sentence in said)


def test_sounds_are_short_and_each_has_its_file():
    folder = resources_dir() / "sounds"
    names = set(SOUND_NAMES)
    assert {path.stem for path in folder.glob("*.wav")} == names
    contents = set()
    for name in names:
        with wave.open(str(folder / f"{name}.wav")) as sound:
            assert sound.getnframes() / sound.getframerate() < 0.2
            contents.add(sound.readframes(sound.getnframes()))
    assert len(contents) == len(names)


def test_no_sound_and_an_unknown_sound_are_silence(qapp):
    Sounds(on=False).play("ready")
    Sounds().play("no such sound")
