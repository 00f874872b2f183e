"""Owns who may write: one Comptoir per database, one transaction at a time, first come first served. Knows no SQL."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

from filelock import FileLock, Timeout

from app.usecases.ports import StoreUnavailable


class FairLock:
    """A lock that goes to whoever has waited longest.

    `threading.Lock` may go back to the thread that just released it, again and again: a sync that writes page after
    page would then keep a cashier waiting for many pages, where this lock makes them wait for one at most.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self, timeout_s: float) -> bool:
        """Whether the lock was had within `timeout_s`."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if ticket.acquire(timeout=timeout_s):
            return True
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return False
        return True  # it was handed to us just as we gave up

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class ProcessLock:
    """Holds a database for this process; the operating system lets go of it when the process dies, however it dies."""

    def __init__(self, database: Path) -> None:
        self._lock = FileLock(database.with_name(database.name + ".lock"), thread_local=False)

    def acquire(self) -> None:
        """Raises StoreUnavailable: `locked` by another Comptoir, `read_only` or `io` if the folder cannot be used."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise StoreUnavailable("locked", "another Comptoir holds the lock file") from error
        except PermissionError as error:
            raise StoreUnavailable("read_only", type(error).__name__) from error
        except OSError as error:
            raise StoreUnavailable("io", f"lock file: {error.strerror}") from error

    def release(self) -> None:
        self._lock.release()
