"""Owns the right-hand pages of the closing screen: count, difference, closed, report, drawer. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.cash import CashMovementKind
from app.domain.money import ZERO, Money, parse_amount
from app.i18n import tr
from app.ui import formats
from app.ui.closing import words
from app.ui.closing.state import WAIT_KEYS, Checked, ClosingState, Wait
from app.ui.closing_words import cause_words, movement_kind_words
from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import EntryLine, Field
from app.ui.components.layouts import clear, column, row, rule, scrolling
from app.ui.components.segments import Segments
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type


def button(look: Look, text: str, key: str, name: str, kind: Kind = Kind.PLAIN) -> ActionButton:
    made = ActionButton(look, text, key, kind)
    made.setObjectName(name)
    return made


class CountPage(QWidget):
    """What waits, the running total, and Enter."""

    def __init__(self, look: Look, on_wait: Callable[[Wait], None]) -> None:
        super().__init__()
        title = label(tr("Close the day"), Type.TITLE, strong=True)
        self._today = label("", Type.BODY, wrap=True)
        self._today.setObjectName("closing-today")
        self._since = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self._due = label("", Type.BODY, Role.INFO, wrap=True)
        self._due.setObjectName("closing-due")
        keys = {wait: key.upper() for key, wait in WAIT_KEYS.items()}
        self._waits = {wait: button(look, "", keys[wait], f"wait-{wait}") for wait in Wait}
        for wait, made in self._waits.items():
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(lambda _checked=False, what=wait: on_wait(what))
        self._nothing = label(tr("Nothing waits: everything is sent, printed and collected."), Type.BODY, Role.SUCCESS)
        self._nothing.setWordWrap(True)
        self._expected = label("", Type.BODY, Role.MUTED, right=True)
        self._expected.setObjectName("closing-expected")
        self.total = label("", Type.AMOUNT, strong=True, right=True)
        self.total.setObjectName("counted-total")
        self.done = button(look, tr("Everything is counted"), tr("Enter"), "count-done", Kind.MAIN)
        self.drawer = button(look, tr("Drawer"), "D", "to-drawer")
        self.report = button(look, tr("Report X"), "X", "to-report")
        self.uncounted = button(look, tr("Skip count"), "S", "without-count")
        for made in (self.done, self.drawer, self.report, self.uncounted):
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        waits = scrolling(column(self._nothing, *self._waits.values(), None, gap=Space.HAIR))
        inside = column(
            title,
            self._since,
            self._today,
            self._due,
            waits,
            row(label(tr("Counted in the drawer"), Type.BODY, Role.MUTED), None, self._expected),
            self.total,
            self.done,
            row(self.drawer, self.report, self.uncounted),
        )
        inside.setStretch(4, 1)
        inside.setContentsMargins(0, 0, 0, 0)
        self.setLayout(inside)

    def show_state(self, state: ClosingState) -> None:
        self._since.setText(words.since_line(state))
        self._today.setText(words.today_line(state))
        due = words.due_lines(state)
        self._due.setText("\n".join(due))
        self._due.setVisible(bool(due))
        waits = state.picture.waits
        for wait, made in self._waits.items():
            made.setVisible(wait in waits)
            if wait in waits:
                made.set_text(words.wait_words(wait, waits[wait]))
        self._nothing.setVisible(not waits)
        expected = state.expected
        self._expected.setText(
            tr("Expected {amount}").format(amount=formats.amount(expected)) if expected is not None else ""
        )

    def show_total(self, total: Money) -> None:
        self.total.setText(formats.amount(total))


class ReasonLine(EntryLine):
    """The reason for a difference; in the empty line a figure takes one of the explanations."""

    cause_taken = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.cause_count = 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        figure = event.text()
        if not self.text() and figure.isdecimal() and 1 <= int(figure) <= self.cause_count:
            self.cause_taken.emit(int(figure) - 1)
            return
        super().keyPressEvent(event)


class CausesPane(QWidget):
    """What may explain a difference, each with its figure.

    Signals:
        taken: one of them is the reason; its words.
    """

    taken = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows = column(gap=Space.INSIDE)
        self._texts: tuple[str, ...] = ()
        self.setLayout(column(label(tr("What may explain it"), Type.BODY, strong=True), self._rows, rule()))
        self.layout().setContentsMargins(0, 0, 0, 0)

    @property
    def texts(self) -> tuple[str, ...]:
        return self._texts

    def show_causes(self, checked: Checked) -> None:
        clear(self._rows)
        self._texts = tuple(cause_words(cause) for cause in checked.causes)
        for number, text in enumerate(self._texts, 1):
            take = button(self._look, "", str(number), f"cause-{number}")
            take.setAccessibleName(text)
            take.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            take.clicked.connect(lambda _checked=False, index=number - 1: self.take(index))
            line = row(take, label(text, Type.BODY, wrap=True), gap=Space.NEAR)
            line.setStretch(1, 1)
            self._rows.addLayout(line)
        if not self._texts:
            nothing = tr("No ticket and no movement explains it. Count again (Esc), or say why.")
            self._rows.addWidget(label(nothing, wrap=True))

    def take(self, index: int) -> None:
        if index < len(self._texts):
            self.taken.emit(self._texts[index])


class CheckPage(QWidget):
    """The difference, why it is accepted, the float for tomorrow."""

    entered = Signal()
    cause_taken = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.banner = VerdictBanner(look)
        self._reason_line = ReasonLine()
        self._reason_line.setObjectName("difference-reason")
        self.reason = Field(tr("Reason"), tr("1, 2, 3 or in your words"), edit=self._reason_line)
        self.next_float = Field(tr("Float for tomorrow"), "150")
        self.next_float.edit.setObjectName("next-float")
        self._banked = label("", Type.BODY, Role.MUTED)
        self._banked.setObjectName("banked")
        self.close_day = button(look, tr("Close the day"), tr("Enter"), "close-day", Kind.MAIN)
        self.back = button(look, tr("Count again"), tr("Esc"), "count-again")
        self.setLayout(
            column(
                self.banner,
                self.reason,
                None,
                self.next_float,
                self._banked,
                self.close_day,
                row(self.back, None),
            )
        )
        self.layout().setContentsMargins(0, 0, 0, 0)
        self._checked: Checked | None = None
        self._check_no = -1
        self._reason_line.cause_taken.connect(self.cause_taken)
        self.reason.entered.connect(lambda _text: self.entered.emit())
        self.next_float.entered.connect(lambda _text: self.entered.emit())
        self.next_float.changed.connect(lambda _text: self._show_banked())
        self.close_day.clicked.connect(lambda _checked=False: self.entered.emit())

    def show_state(self, state: ClosingState) -> None:
        checked = state.checked
        if checked is None or state.check_no == self._check_no:
            return
        self._check_no, self._checked = state.check_no, checked
        self.banner.say(*words.gap_verdict(checked))
        self._reason_line.cause_count = len(checked.causes)
        self.reason.set_text("")
        self.reason.setVisible(bool(checked.difference))
        self.next_float.set_text(_plain_amount(checked.proposed_float))
        self._show_banked()

    def begin(self) -> None:
        """The focus where the next key belongs."""
        if self.reason.isVisibleTo(self) and not self.reason.text:
            self.reason.edit.setFocus()
        else:
            self.close_day.setFocus()

    def take_reason(self, text: str) -> None:
        self.reason.set_text(text)
        self.reason.edit.setCursorPosition(0)
        self.reason.edit.setFocus()

    def _show_banked(self) -> None:
        checked, left = self._checked, parse_amount(self.next_float.text)
        if checked is None or left is None or not ZERO <= left < checked.counted:
            self._banked.setText("")
            return
        taken = formats.amount(checked.counted - left)
        self._banked.setText(tr("{amount} go to the bank or the safe.").format(amount=taken))


class DonePage(QWidget):
    """It is closed: what was closed, and where to go on."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.banner = VerdictBanner(look)
        self._closures = label("", Type.BODY, strong=True, wrap=True)
        self._closures.setObjectName("closed-periods")
        self._difference = label("", Type.BODY, wrap=True)
        self.go_on = button(look, tr("Back to the sale"), tr("Enter"), "after-closing", Kind.MAIN)
        self.again = button(look, tr("Print the Z again"), "Z", "z-again")
        self.setLayout(column(self.banner, self._closures, self._difference, None, self.go_on, row(self.again, None)))
        self.layout().setContentsMargins(0, 0, 0, 0)

    def show_state(self, state: ClosingState) -> None:
        if state.closed is None:
            return
        self.banner.say(*words.done_verdict(state))
        self._closures.setText("\n".join(words.closure_line(closure) for closure in state.closed.closures))
        difference = state.closed.difference
        self._difference.setText(
            tr("Difference accepted: {amount}").format(amount=formats.amount(difference, plus=True))
            if difference
            else ""
        )


