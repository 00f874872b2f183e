"""Owns how articles are offered on the sale screen: a grid of tiles, a list of search results. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui import messages
from app.ui.article_finder import Found
from app.ui.checkout.tile_desk import TileState
from app.ui.checkout.tile_strip import TileStrip
from app.ui.checkout.tiles import TileGrid, article_words
from app.ui.components.layouts import Pages, column
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.components.states import EmptyState
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.queries import ProductRow


class ArticleChoice(QWidget):
    """Tiles while nothing is searched, results while something is; over them the pages of the tiles.

    Signals:
        picked: the index of the article touched, or chosen by Enter with the focus in it.
        dropped: a tile was dragged: (its article, the place of the tile it was let go on).
        dropped_on_page: a tile was dragged to a page's name: (its article, the page).
    """

    picked = Signal(int)
    dropped = Signal(str, int)
    dropped_on_page = Signal(str, int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.strip = TileStrip(look)
        self.tiles = TileGrid(look)
        self._pages = Pages()
        self._tile_state = TileState()
        self._rows: tuple[ProductRow, ...] = ()
        self._results_model = RowModel(lambda row: row.product.product_id, article_words)
        self.results = RowList(self._results_model, ResultDelegate(look), tr("Articles found"))
        self.results.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._empty = EmptyState(look, "shopping-basket")
        for page in (self.tiles, self.results, self._empty):
            self._pages.addWidget(page)
        whole = column(self.strip, self._pages)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.tiles.dragged.connect(self._dragged)
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
            self._pages.setCurrentWidget(self.results if found.rows else self._empty)
            return
        self._rows = tuple(found.rows)
        self.tiles.show_rows(found.rows, found.current)
        self._say_empty()
        self._pages.setCurrentWidget(self.tiles if found.rows else self._empty)

    def show_tiles(self, state: TileState) -> None:
        """The pages of the tiles, and whether they are arranged."""
        self._tile_state = state
        self.strip.show_state(state)
        self.tiles.set_arranging(state.arranging, state.held)
        self._say_empty()

    def _say_empty(self) -> None:
        if self._tile_state.arranging:
            title = tr("No tile on this page yet")
            how = tr("Scan an article, or type part of its name and Enter: it gets its tile here.")
        else:
            title = tr("Scan the first article")
            how = tr("Articles without a bar code will stand here as tiles. Any article is found by part of its name.")
        self._empty.say(title, how, "shopping-basket")

    def _dragged(self, index: int, place: QPoint) -> None:
        product_id = self._rows[index].product.product_id
        page, onto = self.strip.page_at(place), self.tiles.index_at(place)
        if page >= 0:
            self.dropped_on_page.emit(product_id, page)
        elif onto >= 0:
            self.dropped.emit(product_id, onto)


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
