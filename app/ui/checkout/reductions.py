"""Owns discounts and the reasons asked for: for a discount, for goods that come back without their ticket. Never takes
a payment."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.domain.money import ZERO, Money, divide_half_up, parse_amount
from app.domain.operators import Right
from app.domain.sale import Basket
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.lines import BasketLines
from app.ui.checkout.reasons import ReasonFor, reason_of
from app.ui.checkout.state import AskedReason, NoticeKind, Step
from app.usecases.sell_at_counter import takes_more_off

_PERCENT = re.compile(r"^(\d{1,3})(?:[.,](\d))?\s*%$|^(\d{1,3})$")
_AMOUNT = re.compile(r"^\d{1,6}(?:[.,]\d{1,2}\s*€?|\s*€)$")


def parse_discount(text: str, base: Money) -> Money | None:
    """How much is taken off: `10` and `10 %` are percent, `2,50` and `2 €` an amount; None if it is neither."""
    cleaned = text.strip().lstrip("-").strip()
    percent = _PERCENT.match(cleaned)
    if percent is not None:
        tenths = int(percent[3]) * 10 if percent[3] else int(percent[1]) * 10 + int(percent[2] or 0)
        return Money(divide_half_up(base.minor * tenths, 1000)) if tenths <= 1000 else None
    return parse_amount(cleaned.rstrip("€ ")) if _AMOUNT.match(cleaned) else None


class Reductions:
    """Discounts of a line or of the ticket, and reasons."""

    def __init__(self, flow: SaleFlow, lines: BasketLines) -> None:
        self._flow = flow
        self._lines = lines

    # --- discounts ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """DISCOUNT: of the active line first; where that takes none, of the ticket."""
        state = self._flow.state
        if state.step not in (Step.SELL, Step.PAY) or state.payments:
            self._flow.refuse(NoticeKind.PAYMENTS_KEPT if state.payments else NoticeKind.ANSWER_FIRST)
        elif not state.basket.discountable:
            self._flow.refuse(NoticeKind.NO_DISCOUNT_HERE if state.basket.lines else NoticeKind.EMPTY_BASKET)
        else:
            of_ticket = state.step is Step.PAY or not self._line_takes_discount()
            self._flow.change(step=Step.DISCOUNT, whole_ticket=of_ticket, notice=None)

    def choose_whole(self, *, whole_ticket: bool) -> None:
        """DISCOUNT: the ticket, or the active line."""
        if self._flow.state.step is Step.DISCOUNT and (whole_ticket or self._line_takes_discount()):
            self._flow.change(whole_ticket=whole_ticket, notice=None)

    def base(self) -> Money:
        """What the discount is taken from: the price before any."""
        state = self._flow.state
        line = self._lines.active_line()
        if state.whole_ticket or line is None:
            return state.basket.discountable
        return line.total + line.discount

    def letter(self, key: str) -> bool:
        """T and L choose ticket or line; a figure picks a reason."""
        state = self._flow.state
        if state.step is Step.DISCOUNT and key in "tl":
            self.choose_whole(whole_ticket=key == "t")
            return True
        if state.step is Step.REASON and key.isdigit():
            self._flow.when_free(lambda: self.take(key))
            return True
        return False

    def take(self, text: str) -> None:
        """Enter: an amount in DISCOUNT, a reason in REASON."""
        if self._flow.state.step is Step.REASON:
            self._reason_given(text)
            return
        base = self.base()
        discount = parse_discount(text, base)
        if discount is None:
            self._flow.refuse(NoticeKind.DISCOUNT_UNCLEAR, text=text)
        elif discount > base:
            self._flow.refuse(NoticeKind.DISCOUNT_TOO_LARGE, most=base)
        elif not discount:
            self.remove()
        else:
            line_id = "" if self._flow.state.whole_ticket else self._flow.state.active
            asked = AskedReason(ReasonFor.DISCOUNT, discount, line_id)
            self._flow.change(step=Step.REASON, asked_reason=asked, notice=None)

    def remove(self) -> None:
        """DISCOUNT, Enter on the empty box: no discount here."""
        state = self._flow.state
        given = state.basket.discount if state.whole_ticket else self._given_on_line()
        self._lines.replace(self._with(state.basket, AskedReason(ReasonFor.DISCOUNT), ""), step=Step.SELL)
        if given:
            self._flow.say(NoticeKind.DISCOUNT_REMOVED, amount=given)

    def _give(self, asked: AskedReason, reason: str) -> None:
        basket = self._with(self._flow.state.basket, asked, reason)

        def give() -> None:
            self._lines.replace(basket, step=Step.SELL, asked_reason=None)
            self._flow.say(NoticeKind.DISCOUNT_GIVEN, amount=asked.discount, total=basket.total)

        if takes_more_off(basket, self._flow.around.discount_limit()):
            self.with_leave(Right.DISCOUNT_OVER_LIMIT, give)
        else:
            give()

    def _with(self, basket: Basket, asked: AskedReason, reason: str) -> Basket:
        if self._flow.state.whole_ticket:
            return basket.with_discount(asked.discount, reason)
        return basket.with_line_discount(asked.line_id or self._flow.state.active, asked.discount, reason)

    def _line_takes_discount(self) -> bool:
        line = self._lines.active_line()
        return line is not None and (line.takes_ticket_discount or bool(line.discount)) and not line.corrects_sale_id

    def _given_on_line(self) -> Money:
        line = self._lines.active_line()
        return line.discount if line is not None else ZERO

    # --- goods that come back without their ticket -------------------------------------------------------------------

    def begin_taking_back(self) -> None:
        """The next article comes back. Its reason is asked once a basket."""
        state = self._flow.state
        if state.step is not Step.SELL:
            self._flow.refuse(NoticeKind.ANSWER_FIRST)
        elif state.reason:
            self._take_back(state.reason)
        else:
            asked = AskedReason(ReasonFor.TAKING_BACK)
            self._flow.change(step=Step.REASON, asked_reason=asked, notice=None)

    def _take_back(self, reason: str) -> None:
        def go_on() -> None:
            self._flow.change(step=Step.SELL, asked_reason=None, reason=reason, taking_back=True)
            self._flow.say(NoticeKind.TAKING_BACK)

        self.with_leave(Right.RETURN_WITHOUT_TICKET, go_on)

    # --- reasons -----------------------------------------------------------------------------------------------------

    def _reason_given(self, text: str) -> None:
        asked = self._flow.state.asked_reason
        if asked is None:
            return
        reason = reason_of(asked.purpose, text)
        if not reason:
            self._flow.refuse(NoticeKind.REASON_MISSING)
        elif asked.purpose is ReasonFor.DISCOUNT:
            self._give(asked, reason)
        else:
            self._take_back(reason)

    def with_leave(self, right: Right, go_on: Callable[[], None]) -> None:
        """Go on if whoever is there may, or a manager says so; their name stays with the basket."""

        def answered(name: str | None) -> None:
            if name is None:
                self._flow.change(step=Step.SELL, asked_reason=None)
                self._flow.refuse(NoticeKind.NOT_APPROVED)
                return
            if name:
                self._flow.change(approved_by=name)
            go_on()

        self._flow.around.leave(right, answered)
