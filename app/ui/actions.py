"""Owns the one table of what a key does: each action, its words, its key as delivered, and where it counts.

Foot, help, settings and the printed map read it. It does nothing itself: the window and its screens do. No Qt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.i18n import msgid, tr
from app.ui.screen import PlaceName


@dataclass(frozen=True, slots=True)
class Part:
    """Where keys count.

    Attributes:
        place: None on every screen.
        steps: what the screen's `step()` says there; none for every step of the place.
        letters_in_box: letters count while the one box has the focus; else only while it has not.
        fixed: its keys are those delivered.
    """

    name: str
    place: PlaceName | None
    words: str
    steps: tuple[str, ...] = ()
    letters_in_box: bool = False
    fixed: bool = False

    def counts_at(self, place: PlaceName, step: str) -> bool:
        return self.place is None or (self.place is place and (not self.steps or step in self.steps))

    def meets(self, other: Part) -> bool:
        """Whether both can count at one moment."""
        if self.place is None or other.place is None:
            return True
        shared = not self.steps or not other.steps or bool(set(self.steps) & set(other.steps))
        return self.place is other.place and shared


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does.

    Attributes:
        name: kept in the settings with a changed key; never reused for something else.
        words: in English; `tr` them to show them.
        key: as delivered and as hints show it in the language spoken ("F5", "Ctrl+D", "C", "Entrée", "↑ ↓").
        parts: where it counts.
    """

    name: str
    words: str
    key: str
    parts: tuple[Part, ...]

    @property
    def may_change(self) -> bool:
        """Function keys, Ctrl with a letter, and letters that type nothing where they count."""
        return (is_letter(self.key) or is_command(self.key)) and not any(part.fixed for part in self.parts)

    def counts_at(self, place: PlaceName, step: str) -> bool:
        return any(part.counts_at(place, step) for part in self.parts)

    def meets(self, other: Action) -> bool:
        """Whether one key cannot be given to both."""
        return any(mine.meets(theirs) for mine in self.parts for theirs in other.parts)


def is_letter(key: str) -> bool:
    return len(key) == 1 and "A" <= key <= "Z"


def is_command(key: str) -> bool:
    """A function key or Ctrl with a letter: neither types anything anywhere."""
    if key.startswith("F") and key.isascii() and key[1:].isdecimal():
        return 1 <= int(key[1:]) <= 24 and key[1] != "0"
    return key.startswith("Ctrl+") and is_letter(key.removeprefix("Ctrl+"))


_SALE_STEPS = (
    *("sell", "weigh", "rate", "discount", "reason", "age", "pay"),
    *("confirm", "doubt", "settling", "paid"),
)
_TICKET_STEPS = ("tickets-list", "tickets-ticket", "tickets-reason", "tickets-means")
_CARD_STEPS = ("look", "line", "measure", "replace", "shelve", "reason", "age")
_PICKUP, _SALE, _OUTBOX, _CLOSING = PlaceName.PICKUP, PlaceName.SALE, PlaceName.OUTBOX, PlaceName.CLOSING

