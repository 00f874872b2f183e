"""Measures what a person at the counter waits for, in a usual shop (10,000 articles, 5,000 orders), in the real window,
painted off screen: scan to verdict (H1, from the sale H2), scan to line (H3), key to results (H4).

Keys and scans enter where the system delivers them; the time ends once what was asked for is there and every paint
event it caused has been dealt with. The floor, taken in turn in the same process: the same last key into a bare window
of Qt's own widgets that shows an answer it knows already, as many texts in as large a place. Medians and 95th
percentiles, each the median of the rounds': of the process's processor time for the ratios, since a busy machine makes
two threads wait for each other and a bare window for nobody; of the wall clock against the targets.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.bootstrap.window import Assembly
from app.ui.checkout.presenter import searched_for
from app.ui.input_grammar import parse_input
from app.ui.screen import PlaceName
from bench.frame import ROUNDS, Rounds, Row, limit_row, ratio_row
from bench.till import bring_orders, code_of, open_till
from bench.window_bench import LINES_A_BASKET, TYPED, Scanner, end_scan, press, quiet, real_window, show_card, until

ARTICLES, ORDERS = 10_000, 5_000
ACTS_A_ROUND = 40
VERDICT_MS, LINE_MS, RESULTS_MS = 150, 50, 80
"""The targets at the 95th percentile (peers-and-flows 4.1 and 4.2)."""

_CARD_TEXTS, _LINE_TEXTS, _RESULT_TEXTS = 14, 8, 24
"""About as many texts as the card, the ticket, the results in view hold."""


def measure() -> list[Row]:
    """The rows H1 to H4, each as p50, p95 and the target."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        with open_till(at / "till", ARTICLES) as core:
            codes = bring_orders(core, ORDERS, products=ARTICLES)
        with real_window(at / "till") as assembly:
            rows = _verdicts(assembly, codes, PlaceName.PICKUP, "H1", "scan to painted verdict")
            rows += _verdicts(assembly, codes, PlaceName.SALE, "H2", "the same from the sale")
            rows += _lines(assembly)
            rows += _results(assembly)
    return rows


class BareWindow:
    """Qt's own widgets without any of ours: a field, and texts that its Enter or each of its letters exchanges."""

    def __init__(self, texts: int) -> None:
        self._widget = QWidget()
        self._field = QLineEdit()
        self._labels = [QLabel() for _ in range(texts)]
        layout = QVBoxLayout(self._widget)
        for widget in (self._field, *self._labels):
            layout.addWidget(widget)
        self._widget.resize(760, 640)
        self._shown = 0
        self._field.returnPressed.connect(self._exchange)
        self._field.textEdited.connect(self._exchange)
        self._widget.show()
        QApplication.processEvents()

    def close(self) -> None:
        self._widget.close()
        self._widget.deleteLater()

    def enter(self) -> None:
        self._key(int(Qt.Key.Key_Return), "\r")

    def letter(self) -> None:
        self._key(int(Qt.Key.Key_A), "a")

    def _key(self, key: int, text: str) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
        QCoreApplication.sendEvent(self._field, event)
        QApplication.processEvents()

    def _exchange(self, *_told: object) -> None:
        self._shown += 1
        for number, label in enumerate(self._labels):
            label.setText(f"Article {self._shown} {number}")


class Taken:
    """Samples in rounds, of the wall clock and of the processor time of all threads."""

    def __init__(self) -> None:
        self.wall, self.cpu = Rounds(), Rounds()

    def begin(self) -> None:
        self.wall.begin()
        self.cpu.begin()

    def take(self, work: Callable[[], object]) -> None:
        before = time.process_time()
        self.wall.take(work)
        self.cpu.add((time.process_time() - before) * 1000)


def _taken(key: str, what: str, acts: Taken, floors: Taken, target_ms: float) -> list[Row]:
    rows = [
        ratio_row(f"{key}-p{share}", f"{what}, CPU, p{share}", acts.cpu.at(at), "ms", floors.cpu.at(at), _GOALS[key])
        for share, at in ((50, 0.50), (95, 0.95))
    ]
    return [
        *rows,
        limit_row(f"{key}-wall-p50", "the same by the wall clock, p50", acts.wall.at(0.50), "ms", target_ms),
        limit_row(f"{key}-wall-p95", "and p95, against the target", acts.wall.at(0.95), "ms", target_ms),
    ]


