"""Owns the steps of setting a printer up, one widget each: search, chart, questions, drawer, end. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import Field
from app.ui.components.layouts import column
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.components.text import label
from app.ui.components.work_bar import WorkBar
from app.ui.settings import printer_words as words
from app.ui.settings.chart_pictures import ChartPicture
from app.ui.settings.printer import PrinterPresenter, PrinterState, Step
from app.ui.settings.sheet import in_row, sheet_button
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, ROW_PX, Role, Space, Type
from app.usecases.set_up_printer import CodeRead, FoundBy, FoundPrinter

_POLL_MS = 150
_ROWS_SHOWN = 4
_ICONS = {FoundBy.USB: "printer", FoundBy.NETWORK: "wifi", FoundBy.QUEUE: "layers", FoundBy.SERIAL: "link"}


class FoundDelegate(RowDelegate):
    """Icon, name, where it is."""

    def paint_row(self, painter: QPainter, rect: QRect, found: FoundPrinter, selected: bool) -> None:
        name, where = words.found_words(found)
        role = Role.TEXT if found.is_ticket_printer else Role.MUTED
        top = rect.center().y() - ICON_PX // 2
        painter.drawPixmap(rect.left(), top, ICON_PX, ICON_PX, self.look.pixmap(_ICONS[found.by], role))
        place = rect.adjusted(ICON_PX + Space.NEAR, Space.HAIR, 0, -Space.HAIR)
        upper = QRect(place.left(), place.top(), place.width(), place.height() // 2)
        font = self.look.font(Type.BODY, strong=selected or found.is_ticket_printer)
        painter.setFont(font)
        painter.setPen(self.look.colour(role))
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, shorten(name, font, place.width()))
        font = self.look.font(Type.CAPTION)
        painter.setFont(font)
        painter.setPen(self.look.colour(Role.MUTED))
        lower = upper.translated(0, place.height() // 2)
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, shorten(where, font, place.width()))


class StepPart(QWidget):
    """One step: question, what to look at, the ways on. `first` gets the focus when the step comes.

    No button is ever disabled while something is under way: the focus would go elsewhere, and Enter with it.
    """

    def __init__(self, step: Step, first: QWidget, *parts: QWidget) -> None:
        super().__init__()
        self.first = first
        question, look_at = words.question_words(step)
        heading = label(question, Type.LEAD, strong=True, wrap=True)
        told = [label(look_at, Type.BODY, Role.MUTED, wrap=True)] if look_at else []
        self.setLayout(column(heading, *told, *parts, gap=Space.NEAR))

    def show_printer(self, state: PrinterState) -> None:
        """What of it changes; mostly nothing."""

    def begin(self, state: PrinterState) -> None:
        """It comes now, with the keys."""
        self.first.setFocus()


class SearchStep(StepPart):
    """The list of what was found, while it grows."""

    def __init__(self, look: Look, presenter: PrinterPresenter) -> None:
        self._presenter = presenter
        model = RowModel(lambda found: found.key, lambda found: ", ".join(words.found_words(found)))
        self.found = RowList(model, FoundDelegate(look), tr("Printers found"))
        self.found.setObjectName("printers-found")
        self.found.setFixedHeight(_ROWS_SHOWN * ROW_PX + 2)
        self.found.row_entered.connect(presenter.choose)
        self._bar = WorkBar(look, tr("Search under way"))
        self._told = label("", Type.BODY, Role.MUTED, wrap=True)
        self._told.setObjectName("printer-search-told")
        self._use: ActionButton = sheet_button(look, tr("Use this one"), "printer-use", self._choose, Kind.MAIN)
        self._again: ActionButton = sheet_button(look, "", "printer-search-again", self._stop_or_again)
        super().__init__(Step.SEARCH, self.found, self._bar, self._told, self.found, in_row(self._use, self._again))
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(presenter.watch)

    def show_printer(self, state: PrinterState) -> None:
        had = bool(self.found.current_key)
        self.found.replace_rows(state.found)
        if state.found and not had:
            self.found.select_key(state.found[0].key)
        self._bar.setVisible(state.searching)
        self._bar.show_part(state.tried, state.of_addresses)
        self._told.setText(words.search_words(state))
        self._use.setEnabled(bool(state.found))
        self._again.set_text(tr("Stop") if state.searching else tr("Search again"))
        if state.searching != self._poll.isActive():
            (self._poll.start if state.searching else self._poll.stop)()

    def _choose(self) -> None:
        self._presenter.choose(self.found.current_key)

    def _stop_or_again(self) -> None:
        if self._presenter.state.searching:
            self._presenter.stop_search()
        else:
            self._presenter.look()


class ChartStep(StepPart):
    def __init__(self, look: Look, presenter: PrinterPresenter) -> None:
        self._which = label("", Type.BODY, strong=True, wrap=True)
        self._print: ActionButton = sheet_button(
            look, tr("Print the chart"), "printer-chart", presenter.print_chart, Kind.MAIN, "printer"
        )
        have = sheet_button(look, tr("I have it in hand"), "printer-chart-in-hand", presenter.chart_in_hand)
        super().__init__(Step.CHART, self._print, self._which, in_row(self._print, have))

    def show_printer(self, state: PrinterState) -> None:
        self._which.setText(words.kept_words(state.profile))


class NumberStep(StepPart):
    """A question whose answer is a number on the chart: typed, then Enter."""

    def __init__(
        self, look: Look, step: Step, title: str, name: str, answer: Callable[[int], None], *others: ActionButton
    ) -> None:
        self._answer = answer
        self._answer_of = {Step.LETTERS: "line_no", Step.WIDTH: "width"}[step]
        self.number = Field(title)
        self.number.edit.setMaxLength(3)
        self.number.edit.setObjectName(name)
        self.number.edit.setMaximumWidth(120)
        self.number.entered.connect(self._entered)
        question, _look_at = words.question_words(step)
        picture = ChartPicture(look, step, question)
        on = sheet_button(look, tr("Next"), f"{name}-next", lambda: self._entered(self.number.text), Kind.MAIN)
        super().__init__(step, self.number.edit, self.number, in_row(on, *others), picture)

    def begin(self, state: PrinterState) -> None:
        given = getattr(state.answers, self._answer_of)
        self.number.set_text("" if given is None else str(given))
        super().begin(state)
        self.number.edit.selectAll()

    def _entered(self, text: str) -> None:
        typed = text.strip()
        self._answer(int(typed) if typed.isascii() and typed.isdigit() else -1)
        self.number.edit.selectAll()


class ChoiceStep(StepPart):
    """A question answered by a button."""

    def __init__(self, look: Look, step: Step, answers: list[tuple[str, str, Callable[[], None]]]) -> None:
        """Args: answers: words, name and act of each; the first is the usual one."""
        self._buttons: list[ActionButton] = [
            sheet_button(look, text, name, act, Kind.MAIN if at == 0 else Kind.PLAIN)
            for at, (text, name, act) in enumerate(answers)
        ]
        question, _look_at = words.question_words(step)
        pictures = [ChartPicture(look, step, question)] if step in (Step.CODE, Step.CUT) else []
        super().__init__(step, self._buttons[0], in_row(*self._buttons), *pictures)


class DoneStep(ChoiceStep):
    def __init__(self, look: Look, presenter: PrinterPresenter) -> None:
        super().__init__(
            look,
            Step.DONE,
            [
                (tr("Print a sample"), "printer-sample", presenter.print_sample),
                (tr("All is right"), "printer-done", presenter.home),
                (tr("Chart again"), "printer-chart-again", presenter.to_chart),
            ],
        )
        self._told = label("", Type.BODY, strong=True, wrap=True)
        self._told.setObjectName("printer-told")
        layout = self.layout()
        assert layout is not None  # noqa: S101  # it was set just now
        layout.addWidget(self._told)

    def show_printer(self, state: PrinterState) -> None:
        self._told.setText(words.traits_words(state.profile))


def all_steps(look: Look, presenter: PrinterPresenter) -> dict[Step, StepPart]:
    """Every step but HOME."""
    none_right = sheet_button(look, tr("No line is right"), "chart-line-none", lambda: presenter.answer_line(0))
    codes = [
        (tr("A can be scanned"), "chart-code-a", lambda: presenter.answer_code(CodeRead.NATIVE)),
        (tr("Only B can"), "chart-code-b", lambda: presenter.answer_code(CodeRead.DRAWN)),
        (tr("Neither can"), "chart-code-none", lambda: presenter.answer_code(CodeRead.NEITHER)),
    ]
    cut = [
        (tr("Yes, cut"), "chart-cut", lambda: presenter.answer_cut(True)),
        (tr("No"), "chart-not-cut", lambda: presenter.answer_cut(False)),
    ]
    drawer = [
        (tr("Yes: open it"), "drawer-open", presenter.open_drawer),
        (tr("No drawer"), "drawer-none", presenter.no_drawer),
    ]
    opened = [
        (tr("It opened"), "drawer-opened", lambda: presenter.did_open(True)),
        (tr("It did not"), "drawer-stayed", lambda: presenter.did_open(False)),
    ]
    return {
        Step.SEARCH: SearchStep(look, presenter),
        Step.CHART: ChartStep(look, presenter),
        Step.LETTERS: NumberStep(
            look, Step.LETTERS, tr("Number of the line"), "chart-line", presenter.answer_line, none_right
        ),
        Step.WIDTH: NumberStep(
            look, Step.WIDTH, tr("Largest number on a whole line"), "chart-width", presenter.answer_width
        ),
        Step.CODE: ChoiceStep(look, Step.CODE, codes),
        Step.CUT: ChoiceStep(look, Step.CUT, cut),
        Step.DRAWER: ChoiceStep(look, Step.DRAWER, drawer),
        Step.OPENED: ChoiceStep(look, Step.OPENED, opened),
        Step.SHUT: ChoiceStep(look, Step.SHUT, [(tr("It is shut"), "drawer-shut", presenter.drawer_is_shut)]),
        Step.DONE: DoneStep(look, presenter),
    }
