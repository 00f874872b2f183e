"""Owns the printer's sheet of the settings screen. Decides nothing."""

from __future__ import annotations

from app.i18n import tr
from app.ui.components.buttons import Kind
from app.ui.components.fields import Field
from app.ui.components.segments import Segments
from app.ui.settings.presenter import SettingsPresenter, SettingsState
from app.ui.settings.sheet import Sheet, check_box, in_row, refuse_if_wrong, sheet_button, titled
from app.ui.style.look import Look

_PAGES = (("cp1252", 16), ("cp858", 19), ("cp850", 2), ("cp437", 0))
"""Code pages that ticket printers know, with their usual numbers."""


class PrinterSheet(Sheet):
    """The ticket printer's profile."""

    def __init__(self, look: Look, presenter: SettingsPresenter) -> None:
        self._presenter = presenter
        self.transport = Segments(
            look,
            [
                ("screen", tr("On screen")),
                ("network", tr("Network")),
                ("file", tr("USB or file")),
                ("none", tr("None")),
            ],
            tr("Printer"),
        )
        self.transport.setObjectName("printer-transport")
        self.host = Field(tr("Address"), "192.168.1.50")
        self.port = Field(tr("Port"), "9100")
        self.path = Field(tr("Device or file"), "/dev/usb/lp0")
        self.columns = Segments(look, [("48", tr("80 mm, 48 columns")), ("32", tr("58 mm, 32 columns"))], tr("Paper"))
        self.page = Segments(look, [(name, f"{name.upper()} ({number})") for name, number in _PAGES], tr("Code page"))
        self.cutter = check_box(tr("It cuts the paper"))
        self.drawer = check_box(tr("It opens the cash drawer"))
        for field, name in ((self.host, "printer-host"), (self.port, "printer-port"), (self.path, "printer-path")):
            field.edit.setObjectName(name)
        self._network = in_row(self.host, self.port)
        self.save = sheet_button(look, tr("Save"), "save-printer", self._save, Kind.MAIN)
        self.test = sheet_button(look, tr("Print a test page"), "test-printer", presenter.print_test, icon="printer")
        self.notice = sheet_button(
            look, tr("Print the notice for customers"), "print-notice", presenter.print_notice, icon="receipt-euro"
        )
        self._paper = titled(tr("Paper"), self.columns)
        self._codes = titled(tr("Characters"), self.page)
        self._shown = None
        super().__init__(
            tr("Printer"),
            tr("Tickets are printed when asked for. A printer that fails never stops a sale; tickets wait for it."),
            self.transport,
            self._network,
            self.path,
            self._paper,
            self._codes,
            self.cutter,
            self.drawer,
            in_row(self.save, self.test),
            in_row(self.notice),
        )
        self.transport.chosen.connect(lambda _key: self._show_fields())

    def show_state(self, state: SettingsState) -> None:
        if state.draft is not self._shown:
            self._shown = state.draft
            self._fill(state)
        self._show_fields()
        refuse_if_wrong(state, {"host": self.host, "port": self.port, "path": self.path})

    def _fill(self, state: SettingsState) -> None:
        profile = state.draft
        self.transport.choose(profile.transport)
        self.host.set_text(profile.host)
        self.port.set_text(str(profile.port))
        self.path.set_text(profile.path)
        self.columns.choose("32" if profile.width_columns <= 40 else "48")
        if profile.code_page in dict(_PAGES):
            self.page.choose(profile.code_page)
        self.cutter.setChecked(profile.has_cutter)
        self.drawer.setChecked(profile.open_drawer)

    def _show_fields(self) -> None:
        kind = self.transport.current
        self._network.setVisible(kind == "network")
        self.path.setVisible(kind == "file")
        for part in (self._paper, self._codes, self.cutter, self.drawer):
            part.setVisible(kind in ("network", "file") or (part is self._paper and kind == "screen"))
        for paper in (self.test, self.notice):
            paper.setVisible(kind != "none")

    def _save(self) -> None:
        port = self.port.text
        self._presenter.save_printer(
            name=self.transport.current,
            transport=self.transport.current,
            host=self.host.text,
            port=int(port) if port.isdigit() and len(port) < 6 else 0,
            path=self.path.text,
            width_columns=int(self.columns.current),
            code_page=self.page.current,
            code_page_number=dict(_PAGES)[self.page.current],
            has_cutter=self.cutter.isChecked(),
            open_drawer=self.drawer.isChecked(),
        )