_GOALS = {"H1": 14.0, "H2": 27.0, "H3": 12.0, "H4": 5.0}
"""Times the bare window, which looks nothing up, judges nothing and paints no more than texts; H2 parks a basket and
changes the screen besides. What people notice is held by the targets; these tell when it has become dearer."""


def _verdicts(assembly: Assembly, codes: Sequence[str], begins_at: PlaceName, key: str, what: str) -> list[Row]:
    window = assembly.window
    window.go_to(PlaceName.SALE)
    window.go_to(PlaceName.PICKUP)
    pickup: Any = window.screen(PlaceName.PICKUP)
    chance = random.Random(1)

    def once(scanner: Scanner, acts: Taken) -> None:
        code = chance.choice(codes)
        pickup.presenter.close_card()
        if window.here is not begins_at:
            window.go_to(begins_at)
        if begins_at is PlaceName.SALE:
            _one_line(assembly, scanner, chance)
        quiet(assembly)
        scanner.burst(code)
        acts.take(partial(show_card, scanner, pickup, code))
        assert window.here is PlaceName.PICKUP
        if begins_at is PlaceName.SALE:
            sale: Any = window.screen(PlaceName.SALE)
            until(lambda: not sale.presenter.state.basket.lines)  # parked

    acts, floors = _in_turn(assembly, _CARD_TEXTS, once, BareWindow.enter)
    return _taken(key, f"{what}, 10,000 articles, 5,000 orders", acts, floors, VERDICT_MS)


def _one_line(assembly: Assembly, scanner: Scanner, chance: random.Random) -> None:
    sale: Any = assembly.window.screen(PlaceName.SALE)
    quiet(assembly)
    scanner.burst(code_of(chance.randrange(ARTICLES)))
    end_scan(scanner, sale)


def _lines(assembly: Assembly) -> list[Row]:
    window = assembly.window
    window.go_to(PlaceName.SALE)
    sale: Any = window.screen(PlaceName.SALE)
    chance = random.Random(2)

    def once(scanner: Scanner, acts: Taken) -> None:
        if len(sale.presenter.state.basket.lines) >= LINES_A_BASKET:
            sale.presenter.park_under_way()
            until(lambda: not sale.presenter.state.basket.lines)
        quiet(assembly)
        scanner.burst(code_of(chance.randrange(ARTICLES)))
        acts.take(partial(end_scan, scanner, sale))

    acts, floors = _in_turn(assembly, _LINE_TEXTS, once, BareWindow.enter)
    return _taken("H3", "scan to painted line, 10,000 articles", acts, floors, LINE_MS)


def _results(assembly: Assembly) -> list[Row]:
    window = assembly.window
    window.go_to(PlaceName.SALE)
    sale: Any = window.screen(PlaceName.SALE)
    keys, floors = Taken(), Taken()
    for _ in range(ROUNDS + 1):
        keys.begin()
        floors.begin()
        for text in TYPED:
            window.focus_box("")
            for place, char in enumerate(text, start=1):
                wanted = searched_for(parse_input(text[:place]))
                keys.take(partial(press, window.box, char, sale, wanted))
        bare = BareWindow(_RESULT_TEXTS)
        for _ in range(ACTS_A_ROUND):
            floors.take(bare.letter)
        bare.close()
    return _taken("H4", "key to painted results, 10,000 articles", keys, floors, RESULTS_MS)


def _in_turn(
    assembly: Assembly, texts: int, once: Callable[[Scanner, Taken], None], bare_act: Callable[[BareWindow], None]
) -> tuple[Taken, Taken]:
    """Acts of the till and of a bare window by turns: what else the machine does hits them alike."""
    acts, floors, scanner = Taken(), Taken(), Scanner(assembly)
    for _ in range(ROUNDS + 1):
        acts.begin()
        floors.begin()
        for _ in range(ACTS_A_ROUND):
            once(scanner, acts)
        bare = BareWindow(texts)
        for _ in range(ACTS_A_ROUND):
            floors.take(partial(bare_act, bare))
        bare.close()
        assembly.window.activateWindow()
        QApplication.processEvents()
    return acts, floors
