"""Every screen, list and section of the program is looked at in each theme, both languages and two sizes: nothing cut,
overlapping, outside, too small or nameless; in French nothing left in English; Tab leads everywhere and is seen there.

What a screen shows in the middle of its work is walked through by that screen's own tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.i18n import set_language
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from resources.locale.translations import FRENCH, merged
from tests.ui import checks
from tests.ui.english import EnglishTexts
from tests.ui.fitted import words_without_room
from tests.ui.hidden import hidden
from tests.ui.painted import painted_texts_cut
from tests.ui.scenes import Scene, scenes_at_pickup, scenes_of
from tests.ui.shop import open_shop
from tests.ui.stages import STAGES, Stage
from tests.ui.till import open_till

SIZES = ((1024, 600), (1366, 768))
THEMES = ("light", "dark", "sunlight")


@pytest.fixture(scope="module")
def french() -> EnglishTexts:
    """The texts of the source that are different in French."""
    return EnglishTexts(merged(FRENCH))


@pytest.fixture
def spoken(request, qapp) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("fr")


both_languages = pytest.mark.parametrize("spoken", ["fr", "en"], indirect=True)
all_themes = pytest.mark.parametrize("theme", THEMES)


def dressed(qapp: QApplication, theme: str) -> Look:
    look = Look(theme)
    look.apply(qapp)
    return look


def settle() -> None:
    for _turn in range(3):
        QCoreApplication.processEvents()


def faults_of(window: QWidget) -> Iterator[str]:
    for check in (
        checks.texts_cut,
        checks.targets_too_small,
        checks.texts_too_small,
        checks.nameless,
        checks.overlapping,
        words_without_room,
        painted_texts_cut,
        hidden,
    ):
        for fault in check(window):
            yield f"{check.__name__}: {fault}"


def look_at_all(window: QWidget, scenes: Iterator[Scene], french: Mapping[str, str], walk: bool) -> list[str]:
    faults = []
    for name, show in scenes:
        show()
        for size in SIZES:
            window.resize(*size)
            settle()
            faults += [f"{name} {size[0]}x{size[1]}: {fault}" for fault in faults_of(window)]
        faults += [f"{name}: untranslated: {text}" for text in checks.untranslated(window, french)]
        if walk:
            faults += [f"{name}: no Tab leads to {each}" for each in checks.unreachable(window)]
            faults += [f"{name}: focus not seen on {each}" for each in checks.focus_unseen(window)]
    return sorted(set(faults))


@both_languages
@all_themes
def test_nothing_is_wrong_on_any_screen(qtbot, qapp, spoken, theme, french) -> None:
    with open_till(qtbot, dressed(qapp, theme), PlaceName.SALE, SIZES[0]) as till:
        found = look_at_all(till.window, scenes_of(till), french if spoken == "fr" else {}, walk=spoken == "fr")
    assert not found, "\n".join(found)


@both_languages
@all_themes
def test_nothing_is_wrong_at_pickup(qtbot, qapp, spoken, theme, french) -> None:
    shop = open_shop(dressed(qapp, theme))
    qtbot.addWidget(shop.window)
    shop.window.show()
    qtbot.waitExposed(shop.window)
    found = look_at_all(shop.window, scenes_at_pickup(shop), french if spoken == "fr" else {}, walk=spoken == "fr")
    shop.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not found, "\n".join(found)


_LOOKED_AT_ABOVE = ("places", "pickup")


@both_languages
@pytest.mark.parametrize(
    "stage", [each for each in STAGES if each.name not in _LOOKED_AT_ABOVE], ids=lambda each: each.name
)
def test_nothing_is_wrong_in_the_middle_of_its_work(qtbot, qapp, spoken, stage: Stage, french) -> None:
    """Other themes write in the same letters: what fits in one fits in all."""
    with stage.open(qtbot, dressed(qapp, "light")) as (widget, scenes):
        found = look_at_all(widget, scenes, french if spoken == "fr" else {}, walk=False)
    assert not found, "\n".join(found)
