"""Owns the sheet of invoices: one made from a ticket, those that were made. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.domain.invoice import IssuedInvoice
from app.i18n import tr
from app.ui import formats
from app.ui.books import words
from app.ui.books.desk import BooksSurroundings
from app.ui.books.invoices import InvoiceEntry, InvoicesPresenter, InvoicesState
from app.ui.books.sheets import BooksSheet
from app.ui.components.buttons import Kind
from app.ui.components.fields import Field
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.settings.sheet import in_row, sheet_button
from app.ui.style.look import Look
from app.ui.style.tokens import ROW_PX, Role, Space, Type

_ROWS_SHOWN = 3


class InvoiceDelegate(RowDelegate):
    """Number, day and buyer; the amount."""

    def paint_row(self, painter: QPainter, rect: QRect, row: IssuedInvoice, selected: bool) -> None:
        strong, small = self.look.font(Type.BODY, strong=True), self.look.font(Type.CAPTION)
        amount = formats.amount(row.total)
        painter.setFont(strong)
        painter.setPen(self.look.colour(Role.TEXT))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, amount)
        wide = rect.width() - QFontMetrics(strong).horizontalAdvance(amount) - Space.INSIDE
        place = rect.adjusted(0, Space.INSIDE, 0, -Space.INSIDE)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, shorten(row.display_number, strong, wide))
        painter.setFont(small)
        painter.setPen(self.look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom, shorten(words.invoice_detail(row), small, wide))


class InvoiceSheet(BooksSheet):
    """Also an `InvoicesView` for its presenter."""

    def __init__(self, look: Look, around: BooksSurroundings) -> None:
        self.presenter = InvoicesPresenter(around, self)
        self.ticket = Field(tr("Ticket"), "A-000042")
        self.siren = Field("SIREN", "732 829 320")
        self.name = Field(tr("Business name"), "")
        self.street = Field(tr("Street"), "")
        self.town = Field(tr("Postcode and town"), "")
        self.vat_number = Field(tr("VAT number"), "FR44 732829320", tr("Empty if there is none."))
        self._fields = {
            "ticket": self.ticket,
            "siren": self.siren,
            "name": self.name,
            "street": self.street,
            "town": self.town,
            "vat-number": self.vat_number,
        }
        for name, field in self._fields.items():
            field.edit.setObjectName(f"invoice-{name}")
            field.entered.connect(lambda _text: self._make())
        self.make = sheet_button(look, tr("Make the invoice"), "make-invoice", self._make, Kind.MAIN, "receipt-euro")
        self.open_made = sheet_button(
            look, tr("Open it"), "open-invoice", self.presenter.open_written, icon="folder-open"
        )
        self.list = RowList(
            RowModel(lambda invoice: invoice.invoice_id, words.invoice_line), InvoiceDelegate(look), tr("Invoices")
        )
        self.list.setObjectName("invoices")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.again = sheet_button(
            look, tr("Open the chosen one"), "invoice-again", self.presenter.open_chosen, icon="folder-open"
        )
        self._made_no = 0
        super().__init__(
            look,
            tr("Invoices"),
            tr(
                "For a business that asks for one: made from its ticket, which stays as it is. For a return of an "
                "invoiced ticket it becomes a credit note."
            ),
            in_row(self.make, self.open_made, self.again),
            in_row(self.ticket, self.siren),
            in_row(self.name, self.vat_number),
            in_row(self.street, self.town),
            self.list,
        )
        self.list.row_chosen.connect(self.presenter.choose)
        self.list.row_entered.connect(lambda _key: self.presenter.open_chosen())
        self.show_invoices(self.presenter.state)

    def show_invoices(self, state: InvoicesState) -> None:
        self.list.replace_rows(state.invoices)
        self.list.select_key(state.chosen)
        shown = bool(state.invoices)
        self.list.setVisible(shown)
        self.list.setFixedHeight(min(max(len(state.invoices), 1), _ROWS_SHOWN) * ROW_PX)
        self.again.setVisible(bool(state.chosen))
        self.open_made.setVisible(state.made is not None)
        if state.made_no != self._made_no:
            self._made_no = state.made_no
            for field in self._fields.values():
                field.set_text("")
        self.say(words.invoices_said(state))

    def _make(self) -> None:
        self.presenter.make(
            InvoiceEntry(
                self.ticket.text,
                self.siren.text,
                self.name.text,
                self.street.text,
                self.town.text,
                self.vat_number.text,
            )
        )
