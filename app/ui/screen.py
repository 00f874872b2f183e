"""Owns the contract between the window and its screens: what a screen offers, what the window offers in return.

No screen knows another or the window itself; the window knows screens only by what is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from app.i18n import tr
from app.ui.style.tokens import Role

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget

    from app.usecases.ports import Touched


class PlaceName(StrEnum):
    """The places of the rail."""

    PICKUP = "pickup"
    SALE = "sale"
    STOCK = "stock"
    OUTBOX = "outbox"
    CLOSING = "closing"
    BOOKS = "books"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the rail, drawn before its screen exists. `key` as Qt writes it."""

    name: PlaceName
    icon: str
    key: str


PLACES = (
    Place(PlaceName.PICKUP, "package-check", "F2"),
    Place(PlaceName.SALE, "shopping-basket", "F3"),
    Place(PlaceName.STOCK, "boxes", "F4"),
    Place(PlaceName.OUTBOX, "send", "F8"),
    Place(PlaceName.CLOSING, "banknote", "F10"),
    Place(PlaceName.BOOKS, "archive", "Ctrl+R"),
    Place(PlaceName.SETTINGS, "settings", "F9"),
)


def title_of(place: PlaceName) -> str:
    """The place's name in the language spoken."""
    return {
        PlaceName.PICKUP: tr("Pickup"),
        PlaceName.SALE: tr("Sale"),
        PlaceName.STOCK: tr("Stock"),
        PlaceName.OUTBOX: tr("Outbox"),
        PlaceName.CLOSING: tr("Closing"),
        PlaceName.BOOKS: tr("Records"),
        PlaceName.SETTINGS: tr("Settings"),
    }[place]


@dataclass(frozen=True, slots=True)
class KeyHint:
    """One key as delivered and what it does here, for the foot of the window; both in the language spoken."""

    key: str
    does: str


class How(StrEnum):
    """Where an input came from."""

    SCAN = "scan"
    TYPED = "typed"
    IMAGE = "image"


class Screen:
    """One screen: built when first visited, called on the main thread only. What is not overridden does nothing."""

    def widget(self) -> QWidget:
        """The one widget, made once."""
        raise NotImplementedError

    def activate(self) -> None:
        """It has just been shown: refresh what may be stale, put the focus where work begins."""

    def refresh(self, touched: Touched) -> None:
        """Something was committed (every built screen hears it): reload if concerned, keep selection and scroll."""

    def take_input(self, text: str, how: str) -> bool:
        """Enter in the one box (`text` may be "") or a scan. True if dealt with; the box is then emptied."""
        return False

    def typed(self, text: str) -> bool:
        """A person changed the box's text. True if it was used up at once; the box is then emptied."""
        return False

    def preview(self, text: str) -> str:
        """What Enter would do with the box's text, in words; "" if nothing. Called at each key: no look-up here."""
        return ""

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """A key that types nothing into the box. True if used up.

        While the box has the focus: arrows up and down, page keys, Esc, F-keys of no place; when it is empty also Ctrl
        with a letter, Del, `+`, `-`, `*`. While nothing that takes text has it: every key, before it goes to the box.
        """
        return False

    def placeholder(self) -> str:
        """What the empty box says one can enter here."""
        return ""

    def hints(self) -> Sequence[KeyHint]:
        """The keys that count now, most used first."""
        return ()

    def step(self) -> str:
        """Where in its work it is, by a word of `app.ui.actions`: the same key does other things at other steps."""
        return ""

    def topic(self) -> str:
        """The chapter of the guide that helps with what is in view, "" for the chapter of the place."""
        return ""

    def build_in_steps(self) -> Iterator[None]:
        """Make what is not needed until somebody looks at it, a piece at a time, while nobody waits."""
        return iter(())

    def leave_corner(self, height_px: int) -> bool:
        """A small sheet wants to stand at the lower left: leave it this height there (0: no longer). False if there is
        no room for it now; asked again whenever the hints change."""
        return True

    def close(self) -> None:
        """The window is going: stop timers, forget tasks."""


class Shell(Protocol):
    """What the window offers to screens. Given to views (and as plain callables to presenters), never the window."""

    def show_notice(
        self, text: str, role: Role = Role.INFO, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        """One sentence under the top bar, with at most one button; no modal box. Replaces the one before."""

    def clear_notice(self) -> None: ...
    def go_to(self, place: PlaceName) -> None: ...
    def focus_box(self, text: str | None = None) -> None:
        """Put the focus into the one box; with `text`, replace its content."""

    def clear_box(self) -> None:
        """Empty the one box; the focus stays where it is."""

    def set_count(self, place: PlaceName, count: int, role: Role = Role.PRIMARY) -> None:
        """How many things wait at a place, beside its icon on the rail; 0 shows nothing."""

    def hints_changed(self) -> None:
        """Ask again for `hints()`, `placeholder()` and `preview()`."""

    def play(self, sound: str) -> None:
        """A short sound of `resources/sounds` by name; silence if there is no sound device."""
