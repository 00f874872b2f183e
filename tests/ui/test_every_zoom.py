"""Every scene of the program is looked at larger, and on a screen of 3840 x 2160: nothing cut, overlapping, outside or
too small, and every icon as sharp as the screen. Each zoom has a process of its own: it is chosen before Qt begins.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.ui.test_zoom import ROOT, screen_of

ZOOMS_AND_WINDOWS = [
    (125, ("1024x600", "1366x768")),
    (150, ("1024x600",)),
    (200, ("1024x600", "1920x1080")),
    (100, ("3840x2160",)),
]
"""Percent, and sizes of the window as they are counted at that zoom."""


@pytest.mark.parametrize(("percent", "sizes"), ZOOMS_AND_WINDOWS)
def test_nothing_is_wrong_at_that_zoom(tmp_path, percent, sizes):
    ran = subprocess.run(  # this interpreter, our own module
        [sys.executable, "-m", "tests.ui.looked_at_zoomed", str(percent), *sizes],
        env={**screen_of(tmp_path, 3840, 2160), "COMPTOIR_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1].startswith(f"{percent} %: looked at")
