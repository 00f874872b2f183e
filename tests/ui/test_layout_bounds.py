"""A text that changes in one half of a screen is laid out there: nothing further up is measured again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.components.layouts import Pages, Shares, column, pane
from app.ui.components.text import label
from app.ui.style.tokens import Space


class LayoutsOf(QObject):
    """Counts how often a widget lays out what is in it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event) -> bool:  # noqa: N802  # Qt's name
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def there(widget: QWidget | None) -> QWidget:
    assert widget is not None
    return widget


def shown(qtbot, left: QWidget, right: QWidget, width_px: int = 1000) -> QWidget:
    window = pane(column(Pages(Shares(left, right, 60))))
    qtbot.addWidget(window)
    window.resize(width_px, 400)
    window.show()
    QApplication.processEvents()
    return window


def test_a_changed_text_does_not_lay_out_the_window(qtbot, look):
    total = label("0,00 €")
    window = shown(qtbot, pane(column(total)), QWidget())
    whole, half = LayoutsOf(window), LayoutsOf(there(total.parentWidget()))
    total.setText("1 234,56 €\n2 345,67 €")
    for _ in range(10):  # a request goes up one widget at a time
        QApplication.processEvents()
    assert half.count
    assert not whole.count


def test_the_shares_stay_whatever_stands_in_them(qtbot, look):
    wide, right = label("w" * 300), QWidget()
    window = shown(qtbot, pane(column(wide)), right)
    around = int(Space.BETWEEN)
    left = there(wide.parentWidget())
    assert left.x() == around
    assert left.width() == (1000 - 3 * around) * 60 // 100
    assert right.x() == left.x() + left.width() + around
    assert right.geometry().right() == window.width() - around - 1


def test_pages_are_not_asked_for_their_height_for_a_width(qtbot, look):
    pages = Pages(pane(column(label("many words " * 50, wrap=True))), QWidget())
    qtbot.addWidget(pages)
    assert there(pages.widget(0)).hasHeightForWidth()
    assert not pages.hasHeightForWidth()
