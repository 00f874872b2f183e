"""Owns what each input means on the stock screen. No widget, no wording, no SQL. Everything here works off line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, StockMovement, Unit
from app.domain.operators import Right
from app.ui.article_finder import ArticleFinder, Found
from app.ui.input_grammar import (
    Address,
    Code,
    StockAction,
    StockInput,
    Text,
    WeightedSearch,
    parse_input,
    parse_stock_input,
    quantity_in_base_units,
)
from app.ui.on_duty import Leave, leave_to_all
from app.ui.screen import How
from app.ui.task_runner import Lane, Runner
from app.usecases.adjust_stock import correct_level, receive_goods, record_loss, take_back_movements
from app.usecases.find_article import ArticleFound, CodeProblem, CodeReading, NoArticle, find_article
from app.usecases.ports import Counter, Touched
from app.usecases.print_labels import NoLabel, ShelfLabelsQueued, print_shelf_labels
from app.usecases.queries import ProductRow, Queries, StockCard

LOCATIONS = (DEFAULT_LOCATION, "store_room", "stall")
"""Where goods can stand; a shop names no others yet."""

MOVEMENTS_SHOWN = 100


class StockNotice(StrEnum):
    """What the screen has to say; worded in `words.py`."""

    RECEIVED = "received"
    CORRECTED = "corrected"
    COUNT_AGREES = "count_agrees"
    LOST = "lost"
    NOT_TRACKED = "not_tracked"
    UNCLEAR = "unclear"
    TOO_MUCH = "too_much"
    UNKNOWN_CODE = "unknown_code"
    NOT_AN_ARTICLE = "not_an_article"
    NO_MATCH = "no_match"
    NO_ARTICLE = "no_article"
    QUANTITY_FIRST = "quantity_first"
    STORE_FAILED = "store_failed"
    LABELS = "labels"
    TAKEN_BACK = "taken_back"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NO_LABEL = "no_label"


MOST = 99_999
"""Priced units; more in one go is a bar code in the wrong place."""


@dataclass(frozen=True, slots=True)
class Said:
    kind: StockNotice
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockState:
    """All that the screen shows, search results apart.

    Attributes:
        location: where the next movement happens.
        note: goes with the next movement, then is forgotten.
        undoable: what was recorded last for this article, () once it was taken back.
    """

    card: StockCard | None = None
    location: str = DEFAULT_LOCATION
    note: str = ""
    undoable: tuple[StockMovement, ...] = ()
    said: Said | None = None

    @property
    def unit(self) -> Unit:
        return self.card.product.unit if self.card is not None else Unit.PIECE


class StockView(Protocol):
    """What the presenter shows itself with."""

    def show(self, state: StockState) -> None: ...
    def show_found(self, found: Found) -> None: ...
    def play(self, sound: str) -> None: ...


@dataclass(frozen=True, slots=True)
class StockSurroundings:
    """What the stock screen is given.

    Attributes:
        leave: asked before a level is changed.
        reading: how codes are read now: the settings may change.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    operator: Callable[[], str]
    leave: Leave = leave_to_all
    reading: Callable[[], CodeReading] = CodeReading


