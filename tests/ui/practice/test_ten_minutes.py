"""All ten exercises of the practice shop in its real window, by keys alone and by touches alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.domain.order import VerdictKind
from app.practice.exercises import Exercise
from app.practice.home import PracticeHome, practice_home
from app.usecases.queries import OrderList
from tests.ui.practice.pupil import Pupil

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def home(tmp_path: Path) -> PracticeHome:
    return practice_home({"COMPTOIR_HOME": str(tmp_path / "practice")})


@pytest.fixture
def pupil(home: PracticeHome, look, qtbot) -> Iterator[Pupil]:
    made = Pupil(home, look)
    qtbot.addWidget(made.window)
    yield made
    made.close()


def test_by_touches_alone(pupil: Pupil) -> None:
    pupil.wait_for(Exercise.SALE)
    pupil.touch_a_sale()
    pupil.wait_for(Exercise.PREPARE)
    pupil.touch_order(OrderList.TO_PREPARE)
    pupil.touch("main-action")
    pupil.touch("confirm-ready")
    pupil.wait_for(Exercise.HAND_OVER)
    pupil.touch("guide-extra")
    pupil.touch_main(VerdictKind.READY)
    pupil.wait_for(Exercise.SHOWN_AGAIN)
    pupil.touch("guide-extra")
    pupil.wait_for(Exercise.OFF_LINE_SALE)
    pupil.touch_a_sale()
    pupil.wait_for(Exercise.OFF_LINE_HANDOVER)
    pupil.touch_order(OrderList.READY)
    pupil.touch_main(VerdictKind.READY)
    pupil.wait_for(Exercise.BACK_ON_LINE)
    pupil.touch("rail-outbox")
    pupil.wait_for(Exercise.LATE_TWICE)
    pupil.touch_order(OrderList.TO_PREPARE)
    pupil.touch("main-action")
    pupil.touch("confirm-ready")
    pupil.wait_for(Exercise.CANCELLED)
    pupil.touch("guide-extra")
    pupil.wait_for(Exercise.NO_PAPER)
    pupil.touch_a_sale()
    pupil.touch("print-ticket")
    pupil.until(lambda: pupil.roll.refused, "the printer without paper")
    pupil.touch("guide-extra")
    pupil.until(lambda: pupil.window.covered, "the sheet at the end")
    assert set(pupil.done) == set(Exercise)
    pupil.touch("practice-stay")
    assert not pupil.window.covered


def test_by_keys_alone(pupil: Pupil) -> None:
    pupil.wait_for(Exercise.SALE)
    pupil.sell()
    pupil.wait_for(Exercise.PREPARE)
    pupil.open_order(pupil.order_number())
    pupil.make_ready()
    pupil.wait_for(Exercise.HAND_OVER)
    pupil.open_order(pupil.order_number())
    pupil.enter()
    pupil.wait_for(Exercise.SHOWN_AGAIN)
    pupil.press(pupil.code_in_sentence(), Qt.Key.Key_Return)
    pupil.wait_for(Exercise.OFF_LINE_SALE)
    pupil.sell()
    pupil.wait_for(Exercise.OFF_LINE_HANDOVER)
    pupil.open_order(pupil.order_number())
    pupil.enter()
    pupil.wait_for(Exercise.BACK_ON_LINE)
    pupil.press(Qt.Key.Key_F8)
    pupil.wait_for(Exercise.LATE_TWICE)
    pupil.open_order(pupil.order_number())
    pupil.make_ready()
    pupil.wait_for(Exercise.CANCELLED)
    pupil.open_order(pupil.order_number())
    pupil.wait_for(Exercise.NO_PAPER)
    pupil.sell()
    pupil.until(lambda: pupil.sale.done is not None, "the sale")
    pupil.press("p")
    pupil.until(lambda: pupil.roll.refused, "the printer without paper")
    pupil.press(Qt.Key.Key_J, modifiers=Qt.KeyboardModifier.ControlModifier)
    pupil.until(lambda: pupil.window.covered, "the sheet at the end")
    assert set(pupil.done) == set(Exercise)
    assert pupil.papers
