"""Owns what the sale screen is showing, as one frozen value, and what is still to be paid. No Qt, no words.

SELL -> (WEIGH | RATE | DISCOUNT -> REASON) -> SELL -> (AGE) -> PAY -> (CONFIRM) -> SETTLING -> PAID -> SELL
                                                        ^______________________________|  refused: back with the reason

DOUBT asks about a card payment of which nobody knows the outcome; it can be left for later from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.card import CardAttempt
from app.domain.catalogue import Unit
from app.domain.merchant import Merchant
from app.domain.money import ZERO, Money, total_of
from app.domain.paper_rule import PaperRule, paper_rule
from app.domain.sale import Basket, Payment, PaymentMeans
from app.ui.checkout.reasons import ReasonFor
from app.ui.input_grammar import OpenPrice
from app.usecases.counter_devices import ScaleReading
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.queries import ParkedRow, ProductRow
from app.usecases.sell_at_counter import SaleDone


class Step(StrEnum):
    """Where the sale is. All but SELL, PAY, SETTLING and PAID ask one question and take nothing else."""

    SELL = "sell"
    WEIGH = "weigh"
    RATE = "rate"
    DISCOUNT = "discount"
    REASON = "reason"
    AGE = "age"
    PAY = "pay"
    CONFIRM = "confirm"
    DOUBT = "doubt"
    SETTLING = "settling"
    PAID = "paid"


class NoticeKind(StrEnum):
    """What the screen has to say about the last input; worded in `words.py`."""

    UNKNOWN_CODE = "unknown_code"
    NO_ARTICLE = "no_article"
    PAST_DATE = "past_date"
    SOLD_PAST_DATE = "sold_past_date"
    LABEL_QUANTITY = "label_quantity"
    LABEL_LINE = "label_line"
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
    GIFT_ASKED = "gift_asked"
    NO_CODE = "no_code"
    PAYMENT_NOT_TAKEN = "payment_not_taken"
    VOUCHER_LESS = "voucher_less"
    NO_VOUCHER_LINES = "no_voucher_lines"
    NO_VOUCHER_TODAY = "no_voucher_today"
    REFUND_MEANS = "refund_means"
    CARD_IN_DOUBT = "card_in_doubt"
    DOUBT_SETTLED = "doubt_settled"
    NOT_APPROVED = "not_approved"
    DISCOUNT_UNCLEAR = "discount_unclear"
    DISCOUNT_TOO_LARGE = "discount_too_large"
    NO_DISCOUNT_HERE = "no_discount_here"
    DISCOUNT_GIVEN = "discount_given"
    DISCOUNT_REMOVED = "discount_removed"
    REASON_MISSING = "reason_missing"
    TAKING_BACK = "taking_back"
    COMES_BACK = "comes_back"
    RETURN_LINE = "return_line"
    CANCELLED = "cancelled"
    TRAINING_NEEDS_EMPTY = "training_needs_empty"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say; `values` are domain values, put into words by the view."""

    kind: NoticeKind
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tendering:
    """What has been received so far for a total, or given back for one below nought.

    Attributes:
        attempts: beside each payment, the attempt at the card terminal that brought it, "" for other payments.
    """

    total: Money
    payments: tuple[Payment, ...] = ()
    attempts: tuple[str, ...] = ()

    @property
    def is_refund(self) -> bool:
        return self.total < ZERO

    @property
    def remainder(self) -> Money:
        """Still to be paid, or to be given back; negative if too much was."""
        open_amount = self.total - total_of([payment.amount for payment in self.payments])
        return -open_amount if self.is_refund else open_amount

    def with_cash(self, given: Money) -> Tendering:
        """Cash given: what exceeds the remainder is change. For a refund, cash given back."""
        if self.is_refund:
            return self.with_other(PaymentMeans.CASH, given)
        settled = min(given, self.remainder)
        return self._with(Payment(PaymentMeans.CASH, settled, given))

    def with_other(self, means: PaymentMeans, amount: Money, attempt_id: str = "") -> Tendering:
        """Args: amount: positive, a refund's too."""
        signed = -amount if self.is_refund else amount
        return self._with(Payment(means, signed, signed), attempt_id)

    def without_last(self) -> Tendering:
        return Tendering(self.total, self.payments[:-1], self.attempts[:-1])

    @property
    def card_attempts(self) -> tuple[str, ...]:
        return tuple(attempt_id for attempt_id in self.attempts if attempt_id)

    def _with(self, payment: Payment, attempt_id: str = "") -> Tendering:
        return Tendering(self.total, (*self.payments, payment), (*self.attempts, attempt_id))


@dataclass(frozen=True, slots=True)
class AskedPayment:
    """A payment made elsewhere (terminal, cheque in hand) that waits for "received" or "refused".

    Attributes:
        attempt_id: of the card terminal, "" for other means and for refunds.
        room: the most that meal vouchers may pay, None for other means.
    """

    means: PaymentMeans
    amount: Money
    attempt_id: str = ""
    room: Money | None = None


