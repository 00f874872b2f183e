"""The main thread stays free while much is done behind the counter: orders pour in, the ledger is verified, a catalogue
is imported, the printer hangs. Somebody goes on scanning meanwhile.

What judges is the watch over every turn of the event loop (`tests/plugins/turns.py`), under which these tests run as
all with a window do. With COMPTOIR_WHOLE_SIZES set there are 10,000 orders, articles and tickets, else a few hundred.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bootstrap.window import Assembly, Places
from app.settings import PrinterProfile, Settings, save
from app.ui.books.desk import Section as BooksSection
from app.ui.books.view import BooksScreen
from app.ui.checkout.view import SaleScreen
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Job, SettingsNotice
from app.ui.settings.view import SettingsScreen
from app.usecases.sell_at_counter import SaleDone, sell_at_counter
from bench.till import bring_orders, code_of, open_till, sale_request
from tests.fakes.socket_printer import Behaviour, socket_printer

WHOLE = bool(os.environ.get("COMPTOIR_WHOLE_SIZES"))
MANY = 10_000 if WHOLE else 300
ARTICLES = 1_000
PATIENCE_MS = 1_200_000 if WHOLE else 100_000

pytestmark = pytest.mark.timeout(1_500 if WHOLE else 300)


class Counter:
    """The window on its own database, somebody's hands before it."""

    def __init__(self, qtbot, assembly: Assembly) -> None:
        self.qtbot = qtbot
        self.assembly = assembly
        self.window = assembly.window
        self._scans = 0

    def screen(self, place: PlaceName, kind: type) -> object:
        found = self.window.screen(place)
        assert isinstance(found, kind)
        return found

    def work_until(self, done: Callable[[], object]) -> None:
        """Scan article after article at the sale screen, at least five, until `done`."""
        self.window.go_to(PlaceName.SALE)
        before = self._scans

        def scanned_on() -> bool:
            self._scans += 1
            self.window.take_scan(code_of(self._scans % 20))
            return self._scans - before > 5 and bool(done())

        self.qtbot.waitUntil(scanned_on, timeout=PATIENCE_MS)

    def lines(self) -> int:
        sale = self.screen(PlaceName.SALE, SaleScreen)
        assert isinstance(sale, SaleScreen)
        return sum(line.quantity for line in sale.presenter.state.basket.lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_till(tmp_path, ARTICLES):
        pass
    return tmp_path


@pytest.fixture
def open_counter(qtbot, look, folder: Path) -> Iterator[Callable[[], Counter]]:
    opened: list[Assembly] = []

    def open_one() -> Counter:
        places = Places(folder / "till.sqlite3", folder / "keys" / "secrets.json", folder / "settings.json")
        attached: list[Assembly] = []
        opened.append(Assembly(places, look, attached=attached.append))
        qtbot.addWidget(opened[0].window)
        opened[0].show()
        qtbot.waitUntil(lambda: bool(attached), timeout=PATIENCE_MS)
        return Counter(qtbot, opened[0])

    yield open_one
    for assembly in opened:
        assembly.window.close()
        assembly.close()


@pytest.mark.allowed_logs("marketplace", "sync", "link")
def test_orders_pour_in(open_counter) -> None:
    counter = open_counter()
    core = counter.assembly.core
    assert core is not None
    arriving = threading.Thread(target=bring_orders, args=(core, MANY, 0, ARTICLES), name="arriving")
    arriving.start()
    counter.work_until(lambda: not arriving.is_alive())
    arriving.join()
    counter.qtbot.waitUntil(lambda: counter.lines() >= 5, timeout=PATIENCE_MS)
    counter.window.go_to(PlaceName.PICKUP)
    pickup = counter.screen(PlaceName.PICKUP, PickupScreen)
    assert isinstance(pickup, PickupScreen)
    counter.qtbot.waitUntil(lambda: len(pickup.presenter.state.rows) > 0, timeout=PATIENCE_MS)


@pytest.mark.allowed_logs("marketplace", "sync", "link")
def test_the_ledger_is_verified(open_counter, folder: Path) -> None:
    with open_till(folder, ARTICLES) as core:
        chance = random.Random(7)
        for _ticket in range(MANY // 5):
            assert isinstance(sell_at_counter(core.counter, sale_request(core, chance, ARTICLES)), SaleDone)
    counter = open_counter()
    counter.window.go_to(PlaceName.BOOKS)
    books = counter.screen(PlaceName.BOOKS, BooksScreen)
    assert isinstance(books, BooksScreen)
    books.choose(BooksSection.CHECK)
    books.check.presenter.begin(every_signature=True)
    counter.work_until(lambda: books.check.presenter.state.report is not None)
    report = books.check.presenter.state.report
    assert report is not None
    assert report.is_sound


@pytest.mark.allowed_logs("marketplace", "sync", "link")
def test_a_catalogue_is_imported(open_counter, folder: Path) -> None:
    counter = open_counter()
    file = folder / "articles.csv"
    rows = (f"Article {number};{1 + number % 90},50;5,5;{code_of(500_000 + number)}" for number in range(MANY))
    file.write_text("\n".join(("nom;prix;tva;code", *rows)), encoding="utf-8")
    counter.window.go_to(PlaceName.SETTINGS)
    settings = counter.screen(PlaceName.SETTINGS, SettingsScreen)
    assert isinstance(settings, SettingsScreen)
    presenter = settings.presenter
    presenter.import_file(file)
    counter.work_until(lambda: presenter.state.report is not None and Job.IMPORTING not in presenter.state.busy)
    assert presenter.state.said is SettingsNotice.IMPORTED
    assert presenter.state.report is not None
    assert presenter.state.report.rows_refused == 0


@pytest.mark.allowed_logs(".")
def test_the_printer_hangs(open_counter, folder: Path) -> None:
    with socket_printer() as printer:
        printer.behaviour = Behaviour(hang_after=40)
        reached = PrinterProfile(transport="network", host="127.0.0.1", port=printer.port)
        save(folder / "settings.json", Settings(printer=reached))
        counter = open_counter()
        core = counter.assembly.core
        assert core is not None
        chance = random.Random(7)
        for _ticket in range(3):
            assert isinstance(sell_at_counter(core.counter, sale_request(core, chance, ARTICLES)), SaleDone)
        counter.work_until(printer.stuck.is_set)
        counter.qtbot.waitUntil(lambda: counter.lines() >= 5, timeout=PATIENCE_MS)
