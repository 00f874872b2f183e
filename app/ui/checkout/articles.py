"""Owns how articles are offered on the sale screen: a grid of tiles, a list of search results. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.i18n import tr
from app.ui import messages
from app.ui.article_finder import Found
from app.ui.components.layouts import Pages
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import paint_box, paint_focus, shorten
from app.ui.components.states import EmptyState
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Tone, Type
from app.usecases.queries import ProductRow

TILE_PX = (148, 84)
"""The least width and the height of a tile."""


def article_words(row: ProductRow) -> str:
    """What a screen reader says of an article."""
    return f"{row.product.name}, {messages.unit_price(row.product.price, row.product.unit)}"


class ArticleChoice(Pages):
    """Tiles while nothing is searched, results while something is.

    Signals:
        picked: the index of the article touched, or chosen by Enter with the focus in it.
    """

    picked = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.tiles = TileGrid(look)
        self._results_model = RowModel(lambda row: row.product.product_id, article_words)
        self.results = RowList(self._results_model, ResultDelegate(look), tr("Articles found"))
        self.results.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._empty = EmptyState(look, "shopping-basket")
        for page in (self.tiles, self.results, self._empty):
            self.addWidget(page)
        self.tiles.picked.connect(self.picked)
        self.results.clicked.connect(lambda index: self.picked.emit(index.row()))
        self.results.row_entered.connect(lambda _key: self.picked.emit(self.results.currentIndex().row()))

    def show_found(self, found: Found) -> None:
        if found.text:
            self.results.replace_rows(found.rows)
            self.results.select_key(found.rows[found.current].product.product_id if found.current >= 0 else "")
            self._empty.say(
                tr("Nothing found for “{text}”").format(text=found.text),
                tr("Type part of the name or a code; or a price and words to sell it all the same: 3.50 cheese"),
                "search",
            )
            self.setCurrentWidget(self.results if found.rows else self._empty)
            return
        self.tiles.show_rows(found.rows, found.current)
        self._empty.say(
            tr("Scan the first article"),
            tr("Articles without a bar code will stand here as tiles. Any article is found by part of its name."),
            "shopping-basket",
        )
        self.setCurrentWidget(self.tiles if found.rows else self._empty)


class TileGrid(QWidget):
    """As many tiles as fit, the most useful first, in equal columns: nothing scrolls away under the hand.

    Signals:
        picked: the index of the tile pressed.
    """

    picked = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._tiles: list[TileButton] = []
        self._rows: tuple[ProductRow, ...] = ()
        self.setAccessibleName(tr("Articles without a bar code and those sold most"))
        self.setMinimumSize(TILE_PX[0], TILE_PX[1])

    def show_rows(self, rows: Sequence[ProductRow], current: int) -> None:
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._fill()
        for place, tile in enumerate(self._tiles):
            tile.set_chosen(place == current)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _fill(self) -> None:
        while len(self._tiles) < len(self._rows):
            tile = TileButton(self._look, self)
            place = len(self._tiles)
            tile.clicked.connect(lambda _checked=False, place=place: self.picked.emit(place))
            self._tiles.append(tile)
        for tile, row in zip(self._tiles, self._rows, strict=False):
            tile.set_row(row)
        self._arrange()

    def _arrange(self) -> None:
        gap = Space.INSIDE
        columns = max((self.width() + gap) // (TILE_PX[0] + gap), 1)
        lines = max((self.height() + gap) // (TILE_PX[1] + gap), 1)
        width = (self.width() + gap) // columns - gap
        for place, tile in enumerate(self._tiles):
            line, column_no = divmod(place, columns)
            tile.setGeometry(column_no * (width + gap), line * (TILE_PX[1] + gap), width, TILE_PX[1])
            tile.setVisible(place < min(len(self._rows), columns * lines))


class TileButton(QAbstractButton):
    """A tile: the name on two lines, the price at the foot. A touch leaves the focus in the one box."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._row: ProductRow | None = None
        self._chosen = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        look.changed.connect(self.update)

    def set_row(self, row: ProductRow) -> None:
        self._row = row
        self.setAccessibleName(article_words(row))
        self.setToolTip(row.product.name)
        self.setObjectName(f"tile-{row.product.product_id}")
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event) -> None:
        if self._row is None:
            return
        painter, look = QPainter(self), self._look
        strong = self._chosen or self.underMouse() or self.isDown()
        edge = look.colour(Role.PRIMARY, Tone.INK) if self._chosen else look.colour(Role.LINE)
        paint_box(painter, self.rect(), look.colour(Role.SELECTED if strong else Role.RAISED), edge)
        inner = self.rect().adjusted(Space.NEAR, Space.INSIDE, -Space.NEAR, -Space.INSIDE)
        painter.setPen(look.colour(Role.TEXT))
        paint_two_lines(painter, inner, self._row.product.name, look.font(Type.BODY))
        painter.setFont(look.font(Type.BODY, strong=True))
        painter.setPen(look.colour(Role.PRIMARY))
        price = messages.unit_price(self._row.product.price, self._row.product.unit)
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, price)
        if self.hasFocus():
            paint_focus(painter, self.rect(), look)


class ResultDelegate(RowDelegate):
    """A result: name and what tells it apart, then the price."""

    def paint_row(self, painter: QPainter, rect: QRect, row: ProductRow, selected: bool) -> None:
        look, product = self.look, row.product
        price = messages.unit_price(product.price, product.unit)
        price_font = look.font(Type.LEAD, strong=True)
        price_width = QFontMetrics(price_font).horizontalAdvance(price)
        painter.setFont(price_font)
        painter.setPen(look.colour(Role.TEXT))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, price)
        words = rect.adjusted(0, Space.INSIDE, -price_width - Space.BETWEEN, -Space.INSIDE)
        name_font, small = look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
        painter.setFont(name_font)
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, shorten(product.name, name_font, words.width()))
        painter.setFont(small)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, shorten(self._detail(row), small, words.width()))

    def _detail(self, row: ProductRow) -> str:
        product = row.product
        stock = tr("{quantity} in stock").format(quantity=messages.quantity(row.physical, product.unit))
        parts = [product.category, stock if product.stock_tracked else "", product.shelf]
        return "  ·  ".join(part for part in parts if part)


def paint_two_lines(painter: QPainter, place: QRect, text: str, font) -> None:
    """A text on at most two lines, the second shortened."""
    painter.setFont(font)
    metrics = QFontMetrics(font)
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    first = layout.createLine()
    first.setLineWidth(place.width())
    cut = first.textLength()
    layout.endLayout()
    top = QRect(place.left(), place.top(), place.width(), metrics.lineSpacing())
    painter.drawText(top, Qt.AlignmentFlag.AlignLeft, shorten(text[:cut].strip(), font, place.width()))
    if text[cut:].strip():
        second = top.translated(0, metrics.lineSpacing())
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft, shorten(text[cut:].strip(), font, place.width()))
