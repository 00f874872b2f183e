"""Owns a ticket printer behind a line without connections (serial, or a USB device file): a pseudo terminal that
behaves as `socket_printer` does. `path` stays the same when the printer is unplugged and plugged in again.
"""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from tests.fakes.socket_printer import Behaviour, _Reader


class PtyPrinter:
    """The printer; `jobs` holds what came before each fence it worked through, questions left out.

    Of `Behaviour`, bytes are counted from the first that it reads after `behave` or after it was plugged in.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ttyUSB0"
        self.behaviour = Behaviour()
        self.jobs: list[bytes] = []
        self.partial = b""
        self.stuck = threading.Event()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen = 0

    def behave(self, **changes: object) -> None:
        """As after switching it off and on: what it had not worked through is forgotten."""
        self.switch_off()
        self.behaviour = replace(Behaviour(), **changes)  # type: ignore[arg-type]  # a test names the fields
        self.switch_on()

    def switch_on(self) -> None:
        """Plug it in."""
        self._stopping.clear()
        self.stuck.clear()
        master, line = os.openpty()
        tty.setraw(line)
        os.set_blocking(master, False)
        self._seen = 0
        self.path.symlink_to(os.ttyname(line))
        self._thread = threading.Thread(target=self._serve, args=(master, line), name="fake line printer")
        self._thread.start()

    def switch_off(self) -> None:
        """Unplug it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wait_for_jobs(self, count: int, limit_s: float = 20.0) -> list[bytes]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.jobs) >= count, limit_s), f"{len(self.jobs)} of {count} jobs"
        return list(self.jobs)

    def _serve(self, master: int, line: int) -> None:
        try:
            self._talk(master)
        finally:
            self.path.unlink()
            os.close(line)
            os.close(master)

    def _talk(self, master: int) -> None:
        how = self.behaviour
        reader = _Reader(how)
        received = 0
        while not self._stopping.is_set():
            full = how.hang_after is not None and received >= how.hang_after
            if full or how.black_hole:
                self._note_partial(reader.job)
                self.stuck.set()
                self._stopping.wait()
                return
            if how.reset_after is not None and received >= how.reset_after:
                self._note_partial(reader.job)
                return
            if not select.select([master], [], [], 0.02)[0]:
                continue
            with suppress(BlockingIOError):
                byte = os.read(master, 1)
                received += 1
                self._take(reader, byte, master)
        self._note_partial(reader.job)

    def _take(self, reader: _Reader, byte: bytes, master: int) -> None:
        answers = reader.take(byte)
        if answers.endswith(b"\x00") and len(reader.job) > self._seen:  # the fence
            with self._changed:
                self.jobs.append(reader.job[self._seen :])
                self._seen = len(reader.job)
                self._changed.notify_all()
        if answers:
            os.write(master, answers)

    def _note_partial(self, job: bytes) -> None:
        self.partial = job[self._seen :]


@contextmanager
def pty_printer(folder: Path) -> Iterator[PtyPrinter]:
    """A printer that is on, and is unplugged at the end."""
    printer = PtyPrinter(folder)
    printer.switch_on()
    try:
        yield printer
    finally:
        printer.switch_off()
