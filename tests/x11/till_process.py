"""Owns a till's window in a process of its own on a real X11 display, told by lines of JSON what to do, one at a time.

Never decides whether what came is right: it reports. Started by the tests as `python -m tests.x11.till_process`.

    {"do": "begin", "focus": "field|button|card|dialog", "codes": [...], "wedge": {...}}  -> ready for keys
    {"do": "block"}     -> "blocked" at once; the main thread then waits for the next line
    {"do": "report"}    -> once the mark key has come and nothing is held any more: what came, and what it did
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.scanning.calibrator import read_lesson
from app.scanning.keys import KeysOf, Keystroke
from app.scanning.wedge import Confidence, Outcome, Wedge, judge_code
from app.ui.scan_filter import ScanFilter
from app.ui.style.look import Look
from tests.ui.shop import Shop, open_shop

_POLL_MS = 5


class _Recorded(Wedge):
    """A wedge that tells which keys it was shown."""

    def __init__(self, seen: list[Keystroke], judge: Callable[[str], Confidence], **settings: Any) -> None:
        super().__init__(judge, **settings)
        self._seen = seen

    def press(self, key: Keystroke) -> Outcome:
        self._seen.append(key)
        return super().press(key)


class _Mark(QObject):
    """Notes the key that means that all has come."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = False

    def eventFilter(self, _watched: QObject, event: Any) -> bool:  # noqa: N802  # Qt's name
        if event.type() == event.Type.KeyPress and event.key() == Qt.Key.Key_Pause:
            self.seen = True
        return False


class _Dialog(QDialog):
    """A window of its own, with a button that Enter presses."""

    def __init__(self) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.button = QPushButton("OK")
        self.button.setDefault(True)
        box = QVBoxLayout(self)
        box.addWidget(self.edit)
        box.addWidget(self.button)


class Till:
    """The window, what it is told to do and what it tells."""

    def __init__(self, application: QApplication, shop: Shop) -> None:
        self._shop = shop
        self._seen: list[Keystroke] = []
        self._scans: list[dict[str, Any]] = []
        self._codes: frozenset[str] = frozenset()
        self._pressed: list[str] = []
        self._lessons: list[Any] = []
        self._mark = _Mark()
        self._edit: QLineEdit = shop.window.box
        self._dialog: _Dialog | None = None
        self._wedge = self._new_wedge({})
        self._filter = ScanFilter(self._wedge, KeysOf(QApplication.platformName()))
        self._filter.scanned.connect(self._scanned)
        self._filter.watch_application()
        application.installEventFilter(self._mark)  # before any filter of a window
        self._take_scans = False
        self._stdin = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._stdin.activated.connect(self._told)
        self._poll = QTimer()
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look)

    def _new_wedge(self, settings: dict[str, Any]) -> _Recorded:
        given = {**settings, "learned": tuple(settings.get("learned", ("", "")))}
        return _Recorded(self._seen, lambda text: judge_code(text, self._codes.__contains__), **given)

    def _scanned(self, text: str, recognised: bool) -> None:
        self._scans.append({"text": text, "recognised": recognised})
        if self._take_scans:
            self._shop.window.take_scan(text, recognised)

    def _told(self) -> None:
        wanted = json.loads(_line())
        getattr(self, f"_do_{wanted.pop('do')}")(**wanted)

    def _do_begin(
        self,
        focus: str,
        codes: list[str],
        text: str = "",
        take_scans: bool = False,
        calibrate: str = "",
        **wedge: Any,
    ) -> None:
        self._codes = frozenset(codes)
        self._take_scans = take_scans
        for made in (self._seen, self._scans, self._pressed, self._lessons):
            made.clear()
        self._wedge = self._new_wedge(wedge)
        self._filter.set_wedge(self._wedge)
        self._filter.capture((lambda keys: self._lessons.append((calibrate, list(keys or ())))) if calibrate else None)
        if self._dialog is not None:
            self._dialog.close()
            self._dialog = None
        self._focus(focus, text)
        self._poll.start()
        self._then = lambda: _tell({"is": "ready"}) if self._has_focus(focus) else None

    def _focus(self, focus: str, text: str) -> None:
        window = self._shop.window
        self._edit = window.box
        window.clear_notice()
        if focus == "dialog":
            self._dialog = _Dialog()
            self._dialog.button.clicked.connect(lambda: self._pressed.append("default"))
            self._edit = self._dialog.edit
            self._dialog.show()
            self._dialog.activateWindow()
        else:
            window.activateWindow()
        if focus == "button":
            window.show_notice("…", action="OK", on_action=lambda: self._pressed.append("button"))
            button = window.findChild(QWidget, "notice-action")
            assert button is not None
            button.setFocus()
        elif focus == "card":
            self._shop.pickup.card.setFocus()
        else:
            self._edit.setFocus()
        self._edit.setText(text)

    def _has_focus(self, focus: str) -> bool:
        window = self._dialog or self._shop.window
        if not window.isActiveWindow():
            return False
        self._poll.stop()
        return True

    def _do_block(self) -> None:
        _tell({"is": "blocked"})
        _line()

    def _do_report(self) -> None:
        self._then = self._report
        self._poll.start()

    def _look(self) -> None:
        self._then()

    def _report(self) -> None:
        calibrating = self._filter.is_capturing
        if not self._mark.seen or self._wedge.deadline_ms is not None or (calibrating and not self._lessons):
            return
        self._poll.stop()
        self._mark.seen = False
        times_ms = [key.timestamp_ms for key in self._seen]
        _tell(
            {
                "scans": self._scans,
                "field": self._edit.text(),
                "pressed": self._pressed,
                "gaps": [later - earlier for earlier, later in itertools.pairwise(times_ms)],
                "caps_lock": any(key.caps_lock for key in self._seen),
                "arrived": "".join(key.text for key in self._seen),
                "jobs": len(self._shop.store.tables.print_jobs),
                "handovers": len(self._shop.store.tables.handovers),
                "lessons": [_lesson(sent, keys) for sent, keys in self._lessons],
            }
        )


def _lesson(sent: str, keys: list[Keystroke]) -> dict[str, Any]:
    lesson = read_lesson(sent, [key for key in keys if key.text or key.scan_code != 119])
    return {
        "findings": [str(finding) for finding in lesson.findings],
        "is_usable": lesson.is_usable,
        "prefix": lesson.prefix,
        "suffix": lesson.suffix,
        "max_gap_ms": lesson.max_gap_ms,
        "reading": str(lesson.reading),
        "learned": [lesson.learned_from, lesson.learned_to],
    }


def _line() -> bytes:
    """One line of the standard input, byte by byte: nothing of the next may be taken with it."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(sys.stdin.fileno(), 1)
        if not byte:
            os._exit(0)
        line += byte
    return line


def _tell(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def main() -> int:
    application = QApplication(sys.argv[:1])
    look = Look("light")
    look.apply(application)
    shop = open_shop(look)
    shop.window.show()
    till = Till(application, shop)
    QTimer.singleShot(0, lambda: _tell({"is": "up", "platform": application.platformName()}))
    code = application.exec()
    del till
    return code


if __name__ == "__main__":
    sys.exit(main())
