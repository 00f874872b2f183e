"""The rescue file on a stick: whole under its name, or not there at all, whatever the stick does meanwhile."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.i18n import set_language
from app.storage import archive_files, rescue_files
from app.storage.rescue_files import RescueFolder, read_rescue_file
from app.ui.messages import describe_failure
from app.usecases.archive_ports import FileNotWritten

DATA = b"all that was not told" * 1000
NAME = "comptoir-rescue-A-20261121T120000Z"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def is_data(read_back: bytes) -> bool:
    return read_back == DATA


def fails_with(number: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def test_it_is_there_under_its_name_and_nothing_else(stick: Path) -> None:
    path = RescueFolder(stick)(NAME, DATA, is_data)
    assert path == str(stick / f"{NAME}.json.gz")
    assert [found.name for found in stick.iterdir()] == [f"{NAME}.json.gz"]
    assert read_rescue_file(Path(path)) == DATA


def test_a_file_that_is_there_is_never_written_over(stick: Path) -> None:
    (stick / f"{NAME}.json.gz").write_bytes(b"the one of before")
    path = RescueFolder(stick)(NAME, DATA, is_data)
    assert path == str(stick / f"{NAME}-2.json.gz")
    assert (stick / f"{NAME}.json.gz").read_bytes() == b"the one of before"


def test_a_stick_without_links_is_written_too(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", fails_with(errno.EPERM))
    RescueFolder(stick)(NAME, DATA, is_data)
    assert [found.name for found in stick.iterdir()] == [f"{NAME}.json.gz"]


def test_the_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten) as failure:
        RescueFolder(tmp_path / "no stick")(NAME, DATA, is_data)
    assert failure.value.reason == "no_folder"
    assert not (tmp_path / "no stick").exists()


@pytest.mark.parametrize(
    ("place", "number", "reason"),
    [
        ("mkstemp", errno.EROFS, "denied"),
        ("fsync", errno.ENOSPC, "disk_full"),
        ("fsync", errno.EIO, "io"),
        ("link", errno.EIO, "io"),
        ("write", errno.ENOSPC, "disk_full"),
        ("write", errno.EIO, "io"),
    ],
)
def test_what_goes_wrong_leaves_no_file_and_a_sentence(
    stick: Path, monkeypatch: pytest.MonkeyPatch, place: str, number: int, reason: str
) -> None:
    if place == "mkstemp":
        monkeypatch.setattr(tempfile, "mkstemp", fails_with(number))
    elif place == "write":
        monkeypatch.setattr(rescue_files, "_write", fails_with(number))
    elif place == "link":
        monkeypatch.setattr(archive_files, "_name_it", fails_with(number))
    else:
        monkeypatch.setattr(os, "fsync", fails_with(number))
    with pytest.raises(FileNotWritten) as failure:
        RescueFolder(stick)(NAME, DATA, is_data)
    assert failure.value.reason == reason
    assert list(stick.iterdir()) == []
    set_language("en")
    assert describe_failure(failure.value).count(".") >= 2


def test_a_stick_that_keeps_something_else_is_found(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A counterfeit stick takes more than it holds, and says nothing."""
    write = rescue_files._write
    monkeypatch.setattr(rescue_files, "_write", lambda handle, data: write(handle, data[:100] + b"\0" * 10))
    with pytest.raises(FileNotWritten) as failure:
        RescueFolder(stick)(NAME, DATA, is_data)
    assert failure.value.reason == "not_kept"
    assert list(stick.iterdir()) == []


def test_a_file_that_changes_while_it_gets_its_name_is_taken_away(stick: Path) -> None:
    answers = iter([True, False])
    with pytest.raises(FileNotWritten) as failure:
        RescueFolder(stick)(NAME, DATA, lambda data: next(answers))
    assert failure.value.reason == "not_kept"
    assert list(stick.iterdir()) == []


def test_a_stick_pulled_out_before_the_name_leaves_nothing(stick: Path) -> None:
    def pulled_out(read_back: bytes) -> bool:
        for file in stick.iterdir():
            file.unlink()
        stick.rmdir()
        return read_back == DATA

    with pytest.raises(FileNotWritten) as failure:
        RescueFolder(stick)(NAME, DATA, pulled_out)
    assert failure.value.reason == "io"
    assert not stick.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_disk_that_is_really_full(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_the_full_disk(prefix: str, dir: Path) -> tuple[int, str]:  # noqa: A002  # the name is tempfile's
        return os.open("/dev/full", os.O_RDWR), str(stick / prefix)

    monkeypatch.setattr(tempfile, "mkstemp", on_the_full_disk)
    with pytest.raises(FileNotWritten) as failure:
        RescueFolder(stick)(NAME, DATA, is_data)
    assert failure.value.reason == "disk_full"
    assert list(stick.iterdir()) == []
