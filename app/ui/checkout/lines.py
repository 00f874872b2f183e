"""Owns the changes a person makes to the basket's lines, and the way back from each.

Never touches what an online order brought (its card decides), never payments.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.catalogue import Unit
from app.domain.money import ZERO, Money
from app.domain.sale import MAX_PIECES, Basket, BasketLine, line_for_product
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.state import Notice, NoticeKind, Step
from app.ui.input_grammar import OpenPrice, parse_measure, quantity_in_base_units
from app.usecases.find_article import ArticleFound
from app.usecases.park_basket import abandon_basket
from app.usecases.queries import ProductRow

_RECKONED = {Unit.KG: " (poids calculé)"}
_RECKONED |= dict.fromkeys((Unit.PIECE, Unit.LITRE, Unit.HOUR), " (quantité calculée)")
"""On the ticket, in French whatever language the screen speaks: the label said the price only."""


class BasketLines:
    """The lines of the basket under way, and the way back."""

    def __init__(self, flow: SaleFlow) -> None:
        self._flow = flow
        self._past: list[Basket] = []
        self._given_up: Basket | None = None
        self.unknown_code = ""

    def forget_past(self) -> None:
        """Another basket begins: there is nothing to take back in it."""
        self._past.clear()
        self._given_up = None
        self.unknown_code = ""

    def replace(self, basket: Basket, **values: object) -> None:
        """Show another basket; the one before can be had back."""
        flow = self._flow
        basket = _discount_that_fits(basket)
        if basket != flow.state.basket:
            self._past.append(flow.state.basket)
        known = [line.line_id for line in basket.lines]
        active = flow.state.active if flow.state.active in known else (known[-1] if known else "")
        flow.change(**{"basket": basket, "active": active, "notice": None, **values})

    # --- adding ------------------------------------------------------------------------------------------------------

    def add_article(self, row: ProductRow, thousandths: int | None = None, label: ArticleFound | None = None) -> None:
        """Add an article; quantity typed before it or said by its label, else one piece, else its weight is asked."""
        flow, product = self._flow, row.product
        typed = thousandths if thousandths is not None else flow.state.next_thousandths
        if not product.active:
            flow.refuse(NoticeKind.NOT_SOLD_ANY_MORE, name=product.name)
        elif label is not None and label.quantity is not None:
            self._add_labelled(label, label.quantity, typed)
        elif typed is not None:
            self._add_typed_quantity(row, typed)
        elif product.unit is Unit.PIECE:
            self._add_quantity(row, 1)
        else:
            flow.change(step=Step.WEIGH, weighing=row, notice=None)

    def _add_typed_quantity(self, row: ProductRow, thousandths: int) -> None:
        quantity = quantity_in_base_units(thousandths, row.product.unit)
        if quantity is None:
            self._flow.change(next_thousandths=None)
            self._flow.refuse(NoticeKind.WHOLE_PIECES, name=row.product.name)
        else:
            self._add_quantity(row, quantity)

    def _add_labelled(self, label: ArticleFound, quantity: int, typed: int | None) -> None:
        if typed is not None:
            self._flow.change(next_thousandths=None)
            self._flow.refuse(NoticeKind.LABEL_QUANTITY, name=label.row.product.name)
            return
        self._add_quantity(label.row, quantity, label)

    def _add_quantity(self, row: ProductRow, quantity: int, label: ArticleFound | None = None) -> None:
        line = line_for_product(self._flow.around.counter.ids.new(), row.product, quantity)
        if label is not None and label.price is not None:
            line = _at_label_price(line, label.price, derived=label.derived)
        if self.add(line):
            self._warn_if_short(row)

    def weigh(self, text: str) -> None:
        """WEIGH: the weight, volume or duration of the article asked about."""
        row = self._flow.state.weighing
        if row is None:
            return
        quantity = parse_measure(text, row.product.unit)
        if quantity is None:
            self._flow.refuse(NoticeKind.WEIGHT_UNCLEAR, text=text, unit=row.product.unit)
        else:
            self._add_quantity(row, quantity)

    def ask_rate(self, price: OpenPrice) -> None:
        self._flow.change(step=Step.RATE, pricing=price, notice=None)

    def add_open_price(self, rate_bp: int, nameless: str) -> None:
        """RATE: the open price becomes a line at this VAT rate, called `nameless` if no words were typed."""
        pricing = self._flow.state.pricing
        if pricing is None:
            return
        line = BasketLine(
            line_id=self._flow.around.counter.ids.new(),
            label=(pricing.words[:1].upper() + pricing.words[1:]) or nameless,
            unit_price=pricing.amount,
            vat_rate_bp=rate_bp,
            quantity=pricing.quantity,
            code=self.unknown_code,
        )
        self.add(line, suggested_rate_bp=rate_bp)

    def add_returned(self, lines: tuple[BasketLine, ...]) -> None:
        """Put what comes back from a ticket into the basket."""
        basket = self._flow.state.basket
        self.replace(replace(basket, lines=(*basket.lines, *lines)), step=Step.SELL, active=lines[-1].line_id)

    def add(self, line: BasketLine, **values: object) -> bool:
        """Add a line and go on selling; False if it would be more pieces than anybody buys. What is being taken back
        without its ticket comes in with the opposite sign."""
        if self._flow.state.taking_back:
            line = _coming_back(line)
        basket = self._flow.state.basket.add(line)
        last = basket.lines[-1]
        if abs(last.quantity) > MAX_PIECES * last.unit.base_per_priced:
            self._flow.change(next_thousandths=None)
            self._flow.refuse(NoticeKind.TOO_MANY, name=line.label, most=MAX_PIECES, unit=line.unit)
            return False
        asked_nothing = {"step": Step.SELL, "weighing": None, "pricing": None, "next_thousandths": None}
        asked_nothing["taking_back"] = False
        self.unknown_code = ""
        self.replace(basket, **{**asked_nothing, "active": last.line_id, **values})
        return True

    def _warn_if_short(self, row: ProductRow) -> None:
        product, flow = row.product, self._flow
        wanted = sum(line.quantity for line in flow.state.basket.lines if line.product_id == product.product_id)
        if product.stock_tracked and wanted > row.physical and flow.around.settings().warn_on_negative_stock:
            flow.say(NoticeKind.STOCK_SHORT, name=product.name, physical=row.physical, unit=product.unit)

    # --- changing ----------------------------------------------------------------------------------------------------

    def active_line(self) -> BasketLine | None:
        state = self._flow.state
        return next((line for line in state.basket.lines if line.line_id == state.active), None)

    def move_active(self, steps: int) -> None:
        state = self._flow.state
        ids = [line.line_id for line in state.basket.lines]
        if ids:
            place = ids.index(state.active) if state.active in ids else len(ids) - 1
            self._flow.change(active=ids[min(max(place + steps, 0), len(ids) - 1)])

    def add_pieces(self, pieces: int) -> None:
        """One more or less of the active line; one less than one removes it."""
        line = self._changeable()
        if line is None:
            return
        if line.unit is not Unit.PIECE:
            self._flow.refuse(NoticeKind.QUANTITY_BY_STAR, name=line.label, unit=line.unit)
        elif abs(line.quantity) + pieces < 1:
            self.remove_active()
        else:
            self._set(line, abs(line.quantity) + pieces)

    def set_quantity(self, thousandths: int) -> None:
        line = self._changeable()
        if line is None:
            return
        if not thousandths:
            self.remove_active()
            return
        quantity = quantity_in_base_units(thousandths, line.unit)
        if quantity is None:
            self._flow.refuse(NoticeKind.WHOLE_PIECES, name=line.label)
        else:
            self._set(line, quantity)

    def _set(self, line: BasketLine, quantity: int) -> None:
        if quantity > MAX_PIECES * line.unit.base_per_priced:
            self._flow.refuse(NoticeKind.TOO_MANY, name=line.label, most=MAX_PIECES, unit=line.unit)
        else:
            signed = -quantity if line.quantity < 0 else quantity
            self.replace(self._flow.state.basket.with_quantity(line.line_id, signed))

    def remove_active(self) -> None:
        """Take the active line out. A basket that somebody had seen the total of, and is empty now, was given up."""
        line, before = self._changeable(removing=True), self._flow.state.basket
        if line is None:
            return
        self.replace(before.without(line.line_id))
        self._flow.say(NoticeKind.LINE_REMOVED, name=line.label)
        if self._flow.state.was_seen and not self._flow.state.basket.lines:
            self._note_given_up(before)

    def _note_given_up(self, basket: Basket) -> None:
        around, operator = self._flow.around, self._flow.around.operator()
        self._given_up = basket
        self._flow.change(was_seen=False)
        self._flow.ask_store(lambda: abandon_basket(around.counter, basket, operator, ""), lambda _: None)

    def undo(self) -> None:
        """The basket as it was before its last change, to be sold: proof of age and total are looked at anew."""
        if not self._past:
            self._flow.refuse(NoticeKind.NOTHING_TO_UNDO)
            return
        before, basket = self._flow.state.basket, self._past.pop()
        last = basket.lines[-1].line_id if basket.lines else ""
        seen = self._flow.state.was_seen or basket == self._given_up  # given up again, it is noted again
        undone = Notice(NoticeKind.UNDONE)
        self._flow.change(step=Step.SELL, basket=basket, active=last, was_seen=seen, notice=undone)
        if seen and before.lines and not basket.lines:
            self._note_given_up(before)

    def without_order(self) -> None:
        """Take an online order's lines out; what was added to them stays."""
        state = self._flow.state
        own = own_lines(state.basket)
        self.replace(own, order=None, step=Step.SELL, active=own.lines[-1].line_id if own.lines else "")
        self.forget_past()

    def _changeable(self, *, removing: bool = False) -> BasketLine | None:
        line = self.active_line()
        if line is None:
            self._flow.refuse(NoticeKind.EMPTY_BASKET)
            return None
        if line.order_id:
            self._flow.refuse(NoticeKind.ORDER_LINE)
            return None
        if line.corrects_sale_id and not removing:
            self._flow.refuse(NoticeKind.RETURN_LINE)
            return None
        if line.fixed_total is not None and not removing:
            self._flow.refuse(NoticeKind.LABEL_LINE, name=line.label)
            return None
        return line


def own_lines(basket: Basket) -> Basket:
    """What was added here, without what an online order brought."""
    return replace(basket, lines=tuple(line for line in basket.lines if not line.order_id), order_id="")


def _at_label_price(line: BasketLine, price: Money, *, derived: bool) -> BasketLine:
    """The line at the price that stands on the goods."""
    if line.unit is Unit.PIECE and line.quantity == 1:
        return replace(line, unit_price=price)
    return replace(line, fixed_total=price, label=line.label + _RECKONED[line.unit] if derived else line.label)


def _coming_back(line: BasketLine) -> BasketLine:
    total = -line.fixed_total if line.fixed_total is not None else None
    return replace(line, quantity=-line.quantity, fixed_total=total)


def _discount_that_fits(basket: Basket) -> Basket:
    """The ticket's discount never takes more off than there is."""
    if basket.discount <= basket.discountable:
        return basket
    left = max(basket.discountable, ZERO)
    return basket.with_discount(left, basket.discount_reason if left else "")
