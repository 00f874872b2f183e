"""Owns the place where key presses enter the program, so that a scanner's burst becomes a scan wherever the focus is.

The wedge (passed in, it knows timing and codes) lets keys through that may be typing. In a field they are taken back
when they turn out to be a scan; elsewhere a letter is an action (`P` prints), so there a key waits for as long as a
scanner may take for the next one before it reaches anybody.

Keys are looked at as the desktop gives them to a window, once each; an accent that an input method made of two keys
comes to the field with the focus and is looked at there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.lull import Lull
from app.ui.typed_text import TypedText, is_field

_NO_TYPING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)
_END_OF_CAPTURE_MS = 400
_NOTHING_CAME_MS = 20_000
_MOST_CAPTURED = 1000


class KeyReader(Protocol):
    """`app.scanning.wedge.Wedge`, as seen from here."""

    @property
    def deadline_ms(self) -> int | None: ...
    @property
    def patience_ms(self) -> int: ...
    def press(self, key: Any) -> Any: ...
    def silence(self, now_ms: int) -> Any: ...


class KeyFacts(Protocol):
    """What `app.scanning.keys` knows of this platform's keys: a stroke of a key event's parts."""

    def __call__(
        self,
        text: str,
        native_scan_code: int,
        native_modifiers: int,
        timestamp_ms: int,
        *,
        shift: bool,
        auto_repeat: bool,
        with_command: bool,
    ) -> Any: ...


@runtime_checkable
class ActsOnLetters(Protocol):
    """A field in which a letter may be an action instead of text."""

    def acts_on(self, event: QKeyEvent) -> bool: ...


class ScanFilter(QObject):
    """Watches the keys of every window.

    Signals:
        scanned: the text of a scan, and whether any rule knows it as a code.
        misread_layout: a scan was right only when read in another way than it arrived: the scanner's layout setting is
            wrong, or Caps Lock is on.
    """

    scanned = Signal(str, bool)
    misread_layout = Signal()

    def __init__(self, wedge: KeyReader, make_stroke: KeyFacts) -> None:
        super().__init__()
        self._wedge = wedge
        self._make_stroke = make_stroke
        self._typed = TypedText()
        self._waiting: list[QKeyEvent] = []
        self._events: dict[int, QKeyEvent] = {}
        self._swallowed: set[int] = set()
        self._newest_ms = 0
        self._ended = False
        self._on_capture: Callable[[Sequence[Any] | None], None] | None = None
        self._captured: list[Any] = []
        self._wait = Lull(self)
        self._wait.over.connect(self._give_waiting)
        self._silence = Lull(self)
        self._silence.over.connect(self._silent)
        self._capture_end = Lull(self)
        self._capture_end.over.connect(self._capture_over)

    def watch(self, window: QWidget) -> None:
        """Begin with a window that is shown. Only what its own window is sent passes here, not what each widget is."""
        self._watch_window(window.windowHandle())

    def watch_application(self) -> None:
        """Every window that ever has the focus, dialogs too."""
        application = QGuiApplication.instance()
        application.focusWindowChanged.connect(self._watch_window)
        application.focusObjectChanged.connect(self._watch_object)
        self._watch_window(QGuiApplication.focusWindow())
        self._watch_object(QGuiApplication.focusObject())

    def end(self) -> None:
        """The window goes: no scan and no key is told any more."""
        self._ended = True
        for lull in (self._wait, self._silence, self._capture_end):
            lull.stop()

    def _watch_window(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def _watch_object(self, focused: QObject | None) -> None:
        if is_field(focused):
            focused.installEventFilter(self)

    def set_wedge(self, wedge: KeyReader) -> None:
        """The scanner's settings changed."""
        self._give_waiting()
        self._wedge = wedge

    def capture(self, on_keys: Callable[[Sequence[Any] | None], None] | None) -> None:
        """From now on keys are no scans and reach nobody: after the next pause all that came is given to `on_keys`, and
        again after the next; nothing, if nothing comes for a while. None ends it; so does Escape, which is told as
        None."""
        self._on_capture = on_keys
        self._captured = []
        if on_keys is None:
            self._capture_end.stop()
        else:
            self._capture_end.start(_NOTHING_CAME_MS)

    @property
    def is_capturing(self) -> bool:
        return self._on_capture is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        try:
            return self._filtered(watched, event)
        except Exception:  # noqa: BLE001  # Qt would end the program with it
            sys.excepthook(*sys.exc_info())
            return False

    def _filtered(self, watched: QObject, event: QEvent) -> bool:
        if self._ended:
            return False
        kind = event.type()
        if kind == QEvent.Type.InputMethod:
            return self._composed(event)
        if not isinstance(watched, QWindow):
            return False
        if kind == QEvent.Type.KeyPress:
            return self._pressed(event)
        if kind == QEvent.Type.KeyRelease and event.key() in self._swallowed:
            self._swallowed.discard(event.key())
            return True
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        """True if the key goes no further now."""
        if event.key() in _MODIFIERS:
            return False
        self._newest_ms = event.timestamp()
        stroke = self._stroke(event)
        if self._on_capture is not None and event.key() == Qt.Key.Key_Escape:
            self._end_capture(self._on_capture)
            self._swallowed.add(event.key())
            return True
        if self._on_capture is not None:
            return self._capture(stroke, event.key())
        self._events[id(stroke)] = _copy(event)
        let_through = self._judged(stroke)
        if not let_through:
            self._wait.stop()  # what waits goes the way of what is held
            self._swallowed.add(event.key())
            return True
        if event.isAutoRepeat() and _acts_once(event):
            return True
        if self._must_wait(event):
            self._waiting.append(_copy(event))
            self._wait.start(self._wedge.patience_ms)
            self._swallowed.add(event.key())
            return True
        if self._wedge.deadline_ms is None:
            self._give_waiting()
        if event.text():
            self._typed.about_to_type(QApplication.focusWidget())
        return False

    def _composed(self, event: QInputMethodEvent) -> bool:
        """An accent is a key of its own time: that of the key which completed it."""
        text = event.commitString()
        if not text:
            return False
        self._newest_ms += 1
        stroke = self._make_stroke(text, 0, 0, self._newest_ms, shift=False, auto_repeat=False, with_command=False)
        if self._on_capture is not None:
            return self._capture(stroke, 0)
        self._events[id(stroke)] = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, text)
        let_through = self._judged(stroke)
        if let_through:
            self._typed.about_to_type(QApplication.focusWidget())
        return not let_through

    def _judged(self, stroke: Any) -> bool:
        """Ask the wedge and do what it says; whether the key at hand may go through."""
        outcome = self._wedge.press(stroke)
        self._settle(outcome)
        self._watch_silence(stroke.timestamp_ms)
        if outcome.let_through:
            self._events.pop(id(stroke), None)
        return outcome.let_through

    def _stroke(self, event: QKeyEvent) -> Any:
        return self._make_stroke(
            event.text(),
            event.nativeScanCode(),
            event.nativeModifiers(),
            event.timestamp(),
            shift=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
            auto_repeat=event.isAutoRepeat(),
            with_command=_is_command(event),
        )

    def _settle(self, outcome: Any) -> None:
        if outcome.scan is not None:
            self._events.clear()
            self._take_back(outcome.scan.retract)
            self.scanned.emit(outcome.scan.text, outcome.scan.recognised)
            if outcome.scan.from_keys:
                self.misread_layout.emit()
        elif outcome.replay:
            self._give_waiting()
            for stroke in outcome.replay:
                event = self._events.pop(id(stroke), None)
                if event is not None:
                    self._give(event)
            self._events.clear()

    def _take_back(self, count: int) -> None:
        """The last `count` keys let through were the scanner's: those waiting vanish, those in a field are undone."""
        self._wait.stop()
        waiting, self._waiting = self._waiting, []
        kept = max(len(waiting) - count, 0)
        self._typed.take_back(count - (len(waiting) - kept))
        self._typed.forget()
        for event in waiting[:kept]:
            self._give(event)

    def _must_wait(self, event: QKeyEvent) -> bool:
        if _is_command(event) or not event.text().isprintable() or not event.text():
            return False
        focused = QApplication.focusWidget()
        return not is_field(focused) or (isinstance(focused, ActsOnLetters) and focused.acts_on(event))

    def _give_waiting(self) -> None:
        self._wait.stop()
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._give(event)

    def _give(self, event: QKeyEvent) -> None:
        """Hand a key, pressed and released, to whatever has the focus now, past this filter."""
        focus = QApplication.focusWidget() or QApplication.activeWindow()
        if focus is not None:
            if event.text():
                self._typed.about_to_type(focus)
            QCoreApplication.sendEvent(focus, event)
            QCoreApplication.sendEvent(focus, _copy(event, QEvent.Type.KeyRelease))

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

    def _capture(self, stroke: Any, key: int) -> bool:
        if len(self._captured) < _MOST_CAPTURED:
            self._captured.append(stroke)
        self._capture_end.start(_END_OF_CAPTURE_MS)
        self._swallowed.add(key)
        return True

    def _end_capture(self, on_keys: Callable[[Sequence[Any] | None], None]) -> None:
        self.capture(None)
        on_keys(None)

    def _capture_over(self) -> None:
        captured, self._captured = self._captured, []
        if self._on_capture is not None:
            self._on_capture(captured)


def _is_command(event: QKeyEvent) -> bool:
    """Whether the key is a shortcut; AltGr, which Windows tells as Ctrl and Alt, makes characters."""
    modifiers = event.modifiers()
    if modifiers & _ALT_GR == _ALT_GR and event.text() and event.text().isprintable():
        return False
    return bool(modifiers & _NO_TYPING)


def _acts_once(event: QKeyEvent) -> bool:
    """Whether a key that stays down must not act again: held too long, Enter would sell the basket and take cash for
    it. What writes in a field, rubs out or walks goes on.
    """
    key = event.key()
    if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape) or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        return True
    if _is_command(event):
        return Qt.Key.Key_A <= key <= Qt.Key.Key_Z
    focused = QApplication.focusWidget()
    writes = is_field(focused) and not (isinstance(focused, ActsOnLetters) and focused.acts_on(event))
    return event.text().isalpha() and not writes


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