class StockPresenter:
    """One article at a time."""

    def __init__(self, around: StockSurroundings, view: StockView) -> None:
        self._around = around
        self._view = view
        self.state = StockState()
        self._wanted = ""
        self.finder = ArticleFinder(around.queries, around.runner, view.show_found, self._failed)

    def activate(self) -> None:
        self.finder.load_tiles()
        self._reload()

    def refresh(self, touched: Touched) -> None:
        """Levels changed somewhere: show the same article anew."""
        if touched.stock or touched.catalogue or touched.orders or touched.outbox:
            self._reload()

    def typed(self, text: str) -> None:
        """Search while typing; a number on an open card is no search."""
        number = self.state.card is not None and parse_stock_input(text) is not None
        self.finder.typed("" if number else _searched_for(text))

    def take(self, text: str, how: str) -> None:
        """A scan opens an article; a number does something with the open one; words look for another."""
        action = parse_stock_input(text) if how == How.TYPED and self.state.card is not None else None
        if action is not None:
            self.act(action)
            return
        meaning = parse_input(text)
        if isinstance(meaning, Code | Address) or how != How.TYPED:
            self._open_code(meaning.code if isinstance(meaning, Code) else text)
            return
        self._open_words(_searched_for(text))

    def enter(self) -> None:
        """Enter in the empty box: open what is chosen in the list."""
        row = self.finder.current()
        if row is not None:
            self.open(row.product.product_id)

    def pick(self, index: int) -> None:
        self.finder.select(index)
        self.enter()

    def walk(self, steps: int) -> None:
        self.finder.move(steps)

    def open(self, product_id: str) -> None:
        """Show an article's levels and movements."""
        self._wanted = product_id
        self._ask(
            lambda: self._around.queries.stock_card(product_id, MOVEMENTS_SHOWN),
            lambda card: self._card_came(product_id, card),
        )

    def go_back(self) -> bool:
        """Esc: away with what was said, then with the search, then with the article."""
        if self.state.said is not None:
            self._change(said=None)
        elif self.finder.found.text:
            self.finder.typed("")
        elif self.state.card is not None:
            self._wanted = ""
            self._change(card=None, note="", undoable=())
        else:
            return False
        return True

    def print_labels(self) -> None:
        """The shelf label of the open article; without one, those of the articles a search has found."""
        card, found = self.state.card, self.finder.found
        if card is not None:
            wanted = [card.product.product_id]
        else:
            wanted = [row.product.product_id for row in found.rows] if found.text else []
        self._ask(lambda: print_shelf_labels(self._around.counter, wanted), self._labels_queued)

    def _labels_queued(self, queued: ShelfLabelsQueued | NoLabel) -> None:
        if isinstance(queued, NoLabel):
            self._refuse(StockNotice.NO_LABEL, why=queued)
        else:
            self._change(said=Said(StockNotice.LABELS, {"queued": queued}))

    def undo(self) -> None:
        """Ctrl+Z: take back what was recorded last for the open article, by a movement against it."""
        if not self.state.undoable:
            self._refuse(StockNotice.NOTHING_TO_UNDO)
            return
        self._around.leave(Right.CORRECT_STOCK, self._undo_allowed)

    def set_location(self, location: str) -> None:
        self._change(location=location, said=None)

    def set_note(self, note: str) -> None:
        self.state = replace(self.state, note=note.strip())

    def ask_quantity(self) -> None:
        """A button was pressed before a quantity was typed."""
        self._refuse(StockNotice.QUANTITY_FIRST)

    def act_on_text(self, action: StockAction, text: str) -> None:
        """A button: goods in, counted or lost, with the quantity typed in the box."""
        typed = parse_stock_input(text.lstrip("+=-"))
        thousandths = 0 if text.strip() == "0" else (typed.thousandths if typed is not None else None)
        if thousandths is None or (thousandths == 0 and action is not StockAction.COUNTED):
            self._refuse(StockNotice.UNCLEAR, text=text, unit=self.state.unit)
        else:
            self.act(StockInput(action, thousandths))

    def act(self, wanted: StockInput) -> None:
        """Record it for the open article, at the chosen location, with the note."""
        card = self.state.card
        if card is None:
            self._refuse(StockNotice.NO_ARTICLE)
            return
        quantity = _base_units(wanted, card.product.unit)
        if not card.product.stock_tracked:
            self._refuse(StockNotice.NOT_TRACKED, name=card.product.name)
        elif quantity is None:
            self._refuse(StockNotice.UNCLEAR, text="", unit=card.product.unit)
        elif quantity > MOST * card.product.unit.base_per_priced:
            self._refuse(StockNotice.TOO_MUCH)
        else:
            self._around.leave(
                Right.CORRECT_STOCK, lambda approved_by: self._allowed(approved_by, wanted.action, card, quantity)
            )

    # --- inside ------------------------------------------------------------------------------------------------------

    def _allowed(self, approved_by: str | None, action: StockAction, card: StockCard, quantity: int) -> None:
        if approved_by is not None:
            self._record(action, card, quantity)

    def _undo_allowed(self, approved_by: str | None) -> None:
        undone, self.state = self.state.undoable, replace(self.state, undoable=())
        if approved_by is None or not undone:
            self.state = replace(self.state, undoable=undone)
            return
        counter, operator = self._around.counter, self._around.operator()
        unit = self.state.unit

        def taken_back(against: tuple[StockMovement, ...]) -> None:
            if against:
                quantity = sum(movement.quantity for movement in against)
                self._done(StockNotice.TAKEN_BACK, quantity=quantity, unit=unit)
            else:
                self._refuse(StockNotice.NOTHING_TO_UNDO)

        def broke(error: Exception) -> None:
            if not self.state.undoable and self._is_shown(undone):
                self.state = replace(self.state, undoable=undone)
            self._failed(error)

        self._around.runner.run(Lane.STORE, lambda: take_back_movements(counter, undone, operator), taken_back, broke)

    def _is_shown(self, movements: tuple[StockMovement, ...]) -> bool:
        card = self.state.card
        return card is not None and all(movement.product_id == card.product.product_id for movement in movements)

    def _record(self, action: StockAction, card: StockCard, quantity: int) -> None:
        counter, operator = self._around.counter, self._around.operator()
        product_id, location, note = card.product.product_id, self.state.location, self.state.note
        unit = card.product.unit
        self._change(undoable=())  # Ctrl+Z before the store has answered must not take back what was before it
        match action:
            case StockAction.GOODS_IN:
                self._ask(
                    lambda: receive_goods(counter, [(product_id, quantity)], location, operator, note),
                    lambda movements: self._done(StockNotice.RECEIVED, movements, quantity=quantity, unit=unit),
                )
            case StockAction.LOSS:
                self._ask(
                    lambda: record_loss(counter, product_id, quantity, location, operator, note),
                    lambda movement: self._done(StockNotice.LOST, _known(movement), quantity=quantity, unit=unit),
                )
            case StockAction.COUNTED:
                reason = MovementReason.CORRECTION
                self._ask(
                    lambda: correct_level(counter, product_id, quantity, location, reason, operator, note),
                    lambda movement: self._counted(movement, quantity, unit),
                )

    def _counted(self, movement: StockMovement | None, quantity: int, unit: Unit) -> None:
        if movement is None:
            self._done(StockNotice.COUNT_AGREES, quantity=quantity, unit=unit)
        else:
            difference = movement.quantity
            self._done(StockNotice.CORRECTED, (movement,), quantity=quantity, unit=unit, difference=difference)

    def _done(self, kind: StockNotice, undoable: tuple[StockMovement, ...] = (), **values: object) -> None:
        location = undoable[0].location if undoable else self.state.location
        undoable = undoable if self._is_shown(undoable) else ()
        self._change(note="", undoable=undoable, said=Said(kind, {**values, "location": location}))
        self._reload()

    def _open_code(self, code: str) -> None:
        """Whatever its date or weight: what may not be sold is still counted."""
        queries, reading = self._around.queries, self._around.reading()

        def came(found: ArticleFound | NoArticle) -> None:
            if isinstance(found, ArticleFound):
                self.open(found.row.product.product_id)
            elif found.problem is CodeProblem.UNKNOWN:
                self._refuse(StockNotice.UNKNOWN_CODE, code=found.code)
            else:
                self._refuse(StockNotice.NOT_AN_ARTICLE, found=found)

        self._ask(lambda: find_article(queries, reading, code), came)

    def _open_words(self, words: str) -> None:
        shown, current = self.finder.results_for(words), self.finder.current()
        if shown is not None and current is not None:
            self.open(current.product.product_id)
            return

        def came(rows: Sequence[ProductRow]) -> None:
            self.finder.show_results(words, rows)
            if not rows:
                self._refuse(StockNotice.NO_MATCH, text=words)
            elif len(rows) == 1:
                self.open(rows[0].product.product_id)

        self._ask(lambda: self._around.queries.search_products(words), came)

    def _card_came(self, product_id: str, card: StockCard | None) -> None:
        if product_id != self._wanted:
            return  # another article was asked for meanwhile: what is typed next is meant for that one
        other = card is None or self.state.card is None or card.product.product_id != self.state.card.product.product_id
        self._change(card=card, **({"note": "", "said": None, "undoable": ()} if other else {}))

    def _reload(self) -> None:
        if self.state.card is not None and self._wanted:
            self.open(self._wanted)

    def _ask(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._around.runner.run(Lane.STORE, work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._refuse(StockNotice.STORE_FAILED, error=error)

    def _refuse(self, kind: StockNotice, **values: object) -> None:
        self._change(said=Said(kind, values))
        self._view.play("stop")

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show(self.state)


def _known(movement: StockMovement | None) -> tuple[StockMovement, ...]:
    return (movement,) if movement is not None else ()


def _base_units(wanted: StockInput, unit: Unit) -> int | None:
    if wanted.thousandths == 0:
        return 0
    return quantity_in_base_units(wanted.thousandths, unit)


def _searched_for(text: str) -> str:
    match parse_input(text):
        case Text(words) | WeightedSearch(_, words):
            return words
        case Code(code, _):
            return code
        case _:
            return text.strip()
