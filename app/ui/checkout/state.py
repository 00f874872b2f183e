"""Owns what the sale screen is showing, as one frozen value, and what is still to be paid. No Qt, no words.

SELL -> (WEIGH | RATE) -> SELL -> (AGE) -> PAY -> (CONFIRM) -> SETTLING -> PAID -> SELL
                                    ^______________________________|  refused: back with the reason
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.catalogue import Unit
from app.domain.money import ZERO, Money, total_of
from app.domain.sale import Basket, Payment, PaymentMeans
from app.ui.input_grammar import OpenPrice
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.queries import ParkedRow, ProductRow
from app.usecases.sell_at_counter import SaleDone


class Step(StrEnum):
    """Where the sale is. WEIGH, RATE, AGE and CONFIRM ask one question and take nothing else."""

    SELL = "sell"
    WEIGH = "weigh"
    RATE = "rate"
    AGE = "age"
    PAY = "pay"
    CONFIRM = "confirm"
    SETTLING = "settling"
    PAID = "paid"


class NoticeKind(StrEnum):
    """What the screen has to say about the last input; worded in `words.py`."""

    UNKNOWN_CODE = "unknown_code"
    NO_MATCH = "no_match"
    CHOOSE = "choose"
    NOT_SOLD_ANY_MORE = "not_sold_any_more"
    WHOLE_PIECES = "whole_pieces"
    QUANTITY_BY_STAR = "quantity_by_star"
    TOO_MANY = "too_many"
    WEIGHT_UNCLEAR = "weight_unclear"
    WEIGHT_FIRST = "weight_first"
    AMOUNT_UNCLEAR = "amount_unclear"
    ANSWER_FIRST = "answer_first"
    NO_SUCH_ORDER = "no_such_order"
    ORDER_LINE = "order_line"
    NOTHING_DUE = "nothing_due"
    NOT_OF_AGE = "not_of_age"
    EMPTY_BASKET = "empty_basket"
    PAID_TOO_MUCH = "paid_too_much"
    NO_CHANGE_ON_THIS = "no_change_on_this"
    PAYMENT_REFUSED = "payment_refused"
    PAYMENT_REMOVED = "payment_removed"
    PAYMENTS_KEPT = "payments_kept"
    SALE_REFUSED = "sale_refused"
    HANDOVER_REFUSED = "handover_refused"
    STORE_FAILED = "store_failed"
    LINE_REMOVED = "line_removed"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    PARKED = "parked"
    TAKEN_BACK = "taken_back"
    NOTHING_PARKED = "nothing_parked"
    STOCK_SHORT = "stock_short"
    PRINT_ASKED = "print_asked"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say; `values` are domain values, put into words by the view."""

    kind: NoticeKind
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tendering:
    """What has been received so far for a total."""

    total: Money
    payments: tuple[Payment, ...] = ()

    @property
    def remainder(self) -> Money:
        """Still to be paid; negative if too much was received by means that give no change."""
        return self.total - total_of([payment.amount for payment in self.payments])

    def with_cash(self, given: Money) -> Tendering:
        """Cash given: what exceeds the remainder is change."""
        settled = min(given, self.remainder)
        return Tendering(self.total, (*self.payments, Payment(PaymentMeans.CASH, settled, given)))

    def with_other(self, means: PaymentMeans, amount: Money) -> Tendering:
        return Tendering(self.total, (*self.payments, Payment(means, amount, amount)))

    def without_last(self) -> Tendering:
        return Tendering(self.total, self.payments[:-1])


@dataclass(frozen=True, slots=True)
class AskedPayment:
    """A payment made elsewhere (terminal, cheque in hand) that waits for "received" or "refused"."""

    means: PaymentMeans
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderInBasket:
    """The online order whose payment and handover are part of this sale; `age_limit` of what leaves of it (R32)."""

    request: HandoverRequest
    number: str
    customer_name: str


@dataclass(frozen=True, slots=True)
class SaleState:
    """All that the screen shows of the sale under way.

    Attributes:
        active: line id of the line that quantity keys act on, "" for none.
        next_thousandths: quantity typed before the article, None for none.
        weighing: the article whose weight is asked for, in WEIGH.
        pricing: the open price whose VAT rate is asked for, in RATE; `suggested_rate_bp` is what Enter takes.
        asked: in CONFIRM.
        done: in PAID.
    """

    step: Step = Step.SELL
    basket: Basket = field(default_factory=Basket)
    active: str = ""
    next_thousandths: int | None = None
    payments: tuple[Payment, ...] = ()
    weighing: ProductRow | None = None
    pricing: OpenPrice | None = None
    suggested_rate_bp: int = 2000
    asked: AskedPayment | None = None
    done: SaleDone | None = None
    order: OrderInBasket | None = None
    of_age: bool = False
    print_receipt: bool = False
    parked: tuple[ParkedRow, ...] = ()
    notice: Notice | None = None

    @property
    def tendering(self) -> Tendering:
        return Tendering(self.basket.total, self.payments, self.attempts)

    @property
    def papers(self) -> PaperRule:
        """What the law says of this sale's papers."""
        return paper_rule(self.basket.lines, self.payments)

    @property
    def print_receipt(self) -> bool:
        """Whether a ticket is printed with the sale: as the customer said, else as proposed."""
        return self.proposes_ticket and self.papers.ticket_at_first if self.wants_ticket is None else self.wants_ticket

    @property
    def age_limit(self) -> int:
        """The strictest age asked by what leaves (R32)."""
        return max((line.age_limit for line in self.basket.lines if line.quantity > 0), default=0)

    @property
    def remainder(self) -> Money:
        return self.tendering.remainder

    @property
    def piece_count(self) -> int:
        return sum(line.quantity if line.unit is Unit.PIECE else 1 for line in self.basket.lines)

    @property
    def change(self) -> Money:
        return self.done.change if self.done is not None else ZERO
    age_limit: int = 0
    attempts: tuple[str, ...] = ()
    asked_reason: AskedReason | None = None
    whole_ticket: bool = False
    doubts: tuple[CardAttempt, ...] = ()
    approved_by: str = ""
    reason: str = ""
    taking_back: bool = False
    non_resident_proof: str = ""
    was_seen: bool = False
    training: str = ""
    merchant: Merchant = field(default_factory=Merchant)

    @property
    def age_limit(self) -> int:
        """The strictest age asked by the basket or by the order that leaves with it (R32)."""
        return max(self.basket.age_limit, self.order.age_limit if self.order is not None else 0)
