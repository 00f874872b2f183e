"""Records a sale made at the counter: document, payments, stock, fact, print job, and the handover that goes with it.

One transaction: either the customer has paid, has the goods and the number is drawn, or nothing happened at all (R7).
Never talks to a device: the receipt goes to paper after the commit (I7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from app.domain.catalogue import DEFAULT_LOCATION, LineNature, MovementReason, StockMovement, Unit
from app.domain.facts import FactKind, sale_payload
from app.domain.fiscal import EventCode, Series
from app.domain.money import ZERO, Money, total_of
from app.domain.operators import Right
from app.domain.order import HandoverVerdict, LineOutcome, LineResult, OrderAtCounter, amount_due_by_rate
from app.domain.rules_fr import CASH_LIMIT_RESIDENT
from app.domain.sale import (
    MAX_PIECES,
    TURNOVER_NATURES,
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    check_document,
    freeze_lines,
    vat_parts,
)
from app.usecases.allowed import is_allowed_and_noted
from app.usecases.hand_over_order import HandoverDone, HandoverRefused, HandoverRequest, record_handover
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Ids, Touched, UnitOfWork
from app.usecases.queue_papers import queue_papers
from app.usecases.record_document import in_closed_period, record_document
from app.usecases.record_fact import record_fact
from app.usecases.returnable import fit_their_tickets, money_for_meal_vouchers
from app.usecases.seal_row import Place, next_place
from app.usecases.take_payment import are_paid, judge_payments, use_for


class SaleRefusal(StrEnum):
    """Why a sale is not recorded; nothing was written.

    ORDER_CHANGED: an order's lines in the basket ask for more than is left to pay, because it was paid, changed or
    cancelled meanwhile: take it out of the basket and put it in again. WRONG_PAYMENT: nought or of the wrong sign, less
    tendered than it settles, or change from something else than cash. PERIOD_CLOSED: the computer's clock says a moment
    before the last closure: put its date right (R10). WRONG_DISCOUNT: more than there is to take it from, or without
    reason. REASON_MISSING: goods come back without a ticket, and nobody said why. RETURN_CHANGED: what comes back from
    a ticket is not worth that, or came back meanwhile. NOT_ALLOWED: the operator lacks the right, and nobody who has it
    approved. AGE_NOT_CONFIRMED: proof of majority was not asked (R32). CARD_IN_DOUBT: a card payment nobody knows the
    outcome of, or that paid another ticket (R28). TRAINING_CHANGED: training began or ended meanwhile (R12).
    TRAINING_WITH_ORDER: orders are real, training is not. MEAL_VOUCHER_REFUND: what meal vouchers paid does not go back
    as money (R27). The others as in `PaymentRefusal`.
    """

    EMPTY_BASKET = "empty_basket"
    NOT_PAID_IN_FULL = "not_paid_in_full"
    PAID_TOO_MUCH = "paid_too_much"
    NEGATIVE_TOTAL = "negative_total"
    CASH_OVER_LIMIT = "cash_over_limit"
    HANDOVER_REFUSED = "handover_refused"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    QUANTITY_NOT_POSITIVE = "quantity_not_positive"
    WRONG_PAYMENT = "wrong_payment"
    ORDER_CHANGED = "order_changed"
    PERIOD_CLOSED = "period_closed"
    WRONG_DISCOUNT = "wrong_discount"
    REASON_MISSING = "reason_missing"
    RETURN_CHANGED = "return_changed"
    NOT_ALLOWED = "not_allowed"
    AGE_NOT_CONFIRMED = "age_not_confirmed"
    CARD_IN_DOUBT = "card_in_doubt"
    TRAINING_CHANGED = "training_changed"
    TRAINING_WITH_ORDER = "training_with_order"
    MEAL_VOUCHER_DAY = "meal_voucher_day"
    MEAL_VOUCHER_LIMIT = "meal_voucher_limit"
    ACCOUNT_PAYS_ACCOUNT = "account_pays_account"
    REFUND_MEANS = "refund_means"
    MEAL_VOUCHER_REFUND = "meal_voucher_refund"


@dataclass(frozen=True, slots=True)
class SaleRequest:
    """What the screen or the command asks for.

    Attributes:
        basket: lines of both signs; what comes back has a negative quantity and names its ticket, if there is one.
        payments: together exactly the basket's total, negative for a refund; cash as
            `Payment(CASH, amount=settled, tendered=given)`.
        handover: the order that leaves in the same act.
        approved_by: who approved what the operator has no right to, "" if nobody was asked.
        reason: why goods come back; needed without a ticket.
        training: nothing of it is real (R12); as the till is now.
        age_confirmed_by: who saw the proof of majority, "" if nobody did (R32).
        discount_limit_percent: the most the operator may take off alone.
        non_resident_proof: why the higher limit for cash holds ("passport seen"), "" for a resident of France (R26).
        card_attempts: the attempts at the terminal that brought this sale's card payments.
    """

    basket: Basket
    payments: tuple[Payment, ...]
    operator: str
    handover: HandoverRequest | None = None
    print_receipt: bool = False
    approved_by: str = ""
    reason: str = ""
    training: bool = False
    age_confirmed_by: str = ""
    discount_limit_percent: int = 100
    non_resident_proof: str = ""
    card_attempts: tuple[str, ...] = ()

    @property
    def series(self) -> Series:
        return Series.TRAINING if self.training else Series.SALES


@dataclass(frozen=True, slots=True)
class SaleDone:
    """The sale is recorded.

    Attributes:
        change: what goes back to the customer in cash.
        kick_drawer: cash went in or out and no paper opens the drawer on its way: open it now.
    """

    sale: SaleDocument
    change: Money
    handover: HandoverDone | None = None
    kick_drawer: bool = False


@dataclass(frozen=True, slots=True)
class SaleRefused:
    """Nothing was written.

    Attributes:
        missing: what is still to pay (NOT_PAID_IN_FULL), paid too much (PAID_TOO_MUCH), over the limit
            (CASH_OVER_LIMIT), or due for the order beyond what the basket brings (HANDOVER_REFUSED).
        verdict: for HANDOVER_REFUSED.
    """

    reason: SaleRefusal
    missing: Money = ZERO
    verdict: HandoverVerdict | None = None


def sell_at_counter(counter: Counter, request: SaleRequest) -> SaleDone | SaleRefused:
    """Record the sale, what comes back with it, and the handover that goes with it, or refuse all of it."""
    refused = _refusal_of_request(request)
    if refused is not None:
        return SaleRefused(refused)
    with counter.unit_of_work() as uow:
        place = next_place(uow, counter, request.series)
        refused_now = _refusal_now(uow, counter, place, request)
        if refused_now is not None:
            return refused_now
        order_changed = _an_order_changed(uow, request)
        sale = _document(place, counter, request)
        row = record_document(uow, counter, place, sale)
        handover = None if request.training else _record_effects(uow, counter, request, sale)
        if isinstance(handover, HandoverRefused) and handover.age_limit:
            return SaleRefused(SaleRefusal.AGE_NOT_CONFIRMED)
        if isinstance(handover, HandoverRefused):
            return SaleRefused(SaleRefusal.HANDOVER_REFUSED, handover.amount_due, handover.verdict)
        if order_changed:
            return SaleRefused(SaleRefusal.ORDER_CHANGED)
        cash = _any_cash(sale.payments) and not request.training
        papers = queue_papers(
            uow, counter, sale, row, request.operator, ticket_wanted=request.print_receipt, open_drawer=cash
        )
        uow.commit()
    kick_drawer = cash and not papers
    counter.announce(_touched(request, printing=bool(papers), drawer=kick_drawer))
    change = total_of([payment.change for payment in sale.payments])
    return SaleDone(sale, change, handover, kick_drawer)


def _refusal_now(uow: UnitOfWork, counter: Counter, place: Place, request: SaleRequest) -> SaleRefused | None:
    """What only the till as it is at this moment can say."""
    if request.training != bool(uow.training()):
        return SaleRefused(SaleRefusal.TRAINING_CHANGED)
    if in_closed_period(place):
        return SaleRefused(SaleRefusal.PERIOD_CLOSED)
    if not fit_their_tickets(uow, request.basket.lines):
        return SaleRefused(SaleRefusal.RETURN_CHANGED)
    refused = _refusal_of_payments(place, request)
    if refused is not None:
        return refused
    excess = money_for_meal_vouchers(uow, request.basket, request.payments)
    if excess:
        return SaleRefused(SaleRefusal.MEAL_VOUCHER_REFUND, excess)
    if not are_paid(uow, request.card_attempts, request.payments):
        return SaleRefused(SaleRefusal.CARD_IN_DOUBT)
    rights = rights_needed(request)
    noted = [is_allowed_and_noted(uow, counter, right, request.operator, request.approved_by) for right in rights]
    return None if all(noted) else SaleRefused(SaleRefusal.NOT_ALLOWED)


def _refusal_of_payments(place: Place, request: SaleRequest) -> SaleRefused | None:
    local_time = place.happened_at + timedelta(minutes=place.utc_offset_minutes)
    verdict = judge_payments(
        request.basket,
        request.payments,
        place.merchant,
        place.trading_day,
        local_time,
        resident=not request.non_resident_proof,
    )
    if verdict.refusal is not None:
        return SaleRefused(SaleRefusal(verdict.refusal.value), verdict.excess)
    return SaleRefused(SaleRefusal.NOT_PAID_IN_FULL, verdict.due) if verdict.due else None


def order_basket_lines(ids: Ids, order: OrderAtCounter) -> tuple[BasketLine, ...]:
    """The basket lines that collect what is due for an order as it would leave now; `with_results` for another way.

    Nothing paid yet: one line an article, with the amount it turned out to cost. Part paid: one line a VAT rate for the
    rest. Nothing due: none.
    """
    if not order.amount_due:
        return ()
    if order.paid:
        return tuple(_rest_line(ids, order, rate_bp, amount) for rate_bp, amount in amount_due_by_rate(order))
    return tuple(
        BasketLine(
            line_id=ids.new(),
            label=result.label or line.label,
            unit_price=result.amount if _is_other_article(result) else line.unit_price,
            vat_rate_bp=line.vat_rate_bp,
            quantity=1 if _is_other_article(result) else result.quantity,
            unit=Unit.PIECE if _is_other_article(result) else line.unit,
            product_id=result.product_id,
            age_limit=line.age_limit,
            order_id=order.order.order_id,
            order_line_no=line.line_no,
            fixed_total=result.amount,
        )
        for line, result in zip(order.order.lines, order.results, strict=True)
        if result.amount
    )


def _is_other_article(result: LineResult) -> bool:
    """Its unit is not the order line's: the ticket shows one replacement at the amount agreed."""
    return result.outcome is LineOutcome.REPLACED


