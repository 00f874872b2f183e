"""Owns the camera beside the fields of the link: on by its button or key while that page is shown, its picture, the way
back to typing. Decides nothing about a code: what is read goes the way of a scan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui.camera.panel import CameraPanel
from app.ui.camera.presenter import CameraPresenter, CameraScene
from app.ui.components.buttons import ActionButton
from app.ui.components.layouts import column
from app.ui.style.look import Look
from app.ui.style.tokens import Space


class PairingCamera(QWidget):
    """Off until `toggle`; off again as soon as it is not shown any more.

    Signals:
        type_asked: the person wants to type instead; the camera is off.
    """

    type_asked = Signal()

    def __init__(self, look: Look, camera: Callable[[], CameraPresenter]) -> None:
        """Args: camera: that of the counter; asked for when it is first wanted."""
        super().__init__()
        self._join = camera
        self._camera: CameraPresenter | None = None
        self.reading = False
        self.button = ActionButton(look, tr("Read it by the camera"), "F6", icon="camera")
        self.button.setObjectName("first-run-camera")
        self.button.clicked.connect(lambda _checked=False: self.toggle())
        self.panel = CameraPanel(look)
        self.panel.type_asked.connect(self._type_instead)
        self.panel.fold_asked.connect(self._type_instead)
        self.setLayout(column(self.button, self.panel, None, gap=Space.NEAR, around=0))

    def toggle(self) -> None:
        if self.reading:
            self.stop()
        else:
            self._start()

    def stop(self) -> None:
        """No camera, no picture."""
        if not self.reading or self._camera is None:
            return
        self.reading = False
        self.panel.hide()
        self.button.set_text(tr("Read it by the camera"))
        self._camera.try_out(False)

    def hideEvent(self, event) -> None:
        """Another page, another sheet, or the end: nobody holds a code before it then."""
        super().hideEvent(event)
        self.stop()

    # --- inside ---

    def _start(self) -> None:
        if self._camera is None:
            self._camera = self._join()
            self._camera.changed.connect(self._show_scene)
            self._camera.picture.connect(self.panel.picture.show_picture)
        self.reading = True
        self.button.set_text(tr("Camera off"))
        self._camera.try_out(True)
        self._show_scene(self._camera.scene)
        self.panel.show()

    def _show_scene(self, scene: CameraScene) -> None:
        """What it says of articles is of no use here."""
        if self.reading:
            self.panel.show_scene(replace(scene, advice="none") if scene.advice == "not_known" else scene)

    def _type_instead(self) -> None:
        self.stop()
        self.type_asked.emit()
