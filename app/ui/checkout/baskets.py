"""Owns which basket is on the counter: parked ones, taken back ones, and the online order joined to a sale.

A parked basket never holds an order's lines: they are fetched afresh from the order when it is scanned again.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.order import OrderAtCounter
from app.domain.sale import Basket, BasketLine
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.lines import BasketLines, own_lines
from app.ui.checkout.payment import PaymentDesk
from app.ui.checkout.state import Notice, NoticeKind, OrderInBasket, Step, fresh
from app.ui.task_runner import Lane
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.park_basket import park_basket, take_basket
from app.usecases.queries import ParkedRow
from app.usecases.sell_at_counter import order_basket_lines

_MAY_LEAVE = frozenset({Step.SELL, Step.WEIGH, Step.RATE, Step.AGE, Step.PAY, Step.PAID})


class BasketShelf:
    """Parks, takes back, and joins orders."""

    def __init__(self, flow: SaleFlow, lines: BasketLines, payment: PaymentDesk) -> None:
        self._flow = flow
        self._lines = lines
        self._payment = payment

    def load(self) -> None:
        around = self._flow.around
        around.runner.run(Lane.STORE, around.queries.parked_baskets, self._parked_came, self._flow.store_failed)

    def has_own_lines(self) -> bool:
        return bool(own_lines(self._flow.state.basket).lines)

    def may_leave(self) -> bool:
        """Whether another basket may take this one's place now: no money was received, no question is open."""
        return self._flow.state.step in _MAY_LEAVE and not self._flow.state.payments

    def park(self) -> None:
        """Put the basket aside; an order's lines simply go back to the order."""
        if not self.may_leave():
            self._flow.refuse(NoticeKind.PAYMENTS_KEPT)
        elif self.has_own_lines():
            around, basket = self._flow.around, own_lines(self._flow.state.basket)
            self._flow.ask_store(
                lambda: park_basket(around.counter, basket, title_of(basket)),
                lambda _basket_id: self._begin(Basket(), Notice(NoticeKind.PARKED, {"total": basket.total})),
            )

    def is_under_way(self) -> bool:
        """Whether goods are in the basket that were neither sold nor put aside."""
        return self.has_own_lines() and self._flow.state.step is not Step.PAID

    def waits(self) -> bool:
        """Whether goods are in the basket, or in one that was parked."""
        return bool(self._flow.state.parked) or self.is_under_way()

    def take_up(self) -> None:
        """Go on with the basket under way, else with the one parked last, read anew: it was parked a moment ago."""
        if self.is_under_way():
            return

        def came(rows: Sequence[ParkedRow]) -> None:
            self._parked_came(rows)
            self.take_newest_back()

        self._flow.ask_store(self._flow.around.queries.parked_baskets, came)

    def take_newest_back(self) -> None:
        parked = self._flow.state.parked
        if parked:
            self.take_back(max(parked, key=lambda row: (row.parked_at, row.basket_id)).basket_id)
        else:
            self._flow.refuse(NoticeKind.NOTHING_PARKED)

    def take_back(self, basket_id: str) -> None:
        """Bring a parked basket back: it joins an order's lines, and takes the place of (parks) other goods."""
        if not self.may_leave():
            self._flow.refuse(NoticeKind.PAYMENTS_KEPT)
            return
        around, state = self._flow.around, self._flow.state
        in_the_way = own_lines(state.basket) if state.order is None else Basket()

        def swap() -> Basket | None:
            if in_the_way.lines:
                park_basket(around.counter, in_the_way, title_of(in_the_way))
            return take_basket(around.counter, basket_id)

        self._flow.ask_store(swap, lambda taken: self._taken(taken, bool(in_the_way.lines)))

    def _taken(self, taken: Basket | None, parked_other: bool) -> None:
        state = self._flow.state
        if taken is None:
            self.load()
            self._flow.refuse(NoticeKind.NOTHING_PARKED)
        elif state.order is not None and not parked_other:
            joined = Basket(
                (*state.basket.lines, *taken.lines), state.basket.order_id, taken.discount, taken.discount_reason
            )
            self._lines.replace(joined, active=taken.lines[-1].line_id, step=Step.SELL, was_seen=True)
            self._lines.forget_past()  # it is parked no more: taken back by Ctrl+Z, it would be nowhere
            self._flow.say(NoticeKind.TAKEN_BACK, total=taken.total)
            self.load()
        else:
            self._begin(taken, Notice(NoticeKind.TAKEN_BACK, {"total": taken.total}), was_seen=True)

    # --- orders ------------------------------------------------------------------------------------------------------

    def take_order(self, order_id: str, request: HandoverRequest | None) -> None:
        """Bring an order's amount due into the basket; other goods under way are parked."""
        around, state = self._flow.around, self._flow.state
        if state.order is not None and state.order.request.order_id == order_id:
            self._payment.begin()
            return
        if not self.may_leave():
            self._flow.refuse(NoticeKind.PAYMENTS_KEPT)
            return
        wanted = request or HandoverRequest(order_id, HowFound.NAME, around.operator())
        aside = own_lines(state.basket) if state.step is not Step.PAID else Basket()

        def fetch() -> tuple[OrderAtCounter, tuple[BasketLine, ...]] | None:
            if aside.lines:
                park_basket(around.counter, aside, title_of(aside))
            order = around.queries.order(order_id)
            if order is None:
                return None
            turned_out = order.with_results(order.results_at_handover(wanted.results))
            return order, order_basket_lines(around.counter.ids, turned_out)

        self._flow.ask_store(fetch, lambda found: self._order_came(wanted, found))

    def _order_came(
        self, request: HandoverRequest, found: tuple[OrderAtCounter, tuple[BasketLine, ...]] | None
    ) -> None:
        if found is None:
            self._begin(Basket(), Notice(NoticeKind.NO_SUCH_ORDER))
            return
        order, lines = found
        age_limit = max((line.age_limit for line in order.open_lines), default=0)
        joined = OrderInBasket(request, order.order.number, order.order.customer_name, age_limit)
        self._begin(Basket(lines, request.order_id), None, joined)
        if lines:
            self._payment.begin()
        else:
            self._flow.say(NoticeKind.NOTHING_DUE, number=order.order.number)

    # --- a ticket cancelled ------------------------------------------------------------------------------------------

    def sell_again(self, basket: Basket | None, notice: Notice) -> None:
        """What was on a cancelled ticket comes back into the basket, but for an online order's lines: its card brings
        them anew. What was under way is parked. None: only say what was done."""
        around, aside = self._flow.around, own_lines(self._flow.state.basket)
        again = own_lines(basket) if basket is not None else None
        if again is None or not again.lines:
            self._flow.change(notice=notice)
        elif aside.lines:
            self._flow.ask_store(
                lambda: park_basket(around.counter, aside, title_of(aside)),
                lambda _basket_id: self._begin(again, notice, was_seen=True),
            )
        else:
            self._begin(again, notice, was_seen=True)

    # --- a fresh basket ----------------------------------------------------------------------------------------------

    def next_sale(self) -> None:
        """The change has been given: the counter is free."""
        self._begin(Basket(), None)

    def _begin(
        self, basket: Basket, notice: Notice | None, order: OrderInBasket | None = None, *, was_seen: bool = False
    ) -> None:
        self._lines.forget_past()
        self._flow.change(
            **{
                **fresh(),
                "basket": basket,
                "active": basket.lines[-1].line_id if basket.lines else "",
                "order": order,
                "was_seen": was_seen,
                "proposes_ticket": self._flow.around.settings().print_receipt == "ask",
                "notice": notice,
            }
        )
        self.load()

    def _parked_came(self, rows: Sequence[ParkedRow]) -> None:
        self._flow.change(parked=tuple(rows))


def title_of(basket: Basket) -> str:
    """What a parked basket is called in the list: its first article."""
    return basket.lines[0].label if basket.lines else ""
