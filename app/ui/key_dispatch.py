"""Owns the way of a pressed key to the action it was given: shortcuts of the window, and keys of its screens.

A key that nobody has changed takes the way it always took; this module does not touch it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.ui.actions import Action, is_letter
from app.ui.keymap import KeyMap
from app.ui.screen import PlaceName

_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class KeyedWindow(Protocol):
    """What the dispatch asks of the window."""

    @property
    def here(self) -> PlaceName: ...
    def step(self) -> str: ...
    @property
    def box(self) -> QWidget: ...
    def offer(self, key: int, modifiers: Qt.KeyboardModifier) -> bool: ...
    def type_letter(self, letter: str) -> None:
        """Into the one box, as if a person had typed it there."""


class KeyDispatch:
    """One for the window."""

    def __init__(self, window: KeyedWindow, keys: KeyMap) -> None:
        self._window = window
        self._keys = keys
        self._bound: dict[str, Callable[[], None]] = {}

    def bind(self, name: str, parent: QObject, act: Callable[[], None]) -> None:
        """A key of the whole window, whichever it is."""
        shortcut = QShortcut(QKeySequence(self._keys.key_named(name)), parent, act)
        shortcut.setAutoRepeat(False)  # held down, help or camera would come and go
        self._bound[name] = act

        def follow() -> None:
            shortcut.setKey(QKeySequence(self._keys.key_named(name)))

        self._keys.on_change(follow)

    def took(self, event: QKeyEvent) -> bool:
        """Whether a pressed key was one that the shop has changed, or has taken from its action; then it is dealt
        with."""
        if not self._keys.changed:
            return False
        key, place, step = pressed_key(event), self._window.here, self._window.step()
        if not key:
            return False
        action = self._keys.meant(place, step, key)
        if action is None:
            return self._keys.is_given_away(place, step, key) and not self._is_typed(key, place, step)
        if self._is_typed(key, place, step):
            return False
        self._deliver(action, place, step)
        return True

    def acts_in_box(self, event: QKeyEvent) -> bool:
        """Whether a letter does something in the box now, instead of being written there."""
        key = pressed_key(event)
        return is_letter(key) and self._counts_in_box(key, self._window.here, self._window.step())

    def _is_typed(self, key: str, place: PlaceName, step: str) -> bool:
        """Whether a letter goes into the box here, as one of a name does."""
        return is_letter(key) and self._window.box.hasFocus() and not self._counts_in_box(key, place, step)

    def _counts_in_box(self, key: str, place: PlaceName, step: str) -> bool:
        at = (action for action in self._keys.table if key in (action.key, self._keys.key_of(action)))
        return any(_in_box(action, place, step) for action in at)

    def _deliver(self, action: Action, place: PlaceName, step: str) -> None:
        window = self._window
        if action.name in self._bound:  # a field keeps some keys from shortcuts: Ctrl+U empties it on some desktops
            self._bound[action.name]()
        elif not is_letter(action.key):
            code, held = _as_qt(action.key)
            window.offer(code, held)
        elif _in_box(action, place, step):
            window.type_letter(action.key.lower())
        else:
            window.box.clearFocus()  # there it would be a letter of a name
            window.offer(ord(action.key), Qt.KeyboardModifier.NoModifier)


def pressed_key(event: QKeyEvent) -> str:
    """The key as the table writes it: "F5", "Ctrl+D", "P"; "" for all that nobody may change."""
    key, held = int(event.key()), event.modifiers()
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F24:
        return f"F{key - Qt.Key.Key_F1 + 1}" if not held & (_COMMAND | Qt.KeyboardModifier.ShiftModifier) else ""
    if not Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        return ""
    command = held & _COMMAND
    if command == Qt.KeyboardModifier.ControlModifier:
        return "" if held & Qt.KeyboardModifier.ShiftModifier else f"Ctrl+{chr(key)}"
    return "" if command else chr(key)


def _in_box(action: Action, place: PlaceName, step: str) -> bool:
    return any(part.letters_in_box and part.counts_at(place, step) for part in action.parts)


def _as_qt(key: str) -> tuple[int, Qt.KeyboardModifier]:
    combined = QKeySequence(key)[0]
    return int(combined.key()), combined.keyboardModifiers()
