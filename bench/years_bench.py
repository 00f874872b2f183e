"""Measures what ten years of trade cost: L1 (X and Z of a day), L5 (opening, and the first sale), the sale itself, L3
(verification of the whole ledger).

The same till with 1,000 tickets and with 1,000,000, in turn. The floor of L3 is reading the ledger's rows by `sqlite3`
alone.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap.core import Core, build_core
from app.storage.signing import is_signed_by
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day, report_x
from app.usecases.sell_at_counter import SaleDone, sell_at_counter
from app.usecases.verify_ledger import verify_ledger
from bench.frame import Row, cpu_s, in_turn, limit_row, median, ratio_row, wall_ms
from bench.till import open_till, sale_request
from bench.years import YearsClock, trade

FEW, MANY = 1_000, 1_000_000
A_DAY = 330
"""Tickets: a million of them are ten years of 300 days."""
PRODUCTS = 200
ROUNDS = 5
SALES_A_ROUND = 40


@dataclass
class _Till:
    """A till with its years behind it."""

    folder: Path
    clock: YearsClock

    def open(self) -> Core:
        return build_core(self.folder / "till.sqlite3", self.folder / "keys" / "secrets.json", clock=self.clock)


def measure() -> list[Row]:
    """The rows L1, L1-X, L1-sale, L3, L3-speed, L5."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_till_with(Path(folder) / str(tickets), tickets) for tickets in (FEW, MANY))
        rows = [_opening(few, many), *_acts(few, many)]
        return [*rows, *_verification(many)]


def _till_with(folder: Path, tickets: int) -> _Till:
    with open_till(folder, PRODUCTS):
        pass
    till = _Till(folder, YearsClock())
    core = till.open()
    try:
        trade(core, till.clock, tickets, A_DAY, lambda: _close(core), closed_last=True)
    finally:
        core.close()
    return till


def _close(core: Core) -> None:
    done = close_day(core.counter, CloseDayRequest("Zoé", print_z=False))
    assert isinstance(done, DayClosed), done


def _opening(few: _Till, many: _Till) -> Row:
    """From the file to the first sale recorded, wall clock: both files are in the system's cache."""
    chance = random.Random(5)

    def of(till: _Till) -> Callable[[], float]:
        def taken_ms() -> float:
            begun = time.perf_counter()
            core = till.open()
            try:
                done = sell_at_counter(core.counter, sale_request(core, chance, PRODUCTS))
                assert isinstance(done, SaleDone)
                return (time.perf_counter() - begun) * 1000
            finally:
                core.close()

        return taken_ms

    for till in (few, many):
        of(till)()
    taken = in_turn(of(few), of(many), rounds=ROUNDS * 2)
    return ratio_row("L5", f"open, first sale at {MANY:,}", median(taken[1]), "ms", median(taken[0]), 1.5)


def _acts(few: _Till, many: _Till) -> list[Row]:
    cores = few.open(), many.open()
    try:
        samples: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ("sale", "X", "Z")}
        for round_no in range(ROUNDS + 1):
            for side, (core, till) in enumerate(zip(cores, (few, many), strict=True)):
                taken = _a_day(core, till, round_no)
                for name, seconds in taken.items():
                    if round_no:  # the first fills caches
                        samples[name][side].append(seconds)
    finally:
        for core in cores:
            core.close()
    named = {"sale": ("L1-sale", "sale"), "X": ("L1-X", f"X of {A_DAY} tickets"), "Z": ("L1", f"Z of {A_DAY} tickets")}
    return [
        ratio_row(key, f"{what} at {MANY:,}: CPU", median(of_many) * 1e6, "us", median(of_few) * 1e6, 1.5)
        for name, (key, what) in named.items()
        for of_few, of_many in [samples[name]]
    ]


def _a_day(core: Core, till: _Till, round_no: int) -> dict[str, float]:
    trade(core, till.clock, A_DAY, A_DAY, lambda: None, first_id=10_000_000 * (round_no + 1))
    chance = random.Random(round_no)
    requests = [sale_request(core, chance, PRODUCTS) for _ in range(SALES_A_ROUND)]
    taken = {
        "sale": cpu_s(lambda: [sell_at_counter(core.counter, request) for request in requests]) / SALES_A_ROUND,
        "X": cpu_s(lambda: report_x(core.counter)),
        "Z": cpu_s(lambda: _close(core)),
    }
    till.clock.next_day()
    return taken


def _verification(many: _Till) -> list[Row]:
    core = many.open()
    try:
        reading_ms = wall_ms(lambda: _read_all(core.store.path))
        books = core.store.queries.ledger_books()

        def chains() -> None:
            report = verify_ledger(books, is_signed_by, _WallClock(), tables=False)
            assert report.is_sound, report.findings[:3]

        def everything() -> None:
            report = verify_ledger(books, is_signed_by, _WallClock())
            assert report.is_sound, report.findings[:3]

        chains_ms, everything_ms = wall_ms(chains), wall_ms(everything)
    finally:
        core.close()
    return [
        ratio_row("L3", f"chain check of {MANY:,} tickets", chains_ms, "ms", reading_ms, 4.0),
        limit_row("L3-speed", "verification, a ticket with its tables", everything_ms * 1000 / MANY, "us", 300),
    ]


def _read_all(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        for _ in connection.execute("SELECT number, canonical, hash, signature FROM ledger ORDER BY series, number"):
            pass
    finally:
        connection.close()


class _WallClock:
    """The real time: how long a verification takes is part of its report."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def utc_offset_minutes(self) -> int:
        return 60
