"""Owns the scanner's sheet of the settings screen: a place to try it, the code that teaches how it is set, its fields,
its serial port. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui.components.buttons import Kind
from app.ui.components.choice import Choice
from app.ui.components.fields import Field
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.settings.presenter import Section, SettingsPresenter, SettingsState
from app.ui.settings.scanner import ScannerPresenter, ScannerState, ScannerSurroundings
from app.ui.settings.scanner_words import lesson_role, lesson_words, step_words
from app.ui.settings.sheet import Sheet, in_row, refuse_if_wrong, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import PAPER, PAPER_INK, Type

_MODULE_PX = 5
_BAR_PX = 2
_BAR_HEIGHT_PX = 110
_QUIET_MODULES = 4
_QUIET_BARS = 12
_TEXT_SHOWN = 60


class CodePicture(QWidget):
    """A code, black on white whatever the theme, with its quiet zone."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Sequence[bool]] = ()
        self._cell = (_MODULE_PX, _MODULE_PX)
        self._quiet = _QUIET_MODULES

    def show_modules(self, rows: Sequence[Sequence[bool]]) -> None:
        self._show(rows, (_MODULE_PX, _MODULE_PX), _QUIET_MODULES)

    def show_bars(self, bars: Sequence[bool]) -> None:
        self._show([bars], (_BAR_PX, _BAR_HEIGHT_PX), _QUIET_BARS)

    def _show(self, rows: Sequence[Sequence[bool]], cell: tuple[int, int], quiet: int) -> None:
        self._rows, self._cell, self._quiet = rows, cell, quiet
        around = 2 * quiet * cell[0]
        self.setFixedSize(len(rows[0]) * cell[0] + around, len(rows) * cell[1] + around)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(PAPER))
        wide, high = self._cell
        margin = self._quiet * wide
        for down, row in enumerate(self._rows):
            for across, dark in enumerate(row):
                if dark:
                    place = QRect(margin + across * wide, margin + down * high, wide, high)
                    painter.fillRect(place, QColor(PAPER_INK))


class ScannerSheet(Sheet):
    """Also a `ScannerView` for its presenter."""

    def __init__(self, look: Look, presenter: SettingsPresenter, around: ScannerSurroundings) -> None:
        self._settings = presenter
        self._around = around
        self._shown = None
        self.presenter = ScannerPresenter(around, lambda: presenter.state.settings.scanner, presenter.set_scanner, self)
        self._try = label("", Type.LEAD, strong=True, wrap=True)
        self._try.setObjectName("scanned")
        self.kind = Segments(look, [("qr", tr("QR code")), ("bars", tr("Bars only"))], tr("What the scanner reads"))
        self.kind.setObjectName("scanner-kind")
        self.learn = sheet_button(look, "", "scanner-learn", self._learn, Kind.MAIN, "scan-line")
        self.undo = sheet_button(look, tr("Take back"), "scanner-undo", self.presenter.take_back)
        self.picture = CodePicture()
        self.picture.setAccessibleName(tr("Code that teaches how the scanner is set"))
        self._step = label("", Type.LEAD, strong=True, wrap=True)
        self._step.setObjectName("scanner-step")
        self._found = label("", Type.LEAD, strong=True, wrap=True)
        self._found.setObjectName("scanner-found")
        self.gap = Field(tr("Longest pause between two keys (ms)"), "50", tr("Slower keys were typed by a person."))
        self.prefix = Field(tr("Characters the scanner sends first"), "", tr("Usually none"))
        ends = [("\r", tr("Enter")), ("\t", tr("Tab")), ("", tr("Nothing"))]
        self.suffix = Segments(look, ends, tr("Last key"))
        self.port = Choice([("", tr("No serial port"))], tr("Serial port"))
        for widget, name in ((self.gap.edit, "scanner-gap"), (self.port, "scanner-port")):
            widget.setObjectName(name)
        super().__init__(
            tr("Scanner"),
            tr("A scanner plugged in as a keyboard works at once. Scan anything now to try it."),
            self._try,
            titled(tr("Letters or figures are wrong? Let Comptoir learn the scanner"), self.kind),
            in_row(self.learn, self.undo),
            self._step,
            self.picture,
            self._found,
            self.gap,
            self.prefix,
            titled(tr("Key sent at the end"), self.suffix),
            titled(tr("Scanner on a serial port (USB-COM): knows no keyboard, the surest way"), self.port),
            in_row(sheet_button(look, tr("Save"), "save-scanner", self._save, Kind.MAIN)),
        )
        self.kind.chosen.connect(lambda kind: self.presenter.use_bars(kind == "bars"))
        self.show_scanner(self.presenter.state)

    def show_state(self, state: SettingsState) -> None:
        if state.section is not Section.SCANNER:
            self.presenter.stop()
        if state.settings.scanner is not self._shown:
            self._shown = state.settings.scanner
            self._fill(state)
        self._try.setText(
            tr("Read: {text}").format(text=state.scanned[:_TEXT_SHOWN]) if state.scanned else tr("Nothing read yet")
        )
        refuse_if_wrong(state, {"max_gap_ms": self.gap, "prefix": self.prefix})

    def show_scanner(self, state: ScannerState) -> None:
        """The `ScannerView`."""
        self.learn.set_text(tr("Stop") if state.waiting else tr("Learn this scanner"))
        self.undo.setVisible(state.before is not None)
        self._step.setText(step_words(state.waiting, state.with_bars, state.step, len(self._around.bar_texts)))
        self._step.setVisible(state.waiting)
        if state.waiting and state.with_bars:
            self.picture.show_bars(self._around.bars(self.presenter.code))
        elif state.waiting:
            self.picture.show_modules(self._around.qr_modules(self.presenter.code))
        self.picture.setVisible(state.waiting)
        self._found.setText(lesson_words(state.findings))
        set_role(self._found, lesson_role(state.findings))
        self._found.setVisible(bool(state.findings))

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self._around.ask_ports(self._offer_ports)

    def hideEvent(self, event) -> None:
        super().hideEvent(event)
        self.presenter.stop()

    def _learn(self) -> None:
        if self.presenter.state.waiting:
            self.presenter.stop()
        else:
            self.presenter.begin()

    def _offer_ports(self, ports: Sequence[tuple[str, str]]) -> None:
        for name, description in ports:
            if self.port.findData(name) < 0:
                self.port.addItem(f"{name} · {description}" if description != name else name, name)

    def _fill(self, state: SettingsState) -> None:
        scanner = state.settings.scanner
        self.gap.set_text(str(scanner.max_gap_ms))
        self.prefix.set_text(scanner.prefix)
        self.suffix.choose(scanner.suffix if scanner.suffix in ("\r", "\t") else "")
        self.port.choose(scanner.serial_port)

    def _save(self) -> None:
        gap = self.gap.text
        milliseconds = int(gap) if gap.isdigit() and len(gap) < 6 else 0
        self._settings.set_scanner(
            max_gap_ms=milliseconds, prefix=self.prefix.text, suffix=self._end(), serial_port=self.port.current
        )

    def _end(self) -> str:
        """A character of its own that was learned stays where nothing else was chosen."""
        kept = self._settings.state.settings.scanner.suffix
        return kept if self.suffix.current == "" and kept not in ("\r", "\t") else self.suffix.current
