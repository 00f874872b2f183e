"""Each step of setting a printer up fits on the smallest screen, in both languages: nothing cut, too small or nameless,
and what answers the question is in sight without scrolling."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from app.i18n import set_language
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from app.ui.settings.printer import Step
from app.ui.style.look import Look
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small
from tests.ui.till import Till, open_till

_PICTURES = os.environ.get("COMPTOIR_PICTURES", "")
"""A folder in which somebody wants to look at the steps."""


@pytest.mark.parametrize(("language", "theme"), [("fr", "light"), ("en", "dark")])
def test_every_step_fits_on_the_smallest_screen(qtbot, qapp, language: str, theme: str) -> None:
    set_language(language)
    look = Look(theme)
    look.apply(qapp)
    try:
        with open_till(qtbot, look, PlaceName.SALE, (1024, 600)) as till:
            till.window.go_to(PlaceName.SETTINGS)
            till.set_up.presenter.choose_section(Section.PRINTER)
            walk(till, f"{language}-{theme}")
    finally:
        set_language("fr")


def walk(till: Till, name: str) -> None:
    presenter = till.set_up.printer.presenter
    ways = [
        presenter.look,
        lambda: presenter.choose(presenter.state.found[0].key),
        presenter.print_chart,
        lambda: presenter.answer_line(1),
        lambda: presenter.answer_width(48),
        lambda: till.click("chart-code-a"),
        lambda: presenter.answer_cut(True),
        presenter.open_drawer,
        lambda: presenter.did_open(True),
        presenter.drawer_is_shut,
    ]
    till.set_up.presenter.save_printer(transport="network", host="192.168.1.50", logo="sent", open_drawer=True)
    assert fits_in_width(till), "what is set up, and the fields by hand"
    seen = []
    for at, way in enumerate(ways):
        way()
        seen.append(presenter.state.step)
        look_at(till, f"{name}-{at}-{presenter.state.step}")
    assert seen == [step for step in Step if step is not Step.HOME]


def look_at(till: Till, name: str) -> None:
    for _turn in range(3):
        QCoreApplication.processEvents()
    if _PICTURES:
        till.window.grab().save(str(Path(_PICTURES) / f"{name}.png"))
    for fault in (texts_cut, targets_too_small, texts_too_small, nameless):
        assert fault(till.window) == [], name
    first = till.set_up.printer.steps[till.set_up.printer.presenter.state.step].first
    assert first.hasFocus(), name
    assert is_in_sight(first), name
    assert fits_in_width(till), name


def fits_in_width(till: Till) -> bool:
    """Whether nothing stands beyond the right edge, where no bar leads."""
    QCoreApplication.processEvents()
    [area] = till.set_up.printer.findChildren(QScrollArea)
    inside = area.widget()
    return inside is not None and inside.minimumSizeHint().width() <= area.viewport().width()


def is_in_sight(widget: QWidget) -> bool:
    """Whether all of it can be seen."""
    corner = QPoint(widget.width() - 1, widget.height() - 1)
    return widget.visibleRegion().contains(QPoint(0, 0)) and widget.visibleRegion().contains(corner)
