"""The table of actions says what the screens do: every hint and every key on a button is in it, and nothing else is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut

from app.ui.actions import PARTS, Action, actions_at, all_actions
from app.ui.components.buttons import ActionButton
from app.ui.screen import PLACES, PlaceName
from tests.ui.key_walk import stops_at_pickup, stops_of
from tests.ui.till import open_till

DIGITS = frozenset("0123456789")
IN_BETWEEN = {"sale settling"}
"""Steps nobody can stop at."""

NOT_ON_THE_WAY = {
    "books.back": "out of a correction of a closure: test_books_screen",
    "closing.count.cards": "shown while there is one: test_closing_screen",
    "closing.count.parked": "shown while there is one: test_closing_screen",
    "pickup.card.e-mail": "only where this till makes the codes: test_customer_codes",
    "pickup.card.slip": "only where this till makes the codes: test_customer_codes",
    "sale.weigh.take": "only with a scale: test_line_devices",
    "settings.undo": "only once something was changed: test_stock_outbox_settings",
    "stock.article.undo": "only once something was recorded: test_stock_presenter",
    "tickets.means.cash": "only for what was not paid in cash: test_returns_screen",
    "guide.back": "only while somebody is led: tests/ui/first_run",
    "guide.step-back": "only in the practice shop: tests/ui/test_practice",
    "guide.leave-out": "only in the practice shop: tests/ui/test_practice",
    "guide.paper": "only in the practice shop: tests/ui/test_practice",
    "everywhere.picture": "bound where pictures are read: test_paper_and_pictures",
}


class Seen:
    """What was met on the way: the keys offered at each step, and those that nothing in the table stands for."""

    def __init__(self) -> None:
        self.table = all_actions()
        self.steps: set[str] = set()
        self.offered: set[str] = set()
        self.unknown: set[str] = set()

    def look(self, window, stop) -> None:
        self.steps.add(f"{stop[0]} {stop[1]}")
        for hint in window.screen(stop[0]).hints():
            self._note(hint.key, stop)
        for button in window.findChildren(ActionButton):
            if button.isVisible() and button.isEnabled() and button.key and button.key[-1] not in DIGITS:
                self._note(button.key, stop)
        for shortcut in window.findChildren(QShortcut):
            self._note(shortcut.key().toString(), stop)
        self._press_what_harms_nothing(window, stop)

    def _note(self, key: str, stop) -> None:
        found = self._named(key, stop)
        for piece in (key,) if found else tuple(key.split(" ")):
            named = found or self._named(piece, stop)
            if not named:
                self.unknown.add(f"{stop[0]} {stop[1]}: {key}")
            self.offered |= {action.name for action in named}

    def _named(self, key: str, stop) -> list[Action]:
        return [action for action in actions_at(self.table, *stop) if action.key == key]

    def _press_what_harms_nothing(self, window, stop) -> None:
        """Paging is hinted nowhere. At an order's card it would leave for another order."""
        if stop[0] is PlaceName.PICKUP and stop[1] != "list":
            return
        plain, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
        keys = {
            "PgUp PgDn": (Qt.Key.Key_PageUp, plain),
            "Ctrl+PgUp": (Qt.Key.Key_PageUp, control),
            "Ctrl+PgDn": (Qt.Key.Key_PageDown, control),
            "F12": (Qt.Key.Key_F12, plain),
            "↑ ↓": (Qt.Key.Key_Down, plain),
        }
        harmless_at_sale = ("F12", "↑ ↓")
        for key, pressed in keys.items():
            for action in self._named(key, stop):
                if (key not in harmless_at_sale or stop[1] == "sell") and window.screen(stop[0]).key_pressed(*pressed):
                    self.offered.add(action.name)


def test_what_the_screens_offer_is_what_stands_in_the_table(qtbot, look, shop) -> None:
    seen = Seen()
    for stop in stops_at_pickup(shop):
        seen.look(shop.window, stop)
    with open_till(qtbot, look, PlaceName.SALE) as till:
        for stop in stops_of(till):
            seen.look(till.window, stop)
    in_table = {f"{part.place} {step}" for part in PARTS for step in part.steps}
    assert in_table - seen.steps == IN_BETWEEN
    assert not seen.unknown
    assert {action.name for action in seen.table} - seen.offered == NOT_ON_THE_WAY.keys()


def test_the_rail_and_the_table_call_the_same_keys() -> None:
    keys = {action.name: action.key for action in all_actions()}
    assert all(keys[f"everywhere.{place.name}"] == place.key for place in PLACES)


def test_no_key_is_given_twice_where_it_counts() -> None:
    table = [action for action in all_actions() if action.may_change]
    twice = [
        f"{one.name} and {other.name}: {one.key}"
        for place, one in enumerate(table)
        for other in table[place + 1 :]
        if one.key == other.key and one.meets(other)
    ]
    assert not twice


def test_no_name_stands_twice() -> None:
    names = [action.name for action in all_actions()]
    assert len(names) == len(set(names))
