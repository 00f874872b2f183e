"""Owns what the sheet about size, motion and sounds is given. No widget, no wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.ui.sounds import Heard


@dataclass(frozen=True, slots=True)
class DisplaySurroundings:
    """What the sheet is given.

    Attributes:
        start_again: ends this window and starts it anew; None where nobody would.
        try_sound: plays one of the counter's sounds, whatever is muted.
    """

    start_again: Callable[[], None] | None = None
    try_sound: Callable[[str], Heard] = lambda _name: Heard.NO_DEVICE  # a default
