"""Where a place is low, words stay whole: an icon goes, or a smaller size is taken."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.ui.components.fitting import FAR, FarLabel
from app.ui.components.states import EmptyState
from app.ui.style.look import Look
from app.ui.style.tokens import Role
from tests.ui import checks
from tests.ui.painted import painted_texts_cut


@pytest.fixture
def look(qapp) -> Look:
    made = Look("light")
    made.apply(qapp)
    return made


@pytest.fixture
def ground(qtbot) -> QWidget:
    made = QWidget()
    made.resize(400, 400)
    qtbot.addWidget(made)
    return made


def shown(ground: QWidget, widget: QWidget, height_px: int) -> None:
    widget.setParent(ground)
    widget.setGeometry(0, 0, 360, height_px)
    ground.show()
    for _turn in range(3):
        QCoreApplication.processEvents()


def test_an_empty_list_keeps_its_words_whole_and_gives_up_its_icon(ground: QWidget, look: Look) -> None:
    empty = EmptyState(look, "package", "Aucune commande à préparer", "Elles arrivent ici toutes seules, " * 2)
    shown(ground, empty, 140)
    assert checks.texts_cut(ground) == []
    icon = empty.findChildren(type(empty._icon))[0]
    assert not icon.isVisible()
    shown(ground, empty, 300)
    assert icon.isVisible()


@pytest.mark.parametrize("height_px", [40, 29, 21])
def test_a_far_label_is_written_smaller_than_cut(ground: QWidget, look: Look, height_px: int) -> None:
    made = FarLabel(look)
    made.show_words("Jépa gÉ", Role.TEXT, FAR)
    shown(ground, made, height_px)
    assert painted_texts_cut(ground) == []
    assert (made.size_shown == FAR[0]) == (height_px == 40)
