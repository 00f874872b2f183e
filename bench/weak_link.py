"""A weak line on loopback: a relay that lets bytes through as slowly, late and unreliably as a radio link. It needs
no rights; the two ends speak TCP with the relay, so what a loss costs is counted here, not by the kernel.

The model: each direction sends segments of 1,460 bytes one after the other at the line's rate, and each arrives half a
round trip later. A lost one is sent again (its time on the line is spent twice) after one round trip if others follow
it, after twice that if it was the last of what was to be sent, doubling with each further loss; what follows waits,
because TCP delivers in order. Opening a connection costs one round trip, and a second more for each packet of it lost.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

_SEGMENT_BYTES = 1_460
_HEADER_BYTES = 40
_SYN_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """What a line does.

    Attributes:
        bits_per_s: each way.
        loss: share of segments lost.
        round_trip_s: there and back, of an empty line.
        cut_every_s: all connections break so often; 0: never.
    """

    bits_per_s: float
    loss: float
    round_trip_s: float
    cut_every_s: float = 0.0


class WeakLink:
    """`with WeakLink(url, line, seed) as link`: clients connect to `link.url`. Attributes `bytes_up`, `bytes_down`,
    `connections`, `cuts`: what went over it."""

    def __init__(self, target: str, line: Line, seed: int) -> None:
        host, port = target.removeprefix("http://").split(":")
        self._target = (host, int(port))
        self._line = line
        self._chance = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * _SEGMENT_BYTES)
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._pipes = {True: _Pipe(line), False: _Pipe(line)}
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = self.cuts = self.bytes_up = self.bytes_down = 0

    def __enter__(self) -> Self:
        self._run(self._accept)
        if self._line.cut_every_s:
            self._run(self._cut)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        _end(self._listener)
        self._break_all()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _run(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for sock in (near, far):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((near, far))
            self.connections += 1
            opened_at = time.monotonic() + self._line.round_trip_s
            while self._chance.random() < self._line.loss:
                opened_at += _SYN_TIMEOUT_S
            self._run(self._pass_on, near, far, True, opened_at)
            self._run(self._pass_on, far, near, False, opened_at)

    def _cut(self) -> None:
        while not self._closing.wait(self._line.cut_every_s):
            self.cuts += 1
            self._break_all()

    def _break_all(self) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for sock in pair:
                _end(sock)

    def _pass_on(self, source: socket.socket, target: socket.socket, up: bool, opened_at: float) -> None:
        arrivals = _Arrivals(target)
        delivering = threading.Thread(target=arrivals.deliver, daemon=True)
        delivering.start()
        self._wait_until(opened_at)
        while True:
            try:
                segment = source.recv(_SEGMENT_BYTES)
            except OSError:
                segment = b""
            if not segment:
                break
            if up:
                self.bytes_up += len(segment)
            else:
                self.bytes_down += len(segment)
            arrives_at, free_at = self._pipes[up].carry(len(segment), self._chance, _more_waits(source))
            arrivals.add(segment, arrives_at)
            self._wait_until(free_at)
        arrivals.end()
        delivering.join()
        _end(target)
        _end(source)

    def _wait_until(self, moment: float) -> None:
        self._closing.wait(max(moment - time.monotonic(), 0.0))


class _Pipe:
    """One direction, shared by all connections: what is on the line keeps others off it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._lock = threading.Lock()
        self._free_at = 0.0

    def carry(self, size: int, chance: random.Random, others_follow: bool) -> tuple[float, float]:
        """When a segment arrives, and when the next may start."""
        on_the_line_s = (size + _HEADER_BYTES) * 8 / self._line.bits_per_s
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + on_the_line_s
            late_s = 0.0
            pause_s = self._line.round_trip_s * (1 if others_follow else 2)
            while chance.random() < self._line.loss:
                self._free_at += on_the_line_s
                late_s += pause_s
                pause_s *= 2
            return self._free_at + self._line.round_trip_s / 2 + late_s, self._free_at


class _Arrivals:
    """Hands segments over at their time, in order."""

    def __init__(self, target: socket.socket) -> None:
        self._target = target
        self._condition = threading.Condition()
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._ended = False

    def add(self, segment: bytes, at: float) -> None:
        with self._condition:
            self._waiting.append((at, segment))
            self._condition.notify()

    def end(self) -> None:
        with self._condition:
            self._ended = True
            self._condition.notify()

    def deliver(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting or self._ended)
                if not self._waiting:
                    return
                at, segment = self._waiting.popleft()
            time.sleep(max(at - time.monotonic(), 0.0))
            with contextlib.suppress(OSError):
                self._target.sendall(segment)


def _more_waits(source: socket.socket) -> bool:
    try:
        return bool(source.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
