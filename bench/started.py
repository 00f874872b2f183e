"""One start of the window, measured from inside: `python -m bench.started till|empty FOLDER`. Imports as the program
does, nothing of the bench, so that what is measured is the program's own start.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.bootstrap.window import Assembly

GIVE_UP_S = 60.0
TICK_MS = 2
CODE = "2000000000008"
"""Of the first article of `bench.till`."""


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    report = empty_window() if what == "empty" else till_window(folder)
    print(json.dumps(report), flush=True)


def empty_window() -> dict[str, float]:
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication([])
    window = QMainWindow()
    window.resize(1366, 768)
    return {"painted_cpu_s": _until_painted(application, window, window.show)}


def till_window(folder: Path) -> dict[str, float]:
    from app.bootstrap.window import Assembly, Places, new_application
    from app.settings import Settings

    application, look = new_application(Settings())
    places = Places(folder / "till.sqlite3", folder / "keys" / "secrets.json", folder / "settings.json")
    assembly = Assembly(places, look)
    try:
        painted_cpu_s = _until_painted(application, assembly.window, assembly.show)
        scan_cpu_s, longest_stall_ms = _until_scanned(application, assembly)
    finally:
        assembly.window.close()
        assembly.close()
    return {"painted_cpu_s": painted_cpu_s, "scan_cpu_s": scan_cpu_s, "longest_stall_ms": longest_stall_ms}


def _until_painted(application: Any, window: Any, show: Callable[[], None]) -> float:
    """CPU seconds since exec once the window has been painted."""
    from PySide6.QtCore import QEvent, QObject

    class FirstPaint(QObject):
        seen = False

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
            self.seen = self.seen or event.type() == QEvent.Type.Paint
            return False

    first_paint = FirstPaint()
    window.installEventFilter(first_paint)
    show()
    _wait(application, lambda: first_paint.seen)
    window.removeEventFilter(first_paint)
    return time.process_time()


def _until_scanned(application: Any, assembly: Assembly) -> tuple[float, float]:
    """Scan an article at once; CPU seconds since exec when it stands in the basket, and the longest stall, in
    milliseconds, until the link has been tried as well."""
    from PySide6.QtCore import Qt, QTimer

    gaps: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append((now - last) * 1000 - TICK_MS)
        last = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    assembly.window.take_input(CODE)
    _wait(application, lambda: _in_basket(assembly))
    scan_cpu_s = time.process_time()
    _wait(application, lambda: assembly.worker is not None and assembly.worker.status.state.value != "starting")
    timer.stop()
    return scan_cpu_s, max(gaps)


def _in_basket(assembly: Assembly) -> bool:
    from app.ui.screen import PlaceName

    if assembly.core is None or assembly.window.here is not PlaceName.SALE:
        return False
    screen: Any = assembly.window.screen(PlaceName.SALE)
    return bool(screen.presenter.state.basket.lines)


def _wait(application: Any, is_done: Callable[[], bool]) -> None:
    from PySide6.QtCore import QEventLoop

    give_up_at = time.monotonic() + GIVE_UP_S
    while not is_done():
        assert time.monotonic() < give_up_at, "the window does not get there"
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    application.processEvents()


if __name__ == "__main__":
    main()
