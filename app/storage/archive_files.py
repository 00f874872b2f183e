"""Owns the files of archives and exports: written under temporary names, made whole and safe on the disk, then named at
once. Never decides what is in them, never writes over a file."""

from __future__ import annotations

import contextlib
import csv
import errno
import hashlib
import io
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.domain.errors import BrokenInvariant
from app.paths import resources_dir
from app.usecases.archive_ports import FileNotWritten, WrittenFile

_PIECE = 1 << 20
_MOMENT_IN_ZIP = (1980, 1, 1, 0, 0, 0)
"""No file's date counts: the manifest says when the archive was made."""
_MOST_OF_A_NAME = 99
_WORK_PREFIX = ".comptoir-work-"
_ABANDONED_S = 24 * 3600
_REASONS = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "denied",
}


@contextlib.contextmanager
def failures_said() -> Iterator[None]:
    """Failures of the disk as FileNotWritten."""
    try:
        yield
    except OSError as failure:
        reason = _REASONS.get(failure.errno or 0, "io")
        raise FileNotWritten(reason, type(failure).__name__) from failure


def enclosures() -> Mapping[str, bytes]:
    """What goes with every archive: the verifier."""
    return {"verifier.py": verifier_path().read_bytes()}


def verifier_path() -> Path:
    """The stand-alone verifier as shipped."""
    return resources_dir() / "archive" / "verifier.py"


class _Work:
    """A folder beside the target, made when something is first written; tables and files in it, by name."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self._path: Path | None = None
        self._tables: dict[str, _Table] = {}

    def path(self, name: str) -> Path:
        with failures_said():
            if self._path is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                _remove_abandoned(self.folder)
                self._path = Path(tempfile.mkdtemp(prefix=f"{_WORK_PREFIX}{self.name}-", dir=self.folder))
        return self._path / name

    def open_table(self, name: str, header: Sequence[str], delimiter: str, *, byte_order_mark: bool) -> None:
        path = self.path(name)
        with failures_said():
            self._tables[name] = _Table(path, header, delimiter, byte_order_mark=byte_order_mark)

    def add_row(self, name: str, cells: Sequence[str]) -> None:
        with failures_said():
            self._tables[name].add(cells)

    def add_file(self, name: str, content: bytes) -> None:
        path = self.path(name)
        with failures_said():
            path.write_bytes(content)

    def finished_tables(self) -> list[WrittenFile]:
        with failures_said():
            return [table.finished() for table in self._tables.values()]

    def discard(self) -> None:
        """Whatever else goes wrong, nothing is left; what cannot even be closed is on a disk that is gone."""
        for table in self._tables.values():
            with contextlib.suppress(OSError):
                table.close()
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)


class ZipSink:
    """Implements `archive_ports.ArchiveSink`: tables grow side by side in a folder, then all go into one zip file."""

    def __init__(self, folder: Path, name: str, look: Callable[[], None] = lambda: None) -> None:
        """Args: name: of the archive without `.zip`; a number is added if a file has it. look: called between pieces
        of what is packed; what it raises ends the packing."""
        self._look = look
        self._work = _Work(folder, name)
        self._files: list[WrittenFile] = []
        self._packed: Path | None = None

    def open_table(self, name: str, header: Sequence[str]) -> None:
        self._work.open_table(name, header, ";", byte_order_mark=False)

    def add_row(self, name: str, cells: Sequence[str]) -> None:
        self._work.add_row(name, cells)

    def add_file(self, name: str, content: bytes) -> None:
        self._work.add_file(name, content)
        self._files.append(WrittenFile(name, len(content), hashlib.sha256(content).hexdigest()))

    def written(self) -> Sequence[WrittenFile]:
        return sorted([*self._work.finished_tables(), *self._files], key=lambda file: file.name)

    def pack(self) -> None:
        path = self._work.path("packed")
        with failures_said(), path.open("wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as packed:
                for file in self.written():
                    _put(packed, self._work.path(file.name), file, self._look)
            self._look()
            raw.flush()
            os.fsync(raw.fileno())
        self._packed = path

    def publish(self) -> str:
        if self._packed is None:
            raise BrokenInvariant("an archive that is not packed yet")
        with failures_said():
            target = put_in_place(self._packed, self._work.folder, self._work.name, ".zip")
            sync_folder(self._work.folder)
        return str(target)

    def discard(self) -> None:
        self._work.discard()


class FolderSink:
    """Implements `archive_ports.ExportSink`: one file, or a folder of files, put in place when all are whole."""

    def __init__(self, folder: Path, name: str) -> None:
        """Args: name: of the folder that several files go into; one file alone goes straight into `folder`."""
        self._work = _Work(folder, name)
        self._files: list[str] = []

    def open_table(
        self, name: str, header: Sequence[str], *, delimiter: str = ";", byte_order_mark: bool = True
    ) -> None:
        self._work.open_table(name, header, delimiter, byte_order_mark=byte_order_mark)
        self._files.append(name)

    def add_row(self, name: str, cells: Sequence[str]) -> None:
        self._work.add_row(name, cells)

    def add_file(self, name: str, content: bytes) -> None:
        self._work.add_file(name, content)
        self._files.append(name)

    def publish(self) -> Sequence[str]:
        self._work.finished_tables()
        with failures_said():
            target = self._target()
            target.mkdir(exist_ok=True)
            paths = [self._put(Path(name), target) for name in self._files]
            sync_folder(target)
        return paths

    def discard(self) -> None:
        self._work.discard()

    def _target(self) -> Path:
        folder, name = self._work.folder, self._work.name
        if len(self._files) == 1:
            return folder
        for number in range(1, _MOST_OF_A_NAME + 1):
            target = folder / (name if number == 1 else f"{name}-{number}")
            if not target.exists():
                return target
        raise FileNotWritten("exists", name)

    def _put(self, name: Path, target: Path) -> str:
        source = self._work.path(name.name)
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        return str(put_in_place(source, target, name.stem, name.suffix))


class _Table:
    """A CSV file that grows, its digest with it."""

    def __init__(
        self, path: Path, header: Sequence[str], delimiter: str = ";", *, byte_order_mark: bool = False
    ) -> None:
        self._path = path
        self._file = _Digested(path)
        self._text = io.TextIOWrapper(
            self._file, encoding="utf-8-sig" if byte_order_mark else "utf-8", newline="", write_through=False
        )  # type: ignore[type-var]  # it writes bytes, which is all that is asked of it
        self._writer = csv.writer(self._text, delimiter=delimiter, lineterminator="\r\n")
        self._writer.writerow(header)
        self._rows = 0

    def add(self, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)
        self._rows += 1

    def finished(self) -> WrittenFile:
        self.close()
        return WrittenFile(self._path.name, self._file.size, self._file.digest.hexdigest(), self._rows)

    def close(self) -> None:
        self._text.close()


class _Digested(io.BufferedIOBase):
    """A file that knows the digest of what was written to it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        if not self._file.closed:
            self._file.flush()

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._file.close()


