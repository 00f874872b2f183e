"""The whole window on a real database: a forgotten day is said and closed, the ledger is checked, archived, exported;
an accountant sees the records alone."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.bootstrap.core import build_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.domain.cash import CashCount
from app.domain.closure import ClosureKind
from app.domain.operators import Role
from app.i18n import set_language
from app.storage.pin import Argon2PinHasher
from app.ui.books.desk import Section
from app.ui.books.files import Span
from app.ui.books.view import BooksScreen
from app.ui.closing.state import Step
from app.ui.closing.view import ClosingScreen
from app.ui.components.pin_sheet import PinSheet
from app.ui.screen import PlaceName
from app.ui.style.tokens import Shape
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.export_archive import ArchiveDone
from app.usecases.export_books import ExportDone, ExportKind
from app.usecases.manage_operators import Team
from tests.fakes.surroundings import HandSetClock
from tests.fakes.tills_day import sell

LONG_AGO = datetime.now(UTC) - timedelta(days=2)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")


class Window:
    """One window on its database, with hands."""

    def __init__(self, places: Places, look) -> None:
        self.assembly = Assembly(places, look)
        set_language("fr")
        self.hands = Hands(self.assembly.window)
        self.assembly.show()
        self.until(lambda: self.assembly.reminder is not None, "the window with its workers")

    def until(self, done: Callable[[], object], what: str) -> None:
        self.hands.wait_until(done, what)

    @property
    def window(self):
        return self.assembly.window

    @property
    def books(self) -> BooksScreen:
        screen = self.window.screen(PlaceName.BOOKS)
        assert isinstance(screen, BooksScreen)
        return screen

    @property
    def closing(self) -> ClosingScreen:
        screen = self.window.screen(PlaceName.CLOSING)
        assert isinstance(screen, ClosingScreen)
        return screen

    def click(self, name: str) -> None:
        button = self.window.findChild(QAbstractButton, name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def close(self) -> None:
        self.window.close()
        self.assembly.close()


@pytest.fixture
def open_window(qapp, look, places: Places) -> Iterator[Callable[[], Window]]:
    opened: list[Window] = []

    def open_one() -> Window:
        opened.append(Window(places, look))
        return opened[-1]

    yield open_one
    for window in opened:
        window.close()


@pytest.fixture
def forgotten_day(places: Places) -> None:
    """Three tickets of the day before yesterday that nobody closed."""
    core = build_core(places.database, places.secrets, clock=HandSetClock(LONG_AGO))
    for amount in (12_50, 7_00, 30_00):
        sell(core, amount)
    core.close()


@pytest.fixture
def closed_day(places: Places) -> None:
    core = build_core(places.database, places.secrets, clock=HandSetClock(LONG_AGO))
    for amount in (12_50, 7_00, 30_00):
        sell(core, amount)
    expected = core.store.queries.cash_session().expected
    assert isinstance(close_day(core.counter, CloseDayRequest("Léa", CashCount.of_amount(expected))), DayClosed)
    core.close()


@pytest.mark.usefixtures("forgotten_day")
def test_a_forgotten_day_is_said_and_its_button_leads_to_the_closing(open_window):
    window = open_window()
    window.until(lambda: "pas encore clôturé" in window.window.notice.text, "the reminder")
    assert window.window.rail.count_of(PlaceName.CLOSING) == 1
    window.click("notice-action")
    assert place_of(window) is PlaceName.CLOSING
    window.until(lambda: window.closing.presenter.state.picture.session, "what should be in the drawer")
    for field in window.closing.grid.fields:
        field.setText({2000: "2", 500: "1", 200: "2", 50: "1"}.get(field.value_minor, ""))
    window.closing.enter()
    window.until(lambda: window.closing.presenter.state.step is Step.CHECK, "the count held against the drawer")
    assert window.closing.check_page.banner.shape is Shape.TICK
    window.closing.enter()
    window.until(lambda: window.closing.presenter.state.step is Step.DONE, "the closed day")
    window.until(lambda: window.window.rail.count_of(PlaceName.CLOSING) == 0, "no day left to close")
    closed = window.closing.presenter.state.closed
    assert closed is not None
    assert closed.closures[0].kind is ClosureKind.DAY
    assert closed.closures[0].totals.turnover.minor == 49_50


@pytest.mark.usefixtures("closed_day")
def test_the_ledger_is_checked_archived_and_exported_while_the_window_works(open_window):
    window = open_window()
    window.window.go_to(PlaceName.BOOKS)
    books = window.books
    window.until(lambda: books.closures.presenter.state.closures, "the closures")
    books.choose(Section.CHECK)
    window.click("check-ledger")
    window.until(lambda: books.check.presenter.state.report, "the report")
    assert books.check.presenter.state.report.is_sound, books.check.presenter.state.report.findings
    books.choose(Section.ARCHIVE)
    books.archive.presenter.choose_span(Span.THIS_YEAR)
    window.until(lambda: books.archive.presenter.state.draft_no, "the days of the year")
    first, last = f"{LONG_AGO - timedelta(days=1):%d/%m/%Y}", f"{datetime.now(UTC):%d/%m/%Y}"
    books.archive.presenter.make_archive(first, last)
    window.until(lambda: not books.archive.presenter.state.busy, "the archive")
    done = books.archive.presenter.state.outcome
    assert isinstance(done, ArchiveDone)
    assert done.documents == 3
    assert zipfile.is_zipfile(done.path)
    for kind in ExportKind:
        books.exports.presenter.make_export(kind, first, last)
        window.until(lambda: not books.exports.presenter.state.busy, kind.value)
        outcome = books.exports.presenter.state.outcome
        assert isinstance(outcome, ExportDone), kind
        assert all(Path(path).is_file() for path in outcome.paths)


@pytest.mark.usefixtures("closed_day")
def test_an_accountant_sees_the_records_alone_and_the_next_one_everything(places, open_window):
    core = build_core(places.database, places.secrets)
    team = Team(core.counter, core.store.queries, Argon2PinHasher())
    team.add("Claire", Role.MANAGER, "2580", "")
    team.add("Nadia", Role.ACCOUNTANT, "7391", "Claire")
    core.close()
    window = open_window()
    sign_in(window, "7391")
    assert place_of(window) is PlaceName.BOOKS
    window.window.go_to(PlaceName.SALE)
    assert place_of(window) is PlaceName.BOOKS
    window.window.operator_pressed.emit()
    sign_in(window, "2580")
    window.window.go_to(PlaceName.STOCK)
    assert place_of(window) is PlaceName.STOCK


def place_of(window: Window) -> PlaceName:
    here: PlaceName = window.window.here
    return here


def sign_in(window: Window, pin: str) -> None:
    window.until(lambda: window.window.covered, "the lock")
    [sheet] = (sheet for sheet in window.window.findChildren(PinSheet) if sheet.isVisible())
    QTest.keyClicks(sheet, pin)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    window.until(lambda: not window.window.covered, "somebody at the till")
