"""Owns a ticket printer on a loopback port that misbehaves on request, and a reader of the bytes it got.

It is a real TCP server that follows the bytes as a printer would: it knows how long each command is, answers `DLE EOT
n` at once and `GS r n` in order. It draws nothing. `Behaviour` is read anew for each connection, so that a test can
switch the printer off and on.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

READY_ANSWERS = {1: 0x12, 2: 0x12, 4: 0x12}


@dataclass(frozen=True)
class Behaviour:
    """How the printer is.

    Attributes:
        silent: answers nothing, but reads everything and closes when asked.
        black_hole: accepts, then neither reads nor answers.
        hang_after: reads this many bytes of a connection, then nothing more.
        reset_after: resets the connection after this many bytes.
        rubbish: answers every question with this byte.
        no_fence: answers questions about its state, but not `GS r`.
        automatic: sends a 4-byte report nobody asked for before each answer, and when it hangs.
        eager: answers questions wherever their bytes appear, in the middle of a picture too, as real printers do.
        answers: by question number of `DLE EOT`.
    """

    silent: bool = False
    black_hole: bool = False
    hang_after: int | None = None
    reset_after: int | None = None
    rubbish: int | None = None
    no_fence: bool = False
    automatic: bool = False
    eager: bool = False
    paper_out: bool = False
    cover_open: bool = False
    jammed: bool = False
    offline: bool = False
    model: str = "TM-T20III"

    @property
    def answers(self) -> dict[int, int]:
        cause = 0x12 | (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0) | (0x40 if self.jammed else 0)
        stands = self.offline or self.cover_open or self.paper_out or self.jammed
        printer = 0x12 | (0x08 if stands else 0)
        return {1: printer, 2: cause, 4: 0x12 | (0x60 if self.paper_out else 0)}


class SocketPrinter:
    """The printer; `jobs` holds what each finished or broken connection sent, questions and fence left out."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self.jobs: list[bytes] = []
        self.stuck = threading.Event()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    def behave(self, **changes: object) -> None:
        self.behaviour = replace(Behaviour(), **changes)  # type: ignore[arg-type]  # a test names the fields

    def switch_on(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._stopping.clear()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        listener.settimeout(0.02)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="fake printer")
        self._thread.start()

    def switch_off(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wait_for_jobs(self, count: int, limit_s: float = 20.0) -> list[bytes]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.jobs) >= count, limit_s), f"{len(self.jobs)} of {count} jobs"
        return list(self.jobs)

    def _serve(self, listener: socket.socket) -> None:
        with listener:
            while not self._stopping.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        how = self.behaviour
        connection.settimeout(0.02)
        if how.black_hole:
            self._hang(connection)
            return
        reader = _Reader(how)
        received = 0
        while not self._stopping.is_set():
            try:
                chunk = connection.recv(_most(how, received))
            except TimeoutError:
                continue
            except OSError:
                break
            if not chunk:
                break
            received += len(chunk)
            answers = reader.take(chunk)
            if answers and not _given(connection, answers):
                break
            if how.hang_after is not None and received >= how.hang_after:
                self._note(reader.job)
                if how.automatic:
                    connection.sendall(_REPORT)
                self._hang(connection)
                return
            if how.reset_after is not None and received >= how.reset_after:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                break
        self._note(reader.job)

    def _hang(self, connection: socket.socket) -> None:
        """Hold the connection without reading until the printer is switched off."""
        self.stuck.set()
        self._stopping.wait()

    def _note(self, job: bytes) -> None:
        if job:
            with self._changed:
                self.jobs.append(job)
                self._changed.notify_all()


def _given(connection: socket.socket, answers: bytes) -> bool:
    """Whether the answers could be sent; a till that was killed does not wait for them."""
    try:
        connection.sendall(answers)
    except OSError:
        return False
    return True


def _most(how: Behaviour, received: int) -> int:
    limits = [limit - received for limit in (how.hang_after, how.reset_after) if limit is not None]
    return max(1, min([4096, *limits]))


_REPORT = b"\x10\x00\x00\x0f"

_TEXT = re.compile(rb"[^\x10\x1b\x1d]+")


