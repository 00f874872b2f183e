"""Owns devices at the far end of a pseudo-terminal: a scale that answers, a display that remembers. For tests only."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Callable
from typing import Self


class FarEnd:
    """The device's end of a line; `port` is ours. `answer` is given what came and says what goes back."""

    def __init__(self, answer: Callable[[bytes], bytes] = lambda _came: b"") -> None:
        self._device, self._ours = os.openpty()
        tty.setraw(self._device)
        tty.setraw(self._ours)
        self.port = os.ttyname(self._ours)
        self.answer = answer
        self._came = bytearray()
        self._news = threading.Condition()
        self._ending_read, self._ending = os.pipe()
        self._thread = threading.Thread(target=self._run, name="far end", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        os.write(self._ending, b"x")
        self._thread.join()
        for handle in (self._device, self._ours, self._ending_read, self._ending):
            os.close(handle)

    @property
    def came(self) -> bytes:
        """All that came so far."""
        with self._news:
            return bytes(self._came)

    def wait_for(self, part: bytes, limit_s: float = 60.0) -> bool:
        """Whether `part` came in time."""
        with self._news:
            return self._news.wait_for(lambda: part in self._came, limit_s)

    def forget(self) -> None:
        with self._news:
            self._came.clear()

    def say(self, data: bytes) -> None:
        """Without having been asked."""
        os.write(self._device, data)

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._device, self._ending_read], [], [])
            if self._ending_read in ready:
                return
            part = os.read(self._device, 4096)
            with self._news:
                self._came += part
                self._news.notify_all()
            answer = self.answer(part)
            if answer:
                os.write(self._device, answer)
