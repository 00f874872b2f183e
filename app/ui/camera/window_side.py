"""Owns how the camera sits in the window: its corner, its key, its chip, and when the window can take a code."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from app.ui.camera.frame_source import CameraState
from app.ui.camera.panel import CameraPanel
from app.ui.camera.presenter import CameraPresenter, CameraScene
from app.ui.camera.words import chip_words
from app.ui.main_window import MainWindow
from app.ui.screen import PlaceName

PLACES = (PlaceName.PICKUP, PlaceName.SALE)
"""Where codes are shown to it; it reads everywhere."""


def may_take(window: MainWindow) -> bool:
    """Whether a code may be taken now: somebody can see what becomes of it, and nobody is asked anything first."""
    if (
        not window.takes_codes
        or window.isHidden()
        or window.isMinimized()
        or QApplication.activeModalWidget() is not None
    ):
        return False
    handle = window.windowHandle()
    return handle is not None and handle.isExposed()  # on another desktop, or the screen is locked


def join_to_window(
    window: MainWindow, presenter: CameraPresenter, panel: CameraPanel, show_trouble: Callable[[], None]
) -> None:
    """Put the panel into its corner and let key and chip work the camera.

    Args: show_trouble: lead to where it stands why the camera does not work: the chip then says "see why".
    """
    window.add_corner(panel, PLACES)

    def place() -> None:
        scene = presenter.scene
        panel.set_low(window.here is PlaceName.SALE)  # tiles and results keep the room there is
        window.show_corner(scene.state is not CameraState.OFF and not scene.folded)

    def show(scene: CameraScene) -> None:
        panel.show_scene(scene)
        place()
        window.foot.set_camera(*chip_words(scene.state))

    def type_instead() -> None:
        presenter.fold(True)
        window.focus_box()

    presenter.changed.connect(show)
    window.hints_told.connect(place)
    presenter.picture.connect(panel.picture.show_picture)
    panel.type_asked.connect(type_instead)
    panel.fold_asked.connect(lambda: presenter.fold(True))

    def chip_pressed() -> None:
        if presenter.scene.state.is_wrong:
            show_trouble()
        else:
            presenter.toggle()

    window.camera_toggled.connect(presenter.toggle)
    window.foot.camera.pressed.connect(chip_pressed)
    show(presenter.scene)
