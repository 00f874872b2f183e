"""What can wait is done while nobody does anything, and screens that are visited before are built as far as needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt

from app.ui import leisure
from app.ui.books.desk import Section as BooksSection
from app.ui.leisure import Leisure
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from tests.ui.till import Till, open_till


@pytest.fixture
def till(qtbot, look) -> Iterator[Till]:
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


def test_nothing_is_done_while_somebody_is_at_it(qtbot, qapp, monkeypatch) -> None:
    monkeypatch.setattr(leisure, "LOOK_MS", 1)
    done: list[int] = []
    asked: list[int] = []
    busy = 1

    def steps() -> Iterator[None]:
        for number in range(3):
            done.append(number)
            yield

    def quiet_ms() -> int:
        asked.append(1)
        return leisure.QUIET_MS - busy

    owner = QObject()
    worker = Leisure(owner, steps(), quiet_ms)
    qtbot.waitUntil(lambda: len(asked) >= 5)
    assert done == []
    busy = 0
    qtbot.waitUntil(lambda: worker.over)
    assert done == [0, 1, 2]


def test_a_step_makes_one_sheet(till) -> None:
    steps = till.window.build_in_steps(PlaceName.BOOKS, PlaceName.SETTINGS)
    next(steps)
    assert set(till.books._made) == {BooksSection.CLOSURES}
    next(steps)
    assert set(till.books._made) == {BooksSection.CLOSURES, BooksSection.CHECK}
    for _step in steps:
        pass
    assert set(till.books._made) == set(BooksSection)
    assert set(till.set_up._made) == set(Section)
    assert till.window.here is PlaceName.SALE


def test_whatever_somebody_does_begins_the_quiet_anew(till, monkeypatch) -> None:
    watch = CountedStarts()
    monkeypatch.setattr(till.window, "_last_act", watch)
    for act in (
        lambda: till.press("1"),
        lambda: till.press(Qt.Key.Key_Escape),
        lambda: till.window.take_scan("3017620422003"),
        lambda: till.window.go_to(PlaceName.STOCK),
    ):
        watch.starts = 0
        act()
        assert watch.starts
    assert till.window.quiet_ms() == 7


class CountedStarts:
    """A stopwatch that only counts how often it was started."""

    starts = 0

    def start(self) -> None:
        self.starts += 1

    def elapsed(self) -> int:
        return 7


def test_a_page_visited_at_once_makes_no_other_and_knows_what_is_set(till) -> None:
    till.window.go_to(PlaceName.SETTINGS)
    assert set(till.set_up._made) == {Section.SHOP}
    till.set_up.presenter.choose_section(Section.DATA)
    assert set(till.set_up._made) == {Section.SHOP, Section.DATA}
    till.set_up.presenter.set_values(keep_customer_days=12)
    till.set_up.presenter.choose_section(Section.MERCHANT)
    assert till.set_up.merchant.presenter.state.merchant is not None, "a sheet that reads has read"
    assert till.set_up._made[Section.DATA].days.text == "12"
