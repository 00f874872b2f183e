"""Owns the fields of a printer's profile for somebody who knows it, or is told on the telephone. Decides nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.settings import PrinterProfile
from app.ui.components.choice import Choice
from app.ui.components.fields import Field
from app.ui.components.layouts import column
from app.ui.settings.presenter import SettingsState
from app.ui.settings.printer_words import transport_words
from app.ui.settings.sheet import check_box, in_row, refuse_if_wrong, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Space
from app.usecases.set_up_printer import CHART_LINES, CHART_WIDTHS, PLAIN

_QUEUE = "windows" if sys.platform == "win32" else "cups"
_TRANSPORTS = ("screen", "pdf", "network", "file", "serial", _QUEUE, "none")
_DEVICES = ("network", "file", "serial", "cups", "windows")
_WITH_PATH = ("file", "serial", "pdf")
_WITH_DRAWER = ("network", "file", "serial")
_SPEEDS = ("9600", "19200", "38400", "57600", "115200")


class PrinterByHand(QWidget):
    """`save` is given the values as typed; a number that is none arrives as -1, which no profile takes."""

    def __init__(self, look: Look, save: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._tell = save
        self.transport = Choice([(key, transport_words(key)) for key in _TRANSPORTS], tr("Printer"))
        self.transport.setObjectName("printer-transport")
        self.host = Field(tr("Address"), "192.168.1.50")
        self.port = Field(tr("Port"), "9100")
        self.path = Field(tr("Device or file"), "/dev/usb/lp0")
        self.queue = Field(tr("Name of the queue"), "Caisse")
        self.speed = Choice([(speed, speed) for speed in _SPEEDS], tr("Speed (baud)"))
        self.columns = Choice([(str(each), _width_words(each)) for each in CHART_WIDTHS], tr("Paper"))
        pages = [(f"{line.code_page} {line.page_number}", _page_words(line)) for line in CHART_LINES]
        self.page = Choice([*pages, (f"{PLAIN} 0", tr("Letters without accents"))], tr("Characters"))
        self.cutter = check_box(tr("It cuts the paper"))
        self.native_qr = check_box(tr("It draws codes itself"))
        self.drawer = check_box(tr("It opens the cash drawer"))
        named = {"host": self.host, "port": self.port, "path": self.path, "queue": self.queue}
        for name, field in named.items():
            field.edit.setObjectName(f"printer-{name}")
        self._network = in_row(self.host, self.port)
        self._speed, self._paper = titled(tr("Speed (baud)"), self.speed), titled(tr("Paper"), self.columns)
        self._codes = titled(tr("Characters"), self.page)
        self._profile = PrinterProfile()
        self.setLayout(
            column(
                self.transport,
                self._network,
                self.path,
                self.queue,
                self._speed,
                self._paper,
                self._codes,
                self.cutter,
                self.native_qr,
                self.drawer,
                in_row(sheet_button(look, tr("Save"), "save-printer", self._save)),
                gap=Space.NEAR,
            )
        )
        self.transport.chosen.connect(lambda _key: self._show_fields())
        self._show_fields()

    def fill(self, profile: PrinterProfile) -> None:
        """Show a profile."""
        self._profile = profile
        self.transport.choose(profile.transport)
        self.host.set_text(profile.host)
        self.port.set_text(str(profile.port))
        self.path.set_text(profile.path)
        self.queue.set_text(profile.queue)
        self.speed.choose(str(profile.baud_rate))
        self.columns.choose(str(profile.width_columns))
        self.page.choose(f"{profile.code_page} {profile.code_page_number}")
        self.cutter.setChecked(profile.has_cutter)
        self.native_qr.setChecked(profile.has_native_qr)
        self.drawer.setChecked(profile.open_drawer)
        self._show_fields()

    def refuse_if_wrong(self, state: SettingsState) -> None:
        refuse_if_wrong(state, {"host": self.host, "port": self.port, "path": self.path, "queue": self.queue})

    def _show_fields(self) -> None:
        kind = self.transport.current
        self._network.setVisible(kind == "network")
        self.path.setVisible(kind in _WITH_PATH)
        self.queue.setVisible(kind == _QUEUE)
        self._speed.setVisible(kind == "serial")
        self._paper.setVisible(kind != "none")
        for part in (self._codes, self.cutter, self.native_qr):
            part.setVisible(kind in _DEVICES)
        self.drawer.setVisible(kind in _WITH_DRAWER)

    def _save(self) -> None:
        kind, before = self.transport.current, self._profile
        page, number = self.page.current.split()
        typed: dict[str, Any] = {
            "name": before.name if before.transport == kind else kind,
            "transport": kind,
            "host": self.host.text,
            "port": _number(self.port.text),
            "path": self.path.text,
            "queue": self.queue.text,
            "baud_rate": int(self.speed.current),
            "width_columns": int(self.columns.current),
            "has_cutter": self.cutter.isChecked(),
            "has_native_qr": self.native_qr.isChecked(),
            "open_drawer": self.drawer.isChecked() and kind in _WITH_DRAWER,
        }
        self._tell({**typed, "code_page": page, "code_page_number": int(number)})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def _width_words(columns: int) -> str:
    known = {48: tr("80 mm, 48 columns"), 32: tr("58 mm, 32 columns")}
    return known.get(columns, tr("{columns} columns").format(columns=columns))


def _page_words(line: Any) -> str:
    return tr("Line {number} of the chart: {page} ({page_number})").format(
        number=line.number, page=line.code_page.upper(), page_number=line.page_number
    )
