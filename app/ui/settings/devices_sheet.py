"""Owns the page of devices: each one live, with what to do and one button. Decides nothing.

It looks into the book of devices while it is on screen; no device is asked for that.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea

from app.i18n import tr
from app.ui.checkout.beside import as_typed
from app.ui.settings.device_cards import PRINTERS, DeviceCard
from app.ui.settings.devices import DevicesPresenter, DevicesState, DevicesSurroundings
from app.ui.settings.presenter import Section, SettingsPresenter, SettingsState
from app.ui.settings.sheet import Sheet
from app.ui.style.look import Look
from app.usecases.counter_devices import ScaleReading, ScaleState
from app.usecases.device_book import Device, DeviceReport, DeviceState

_LOOK_MS = 500

_SECTIONS = {
    Device.PRINTER: Section.PRINTER,
    Device.PREPARATION_PRINTER: Section.PRINTER,
    Device.FALLBACK_PRINTER: Section.PRINTER,
    Device.DRAWER: Section.PRINTER,
    Device.WEDGE_SCANNER: Section.SCANNER,
    Device.SERIAL_SCANNER: Section.SCANNER,
    Device.CAMERA: Section.CAMERA,
    Device.CUSTOMER_DISPLAY: Section.COUNTER,
    Device.SCALE: Section.COUNTER,
}
"""Where each is set up."""


class DevicesSheet(Sheet):
    """Also a `DevicesView` for its presenter."""

    def __init__(self, look: Look, settings: SettingsPresenter, around: DevicesSurroundings) -> None:
        self._settings = settings
        self.presenter = DevicesPresenter(around, self)
        self.cards = {device: DeviceCard(look, device, can_try=self.presenter.can_try(device)) for device in Device}
        super().__init__(
            tr("Devices"),
            tr("How each device does now, and what to do. None of them ever stops a sale or a handover."),
            *self.cards.values(),
        )
        for card in self.cards.values():
            card.pressed.connect(self._pressed)
            card.show_report(DeviceReport(card.device))
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.presenter.look)

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.presenter.look()
        self._timer.start()

    def hideEvent(self, event) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def point_at(self, device: Device) -> None:
        """Bring this one into sight, its button ready for Enter."""
        self.presenter.look()
        card = self.cards[device]
        card.button.setFocus()
        for area in self.findChildren(QScrollArea):
            QTimer.singleShot(0, card, lambda area=area: area.ensureWidgetVisible(card))  # once it is laid out

    def show_state(self, state: SettingsState) -> None:
        """What is set up does not matter here: the devices themselves tell."""

    def show_devices(self, state: DevicesState) -> None:
        """The `DevicesView`."""
        for report in state.reports:
            self.cards[report.device].show_report(report, _note(state, report.device))

    def _pressed(self, name: str) -> None:
        device = Device(name)
        report = self.cards[device].report
        if report is None or report.state is DeviceState.OFF or not self.presenter.can_try(device):
            self._settings.choose_section(_SECTIONS[device])
        else:
            self.presenter.try_device(device)


def _note(state: DevicesState, device: Device) -> str:
    """What came of trying a device, beside what its card says anyhow."""
    if device is Device.SCALE:
        return weighed_words(state)
    if device in PRINTERS and state.tried is device:
        return tr("The test page is on its way. Check the accents, the euro sign and the cut.")
    return ""


def weighed_words(state: DevicesState) -> str:
    """What came of trying the scale."""
    if state.is_weighing:
        return tr("Weighing…")
    return reading_words(state.weighed) if state.weighed is not None else ""


def reading_words(reading: ScaleReading) -> str:
    """What a scale says, on its own."""
    if reading.state is ScaleState.STABLE:
        return tr("It says {weight}. Compare with its own display.").format(weight=f"{as_typed(reading.grams)}\u00a0kg")
    return {
        ScaleState.MOVING: tr("The weight is still moving."),
        ScaleState.EMPTY: tr("Nothing is on it: it says 0."),
        ScaleState.OVERLOAD: tr("Too much is on it."),
        ScaleState.UNDERLOAD: tr("It is below nought: press its zero key."),
        ScaleState.FINER: tr("It weighs finer than a gram: type such weights."),
    }.get(reading.state, tr("It does not answer."))