def _rest_line(ids: Ids, order: OrderAtCounter, rate_bp: int, amount: Money) -> BasketLine:
    return BasketLine(
        line_id=ids.new(),
        # French law wants the label on the ticket in French, whatever language the screen speaks
        label=f"Reste à payer, commande {order.order.number}",
        unit_price=amount,
        vat_rate_bp=rate_bp,
        order_id=order.order.order_id,
        fixed_total=amount,
        age_limit=max((line.age_limit for line in order.open_lines), default=0),
    )


def _refusal_of_request(request: SaleRequest) -> SaleRefusal | None:
    """What can be said without looking anything up."""
    basket = request.basket
    if not basket.lines:
        return SaleRefusal.EMPTY_BASKET
    if any(not line.quantity for line in basket.lines):
        return SaleRefusal.QUANTITY_NOT_POSITIVE
    if any(_is_too_many(line) for line in basket.lines):
        return SaleRefusal.QUANTITY_TOO_LARGE
    if any(_has_wrong_sign(line) for line in basket.lines):
        return SaleRefusal.NEGATIVE_TOTAL
    if not _discounts_fit(basket):
        return SaleRefusal.WRONG_DISCOUNT
    if _without_ticket(basket) and not request.reason.strip():
        return SaleRefusal.REASON_MISSING
    if request.training and (request.handover is not None or any(line.order_id for line in basket.lines)):
        return SaleRefusal.TRAINING_WITH_ORDER
    if _age_asked(basket) and not request.age_confirmed_by:
        return SaleRefusal.AGE_NOT_CONFIRMED
    return None


