"""Owns the settings screen: the list of sheets, the sheet shown, what was said last. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from app.i18n import tr
from app.ui.components.layouts import card, column, pane, row
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.notice import NoticeBar
from app.ui.components.painting import shorten
from app.ui.screen import How, KeyHint, Screen, Shell
from app.ui.settings import words
from app.ui.settings.camera_sheet import CameraSheet
from app.ui.settings.devices_sheet import DevicesSheet
from app.ui.settings.keys_sheet import KeysSheet
from app.ui.settings.labels_sheet import LabelsSheet
from app.ui.settings.merchant_sheet import MerchantSheet
from app.ui.settings.presenter import (
    Section,
    SettingsNotice,
    SettingsPresenter,
    SettingsState,
    SettingsSurroundings,
)
from app.ui.settings.printer_sheet import PrinterSheet
from app.ui.settings.sheet import Sheet
from app.ui.settings.sheets import CatalogueSheet, sheet_makers
from app.ui.settings.site_sheet import SiteSheet
from app.ui.settings.team_sheet import TeamSheet
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, Role, Space, Type
from app.usecases.ports import Touched

_LIST_PARTS, _SHEET_PARTS = 3, 7


class SectionDelegate(RowDelegate):
    """Icon and name."""

    def paint_row(self, painter: QPainter, rect: QRect, section: Section, selected: bool) -> None:
        title, icon = words.section_words(section)
        role = Role.PRIMARY if selected else Role.TEXT
        top = rect.center().y() - ICON_PX // 2
        painter.drawPixmap(rect.left(), top, ICON_PX, ICON_PX, self.look.pixmap(icon, role))
        font = self.look.font(Type.BODY, strong=selected)
        place = rect.adjusted(ICON_PX + Space.NEAR, 0, 0, 0)
        painter.setFont(font)
        painter.setPen(self.look.colour(role))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shorten(title, font, place.width()))


class SettingsScreen(Screen):
    """F9. Also a `SettingsView` for its presenter."""

    def __init__(self, look: Look, shell: Shell, around: SettingsSurroundings) -> None:
        self._shell = shell
        self.presenter = SettingsPresenter(around, self)
        self._makers = {
            **sheet_makers(look, self.presenter, around),
            Section.TEAM: lambda: TeamSheet(look, self.presenter, around.team),
            Section.MERCHANT: lambda: MerchantSheet(look, around.merchant),
            Section.SITE: lambda: SiteSheet(look, around.site),
        }
        self._made: dict[Section, Sheet] = {}
        model = RowModel(str, lambda section: words.section_words(section)[0])
        self.sections = RowList(model, SectionDelegate(look), tr("Settings"))
        self.sections.setObjectName("settings-sections")
        self.sections.replace_rows(list(Section))
        self.notice = NoticeBar(look)
        self._stack = QStackedWidget()
        right = column(card(column(self._stack), 0), self.notice)
        right.setStretch(0, 1)
        halves = (self.sections, pane(right))
        for half in halves:
            half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        both = row(*halves, gap=Space.BETWEEN, around=Space.BETWEEN)
        both.setStretch(0, _LIST_PARTS)
        both.setStretch(1, _SHEET_PARTS)
        self._page = pane(both)
        self._page.setObjectName("settings-screen")
        self.sections.row_chosen.connect(lambda key: self.presenter.choose_section(Section(key)))
        self.show(self.presenter.state)

    # --- the sheets: each is made when it is first looked at, or before, while nobody waits ---------------------------

    @property
    def sheets(self) -> Sequence[Sheet]:
        """All of them, in the order of `Section`."""
        return [self.sheet(section) for section in Section]

    def sheet(self, section: Section) -> Sheet:
        """The sheet of a section."""
        if section not in self._made:
            self._made[section] = made = self._makers[section]()
            self._stack.addWidget(made)
            made.show_state(self.presenter.state)
            self._read(section)
        return self._made[section]

    def build_in_steps(self) -> Iterator[None]:
        for section in Section:
            if section not in self._made:
                self.sheet(section)
                yield

    @property
    def team(self) -> TeamSheet:
        return self.sheet(Section.TEAM)

    @property
    def merchant(self) -> MerchantSheet:
        return self.sheet(Section.MERCHANT)

    @property
    def site(self) -> SiteSheet:
        return self.sheet(Section.SITE)

    @property
    def keys(self) -> KeysSheet:
        return self.sheet(Section.KEYS)

    @property
    def printer(self) -> PrinterSheet:
        return self.sheet(Section.PRINTER)

    @property
    def devices(self) -> DevicesSheet:
        return self.sheet(Section.DEVICES)

    @property
    def labels(self) -> LabelsSheet:
        return self.sheet(Section.LABELS)

    @property
    def camera(self) -> CameraSheet:
        return self.sheet(Section.CAMERA)

    def _read(self, *sections: Section) -> None:
        """Have the sheets that read for themselves read anew, as far as they are there."""
        for section in sections:
            sheet = self._made.get(section)
            if isinstance(sheet, TeamSheet | MerchantSheet | SiteSheet):
                sheet.presenter.read()

    # --- Screen ------------------------------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self.presenter.activate()
        self._read(Section.TEAM, Section.MERCHANT, Section.SITE)
        self.sections.setFocus()

    def refresh(self, touched: Touched) -> None:
        self.presenter.refresh(touched)
        if touched.operators:
            self._read(Section.TEAM)
        if touched.merchant:
            self._read(Section.MERCHANT)

    def take_input(self, text: str, how: str) -> bool:
        if how != How.SCAN or not self._page.isVisible():
            return False
        if self.presenter.state.section is Section.SITE:
            return self.site.scanned(text)
        if self.presenter.state.section is Section.CAMERA:
            return self.camera.scanned(text)
        if self.presenter.state.section is Section.LABELS:
            return self.labels.scanned(text)
        if self.presenter.state.section is Section.PRINTER and self.printer.scanned(text):
            return True
        return self.presenter.scanned(text)

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key == Qt.Key.Key_Z and modifiers & Qt.KeyboardModifier.ControlModifier:
            self.presenter.undo()
            return True
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key))
        if step is not None:
            self.sections.step(step)
        return step is not None

    def placeholder(self) -> str:
        return tr("A scanned pickup code leads to the order")

    def hints(self) -> Sequence[KeyHint]:
        return (KeyHint("↑ ↓", tr("Choose")), KeyHint(tr("Tab"), tr("Into the fields")))

    def close(self) -> None:
        for sheet in self._made.values():
            if isinstance(sheet, CatalogueSheet | PrinterSheet):
                sheet.stop()

    def show(self, state: SettingsState) -> None:
        """The `SettingsView`."""
        self.sections.select_key(state.section)
        self._stack.setCurrentWidget(self.sheet(state.section))
        for sheet in self._made.values():
            sheet.show_state(state)
        said = words.said_words(state)
        if said:
            undo = (tr("Undo"), self.presenter.undo, "Ctrl+Z") if _can_undo(state) else ()
            self.notice.tell(said, words.said_role(state), *undo)
        else:
            self.notice.hide()


def _can_undo(state: SettingsState) -> bool:
    return bool(state.undoable) and state.said in (SettingsNotice.SAVED, SettingsNotice.SAVED_FOR_NEXT_START)


__all__ = ["SettingsScreen", "SettingsSurroundings"]
