"""Owns the records page: the list of sheets and the one shown. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.domain.closure import parse_chain_head
from app.i18n import tr
from app.ui.books import words
from app.ui.books.closures_sheet import ClosuresSheet
from app.ui.books.desk import BooksSurroundings, Section
from app.ui.books.invoice_sheet import InvoiceSheet
from app.ui.books.sheets import ArchiveSheet, AttestationSheet, BooksSheet, CheckSheet, ExportsSheet, FilesSheet
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
        self._makers: Mapping[Section, Callable[[], BooksSheet]] = {
            Section.CLOSURES: lambda: ClosuresSheet(look, around),
            Section.CHECK: lambda: CheckSheet(look, around),
            Section.ARCHIVE: lambda: ArchiveSheet(look, around),
            Section.EXPORTS: lambda: ExportsSheet(look, around),
            Section.INVOICES: lambda: InvoiceSheet(look, around),
            Section.ATTESTATION: lambda: AttestationSheet(look, around),
        }
        self._made: dict[Section, BooksSheet] = {}
        model = RowModel(str, lambda section: words.section_words(section)[0])
        self.sections = RowList(model, SectionDelegate(look), tr("Records"))
        self.sections.setObjectName("books-sections")
        self.sections.replace_rows(list(Section))
        self._stack = Pages()
        self._page = Shares(self.sections, card(column(self._stack)), _LIST_PERCENT)
        self._page.setObjectName("books-screen")
        self.sections.row_chosen.connect(lambda key: self.choose(Section(key)))
        self.choose(Section.CLOSURES)

    def choose(self, section: Section) -> None:
        """Show a sheet."""
        self.sections.select_key(section)
        self._stack.setCurrentWidget(self.sheet(section))

    # --- the sheets: each is made when it is first looked at, or before, while nobody waits ---------------------------

    def sheet(self, section: Section) -> BooksSheet:
        """The sheet of a section."""
        if section not in self._made:
            self._made[section] = made = self._makers[section]()
            self._stack.addWidget(made)
            self._read(section)
        return self._made[section]

    def build_in_steps(self) -> Iterator[None]:
        for section in Section:
            if section not in self._made:
                self.sheet(section)
                yield

    @property
    def closures(self) -> ClosuresSheet:
        return self.sheet(Section.CLOSURES)

    @property
    def check(self) -> CheckSheet:
        return self.sheet(Section.CHECK)

    @property
    def archive(self) -> ArchiveSheet:
        return self.sheet(Section.ARCHIVE)

    @property
    def exports(self) -> ExportsSheet:
        return self.sheet(Section.EXPORTS)

    @property
    def invoices(self) -> InvoiceSheet:
        return self.sheet(Section.INVOICES)

    @property
    def attestation(self) -> AttestationSheet:
        return self.sheet(Section.ATTESTATION)

    def _read(self, *sections: Section) -> None:
        """Have the sheets that read for themselves read anew, as far as they are there."""
        for section in sections:
            sheet = self._made.get(section)
            if isinstance(sheet, ClosuresSheet | InvoiceSheet | AttestationSheet):
                sheet.presenter.read()

    # --- Screen ------------------------------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self._read(Section.CLOSURES, Section.INVOICES, Section.ATTESTATION)
        self.sections.setFocus()

    def refresh(self, touched: Touched) -> None:
        if touched.closures:
            self._read(Section.CLOSURES)
        if touched.merchant:
            self._read(Section.ATTESTATION)

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
        for sheet in self._made.values():
            if isinstance(sheet, CheckSheet | FilesSheet):
                sheet.close_down()


__all__ = ["BooksScreen", "BooksSurroundings"]