EVERYWHERE = Part("everywhere", None, msgid("On every screen"))
PARTS = (
    EVERYWHERE,
    Part("guide", None, msgid("While sentences lead you"), fixed=True),
    Part("pickup", _PICKUP, msgid("Pickup")),
    Part("pickup.card", _PICKUP, msgid("Pickup, an order’s card"), ("look",)),
    Part("pickup.line", _PICKUP, msgid("Pickup, a line of the order"), ("line",)),
    Part("pickup.age", _PICKUP, msgid("Pickup, proof of age"), ("age",)),
    Part("pickup.form", _PICKUP, msgid("Pickup, a field to fill in"), ("measure", "replace", "shelve", "reason")),
    Part("sale", _SALE, msgid("Sale"), _SALE_STEPS),
    Part("sale.basket", _SALE, msgid("Sale, the basket"), ("sell",)),
    Part("sale.weigh", _SALE, msgid("Sale, a weight"), ("weigh",), letters_in_box=True),
    Part("sale.rate", _SALE, msgid("Sale, VAT of an open price"), ("rate",), letters_in_box=True),
    Part("sale.discount", _SALE, msgid("Sale, a discount"), ("discount",), letters_in_box=True),
    Part("sale.reason", _SALE, msgid("Sale, a reason"), ("reason",)),
    Part("sale.question", _SALE, msgid("Sale, a question"), ("age", "doubt"), letters_in_box=True),
    Part("sale.pay", _SALE, msgid("Sale, paying"), ("pay",), letters_in_box=True),
    Part("sale.confirm", _SALE, msgid("Sale, was it paid?"), ("confirm",), letters_in_box=True),
    Part("sale.paid", _SALE, msgid("Sale, paid"), ("paid",), letters_in_box=True),
    Part("tiles", _SALE, msgid("Arranging the tiles"), ("tiles",)),
    Part("tiles.name", _SALE, msgid("Naming a page of tiles"), ("tiles-name",)),
    Part("tickets", _SALE, msgid("Tickets, returns"), _TICKET_STEPS),
    Part("tickets.list", _SALE, msgid("Tickets, the list"), ("tickets-list",)),
    Part("tickets.ticket", _SALE, msgid("Tickets, one ticket"), ("tickets-ticket",), letters_in_box=True),
    Part("tickets.means", _SALE, msgid("Tickets, the right payment"), ("tickets-means",), letters_in_box=True),
    Part("stock", PlaceName.STOCK, msgid("Stock")),
    Part("stock.list", PlaceName.STOCK, msgid("Stock, the list"), ("list",)),
    Part("stock.article", PlaceName.STOCK, msgid("Stock, an article"), ("article",)),
    Part("outbox", _OUTBOX, msgid("Outbox"), letters_in_box=True),
    Part("outbox.lists", _OUTBOX, msgid("Outbox, the lists"), ("to_send", "refused", "disagreements", "prints")),
    Part("outbox.asking", _OUTBOX, msgid("Outbox, before it is done"), ("asking",)),
    Part("outbox.refused", _OUTBOX, msgid("Outbox, refused"), ("refused",), letters_in_box=True),
    Part("outbox.settled", _OUTBOX, msgid("Outbox, disagreements"), ("disagreements",), letters_in_box=True),
    Part("outbox.prints", _OUTBOX, msgid("Outbox, printing"), ("prints",), letters_in_box=True),
    Part("outbox.comparison", _OUTBOX, msgid("Outbox, comparison"), ("comparison",), letters_in_box=True),
    Part("outbox.rescue", _OUTBOX, msgid("Outbox, rescue"), ("rescue",), letters_in_box=True),
    Part("closing.count", _CLOSING, msgid("Closing, the count"), ("count",)),
    Part("closing.check", _CLOSING, msgid("Closing, the check"), ("check",)),
    Part("closing.done", _CLOSING, msgid("Closing, done"), ("done",)),
    Part("closing.drawer", _CLOSING, msgid("Closing, the drawer"), ("drawer",)),
    Part("closing.report", _CLOSING, msgid("Closing, report X"), ("report",)),
    Part("books", PlaceName.BOOKS, msgid("Records")),
    Part("settings", PlaceName.SETTINGS, msgid("Settings")),
)
"""All parts, in the order in which people are shown them."""

