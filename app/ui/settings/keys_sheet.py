"""Owns the keys' sheet of the settings screen: the actions with their keys, the place where a new key is pressed.
Decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QFrame

from app.i18n import tr
from app.ui.components.buttons import Kind
from app.ui.components.layouts import column
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.components.text import label, set_role
from app.ui.key_dispatch import pressed_key
from app.ui.keymap import Taken
from app.ui.settings import keys_words
from app.ui.settings.keys import KeysPresenter, KeysState, KeysSurroundings
from app.ui.settings.presenter import SettingsPresenter, SettingsState
from app.ui.settings.sheet import Sheet, in_row, sheet_button
from app.ui.style.look import Look
from app.ui.style.tokens import ROW_PX, Role, Space, Type

_LEAST_ROWS, _BESIDE_ROWS_PX = 3, 310
"""What stands around the list must be in sight with it: the question is asked under it."""
_KEY_PX = 110
_NO_KEY_OF_THEIR_OWN = frozenset(
    {
        *(Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr),
        *(Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R),
    }
)
_FILES = "Comptoir (*.json)"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An action as its row shows it."""

    name: str
    what: str
    where: str
    key: str
    delivered: str


class KeyDelegate(RowDelegate):
    """What and where, then the key; under it the one as delivered where it is another."""

    def paint_row(self, painter: QPainter, rect: QRect, row: KeyRow, selected: bool) -> None:
        look, middle = self.look, Qt.AlignmentFlag.AlignVCenter
        changed = row.key != row.delivered
        keys = QRect(rect.right() - _KEY_PX, rect.top(), _KEY_PX, rect.height())
        words = rect.adjusted(0, Space.INSIDE, -_KEY_PX - Space.INSIDE, -Space.INSIDE)
        body, small = look.font(Type.BODY, strong=selected), look.font(Type.CAPTION)
        painter.setFont(body)
        painter.setPen(look.colour(Role.TEXT))
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, shorten(row.what, body, words.width()))
        painter.setFont(look.font(Type.LEAD, strong=True))
        top = Qt.AlignmentFlag.AlignTop if changed else middle
        painter.drawText(keys.adjusted(0, Space.HAIR, 0, 0), top, row.key)
        painter.setFont(small)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, shorten(row.where, small, words.width()))
        if changed:
            below = keys.adjusted(0, 0, 0, -Space.HAIR)
            painter.drawText(below, Qt.AlignmentFlag.AlignBottom, tr("before: {key}").format(key=row.delivered))


class KeyCatcher(QFrame):
    """Where a new key is pressed: while it has the focus no key does anything else.

    Signals:
        pressed: the key, as the table writes it; "" for one that no action can have.
        left: Esc.
    """

    pressed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("key-catcher")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.words = label("", Type.LEAD, strong=True, wrap=True)
        self.words.setObjectName("keys-asked")
        self.setLayout(column(self.words, around=Space.NEAR))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else it would do what it does now
            return True
        if event.type() == QEvent.Type.KeyPress:
            self._press(event)
            return True
        return super().event(event)

    def _press(self, event) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() not in _NO_KEY_OF_THEIR_OWN and not event.isAutoRepeat():
            typed = event.text().strip()
            self.pressed.emit(pressed_key(event) or (typed if typed.isprintable() else "")[:1])


