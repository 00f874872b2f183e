"""Measures G1-G3: what a comparison of till and marketplace costs when years of facts lie on both sides, by the real
client and the real marketplace over a socket. Processor time is that of both sides: they share the process.

The floor reads the same numbers and ids on both sides by hand and hashes them. The facts are of a kind without goods or
money: what sales and movements add is their own tables' part.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from app.sync.client import HttpMarketplace
from app.sync.reconcile import Comparison
from bench.frame import Row, limit_row, ratio_row
from bench.weak_bench import paired_shop

FACTS = 100_000
FACTS_IN_FULL = 1_000_000
_HERE = "INSERT INTO fact VALUES (:seq, :id, 'order_prepared', 'order:o', '2026-11-22T10:00:00.000000Z', '{}')"
_THERE = """INSERT INTO fact SELECT shop_id, :id, till_id, :seq, 'order_prepared', 'order:o',
    '2026-11-22T10:00:00.000000Z', '{}', 'applied', '', '2026-11-22T10:00:00.000000Z' FROM till"""
_LISTED = "SELECT till_seq, fact_id FROM fact ORDER BY till_seq"


def measure(*, full: bool) -> list[Row]:
    """The rows G1 (all read anew), G2 (an ordinary day), G3 (the longest request of either)."""
    facts = FACTS_IN_FULL if full else FACTS
    with tempfile.TemporaryDirectory() as name, paired_shop(Path(name) / "shop", 0) as (core, server, _shop):
        market = Path(name) / "shop" / "market.sqlite3"
        _years_of_facts(core.store.path, market, facts)
        floor_s = _cpu_of_both_s(lambda: [_hashed(core.store.path), _hashed(market)])
        with HttpMarketplace(server.url, core.secrets.device_token) as marketplace:
            steps_s: list[float] = []

            def compare(*, thorough: bool) -> None:
                comparison = Comparison(core.counter, core.store.queries, core.secrets, thorough=thorough)
                ended = False
                while not ended:
                    began = time.perf_counter()
                    ended = comparison.step(marketplace)
                    steps_s.append(time.perf_counter() - began)
                assert comparison.run is not None
                assert not comparison.run.gaps, comparison.run.gaps[:3]
                if thorough:
                    assert comparison.run.facts["order_prepared"][0].count == facts

            anew_s = _cpu_of_both_s(lambda: compare(thorough=True))
            daily_s = _cpu_of_both_s(lambda: compare(thorough=False))
    return [
        ratio_row("G1", f"comparison, {facts:,} facts, all read anew, CPU", anew_s, "s", floor_s, 10.0),
        ratio_row("G2", f"comparison, {facts:,} facts, an ordinary day, CPU", daily_s, "s", floor_s, 2.0),
        limit_row("G3", "the longest request of these comparisons", max(steps_s), "s", 2.0),
    ]


def _years_of_facts(here: Path, there: Path, facts: int) -> None:
    with sqlite3.connect(here) as till, sqlite3.connect(there) as market:
        (first,) = till.execute("SELECT coalesce(max(till_seq), 0) + 1 FROM fact").fetchone()
        till.executemany(_HERE, _numbered(first, facts))
        market.executemany(_THERE, _numbered(first, facts))
    till.close()
    market.close()


def _numbered(first: int, facts: int) -> Iterator[dict[str, object]]:
    for seq in range(first, first + facts):
        yield {"seq": seq, "id": str(uuid.UUID(int=(0x01A2_0000_0000_7000_8000 << 48) + seq))}


def _hashed(database: Path) -> str:
    connection = sqlite3.connect(database)
    digest = hashlib.sha256()
    for seq, fact_id in connection.execute(_LISTED):
        digest.update(f"{seq} {fact_id}\n".encode())
    connection.close()
    return digest.hexdigest()


def _cpu_of_both_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before
