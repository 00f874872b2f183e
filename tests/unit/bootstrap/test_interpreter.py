from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.bootstrap.interpreter import collect_all_again, favour_the_counter, hurry_loading


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    interval_s = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval_s)
    collect_all_again()


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_pyside_reads_no_source_of_what_is_imported_after_it() -> None:
    look = "from PySide6.QtCore import QObject; import linecache{}; import csv; print(csv.__file__ in linecache.cache)"
    assert run(look.format("")) == "True", "PySide no longer does it: interpreter.use_plain_import can go"
    assert run(look.format(", app.bootstrap.interpreter; app.bootstrap.interpreter.use_plain_import()")) == "False"


def test_what_the_start_made_is_not_looked_through_again() -> None:
    hurry_loading()
    assert not gc.isenabled()
    favour_the_counter()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_after_the_window_everything_may_be_collected() -> None:
    hurry_loading()
    favour_the_counter()
    collect_all_again()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
