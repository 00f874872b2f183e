"""Owns the card of one device: what it is, how it does, what to do, one button. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel

from app.i18n import tr
from app.ui import device_words, formats
from app.ui.components.chips import Chip
from app.ui.components.layouts import column, row
from app.ui.components.text import label
from app.ui.settings.sheet import sheet_button
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, Role, Space, Type
from app.usecases.device_book import Device, DeviceReport, DeviceState

PRINTERS = (Device.PRINTER, Device.PREPARATION_PRINTER, Device.FALLBACK_PRINTER)


class DeviceCard(QFrame):
    """One device. `pressed`: its button was."""

    pressed = Signal(str)

    def __init__(self, look: Look, device: Device, *, can_try: bool) -> None:
        super().__init__()
        self.device = device
        self.report: DeviceReport | None = None
        self._look = look
        self._can_try = can_try
        self.setProperty("surface", "card")
        self.setObjectName(f"device-{device}")
        self._icon = QLabel()
        self._title = label(device_words.device_name(device), Type.LEAD, strong=True, wrap=True)
        self._called = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self.chip = Chip(look, low=True)
        self.trouble = label("", Type.BODY, Role.DANGER, strong=True, wrap=True)
        self.remedy = label("", Type.BODY, wrap=True)
        self._times = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self.button = sheet_button(look, "", f"device-{device}-button", lambda: self.pressed.emit(str(device)))
        state = row(self.chip, self._called, gap=Space.INSIDE)
        state.setStretch(1, 1)
        told = column(self._title, state, self.trouble, self.remedy, self._times, gap=Space.HAIR)
        box = row(self._icon, told, self.button, gap=Space.INSIDE)
        box.setStretch(1, 1)
        box.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        box.setAlignment(self.button, Qt.AlignmentFlag.AlignTop)
        box.setContentsMargins(Space.INSIDE, Space.INSIDE, Space.INSIDE, Space.INSIDE)
        self.setLayout(box)
        look.changed.connect(self._recolour)
        self._recolour()

    def show_report(self, report: DeviceReport, note: str = "") -> None:
        """Args: note: what trying it brought, "" for nothing."""
        self.report = report
        words, role, icon = device_words.report_words(report)
        self.chip.set_state(words, role, icon)
        self._called.setText(tr("On screen") if report.name == "screen" else report.name)
        trouble = device_words.trouble_of(report)
        self.trouble.setText(trouble.happened if trouble is not None else "")
        self.trouble.setVisible(trouble is not None)
        self.remedy.setText(trouble.remedy if trouble is not None else note or device_words.remark(report))
        self.remedy.setVisible(bool(self.remedy.text()))
        self._times.setText(times(report))
        self._times.setVisible(bool(self._times.text()))
        self.button.set_text(button_words(report, can_try=self._can_try))
        self.setAccessibleName(f"{device_words.device_name(self.device)}: {words}. {self.trouble.text()}".strip())

    def _recolour(self) -> None:
        self._icon.setPixmap(self._look.pixmap(device_words.device_icon(self.device), Role.TEXT, ICON_PX))


def times(report: DeviceReport) -> str:
    """When it last worked, and its last trouble if it works again."""
    said = []
    if report.worked_at is not None:
        said.append(tr("Last worked: {time}").format(time=formats.day_and_time(report.worked_at)))
    if report.failed_at is not None:
        time = formats.day_and_time(report.failed_at)
        told = device_words.trouble(report.device, report.last_reason).happened
        if report.state is DeviceState.FAILED:  # what it is stands above
            said.append(tr("Last trouble: {time}").format(time=time))
        else:
            said.append(tr("Last trouble: {time}, {what}").format(time=time, what=told))
    return "\n".join(said)


def button_words(report: DeviceReport, *, can_try: bool) -> str:
    """What its one button does."""
    if report.state is DeviceState.OFF:
        return tr("Set up…")
    if not can_try:  # on its own sheet
        return tr("Try it…")
    if report.device in PRINTERS:
        return tr("Try again now") if report.state is DeviceState.FAILED else tr("Print a test page")
    return {
        Device.DRAWER: tr("Open the drawer"),
        Device.CUSTOMER_DISPLAY: tr("Show “Hello”"),
        Device.SCALE: tr("Weigh"),
    }.get(report.device, tr("Try it"))
