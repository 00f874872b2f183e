"""A power cut while an archive is made: none under its name, or a whole one; the next one is made as if nothing was."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import pytest

from app.storage.archive_check import check_archive
from app.storage.archive_files import ZipSink, enclosures
from app.usecases.export_archive import ArchiveDone, ArchiveRequest, export_archive
from tests.fakes.archived_shop import ArchivedShop

PROGRAM = """
import sys
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from tests.fakes.archived_shop import ArchivedShop
shop = ArchivedShop(Path(sys.argv[1]))
shop.trade(days=1, tickets=4)
while True:
    shop.archive(date(2026, 11, 2), date(2026, 11, 9))
"""


@pytest.mark.parametrize("sign", ["registre.csv", "packed", "archive-*.zip", "archive-*-3.zip"])
def test_r15_an_archive_cut_short_is_none(tmp_path: Path, sign: str) -> None:
    """Killed as soon as a file of that name is there, at whatever place that is."""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": "."})
    folder = tmp_path / "archives"
    try:
        while not any(fnmatch(name, sign) for _, _, names in os.walk(folder) for name in names):
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    named = [path for path in folder.iterdir() if not path.name.startswith(".comptoir-work-")]
    assert named == list(folder.glob("*.zip"))
    for archive in named:
        assert check_archive(archive).ok


def test_r15_what_was_left_behind_goes_when_it_is_old(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=2)
    folder = shop.folder / "archives"
    old, new = folder / ".comptoir-work-old", folder / ".comptoir-work-new"
    for work in (old, new):
        work.mkdir(parents=True)
        (work / "registre.csv").write_text("half", encoding="utf-8")
    for path in (old / "registre.csv", old):
        os.utime(path, (0, 0))
    request = ArchiveRequest(date(2026, 11, 2), date(2026, 11, 2), "Léa")
    done = export_archive(shop.counter, shop.reader, request, ZipSink(folder, "one"), enclosures())
    assert isinstance(done, ArchiveDone)
    assert sorted(path.name for path in folder.iterdir()) == [".comptoir-work-new", "one.zip"]
