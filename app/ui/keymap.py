"""Owns which key is in force for each action: those as delivered, and those a shop has changed. No Qt, no widget.

Screens go on knowing the keys as delivered; what was pressed is turned into that before they see it (`key_dispatch`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.ui.actions import Action, all_actions, is_command, is_letter
from app.ui.screen import PlaceName

_TAKEN_BY_FIELDS = frozenset(f"Ctrl+{letter}" for letter in "ACVXY")
"""In every field of every program: select all, copy, paste, cut, redo."""

_IN_SENTENCES = re.compile(r"(?<![\w+])(?:Ctrl\+[A-Z]|F\d{1,2})(?![\w+])")


class NotAKey(StrEnum):
    """Why a key cannot be given to an action."""

    FIXED = "fixed"
    TYPES = "types"
    OF_FIELDS = "of_fields"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Taken:
    """Others have the key already, at different places; `may_swap`: all of them could have the key given up."""

    by: tuple[Action, ...]
    may_swap: bool


class KeyMap:
    """The keys in force. Main thread only."""

    def __init__(self) -> None:
        self._table: tuple[Action, ...] | None = None
        self._changed: dict[str, str] = {}
        self._heard: list[Callable[[], None]] = []

    def use(self, changed: Mapping[str, str]) -> None:
        """Put changed keys in force, by the names of actions; what is not known, no key, or given twice is left out."""
        kept = self.fitting(changed)
        if kept != self._changed:
            self._changed = kept
            for listener in self._heard:
                listener()

    def fitting(self, changed: Mapping[str, str]) -> dict[str, str]:
        """Of changed keys those that `use` would put in force."""
        kept: dict[str, str] = {}
        for name, key in changed.items():
            action = self._known(name)
            if action is not None and key != action.key and refused(action, key) is None:
                kept[name] = key
        while clash := self._clash(kept):
            del kept[clash]
        return kept

    def on_change(self, listener: Callable[[], None]) -> None:
        self._heard.append(listener)

    @property
    def changed(self) -> Mapping[str, str]:
        """By the names of actions; only those that differ from the keys as delivered."""
        return dict(self._changed)

    @property
    def table(self) -> tuple[Action, ...]:
        if self._table is None:
            self._table = all_actions()
        return self._table

    def key_of(self, action: Action) -> str:
        return self._changed.get(action.name, action.key)

    def key_named(self, name: str) -> str:
        """The key in force for the action of this name; raises KeyError if there is none."""
        action = self._known(name)
        if action is None:
            raise KeyError(name)
        return self.key_of(action)

    def meant(self, place: PlaceName, step: str, key: str) -> Action | None:
        """The action that a pressed key was given to, if it is not that action's key as delivered."""
        for action in self._changed_at(place, step):
            if self._changed[action.name] == key:
                return action
        return None

    def is_given_away(self, place: PlaceName, step: str, key: str) -> bool:
        """Whether the key does nothing any more: its action has another one."""
        return any(action.key == key for action in self._changed_at(place, step))

    def shown(self, place: PlaceName, step: str, key: str) -> str:
        """A key as delivered (or several, "M R K") as people must read it now."""
        if not self._changed:
            return key
        whole = self._in_force(place, step, key)
        return whole or " ".join(self._in_force(place, step, piece) or piece for piece in key.split(" "))

    def in_sentence(self, place: PlaceName, step: str, text: str) -> str:
        """A sentence with the keys named in it as they are now; letters alone are words and left as they are."""
        if not self._changed:
            return text
        return _IN_SENTENCES.sub(lambda found: self.shown(place, step, found.group()), text)

    def judge(self, action: Action, key: str) -> Taken | NotAKey | None:
        """Whether an action may have a key; None: yes, at once."""
        why = refused(action, key)
        if why is not None:
            return why
        by = self._holders(action, key)
        given_up = self.key_of(action)
        may_swap = all(
            refused(other, given_up) is None and not self._holders(other, given_up, but=action) for other in by
        )
        return Taken(by, may_swap) if by else None

    def with_key(self, action: Action, key: str) -> dict[str, str]:
        """The changed keys once an action has a key; who had it gets the one given up."""
        wanted = dict(self._changed)
        taken = self.judge(action, key)
        if isinstance(taken, Taken):
            wanted |= {other.name: self.key_of(action) for other in taken.by}
        wanted[action.name] = key
        return {name: each for name, each in wanted.items() if self._delivered(name) != each}

    def with_key_as_delivered(self, action: Action) -> dict[str, str]:
        """As `with_key`, with the key the action was delivered with."""
        return self.with_key(action, action.key)

    # --- inside ---

    def _known(self, name: str) -> Action | None:
        return next((action for action in self.table if action.name == name), None)

    def _delivered(self, name: str) -> str:
        action = self._known(name)
        return action.key if action is not None else ""

    def _changed_at(self, place: PlaceName, step: str) -> list[Action]:
        if not self._changed:
            return []
        return [action for action in self.table if action.name in self._changed and action.counts_at(place, step)]

    def _in_force(self, place: PlaceName, step: str, key: str) -> str:
        """What is painted may belong to another step of the place: then that one's, if there is but one."""
        here = [action for action in self.table if action.key == key and action.counts_at(place, step)]
        if not here:
            at_place = {part.name: part for action in self.table for part in action.parts if part.place is place}
            here = [a for a in self.table if a.key == key and any(part.name in at_place for part in a.parts)]
        if not here and is_command(key):  # a sentence may lead to another place
            here = [action for action in self.table if action.key == key]
        keys = {self.key_of(action) for action in here}
        return keys.pop() if len(keys) == 1 else ""

    def _holders(self, action: Action, key: str, but: Action | None = None) -> tuple[Action, ...]:
        """Who else has a key where an action counts."""
        names = {action.name, but.name if but is not None else ""}
        others = (other for other in self.table if other.name not in names)
        return tuple(other for other in others if self.key_of(other) == key and other.meets(action))

    def _clash(self, changed: Mapping[str, str]) -> str:
        """A changed action whose key somebody else has where it counts, "" for none."""
        in_force = [(action, changed.get(action.name, action.key)) for action in self.table]
        for name, key in changed.items():
            mine = self._known(name)
            for other, its_key in in_force:
                if mine is not None and other is not mine and its_key == key and other.meets(mine):
                    return name
        return ""


def refused(action: Action, key: str) -> NotAKey | None:
    """Why a key cannot be this action's, whoever has it now; None if it can."""
    if not action.may_change:
        return NotAKey.FIXED
    if key in _TAKEN_BY_FIELDS:
        return NotAKey.OF_FIELDS
    if is_command(key):
        return None
    if is_letter(key):
        return None if is_letter(action.key) else NotAKey.TYPES
    return NotAKey.TYPES if len(key) == 1 else NotAKey.OTHER
