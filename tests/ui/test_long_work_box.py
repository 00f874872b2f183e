"""The box that shows long work: figures where there are some, honest where there are none, one button to stop."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.i18n import set_language
from app.ui import work_words
from app.ui.components.long_work import LongWorkBox
from app.usecases.import_catalogue import TAKING
from app.usecases.long_work import LongWork


@pytest.fixture
def box(qtbot, look):
    set_language("fr")
    work = LongWork()
    made = LongWorkBox(look, "import", "Import", work_words.import_words, work_words.import_meanwhile(), work.stop)
    made.work = work  # type: ignore[attr-defined]  # for the test to reach it
    qtbot.addWidget(made)
    return made


def text(box: LongWorkBox) -> str:
    return box._count.text().replace("\u202f", " ").replace("\u00a0", " ")


def test_it_is_hidden_while_nothing_is_under_way(box) -> None:
    box.watch(box.work)
    assert box.isVisible()
    box.watch(None)
    assert not box.isVisible()
    assert not box._look.isActive()


def test_without_a_total_it_says_what_it_knows_and_its_bar_makes_nothing_up(box) -> None:
    box.watch(box.work)
    assert (text(box), box._bar.moves) == ("Ouverture du fichier…", True)
    box.work.note(1200, 20_000)
    box.look_now()
    assert (text(box), box._bar.value(), box._bar.maximum()) == ("1 200 lignes lues sur 20 000", 1200, 20_000)
    box.work.begin(TAKING, 300)
    box.look_now()
    assert text(box) == "0 changements repris sur 300"


def test_stop_is_asked_once_and_said_at_once(box) -> None:
    box.watch(box.work)
    QTest.mouseClick(box.stop, Qt.MouseButton.LeftButton)
    assert box.work.stopped
    assert text(box) == "Arrêt en cours…"
    assert not box.stop.isVisible()


def test_what_cannot_be_stopped_any_more_offers_no_button(box) -> None:
    box.watch(box.work)
    box.work.keep()
    box.look_now()
    assert text(box) == "Mise en place : plus rien à arrêter."
    assert not box.stop.isVisible()


def test_what_remains_is_told_once_a_guess_is_worth_something(box, monkeypatch) -> None:
    box.watch(box.work)
    box.work.note(50, 100)
    box.look_now()
    assert "encore" not in text(box)
    monkeypatch.setattr(box, "_since", At(60_000))
    box.look_now()
    assert text(box).endswith("encore 1 minute environ")
    box.work.note(95, 100)
    box.look_now()
    assert text(box).endswith("encore moins de 10 secondes")
    box.work.note(1, 100)
    box.look_now()
    assert "encore" not in text(box)


class At:
    """A stopwatch that stands."""

    def __init__(self, ms: int) -> None:
        self._ms = ms

    def elapsed(self) -> int:
        return self._ms
