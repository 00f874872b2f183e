"""The bad network, a process of its own: one port a till, all leading to the marketplace, each under its own weather.

What it does to a request or its answer (`weather.SPELLS` says how often):

    delay         goes through late
    throttle      the answer drips
    cut_before    the connection closes, nothing was sent on
    cut_request   half of the request is sent on, then both sides are closed
    cut_answer    the request takes effect, half of the answer comes back
    swallow       the request takes effect, nothing comes back
    duplicate     the same bytes go to the marketplace on two connections at once
    black_hole    neither request nor answer gets through, and no connection is closed until the spell is over
    html ...      something else answers: a hotel's log-in page, a broken gateway, a server that has enough

Besides, requests of long ago come again on a connection of their own: their answers reach nobody. On standard input it
takes JSON lines (`begin`, `heal`, `replay`); what it did is in its log, one JSON object a line.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.storm.http_bytes import MAX_HEAD, Message, PeerGone, read_message
from tests.storm.weather import CALM, Spell, spells

HOST = "127.0.0.1"
KEPT = 400
"""Past requests a line remembers, chosen evenly among all there were."""
OLD_AFTER_S = 2.0
REPLAY_PAUSE_S = (0.3, 1.2)
_HTML = b"<!doctype html><title>Wi-Fi</title><h1>Bienvenue</h1>"
_ANSWERS = {
    "html": (b"200 OK", b"text/html", b"", _HTML),
    "html_403": (b"403 Forbidden", b"text/html", b"", _HTML),
    "error_503": (b"503 Service Unavailable", b"text/plain", b"", b"busy"),
    "bad_gateway": (b"502 Bad Gateway", b"text/html", b"", b"<h1>502 Bad Gateway</h1>"),
    "too_many": (b"429 Too Many Requests", b"text/plain", b"Retry-After: 1\r\n", b"slow down"),
}


class Log:
    """What happened, in order; whole lines only."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._begun = time.monotonic()

    def note(self, **line: Any) -> None:
        at = round(time.monotonic() - self._begun, 3)
        os.write(self._file, (json.dumps({"at": at, **line}) + "\n").encode())


