"""Owns when the camera at the counter is on, what becomes of a code it reads, and what is shown of it. No widget.

A code goes the way of a scanner's; while a sheet or a dialog is open none is taken. Nothing here waits for the camera,
and a till without one works the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.settings import CameraSettings
from app.ui.camera.frame_source import CameraDevice, CameraState, FrameSource, TakeFrame
from app.ui.camera.frames import now_ms
from app.ui.camera.watcher import Figures, FrameReader, Sight, Watcher
from app.usecases.device_book import Device, DeviceBook

_TICK_MS = 200
_FIGURES_MS = 5_000
ADVICE_HELD_MS = 800
"""An advice stays for as long as it takes to read it."""

NOTHING_HELD_MS = 1_500
ACCEPTED_HELD_MS = 1_000
"""How long "read" is shown of a code that was."""


MakeSource = Callable[[TakeFrame], FrameSource]
"""Makes what gives frames; given where they go."""


@dataclass(frozen=True, slots=True)
class CameraScene:
    """All that is shown of the camera besides its picture.

    Attributes:
        devices: the cameras there are, as far as known.
        folded: it reads, but its picture is not shown.
        read: the code read a moment ago, "" for none.
        seen: what is in view now and was read, whether it counts or not.
    """

    state: CameraState = CameraState.OFF
    name: str = ""
    devices: tuple[CameraDevice, ...] = ()
    folded: bool = False
    advice: str = "none"
    read: str = ""
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraSurroundings:
    """What the camera is given.

    Attributes:
        make_reader: makes what reads them; called in the reading thread.
        may_take: whether a code may be taken now: no sheet or dialog is open.
        take: where a code goes that was accepted.
        keep: writes down the settings of the camera when a key changed them.
        book: where it is written how the camera does; None: nowhere.
    """

    make_source: MakeSource
    make_reader: Callable[[], FrameReader]
    may_take: Callable[[], bool]
    take: Callable[[str], None]
    keep: Callable[[CameraSettings], None]
    book: DeviceBook | None = None


class CameraPresenter(QObject):
    """The camera of one window.

    Signals:
        changed: the new `CameraScene`.
        picture: a small QImage of what it sees.
        sighted: each `Sight`, for measures.
        figures_told: (`Figures`, frames a second), every few seconds.
    """

    changed = Signal(object)
    picture = Signal(object)
    sighted = Signal(object)
    figures_told = Signal(object, float)

    def __init__(self, around: CameraSurroundings, settings: CameraSettings) -> None:
        super().__init__()
        self.scene = CameraScene()
        self._around = around
        self._settings = settings
        self._source: FrameSource | None = None
        self._watcher: Watcher | None = None
        self._tried_out = False
        self._figures = Figures()
        self._advised_ms = self._read_ms = self._used_ms = self._figures_ms = 0
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._look_around)

    # --- what people do ---

    def use_settings(self, settings: CameraSettings) -> None:
        """Begin, stop or change the camera as the settings say."""
        other = settings.device != self._settings.device
        self._settings = settings
        self._follow(anew=other)

    def toggle(self) -> None:
        """The key or the chip: on, off; or wake it, or unfold its picture."""
        if self.scene.state is CameraState.RESTING:
            self._follow(anew=True)
        elif self.scene.folded and self.is_on:
            self.fold(False)
        else:
            self._settings = replace(self._settings, on=not self._settings.on)
            self._follow()
            self._change(folded=False)
            self._around.keep(self._settings)

    def fold(self, folded: bool) -> None:
        """Show its picture no more, or again; it reads on."""
        if self._watcher is not None:
            self._watcher.wants_pictures = not folded or self._tried_out
        self._change(folded=folded)

    def try_out(self, trying: bool) -> None:
        """Somebody looks at it in the settings: it is on meanwhile, whatever they say."""
        self._tried_out = trying
        if self._watcher is not None:
            self._watcher.wants_pictures = trying or not self.scene.folded
        self._follow()

    @property
    def settings(self) -> CameraSettings:
        """As they are in force."""
        return self._settings

    @property
    def is_on(self) -> bool:
        return self.scene.state is not CameraState.OFF

    def close(self) -> None:
        """The window goes: no thread and no picture after it."""
        self._tick.stop()
        self._end_threads()

    # --- inside ---

    def _end_threads(self) -> None:
        if self._source is not None:
            self._source.state_changed.disconnect(self._state_came)
            self._source.close()
        if self._watcher is not None:
            self._watcher.close()
        self._source = self._watcher = None

    def _broke(self, error: Exception) -> None:
        """A bug in the reading thread, which has ended: said, and gone about anew when it is next switched on."""
        if self._watcher is None:
            return
        self._tick.stop()
        self._end_threads()
        self._state_came(CameraState.BROKEN, self.scene.name)
        # the crash hook has it: PySide would print and forget what a slot raises
        sys.excepthook(type(error), error, error.__traceback__)

    def _follow(self, anew: bool = False) -> None:
        wanted = self._settings.on or self._tried_out
        if wanted and (anew or not self.is_on):
            self._switch_on()
        elif not wanted and self.is_on:
            self._switch_off()

    def _switch_on(self) -> None:
        if self._watcher is None:
            self._watcher = Watcher(self._around.make_reader)
            self._watcher.sighted.connect(self._sighted)
            self._watcher.broke.connect(self._broke)
            self._watcher.start()
        if self._source is None:
            self._source = self._around.make_source(self._watcher.frames.put)
            self._source.state_changed.connect(self._state_came)
            self._source.devices_changed.connect(self._devices_came)
        self._watcher.forget()
        self._used_ms = self._figures_ms = now_ms()
        self._change(state=CameraState.STARTING, advice="none", seen=(), read="")
        if self._around.book is not None:
            self._around.book.set_up(Device.CAMERA, self.scene.name)
        self._source.start(self._settings.device)
        self._tick.start()

    def _switch_off(self, state: CameraState = CameraState.OFF) -> None:
        self._tick.stop()
        self._change(state=state, advice="none", seen=(), read="")
        if self._source is not None:
            self._source.stop()
        if self._watcher is not None:
            self._watcher.frames.forget()
        if self._around.book is not None and state is CameraState.OFF:
            self._around.book.taken_away(Device.CAMERA)

    def _state_came(self, state: CameraState, name: str) -> None:
        if state is CameraState.OFF or not self.is_on or self.scene.state is CameraState.RESTING:
            return  # an echo of our own switching
        self._change(state=state, name=name, advice="none", seen=())
        book = self._around.book
        if book is None:
            return
        if state.is_wrong:
            book.failed(Device.CAMERA, str(state))
        elif state is CameraState.LIVE:
            book.set_up(Device.CAMERA, name)
            book.works(Device.CAMERA)

    def _devices_came(self, devices: tuple[CameraDevice, ...]) -> None:
        self._change(devices=devices)

    def _sighted(self, sight: Sight) -> None:
        if self.scene.state is not CameraState.LIVE:
            return
        now = now_ms()
        if sight.reading.codes:
            self._used_ms = now
        if sight.reading.accepted:
            self._accepted(sight.reading.accepted, now)
        if sight.picture is not None:
            self.picture.emit(sight.picture)
        self._advise(sight, now)
        self.sighted.emit(sight)

    def _accepted(self, code: str, now: int) -> None:
        if not self._around.may_take():
            if self._watcher is not None:
                self._watcher.not_taken(code)  # it may still be in view when the sheet is gone
            return
        self._read_ms = now
        self._change(read=code)
        self._around.take(code)

    def _advise(self, sight: Sight, now: int) -> None:
        advice = sight.reading.advice
        held_ms = NOTHING_HELD_MS if advice == "none" and not sight.reading.codes else ADVICE_HELD_MS
        if advice == self.scene.advice:
            self._advised_ms = now
        elif self.scene.advice == "none" or sight.reading.accepted or now - self._advised_ms >= held_ms:
            self._advised_ms = now
            self._change(advice=advice)
        self._change(seen=sight.reading.codes)

    def _look_around(self) -> None:
        """Some times a second while it is on."""
        now = now_ms()
        if self._watcher is not None:
            self._watcher.pause(not self._around.may_take())
        if self.scene.read and now - self._read_ms >= ACCEPTED_HELD_MS:
            self._change(read="")
        rest_ms = self._settings.rest_after_min * 60_000
        if rest_ms and now - self._used_ms >= rest_ms and not self._tried_out:
            self._switch_off(CameraState.RESTING)
        if now - self._figures_ms >= _FIGURES_MS:
            self._tell_figures(now)

    def _tell_figures(self, now: int) -> None:
        took_s, self._figures_ms = (now - self._figures_ms) / 1000, now
        if self._watcher is None or self.scene.state is not CameraState.LIVE:
            return
        figures = self._watcher.figures()
        before, self._figures = self._figures, figures
        frames_per_s = (figures.frames - before.frames) / took_s
        self.figures_told.emit(figures, frames_per_s)
        if self._around.book is not None:
            self._around.book.works(
                Device.CAMERA,
                frames_per_s=f"{frames_per_s:.0f}",
                read_ms=str(figures.read_ms),
                dropped=str(figures.dropped),
                reads=str(figures.reads),
                accepted=str(figures.accepted),
            )

    def _change(self, **values: Any) -> None:
        scene = replace(self.scene, **values)
        if scene != self.scene:
            self.scene = scene
            self.changed.emit(scene)