def _is_too_many(line: BasketLine) -> bool:
    most = MAX_PIECES * line.unit.base_per_priced
    return abs(line.quantity) > most and not (line.order_id or line.corrects_sale_id)


def _has_wrong_sign(line: BasketLine) -> bool:
    return line.total < ZERO if line.quantity > 0 else line.total > ZERO


def _discounts_fit(basket: Basket) -> bool:
    """Every discount has a reason and something to be taken from; none is a surcharge, none lowers a voucher or a
    deposit (R29). What comes back from a ticket brings its discount along."""
    if not ZERO <= basket.discount <= basket.discountable:
        return False
    own = [line for line in basket.lines if not line.corrects_sale_id]
    if any(line.discount and line.nature not in TURNOVER_NATURES for line in own):
        return False
    taken = [(line.discount, line.discount_reason) for line in own]
    return all(
        discount >= ZERO and bool(reason.strip() or not discount)
        for discount, reason in [*taken, (basket.discount, basket.discount_reason)]
    )


def _without_ticket(basket: Basket) -> bool:
    """Whether goods come back of which no ticket says what they cost; a container's deposit is what it is."""
    return any(
        line.quantity < 0 and not line.corrects_sale_id and line.nature is not LineNature.CONTAINER
        for line in basket.lines
    )


