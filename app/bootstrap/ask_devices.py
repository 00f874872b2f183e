"""Owns asking the devices of a counter from a command, one after the other, without a window. Holds no rule, no Qt.

A device that a running Comptoir holds says so itself: its line is `refused`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.settings import PrinterProfile, Settings
from app.usecases.device_book import Device, DeviceBook, DeviceReport
from app.usecases.ports import Clock

_WEIGH_LIMIT_S = 5.0


def ask_devices(settings: Settings, clock: Clock) -> Sequence[DeviceReport]:
    """How each device does now. Printers, scale and display are asked, which may take some seconds for each; scanners
    and camera cannot be without a window.
    """
    book = DeviceBook(clock)
    _ask_printer(book, (Device.PRINTER,), settings.printer, settings.language)
    _ask_printer(book, (Device.PREPARATION_PRINTER,), settings.preparation_printer, settings.language)
    _ask_printer(book, (Device.FALLBACK_PRINTER,), settings.fallback_printer, settings.language)
    _name_readers(book, settings)
    _ask_display(book, settings)
    _ask_scale(book, settings)
    return book.reports()


def _ask_printer(book: DeviceBook, devices: Sequence[Device], profile: PrinterProfile, language: str) -> None:
    from app.printing.printer import build_printer
    from app.printing.printer_book import PrinterBook

    if profile.transport == "none":
        return
    news = PrinterBook(book, devices, profile)
    news.set_up()
    news.looked(build_printer(profile, language, datetime.astimezone, lambda _lines, _profile: None).status())


def _name_readers(book: DeviceBook, settings: Settings) -> None:
    """They are set up; whether they work shows when something is read."""
    book.set_up(Device.WEDGE_SCANNER, "")
    if settings.scanner.serial_port:
        book.set_up(Device.SERIAL_SCANNER, settings.scanner.serial_port)
    if settings.camera.on:
        book.set_up(Device.CAMERA, settings.camera.device)


def _ask_display(book: DeviceBook, settings: Settings) -> None:
    from app.serial_line import SerialUnavailable, open_line

    chosen = settings.customer_display
    if chosen.kind == "none":
        return
    book.set_up(Device.CUSTOMER_DISPLAY, chosen.serial_port)
    try:
        open_line(chosen.serial_port, chosen.baud_rate).close()
    except SerialUnavailable as error:
        book.failed(Device.CUSTOMER_DISPLAY, error.reason)
    else:
        book.works(Device.CUSTOMER_DISPLAY, silent=True)


def _ask_scale(book: DeviceBook, settings: Settings) -> None:
    from app.devices.scale import DIALECTS, SerialScale

    chosen = settings.scale
    if chosen.kind == "none":
        return
    scale = SerialScale(chosen.serial_port, chosen.baud_rate, DIALECTS[chosen.protocol], book)
    scale.start()
    scale.weigh(_WEIGH_LIMIT_S)
    scale.stop()
