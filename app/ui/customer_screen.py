"""Owns the window that customers read on a screen of their own, from two metres. Never takes the focus, a key or a
touch, never decides what it shows: it is given a page.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QScreen
from PySide6.QtWidgets import QWidget

from app.ui.components.painting import shorten
from app.ui.customer_words import IDLE, CustomerLine, CustomerPage, PageKind, greeting, training_words
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_EMPTY_PX, LINE_PX, PAPER, PAPER_INK, SMALLEST_WINDOW, Role, Space, Tone, Type

DONE_STAYS_MS = 90_000
"""The thanks and the amounts of one customer leave before the next one reads them, but not before change is counted."""

_QUIET_MODULES = 4
_FAR = 1.5
"""The one amount is half as large again as the largest text at the counter: it is read from two metres."""


class CustomerScreen(QWidget):
    """The window; hidden until `show_on`."""

    def __init__(self, look: Look, done_stays_ms: int = DONE_STAYS_MS) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self._look = look
        self._page = IDLE
        self._shop = ""
        self.setObjectName("customer-screen")
        self.setWindowTitle("Comptoir")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setAccessibleName(greeting())
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(done_stays_ms)
        self._rest.timeout.connect(self._rested)
        look.changed.connect(self.update)

    @property
    def page(self) -> CustomerPage:
        return self._page

    def show_page(self, page: CustomerPage) -> None:
        if page == self._page:
            return
        self._page = page
        self.setAccessibleName(page.spoken or greeting())
        if page.kind is PageKind.DONE:
            self._rest.start()
        else:
            self._rest.stop()
        self.update()

    def _rested(self) -> None:
        self.show_page(replace(IDLE, training=True) if self._page.training else IDLE)

    def set_shop(self, name: str) -> None:
        """The shop's name, shown between two customers and small above a basket."""
        self._shop = name
        self.update()

    def show_on(self, screen: QScreen) -> None:
        """Fill this screen; the focus stays where it is."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.setWindowState(Qt.WindowState.WindowFullScreen)
        self.show()  # showFullScreen would ask for the focus

    def closeEvent(self, event) -> None:
        """Nobody closes it: it goes with the till, or with its screen."""
        event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(*SMALLEST_WINDOW)

    # --- painting ----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event) -> None:
        painter, page = QPainter(self), self._page
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._look.colour(Role.SURFACE))
        place = self._paint_training(painter) if page.training else self.rect()
        if page.kind is PageKind.IDLE:
            self._paint_greeting(painter, place)
        elif page.kind is PageKind.BASKET:
            self._paint_basket(painter, place)
        else:
            self._paint_one_thing(painter, self._paint_code(painter, place) if page.code else place)
        painter.end()

    def _px(self, length: float) -> int:
        """A length on the smallest window, on this screen."""
        across, down = SMALLEST_WINDOW
        return max(round(length * min(self.width() / across, self.height() / down)), 1)

    def _font(self, size: float, strong: bool = False) -> QFont:
        font = QFont(self._look.font(Type.BODY, strong))
        font.setPixelSize(self._px(size))
        return font

    def _font_within(self, text: str, size: float, width: int) -> QFont:
        """The size, or as much of it as fits: an amount is never cut."""
        font = self._font(size, strong=True)
        wide = QFontMetrics(font).horizontalAdvance(text)
        if wide > width > 0:
            font.setPixelSize(max(font.pixelSize() * width // wide, 1))
        return font

    def _paint_training(self, painter: QPainter) -> QRect:
        band = QRect(0, 0, self.width(), self._px(Type.TITLE + 2 * Space.INSIDE))
        painter.fillRect(band, self._look.colour(Role.WARNING, Tone.FILL))
        painter.setPen(self._look.colour(Role.WARNING, Tone.ON))
        painter.setFont(self._font(Type.TITLE, strong=True))
        painter.drawText(band, Qt.AlignmentFlag.AlignCenter, training_words())
        return self.rect().adjusted(0, band.height(), 0, 0)

    def _paint_greeting(self, painter: QPainter, place: QRect) -> None:
        words = self._font_within(greeting(), Type.ALONE, place.width() - 2 * self._px(Space.AROUND))
        name = self._font(Type.AMOUNT)
        high = QFontMetrics(words).height() + (QFontMetrics(name).height() if self._shop else 0)
        rows = _Rows(place.adjusted(0, (place.height() - high) // 2, 0, 0))
        painter.setPen(self._look.colour(Role.TEXT))
        self._text(painter, rows.next(QFontMetrics(words).height()), greeting(), words)
        if self._shop:
            painter.setPen(self._look.colour(Role.MUTED))
            inside = self._px(Space.AROUND)
            row = rows.next(QFontMetrics(name).height()).adjusted(inside, 0, -inside, 0)
            self._text(painter, row, shorten(self._shop, name, row.width()), name)

    def _paint_basket(self, painter: QPainter, place: QRect) -> None:
        around = self._px(Space.AROUND)
        foot_high = self._px(Type.ALONE * _FAR + Space.BETWEEN)
        foot = QRect(place.left(), place.bottom() - foot_high + 1, place.width(), foot_high)
        painter.fillRect(foot, self._look.colour(Role.RAISED))
        painter.fillRect(foot.left(), foot.top(), foot.width(), 2 * LINE_PX, self._look.colour(Role.EDGE))
        self._paint_total(painter, foot.adjusted(around, 0, -around, 0))
        lines = QRect(place.left(), place.top(), place.width(), place.height() - foot_high)
        self._paint_lines(painter, lines.adjusted(around, self._px(Space.BETWEEN), -around, -self._px(Space.BETWEEN)))

    def _paint_total(self, painter: QPainter, row: QRect) -> None:
        page, words = self._page, self._font(Type.AMOUNT)
        wide = QFontMetrics(words).horizontalAdvance(page.what) + self._px(Space.AROUND)
        painter.setPen(self._look.colour(Role.TEXT))
        painter.setFont(words)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, page.what)
        painter.setFont(self._font_within(page.amount, Type.ALONE * _FAR, row.width() - wide))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, page.amount)

    def _paint_lines(self, painter: QPainter, place: QRect) -> None:
        """The newest at the foot and large; above it as many of those before as there is room for."""
        *before, last = self._page.lines
        bottom = place.bottom() + 1
        last_high = self._line_height(last, Type.AMOUNT, Type.HEAD)
        self._paint_line(painter, QRect(place.left(), bottom - last_high, place.width(), last_high), last, newest=True)
        bottom -= last_high + self._px(Space.INSIDE)
        for line in reversed(before):
            high = self._line_height(line, Type.HEAD, Type.TITLE)
            if bottom - high < place.top():
                return
            self._paint_line(painter, QRect(place.left(), bottom - high, place.width(), high), line, newest=False)
            bottom -= high

    def _line_height(self, line: CustomerLine, size: Type, detail: Type) -> int:
        high = QFontMetrics(self._font(size)).height()
        return high + (QFontMetrics(self._font(detail)).height() if line.detail else 0)

    def _paint_line(self, painter: QPainter, place: QRect, line: CustomerLine, newest: bool) -> None:
        size, detail = (Type.AMOUNT, Type.HEAD) if newest else (Type.HEAD, Type.TITLE)
        font = self._font(size, strong=newest)
        painter.setFont(font)
        painter.setPen(self._look.colour(Role.TEXT if newest else Role.MUTED))
        metrics = QFontMetrics(font)
        top = QRect(place.left(), place.top(), place.width(), metrics.height())
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.amount)
        room = top.width() - metrics.horizontalAdvance(line.amount) - self._px(Space.AROUND)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(top, left, shorten(line.label, font, room))
        if line.detail:
            small = self._font(detail)
            painter.setFont(small)
            painter.setPen(self._look.colour(Role.MUTED))
            below = QRect(place.left(), top.bottom(), place.width(), place.height() - top.height())
            painter.drawText(below, left, shorten(line.detail, small, below.width()))

    def _paint_one_thing(self, painter: QPainter, place: QRect) -> None:
        """Words with their shape, the one amount, what else counts: in the middle, one under the other."""
        page, around = self._page, self._px(Space.AROUND)
        place = place.adjusted(around, around, -around, -around)
        head = self._font_within(page.head, Type.ALONE if not page.amount else Type.AMOUNT, place.width())
        amount = self._font_within(page.amount, Type.ALONE * _FAR, place.width())
        what, also = self._font(Type.AMOUNT), self._font(Type.HEAD)
        icon_px = self._px(2 * ICON_EMPTY_PX) if page.icon else 0
        heights = [
            icon_px,
            QFontMetrics(head).height() if page.head else 0,
            QFontMetrics(what).height() if page.what else 0,
            QFontMetrics(amount).height() if page.amount else 0,
            QFontMetrics(also).height() * len(page.also),
        ]
        gap = self._px(Space.INSIDE)
        high = sum(heights) + gap * (len([each for each in heights if each]) - 1)
        rows = _Rows(place.adjusted(0, max((place.height() - high) // 2, 0), 0, 0), gap)
        if page.icon:
            self._paint_icon(painter, rows.next(icon_px), icon_px)
        painter.setPen(self._look.colour(Role.TEXT))
        for text, font in ((page.head, head), (page.what, what), (page.amount, amount)):
            if text:
                self._text(painter, rows.next(QFontMetrics(font).height()), text, font)
        painter.setPen(self._look.colour(Role.MUTED))
        for said, value in page.also:
            self._text(painter, rows.next(QFontMetrics(also).height(), 0), f"{said}  {value}", also)

    def _paint_code(self, painter: QPainter, place: QRect) -> QRect:
        """The code at the right, alone in the middle if nothing else is there; what is left of the place beside it."""
        page, around = self._page, self._px(Space.AROUND)
        words = self._font(Type.TITLE)
        words_high = QFontMetrics(words).height() + self._px(Space.INSIDE)
        alone = not (page.head or page.amount)
        width = place.width() if alone else place.width() // 2
        side = len(page.code) + 2 * _QUIET_MODULES
        cell = max(min(width - 2 * around, place.height() - 2 * around - words_high) // side, 1)
        white = QRect(0, 0, side * cell, side * cell)
        half = QRect(place.right() - width + 1, place.top(), width, place.height())
        white.moveCenter(half.center())
        white.translate(0, -words_high // 2)
        painter.fillRect(white, QColor(PAPER))
        ink = QColor(PAPER_INK)
        for down, row in enumerate(page.code):
            for across, dark in enumerate(row):
                if dark:
                    left, top = white.left() + (across + _QUIET_MODULES) * cell, white.top()
                    painter.fillRect(left, top + (down + _QUIET_MODULES) * cell, cell, cell, ink)
        painter.setPen(self._look.colour(Role.TEXT))
        below = QRect(half.left(), white.bottom() + self._px(Space.INSIDE), half.width(), words_high)
        self._text(painter, below, shorten(page.code_words, words, half.width()), words)
        return QRect(place.left(), place.top(), place.width() - width, place.height())

    def _paint_icon(self, painter: QPainter, row: QRect, side: int) -> None:
        role = Role.SUCCESS if self._page.icon in ("circle-check", "package-check") else Role.INFO
        pixmap = self._look.pixmap(self._page.icon, role, side)
        painter.drawPixmap(QRect(row.center().x() - side // 2, row.top(), side, side), pixmap)

    def _text(self, painter: QPainter, row: QRect, text: str, font: QFont) -> None:
        painter.setFont(font)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, text)


class _Rows:
    """Rows of a place, one under the other."""

    def __init__(self, place: QRect, gap: int = 0) -> None:
        self._place = place
        self._gap = gap
        self._top = place.top()

    def next(self, height: int, gap: int | None = None) -> QRect:
        row = QRect(self._place.left(), self._top, self._place.width(), height)
        self._top += height + (self._gap if gap is None else gap)
        return row