def _age_asked(basket: Basket) -> int:
    """The strictest age asked by what leaves (R32); 0 for none."""
    return max((line.age_limit for line in basket.lines if line.quantity > 0), default=0)


def rights_needed(request: SaleRequest) -> list[Right]:
    """What of this sale not everybody may do; screens ask for leave before they begin."""
    needed = {
        Right.RETURN_WITH_TICKET: any(line.corrects_sale_id for line in request.basket.lines),
        Right.RETURN_WITHOUT_TICKET: _without_ticket(request.basket),
        Right.DISCOUNT_OVER_LIMIT: takes_more_off(request.basket, request.discount_limit_percent),
    }
    return [right for right, is_needed in needed.items() if is_needed]


def takes_more_off(basket: Basket, percent: int) -> bool:
    """Whether the discounts are more than so many percent of what they are taken from."""
    sold = [line for line in basket.lines if line.quantity > 0 and line.nature in TURNOVER_NATURES]
    taken = total_of([line.discount for line in sold]) + basket.discount
    gross = total_of([line.total + line.discount for line in sold])
    return 100 * taken.minor > percent * gross.minor


def _an_order_changed(uow: UnitOfWork, request: SaleRequest) -> bool:
    """Whether the basket asks more for an order than is left to pay for it now: money must not be taken twice."""
    brought: dict[str, Money] = {}
    for line in request.basket.lines:
        if line.order_id:
            brought[line.order_id] = brought.get(line.order_id, ZERO) + line.total
    return any(amount > _left_to_pay(uow, request, order_id) for order_id, amount in brought.items())


def _left_to_pay(uow: UnitOfWork, request: SaleRequest, order_id: str) -> Money:
    order = uow.orders.get(order_id)
    if order is None:
        return ZERO
    handover = request.handover
    if handover is not None and handover.order_id == order_id:
        return order.with_results(order.results_at_handover(handover.results)).amount_due
    return ZERO if order.order.cancelled_at is not None else order.amount_due


def _document(place: Place, counter: Counter, request: SaleRequest) -> SaleDocument:
    basket = request.basket
    regime = place.merchant.regime_on(place.trading_day)
    lines = freeze_lines(basket, regime)
    sale = SaleDocument(
        sale_id=counter.ids.new(),
        till_id=place.till.till_id,
        till_letter=place.till.till_letter,
        series=place.series,
        number=place.number,
        kind=_kind_of(basket),
        happened_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        operator=request.operator,
        lines=lines,
        vat=vat_parts(lines),
        payments=request.payments,
        total=basket.total,
        order_id=_order_of_visit(request),
        corrects=_ticket_corrected(basket),
        trading_day=place.trading_day,
        vat_regime=regime,
        discount_reason=basket.discount_reason,
    )
    check_document(sale)
    return sale


def _kind_of(basket: Basket) -> DocumentKind:
    """An exchange is a sale as long as nobody gets money back."""
    all_back = all(line.quantity < 0 for line in basket.lines)
    return DocumentKind.RETURN if basket.total < ZERO or all_back else DocumentKind.SALE


