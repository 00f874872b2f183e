"""Owns the records page: the list of sheets and the one shown. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.domain.closure import parse_chain_head
from app.i18n import tr
from app.ui.books import words
from app.ui.books.closures_sheet import ClosuresSheet
from app.ui.books.desk import BooksSurroundings, Section
from app.ui.books.invoice_sheet import InvoiceSheet
from app.ui.books.sheets import ArchiveSheet, AttestationSheet, CheckSheet, ExportsSheet
from app.ui.components.layouts import Pages, Shares, card, column
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.screen import KeyHint, PlaceName, Screen, Shell
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, Role, Space, Type
from app.usecases.ports import Touched

_LIST_PERCENT = 21


class SectionDelegate(RowDelegate):
    """Icon and name."""

    def paint_row(self, painter: QPainter, rect: QRect, row: Section, selected: bool) -> None:
        title, icon = words.section_words(row)
        role = Role.PRIMARY if selected else Role.TEXT
        top = rect.center().y() - ICON_PX // 2
        painter.drawPixmap(rect.left(), top, ICON_PX, ICON_PX, self.look.pixmap(icon, role))
        font = self.look.font(Type.BODY, strong=selected)
        place = rect.adjusted(ICON_PX + Space.NEAR, 0, 0, 0)
        painter.setFont(font)
        painter.setPen(self.look.colour(role))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shorten(title, font, place.width()))


class BooksScreen(Screen):
    """Ctrl+R."""

    def __init__(self, look: Look, shell: Shell, around: BooksSurroundings) -> None:
        self._shell = shell
        self.closures, self.check = ClosuresSheet(look, around), CheckSheet(look, around)
        self.archive, self.exports = ArchiveSheet(look, around), ExportsSheet(look, around)
        self.invoices, self.attestation = InvoiceSheet(look, around), AttestationSheet(look, around)
        self._sheets = {
            Section.CLOSURES: self.closures,
            Section.CHECK: self.check,
            Section.ARCHIVE: self.archive,
            Section.EXPORTS: self.exports,
            Section.INVOICES: self.invoices,
            Section.ATTESTATION: self.attestation,
        }
        model = RowModel(str, lambda section: words.section_words(section)[0])
        self.sections = RowList(model, SectionDelegate(look), tr("Records"))
        self.sections.setObjectName("books-sections")
        self.sections.replace_rows(list(Section))
        self._stack = Pages(*self._sheets.values())
        self._page = Shares(self.sections, card(column(self._stack)), _LIST_PERCENT)
        self._page.setObjectName("books-screen")
        self.sections.row_chosen.connect(lambda key: self.choose(Section(key)))
        self.choose(Section.CLOSURES)

    def choose(self, section: Section) -> None:
        """Show a sheet."""
        self.sections.select_key(section)
        self._stack.setCurrentWidget(self._sheets[section])

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self.closures.presenter.read()
        self.invoices.presenter.read()
        self.attestation.presenter.read()
        self.sections.setFocus()

    def refresh(self, touched: Touched) -> None:
        if touched.closures:
            self.closures.presenter.read()
        if touched.merchant:
            self.attestation.presenter.read()

    def take_input(self, text: str, how: str) -> bool:
        """A scanned Z leads to its closure."""
        head = parse_chain_head(text)
        if head is None:
            return False
        self._shell.go_to(PlaceName.BOOKS)
        self.choose(Section.CLOSURES)
        if not self.closures.presenter.choose_number(head.till_letter, head.number):
            text = tr("This Z is not among the newest closures shown here.")
            self._shell.show_notice(text, Role.WARNING)
        return True

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key))
        if step is not None:
            self.sections.step(step)
            return True
        return key == Qt.Key.Key_Escape and self.closures.presenter.go_back()

    def placeholder(self) -> str:
        return tr("A scanned Z leads to its closure")

    def hints(self) -> Sequence[KeyHint]:
        return (KeyHint("↑ ↓", tr("Choose")), KeyHint(tr("Tab"), tr("Into the fields")))

    def close(self) -> None:
        for sheet in (self.check, self.archive, self.exports):
            sheet.close_down()


__all__ = ["BooksScreen", "BooksSurroundings"]