class ReportPage(QWidget):
    """X: the period under way, to be looked at or printed; nothing is closed."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._when = label("", Type.BODY, Role.MUTED, wrap=True)
        self._turnover = label("", Type.AMOUNT, strong=True, right=True)
        self._turnover.setObjectName("report-turnover")
        self.print_it = button(look, tr("Print the X"), tr("Enter"), "print-x", Kind.MAIN)
        self.back = button(look, tr("Back"), tr("Esc"), "report-back")
        self.setLayout(
            column(
                label(tr("Report X"), Type.TITLE, strong=True),
                label(tr("The period under way, as it stands. Nothing is closed."), Type.BODY, wrap=True),
                self._when,
                None,
                label(tr("Turnover"), Type.BODY, Role.MUTED),
                self._turnover,
                self.print_it,
                row(self.back, None),
            )
        )
        self.layout().setContentsMargins(0, 0, 0, 0)

    def show_state(self, state: ClosingState) -> None:
        report = state.report
        if report is None:
            return
        since = formats.day_and_time(report.since) if report.since is not None else tr("the first use")
        self._when.setText(tr("From {since} to {now}").format(since=since, now=formats.day_and_time(report.made_at)))
        self._turnover.setText(formats.amount(report.totals.turnover))


_BY_HAND = (
    CashMovementKind.CASH_IN,
    CashMovementKind.CASH_OUT,
    CashMovementKind.OPENED,
    CashMovementKind.DRAWER,
)


class DrawerPage(QWidget):
    """Money in, out, the float, the drawer opened for something else."""

    entered = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.kind = Segments(look, [(kind.value, movement_kind_words(kind)) for kind in _BY_HAND], tr("Movement"))
        self.kind.setObjectName("cash-kind")
        self._told = label("", Type.BODY, Role.MUTED, wrap=True)
        self.amount = Field(tr("Amount"), "50")
        self.amount.edit.setObjectName("cash-amount")
        self.reason = Field(tr("What for"), tr("Bread, change from the bank…"))
        self.reason.edit.setObjectName("cash-reason")
        self.record = button(look, tr("Record"), tr("Enter"), "cash-record", Kind.MAIN)
        self.back = button(look, tr("Back"), tr("Esc"), "drawer-back")
        self._record_no = 0
        self.setLayout(
            column(
                label(tr("Cash drawer"), Type.TITLE, strong=True),
                self.kind,
                self._told,
                self.amount,
                self.reason,
                None,
                self.record,
                row(self.back, None),
                gap=Space.NEAR,
            )
        )
        self.layout().setContentsMargins(0, 0, 0, 0)
        self.kind.chosen.connect(lambda _key: self._show_kind())
        self.amount.entered.connect(lambda _text: self._on_from_amount())
        self.reason.entered.connect(lambda _text: self.entered.emit())
        self.record.clicked.connect(lambda _checked=False: self.entered.emit())
        self._show_kind()

    @property
    def movement(self) -> CashMovementKind:
        return CashMovementKind(self.kind.current)

    def show_state(self, state: ClosingState) -> None:
        if state.record_no != self._record_no:
            self._record_no = state.record_no
            self.amount.set_text("")
            self.reason.set_text("")
            self.begin()

    def begin(self) -> None:
        field = self.reason if self.movement is CashMovementKind.DRAWER else self.amount
        field.edit.setFocus()

    def _on_from_amount(self) -> None:
        if self.reason.isVisibleTo(self) and not self.reason.text:
            self.reason.edit.setFocus()
        else:
            self.entered.emit()

    def _show_kind(self) -> None:
        kind = self.movement
        self.amount.setVisible(kind is not CashMovementKind.DRAWER)
        self.reason.setVisible(kind is not CashMovementKind.OPENED)
        self._told.setText(
            {
                CashMovementKind.CASH_IN: tr("Money put into the drawer, for example change from the bank."),
                CashMovementKind.CASH_OUT: tr("Money taken out, for example for a small purchase."),
                CashMovementKind.OPENED: tr("What is in the drawer before the first sale. A sale never waits for it."),
                CashMovementKind.DRAWER: tr("Opened without a sale, for example to make change."),
            }[kind]
        )


def _plain_amount(amount: Money) -> str:
    """As one types it."""
    whole, cents = divmod(abs(amount.minor), 100)
    return f"{whole},{cents:02d}" if cents else str(whole)