class KeysSheet(Sheet):
    """Also a `KeysView` for its presenter."""

    def __init__(self, look: Look, settings: SettingsPresenter, around: KeysSurroundings) -> None:
        self._around = around
        self.presenter = KeysPresenter(around, self, lambda keys: settings.set_values(keys=keys))
        self.list = RowList(RowModel(lambda row: row.name, _row_words), KeyDelegate(look), tr("Keys"))
        self.list.setObjectName("keys-list")
        self.list.setFixedHeight(_LEAST_ROWS * ROW_PX)
        self.catcher = KeyCatcher()
        p = self.presenter
        self.change = sheet_button(look, tr("Change the key"), "keys-change", p.ask, Kind.MAIN)
        self.swap = sheet_button(look, tr("Swap"), "keys-swap", p.swap, Kind.MAIN)
        self.leave = sheet_button(look, tr("Leave it"), "keys-leave", self._leave)
        self.delivered = sheet_button(look, tr("As delivered"), "keys-delivered", p.as_delivered)
        self.all_delivered = sheet_button(look, tr("All as delivered"), "keys-all-delivered", p.all_as_delivered)
        self._said = label("", Type.BODY, strong=True, wrap=True)
        self._said.setObjectName("keys-said")
        super().__init__(
            tr("Keys"),
            tr("Another key counts at once, everywhere it is named. F1 shows all keys of the screen in view."),
            self.list,
            self.catcher,
            in_row(self.change, self.swap, self.leave, self.delivered, self.all_delivered),
            self._said,
            in_row(
                sheet_button(look, tr("Print the map…"), "keys-print", self._print, icon="printer"),
                sheet_button(look, tr("Export…"), "keys-export", self._export),
                sheet_button(look, tr("Import…"), "keys-import", self._import),
            ),
        )
        self.list.row_chosen.connect(p.choose)
        self.list.row_entered.connect(p.ask)
        self.catcher.pressed.connect(p.pressed)
        self.catcher.left.connect(self._leave)
        around.keys.on_change(self._fill)
        self._fill()
        self.show_keys(p.state)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        rows = max((self.height() - _BESIDE_ROWS_PX) // ROW_PX, _LEAST_ROWS)
        self.list.setFixedHeight(rows * ROW_PX)

    def show_state(self, state: SettingsState) -> None:
        """Nothing of the settings is shown here but the keys in force."""

    def show_keys(self, state: KeysState) -> None:
        action = self.presenter.action(state.chosen)
        had = any(each.hasFocus() for each in (self.catcher, self.change, self.swap, self.leave))  # one may be hidden
        self.catcher.words.setText(keys_words.asked_words(action, state))
        swaps = state.asking and isinstance(state.answer, Taken) and state.answer.may_swap
        self.change.setVisible(not state.asking)
        self.change.setEnabled(action is not None)
        self.swap.setVisible(swaps)
        self.leave.setVisible(state.asking)
        changed = self._around.keys.changed
        self.delivered.setVisible(not state.asking)
        self.delivered.setEnabled(state.chosen in changed)
        self.all_delivered.setVisible(not state.asking)
        self.all_delivered.setEnabled(bool(changed))
        set_role(self.catcher, Role.INFO if state.asking else Role.SUNKEN, "surface")
        said = keys_words.said_words(action, state)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        set_role(self._said, keys_words.said_role(state))
        self._focus(state, swaps=swaps, had=had)

    def _focus(self, state: KeysState, *, swaps: bool, had: bool) -> None:
        catches = state.asking and not swaps
        self.catcher.setFocusPolicy(Qt.FocusPolicy.StrongFocus if catches else Qt.FocusPolicy.NoFocus)
        if catches:
            self.catcher.setAccessibleName(self.catcher.words.text())
            self.catcher.setFocus()
        elif swaps:
            self.swap.setFocus()
        elif had:
            self.list.setFocus()

    def _fill(self) -> None:
        keys = self._around.keys
        self.list.replace_rows(
            [
                KeyRow(action.name, tr(action.words), keys_words.where_words(action), keys.key_of(action), action.key)
                for action in self.presenter.actions
            ]
        )

    def _leave(self) -> None:
        self.presenter.stop()

    def _print(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(
            self, tr("Print the map…"), str(Path.home() / f"{tr('keys')}.pdf"), "PDF (*.pdf)"
        )
        if name:
            self.presenter.print_to(Path(name))

    def _export(self) -> None:
        proposed = str(Path.home() / f"{tr('keys')}.json")
        name, _kind = QFileDialog.getSaveFileName(self, tr("Export…"), proposed, _FILES)
        if name:
            self.presenter.export_to(Path(name))

    def _import(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, tr("Import…"), str(Path.home()), _FILES)
        if name:
            self.presenter.import_from(Path(name))


def _row_words(row: KeyRow) -> str:
    return f"{row.what}, {row.where}: {row.key}"
