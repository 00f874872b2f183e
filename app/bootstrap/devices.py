"""Owns which book the devices of this counter write in, and what the page of devices is given. Holds no rule, touches
no device itself.

Imported behind the window's first paint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from app.ui.screen import PlaceName
from app.ui.task_runner import Lane
from app.usecases.device_book import Device, DeviceBook, DeviceState

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.ui.main_window import MainWindow
    from app.ui.settings.devices import DevicesSurroundings
    from app.ui.settings.presenter import Section
    from app.ui.settings.view import SettingsScreen


PRINTERS = (Device.PRINTER, Device.PREPARATION_PRINTER, Device.FALLBACK_PRINTER)


def device_book(core: Core, tell: Callable[[Device], None]) -> DeviceBook:
    """The one book of this window.

    Args:
        tell: called after each change that can be seen, on whichever thread wrote it.
    """
    book = DeviceBook(core.clock, tell)
    book.set_up(Device.WEDGE_SCANNER, "")  # any keyboard may be one: nothing is set up for it
    return book


def show_device(window: MainWindow, device: Device) -> None:
    """Lead to this device on the page of devices, where it stands what is wrong and what to do."""
    from app.ui.settings.presenter import Section

    settings = show_section(window, Section.DEVICES)
    if settings is not None:
        settings.devices.point_at(device)


def show_section(window: MainWindow, section: Section) -> SettingsScreen | None:
    """Lead to a sheet of the settings; None, and nowhere, for somebody who may not go there."""
    from app.ui.settings.view import SettingsScreen

    window.go_to(PlaceName.SETTINGS)
    screen = window.screen(PlaceName.SETTINGS)
    if window.here is not PlaceName.SETTINGS or not isinstance(screen, SettingsScreen):
        return None
    screen.presenter.choose_section(section)
    return screen


def devices_surroundings(assembly: Assembly, core: Core) -> DevicesSurroundings:
    """All that the sheets about devices need."""
    from app.serial_line import serial_ports
    from app.ui.device_words import device_lines
    from app.ui.settings.devices import DevicesSurroundings
    from app.usecases.print_document import print_self_test

    def try_printer(device: Device) -> None:
        if assembly.devices.report(device).state is DeviceState.FAILED:
            assembly.try_now()
        elif assembly.printers is not None:
            lines, printers = device_lines(assembly.devices.reports()), assembly.printers
            assembly.runner.run(
                Lane.STORE,
                lambda: print_self_test(core.counter, lines, lambda job_id: printers.keep_at(job_id, device)),
                lambda _job: None,
                _shown_elsewhere,
            )

    return DevicesSurroundings(
        runner=assembly.runner,
        reports=assembly.devices.reports,
        tries={
            **{device: partial(try_printer, device) for device in PRINTERS},
            Device.DRAWER: assembly.kick_drawer,
            Device.CUSTOMER_DISPLAY: assembly.line_devices.try_display,
        },
        ports=serial_ports,
        weigh=assembly.line_devices.weigh,
    )


def _shown_elsewhere(_failure: Exception) -> None:
    """The store that fails is said by every screen that asks it."""
