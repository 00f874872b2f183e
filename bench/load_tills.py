"""Owns the tills of the load measures: thousands of them in one process, each a bare connection that speaks just enough
HTTP to poll and to push. Never decides what is measured.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.load_town import WHEN, sale_payload, token_of


@dataclass
class Seen:
    """What the tills saw. Times in seconds.

    Attributes:
        rings: from the moment a sale was sent until another connection of the shop had it in a page.
        pushes: from the moment a sale was due until its answer.
        turns: pages answered.
        failures: answers that were not 200, and connections that broke.
    """

    rings: list[float] = field(default_factory=list)
    pushes: list[float] = field(default_factory=list)
    turns: int = 0
    bytes_in: int = 0
    failures: int = 0


class Line:
    """One connection, kept open."""

    def __init__(self, port: int, shop: int, seen: Seen) -> None:
        self._port = port
        self._seen = seen
        self._headers = f"Host: localhost\r\nAuthorization: Bearer {token_of(shop)}\r\nAccept-Encoding: gzip\r\n"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of a 200. Raises OSError, ValueError."""
        if self._writer is None or self._reader is None or self._writer.is_closing():
            await self.connect()
        assert self._writer is not None
        assert self._reader is not None
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{self._headers}{length}\r\n".encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        size = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")), 0)
        answer = await self._reader.readexactly(size)
        self._seen.bytes_in += len(head) + size
        if b" 200 " not in lines[0] + b" ":
            raise ValueError(lines[0].decode())
        if b"content-encoding: gzip" in head.lower():
            return gzip.decompress(answer)
        return answer

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


class Tills:
    """One till a shop."""

    def __init__(self, port: int, cursors: dict[int, str], chance: random.Random) -> None:
        """Args: cursors: where each shop's feed ends, by shop; brought along while polling."""
        self._port = port
        self._chance = chance
        self._cursors = cursors
        self._sent_at: dict[int, list[float]] = defaultdict(list)
        self._numbers: dict[int, int] = defaultdict(lambda: chance.randrange(10**6, 10**9))
        self.seen = Seen()

    async def poll(self, shop: int, wait_s: float = 25.0) -> None:
        """One till that waits for changes until it is cancelled."""
        line = Line(self._port, shop, self.seen)
        try:
            while True:
                path = f"/v1/changes?cursor={self._cursors[shop]}&limit=100&wait_s={wait_s:g}"
                try:
                    page = json.loads(await line.ask("GET", path))
                except (OSError, ValueError, asyncio.IncompleteReadError):
                    self.seen.failures += 1
                    line.close()
                    line = Line(self._port, shop, self.seen)
                    await asyncio.sleep(1.0)
                    continue
                self.seen.turns += 1
                self._cursors[shop] = page["cursor"]
                if page["changes"] and self._sent_at[shop]:
                    now = time.perf_counter()
                    self.seen.rings += [now - sent_at for sent_at in self._sent_at.pop(shop)]
        finally:
            line.close()

    async def push(self, line: Line, shop: int, due_at: float) -> None:
        body = json.dumps({"facts": [self._a_sale(shop)]}).encode()
        self._sent_at[shop].append(time.perf_counter())
        try:
            answer = json.loads(await line.ask("POST", "/v1/facts", body))
        except (OSError, ValueError, asyncio.IncompleteReadError):
            self.seen.failures += 1
            line.close()
            return
        if answer["results"][0]["outcome"] != "applied":
            self.seen.failures += 1
        self.seen.pushes.append(time.perf_counter() - due_at)

    async def push_at(self, rate: float, for_s: float, shops: range) -> None:
        """Sales of random ones of these shops at a rate, whether or not those before have been answered."""
        begun, number = time.perf_counter(), 0
        tasks = set()
        while (due_at := begun + number / rate) < begun + for_s:
            await asyncio.sleep(max(due_at - time.perf_counter(), 0.0))
            shop = self._chance.choice(shops)
            task = asyncio.create_task(self._push_once(shop, due_at))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            number += 1
        await asyncio.gather(*tasks)

    async def push_flat_out(self, at_once: int, for_s: float, shops: range) -> tuple[int, float]:
        """As fast as it goes, so many at once. Returns how many sales, and in how many seconds."""
        until = time.perf_counter() + for_s
        before, begun = len(self.seen.pushes), time.perf_counter()

        async def one() -> None:
            while time.perf_counter() < until:
                shop = self._chance.choice(shops)
                await self._push_once(shop, time.perf_counter())

        await asyncio.gather(*(one() for _ in range(at_once)))
        return len(self.seen.pushes) - before, time.perf_counter() - begun

    async def one_page(self, shop: int) -> None:
        """An empty page, at once."""
        line = Line(self._port, shop, self.seen)
        await line.ask("GET", f"/v1/changes?cursor={self._cursors[shop]}&limit=100")
        line.close()

    async def pull_flat_out(self, at_once: int, for_s: float, shops: range) -> tuple[int, float]:
        """Empty pages as fast as it goes, on kept connections. Returns how many, and in how many seconds."""
        until, count = time.perf_counter() + for_s, 0
        begun = time.perf_counter()

        async def one() -> None:
            nonlocal count
            shop = self._chance.choice(shops)
            line = Line(self._port, shop, self.seen)
            while time.perf_counter() < until:
                await line.ask("GET", f"/v1/changes?cursor={self._cursors[shop]}&limit=100")
                count += 1
            line.close()

        await asyncio.gather(*(one() for _ in range(at_once)))
        return count, time.perf_counter() - begun

    async def _push_once(self, shop: int, due_at: float) -> None:
        line = Line(self._port, shop, self.seen)
        await self.push(line, shop, due_at)
        line.close()

    def _a_sale(self, shop: int) -> dict[str, Any]:
        self._numbers[shop] += 1
        name = f"{shop:05d}-{self._numbers[shop]}-{self._chance.randrange(10**6)}"
        sale_id = f"new-sale-{name}"
        return {
            "fact_id": f"new-fact-{name}",
            "till_seq": self._numbers[shop],
            "kind": "sale_recorded",
            "subject": f"sale:{sale_id}",
            "happened_at": WHEN,
            "payload": sale_payload(shop, sale_id, (f"new-moved-{name}-1", f"new-moved-{name}-2")),
        }


async def all_waiting(tills: Tills, shops: range, over_s: float) -> list[asyncio.Task[None]]:
    """A long poll for each of these shops, opened one after the other."""
    tasks = []
    begun = time.perf_counter()
    for number, shop in enumerate(shops):
        tasks.append(asyncio.create_task(tills.poll(shop)))
        await asyncio.sleep(max(begun + over_s * number / len(shops) - time.perf_counter(), 0.0))
    return tasks
