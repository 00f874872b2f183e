"""Owns what a printer's worker writes into the book of devices: how the printer does, and the drawer that hangs on it.

Never asks a printer itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.printing.printer import PrinterState, PrinterStatus
from app.settings import PrinterProfile
from app.usecases.device_book import Device, DeviceBook

_WITHOUT_DRAWER = ("screen", "pdf", "none")


class PrinterBook:
    """Implements `print_routes.PrinterNews` for one printer, which may stand at several places of the counter."""

    def __init__(
        self,
        book: DeviceBook,
        devices: Sequence[Device],
        profile: PrinterProfile,
        on_drawer_shut: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        """Args: on_drawer_shut: told why the drawer did not open although it should have; on the printer's thread."""
        self._book = book
        self._devices = devices
        self._profile = profile
        self._on_drawer_shut = on_drawer_shut
        self._silent = False
        self._has_drawer = (
            Device.PRINTER in devices and profile.open_drawer and profile.transport not in _WITHOUT_DRAWER
        )

    def set_up(self) -> None:
        """There it is: nothing is known of it yet."""
        for device in self._devices:
            self._book.set_up(device, self._profile.name)
            if self._profile.transport == "screen":  # there is nothing to wait for
                self._book.works(device)
        if self._has_drawer:
            self._book.set_up(Device.DRAWER, self._profile.name)

    def end(self) -> None:
        """The printer is another one's from now on: what is still heard of it is not written."""
        self._devices, self._has_drawer = (), False

    def printed(self) -> None:
        for device in self._devices:
            self._book.works(device, silent=self._silent)

    def failed(self, reason: str) -> None:
        for device in self._devices:
            self._book.failed(device, reason)

    def looked(self, status: PrinterStatus) -> None:
        if self._profile.transport == "none":  # none stands here: nothing can be wrong with it
            return
        self._silent = status.state is PrinterState.SILENT
        for device in self._devices:
            if status.state in (PrinterState.READY, PrinterState.SILENT):
                self._book.works(device, silent=self._silent, paper_low="yes" if status.paper_low else "no")
            else:
                self._book.failed(device, status.reason or status.state.value)
        self._look_at_drawer(status)

    def drawer_opened(self) -> None:
        if self._has_drawer:
            self._book.works(Device.DRAWER)

    def drawer_stayed_shut(self, reason: str) -> None:
        if self._has_drawer:
            self._book.failed(Device.DRAWER, reason)
            self._on_drawer_shut(reason)

    def _look_at_drawer(self, status: PrinterStatus) -> None:
        """Which level of the sensor means open was learned when it was set up."""
        level = self._profile.drawer_open_level
        if self._has_drawer and level != "unknown" and status.drawer_signal is not None:
            is_open = status.drawer_signal == (level == "high")
            self._book.works(Device.DRAWER, open="yes" if is_open else "no")
