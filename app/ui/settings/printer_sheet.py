"""Owns the printers' sheet of the settings screen: which printer, what is set up, the steps that set one up. Decides
nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget

from app.i18n import tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import column
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.settings import printer_words as words
from app.ui.settings.presenter import SettingsPresenter, SettingsState
from app.ui.settings.printer import PrinterPresenter, PrinterState, PrinterSurroundings, Step
from app.ui.settings.printer_by_hand import PrinterByHand
from app.ui.settings.printer_steps import all_steps
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.set_up_printer import LogoWay, PrinterPlace

_JSON = "JSON (*.json)"


class PrinterSheet(Sheet):
    """Also a `PrinterView` for its presenter."""

    def __init__(self, look: Look, settings: SettingsPresenter, around: PrinterSurroundings) -> None:
        self._settings = settings
        self.presenter = PrinterPresenter(around, settings.keep_printer, self)
        self.places = Segments(look, [(place, words.place_words(place)) for place in PrinterPlace], tr("Which printer"))
        self.places.setObjectName("printer-place")
        self.places.chosen.connect(lambda key: self.presenter.choose_place(PrinterPlace(key)))
        self._where = label("", Type.CAPTION, Role.MUTED, strong=True)
        self._hint = label("", Type.BODY, Role.MUTED, wrap=True)
        self._kept = label("", Type.LEAD, strong=True, wrap=True)
        self._kept.setObjectName("printer-kept")
        self._traits = label("", Type.BODY, Role.MUTED, wrap=True)
        self.by_hand = PrinterByHand(look, self._save_by_hand)
        self._home = self._build_home(look)
        self.steps = all_steps(look, self.presenter)
        self._back: ActionButton = sheet_button(
            look, tr("Back"), "printer-back", self.presenter.back, icon="arrow-left"
        )
        self._leave: ActionButton = sheet_button(
            look, tr("Leave for now"), "printer-leave", self.presenter.home, Kind.QUIET
        )
        self._ways = in_row(self._back, self._leave)
        self._said = label("", Type.BODY, strong=True, wrap=True)
        self._said.setObjectName("printer-said")
        self._step: Step | None = None
        self._shown: object = None
        super().__init__(
            tr("Printer"),
            tr("Tickets are printed when asked for. A printer that fails never stops a sale; tickets wait for it."),
            self.places,
            self._where,
            self._said,
            self._home,
            *self.steps.values(),
            self._ways,
        )
        self.show_printer(self.presenter.state)

    def _build_home(self, look: Look) -> QWidget:
        find = sheet_button(look, tr("Look for a printer"), "printer-find", self._look, Kind.MAIN, "search")
        self._chart = sheet_button(look, tr("Chart and questions"), "printer-set-up", self._set_up)
        self.test = sheet_button(look, tr("Print a test page"), "test-printer", self._print_test, icon="printer")
        self.notice = sheet_button(
            look,
            tr("Print the notice for customers"),
            "print-notice",
            self._settings.print_notice,
            icon="receipt-euro",
        )
        export = sheet_button(look, tr("Export…"), "printer-export", self._export, icon="upload")
        taken = sheet_button(look, tr("Import…"), "printer-import", self._import, icon="download")
        self._logo = self._build_logo(look)
        home = QWidget()
        home.setLayout(
            column(
                self._hint,
                self._kept,
                self._traits,
                in_row(find, self._chart),
                in_row(self.test, self.notice),
                titled(tr("By hand"), self.by_hand),
                self._logo,
                titled(tr("Pass this profile on to another till"), in_row(export, taken)),
                gap=Space.NEAR,
            )
        )
        return home

    def _build_logo(self, look: Look) -> QWidget:
        stored = sheet_button(look, tr("In the printer…"), "logo-stored", lambda: self._choose_logo("stored"))
        sent = sheet_button(look, tr("With each ticket…"), "logo-sent", lambda: self._choose_logo("sent"))
        none = sheet_button(look, tr("No logo"), "logo-none", lambda: self.presenter.no_logo(), Kind.QUIET)  # noqa: PLW0108  # the presenter comes later
        return titled(tr("Logo on tickets"), in_row(stored, sent, none))

    def show_state(self, state: SettingsState) -> None:
        self.presenter.settings_changed()
        self.by_hand.refuse_if_wrong(state)

    def scanned(self, text: str) -> bool:
        """A scan while this sheet is shown. False if it is none of the chart's codes."""
        return self.presenter.scanned(text)

    def show_printer(self, state: PrinterState) -> None:
        self.places.choose(state.place)
        self._hint.setText(words.place_hint(state.place))
        self._kept.setText(words.kept_words(state.profile))
        self._traits.setText(words.traits_words(state.profile) if state.is_device else "")
        self._traits.setVisible(state.is_device)
        self._chart.setVisible(state.is_device)
        self._logo.setVisible(state.is_device and state.place is PrinterPlace.TICKETS)
        self.test.setVisible(state.profile.transport != "none")
        self.notice.setVisible(state.place is PrinterPlace.TICKETS and state.profile.transport != "none")
        if state.step is Step.HOME and (state.place, state.profile) != self._shown:
            self._shown = (state.place, state.profile)
            self.by_hand.fill(state.profile)
        self._show_step(state)
        self._said.setText(tr("One moment…") if state.busy else words.said_words(state))
        self._said.setVisible(bool(self._said.text()))
        set_role(self._said, Role.INFO if state.busy else words.said_role(state))

    def _show_step(self, state: PrinterState) -> None:
        moved = self.isVisible() and self._step is not state.step
        self._step = state.step
        at_home = state.step is Step.HOME
        for part in (self.sentence, self.places, self._home):
            part.setVisible(at_home)
        self._where.setText(tr("Printer: {place}").format(place=words.place_words(state.place)))
        self._where.setVisible(not at_home)
        for step, widget in self.steps.items():
            widget.setVisible(step is state.step)
        self._ways.setVisible(not at_home)
        here = self.steps.get(state.step)
        if here is not None:
            here.show_printer(state)
        if moved:
            self._to_top()
            if here is not None:
                here.begin(state)
            else:
                self.places.setFocus()

    def _to_top(self) -> None:
        [area] = self.findChildren(QScrollArea)
        QTimer.singleShot(0, area, lambda: area.verticalScrollBar().setValue(0))

    def stop(self) -> None:
        """The window is going."""
        self.presenter.stop_search()

    def _look(self) -> None:
        self.presenter.look()

    def _set_up(self) -> None:
        self.presenter.to_chart()

    def _print_test(self) -> None:
        """Through the queue where the queue prints there; a stand-in is only reached directly."""
        if self.presenter.state.place is PrinterPlace.TICKETS or not self.presenter.state.is_device:
            self._settings.print_test()
        else:
            self.presenter.print_sample()

    def _save_by_hand(self, values: dict[str, object]) -> None:
        self._settings.save_printer(self.presenter.state.place, **values)

    def _choose_logo(self, way: LogoWay) -> None:
        pictures = tr("Pictures") + " (*.png *.jpg *.jpeg *.bmp *.gif)"
        name, _kind = QFileDialog.getOpenFileName(self, tr("Logo on tickets"), str(Path.home()), pictures)
        if name:
            self.presenter.keep_logo(Path(name), way)

    def _export(self) -> None:
        proposed = str(Path.home() / "imprimante.json")
        name, _kind = QFileDialog.getSaveFileName(self, tr("Export…"), proposed, _JSON)
        if name:
            self.presenter.export_to(Path(name))

    def _import(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, tr("Import…"), str(Path.home()), _JSON)
        if name:
            self.presenter.import_from(Path(name))
