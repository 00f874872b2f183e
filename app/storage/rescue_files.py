"""Owns the writing of a rescue file: whole, safe on the device, read back, then named at once.

Never writes over a file and never makes the folder: where a stick should be and is not, the file would land on the disk
that is dying.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.domain.rescue import FILE_ENDING, MOST_ZIPPED_BYTES
from app.storage.archive_files import failures_said, put_in_place, sync_folder
from app.usecases.archive_ports import FileNotWritten

_PREFIX = ".comptoir-rescue-"


class RescueFolder:
    """Implements `rescue_ports.PutRescueFile` for one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str, data: bytes, is_whole: Callable[[bytes], bool]) -> str:
        if not self._folder.is_dir():
            raise FileNotWritten("no_folder", "")
        with failures_said():
            handle, temporary_name = tempfile.mkstemp(prefix=_PREFIX, dir=self._folder)
        temporary = Path(temporary_name)
        try:
            with failures_said():
                _write(handle, data)
            if not is_whole(_read_back(temporary)):
                raise FileNotWritten("not_kept", "")
            with failures_said():
                target = put_in_place(temporary, self._folder, name, FILE_ENDING)
                sync_folder(self._folder)
            if not is_whole(_read_back(target)):
                target.unlink(missing_ok=True)
                raise FileNotWritten("not_kept", "")
        finally:
            with contextlib.suppress(OSError):  # it has its name, or the stick is gone and the rest with it
                temporary.unlink(missing_ok=True)
        return str(target)


def read_rescue_file(path: Path) -> bytes:
    """What is in a file, as far as it could be a rescue file. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MOST_ZIPPED_BYTES + 1)


def _write(handle: int, data: bytes) -> None:
    """Raises OSError."""
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read_back(path: Path) -> bytes:
    """From the device, not from memory, where the system can be asked for that."""
    with failures_said(), path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return file.read()
