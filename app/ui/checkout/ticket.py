"""Owns how the basket is shown: the order it serves, its lines, the active one marked, the total. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame

from app.domain.money import ZERO
from app.domain.sale import BasketLine
from app.i18n import tr, trn
from app.ui import messages
from app.ui.checkout.line_touch import LineTouch
from app.ui.checkout.pieces import button
from app.ui.checkout.state import SaleState, Step
from app.ui.checkout.words import line_detail, total_parts
from app.ui.components.buttons import Kind
from app.ui.components.layouts import Pages, card, column, row, rule
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.components.states import EmptyState
from app.ui.components.text import NameLabel, label
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A line as shown; `asks_age` where it is the reason for the question of age."""

    line: BasketLine
    asks_age: bool


class TicketDelegate(RowDelegate):
    """Label and amount on one line; quantity and unit price under the label."""

    def paint_row(self, painter: QPainter, rect: QRect, row: TicketRow, selected: bool) -> None:
        look, line = self.look, row.line
        amount = messages.amount(line.total)
        amount_font = look.font(Type.LEAD, strong=True)
        amount_width = QFontMetrics(amount_font).horizontalAdvance(amount)
        painter.setPen(look.colour(Role.TEXT))
        painter.setFont(amount_font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, amount)
        words = rect.adjusted(0, Space.INSIDE, -amount_width - Space.NEAR, -Space.INSIDE)
        name_font, small = look.font(Type.BODY, strong=selected), look.font(Type.CAPTION)
        painter.setFont(name_font)
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, shorten(line.label, name_font, words.width()))
        painter.setFont(small)
        painter.setPen(look.colour(Role.WARNING if row.asks_age else Role.TEXT if selected else Role.MUTED))
        age = f"  ·  {line.age_limit}+" if row.asks_age else ""
        detail = shorten(line_detail(line) + age, small, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, detail)