# part, name within it, key as delivered, words; more parts after a comma
_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("everywhere", "pickup", "F2", msgid("Pickup")),
    ("everywhere", "sale", "F3", msgid("Sale")),
    ("everywhere", "stock", "F4", msgid("Stock")),
    ("everywhere", "outbox", "F8", msgid("Outbox")),
    ("everywhere", "closing", "F10", msgid("Closing")),
    ("everywhere", "books", "Ctrl+R", msgid("Records")),
    ("everywhere", "settings", "F9", msgid("Settings")),
    ("everywhere", "help", "F1", msgid("Help")),
    ("everywhere", "camera", "F6", msgid("Camera")),
    ("everywhere", "paper", "F7", msgid("Paper")),
    ("everywhere", "picture", "Ctrl+O", msgid("Picture of the customer's code")),
    ("everywhere", "operator", "Ctrl+L", msgid("Somebody else")),
    ("everywhere", "box", "Ctrl+K", msgid("The one box")),
    ("guide", "step-back", "Alt+PgUp", msgid("Step back")),
    ("guide", "leave-out", "Alt+PgDown", msgid("Leave out")),
    ("guide", "paper", "Ctrl+J", msgid("Put paper in")),
    ("guide", "back", "Ctrl+G", msgid("Back to where they began")),
    ("pickup", "choose", "↑ ↓", msgid("choose an order")),
    ("pickup", "page", "PgUp PgDn", msgid("eight orders on")),
    ("pickup", "undo", "Ctrl+Z", msgid("undo")),
    ("pickup", "market-sheet", "Ctrl+P", msgid("market sheet")),
    ("pickup", "basket", "F5", msgid("back to the basket")),
    ("pickup", "back", "Esc", msgid("back")),
    ("pickup.card", "act", "Enter", msgid("what the button says: hand over, take the payment, it is ready")),
    ("pickup.card", "line", "1-9", msgid("a line")),
    ("pickup.card", "print", "P", msgid("print")),
    ("pickup.card", "labels", "L", msgid("bag labels")),
    ("pickup.card", "slip", "B", msgid("pickup slip")),
    ("pickup.card", "e-mail", "E", msgid("e-mail with the code")),
    ("pickup.card", "anyway", "A", msgid("Hand over anyway")),
    ("pickup.line", "missing", "M", msgid("Missing")),
    ("pickup.line", "replaced", "R", msgid("Replaced")),
    ("pickup.line", "weighed", "K", msgid("Weighed")),
    ("pickup.line", "refused", "X", msgid("Refused")),
    ("pickup.line", "to-follow", "S", msgid("To follow")),
    ("pickup.age", "yes", "Y", msgid("Yes, checked")),
    ("pickup.age", "no", "N", msgid("No")),
    ("pickup.form", "confirm", "Enter", msgid("confirm")),
    ("sale", "pay", "F12", msgid("Take payment")),
    ("sale,tickets", "tickets", "F11", msgid("Tickets, returns")),
    ("sale", "park", "F5", msgid("Park, or take back")),
    ("sale,tiles", "undo", "Ctrl+Z", msgid("Undo")),
    ("sale", "discount", "Ctrl+D", msgid("Discount")),
    ("sale", "cards", "Ctrl+B", msgid("Card payments in doubt")),
    ("sale,tiles", "tiles", "Ctrl+T", msgid("Arrange the tiles")),
    ("sale,tiles", "tile-page", "Ctrl+PgDn", msgid("Next page")),
    ("sale,tiles", "tile-page-before", "Ctrl+PgUp", msgid("Page before")),
    ("sale", "back", "Esc", msgid("Back")),
    ("sale.basket", "enter", "Enter", msgid("Take payment")),
    ("sale.basket", "choose", "↑ ↓", msgid("Choose")),
    ("sale.basket", "line", "PgUp PgDn", msgid("Another line of the basket")),
    ("sale.basket", "quantity-before", "3*", msgid("Quantity before")),
    ("sale.basket", "quantity", "*3", msgid("Other quantity")),
    ("sale.basket", "one-more", "+", msgid("One more")),
    ("sale.basket", "one-less", "−", msgid("One less")),
    ("sale.basket", "take-out", "Del", msgid("Take out")),
    ("sale.basket", "tile", "/7", msgid("Seventh tile")),
    ("sale.weigh", "take", "P", msgid("Take what the scale says")),
    ("sale.rate", "take", "Enter", msgid("Take it")),
    ("sale.rate", "next", "/", msgid("Next rate")),
    ("sale.rate", "20", "A", msgid("20 %")),
    ("sale.rate", "10", "B", msgid("10 %")),
    ("sale.rate", "5.5", "C", msgid("5.5 %")),
    ("sale.rate", "2.1", "D", msgid("2.1 %")),
    ("sale.rate", "0", "E", msgid("0 %")),
    ("sale.discount", "take", "Enter", msgid("Take off")),
    ("sale.discount", "ticket", "T", msgid("Whole ticket")),
    ("sale.discount", "line", "L", msgid("This line")),
    ("sale.reason", "reason", "1-9", msgid("Reason")),
    ("sale.reason", "first", "Enter", msgid("The first one")),
    ("sale.question", "yes", "Y", msgid("Yes")),
    ("sale.question", "no", "N", msgid("No")),
    ("sale.pay", "cash", "Enter", msgid("Exact cash")),
    ("sale.pay", "card", "C", msgid("Card")),
    ("sale.pay", "cheque", "H", msgid("Cheque")),
    ("sale.pay", "meal-voucher", "T", msgid("Meal voucher")),
    ("sale.pay", "voucher", "G", msgid("Voucher")),
    ("sale.pay", "account", "A", msgid("On account")),
    ("sale.pay", "ticket", "P", msgid("Ticket")),
    ("sale.pay", "take-back", "Del", msgid("Take a payment back")),
    ("sale.confirm", "received", "Enter", msgid("Received")),
    ("sale.confirm", "refused", "X", msgid("Refused")),
    ("sale.confirm", "unknown", "N", msgid("Not known")),
    ("sale.paid", "print", "P", msgid("Print the ticket")),
    ("sale.paid", "phone", "T", msgid("Ticket on the phone")),
    ("sale.paid", "other-language", "E", msgid("Ticket in English or French")),
    ("sale.paid", "gift", "G", msgid("Gift receipt")),
    ("tiles", "move", "← ↑ ↓ →", msgid("Choose, or move the tile lifted")),
    ("tiles", "lift", "Enter", msgid("Lift, put down")),
    ("tiles,tiles.name", "take-out", "Del", msgid("Take out")),
    ("tiles", "new-page", "Ctrl+N", msgid("New page")),
    ("tiles", "rename", "Ctrl+M", msgid("Rename")),
    ("tiles", "done", "Esc", msgid("Done")),
    ("tiles.name", "take", "Enter", msgid("Take this name")),
    ("tiles.name", "back", "Esc", msgid("Back")),
    ("tickets", "without", "Ctrl+S", msgid("Return without ticket")),
    ("tickets", "training", "Ctrl+E", msgid("Training")),
    ("tickets", "back", "Esc", msgid("Back")),
    ("tickets", "choose", "↑ ↓", msgid("Choose")),
    ("tickets.list", "show", "Enter", msgid("Show the ticket")),
    ("tickets.ticket", "line", "1-9", msgid("Lines")),
    ("tickets.ticket", "one-more", "+", msgid("One more")),
    ("tickets.ticket", "one-less", "−", msgid("One less")),
    ("tickets.ticket", "take-back", "Enter", msgid("Take back")),
    ("tickets.ticket", "all", "T", msgid("The whole ticket")),
    ("tickets.ticket", "broken", "B", msgid("Not for sale again")),
    ("tickets.ticket", "cancel", "X", msgid("Cancel the ticket")),
    ("tickets.ticket", "correct", "C", msgid("Cancel and sell again")),
    ("tickets.ticket", "means", "M", msgid("Other payment")),
    ("tickets.ticket", "print", "P", msgid("Print again")),
    ("tickets.ticket", "gift", "G", msgid("Gift receipt")),
    ("tickets.means", "cash", "E", msgid("Cash")),
    ("tickets.means", "card", "C", msgid("Card")),
    ("tickets.means", "cheque", "H", msgid("Cheque")),
    ("tickets.means", "meal-voucher", "T", msgid("Meal voucher")),
    ("tickets.means", "voucher", "G", msgid("Voucher")),
    ("tickets.means", "account", "A", msgid("On account")),
    ("stock", "choose", "↑ ↓", msgid("Choose")),
    ("stock", "page", "PgUp PgDn", msgid("Eight articles on")),
    ("stock", "labels", "Ctrl+P", msgid("Shelf labels")),
    ("stock", "back", "Esc", msgid("Back")),
    ("stock.list", "open", "Enter", msgid("Open")),
    ("stock.article", "goods-in", "24 Enter", msgid("Goods in")),
    ("stock.article", "counted", "=18 Enter", msgid("Counted")),
    ("stock.article", "loss", "-2 Enter", msgid("Loss")),
    ("stock.article", "undo", "Ctrl+Z", msgid("Undo")),
    ("stock.article", "fields", "Tab", msgid("Place, note")),
    ("outbox", "lists", "1-6", msgid("Lists")),
    ("outbox", "sync", "S", msgid("Exchange now")),
    ("outbox.lists", "choose", "↑ ↓", msgid("Choose")),
    ("outbox.asking", "do", "Enter", msgid("Do it")),
    ("outbox.asking", "back", "Esc", msgid("Not yet")),
    ("outbox.refused", "again", "R", msgid("Send again")),
    ("outbox.refused", "correct", "C", msgid("Correct…")),
    ("outbox.refused", "aside", "A", msgid("Set aside…")),
    ("outbox.refused,outbox.settled,outbox.asking", "settled", "T", msgid("Show what has been dealt with")),
    ("outbox.settled", "answer-1", "E", msgid("The first answer")),
    ("outbox.settled", "answer-2", "F", msgid("The second answer")),
    ("outbox.settled", "answer-3", "G", msgid("The third answer")),
    ("outbox.settled", "again", "R", msgid("Ask for it again")),
    ("outbox.prints", "again", "I", msgid("Print again")),
    ("outbox.prints", "not", "X", msgid("Do not print")),
    ("outbox.prints", "was-printed", "Y", msgid("It was printed")),
    ("outbox.comparison", "compare", "C", msgid("Compare now")),
    ("outbox.rescue", "write", "K", msgid("Save onto a stick…")),
    ("outbox.rescue", "read", "L", msgid("Read a rescue file…")),
    ("closing.count", "next", "Tab +", msgid("Next")),
    ("closing.count", "counted", "Enter", msgid("Everything is counted")),
    ("closing.count", "skip", "S", msgid("Skip count")),
    ("closing.count", "drawer", "D", msgid("Drawer")),
    ("closing.count", "report", "X", msgid("Report X")),
    ("closing.count", "parked", "P", msgid("Parked baskets")),
    ("closing.count", "orders", "R", msgid("Orders not fetched")),
    ("closing.count", "cards", "B", msgid("Card payments in doubt")),
    ("closing.count", "to-send", "E", msgid("What waits to be sent")),
    ("closing.count", "to-print", "I", msgid("What waits to be printed")),
    ("closing.check", "close", "Enter", msgid("Close the day")),
    ("closing.check", "next", "Tab", msgid("Next field")),
    ("closing.check", "back", "Esc", msgid("Count again")),
    ("closing.check,closing.done,closing.drawer,closing.report", "page", "PgUp PgDn", msgid("Turn the figures")),
    ("closing.done", "on", "Enter", msgid("Back to the sale")),
    ("closing.done", "again", "Z", msgid("Print the Z again")),
    ("closing.drawer", "record", "Enter", msgid("Record")),
    ("closing.drawer", "next", "Tab", msgid("Next field")),
    ("closing.drawer", "back", "Esc", msgid("Back")),
    ("closing.report", "print", "Enter", msgid("Print")),
    ("closing.report", "back", "Esc", msgid("Back")),
    ("books", "choose", "↑ ↓", msgid("Choose")),
    ("books", "fields", "Tab", msgid("Into the fields")),
    ("books", "back", "Esc", msgid("Back")),
    ("settings", "choose", "↑ ↓", msgid("Choose")),
    ("settings", "undo", "Ctrl+Z", msgid("Undo")),
    ("settings", "fields", "Tab", msgid("Into the fields")),
)


def all_actions() -> tuple[Action, ...]:
    """The table, in the order in which people are shown it, its keys as they are called in the language spoken."""
    parts = {part.name: part for part in PARTS}
    return tuple(_action(parts, *line) for line in _ROWS)


def actions_at(table: Iterable[Action], place: PlaceName, step: str) -> list[Action]:
    """What counts there, that of every screen too."""
    return [action for action in table if action.counts_at(place, step)]


def _action(parts: dict[str, Part], where: str, name: str, key: str, words: str) -> Action:
    names = where.split(",")
    return Action(f"{names[0]}.{name}", words, _spoken(key), tuple(parts[each] for each in names))


def _spoken(key: str) -> str:
    named = {"Enter": tr("Enter"), "Esc": tr("Esc"), "Del": tr("Del"), "Tab": tr("Tab"), "Y": tr("Y")}
    return " ".join(named.get(piece, piece) for piece in key.split(" "))
