"""The practice shop as it is started: a process of its own that opens nothing of the real till's folder."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap.core import opened_core
from app.bootstrap.practice_door import LEFT_EARLY, PracticeStart, practice_folder
from app.paths import HOME_VARIABLE, data_dir, database_path, secrets_path, settings_path
from app.settings import Settings, save

LIMIT_S = 240

# Writes each file the process opens into a list, and closes the window once its till has found its marketplace.
WATCHED = """
import os, sys
opened = open(os.environ["OPENED_FILES"], "a", buffering=1, encoding="utf-8")
def note(event, args):
    if event in ("open", "sqlite3.connect", "os.mkdir", "os.rename", "os.remove") and args:
        opened.write(f"{os.fsdecode(args[0]) if isinstance(args[0], (str, bytes, os.PathLike)) else args[0]}\\n")
sys.addaudithook(note)
from PySide6.QtCore import QTimer
from app.practice import shop_window
from app.usecases.marketplace_port import LinkState
join = shop_window.PracticeShop.join
def joined(self, assembly):
    join(self, assembly)
    timer = QTimer(assembly.window)
    def look():
        status = assembly.link_status()
        if self.lead.guide.ready and status is not None and status.state is LinkState.ONLINE:
            timer.stop()
            assembly.window.close()
    timer.timeout.connect(look)
    timer.start(50)
shop_window.PracticeShop.join = joined
from app.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def real(tmp_path: Path) -> dict[str, str]:
    """The environment of a person whose till was set up."""
    environ = {HOME_VARIABLE: str(tmp_path / "person")}
    save(settings_path(environ), Settings(operator_name="Nadia"))
    with opened_core(database_path(environ), secrets_path(environ)):
        pass
    return environ


def contents(environ: dict[str, str]) -> dict[str, str]:
    """Each file of the person's folder but the practice shop's, with its hash."""
    home, practice = Path(environ[HOME_VARIABLE]), practice_folder(data_dir(environ))
    files = [file for file in home.rglob("*") if file.is_file() and practice not in file.parents]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def run_watched(start: PracticeStart, environ: dict[str, str], opened: Path) -> tuple[int, str]:
    """The practice shop until its till is on line; exit code, what it wrote."""
    _python, _m, _app, *arguments = start.command()
    base = {**os.environ, **environ, "QT_QPA_PLATFORM": "offscreen", "OPENED_FILES": str(opened)}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments],
        env=start.environment(base),
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.timeout(LIMIT_S + 30)
def test_nothing_of_the_real_folder_is_opened_or_changed(real: dict[str, str], tmp_path: Path) -> None:
    before, opened = contents(real), tmp_path / "opened.txt"
    folder = practice_folder(data_dir(real))
    code, written = run_watched(PracticeStart(folder, Settings(language="en")), real, opened)
    assert code == LEFT_EARLY, written
    assert contents(real) == before
    touched = {Path(line) for line in opened.read_text(encoding="utf-8").splitlines()}
    home = Path(real[HOME_VARIABLE])
    # to make a folder, Python asks for each above it too
    of_the_person = {path for path in touched if home in path.parents and folder not in (path, *path.parents)}
    assert of_the_person - {*folder.parents} == set()
    assert any(folder in path.parents and path.suffix == ".sqlite3" for path in touched), "the hook does see files"
    assert json.loads((folder / "practice.json").read_text(encoding="utf-8"))["at"] == 0


def test_a_folder_that_holds_a_till_is_no_practice_shop(real: dict[str, str]) -> None:
    before = contents(real)
    done = subprocess.run(
        [sys.executable, "-m", "app", "practice", "--inside"],
        env={**os.environ, **real, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 1
    assert "comptoir practice" in done.stdout + done.stderr
    assert {name: kept for name, kept in contents(real).items() if "commands.log" not in name} == before