def _remove_abandoned(folder: Path) -> None:
    """What a process that was killed left behind; one that is at work changes its folder all the time."""
    for work in folder.glob(f"{_WORK_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - max(path.stat().st_mtime for path in (work, *work.iterdir())) > _ABANDONED_S:
                shutil.rmtree(work, ignore_errors=True)


def _put(packed: zipfile.ZipFile, path: Path, file: WrittenFile, look: Callable[[], None]) -> None:
    info = zipfile.ZipInfo(file.name, _MOMENT_IN_ZIP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.file_size = file.size
    with path.open("rb") as source, packed.open(info, "w") as target:
        while piece := source.read(_PIECE):
            target.write(piece)
            look()


def put_in_place(source: Path, folder: Path, name: str, ending: str) -> Path:
    """Give the file its name, with a number if another has it."""
    for number in range(1, _MOST_OF_A_NAME + 1):
        target = folder / (f"{name}{ending}" if number == 1 else f"{name}-{number}{ending}")
        try:
            _name_it(source, target)
        except FileExistsError:
            continue
        return target
    raise FileNotWritten("exists", name)


def _name_it(source: Path, target: Path) -> None:
    """At once and never over another file. Raises FileExistsError."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a stick's file system knows no links
        if target.exists():
            raise FileExistsError(target) from None
        source.rename(target)


def sync_folder(folder: Path) -> None:
    """Make the new name safe too, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
