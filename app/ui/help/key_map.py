"""Owns the map of keys that people read: by part of a place, each key in force with what it does. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from app.i18n import tr
from app.ui.actions import EVERYWHERE, PARTS, Part
from app.ui.keymap import KeyMap
from app.ui.screen import PlaceName

Block = tuple[str, Sequence[tuple[str, str]]]
"""Where, and each key with its words."""


def key_blocks(keys: KeyMap) -> list[Block]:
    """The whole map, in the order of the table."""
    return _blocks(keys, PARTS)


def blocks_of(keys: KeyMap, place: PlaceName, step: str) -> list[Block]:
    """The parts of one place, what counts now first; what counts on every screen last."""
    parts = [part for part in PARTS if part.place is place]
    parts.sort(key=lambda part: not part.counts_at(place, step))
    return _blocks(keys, (*parts, EVERYWHERE))


def _blocks(keys: KeyMap, parts: Sequence[Part]) -> list[Block]:
    made = []
    for part in parts:
        rows = [(keys.key_of(action), tr(action.words)) for action in keys.table if part in action.parts]
        if rows:
            made.append((tr(part.words), rows))
    return made
