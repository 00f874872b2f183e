"""Owns the customer display and the scale of one window: which are set up, their start and end, and the way of a
reading to the main thread. Holds no rule; the libraries behind them are loaded where a device is set up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.ui.checkout.display_words import greeting, till_closed, trial_rows
from app.ui.task_runner import Lane, Runner
from app.usecases.counter_devices import DisplayRow, ScaleReading, ScaleState
from app.usecases.device_book import Device, DeviceBook

if TYPE_CHECKING:
    from app.devices.customer_display import SerialDisplay
    from app.devices.scale import SerialScale
    from app.settings import CustomerDisplaySettings, ScaleSettings, Settings

_WEIGH_LIMIT_S = 4.0

Tell = Callable[[ScaleReading], None]


class _Door(QObject):
    """From the scale's thread to the main thread."""

    read = Signal(object, object)


class LineDevices:
    """What the sale shows and watches; a `CustomerDisplay` and a `LiveScale`. Main thread, `weigh` apart."""

    def __init__(self, book: DeviceBook, runner: Runner) -> None:
        self._book = book
        self._runner = runner
        self._display: SerialDisplay | None = None
        self._scale: SerialScale | None = None
        self._display_settings: CustomerDisplaySettings | None = None
        self._scale_settings: ScaleSettings | None = None
        self._rows = greeting()
        self._watcher: Tell | None = None
        self._ended = False
        self._door = _Door()
        self._door.read.connect(self._read, Qt.ConnectionType.QueuedConnection)

    def use(self, settings: Settings) -> None:
        """Begin with what is set up, or go on with what was changed."""
        if settings.customer_display != self._display_settings:
            self._display_settings = settings.customer_display
            old, self._display = self._display, None
            self._after(old, self._start_display)
        if settings.scale != self._scale_settings:
            self._scale_settings = settings.scale
            gone, self._scale = self._scale, None
            self._after(gone, self._start_scale)

    def stop(self) -> None:
        """The till ends: the customer reads so."""
        self._watcher, self._ended = None, True
        if self._display is not None:
            self._display.show(*till_closed())
            self._display.stop()
        if self._scale is not None:
            self._scale.stop()
        self._display = self._scale = None

    # --- CustomerDisplay ---

    def show(self, upper: DisplayRow, lower: DisplayRow) -> None:
        self._rows = (upper, lower)
        if self._display is not None:
            self._display.show(upper, lower)

    def try_display(self) -> None:
        """Show something to look at, until the sale says otherwise."""
        if self._display is not None:
            self._display.show(*trial_rows())

    # --- LiveScale ---

    @property
    def is_there(self) -> bool:
        return self._scale is not None

    def watch(self, tell: Tell) -> None:
        self._watcher = tell
        if self._scale is not None:
            self._scale.watch(lambda reading: self._door.read.emit(tell, reading))

    def unwatch(self) -> None:
        self._watcher = None
        if self._scale is not None:
            self._scale.unwatch()

    def weigh(self) -> ScaleReading:
        """What it says now; waits some seconds for that: in a lane."""
        scale = self._scale
        return scale.weigh(_WEIGH_LIMIT_S) if scale is not None else ScaleReading(ScaleState.ABSENT)

    # --- inside ---

    def _read(self, tell: Tell, reading: ScaleReading) -> None:
        if tell is self._watcher or tell == self._watcher:
            tell(reading)

    def _after(self, old: SerialDisplay | SerialScale | None, start: Callable[[], None]) -> None:
        """Once the old one has let go of its line, which may take a moment."""
        if old is None:
            start()
        else:
            self._runner.run(Lane.PRINT, old.stop, lambda _ended: start(), lambda _failure: start())

    def _start_display(self) -> None:
        chosen = self._display_settings
        if self._ended or self._display is not None:  # closed, or changed once more meanwhile
            return
        if chosen is None or chosen.kind == "none":
            self._book.taken_away(Device.CUSTOMER_DISPLAY)
            return
        from app.devices.customer_display import SerialDisplay
        from app.devices.display_dialect import DISPLAY_DIALECTS
        from app.printing.folding import fold_for

        dialect = DISPLAY_DIALECTS[chosen.protocol]
        fold = fold_for(dialect.code_page)
        self._display = SerialDisplay(chosen.serial_port, chosen.baud_rate, chosen.columns, dialect, fold, self._book)
        self._display.show(*self._rows)
        self._display.start()

    def _start_scale(self) -> None:
        chosen = self._scale_settings
        if self._ended or self._scale is not None:
            return
        if chosen is None or chosen.kind == "none":
            self._book.taken_away(Device.SCALE)
            return
        from app.devices.scale import DIALECTS, SerialScale

        self._scale = SerialScale(chosen.serial_port, chosen.baud_rate, DIALECTS[chosen.protocol], self._book)
        self._scale.start()
        if self._watcher is not None:
            self.watch(self._watcher)
