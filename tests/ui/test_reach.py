"""Tab leads to everything that answers a hand, in the middle of each work too; and that check sees faults."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.ui.components.buttons import ActionButton
from app.ui.components.chips import Chip
from app.ui.components.segments import Segments
from app.ui.style.tokens import Role
from tests.ui import checks
from tests.ui.reach import must_be_reached
from tests.ui.stages import STAGES, Stage


class PressedLabel(QLabel):
    """What a careless hand would write."""

    def mousePressEvent(self, _event) -> None:  # noqa: N802  # Qt's name
        self.setText("pressed")


def test_what_no_tab_leads_to_is_seen_whatever_its_own_policy_says(qtbot, look) -> None:
    no, click = Qt.FocusPolicy.NoFocus, Qt.FocusPolicy.ClickFocus
    chip = Chip(look, "Help", Role.MUTED, "", pressable=True)
    state = Chip(look, "On line")
    choice = Segments(look, [("a", "One"), ("b", "Two")], "Choice")
    keyed, bare = ActionButton(look, "Park", "F5"), ActionButton(look, "Find")
    field, hand, good = QLineEdit(), QLabel("more"), ActionButton(look, "Good")
    hand.setCursor(Qt.CursorShape.PointingHandCursor)
    pressed = PressedLabel("here")
    policies: tuple[tuple[QWidget, Qt.FocusPolicy], ...] = (
        (chip, no),
        (choice, no),
        (keyed, no),
        (bare, no),
        (field, click),
    )
    for widget, policy in policies:
        widget.setFocusPolicy(policy)
    missed = (chip, choice, bare, field, hand, pressed)
    window = QWidget()
    box = QVBoxLayout(window)
    for number, widget in enumerate((*missed, state, keyed, good)):
        widget.setObjectName(f"part-{number}")
        box.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    good.setFocus()
    names = {f"{type(each).__name__} {each.objectName()!r}" for each in missed}
    assert set(checks.unreachable(window)) == names


def not_led_to_backwards(window: QWidget) -> list[str]:
    """Of what must be reached, what Shift+Tab does not lead to: something before it sends the focus on again."""
    wanted = {each for each in window.findChildren(QWidget) if each.isVisible() and must_be_reached(each)}
    reached: set[QWidget] = set()
    for _step in range(len(wanted) + 10):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Backtab)
        focused: QWidget | None = QApplication.focusWidget()
        if focused is not None:
            reached.add(focused)
    missed = wanted - reached
    return [f"{type(each).__name__} {each.objectName()}" for each in missed]


@pytest.mark.parametrize("stage", STAGES, ids=lambda each: each.name)
def test_tab_leads_everywhere_in_the_middle_of_each_work(qtbot, look, stage: Stage) -> None:
    found = []
    with stage.open(qtbot, look) as (widget, scenes):
        for name, show in scenes:
            show()
            QCoreApplication.processEvents()
            before: QWidget | None = widget.window().focusWidget()
            found += [f"{name}: no Tab leads to {each}" for each in checks.unreachable(widget)]
            found += [f"{name}: no Shift+Tab leads to {each}" for each in not_led_to_backwards(widget)]
            found += [f"{name}: focus not seen on {each}" for each in checks.focus_unseen(widget)]
            if before is not None:
                before.setFocus()
    assert not found, "\n".join(found)