class Past:
    """An even choice of the requests that changed something."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._seen = 0
        self._kept: list[tuple[float, Message]] = []

    def add(self, request: Message) -> None:
        self._seen += 1
        entry = (time.monotonic(), request)
        if len(self._kept) < KEPT:
            self._kept.append(entry)
        elif (place := self._chance.randrange(self._seen)) < KEPT:
            self._kept[place] = entry

    def draw(self) -> tuple[float, Message] | None:
        """Its age in seconds and the request; None if nothing is old enough."""
        now = time.monotonic()
        old = [(now - at, request) for at, request in self._kept if now - at >= OLD_AFTER_S]
        return self._chance.choice(old) if old else None


class Line:
    """The network between one till and the marketplace."""

    def __init__(self, number: int, upstream: int, seed: str, log: Log) -> None:
        self._number = number
        self._upstream = upstream
        self._chance = random.Random(f"{seed}/line/{number}")
        self._weather = spells(random.Random(f"{seed}/weather/{number}"))
        self._log = log
        self._past = Past(self._chance)
        self._spell = CALM
        self._changed = asyncio.Event()

    # --- weather ---

    async def change_weather(self) -> None:
        """Spell after spell, until cancelled."""
        for spell in self._weather:
            self._set(spell)
            await asyncio.sleep(spell.lasts_s)

    def heal(self) -> None:
        self._set(CALM)

    def _set(self, spell: Spell) -> None:
        self._spell = spell
        self._log.note(line=self._number, spell=spell.name, lasts_s=round(spell.lasts_s, 2))
        self._changed.set()
        self._changed = asyncio.Event()

    async def _until_it_clears(self) -> None:
        while self._spell.name == "black_hole":
            await self._changed.wait()

    # --- requests ---

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the till."""
        try:
            while await self._one(await read_message(reader), writer):
                pass
        except (PeerGone, ConnectionError, OSError):
            pass  # either side hung up: that is what this network is for
        finally:
            writer.close()

    async def _one(self, request: Message, till: asyncio.StreamWriter) -> bool:
        """Let one request through, or not. Whether the connection stays open."""
        if not request.what.startswith("GET "):
            self._past.add(request)
        fault = self._spell.draw(self._chance)
        if fault:
            self._log.note(line=self._number, hit=fault, request=request.what, bytes=len(request.bytes))
        if fault in _ANSWERS:
            return await _write(till, _other_answer(fault))
        if fault == "cut_before":
            return False
        if fault == "black_hole":
            await self._until_it_clears()
            return False
        if fault == "cut_request":
            await self._half(request)
            return False
        if fault == "delay":
            await asyncio.sleep(self._chance.uniform(0.05, 0.8))
        if fault == "duplicate":
            both = await asyncio.gather(self._ask(request), self._ask(request))
            answer = both[self._chance.randrange(2)]
        else:
            answer = await self._ask(request)
        if self._spell.name == "black_hole":
            self._log.note(line=self._number, hit="answer_in_black_hole", request=request.what)
            await self._until_it_clears()
            return False
        return await self._answer(fault, answer, till)

    async def _answer(self, fault: str, answer: Message, till: asyncio.StreamWriter) -> bool:
        if fault == "swallow":
            return False
        if fault == "cut_answer":
            await _write(till, answer.bytes[: len(answer.bytes) // 2])
            return False
        if fault == "throttle":
            step = max(len(answer.bytes) // 8, 1)
            for start in range(0, len(answer.bytes), step):
                await _write(till, answer.bytes[start : start + step])
                await asyncio.sleep(0.05)
            return True
        return await _write(till, answer.bytes)

    async def _ask(self, request: Message) -> Message:
        """The marketplace's answer. Raises PeerGone: it is down."""
        try:
            reader, writer = await asyncio.open_connection(HOST, self._upstream, limit=MAX_HEAD)
        except OSError as error:
            raise PeerGone("the marketplace is down") from error
        try:
            await _write(writer, request.bytes)
            return await read_message(reader)
        finally:
            writer.close()

    async def _half(self, request: Message) -> None:
        with contextlib.suppress(OSError):
            _reader, writer = await asyncio.open_connection(HOST, self._upstream)
            await _write(writer, request.bytes[: max(len(request.bytes) - max(len(request.body) // 2, 1), 1)])
            writer.close()

    # --- the past ---

    async def haunt(self) -> None:
        """Requests of before come again now and then, until cancelled."""
        while True:
            await asyncio.sleep(self._chance.uniform(*REPLAY_PAUSE_S))
            await self.replay_one()

    async def replay_one(self) -> bool:
        """Whether the marketplace answered an old request."""
        drawn = self._past.draw()
        if drawn is None:
            return False
        age_s, request = drawn
        try:
            answer = await self._ask(request)
        except (PeerGone, OSError):
            return False
        self._log.note(
            line=self._number, hit="old_request", request=request.what, age_s=round(age_s, 1), answer=answer.first_line
        )
        return True


def _other_answer(fault: str) -> bytes:
    status, kind, more, body = _ANSWERS[fault]
    length = str(len(body)).encode()
    return (
        b"HTTP/1.1 "
        + status
        + b"\r\nContent-Type: "
        + kind
        + b"\r\n"
        + more
        + b"Content-Length: "
        + length
        + b"\r\n\r\n"
    ) + body


async def _write(writer: asyncio.StreamWriter, data: bytes) -> bool:
    writer.write(data)
    await writer.drain()
    return True


class Network:
    """All lines, and who tells them what to do."""

    def __init__(self, lines: list[Line], log: Log) -> None:
        self._lines = lines
        self._log = log
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Bad weather from now on."""
        self._tasks = [
            asyncio.ensure_future(task()) for line in self._lines for task in (line.change_weather, line.haunt)
        ]

    def heal(self) -> None:
        """Calm for ever."""
        for task in self._tasks:
            task.cancel()
        for line in self._lines:
            line.heal()
        say(healed=True)

    async def replay(self, count: int) -> None:
        """Old requests of every line once more, one after the other."""
        done = 0
        for _ in range(count):
            for line in self._lines:
                done += await line.replay_one()
        say(replayed=done)

    def listen_to_orders(self, loop: asyncio.AbstractEventLoop) -> None:
        for text in sys.stdin:
            order = json.loads(text)
            loop.call_soon_threadsafe(self._obey, order)
        os._exit(0)  # the storm is over, or its process is gone

    def _obey(self, order: dict[str, Any]) -> None:
        actions: dict[str, Callable[[], object]] = {
            "begin": self.begin,
            "heal": self.heal,
            "replay": lambda: self._spawn(self.replay(order["count"])),
        }
        actions[order["do"]]()

    def _spawn(self, work: Awaitable[None]) -> None:
        self._tasks.append(asyncio.ensure_future(work))


def say(**line: Any) -> None:
    os.write(sys.stdout.fileno(), (json.dumps(line) + "\n").encode())


async def run(upstream: int, count: int, seed: str, log: Log) -> None:
    lines = [Line(number, upstream, seed, log) for number in range(count)]
    servers = [await asyncio.start_server(line.serve, HOST, 0, limit=MAX_HEAD) for line in lines]
    network = Network(lines, log)
    loop = asyncio.get_running_loop()
    threading.Thread(target=network.listen_to_orders, args=(loop,), daemon=True).start()
    say(ports=[server.sockets[0].getsockname()[1] for server in servers])
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--upstream", type=int, required=True)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--log", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(run(options.upstream, options.lines, options.seed, Log(options.log)))


if __name__ == "__main__":
    main()
