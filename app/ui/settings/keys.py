"""Owns the changing of keys: which action is asked about, what the pressed key would do, swaps, files. No widget, no
wording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from app.settings import KeySettings, SettingsError, load_keys, save_keys
from app.ui.actions import Action
from app.ui.keymap import KeyMap, NotAKey, Taken
from app.ui.task_runner import Lane, Runner


class KeysSaid(StrEnum):
    """What the sheet has to say besides why a key cannot be had; worded in `keys_words`."""

    CHANGED = "changed"
    SWAPPED = "swapped"
    AS_DELIVERED = "as_delivered"
    ALL_AS_DELIVERED = "all_as_delivered"
    EXPORTED = "exported"
    IMPORTED = "imported"
    IMPORTED_IN_PART = "imported_in_part"
    NONE_FITS = "none_fits"
    PRINTED = "printed"
    NOT_WRITTEN = "not_written"


@dataclass(frozen=True, slots=True)
class KeysSurroundings:
    """What the sheet is given.

    Attributes:
        keys: those in force.
        runner: files are read and written in its lanes.
        write_map: writes the map of the keys in force as PDF; raises OSError; called in a lane.
    """

    keys: KeyMap
    runner: Runner
    write_map: Callable[[Path, KeyMap], None]


@dataclass(frozen=True, slots=True)
class KeysState:
    """All that the sheet shows.

    Attributes:
        chosen: name of the action whose row is selected.
        asking: the next key pressed is for it.
        wish: the key pressed, where `answer` has something against it.
        answer: why it cannot be had, or who has it.
        said: what was done, or why a file cannot be used.
    """

    chosen: str = ""
    asking: bool = False
    wish: str = ""
    answer: Taken | NotAKey | None = None
    said: KeysSaid | SettingsError | None = None
    detail: str = ""


class KeysView(Protocol):
    """What the presenter shows itself with."""

    def show_keys(self, state: KeysState) -> None: ...


SaveKeys = Callable[[tuple[KeySettings, ...]], None]
"""Keeps changed keys and puts them in force, with leave; nothing happens without it."""


class KeysPresenter:
    """One action at a time."""

    def __init__(self, around: KeysSurroundings, view: KeysView, save: SaveKeys) -> None:
        self._around = around
        self._view = view
        self._save = save
        self.state = KeysState()

    @property
    def actions(self) -> tuple[Action, ...]:
        """What may be changed, in the order of the table."""
        return tuple(action for action in self._around.keys.table if action.may_change)

    def action(self, name: str) -> Action | None:
        return next((action for action in self._around.keys.table if action.name == name), None)

    def choose(self, name: str) -> None:
        self._change(chosen=name, asking=False, wish="", answer=None, said=None)

    def ask(self, name: str = "") -> None:
        """The next key pressed is for this action, or for the one chosen."""
        chosen = name or self.state.chosen
        if self.action(chosen) is not None:
            self._change(chosen=chosen, asking=True, wish="", answer=None, said=None)

    def stop(self) -> bool:
        """Leave the key as it is; False if none was asked for."""
        was = self.state.asking
        self._change(asking=False, wish="", answer=None)
        return was

    def pressed(self, key: str) -> None:
        """The key wished, as the table writes it."""
        action, keys = self.action(self.state.chosen), self._around.keys
        if action is None or not self.state.asking:
            return
        answer = keys.judge(action, key) if key != keys.key_of(action) else None
        if answer is not None:
            self._change(wish=key, answer=answer)
            return
        self._keep(keys.with_key(action, key), KeysSaid.CHANGED)

    def swap(self) -> None:
        """The action gets the key wished, who had it the one given up."""
        action, answer = self.action(self.state.chosen), self.state.answer
        if action is not None and isinstance(answer, Taken) and answer.may_swap:
            self._keep(self._around.keys.with_key(action, self.state.wish), KeysSaid.SWAPPED)

    def as_delivered(self) -> None:
        """The chosen action's key as delivered; who has it meanwhile must be able to swap."""
        action, keys = self.action(self.state.chosen), self._around.keys
        if action is None or keys.key_of(action) == action.key:
            return
        answer = keys.judge(action, action.key)
        if isinstance(answer, Taken) and not answer.may_swap:
            self._change(asking=True, wish=action.key, answer=answer, said=None)
            return
        self._keep(keys.with_key_as_delivered(action), KeysSaid.AS_DELIVERED)

    def all_as_delivered(self) -> None:
        self._keep({}, KeysSaid.ALL_AS_DELIVERED)

    # --- files ---

    def export_to(self, path: Path) -> None:
        keys = _as_settings(self._around.keys.changed)
        self._write(path, lambda: save_keys(path, keys), KeysSaid.EXPORTED)

    def print_to(self, path: Path) -> None:
        """The one-page map of the keys in force."""
        keys = self._around.keys
        self._write(path, lambda: self._around.write_map(path, keys), KeysSaid.PRINTED)

    def import_from(self, path: Path) -> None:
        """Put the keys of a file in force in place of those there are."""

        def work() -> tuple[KeySettings, ...] | SettingsError:
            try:
                return load_keys(path)
            except SettingsError as error:
                return error

        def came(read: tuple[KeySettings, ...] | SettingsError) -> None:
            if isinstance(read, SettingsError):
                self._change(said=read, detail=str(path), asking=False, answer=None)
            else:
                self._take({each.action: each.key for each in read}, path)

        self._around.runner.run(Lane.BOOKS, work, came)

    def _write(self, path: Path, write: Callable[[], None], said: KeysSaid) -> None:
        def work() -> KeysSaid:
            try:
                write()
            except (OSError, SettingsError):
                return KeysSaid.NOT_WRITTEN
            return said

        self._around.runner.run(Lane.BOOKS, work, lambda told: self._change(said=told, detail=str(path)))

    # --- inside ---

    def _take(self, passed_on: Mapping[str, str], path: Path) -> None:
        fitting = self._around.keys.fitting(passed_on)
        if passed_on and not fitting:
            self._change(said=KeysSaid.NONE_FITS, detail=str(path), asking=False, answer=None)
        else:
            self._keep(fitting, KeysSaid.IMPORTED if fitting == passed_on else KeysSaid.IMPORTED_IN_PART)

    def _keep(self, changed: Mapping[str, str], said: KeysSaid) -> None:
        keys = self._around.keys
        before = keys.changed
        self._save(_as_settings(changed))
        in_force = keys.changed
        if in_force == before and in_force != changed:  # no leave, or not kept: the settings' own notice says why
            self._change(asking=False, wish="", answer=None)
            return
        action = self.action(self.state.chosen)
        self._change(
            asking=False,
            wish="",
            answer=None,
            said=said,
            detail=keys.key_of(action) if action is not None else "",
        )

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_keys(self.state)


def _as_settings(changed: Mapping[str, str]) -> tuple[KeySettings, ...]:
    return tuple(KeySettings(action, key) for action, key in sorted(changed.items()))