class _Reader:
    """Follows the bytes command by command, so that a picture's bytes are not taken for questions."""

    def __init__(self, how: Behaviour) -> None:
        self._how = how
        self._buffer = b""
        self._job = bytearray()

    @property
    def job(self) -> bytes:
        return bytes(self._job)

    def take(self, chunk: bytes) -> bytes:
        self._buffer += chunk
        answers = self._answer_at_once(chunk) if self._how.eager else b""
        while self._buffer:
            text = _TEXT.match(self._buffer)
            if text is not None:
                self._job += text.group()
                self._buffer = self._buffer[text.end() :]
                continue
            length = command_length(self._buffer)
            if length is None or length > len(self._buffer):
                break
            command, self._buffer = self._buffer[:length], self._buffer[length:]
            answers += self._answer(command)
        return answers

    def _answer_at_once(self, chunk: bytes) -> bytes:
        return bytes(self._how.answers[question[2]] for question in re.findall(rb"\x10\x04[\x01\x02\x04]", chunk))

    def _answer(self, command: bytes) -> bytes:
        how = self._how
        if command == b"\x1dIC":
            return b"" if how.silent else b"_" + how.model.encode() + b"\x00"
        question = command[:2] in (b"\x10\x04", b"\x1dr")
        if not question:
            self._job += command
            return b""
        if how.silent or (how.no_fence and command[:2] == b"\x1dr"):
            return b""
        if how.eager and command[0] == 0x10:
            return b""  # answered when its bytes came
        report = _REPORT if how.automatic else b""
        if how.rubbish is not None:
            return report + bytes([how.rubbish])
        return report + bytes([how.answers[command[2]] if command[0] == 0x10 else 0x00])


_FIXED_LENGTHS = {
    b"\x10\x04": 3,
    b"\x1b@": 2,
    b"\x1bt": 3,
    b"\x1b!": 3,
    b"\x1bE": 3,
    b"\x1ba": 3,
    b"\x1bd": 3,
    b"\x1bp": 5,
    b"\x1dr": 3,
    b"\x1dI": 3,
    b"\x1dV": 3,
    b"\x1dh": 3,
    b"\x1dw": 3,
    b"\x1dH": 3,
    b"\x1df": 3,
    b"\x1cp": 4,
}


def command_length(data: bytes) -> int | None:
    """Length of the command or character at the beginning; None if more bytes are needed to tell."""
    if data[0] not in (0x10, 0x1B, 0x1C, 0x1D):
        return 1
    if len(data) < 2:
        return None
    if data[:2] in _FIXED_LENGTHS:
        return _FIXED_LENGTHS[data[:2]]
    if data[:2] == b"\x1dk":
        return 4 + data[3] if len(data) >= 4 else None
    if data[:3] == b"\x1d(k":
        return 5 + data[3] + 256 * data[4] if len(data) >= 5 else None
    if data[:3] == b"\x1dv0":
        return 8 + (data[4] + 256 * data[5]) * (data[6] + 256 * data[7]) if len(data) >= 8 else None
    if data[:2] in (b"\x1d(", b"\x1dv") and len(data) < 3:
        return None
    raise AssertionError(f"command {data[:4]!r} is not one we send")


@dataclass
class Printed:
    """What a job puts on paper, as far as bytes tell."""

    text: str
    code_pages: list[int]
    qr_texts: list[str]
    pictures: int
    cuts: int
    drawer_kicks: int
    bars: list[str] = field(default_factory=list)


def read_job(job: bytes, pages: dict[int, str]) -> Printed:
    """Read the bytes of a job with our own small interpreter.

    Args:
        job: as the printer got it.
        pages: Python codec by page number, as this printer model numbers them.
    """
    printed = Printed("", [], [], 0, 0, 0)
    codec = "cp437"  # a printer's page after ESC @
    while job:
        length = command_length(job)
        assert length is not None, f"cut off in the middle of a command: {job!r}"
        assert length <= len(job), f"cut off in the middle of a command: {job!r}"
        command, job = job[:length], job[length:]
        if command[:2] == b"\x1b@":
            codec = "cp437"
        elif command[:2] == b"\x1bt":
            codec = pages[command[2]]
            printed.code_pages.append(command[2])
        elif command[:3] == b"\x1d(k" and command[6] == 80:
            printed.qr_texts.append(command[8:].decode())
        elif command[:3] == b"\x1dv0":
            printed.pictures += 1
        elif command[:2] == b"\x1dk":
            printed.bars.append(command[4:].decode("ascii").removeprefix("{B"))
        elif command[:2] == b"\x1dV":
            printed.cuts += 1
        elif command[:2] == b"\x1bp":
            printed.drawer_kicks += 1
        elif length == 1:
            printed.text += command.decode(codec)
    return printed


@contextmanager
def socket_printer() -> Iterator[SocketPrinter]:
    """A printer that is on, and is switched off at the end."""
    printer = SocketPrinter()
    printer.switch_on()
    try:
        yield printer
    finally:
        printer.switch_off()
