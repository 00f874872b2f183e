"""Owns the tiles: a grid of as many as fit, a tile's face, how a tile is pressed, held and dragged. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.i18n import tr
from app.ui import messages
from app.ui.components.painting import paint_box, paint_focus, shorten
from app.ui.style.look import Look
from app.ui.style.tokens import CHIP_PX, Role, Space, Tone, Type
from app.usecases.queries import ProductRow

SIZES_PX = ((148, 84), (118, 84), (96, 68), (80, 62))
"""Least width and height of a tile: the largest at which all of a page fit; the last one whatever happens."""

HELD_MS = 600
"""Pressed that long, a tile is not sold: the tiles are arranged."""

_INITIALS = (Role.PRIMARY, Role.SUCCESS, Role.INFO, Role.OFFLINE)
"""What sets groups of articles apart beside their initial; never what warns."""


def article_words(row: ProductRow) -> str:
    """What a screen reader says of an article."""
    return f"{row.product.name}, {messages.unit_price(row.product.price, row.product.unit)}"


class TileGrid(QWidget):
    """As many tiles as fit, the first ones first, in equal columns: nothing scrolls away under the hand.

    Signals:
        picked: the index of the tile pressed.
        held: a tile was pressed for long, or with the other button of the mouse.
        dragged: (index, where it was let go in global pixels), while tiles are arranged.
    """

    picked = Signal(int)
    held = Signal()
    dragged = Signal(int, QPoint)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._tiles: list[TileButton] = []
        self._rows: tuple[ProductRow, ...] = ()
        self._columns = 1
        self._arranging = False
        self.setAccessibleName(tr("Articles without a bar code and those sold most"))
        self.setMinimumSize(*SIZES_PX[-1])

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        return self._columns

    def show_rows(self, rows: Sequence[ProductRow], current: int) -> None:
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._fill()
        for place, tile in enumerate(self._tiles):
            tile.set_chosen(place == current)

    def set_arranging(self, arranging: bool, held: str) -> None:
        """Whether tiles can be dragged; `held`: the article whose tile was lifted."""
        self._arranging = arranging
        for tile in self._tiles:
            tile.set_arranging(arranging, bool(held) and tile.product_id == held)

    def show_numbers(self, shown: bool) -> None:
        """A number on each tile, for whoever has only the numeric pad."""
        for place, tile in enumerate(self._tiles):
            tile.set_number(place + 1 if shown else 0)

    def index_at(self, place: QPoint) -> int:
        """The tile at a place in global pixels, -1 for none."""
        here = self.mapFromGlobal(place)
        centres = [tile.home.contains(here) and not tile.isHidden() for tile in self._tiles]
        return centres.index(True) if True in centres else -1

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _fill(self) -> None:
        while len(self._tiles) < len(self._rows):
            tile = TileButton(self._look, self)
            place = len(self._tiles)
            tile.clicked.connect(lambda _checked=False, place=place: self.picked.emit(place))
            tile.held.connect(self.held)
            tile.let_go.connect(lambda at, place=place: self.dragged.emit(place, at))
            self._tiles.append(tile)
        for tile, row in zip(self._tiles, self._rows, strict=False):
            tile.set_row(row)
            tile.set_arranging(self._arranging, lifted=False)
        self._arrange()

    def _arrange(self) -> None:
        gap = Space.INSIDE
        for least, high in SIZES_PX:
            columns = max((self.width() + gap) // (least + gap), 1)
            lines = max((self.height() + gap) // (high + gap), 1)
            if columns * lines >= len(self._rows):
                break
        self._columns = columns
        width = (self.width() + gap) // columns - gap
        for place, tile in enumerate(self._tiles):
            line, column_no = divmod(place, columns)
            tile.go_home(QRect(column_no * (width + gap), line * (high + gap), width, high))
            tile.setVisible(place < min(len(self._rows), columns * lines))


class TileButton(QAbstractButton):
    """A tile: the name on two lines, initial and price at the foot. A touch leaves the focus in the one box.

    Signals:
        held: it was pressed for long.
        let_go: it was dragged and let go at this place, in global pixels.
    """

    held = Signal()
    let_go = Signal(QPoint)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._row: ProductRow | None = None
        self._chosen = self._arranging = self._lifted = False
        self._number = 0
        self._grip: QPoint | None = None
        self._dragging = False
        self.home = QRect()
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(HELD_MS)
        self._hold.timeout.connect(self._was_held)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        look.changed.connect(self.update)

    @property
    def product_id(self) -> str:
        return self._row.product.product_id if self._row is not None else ""

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

    def set_arranging(self, arranging: bool, lifted: bool) -> None:
        if (arranging, lifted) != (self._arranging, self._lifted):
            self._arranging, self._lifted = arranging, lifted
            self.setAccessibleDescription(tr("lifted: the arrows move it") if lifted else "")
            self.update()

    def set_number(self, number: int) -> None:
        if number != self._number:
            self._number = number
            self.update()

    def go_home(self, home: QRect) -> None:
        """Stand at this place, unless a hand is dragging it."""
        self.home = home
        if not self._dragging:
            self.setGeometry(home)

    # --- hands ------------------------------------------------------------------------------------

    def mousePressEvent(self, event) -> None:
        if event.button() == Qt.MouseButton.RightButton and not self._arranging:
            self.held.emit()
            return
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().toPoint()
            if not self._arranging:
                self._hold.start()

    def mouseMoveEvent(self, event) -> None:
        super().mouseMoveEvent(event)
        if self._grip is None:
            return
        here = event.position().toPoint()
        if (here - self._grip).manhattanLength() < QApplication.startDragDistance() and not self._dragging:
            return
        self._hold.stop()
        if self._arranging:
            self._dragging = True
            self.raise_()
            self.move(self.mapToParent(here - self._grip))

    def mouseReleaseEvent(self, event) -> None:
        self._hold.stop()
        self._grip = None
        if not self._dragging:
            super().mouseReleaseEvent(event)
            return
        self._dragging = False
        self.setDown(False)
        self.setGeometry(self.home)
        self.let_go.emit(event.globalPosition().toPoint())

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _was_held(self) -> None:
        self._grip = None
        self.setDown(False)
        self.held.emit()

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, _event) -> None:
        if self._row is None:
            return
        painter, look = QPainter(self), self._look
        strong = self._chosen or self.underMouse() or self.isDown()
        edge = look.colour(Role.PRIMARY, Tone.INK) if self._chosen else look.colour(Role.LINE)
        if self._arranging and not self._chosen:
            edge = look.colour(Role.EDGE)
        paint_box(painter, self.rect(), look.colour(Role.SELECTED if strong else Role.RAISED), edge)
        inner = self.rect().adjusted(Space.INSIDE, Space.HAIR, -Space.INSIDE, -Space.HAIR)
        painter.setPen(look.colour(Role.TEXT))
        dense = self.height() < SIZES_PX[0][1]
        paint_two_lines(painter, inner, self._row.product.name, look.font(Type.CAPTION if dense else Type.BODY))
        self._paint_foot(painter, inner, dense)
        if self.hasFocus() or self._lifted:
            paint_focus(painter, self.rect(), look)

    def _paint_foot(self, painter: QPainter, inner: QRect, dense: bool) -> None:
        look, product = self._look, self._row.product
        price = messages.unit_price(product.price, product.unit)
        font = look.font(Type.CAPTION if dense else Type.BODY, strong=True)
        painter.setFont(font)
        painter.setPen(look.colour(Role.PRIMARY))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, price)
        room = inner.width() - QFontMetrics(font).horizontalAdvance(price) - Space.HAIR
        if not dense and room >= CHIP_PX:
            place = QRect(inner.left(), inner.bottom() - CHIP_PX + 1, CHIP_PX, CHIP_PX)
            self._paint_initial(painter, place, look.font(Type.BODY, strong=True))
        elif self._number and room >= CHIP_PX // 2:
            painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, str(self._number))

    def _paint_initial(self, painter: QPainter, place: QRect, font: QFont) -> None:
        look, product = self._look, self._row.product
        role = _INITIALS[sum(map(ord, product.category)) % len(_INITIALS)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(role, Tone.FILL if self._number else Tone.SOFT))
        painter.drawEllipse(place)
        painter.setFont(font)
        painter.setPen(look.colour(role, Tone.ON if self._number else Tone.INK))
        shown = str(self._number) if self._number else product.name[:1].upper()
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)


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
