"""Measures F1 (key to results), F3 (scan to line) and U1 (pickup code to card) in the real window, painted off screen.

Keys and scans enter where the system delivers them. A scan is a scanner's burst of keys, 2 ms apart by its own clock;
its time begins with its last key, Enter, and ends once what it asked for is there and every paint event it caused has
been dealt with; so does a key's. The floors, taken in turn: repainting the same widget once, for F3 and U1 after the
bare `sqlite3` look-up of the same rows. Wall clock, 99th percentiles.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.bootstrap.core import Core
from app.bootstrap.window import Assembly, Places, new_application
from app.settings import Settings
from app.ui.checkout.presenter import searched_for
from app.ui.input_grammar import parse_input
from app.ui.screen import PlaceName
from app.ui.task_runner import Lane
from bench.frame import ROUNDS, Rounds, Row, limit_row, ratio_row
from bench.storage_bench import syncing
from bench.sync_bench import make_pages
from bench.till import bring_orders, code_of, open_till

ARTICLES, MANY_ARTICLES = 100_000, 1_000_000
TYPED = (
    "cafe moulu",
    "creme brulee",
    "oeuf",
    "lait demi",
    "tomate",
    "fromage blanc",
    "chocolat noir",
    "biere",
    "2000000",
    "pain complet",
    "miel",
)
SCANS_A_ROUND = 60
CODES_A_ROUND = 50
SYNCED_ORDERS = 60_000
GIVE_UP_S = 60.0
LINES_A_BASKET = 12
SCANNER_GAP_MS = 2


def measure(*, full: bool = False) -> list[Row]:
    """The rows F1, F1-sql, F3, F3-limit, U1, U1-syncing, U1-limit; with `full` also F1-1M."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        with open_till(at / "till", ARTICLES) as core:
            codes = bring_orders(core, 2 * (ROUNDS + 1) * CODES_A_ROUND, products=ARTICLES)
        with real_window(at / "till") as assembly:
            rows, at_100k = _keys(assembly)
            rows += _scans(assembly)
            rows += _cards(assembly, codes)
        if full:
            with open_till(at / "many", MANY_ARTICLES):
                pass
            with real_window(at / "many") as assembly:
                _, at_1m = _keys(assembly)
            rows.append(ratio_row("F1-1M", "key to results, 1,000,000 articles, p99", at_1m, "ms", at_100k, 1.5))
    return rows


@contextmanager
def real_window(folder: Path) -> Iterator[Assembly]:
    application, look = new_application(Settings())
    places = Places(folder / "till.sqlite3", folder / "keys" / "secrets.json", folder / "settings.json")
    assembly = Assembly(places, look)
    assembly.window.resize(1366, 768)
    assembly.show()
    try:
        until(lambda: assembly.worker is not None)
        assert assembly.worker is not None
        assembly.worker.stop()  # there is no marketplace; what syncs is said below
        yield assembly
    finally:
        assembly.window.close()
        assembly.close()
        application.processEvents()


def until(is_so: Callable[[], bool]) -> None:
    """Let the window work until it is so, and until what that made it paint is painted."""
    give_up_at = time.monotonic() + GIVE_UP_S
    while not is_so():
        assert time.monotonic() < give_up_at, "the window does not get there"
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    QApplication.processEvents()


def quiet(assembly: Assembly) -> None:
    """Let everything end that an act before left to do: lists read again, a basket put aside."""
    done: list[None] = []
    assembly.runner.run(Lane.STORE, lambda: None, done.append)
    until(lambda: bool(done))
    until(lambda: True)


def _core(assembly: Assembly) -> Core:
    assert assembly.core is not None
    return assembly.core


