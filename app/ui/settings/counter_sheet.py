"""Owns the sheet about customer display and scale: which kind, at which port, and a try of each. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.i18n import tr
from app.serial_line import SerialPort
from app.settings import CustomerDisplaySettings, ScaleSettings
from app.ui.components.buttons import Kind
from app.ui.components.choice import Choice
from app.ui.components.text import label
from app.ui.settings.devices import DevicesPresenter, DevicesState, DevicesSurroundings
from app.ui.settings.devices_sheet import weighed_words
from app.ui.settings.presenter import SettingsPresenter, SettingsState
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Type
from app.usecases.device_book import Device

_NONE = "none"
_SPEEDS = (2400, 4800, 9600, 19200, 38400, 57600, 115200)
_WIDTHS = (16, 20, 24, 40)


class CounterSheet(Sheet):
    """Also a `DevicesView` for its presenter."""

    def __init__(self, look: Look, settings: SettingsPresenter, around: DevicesSurroundings) -> None:
        self._settings = settings
        self.presenter = DevicesPresenter(around, self)
        speeds = [(str(speed), str(speed)) for speed in _SPEEDS]
        self.display = Choice(
            [
                (_NONE, tr("No display")),
                ("esc_pos", tr("Epson and alike (ESC/POS)")),
                ("cd5220", tr("Others (CD5220)")),
            ],
            tr("Customer display"),
        )
        self.display_port = Choice([], tr("Port of the display"))
        self.display_speed = Choice(speeds, tr("Speed of the display"))
        self.columns = Choice([(str(width), str(width)) for width in _WIDTHS], tr("Characters on a line"))
        self.scale = Choice(
            [(_NONE, tr("No scale")), ("sics", "Mettler-Toledo (MT-SICS)"), ("toledo_8217", "Toledo 8217")],
            tr("Scale"),
        )
        self.scale_port = Choice([], tr("Port of the scale"))
        self.scale_speed = Choice(speeds, tr("Speed of the scale"))
        self._name_parts()
        self._display_parts = in_row(
            titled(tr("Port"), self.display_port),
            titled(tr("Speed"), self.display_speed),
            titled(tr("Characters on a line"), self.columns),
        )
        self._scale_parts = in_row(titled(tr("Port"), self.scale_port), titled(tr("Speed"), self.scale_speed))
        self.save = sheet_button(look, tr("Save"), "save-counter", self._save, Kind.MAIN)
        self.again = sheet_button(
            look, tr("Look for ports again"), "find-ports", self.presenter.find_ports, icon="refresh-cw"
        )
        self.hello = sheet_button(
            look, tr("Show “Hello”"), "try-display", lambda: self.presenter.try_device(Device.CUSTOMER_DISPLAY)
        )
        self.weigh = sheet_button(look, tr("Weigh"), "try-scale", lambda: self.presenter.try_device(Device.SCALE))
        self._weighed = label("", Type.LEAD, strong=True, wrap=True)
        self._weighed.setObjectName("weighed")
        self._no_ports = label("", Type.BODY, Role.WARNING, wrap=True)
        self._no_ports.setObjectName("no-ports")
        self._shown: tuple[object, object] | None = None
        self._wrong = False
        super().__init__(
            tr("Customer display and scale"),
            tr("Both hang on a serial line, or on USB as one. The sale goes on without them."),
            titled(tr("Customer display"), self.display),
            self._display_parts,
            titled(tr("Scale"), self.scale),
            self._scale_parts,
            label(
                tr(
                    "A scale you sell with must be a verified one. The till only shows what it says; you compare "
                    "with its own display and confirm with Enter."
                ),
                Type.CAPTION,
                Role.MUTED,
                wrap=True,
            ),
            self._no_ports,
            in_row(self.save, self.again),
            in_row(self.hello, self.weigh),
            self._weighed,
        )
        for kind in (self.display, self.scale):
            kind.chosen.connect(lambda _key: self._show_parts())
        self.show_devices(self.presenter.state)

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.presenter.find_ports()

    def show_state(self, state: SettingsState) -> None:
        display, scale = state.settings.customer_display, state.settings.scale
        if (display, scale) != self._shown:
            self._shown = (display, scale)
            self._fill(display, scale)
        self._wrong = state.wrong_field == "serial_port"
        self._show_ports()
        self._show_parts()

    def show_devices(self, state: DevicesState) -> None:
        """The `DevicesView`."""
        for choice in (self.display_port, self.scale_port):
            _offer(choice, state.ports)
        self._show_ports()
        self._weighed.setText(weighed_words(state))
        self.weigh.setEnabled(not state.is_weighing)
        self._show_parts()

    def _show_ports(self) -> None:
        none = not self.display_port.count() and not self.scale_port.count()
        said = tr("No serial line found. Plug the device in, then look again.") if none else ""
        if self._wrong and not none:
            said = tr("Choose the port it is plugged into.")
        self._no_ports.setText(said)

    def _name_parts(self) -> None:
        named = {
            "display-kind": self.display,
            "display-port": self.display_port,
            "display-speed": self.display_speed,
            "display-columns": self.columns,
            "scale-kind": self.scale,
            "scale-port": self.scale_port,
            "scale-speed": self.scale_speed,
        }
        for name, widget in named.items():
            widget.setObjectName(name)

    def _fill(self, display: CustomerDisplaySettings, scale: ScaleSettings) -> None:
        self.display.choose(display.protocol if display.kind != _NONE else _NONE)
        self.scale.choose(scale.protocol if scale.kind != _NONE else _NONE)
        for choice, port in ((self.display_port, display.serial_port), (self.scale_port, scale.serial_port)):
            if port:
                choice.choose(port)
        self.display_speed.choose(str(display.baud_rate))
        self.scale_speed.choose(str(scale.baud_rate))
        self.columns.choose(str(display.columns))

    def _show_parts(self) -> None:
        with_display, with_scale = self.display.current != _NONE, self.scale.current != _NONE
        self._display_parts.setVisible(with_display)
        self._scale_parts.setVisible(with_scale)
        display, scale = self._in_force()
        self.hello.setVisible(display.kind != _NONE)
        self.weigh.setVisible(scale.kind != _NONE)
        self._weighed.setVisible(scale.kind != _NONE and bool(self._weighed.text()))
        self._no_ports.setVisible((with_display or with_scale) and bool(self._no_ports.text()))

    def _in_force(self) -> tuple[CustomerDisplaySettings, ScaleSettings]:
        settings = self._settings.state.settings
        return settings.customer_display, settings.scale

    def _save(self) -> None:
        display: dict[str, Any] = {"kind": _NONE}
        if self.display.current != _NONE:
            display = {
                "kind": "serial",
                "serial_port": _key(self.display_port),
                "baud_rate": int(self.display_speed.current),
                "protocol": self.display.current,
                "columns": int(self.columns.current),
            }
        scale: dict[str, Any] = {"kind": _NONE}
        if self.scale.current != _NONE:
            scale = {
                "kind": "serial",
                "serial_port": _key(self.scale_port),
                "baud_rate": int(self.scale_speed.current),
                "protocol": self.scale.current,
            }
        self._settings.set_beside(display, scale)


def _key(choice: Choice) -> str:
    return choice.current if choice.currentData() is not None else ""


def _offer(choice: Choice, ports: Sequence[SerialPort]) -> None:
    """Add ports that were found; the one chosen stays chosen."""
    for port in ports:
        if choice.findData(port.name) < 0:
            words = port.name if port.description in ("", port.name, "n/a") else f"{port.name}  ({port.description})"
            choice.addItem(words, port.name)
