"""Owns the list of the last tickets: look one up again, print it again as a duplicate. Never changes a sale."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.sale import PaymentMeans
from app.i18n import tr
from app.ui import messages
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.pieces import button
from app.ui.components.layouts import column, row
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.components.states import EmptyState
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.ui.task_runner import Lane
from app.usecases.ports import PrintJob
from app.usecases.print_document import print_receipt_copy
from app.usecases.queries import SaleRow

SHOWN = 100


class TicketsPresenter:
    """Loads the last sales and asks for duplicates."""

    def __init__(
        self,
        around: SaleSurroundings,
        show: Callable[[Sequence[SaleRow]], None],
        printed: Callable[[SaleRow], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._around = around
        self._show = show
        self._printed = printed
        self._failed = failed

    def load(self) -> None:
        around = self._around
        around.runner.run(Lane.STORE, lambda: around.queries.sales(SHOWN), self._show, self._failed)

    def print_again(self, row: SaleRow) -> None:
        """Queue a duplicate of the ticket."""
        around, operator = self._around, self._around.operator()

        def came(job: PrintJob | None) -> None:
            if job is not None:
                self._printed(row)

        around.runner.run(
            Lane.STORE, lambda: print_receipt_copy(around.counter, row.sale_id, operator), came, self._failed
        )


def means_words(values: Sequence[str]) -> str:
    """The means of payment of a sale, each said once."""
    known = {str(means): means for means in PaymentMeans}
    said = [messages.payment_means(known[value]) if value in known else value for value in dict.fromkeys(values)]
    return " + ".join(said)


class TicketRowDelegate(RowDelegate):
    """Number and time, means of payment, amount."""

    def paint_row(self, painter: QPainter, rect: QRect, row: SaleRow, selected: bool) -> None:
        look = self.look
        amount = messages.amount(row.total)
        font = look.font(Type.LEAD, strong=True)
        width = QFontMetrics(font).horizontalAdvance(amount)
        painter.setFont(font)
        painter.setPen(look.colour(Role.TEXT))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, amount)
        words = rect.adjusted(0, Space.INSIDE, -width - Space.BETWEEN, -Space.INSIDE)
        head_font, small = look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
        painter.setFont(head_font)
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, shorten(row.display_number, head_font, words.width()))
        painter.setFont(small)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, shorten(_detail(row), small, words.width()))


def _detail(row: SaleRow) -> str:
    order = tr("order {number}").format(number=row.order_number) if row.order_number else ""
    parts = (messages.day_and_time(row.happened_at), means_words(row.means), order)
    return "  ·  ".join(part for part in parts if part)


class TicketsPane(QWidget):
    """The list, and its two buttons. `print_asked` carries a SaleRow."""

    print_asked = Signal(object)
    closed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._model = RowModel(lambda row: row.sale_id, lambda row: f"{row.display_number}, {_detail(row)}")
        self.list = RowList(self._model, TicketRowDelegate(look), tr("Last tickets"))
        self.list.setObjectName("tickets")
        self._empty = EmptyState(
            look, "receipt-euro", tr("No sale yet"), tr("Each sale appears here; its ticket can be printed again.")
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        self._again = button(
            look, tr("Print a duplicate"), tr("Enter"), icon="printer", name="print-duplicate", tall=True
        )
        back = button(look, tr("Back"), tr("Esc"), name="close-tickets", tall=True)
        self._again.clicked.connect(lambda _checked=False: self.print_current())
        back.clicked.connect(lambda _checked=False: self.closed.emit())
        self.list.row_entered.connect(lambda _key: self.print_current())
        title = label(tr("Last tickets"), Type.TITLE, strong=True)
        self.setLayout(column(title, self._pages, row(back, None, self._again), gap=Space.INSIDE))
        self.layout().setStretch(1, 1)

    def show_rows(self, rows: Sequence[SaleRow]) -> None:
        self.list.replace_rows(rows)
        self._pages.setCurrentWidget(self.list if rows else self._empty)
        self._again.setEnabled(bool(rows))
        if rows and not self.list.current_key:
            self.list.select_key(rows[0].sale_id)

    def print_current(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            self.print_asked.emit(self._model.rows[index.row()])
