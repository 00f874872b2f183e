"""Owns the phone that the tour's customer holds before the camera: a picture in a file, seen through Qt's own capture
graph as a camera's frames are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.demo.demo_shop import DemoHome

if TYPE_CHECKING:
    from app.ui.camera.frame_source import FrameSource, TakeFrame
    from app.ui.camera.presenter import MakeSource


def phone_of(home: DemoHome) -> Path:
    """Where the picture is that the phone shows."""
    return home.folder / "phone.png"


def held_phone(home: DemoHome) -> MakeSource:
    """What stands in for the camera; looks at the phone each time it is switched on."""

    def source(take: TakeFrame) -> FrameSource:
        from app.ui.camera.frame_source import hush_multimedia

        hush_multimedia()
        from app.ui.camera.films import FileSource  # loads Qt Multimedia

        return FileSource(take, phone_of(home))

    return source
