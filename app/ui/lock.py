"""Owns the locked till: the sheet that asks for a PIN, who may take it away, and the lock after a quiet while.

Behind it everything goes on: baskets stay, orders arrive and ring, tickets come out. Never decides whether a PIN is
right.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain.operators import Operator
from app.i18n import tr
from app.ui.components.approval import Approvals, PinSurroundings
from app.ui.components.pin_sheet import PinSheet
from app.ui.messages import describe_failure
from app.ui.operator_words import pin_refusal_words
from app.ui.task_runner import Lane
from app.usecases.sign_in import sign_in, sign_out
from app.usecases.try_pin import PinRefusal

_log = logging.getLogger(__name__)


class Lock:
    """One for the window; does nothing in a shop without a team."""

    def __init__(self, around: PinSurroundings, approvals: Approvals) -> None:
        self._around = around
        self._approvals = approvals
        self._sheet: PinSheet | None = None

    @property
    def locked(self) -> bool:
        return self._sheet is not None

    def lock(self, why: str) -> None:
        """Ask for a PIN before anything else.

        Args:
            why: `start`, `asked`, `idle`, or `changed` (whoever was there may act no more); noted with the signing out.
        """
        if self.locked or not self._around.on_duty.has_team:
            return
        self._approvals.cancel()
        was_there = self._around.on_duty.operator
        sheet = PinSheet(
            self._around.look,
            tr("Who is there?"),
            tr("Type your PIN. Baskets and orders are as you left them."),
            scan_refused=tr("First your PIN; then scan again."),
            icon="user",
        )
        sheet.entered.connect(self._entered)
        self._sheet = sheet
        self._around.window.cover(sheet)
        if was_there is not None:
            self._note_signed_out(was_there.name, why)

    def _note_signed_out(self, name: str, why: str) -> None:
        counter = self._around.counter
        self._around.runner.run(Lane.STORE, lambda: sign_out(counter, name, why), lambda _: None, self._not_noted)

    def _not_noted(self, failure: Exception) -> None:
        _log.warning("signing out not noted: %s", getattr(failure, "reason", type(failure).__name__))

    def _entered(self, pin: str) -> None:
        around, on_duty = self._around, self._around.on_duty.operator
        name = on_duty.name if on_duty is not None else ""
        self._waits(True)
        around.runner.run(
            Lane.STORE,
            lambda: sign_in(around.counter, around.queries, around.hasher, pin, name),
            self._came,
            self._failed,
        )

    def _came(self, answer: Operator | PinRefusal) -> None:
        self._waits(False)
        sheet = self._sheet
        if sheet is None:
            return
        if not isinstance(answer, Operator):
            sheet.say(pin_refusal_words(answer))
            return
        self._sheet = None
        self._around.on_duty.sign_in(answer)
        self._around.window.uncover()
        sheet.deleteLater()

    def _failed(self, failure: Exception) -> None:
        self._waits(False)
        if self._sheet is not None:
            self._sheet.say(describe_failure(failure))

    def _waits(self, busy: bool) -> None:
        if self._sheet is not None:
            self._sheet.wait(busy)


class IdleWatch(QObject):
    """Tells when nobody has touched a window for a while. `after_ms` 0: never."""

    idle = Signal()
    _ACTS = frozenset(
        {
            QEvent.Type.KeyPress,
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseMove,
            QEvent.Type.Wheel,
            QEvent.Type.TouchBegin,
            QEvent.Type.TouchUpdate,
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.idle)

    def watch(self, window: QWidget) -> None:
        """Begin with a window that is shown. Only its own window events pass here."""
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def set_after(self, after_ms: int) -> None:
        self._timer.setInterval(after_ms)
        self._begin_anew()

    def stop(self) -> None:
        self._timer.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in self._ACTS:
            self._begin_anew()
        return False

    def _begin_anew(self) -> None:
        if self._timer.interval() > 0:
            self._timer.start()
        else:
            self._timer.stop()