class TicketPane(QFrame):
    """The right 40 %.

    Signals:
        line_chosen: the id of the line touched.
        pay_pressed, order_removed, discount_pressed, doubt_pressed: the buttons.
    """

    line_chosen = Signal(str)
    pay_pressed = Signal()
    order_removed = Signal()
    discount_pressed = Signal()
    doubt_pressed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._model = RowModel(lambda shown: shown.line.line_id, _words_of)
        self.lines = RowList(self._model, TicketDelegate(look), tr("Basket"))
        self.lines.setObjectName("ticket-lines")
        self.lines.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._order = QFrame()
        self._order_name = NameLabel("", Type.BODY, Role.INFO, strong=True)
        self._build_order_banner(look)
        self._doubt = QFrame()
        self._doubt_words = NameLabel("", Type.BODY, Role.WARNING, strong=True)
        self._build_doubt_banner(look)
        self._empty = EmptyState(
            look,
            "receipt-euro",
            tr("The basket is empty"),
            tr("Scan, type an article's name, a price (3.50 cheese), or touch a tile."),
        )
        self._middle = Pages(self._empty, self.lines)
        self._count = label("", Type.BODY, Role.MUTED)
        self.total = label("", Type.AMOUNT, strong=True, right=True)
        self.total.setObjectName("total")
        self.pay = button(look, tr("Take payment"), tr("Enter"), Kind.MAIN, name="pay")
        self.pay.clicked.connect(lambda _checked=False: self.pay_pressed.emit())
        self.lines.row_chosen.connect(self.line_chosen)
        self._parts = NameLabel("", Type.BODY, Role.MUTED)
        self._parts.setObjectName("parts-of-total")
        self._discount = button(look, tr("Discount"), "Ctrl+D", Kind.QUIET, name="discount")
        self._discount.clicked.connect(lambda _checked=False: self.discount_pressed.emit())
        foot = row(self._count, self.total)
        foot.setStretch(1, 1)
        self.touch = LineTouch(look)
        acts = row(self.touch, None, self._discount, gap=0)
        whole = (self._order, self._doubt, self._middle, rule(), acts, self._parts, foot, self.pay)
        inside = column(*whole, gap=Space.HAIR)
        inside.setStretch(2, 1)
        self.setLayout(column(card(inside, Space.NEAR)))
        self.layout().setContentsMargins(0, 0, 0, 0)

    def show_state(self, state: SaleState) -> None:
        basket = state.basket
        self.lines.replace_rows([TicketRow(line, bool(line.age_limit) and not state.of_age) for line in basket.lines])
        if self.lines.select_key(state.active):
            self.lines.scrollTo(self.lines.currentIndex())
        self._middle.setCurrentWidget(self.lines if basket.lines else self._empty)
        self._count.setText(_count_words(state.piece_count) if basket.lines else "")
        self.total.setText(messages.amount(basket.total))
        self.total.setAccessibleName(tr("Total {amount}").format(amount=messages.amount(basket.total)))
        self._parts.set_name(total_parts(basket))
        self._parts.setVisible(bool(total_parts(basket)))
        self._doubt.setVisible(bool(state.doubts))
        if state.doubts:
            words = tr("Card {amount} to check").format(amount=messages.amount(state.doubts[0].amount))
            self._doubt_words.set_name(words)
        self._show_order(state)
        self._show_actions(state)

    def _show_order(self, state: SaleState) -> None:
        self._order.setVisible(state.order is not None)
        if state.order is not None:
            self._order_name.set_name(
                tr("Order {number}, {name}").format(number=state.order.number, name=state.order.customer_name)
            )

    def _show_actions(self, state: SaleState) -> None:
        selling = state.step in (Step.SELL, Step.WEIGH, Step.RATE, Step.AGE, Step.DISCOUNT, Step.REASON, Step.DOUBT)
        words = tr("Pay and hand over") if state.order is not None else tr("Take payment")
        words = tr("Give money back") if state.basket.total < ZERO else words
        self.touch.setVisible(state.step is Step.SELL and bool(state.basket.lines))
        self._discount.setVisible(selling and bool(state.basket.discountable))
        if selling:
            self.pay.set_text(words, tr("Enter") if state.step is Step.SELL else "F12")
        else:
            self.pay.set_text(tr("Back to the basket"), tr("Esc"))
        self.pay.set_kind(Kind.MAIN if state.step is Step.SELL else Kind.PLAIN)  # a question is the one strong thing
        self.pay.setEnabled(bool(state.basket.lines) and state.step is not Step.SETTLING)

    def _build_doubt_banner(self, look: Look) -> None:
        self._doubt.setProperty("surface", str(Role.WARNING))
        self._doubt.setObjectName("doubt-banner")
        look_at = button(look, tr("See"), "Ctrl+B", Kind.QUIET, name="cards-in-doubt")
        look_at.clicked.connect(lambda _checked=False: self.doubt_pressed.emit())
        box = row(self._doubt_words, look_at)
        box.setContentsMargins(Space.NEAR, 0, 0, 0)
        box.setStretch(0, 1)
        self._doubt.setLayout(box)
        self._doubt.hide()

    def _build_order_banner(self, look: Look) -> None:
        self._order.setProperty("surface", str(Role.INFO))
        self._order.setObjectName("order-banner")
        remove = button(look, tr("Take out"), kind=Kind.QUIET, name="remove-order")
        remove.clicked.connect(lambda _checked=False: self.order_removed.emit())
        box = row(self._order_name, remove)
        box.setContentsMargins(Space.NEAR, 0, 0, 0)
        box.setStretch(0, 1)
        self._order.setLayout(box)
        self._order.hide()


def _words_of(shown: TicketRow) -> str:
    return f"{shown.line.label}, {line_detail(shown.line)}, {messages.amount(shown.line.total)}"


def _count_words(count: int) -> str:
    return trn("{count} article", "{count} articles", count).format(count=count)
