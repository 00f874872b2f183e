"""Owns the place where key presses enter the window, so that a scanner's burst becomes a scan wherever the focus is.

The wedge (passed in, it knows timing and codes) lets the first keys of a burst through, because they may be typing. In
a field they are taken back when the burst turns out to be a scan; elsewhere a letter is an action (`P` prints), so
there a key waits for as long as a scanner may take for the next one before it reaches anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

_NO_TYPING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class KeyReader(Protocol):
    """`app.scanning.wedge.Wedge`, as seen from here."""

    @property
    def deadline_ms(self) -> int | None: ...
    def press(self, key: Any) -> Any: ...
    def silence(self, now_ms: int) -> Any: ...


MakeStroke = Callable[..., Any]
"""`app.scanning.wedge.Keystroke`: text, scan_code, shift, timestamp_ms, auto_repeat, with_command."""


class ScanFilter(QObject):
    """Watches one window.

    Signals:
        scanned: the text of a scan, and whether any rule knows it as a code.
        misread_layout: a scan was right only when read as a US keyboard: the scanner's layout setting is wrong.
    """

    scanned = Signal(str, bool)
    misread_layout = Signal()

    def __init__(
        self,
        wedge: KeyReader,
        make_stroke: MakeStroke,
        scan_code_of: Callable[[int, str], int],
        max_gap_ms: int = 50,
    ) -> None:
        super().__init__()
        self._wedge = wedge
        self._make_stroke = make_stroke
        self._scan_code_of = scan_code_of
        self._platform = QGuiApplication.platformName()
        self._waiting: list[QKeyEvent] = []
        self._events: dict[int, QKeyEvent] = {}
        self._swallowed: set[int] = set()
        self._window: QWindow | None = None
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(max_gap_ms)
        self._wait.timeout.connect(self._give_waiting)
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.timeout.connect(self._silent)

    def watch(self, window: QWidget) -> None:
        """Begin with a window that is shown. Only its own window events pass here, not those of each widget."""
        self._window = window.windowHandle()
        if self._window is not None:
            self._window.installEventFilter(self)

    def set_wedge(self, wedge: KeyReader, max_gap_ms: int) -> None:
        """The scanner's settings changed."""
        self._give_waiting()
        self._wedge = wedge
        self._wait.setInterval(max_gap_ms)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        if event.type() == QEvent.Type.KeyRelease and event.key() in self._swallowed:
            self._swallowed.discard(event.key())
            return True
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        """True if the key goes no further now."""
        stroke = self._stroke(event)
        self._events[id(stroke)] = _copy(event)
        outcome = self._wedge.press(stroke)
        self._settle(outcome)
        self._watch_silence(event.timestamp())
        if not outcome.let_through:
            self._swallowed.add(event.key())
            return True
        self._events.pop(id(stroke), None)
        if self._must_wait(event):
            self._waiting.append(_copy(event))
            self._wait.start()
            self._swallowed.add(event.key())
            return True
        self._give_waiting()
        return False

    def _stroke(self, event: QKeyEvent) -> Any:
        return self._make_stroke(
            text=event.text(),
            scan_code=self._scan_code_of(event.nativeScanCode(), self._platform),
            shift=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
            timestamp_ms=event.timestamp(),
            auto_repeat=event.isAutoRepeat(),
            with_command=bool(event.modifiers() & _NO_TYPING),
        )

    def _settle(self, outcome: Any) -> None:
        if outcome.scan is not None:
            self._events.clear()
            self._take_back(outcome.scan.retract)
            if outcome.scan.from_keys:
                self.misread_layout.emit()
            self.scanned.emit(outcome.scan.text, outcome.scan.recognised)
        elif outcome.replay:
            self._give_waiting()
            for stroke in outcome.replay:
                event = self._events.pop(id(stroke), None)
                if event is not None:
                    _give(event)
            self._events.clear()

    def _take_back(self, count: int) -> None:
        """The last `count` keys let through were the scanner's: those waiting vanish, those in a field are removed."""
        waiting, self._waiting = self._waiting, []
        self._wait.stop()
        kept = max(len(waiting) - count, 0)
        for event in waiting[:kept]:
            _give(event)
        in_field = count - (len(waiting) - kept)
        focus = QApplication.focusWidget()
        if in_field > 0 and isinstance(focus, QLineEdit):
            focus.cursorBackward(True, in_field)
            focus.del_()
            focus.textEdited.emit(focus.text())
        elif in_field > 0 and isinstance(focus, QPlainTextEdit):
            for _ in range(in_field):
                focus.textCursor().deletePreviousChar()

    def _must_wait(self, event: QKeyEvent) -> bool:
        if event.modifiers() & _NO_TYPING or not event.text().isprintable() or not event.text():
            return False
        return not isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit)

    def _give_waiting(self) -> None:
        self._wait.stop()
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            _give(event)

    def _watch_silence(self, now_ms: int) -> None:
        deadline_ms = self._wedge.deadline_ms
        if deadline_ms is None:
            self._silence.stop()
        else:
            self._silence.start(max(deadline_ms - now_ms, 0))

    def _silent(self) -> None:
        deadline_ms = self._wedge.deadline_ms
        if deadline_ms is not None:
            self._settle(self._wedge.silence(deadline_ms))


def _copy(event: QKeyEvent, kind: QEvent.Type = QEvent.Type.KeyPress) -> QKeyEvent:
    """A key event of our own: Qt deletes the one it shows us."""
    return QKeyEvent(
        kind,
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )


def _give(event: QKeyEvent) -> None:
    """Hand a key, pressed and released, to whatever has the focus now, past this filter."""
    focus = QApplication.focusWidget() or QApplication.activeWindow()
    if focus is not None:
        QCoreApplication.sendEvent(focus, event)
        QCoreApplication.sendEvent(focus, _copy(event, QEvent.Type.KeyRelease))
