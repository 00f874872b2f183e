"""No piece of the closing screen or the records page is ever shown as a window of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from app.ui.books.desk import Section
from app.ui.screen import PlaceName
from tests.fakes.tills_day import sell
from tests.ui.till import open_till


class Windows(QObject):
    """Notes every widget that is shown without a parent."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched, event) -> bool:  # noqa: N802  # Qt names it
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def test_no_piece_of_these_screens_is_ever_a_window_of_its_own(qapp, qtbot, look):
    with open_till(qtbot, look, PlaceName.STOCK) as till:
        sell(till, 12_00)
        windows = Windows()
        qapp.installEventFilter(windows)
        till.window.go_to(PlaceName.CLOSING)
        for key in ("d", "x"):
            till.closing.presenter.key(key)
            till.closing.presenter.go_back()
        till.closing.presenter.key("s")
        till.closing.enter()
        till.window.go_to(PlaceName.BOOKS)
        for section in Section:
            till.books.choose(section)
        till.books.check.presenter.begin(every_signature=False)
        qapp.removeEventFilter(windows)
    assert windows.seen == []
