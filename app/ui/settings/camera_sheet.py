"""Owns the camera's sheet of the settings screen: on or off, which one, when it rests, and a place to try it: its
picture, what it reads, how fast. Decides nothing.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.i18n import tr, trn
from app.settings import CameraSettings
from app.ui.camera.frame_source import CameraState
from app.ui.camera.panel import CameraPicture
from app.ui.camera.presenter import CameraPresenter, CameraScene
from app.ui.camera.watcher import Figures
from app.ui.camera.words import advice_sentence, state_sentence
from app.ui.components.choice import Choice
from app.ui.components.layouts import column, row
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.settings.presenter import SettingsPresenter, SettingsState
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.shown_code import shown_code
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type

_RESTS = ("30", "120", "0")


class CameraSheet(Sheet):
    """While it is tried here the camera is on, whatever the settings say; leaving the sheet ends that."""

    def __init__(self, look: Look, presenter: SettingsPresenter, camera: CameraPresenter) -> None:
        self._presenter = presenter
        self._camera = camera
        self._trying = False
        self._wanted = presenter.state.settings.camera
        on_off = [("on", tr("It reads codes")), ("off", tr("Off"))]
        self.on = Segments(look, on_off, tr("Camera"))
        self.on.setObjectName("camera-on")
        self.device = Choice([], tr("Which camera"))
        self.device.setObjectName("camera-device")
        rests = [("30", tr("After 30 minutes")), ("120", tr("After 2 hours")), ("0", tr("Never"))]
        self.rest = Segments(look, rests, tr("It rests when nobody shows a code"))
        self.rest.setObjectName("camera-rest")
        self.picture = CameraPicture(look)
        self.picture.setObjectName("camera-try-picture")
        self.words = label("", Type.LEAD, strong=True, wrap=True)
        self.words.setObjectName("camera-try-words")
        self.seen = label("", Type.BODY, wrap=True)
        self.seen.setObjectName("camera-seen")
        self.figures = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self.figures.setObjectName("camera-figures")
        self.try_it = sheet_button(look, "", "camera-try", self._try, icon="camera")
        super().__init__(
            tr("Camera"),
            tr(
                "A webcam reads the codes that customers show on their phone, and those of articles. "
                "Scanner and keyboard go on working beside it."
            ),
            self.on,
            titled(tr("Which camera"), self.device),
            titled(tr("It rests when nobody shows a code"), self.rest),
            in_row(self.try_it),
            _beside(self.picture, self.words, self.seen, self.figures),
        )
        self.on.chosen.connect(lambda key: self._keep(on=key == "on"))
        self.rest.chosen.connect(lambda key: self._keep(rest_after_min=int(key)))
        self.device.activated.connect(lambda _row: self._keep(device=self.device.currentData() or ""))
        camera.changed.connect(self._show_scene)
        camera.picture.connect(self._show_picture)
        camera.figures_told.connect(self._show_figures)
        self._show_scene(camera.scene)

    def show_state(self, state: SettingsState) -> None:
        if state.settings.camera != self._wanted:
            self._wanted = state.settings.camera
            self._fill()

    def scanned(self, text: str) -> bool:
        """A scan while this sheet is shown: say what was read, whoever read it."""
        self.seen.setText(tr("Read: {code}").format(code=shown_code(text)))
        set_role(self.seen, Role.SUCCESS)
        return True

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self._wanted = self._camera.settings
        self._fill()

    def hideEvent(self, event) -> None:
        super().hideEvent(event)
        if self._trying:
            self._try()

    def _keep(self, **values: object) -> None:
        self._wanted = replace(self._camera.settings, **values)
        self._presenter.set_values(camera=self._wanted)

    def _try(self) -> None:
        self._trying = not self._trying
        self._camera.try_out(self._trying)
        self._show_scene(self._camera.scene)

    def _fill(self) -> None:
        camera: CameraSettings = self._wanted
        self.on.choose("on" if camera.on else "off")
        self.rest.choose(min(_RESTS, key=lambda each: abs(int(each) - camera.rest_after_min)))
        self._fill_devices(self._camera.scene)

    def _fill_devices(self, scene: CameraScene) -> None:
        wanted = self._wanted.device
        rows = [("", tr("The first one there is")), *((each.key, each.name) for each in scene.devices)]
        if wanted not in [key for key, _name in rows]:
            rows.append((wanted, tr("The one chosen, not plugged in now")))
        if rows != [(self.device.itemData(at), self.device.itemText(at)) for at in range(self.device.count())]:
            self.device.clear()
            for key, name in rows:
                self.device.addItem(name, key)
        self.device.setCurrentIndex([key for key, _name in rows].index(wanted))

    def _show_scene(self, scene: CameraScene) -> None:
        self.try_it.set_text(tr("End the test") if self._trying else tr("Try it"))
        self._fill_devices(scene)
        is_live = scene.state is CameraState.LIVE
        self.picture.setVisible(is_live)
        if not is_live:
            self.picture.clear()
        self.picture.show_read(bool(scene.read))
        self.words.setText(state_sentence(scene.state) or (advice_sentence(scene.advice) if is_live else ""))
        self.words.setVisible(bool(self.words.text()))
        set_role(self.words, Role.WARNING if scene.state.is_wrong else Role.TEXT)
        if scene.seen and not scene.read:
            self.seen.setText(_seen_words(scene.seen[0]))
            set_role(self.seen, Role.TEXT)
        elif not is_live:
            self.seen.setText("")
        self.figures.setVisible(is_live)

    def _show_picture(self, image) -> None:
        if self.isVisible():
            self.picture.show_picture(image)

    def _show_figures(self, figures: Figures, frames_per_s: float) -> None:
        parts = [
            tr("{count} pictures a second").format(count=round(frames_per_s)),
            tr("{time} ms to read one").format(time=figures.read_ms),
            trn("{n} code read", "{n} codes read", figures.accepted).format(n=figures.accepted),
        ]
        self.figures.setText(" · ".join(parts))


def _beside(picture: QWidget, *words: QWidget) -> QWidget:
    """What is read stands beside the picture: both are in sight on small screens."""
    made = QWidget()
    box = row(picture, column(*words, None), gap=Space.BETWEEN)
    box.setStretch(1, 1)
    made.setLayout(box)
    return made


def _seen_words(code: str) -> str:
    """Codes of the world outside are seen too; what counts is told by `scanned`."""
    return tr("It sees: {code}").format(code=shown_code(code))
