"""Every scene of the program is looked at larger, and on a screen of 3840 x 2160: what is whole at the usual size is
not cut, overlapping, outside or too small there, and every picture is as sharp as the screen.

Each zoom has a process of its own: it is chosen before Qt begins. What is wrong at the usual size already is
`test_every_screen`'s.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.test_zoom import ROOT, screen_of

SIZES = ("1024x600", "1920x1080")
"""Of the window, as they are counted at each zoom: the last is all of a 4K screen at 200 %."""


def look_at(folder: Path, percent: int, *sizes: str) -> set[str]:
    """What is wrong, as "scene size: fault"."""
    ran = subprocess.run(  # this interpreter, our own module
        [sys.executable, "-m", "tests.ui.looked_at_zoomed", str(percent), *sizes],
        env={**screen_of(folder, 3840, 2160), "COMPTOIR_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    *faults, last = ran.stdout.splitlines()
    assert last.startswith(f"{percent} %: looked at"), ran.stdout
    return {fault for fault in faults if fault}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return look_at(tmp_path_factory.mktemp("usual"), 100, *SIZES)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("percent", "sizes"), [(125, SIZES[:1]), (150, SIZES[:1]), (200, SIZES)])
def test_nothing_is_wrong_larger_that_is_not_at_the_usual_size(tmp_path, usual, percent, sizes):
    found = look_at(tmp_path, percent, *sizes) - usual
    assert not found, "\n".join(sorted(found))


def test_pictures_are_sharp_at_the_usual_size(usual):
    assert not [fault for fault in usual if "blurred" in fault]


@pytest.mark.timeout(1200)
def test_nothing_is_wrong_on_a_4k_screen(tmp_path):
    found = look_at(tmp_path, 100, "3840x2160")
    assert not found, "\n".join(sorted(found))
