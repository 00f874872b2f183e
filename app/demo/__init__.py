"""Owns the demonstration: a shop with a marketplace beside it, people who order, and the guided tour. Never touches the
person's own till: it lives in a folder of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def run(output: Path, *, tour: bool, environ: Mapping[str, str] = os.environ) -> int:
    """Show the demo shop's window; without a display, or if asked, give the guided tour off screen.

    Args:
        output: where the tour leaves its proof.

    Returns the exit code: for the tour 0 only if every check held.
    """
    if tour or not has_display(environ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from app.demo.tour import run_tour

        return run_tour(output)
    from app.demo.shop_window import run_demo_window

    return run_demo_window()


def has_display(environ: Mapping[str, str]) -> bool:
    """Whether a window can be shown to a person."""
    if environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    return sys.platform in ("win32", "darwin") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
