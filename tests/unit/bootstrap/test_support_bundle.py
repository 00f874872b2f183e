"""The support bundle as the window asks for it: the program's own command, in a process of its own."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from app.bootstrap.core import opened_core
from app.bootstrap.support import write_support_bundle
from app.usecases.archive_ports import FileNotWritten


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPTOIR_HOME", str(tmp_path / "home"))
    path = tmp_path / "home" / "comptoir.sqlite3"
    path.parent.mkdir()
    with opened_core(path, tmp_path / "home" / "secrets.json"):
        pass
    return path


def test_the_bundle_is_written_beside_a_running_till(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "bundle.zip"
    with opened_core(database, database.parent / "secrets.json"):
        write_support_bundle(database, target)
    with zipfile.ZipFile(target) as bundle:
        assert {"README.txt", "doctor.json", "database.json"} <= set(bundle.namelist())


def test_a_file_that_is_there_is_never_written_over(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "bundle.zip"
    target.write_bytes(b"another")
    with pytest.raises(FileNotWritten) as failed:
        write_support_bundle(database, target)
    assert failed.value.reason == "exists"
    assert target.read_bytes() == b"another"


def test_a_folder_that_is_not_there_is_said(database: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten):
        write_support_bundle(database, tmp_path / "gone" / "bundle.zip")