class Scanner:
    """A wedge scanner on the window; its clock is later than that of any key typed here."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._now_ms = 1_000_000_000

    def burst(self, code: str) -> None:
        """All keys but the last; the window has dealt with them, as it has in the 2 ms that a scanner leaves it."""
        for char in code:
            self._key(ord(char.upper()), char)
            QApplication.processEvents()
        quiet(self._assembly)

    def enter(self) -> None:
        self._key(int(Qt.Key.Key_Return), "\r")

    def _key(self, key: int, text: str) -> None:
        self._now_ms += SCANNER_GAP_MS
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._now_ms)
            QCoreApplication.sendEvent(self._assembly.window.windowHandle(), event)


# --- F1 ---


def _keys(assembly: Assembly) -> tuple[list[Row], float]:
    window = assembly.window
    window.go_to(PlaceName.SALE)
    screen: Any = window.screen(PlaceName.SALE)
    queries = _core(assembly).store.queries
    keys, paints, searches = Rounds(), Rounds(), Rounds()
    for _ in range(ROUNDS + 1):
        keys.begin()
        paints.begin()
        searches.begin()
        for text in TYPED:
            window.focus_box("")
            for place, char in enumerate(text, start=1):
                typed = text[:place]
                keys.take(partial(press, window.box, char, screen, searched_for(parse_input(typed))))
                searches.take(partial(queries.search_products, typed, 50))
                paints.take(screen.articles.results.viewport().repaint)
    return [
        ratio_row("F1", "key to repainted results, 100,000 articles, p99", keys.p99, "ms", paints.p99, 2.0),
        limit_row("F1-limit", "the same, against what people notice", keys.p99, "ms", 50),
        limit_row("F1-sql", "the search alone, p99", searches.p99, "ms", 2.0),
    ], keys.p99


def press(box: QWidget, char: str, screen: Any, wanted: str) -> None:
    key = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, char)
    QApplication.sendEvent(box, key)
    until(lambda: screen.presenter.finder.found.text.strip() == wanted)


# --- F3 ---


def _scans(assembly: Assembly) -> list[Row]:
    window = assembly.window
    window.go_to(PlaceName.SALE)
    screen: Any = window.screen(PlaceName.SALE)
    chance = random.Random(3)
    scanner = Scanner(assembly)
    bare = sqlite3.connect(_core(assembly).store.path)
    scans, floors = Rounds(), Rounds()
    try:
        for _ in range(ROUNDS + 1):
            scans.begin()
            floors.begin()
            for _ in range(SCANS_A_ROUND):
                code = code_of(chance.randrange(ARTICLES))
                quiet(assembly)
                scanner.burst(code)
                scans.take(partial(end_scan, scanner, screen))
                floors.take(partial(_bare_line, bare, code, screen.ticket.lines.viewport()))
                if len(screen.presenter.state.basket.lines) >= LINES_A_BASKET:
                    screen.presenter.park_under_way()
                    until(lambda: not screen.presenter.state.basket.lines)
    finally:
        bare.close()
    return [
        ratio_row("F3", "scan to painted line, 100,000 articles, p99", scans.p99, "ms", floors.p99, 3.0),
        limit_row("F3-limit", "the same, against what people notice", scans.p99, "ms", 50),
    ]


def end_scan(scanner: Scanner, screen: Any) -> None:
    pieces = screen.presenter.state.piece_count
    scanner.enter()
    until(lambda: screen.presenter.state.piece_count > pieces)


def _bare_line(connection: sqlite3.Connection, code: str, viewport: QWidget) -> None:
    row = connection.execute(
        "SELECT p.* FROM product p JOIN product_code c ON c.row_id = p.row_id WHERE c.code = ?", (code,)
    ).fetchone()
    assert row is not None
    viewport.repaint()


# --- U1 ---


def _cards(assembly: Assembly, codes: Sequence[str]) -> list[Row]:
    window, core = assembly.window, _core(assembly)
    window.go_to(PlaceName.PICKUP)
    screen: Any = window.screen(PlaceName.PICKUP)
    pages = make_pages(SYNCED_ORDERS)
    scanner = Scanner(assembly)
    bare = sqlite3.connect(core.store.path)
    idle, floors, busy = Rounds(), Rounds(), Rounds()
    left = iter(codes)
    rounds = ROUNDS + 1
    try:
        for round_no in range(rounds):
            idle.begin()
            floors.begin()
            busy.begin()
            for _ in range(CODES_A_ROUND):
                code = next(left)
                quiet(assembly)
                scanner.burst(code)
                idle.take(partial(show_card, scanner, screen, code))
                floors.take(partial(_bare_card, bare, code, screen.card))
            with syncing(core, pages, round_no / rounds, (round_no + 1) / rounds) as still_syncing:
                beside = 0
                while still_syncing() and beside < CODES_A_ROUND:
                    code = next(left)
                    scanner.burst(code)
                    busy.take(partial(show_card, scanner, screen, code))
                    beside += 1
            assert beside >= CODES_A_ROUND // 3, "the sync ended too soon: give it more orders"
    finally:
        bare.close()
    return [
        ratio_row("U1", "pickup code to painted card, p99", idle.p99, "ms", floors.p99, 2.0),
        ratio_row("U1-syncing", "the same during a full sync, p99", busy.p99, "ms", idle.p99, 3.0),
        limit_row("U1-limit", "that, against what people notice", busy.p99, "ms", 50),
    ]


def show_card(scanner: Scanner, screen: Any, code: str) -> None:
    reference = code[3:10]
    scanner.enter()

    def is_shown() -> bool:
        card = screen.presenter.state.card
        order = card.verdict.order if card is not None else None
        return order is not None and order.order.reference == reference

    until(is_shown)


def _bare_card(connection: sqlite3.Connection, code: str, card: QWidget) -> None:
    order = connection.execute("SELECT * FROM server_order WHERE reference = ?", (code[3:10],)).fetchone()
    lines = connection.execute("SELECT * FROM server_order_line WHERE order_id = ?", (order[0],)).fetchall()
    assert lines
    card.repaint()
