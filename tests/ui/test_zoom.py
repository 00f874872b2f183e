"""The size of everything: what is offered, what is chosen, and the window that starts again with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from app.bootstrap.leaving import START_AGAIN_ASKED, WayOut
from app.settings import ZOOM_PERCENTS
from app.ui.screen import PlaceName
from app.ui.settings.display_sheet import DisplaySheet
from app.ui.settings.presenter import Section
from app.ui.style.zoom import zooms_that_fit
from tests.ui.till import Till, open_till

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SETTINGS) as opened:
        opened.set_up.presenter.choose_section(Section.DISPLAY)
        yield opened


def sheet_of(till: Till) -> DisplaySheet:
    return next(sheet for sheet in till.set_up.sheets if isinstance(sheet, DisplaySheet))


@pytest.mark.parametrize(
    ("screen", "most"),
    [((1024, 600), 100), ((1366, 768), 125), ((1920, 1080), 175), ((3840, 2160), 200), ((800, 600), 100)],
)
def test_what_leaves_no_room_for_the_smallest_window_does_not_fit(screen, most):
    fit = zooms_that_fit(QSize(*screen))
    assert fit == tuple(percent for percent in ZOOM_PERCENTS if percent <= most)


def test_what_does_not_fit_is_shown_and_said_but_not_chosen(till):
    zoom = sheet_of(till).zoom
    zoom.offer(QSize(1366, 768))
    assert "150" in zoom.too_large.text()
    assert "1366" in zoom.too_large.text()
    QTest.mouseClick(zoom.choice, Qt.MouseButton.LeftButton, pos=zoom.choice.place_of("150").center())
    assert till.settings.zoom_percent == 100
    QTest.mouseClick(zoom.choice, Qt.MouseButton.LeftButton, pos=zoom.choice.place_of("125").center())
    assert till.settings.zoom_percent == 125


def test_the_arrows_pass_over_what_does_not_fit(till):
    zoom = sheet_of(till).zoom
    zoom.offer(QSize(1366, 768))
    seen = []
    for _step in range(3):
        QTest.keyClick(zoom.choice, Qt.Key.Key_Right)
        zoom.offer(QSize(1366, 768))  # what is chosen shows the real screen again
        seen.append(till.settings.zoom_percent)
    assert seen == [110, 125, 100]


def test_the_way_to_see_it_is_offered_only_while_something_waits_for_it(till):
    zoom = sheet_of(till).zoom
    zoom.show_chosen(100, language_waits=False)
    assert zoom.again.isHidden()
    zoom._can_start_again = True
    zoom.show_chosen(125, language_waits=False)
    assert not zoom.again.isHidden()
    zoom.show_chosen(100, language_waits=True)
    assert not zoom.again.isHidden()
    zoom._can_start_again = False
    zoom.show_chosen(125, language_waits=False)
    assert zoom.again.isHidden()


def test_a_window_left_to_start_again_says_so_to_the_process():
    way_out = WayOut()
    assert way_out.code(0) == 0
    way_out.again = True
    assert way_out.code(0) == START_AGAIN_ASKED


MADE = """
import os
import sys
from PySide6.QtWidgets import QWidget
from app.ui.style.look import Look
from app.ui.style.zoom import room_here, zoom_in_force, zoomed_application
application = zoomed_application(int(sys.argv[1]))
look = Look()
look.apply(application)
window = QWidget()
window.show()
print(zoom_in_force(), window.devicePixelRatio(), look.pixmap("sun").devicePixelRatio(), look.pixmap("sun").width())
print(room_here().width(), os.environ.get("QT_SCALE_FACTOR"))
"""


def screen_of(tmp_path: Path, width: int, height: int) -> dict[str, str]:
    """The environment in which Qt finds this screen."""
    config = tmp_path / "screen.json"
    screen = {"name": "COUNTER", "x": 0, "y": 0, "width": width, "height": height, "dpr": 1}
    config.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"}


@pytest.mark.parametrize(
    ("percent", "size", "said"),
    [
        (150, (3840, 2160), "150 1.5 1.5 30 3840 None"),
        (200, (3840, 2160), "200 2.0 2.0 40 3840 None"),
        (200, (1366, 768), "125 1.25 1.25 25 1366 None"),
    ],
)
def test_everything_grows_icons_stay_sharp_and_too_large_is_made_to_fit(tmp_path, percent, size, said):
    ran = subprocess.run(  # this interpreter, our own lines
        [sys.executable, "-c", MADE, str(percent)],
        env=screen_of(tmp_path, *size),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert " ".join(ran.stdout.split()) == said, ran.stderr
