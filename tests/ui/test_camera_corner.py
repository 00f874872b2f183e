"""Where the camera's picture stands: at the sale under the tiles, never over what is touched there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget

from app.ui.camera.films import FeederSource
from app.ui.camera.panel import LOW_PICTURE_PX, CameraPanel
from app.ui.camera.window_side import join_to_window
from app.ui.checkout.tiles import TileButton
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from tests.fakes.samples import COFFEE
from tests.ui import checks
from tests.ui.seen_codes import PlainReader
from tests.ui.till import Till, open_till


@pytest.fixture(params=[(1024, 600), (1366, 768)], ids=["small", "usual"])
def till(qtbot, look: Look, request) -> Iterator[Till]:
    with open_till(qtbot, look, PlaceName.SALE, request.param) as opened:
        yield opened


@pytest.fixture
def panel(till: Till, look: Look) -> CameraPanel:
    assert callable(PlainReader)  # loaded before a reading thread asks for it
    made = CameraPanel(look)
    join_to_window(till.window, till.camera, made, lambda: None)
    till.window.camera_toggled.emit()
    settle()
    assert isinstance(till.films[-1], FeederSource)
    return made


def settle() -> None:
    for _turn in range(3):
        QCoreApplication.processEvents()


def on_window(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def test_it_covers_no_tile(till: Till, panel: CameraPanel) -> None:
    tiles = [tile for tile in till.window.findChildren(TileButton) if tile.isVisible()]
    assert panel.isVisible()
    assert panel.picture.size().toTuple() == LOW_PICTURE_PX
    assert tiles
    assert [tile.accessibleName() for tile in tiles if on_window(tile).intersects(on_window(panel))] == []
    assert checks.texts_cut(till.window) == []


def test_it_gives_way_to_paying_and_comes_back(till: Till, panel: CameraPanel) -> None:
    till.scan(COFFEE.codes[0])
    till.enter()
    settle()
    assert not panel.isVisible()
    assert till.sale.widget().isVisible()
    till.press(Qt.Key.Key_Escape)
    settle()
    assert panel.isVisible()


def test_folded_it_leaves_the_room_to_the_tiles(till: Till, panel: CameraPanel) -> None:
    with_it = till.sale.articles.height()
    panel.hide_it.click()
    settle()
    assert not panel.isVisible()
    assert till.sale.articles.height() > with_it
