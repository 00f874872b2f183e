"""Owns the stock screen's widgets. Decides nothing: every input goes to the presenter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QWidget

from app.domain.catalogue import StockMovement, Unit
from app.i18n import tr
from app.ui import messages
from app.ui.article_finder import Found
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import EntryLine
from app.ui.components.layouts import card, column, pane, row, rule
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.notice import NoticeBar
from app.ui.components.painting import shorten
from app.ui.components.segments import Segments
from app.ui.components.states import EmptyState
from app.ui.components.text import NameLabel, label
from app.ui.input_grammar import PickupCode, StockAction, parse_input
from app.ui.screen import KeyHint, Screen, Shell
from app.ui.stock import words
from app.ui.stock.presenter import LOCATIONS, StockPresenter, StockState, StockSurroundings
from app.ui.style.look import Look
from app.ui.style.tokens import LIST_SHARE, ROW_PX, Role, Space, Type
from app.usecases.ports import Touched
from app.usecases.queries import ProductRow, StockCard


class ArticleDelegate(RowDelegate):
    """Name and shelf, then the physical level."""

    def paint_row(self, painter: QPainter, rect: QRect, row: ProductRow, selected: bool) -> None:
        product, look = row.product, self.look
        level = messages.quantity(row.physical, product.unit) if product.stock_tracked else "–"
        font = look.font(Type.LEAD, strong=True)
        width = QFontMetrics(font).horizontalAdvance(level)
        painter.setFont(font)
        painter.setPen(look.colour(Role.DANGER if product.stock_tracked and row.physical < 0 else Role.TEXT))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, level)
        place = rect.adjusted(0, Space.INSIDE, -width - Space.BETWEEN, -Space.INSIDE)
        name_font, small = look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
        painter.setPen(look.colour(Role.TEXT))
        painter.setFont(name_font)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, shorten(product.name, name_font, place.width()))
        detail = "  ·  ".join(part for part in (product.category, product.shelf) if part)
        painter.setFont(small)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom, shorten(detail, small, place.width()))


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement with the level after it, so that the level is explained."""

    movement: StockMovement
    unit: Unit
    level_after: int
    detail: str


class MovementDelegate(RowDelegate):
    """When and why, who and where; the change, and the level after it."""

    def paint_row(self, painter: QPainter, rect: QRect, row: MovementRow, selected: bool) -> None:
        look, movement = self.look, row.movement
        after_width = QFontMetrics(look.font(Type.BODY)).horizontalAdvance("00 000,000 kg")
        after = QRect(rect.right() - after_width, rect.top(), after_width, rect.height())
        painter.setFont(look.font(Type.BODY))
        painter.setPen(look.colour(Role.MUTED if not selected else Role.TEXT))
        middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(after, middle, messages.quantity(row.level_after, row.unit))
        font = look.font(Type.LEAD, strong=True)
        change = rect.adjusted(0, 0, -after_width - Space.BETWEEN, 0)
        text = words.signed(movement.quantity, row.unit)
        painter.setFont(font)
        painter.setPen(look.colour(Role.SUCCESS if movement.quantity > 0 else Role.TEXT))
        painter.drawText(change, middle, text)
        place = change.adjusted(
            0, Space.INSIDE, -QFontMetrics(font).horizontalAdvance(text) - Space.BETWEEN, -Space.INSIDE
        )
        head = f"{messages.movement_reason(movement.reason)}  ·  {messages.day_and_time(movement.happened_at)}"
        head_font, small = look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
        painter.setPen(look.colour(Role.TEXT))
        painter.setFont(head_font)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, shorten(head, head_font, place.width()))
        painter.setFont(small)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom, shorten(row.detail, small, place.width()))


