"""Owns the settings screen: the list of sheets, the sheet shown, what was said last. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

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
from app.ui.settings.sheets import CatalogueSheet, all_sheets
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
        self.team = TeamSheet(look, self.presenter, around.team)
        self.merchant = MerchantSheet(look, around.merchant)
        self.site = SiteSheet(look, around.site)
        self.sheets = all_sheets(look, self.presenter, around, self.team, self.merchant, self.site)
        self.keys = next(sheet for sheet in self.sheets if isinstance(sheet, KeysSheet))
        [self.printer] = [sheet for sheet in self.sheets if isinstance(sheet, PrinterSheet)]
        self.devices = next(sheet for sheet in self.sheets if isinstance(sheet, DevicesSheet))
        self.labels = next(sheet for sheet in self.sheets if isinstance(sheet, LabelsSheet))
        self.camera = next(sheet for sheet in self.sheets if isinstance(sheet, CameraSheet))
        model = RowModel(str, lambda section: words.section_words(section)[0])
        self.sections = RowList(model, SectionDelegate(look), tr("Settings"))
        self.sections.setObjectName("settings-sections")
        self.sections.replace_rows(list(Section))
        self.notice = NoticeBar(look)
        self._stack = QStackedWidget()
        for sheet in self.sheets:
            self._stack.addWidget(sheet)
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

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self.presenter.activate()
        self.team.presenter.read()
        self.merchant.presenter.read()
        self.site.presenter.read()
        self.sections.setFocus()

    def refresh(self, touched: Touched) -> None:
        self.presenter.refresh(touched)
        if touched.operators:
            self.team.presenter.read()
        if touched.merchant:
            self.merchant.presenter.read()

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
        for sheet in self.sheets:
            if isinstance(sheet, CatalogueSheet | PrinterSheet):
                sheet.stop()

    def show(self, state: SettingsState) -> None:
        """The `SettingsView`."""
        self.sections.select_key(state.section)
        self._stack.setCurrentIndex(list(Section).index(state.section))
        for sheet in self.sheets:
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