def _ticket_corrected(basket: Basket) -> str:
    """The ticket that what comes back was on, "" for none or several: the lines name theirs."""
    tickets = {line.corrects_sale_id for line in basket.lines if line.corrects_sale_id}
    return tickets.pop() if len(tickets) == 1 else ""


def _order_of_visit(request: SaleRequest) -> str:
    """The order this visit was for: what a pickup brought along will be measured."""
    if request.handover is not None:
        return request.handover.order_id
    return request.basket.order_id or next((line.order_id for line in request.basket.lines if line.order_id), "")


def _record_effects(
    uow: UnitOfWork, counter: Counter, request: SaleRequest, sale: SaleDocument
) -> HandoverDone | HandoverRefused | None:
    """All that a sale changes beside the ledger; training changes nothing (R12)."""
    _record_events(uow, counter, request, sale)
    use_for(uow, request.card_attempts, sale.sale_id)
    lines = [line for line in request.basket.lines if line.stock_tracked and not line.order_id]
    movements = uow.stock.record([_movement(counter, line, sale) for line in lines])
    payload = sale_payload(sale, movements)
    record_fact(uow, counter, FactKind.SALE_RECORDED, f"sale:{sale.sale_id}", sale.happened_at, payload)
    return _record_handover_with(uow, counter, request, sale)


def _record_events(uow: UnitOfWork, counter: Counter, request: SaleRequest, sale: SaleDocument) -> None:
    """What the journal says of this sale (R13): no customer in it."""
    for code, details in _events_of(request, sale):
        log_event(uow, counter, code, request.operator, {"number": sale.display_number, **details})


def _events_of(request: SaleRequest, sale: SaleDocument) -> list[tuple[EventCode, dict[str, str | int]]]:
    events: list[tuple[EventCode, dict[str, str | int]]] = []
    discount = total_of([line.discount for line in sale.lines if line.quantity > 0])
    if discount:
        events.append((EventCode.DISCOUNT, {"amount": discount.minor}))
    if request.reason:
        events.append((EventCode.CORRECTED, {"kind": sale.kind.value, "reason": request.reason}))
    age = _age_asked(request.basket)
    if age:
        events.append((EventCode.AGE_CONFIRMED, {"age": age, "by": request.age_confirmed_by}))
    cash = total_of([payment.amount for payment in sale.payments if payment.means is PaymentMeans.CASH])
    if cash > CASH_LIMIT_RESIDENT:
        events.append((EventCode.CASH_OVER_LIMIT, {"amount": cash.minor, "proof": request.non_resident_proof}))
    return events


def _movement(counter: Counter, line: BasketLine, sale: SaleDocument) -> StockMovement:
    return StockMovement(
        movement_id=counter.ids.new(),
        product_id=line.product_id,
        location=DEFAULT_LOCATION,
        quantity=-line.quantity,
        reason=MovementReason.SALE if line.quantity > 0 else MovementReason.CUSTOMER_RETURN,
        happened_at=sale.happened_at,
        till_id=sale.till_id,
        source_id=line.line_id,
        operator=sale.operator,
    )


def _record_handover_with(
    uow: UnitOfWork, counter: Counter, request: SaleRequest, sale: SaleDocument
) -> HandoverDone | HandoverRefused | None:
    if request.handover is None:
        return None
    wanted = request.handover
    if not wanted.age_confirmed_by:
        wanted = replace(wanted, age_confirmed_by=request.age_confirmed_by)
    collected = total_of([line.total for line in sale.lines if line.order_id == wanted.order_id])
    outcome = record_handover(uow, counter, wanted, sale_id=sale.sale_id, paid_now=collected)
    return outcome if isinstance(outcome, HandoverRefused) else replace(outcome, sale=sale)


def _any_cash(payments: Sequence[Payment]) -> bool:
    return any(payment.means is PaymentMeans.CASH for payment in payments)


def _touched(request: SaleRequest, *, printing: bool, drawer: bool) -> Touched:
    if request.training:
        return Touched(print_queue=printing)
    of_order = request.handover is not None or any(line.order_id for line in request.basket.lines)
    prints = printing or (request.handover is not None and request.handover.print_slip)
    return Touched(orders=of_order, stock=True, sales=True, outbox=True, print_queue=prints, drawer=drawer)