class LevelFigure(QFrame):
    """One of the three figures of an article: its name and a number of 32 px."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        self.figure = label("", Type.HEAD, strong=True)
        self.figure.setObjectName(name)
        self._title = title
        box = column(label(title, Type.CAPTION, Role.MUTED, strong=True), self.figure, gap=0)
        self.setLayout(box)
        box.setContentsMargins(0, 0, 0, 0)

    def show_figure(self, text: str) -> None:
        self.figure.setText(text)
        self.setAccessibleName(f"{self._title} {text}")


class StockScreen(Screen):
    """F4. Also a `StockView` for its presenter."""

    def __init__(self, look: Look, shell: Shell, around: StockSurroundings) -> None:
        self._look = look
        self._shell = shell
        self._around = around
        self._box_text = ""
        self._build()
        self.presenter = StockPresenter(around, self)
        self._connect()
        self.show(self.presenter.state)
        self.show_found(Found("", ()))

    # --- Screen ------------------------------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self._shell.focus_box("")
        self.presenter.activate()

    def refresh(self, touched: Touched) -> None:
        self.presenter.refresh(touched)

    def take_input(self, text: str, how: str) -> bool:
        if isinstance(parse_input(text), PickupCode) or (text and not self._page.isVisible()):
            return False
        if text:
            self.presenter.take(text, how)
        else:
            self.presenter.enter()
        return True

    def typed(self, text: str) -> bool:
        self._box_text = text
        self.presenter.typed(text)
        return False

    def preview(self, text: str) -> str:
        self._box_text = text
        current = self.presenter.finder.current()
        return words.preview_words(self.presenter.state, text, current.product.name if current is not None else "")

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key == Qt.Key.Key_Escape:
            return self.presenter.go_back()
        if key == Qt.Key.Key_P and modifiers & Qt.KeyboardModifier.ControlModifier:
            self.presenter.print_labels()
            return True
        if key == Qt.Key.Key_Z and modifiers & Qt.KeyboardModifier.ControlModifier:
            self.presenter.undo()
            return True
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}.get(Qt.Key(key))
        if step is not None:
            self.presenter.walk(step)
        return step is not None

    def placeholder(self) -> str:
        if self.presenter.state.card is None:
            return tr("Scan an article or type part of its name")
        return tr("24 came in, =18 counted, -2 lost; or another article")

    def hints(self) -> Sequence[KeyHint]:
        enter = tr("Enter")
        if self.presenter.state.card is None:
            labels = (KeyHint("Ctrl+P", tr("Shelf labels of these")),) if self.presenter.finder.found.text else ()
            return (KeyHint("↑ ↓", tr("Choose")), KeyHint(enter, tr("Open")), *labels)
        return (
            KeyHint(f"24 {enter}", tr("Goods in")),
            KeyHint(f"=18 {enter}", tr("Counted")),
            KeyHint(f"-2 {enter}", tr("Loss")),
            KeyHint(tr("Tab"), tr("Place, note")),
            *((KeyHint("Ctrl+Z", tr("Undo")),) if self.presenter.state.undoable else ()),
            KeyHint("Ctrl+P", tr("Shelf label")),
            KeyHint(tr("Esc"), tr("Back")),
        )

    def step(self) -> str:
        return "list" if self.presenter.state.card is None else "article"

    # --- StockView ---------------------------------------------------------------------------------------------------

    def show(self, state: StockState) -> None:
        self._pages.setCurrentWidget(self._card if state.card is not None else self._nothing)
        if state.card is not None:
            self._show_card(state, state.card)
        self._offer_labels()
        self._places.choose(state.location)
        if not state.note:
            self._note.clear()
        if state.said is None:
            self.notice.hide()
        else:
            undo = (tr("Undo"), self.presenter.undo, "Ctrl+Z") if state.undoable else ()
            self.notice.tell(words.said_words(state.said), words.said_role(state.said), *undo)
        self._shell.hints_changed()

    def show_found(self, found: Found) -> None:
        self.articles.replace_rows(found.rows)
        self.articles.select_key(found.rows[found.current].product.product_id if found.current >= 0 else "")
        if self.articles.currentIndex().isValid():
            self.articles.scrollTo(self.articles.currentIndex())
        if found.text:
            self._no_article.say(
                tr("Nothing found for “{text}”").format(text=found.text),
                tr("Type part of the name, or a code."),
                "search",
            )
        else:
            self._no_article.say(
                tr("No article yet"), tr("Link the till to its shop or import a file in the settings (F9)."), "boxes"
            )
        self._left.setCurrentWidget(self.articles if found.rows else self._no_article)
        self._offer_labels()
        self._shell.hints_changed()

    def play(self, sound: str) -> None:
        self._shell.play(sound)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        look = self._look
        model = RowModel(lambda shown: shown.product.product_id, lambda shown: shown.product.name)
        self.articles = RowList(model, ArticleDelegate(look), tr("Articles"))
        self.articles.setObjectName("stock-articles")
        self.articles.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._no_article = EmptyState(look, "boxes")
        self._left = QStackedWidget()
        self._left.addWidget(self._no_article)
        self._left.addWidget(self.articles)
        self._labels = ActionButton(look, tr("Shelf labels of these"), "Ctrl+P", icon="printer")
        self._labels.setObjectName("shelf-labels")
        self._labels.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._labels.hide()
        left = column(self._left, self._labels, gap=Space.INSIDE)
        left.setStretch(0, 1)
        self._nothing = EmptyState(
            look,
            "scan-line",
            tr("Scan an article"),
            tr("Its levels and what explains them appear here. It works without a network."),
        )
        self._card = self._build_card(look)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self._card)
        self.notice = NoticeBar(look)
        right = column(self._pages, self.notice)
        right.setStretch(0, 1)
        halves = (pane(left), pane(right))
        for half in halves:
            half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        both = row(*halves, gap=Space.BETWEEN, around=Space.BETWEEN)
        both.setStretch(0, LIST_SHARE)
        both.setStretch(1, 100 - LIST_SHARE)
        self._page = pane(both)
        self._page.setObjectName("stock-screen")

    def _build_card(self, look: Look) -> QWidget:
        self._name = NameLabel("", Type.TITLE, strong=True)
        self._detail = NameLabel("", Type.BODY, Role.MUTED)
        self._detail.setObjectName("article-detail")
        self._physical = LevelFigure(tr("On the shelf"), "physical")
        self._promised = LevelFigure(tr("Promised on line"), "promised")
        self._free = LevelFigure(tr("Still for sale on line"), "published")
        figures = row(self._physical, self._promised, self._free, gap=Space.AROUND)
        for place in range(3):
            figures.setStretch(place, 1)
        self._where = label("", Type.BODY, Role.MUTED, wrap=True)
        self._waiting = label("", Type.BODY, Role.OFFLINE, right=True)
        movements = RowModel(lambda shown: shown.movement.movement_id, _movement_words)
        self.movements = RowList(movements, MovementDelegate(look), tr("Movements"))
        self.movements.setObjectName("movements")
        self.movements.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.movements.setMinimumHeight(ROW_PX)  # gives way first on a low window
        heading = row(
            label(tr("What explains the level"), Type.BODY, strong=True),
            None,
            label(tr("Change, then level"), Type.CAPTION, Role.MUTED),
        )
        inside = column(
            self._name,
            self._detail,
            figures,
            row(self._where, self._waiting),
            self._build_actions(look),
            rule(),
            heading,
            self.movements,
            gap=Space.INSIDE,
        )
        inside.setStretch(7, 1)
        return card(inside)

    def _build_actions(self, look: Look) -> QWidget:
        self._note = EntryLine()
        self._note.setObjectName("stock-note")
        self._note.setPlaceholderText(tr("Note: delivery note, reason"))
        self._note.setAccessibleName(tr("Note"))
        self._places = Segments(look, [(place, words.location_words(place)) for place in LOCATIONS], tr("Place"))
        self._places.setObjectName("stock-place")
        self._goods_in = ActionButton(look, tr("Goods in"), "24", Kind.MAIN, tall=False)
        self._counted = ActionButton(look, tr("Counted"), "=18")
        self._lost = ActionButton(look, tr("Loss"), "-2")
        for made, name in ((self._goods_in, "goods-in"), (self._counted, "counted"), (self._lost, "lost")):
            made.setObjectName(name)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        where = row(self._places, self._note)
        actions = row(self._goods_in, self._counted, self._lost)
        for place in range(2):
            where.setStretch(place, 1)
        for place in range(3):
            actions.setStretch(place, 1)
        return pane(column(where, actions))

    def _connect(self) -> None:
        presenter = self.presenter
        self.articles.row_chosen.connect(presenter.open)
        self.articles.row_entered.connect(presenter.open)
        self._places.chosen.connect(presenter.set_location)
        self._note.textEdited.connect(presenter.set_note)
        self._note.returnPressed.connect(self._shell.focus_box)
        self._labels.clicked.connect(lambda _checked=False: self._print_labels())
        self._goods_in.clicked.connect(lambda _checked=False: self._act(StockAction.GOODS_IN))
        self._counted.clicked.connect(lambda _checked=False: self._act(StockAction.COUNTED))
        self._lost.clicked.connect(lambda _checked=False: self._act(StockAction.LOSS))

    def _act(self, action: StockAction) -> None:
        """The quantity stands in the one box: one place to type it, whatever is done with it."""
        text = self._box_text.strip()
        if not text:
            self._shell.focus_box()
            self.presenter.ask_quantity()
            return
        self.presenter.act_on_text(action, text)
        self._shell.focus_box("")

    def _offer_labels(self) -> None:
        """Of the open article, else of those that were searched; all there are at once is never meant."""
        found, has_card = self.presenter.finder.found, self.presenter.state.card is not None
        self._labels.set_text(tr("Shelf label") if has_card else tr("Shelf labels of these"))
        self._labels.setVisible(has_card or bool(found.text and found.rows))

    def _print_labels(self) -> None:
        self.presenter.print_labels()
        self._shell.focus_box(self._box_text)

    def _show_card(self, state: StockState, shown: StockCard) -> None:
        product = shown.product
        self._name.set_name(product.name)
        rules, codes = words.rules_line(product), ", ".join(product.codes)
        price = messages.unit_price(product.price, product.unit)
        self._detail.set_name(
            "  ·  ".join(part for part in (price, rules, product.category, product.shelf, codes) if part)
        )
        tracked, unit = product.stock_tracked, product.unit
        self._physical.show_figure(messages.quantity(shown.physical, unit) if tracked else "–")
        self._promised.show_figure(messages.quantity(shown.promised, unit) if tracked else "–")
        free = messages.quantity(max(shown.physical - shown.promised, 0), unit) if tracked else "–"
        self._free.show_figure(free if product.published else tr("not on line"))
        levels = [
            f"{words.location_words(level.location)} {messages.quantity(level.quantity, unit)}"
            for level in shown.levels
        ]
        self._where.setText("  ·  ".join(levels))
        self._where.setVisible(len(levels) > 1)
        self._waiting.setText(words.waiting_words(shown.waiting_to_be_sent))
        self._waiting.setVisible(bool(shown.waiting_to_be_sent))
        self.movements.replace_rows(self._movement_rows(shown))
        for made in (self._goods_in, self._counted, self._lost, self._note, self._places):
            made.setEnabled(tracked)

    def _movement_rows(self, shown: StockCard) -> list[MovementRow]:
        """Newest first; each with the level it led to, counted back from today's."""
        rows, level = [], shown.physical
        for movement in shown.movements:
            detail = words.movement_detail(movement)
            rows.append(MovementRow(movement, shown.product.unit, level, detail))
            level -= movement.quantity
        return rows


def _movement_words(shown: MovementRow) -> str:
    movement = shown.movement
    when = messages.day_and_time(movement.happened_at)
    return f"{messages.movement_reason(movement.reason)}, {words.signed(movement.quantity, shown.unit)}, {when}"


__all__ = ["StockScreen", "StockSurroundings"]
