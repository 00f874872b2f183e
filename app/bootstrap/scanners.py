"""Owns the joining of the scanners: the one that types, the one on a serial line, what teaches how one is set. Holds no
rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from app.bootstrap.devices import show_device, show_section
from app.i18n import tr
from app.printing.bars import bars_of
from app.printing.qr import qr_modules
from app.scanning.calibrator import BAR_TEXTS, QR_TEXT, joined, read_lesson
from app.scanning.keys import KeysOf, Reading
from app.scanning.serial_scanner import SerialScanner, code_of
from app.scanning.wedge import Confidence, Wedge, judge_code
from app.serial_line import serial_ports
from app.ui.scan_filter import ScanFilter
from app.ui.settings.scanner import ScannerSurroundings
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane
from app.usecases.device_book import Device, DeviceState
from app.usecases.ports import Unavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.settings import ScannerSettings


class _Home(QObject):
    """The door from the serial scanner's thread to the main thread."""

    scanned = Signal(str)


class Scanners:
    """The scanners of one window.

    Attributes:
        scan_filter: gets every key first.
    """

    def __init__(self, assembly: Assembly, core: Core) -> None:
        self._runner = assembly.runner
        self._window = assembly.window
        self._devices = assembly.devices
        self._core = core
        self._settings = assembly.settings.scanner
        self._was_told = False
        self._serial: SerialScanner | None = None
        self._home = _Home()
        self._home.scanned.connect(self._heard, Qt.ConnectionType.QueuedConnection)
        self._other_layout = False
        assembly.device_listeners.append(self._device_changed)
        self._window.foot.scanner.pressed.connect(self._chip_pressed)
        self.scan_filter = ScanFilter(self._wedge(), KeysOf(QGuiApplication.platformName()))
        self.scan_filter.scanned.connect(self._typed)
        self.scan_filter.misread_layout.connect(self._tell_layout)
        self.scan_filter.watch(self._window)
        self.scan_filter.watch_application()
        self._listen()

    def use_settings(self, scanner: ScannerSettings) -> None:
        """The scanners' settings changed."""
        before, self._settings = self._settings, scanner
        self._other_layout = self._other_layout and scanner.reading == "text"
        self._show_chip()
        self.scan_filter.set_wedge(self._wedge())
        line = (scanner.serial_port, scanner.serial_baud_rate)
        if line != (before.serial_port, before.serial_baud_rate):
            self._leave_line()
            self._listen()

    def close(self) -> None:
        """The window goes: no scan is told any more."""
        self.scan_filter.end()
        self._leave_line()

    def _leave_line(self) -> None:
        if self._serial is not None:
            self._serial.stop()
            self._serial = None
            self._devices.taken_away(Device.SERIAL_SCANNER)

    def surroundings(self) -> ScannerSurroundings:
        """What the scanner's sheet of the settings is given."""
        return ScannerSurroundings(
            self.scan_filter.capture,
            read_lesson,
            joined,
            QR_TEXT,
            BAR_TEXTS,
            qr_modules,
            bars_of,
            self._ask_ports,
        )

    def _listen(self) -> None:
        scanner = self._settings
        if scanner.serial_port:
            self._serial = SerialScanner(
                scanner.serial_port, scanner.serial_baud_rate, self._home.scanned.emit, self._devices
            )
            self._serial.start()

    def _wedge(self) -> Wedge:
        scanner = self._settings
        return Wedge(
            self._judged,
            max_gap_ms=scanner.max_gap_ms,
            min_length=scanner.min_length,
            prefix=scanner.prefix,
            suffix=scanner.suffix,
            learned=(scanner.learned_from, scanner.learned_to),
            preferred=Reading(scanner.reading),
        )

    def _typed(self, text: str, recognised: bool) -> None:
        self._devices.works(Device.WEDGE_SCANNER, newest_length=str(len(text)))
        self._window.take_scan(text, recognised)

    def _heard(self, text: str) -> None:
        if self._serial is not None:
            self._window.take_scan(*code_of(text, self._settings.prefix, self._judged))

    def _tell_layout(self) -> None:
        """Said once, and not at all of a scanner that Comptoir has learned: its codes are read all the same. What the
        scan itself led to is not covered."""
        if self._was_told or self._settings.reading != "text":
            return
        self._other_layout = True
        self._show_chip()
        if self._window.notice.isVisible():
            return
        self._was_told = True
        self._window.show_notice(
            tr("The scanner is set to another keyboard. Its codes are read all the same; let Comptoir learn it."),
            Role.WARNING,
            tr("Settings"),
            self._show_sheet,
        )

    def _show_sheet(self) -> None:
        from app.ui.settings.presenter import Section

        show_section(self._window, Section.SCANNER)

    def _device_changed(self, device: Device) -> None:
        if device is Device.SERIAL_SCANNER:
            self._show_chip()

    def _show_chip(self) -> None:
        """Only while there is something to see to."""
        if self._is_silent():
            self._window.foot.set_scanner(tr("Scanner not answering"), Role.DANGER)
        elif self._other_layout:
            self._window.foot.set_scanner(tr("Scanner set to another keyboard"), Role.WARNING)
        else:
            self._window.foot.set_scanner("", Role.MUTED)

    def _chip_pressed(self) -> None:
        if self._is_silent():
            show_device(self._window, Device.SERIAL_SCANNER)
        else:
            self._show_sheet()

    def _is_silent(self) -> bool:
        return self._devices.report(Device.SERIAL_SCANNER).state is DeviceState.FAILED

    def _ask_ports(self, told: Callable[[Sequence[tuple[str, str]]], None]) -> None:
        self._runner.run(Lane.LISTS, _ports, told, lambda _failure: None)

    def _judged(self, text: str) -> Confidence:
        return judge_code(text, self._is_article)

    def _is_article(self, text: str) -> bool:
        """One indexed look-up (some tens of microseconds): this is asked on the main thread, between two keys."""
        try:
            return self._core.store.queries.product_by_code(text) is not None
        except Unavailable:
            return False


def _ports() -> Sequence[tuple[str, str]]:
    return [(port.name, port.description) for port in serial_ports()]