@dataclass(frozen=True, slots=True)
class AskedReason:
    """What waits for its reason.

    Attributes:
        discount: for a discount; `line_id` "" for one of the whole ticket.
    """

    purpose: ReasonFor
    discount: Money = ZERO
    line_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderInBasket:
    """The online order whose payment and handover are part of this sale; `age_limit` of what leaves of it (R32)."""

    request: HandoverRequest
    number: str
    customer_name: str
    age_limit: int = 0


@dataclass(frozen=True, slots=True)
class ReceiptCode:
    """The ticket of a sale as a QR: the rows of its modules, True is dark, without quiet zone.

    Attributes:
        whole: all of the ticket is in it; else all but its articles.
    """

    sale_id: str
    modules: tuple[tuple[bool, ...], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class SaleState:
    """All that the screen shows of the sale under way.

    Attributes:
        active: line id of the line that quantity keys act on, "" for none.
        next_thousandths: quantity typed before the article, None for none.
        weighing: the article whose weight is asked for, in WEIGH.
        on_scale: in WEIGH, what the scale says; None without one, or before it has said anything.
        pricing: the open price whose VAT rate is asked for, in RATE; `suggested_rate_bp` is what Enter takes.
        asked: in CONFIRM.
        asked_reason: in REASON.
        whole_ticket: in DISCOUNT: it is for the whole ticket, not for the active line.
        done: in PAID.
        attempts: beside each payment, as in `Tendering`.
        doubts: card payments somebody must see to, those of this basket left out.
        approved_by: who approved what this basket needs, "" if nobody was asked.
        reason: why goods come back without their ticket; `taking_back`: the next article does.
        wants_ticket: what the customer said, None as long as the rule decides.
        was_seen: the basket was parked or partly paid before: giving it up is noted.
        training: who answers for the training under way, "" if none is.
        code: in PAID, the ticket for the customer's phone once it was made; `shows_code`: it stands alone on the
            screens.
    """

    step: Step = Step.SELL
    basket: Basket = field(default_factory=Basket)
    active: str = ""
    next_thousandths: int | None = None
    payments: tuple[Payment, ...] = ()
    weighing: ProductRow | None = None
    on_scale: ScaleReading | None = None
    pricing: OpenPrice | None = None
    suggested_rate_bp: int = 2000
    asked: AskedPayment | None = None
    done: SaleDone | None = None
    order: OrderInBasket | None = None
    of_age: bool = False
    proposes_ticket: bool = True
    wants_ticket: bool | None = None
    parked: tuple[ParkedRow, ...] = ()
    notice: Notice | None = None
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
    code: ReceiptCode | None = None
    shows_code: bool = False

    @property
    def tendering(self) -> Tendering:
        return Tendering(self.basket.total, self.payments, self.attempts)

    @property
    def papers(self) -> PaperRule:
        """What the law says of this sale's papers."""
        return paper_rule(self.basket.lines, self.payments)

    @property
    def customers_language(self) -> str:
        """Of whose order went out with the sale just made; "" if nobody said."""
        done = self.done
        return done.handover.order.order.language if done is not None and done.handover is not None else ""

    @property
    def print_receipt(self) -> bool:
        """Whether a ticket is printed with the sale: as the customer said, else as proposed."""
        return self.proposes_ticket and self.papers.ticket_at_first if self.wants_ticket is None else self.wants_ticket

    @property
    def age_limit(self) -> int:
        """The strictest age asked by what leaves (R32)."""
        of_order = self.order.age_limit if self.order is not None else 0
        of_lines = max((line.age_limit for line in self.basket.lines if line.quantity > 0), default=0)
        return max(of_lines, of_order)

    @property
    def remainder(self) -> Money:
        return self.tendering.remainder

    @property
    def piece_count(self) -> int:
        return sum(abs(line.quantity) if line.unit is Unit.PIECE else 1 for line in self.basket.lines)

    @property
    def change(self) -> Money:
        return self.done.change if self.done is not None else ZERO


def fresh() -> dict[str, object]:
    """What the state of a new basket is; what is known of the shop and of other baskets stays."""
    return {
        "step": Step.SELL,
        "basket": Basket(),
        "active": "",
        "next_thousandths": None,
        "payments": (),
        "attempts": (),
        "weighing": None,
        "on_scale": None,
        "pricing": None,
        "asked": None,
        "asked_reason": None,
        "whole_ticket": False,
        "done": None,
        "order": None,
        "of_age": False,
        "wants_ticket": None,
        "approved_by": "",
        "reason": "",
        "taking_back": False,
        "non_resident_proof": "",
        "code": None,
        "shows_code": False,
        "was_seen": False,
        "notice": None,
    }
