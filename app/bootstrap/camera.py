"""Owns the joining of the camera: its frames, what reads them, its panel, its key and chip. Holds no rule.

Loaded behind the counter; Qt Multimedia is loaded when the camera is first switched on, never before.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.codes import code_reading
from app.bootstrap.devices import show_device
from app.domain.pairing_text import read_pairing_text
from app.i18n import tr
from app.scanning.camera_judge import judge_seen
from app.scanning.camera_reader import CodesOnCamera
from app.scanning.frames import Luma
from app.scanning.wedge import Confidence
from app.settings import SettingsError
from app.ui.camera.frame_source import hush_multimedia
from app.ui.camera.panel import CameraPanel
from app.ui.camera.presenter import CameraPresenter, CameraSurroundings, MakeSource
from app.ui.camera.qt_camera import QtCameraSource
from app.ui.camera.watcher import Reading
from app.ui.camera.window_side import join_to_window, may_take
from app.ui.style.tokens import Role
from app.usecases.device_book import Device
from app.usecases.find_article import ArticleFound, find_article
from app.usecases.ports import Unavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.scanning.frames import CameraReader
    from app.settings import CameraSettings
    from app.ui.camera.frame_source import FrameSource, TakeFrame
    from app.ui.camera.frames import Grey

FILM_VARIABLE = "COMPTOIR_CAMERA_FILE"
"""A picture or film that stands in for the camera, for showing Comptoir where there is none."""


class GreyReader:
    """The reader of codes, given frames as the window has them."""

    def __init__(self, reader: CameraReader) -> None:
        self._reader = reader

    def look(self, grey: Grey, at_ms: int) -> Reading:
        luma = Luma(grey.pixels, grey.width, grey.height, grey.bytes_per_line, grey.pixel_stride)
        look = self._reader.look(luma, at_ms)
        return Reading(tuple(code.text for code in look.codes), look.accepted, str(look.advice))

    def begin(self) -> None:
        self._reader.begin()

    def not_taken(self, code: str) -> None:
        self._reader.not_taken(code)


def join_camera(assembly: Assembly, core: Core, make_source: MakeSource | None = None) -> CameraPresenter:
    """The camera of this window, on if the settings say so. Args: make_source: makes what stands in for it."""
    window, queries = assembly.window, core.store.queries
    reading = code_reading(lambda: assembly.settings, core)

    def is_article(text: str) -> bool:
        """Asked in the reading thread, of what two frames said alike."""
        try:
            found = find_article(queries, reading(), text)
        except Unavailable:
            return False
        return isinstance(found, ArticleFound) or bool(found.name)

    def judge(text: str) -> Confidence:
        """The link's code only while the set-up asks for it: at the counter it is of another world."""
        if assembly.set_up is not None and assembly.set_up.reads_link:
            return Confidence.NO if read_pairing_text(text) is None else Confidence.LIKELY
        return judge_seen(text, is_article)

    def keep(camera: CameraSettings) -> None:
        try:
            assembly.use_settings(replace(assembly.settings, camera=camera))
        except SettingsError as error:
            words = tr("Not saved: {detail} cannot be written. Free some space or ask for the rights.")
            window.show_notice(words.format(detail=error.path), Role.WARNING)

    around = CameraSurroundings(
        make_source=make_source or frame_source(os.environ.get(FILM_VARIABLE, "")),
        make_reader=lambda: GreyReader(CodesOnCamera(judge)),
        may_take=lambda: may_take(window),
        take=window.take_scan,
        keep=keep,
        book=assembly.devices,
    )
    presenter = CameraPresenter(around, assembly.settings.camera)
    join_to_window(window, presenter, CameraPanel(assembly.look), lambda: show_device(window, Device.CAMERA))
    presenter.use_settings(assembly.settings.camera)
    return presenter


def frame_source(film: str) -> MakeSource:
    """Where frames come from: a camera, or a file instead."""

    def from_file(take: TakeFrame) -> FrameSource:
        hush_multimedia()
        from app.ui.camera.films import FileSource  # loads Qt Multimedia

        return FileSource(take, Path(film))

    return from_file if film else QtCameraSource
