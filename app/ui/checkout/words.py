"""Owns the wording of the sale screen: notices, questions, what Enter will do, key hints. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.card import PAID_STATES, CardAttempt
from app.domain.catalogue import LineNature, Unit
from app.domain.money import ZERO, Money, total_of
from app.domain.paper_rule import PaperReason
from app.domain.sale import TURNOVER_NATURES, Basket, BasketLine, PaymentMeans
from app.i18n import language, tr, trn
from app.ui import messages
from app.ui.checkout.payment import parse_tendered
from app.ui.checkout.reasons import ReasonFor, reason_of, usual_reasons
from app.ui.checkout.reductions import parse_discount
from app.ui.checkout.state import AskedReason, Notice, NoticeKind, SaleState, Step
from app.ui.input_grammar import (
    ActiveQuantity,
    Code,
    OpenPrice,
    PickupCode,
    Quantity,
    SpokenCode,
    Text,
    WeightedSearch,
    parse_input,
    parse_measure,
)
from app.ui.sale_words import payment_refusal, sale_refusal
from app.ui.screen import KeyHint
from app.ui.style.tokens import Role

NAMELESS = "Divers"
"""On the ticket an open price without words is called so, in French whatever language the screen speaks."""

_ROLES = {
    NoticeKind.CHOOSE: Role.INFO,
    NoticeKind.LINE_REMOVED: Role.INFO,
    NoticeKind.UNDONE: Role.INFO,
    NoticeKind.PARKED: Role.INFO,
    NoticeKind.TAKEN_BACK: Role.INFO,
    NoticeKind.PAYMENT_REMOVED: Role.INFO,
    NoticeKind.PRINT_ASKED: Role.SUCCESS,
    NoticeKind.NOTHING_DUE: Role.SUCCESS,
    NoticeKind.STORE_FAILED: Role.DANGER,
    NoticeKind.SALE_REFUSED: Role.DANGER,
    NoticeKind.HANDOVER_REFUSED: Role.DANGER,
    NoticeKind.PAYMENT_REFUSED: Role.DANGER,
    NoticeKind.NOT_OF_AGE: Role.DANGER,
    NoticeKind.PAYMENT_NOT_TAKEN: Role.DANGER,
    NoticeKind.REFUND_MEANS: Role.DANGER,
    NoticeKind.GIFT_ASKED: Role.SUCCESS,
    NoticeKind.DOUBT_SETTLED: Role.INFO,
    NoticeKind.DISCOUNT_GIVEN: Role.INFO,
    NoticeKind.DISCOUNT_REMOVED: Role.INFO,
    NoticeKind.TAKING_BACK: Role.INFO,
    NoticeKind.COMES_BACK: Role.INFO,
    NoticeKind.CANCELLED: Role.SUCCESS,
}


def notice_role(notice: Notice) -> Role:
    """What a notice means; most are a warning: something typed was not taken."""
    return _ROLES.get(notice.kind, Role.WARNING)


def notice_words(notice: Notice) -> str:
    """The sentence: what happened, and what to do."""
    special = _SPECIAL.get(notice.kind)
    if special is not None:
        return special(notice.values)
    return _plain(notice.kind).format(**{name: _value(value) for name, value in notice.values.items()})


def _value(value: object) -> object:
    if isinstance(value, Money):
        return messages.amount(value)
    if isinstance(value, PaymentMeans):
        return messages.payment_means(value)
    return value


def _plain(kind: NoticeKind) -> str:
    return {
        NoticeKind.UNKNOWN_CODE: tr(
            "No article has the code {code}. Type its price to sell it all the same: 3.50 cheese"
        ),
        NoticeKind.NO_MATCH: tr("Nothing found for “{text}”. Type part of the name, or a price: 3.50 cheese"),
        NoticeKind.NOT_SOLD_ANY_MORE: tr("{name} is no longer sold. Its price can still be typed: 3.50"),
        NoticeKind.WHOLE_PIECES: tr("{name} is sold by the piece: type a whole number."),
        NoticeKind.QUANTITY_BY_STAR: tr("{name} is weighed: type *0.456 and Enter for another weight."),
        NoticeKind.TOO_MANY: tr("More than {most} of {name}? Was a bar code typed as a quantity? Type it again."),
        NoticeKind.WEIGHT_FIRST: tr("First the weight of {name}, or Esc to leave it out. Then scan again."),
        NoticeKind.AMOUNT_UNCLEAR: tr("{amount}: is that really what was given? Type the amount again."),
        NoticeKind.ANSWER_FIRST: tr("First answer the question on screen, or press Esc."),
        NoticeKind.NO_SUCH_ORDER: tr("This order is no longer in this till. Scan its code again."),
        NoticeKind.ORDER_LINE: tr("This line belongs to the on-line order: change it on the order's card (F2)."),
        NoticeKind.NOTHING_DUE: tr(
            "Order {number} is paid. Scan what is bought besides, or hand it over from its card (F2)."
        ),
        NoticeKind.NOT_OF_AGE: tr("No proof of {age} years: take the marked articles out (Del) before payment."),
        NoticeKind.EMPTY_BASKET: tr("The basket is empty: scan an article, type its name or its price."),
        NoticeKind.PAID_TOO_MUCH: tr("{amount} too much was received: take the last payment back (Del)."),
        NoticeKind.NO_CHANGE_ON_THIS: tr("{means} gives no change: at most {remainder}."),
        NoticeKind.PAYMENT_REFUSED: tr("{means} of {amount} not received. The basket waits: choose another payment."),
        NoticeKind.PAYMENT_REMOVED: tr("{means} of {amount} taken back: give it back to the customer."),
        NoticeKind.PAYMENTS_KEPT: tr(
            "Money has been received for this basket: finish the payment, or take it back (Del)."
        ),
        NoticeKind.LINE_REMOVED: tr("{name} taken out. Ctrl+Z puts it back."),
        NoticeKind.UNDONE: tr("Last change taken back."),
        NoticeKind.NOTHING_TO_UNDO: tr("Nothing to take back in this basket."),
        NoticeKind.PARKED: tr("Basket of {total} parked. F5 takes it back."),
        NoticeKind.TAKEN_BACK: tr("Basket of {total} taken back."),
        NoticeKind.NOTHING_PARKED: tr("No basket is parked."),
        NoticeKind.PRINT_ASKED: tr("The ticket is on its way to the printer."),
        **_of_payments(),
        **_of_discounts_and_returns(),
    }[kind]


def _of_payments() -> Mapping[NoticeKind, str]:
    return {
        NoticeKind.GIFT_ASKED: tr("The gift receipt, without prices, is on its way to the printer."),
        NoticeKind.VOUCHER_LESS: tr("Meal vouchers may pay at most {room} here: eligible articles, limit of the day."),
        NoticeKind.NO_VOUCHER_LINES: tr(
            "No article in this basket may be paid by meal voucher: choose another payment."
        ),
        NoticeKind.NO_VOUCHER_TODAY: tr(
            "Meal vouchers are not taken on Sundays and public holidays: choose another payment."
        ),
        NoticeKind.REFUND_MEANS: tr("{means}: money does not go back this way. Choose cash, card or a voucher."),
        NoticeKind.CARD_IN_DOUBT: tr("Card payment of {amount} still to be settled: Ctrl+B shows what to read."),
        NoticeKind.NOT_APPROVED: tr("Not approved: nothing was done. A manager's PIN is needed for this."),
    }


def _of_discounts_and_returns() -> Mapping[NoticeKind, str]:
    return {
        NoticeKind.DISCOUNT_UNCLEAR: tr("“{text}” is not clear. Type 10 for 10 %, or an amount with its cents: 2.50"),
        NoticeKind.DISCOUNT_TOO_LARGE: tr("No more than {most} can be taken off here: type it again."),
        NoticeKind.NO_DISCOUNT_HERE: tr(
            "Nothing in this basket takes a discount: deposits, vouchers and orders do not."
        ),
        NoticeKind.DISCOUNT_GIVEN: tr("{amount} taken off. New total: {total}. Ctrl+Z takes it back."),
        NoticeKind.DISCOUNT_REMOVED: tr("The discount of {amount} is taken out."),
        NoticeKind.REASON_MISSING: tr("Choose a reason by its number, or type one."),
        NoticeKind.TAKING_BACK: tr("Scan the article that comes back, or type its price. Esc gives up."),
        NoticeKind.RETURN_LINE: tr(
            "This line comes back from a ticket: take it out (Del) and choose it there again (F11)."
        ),
        NoticeKind.TRAINING_NEEDS_EMPTY: tr("First finish or park (F5) the basket, then begin or end the training."),
        NoticeKind.CANCELLED: tr("Ticket {number} is cancelled by {document}: give back {given}."),
    }


def _choose(values: Mapping[str, Any]) -> str:
    count = values["count"]
    found = trn(
        "{count} article for “{text}”: arrows and Enter.", "{count} articles for “{text}”: arrows and Enter.", count
    )
    return found.format(count=count, text=values["text"])


def _weight_unclear(values: Mapping[str, Any]) -> str:
    hint = {
        Unit.KG: tr("Type kilograms with a decimal mark (0.456) or grams (456)."),
        Unit.LITRE: tr("Type litres with a decimal mark (0.75) or millilitres (750)."),
        Unit.HOUR: tr("Type hours with a decimal mark (1.5) or minutes (90)."),
        Unit.PIECE: tr("Type a whole number."),
    }[values["unit"]]
    return tr("“{text}” is not clear.").format(text=values["text"]) + " " + hint


def _stock_short(values: Mapping[str, Any]) -> str:
    known = messages.quantity(values["physical"], values["unit"])
    return tr("{name}: the stock knows only {known}. The sale goes on; correct the stock later (F4).").format(
        name=values["name"], known=known
    )


def _sale_refused(values: Mapping[str, Any]) -> str:
    return sale_refusal(values["reason"], values["missing"])


def _handover_refused(values: Mapping[str, Any]) -> str:
    nothing_recorded = tr("Nothing was recorded. Take the order out of the basket, or see its card (F2).")
    return f"{messages.describe_verdict(values['verdict'])} {nothing_recorded}"


def _not_taken(values: Mapping[str, Any]) -> str:
    return payment_refusal(values["reason"], values["excess"])


def _doubt_settled(values: Mapping[str, Any]) -> str:
    amount = messages.amount(values["amount"])
    if values["paid"]:
        return tr("Card {amount}: noted as paid. Scan the goods again; it can then pay them (Ctrl+B).").format(
            amount=amount
        )
    return tr("Card {amount}: noted as not paid. The basket waits: choose a payment.").format(amount=amount)


def _comes_back(values: Mapping[str, Any]) -> str:
    return trn(
        "{count} line of ticket {number} comes back. Enter gives the money back.",
        "{count} lines of ticket {number} come back. Enter gives the money back.",
        values["count"],
    ).format(**values)


_SPECIAL = {
    NoticeKind.COMES_BACK: _comes_back,
    NoticeKind.PAYMENT_NOT_TAKEN: _not_taken,
    NoticeKind.DOUBT_SETTLED: _doubt_settled,
    NoticeKind.CHOOSE: _choose,
    NoticeKind.WEIGHT_UNCLEAR: _weight_unclear,
    NoticeKind.STOCK_SHORT: _stock_short,
    NoticeKind.STORE_FAILED: lambda values: messages.describe_failure(values["error"]),
    NoticeKind.SALE_REFUSED: _sale_refused,
    NoticeKind.HANDOVER_REFUSED: _handover_refused,
}


# --- what Enter will do ---------------------------------------------------------------------------------


def preview_words(state: SaleState, text: str, highlighted: str) -> str:
    """What Enter would do with this text now; `highlighted` is the article chosen among those found, "" for none."""
    if state.step is Step.WEIGH:
        return _weight_preview(state, text)
    if state.step is Step.DISCOUNT:
        return discount_preview(state, text)
    if state.step is Step.REASON:
        return reason_preview(state, text)
    if state.step is Step.PAY and (given := parse_tendered(text)) is not None:
        return _cash_preview(state, given)
    meaning = parse_input(text)
    match meaning:
        case PickupCode():
            return tr("Show the order")
        case SpokenCode() if not highlighted:
            return tr("Show the order")
        case Code(_, None):
            return tr("Add the article")
        case Code(_, thousandths):
            return tr("Add {quantity}").format(quantity=_typed_quantity(thousandths))
        case OpenPrice(amount, words, quantity):
            times = f"{quantity} × " if quantity > 1 else ""
            return f"{times}{messages.amount(amount)} {words or NAMELESS}"
        case Quantity(thousandths):
            return tr("{quantity} of the next article").format(quantity=_typed_quantity(thousandths))
        case ActiveQuantity(thousandths):
            return tr("Quantity {quantity}").format(quantity=_typed_quantity(thousandths))
        case WeightedSearch(thousandths, words):
            return f"{_typed_quantity(thousandths)} × {highlighted or words}"
        case Text() | SpokenCode():
            return tr("Add {name}").format(name=highlighted) if highlighted else tr("Search")
        case _:
            return _empty_preview(state, highlighted)


def _empty_preview(state: SaleState, highlighted: str) -> str:
    match state.step:
        case Step.PAY if state.tendering.is_refund and state.remainder:
            return tr("Give {amount} back in cash").format(amount=messages.amount(max(state.remainder, ZERO)))
        case Step.PAY if not state.remainder:
            return tr("Record the sale")
        case Step.PAY:
            return tr("{amount} in cash, exact").format(amount=messages.amount(max(state.remainder, ZERO)))
        case Step.CONFIRM:
            return received_words(state)
        case Step.RATE:
            return messages.vat_rate(state.suggested_rate_bp)
        case Step.SELL if highlighted:
            return tr("Add {name}").format(name=highlighted)
        case Step.SELL if state.basket.lines:
            return tr("Take payment")
        case _:
            return ""


def _weight_preview(state: SaleState, text: str) -> str:
    row = state.weighing
    quantity = parse_measure(text, row.product.unit) if row is not None else None
    return messages.quantity(quantity, row.product.unit) if row is not None and quantity is not None else ""


def discount_preview(state: SaleState, text: str) -> str:
    """What would be taken off, before Enter."""
    base = discount_base(state)
    if not text:
        return tr("No discount")
    discount = parse_discount(text, base)
    if discount is None or discount > base:
        return ""
    return tr("−{amount}: {left} left").format(amount=messages.amount(discount), left=messages.amount(base - discount))


def reason_preview(state: SaleState, text: str) -> str:
    asked = state.asked_reason
    if asked is None:
        return ""
    usual = usual_reasons(asked.purpose)
    kept = reason_of(asked.purpose, text or "1")
    return next((reason.said for reason in usual if reason.kept == kept), kept)


def discount_base(state: SaleState) -> Money:
    """What a discount is taken from: of the active line the price before any, else all that takes one."""
    line = next((line for line in state.basket.lines if line.line_id == state.active), None)
    return state.basket.discountable if state.whole_ticket or line is None else line.total + line.discount


def _cash_preview(state: SaleState, given: Money) -> str:
    left = state.remainder - given
    if state.tendering.is_refund:
        return tr("Give {amount} back in cash").format(amount=messages.amount(given)) if left >= ZERO else ""
    if left > ZERO:
        return tr("{amount} in cash, {left} left to pay").format(
            amount=messages.amount(given), left=messages.amount(left)
        )
    return tr("Change {amount}").format(amount=messages.amount(-left))


def _typed_quantity(thousandths: int) -> str:
    whole, part = divmod(thousandths, 1000)
    mark = "," if language() == "fr" else "."
    return f"{whole}{mark}{part:03d}" if part else str(whole)


# --- lines and questions --------------------------------------------------------------------------------


def line_detail(line: BasketLine) -> str:
    """Under the label: quantity and unit price, or where the line comes from."""
    if line.order_id:
        return tr("On-line order") + " · " + messages.quantity(line.quantity, line.unit)
    price = messages.unit_price(line.unit_price, line.unit)
    detail = f"{messages.quantity(abs(line.quantity), line.unit)}\u00a0× {price}"
    if line.quantity < 0:
        detail = tr("Comes back") + " · " + detail
    if line.discount > ZERO:
        detail = tr("−{amount} off").format(amount=messages.amount(line.discount)) + " · " + detail
    return f"{detail} · {nature_words(line.nature)}" if line.nature not in TURNOVER_NATURES else detail


def total_parts(basket: Basket) -> str:
    """What of the total is not simply the price of goods: the ticket's discount, what is outside VAT; "" for none."""
    outside = total_of([line.total for line in basket.lines if line.nature not in TURNOVER_NATURES])
    parts = []
    if basket.discount:
        parts.append(tr("Discount −{amount}").format(amount=messages.amount(basket.discount)))
    if outside:
        parts.append(tr("outside VAT {amount}").format(amount=messages.amount(outside)))
    return "  ·  ".join(parts)


def nature_words(nature: LineNature) -> str:
    """What a line is that is no turnover: no VAT on it, no discount."""
    return {
        LineNature.CONTAINER: tr("container deposit, no VAT"),
        LineNature.DEPOSIT: tr("deposit, no VAT now"),
        LineNature.VOUCHER: tr("voucher, no VAT now"),
        LineNature.SETTLEMENT: tr("account settled, no VAT"),
    }.get(nature, "")


def measure_question(unit: Unit) -> str:
    return {
        Unit.KG: tr("Weight of {name}?"),
        Unit.LITRE: tr("Volume of {name}?"),
        Unit.HOUR: tr("Duration of {name}?"),
        Unit.PIECE: tr("How many {name}?"),
    }[unit]


def measure_hint(unit: Unit) -> str:
    return {
        Unit.KG: tr("0.456 (kilograms) or 456 (grams), then Enter"),
        Unit.LITRE: tr("0.75 (litres) or 750 (millilitres), then Enter"),
        Unit.HOUR: tr("1.5 (hours) or 90 (minutes), then Enter"),
        Unit.PIECE: tr("a whole number, then Enter"),
    }[unit]


def placeholder(state: SaleState) -> str:
    """What the empty box says one can enter."""
    if state.step is Step.CONFIRM and state.asked is not None and state.asked.attempt_id:
        return tr("Enter: accepted, X: refused, N: not known")
    return {
        Step.SELL: tr("Scan, article, price 3.50 cheese, 3* quantity"),
        Step.WEIGH: tr("Weight"),
        Step.RATE: tr("VAT letter"),
        Step.DISCOUNT: tr("10 for 10 %, or 2.50 for an amount"),
        Step.REASON: tr("Number of the reason, or your own words"),
        Step.AGE: tr("Answer Y or N"),
        Step.DOUBT: tr("Answer Y or N"),
        Step.PAY: tr("Amount given in cash"),
        Step.CONFIRM: tr("Enter: received, X: refused"),
        Step.SETTLING: "",
        Step.PAID: tr("The next scan starts the next sale"),
    }[state.step]


def hints(state: SaleState) -> list[KeyHint]:
    """The keys that count at this step."""
    enter, escape = tr("Enter"), tr("Esc")
    match state.step:
        case Step.DISCOUNT:
            return [
                KeyHint(enter, tr("Take off")),
                KeyHint("T", tr("Whole ticket")),
                KeyHint("L", tr("This line")),
                KeyHint(escape, tr("Back")),
            ]
        case Step.REASON:
            return [KeyHint("1-9", tr("Reason")), KeyHint(enter, tr("The first one")), KeyHint(escape, tr("Back"))]
        case Step.PAY if state.tendering.is_refund:
            return [
                KeyHint(enter, tr("Give back in cash")),
                KeyHint("C", tr("Card")),
                KeyHint("G", tr("Voucher")),
                KeyHint(escape, tr("Back to the basket")),
            ]
        case Step.CONFIRM if state.asked is not None and state.asked.attempt_id:
            return [
                KeyHint(enter, tr("Accepted")),
                KeyHint("X", tr("Refused")),
                KeyHint("N", tr("Not known")),
            ]
        case Step.PAY:
            return [
                KeyHint(enter, tr("Exact cash")),
                KeyHint("C", tr("Card")),
                KeyHint("P", tr("Ticket")),
                KeyHint(tr("Del"), tr("Take a payment back")),
                KeyHint(escape, tr("Back to the basket")),
            ]
        case Step.CONFIRM:
            return [KeyHint(enter, tr("Received")), KeyHint("X", tr("Refused"))]
        case Step.PAID:
            return [
                KeyHint("P", tr("Print the ticket")),
                KeyHint("G", tr("Gift receipt")),
                KeyHint("F11", tr("Tickets, returns")),
            ]
        case Step.WEIGH | Step.RATE | Step.AGE | Step.SETTLING | Step.DOUBT:
            return [KeyHint(escape, tr("Back"))]
        case _:
            return [
                KeyHint(enter, tr("Take payment")),
                KeyHint("3*", tr("Quantity before")),
                KeyHint("+ −", tr("One more, one less")),
                KeyHint("*3", tr("Other quantity")),
                KeyHint(tr("Del"), tr("Take out")),
                KeyHint("Ctrl+Z", tr("Undo")),
                KeyHint("F5", tr("Park") if state.basket.lines else tr("Take back")),
                KeyHint("F11", tr("Tickets, returns")),
                KeyHint("Ctrl+D", tr("Discount")),
            ]


# --- paying ---------------------------------------------------------------------------------------------


def exact_words(state: SaleState) -> str:
    """The main button of the payment."""
    if not state.remainder:
        return tr("Record the sale")
    return tr("Give back in cash") if state.tendering.is_refund else tr("Exact cash")


def received_words(state: SaleState) -> str:
    if state.tendering.is_refund:
        return tr("Given back")
    return tr("Accepted") if state.asked is not None and state.asked.attempt_id else tr("Received")


def confirm_hint(state: SaleState) -> str:
    """What to do before one answers."""
    asked = state.asked
    if asked is None:
        return ""
    if state.tendering.is_refund:
        return tr("Give it back this way, then say that it is done.")
    if asked.means is PaymentMeans.CARD:
        return tr("Type the amount on the card terminal, then say what it answered.")
    if asked.means is PaymentMeans.MEAL_VOUCHER and asked.room is not None and asked.room < state.remainder:
        return tr(
            "{room} at most: eligible articles only, within the limit of the day. The rest by other means."
        ).format(room=messages.amount(asked.room))
    if asked.means is PaymentMeans.ACCOUNT:
        return tr("Note in your account book who owes it.")
    return tr("Check it and put it into the drawer.")


def papers_words(state: SaleState) -> str:
    """Why a paper is printed or proposed, else that none is printed unasked (R19)."""
    said = {
        PaperReason.SERVICES: tr("A note in two copies is printed: compulsory for these services."),
        PaperReason.GUARANTEE: tr("The ticket names the legal guarantee: it is proposed."),
        PaperReason.CARD_UNDONE: tr("Money goes back to a card: the ticket is proposed."),
        PaperReason.WEIGHED: tr("The weight is given in writing."),
    }
    reasons = [said[reason] for reason in state.papers.reasons]
    return " ".join(reasons) or tr("No ticket is printed unless the customer asks.")


def doubt_title(attempt: CardAttempt) -> str:
    when, amount = messages.clock_time(attempt.started_at), messages.amount(attempt.amount)
    if attempt.state in PAID_STATES:
        return tr("Card {amount}, {time}: paid, but on no ticket").format(amount=amount, time=when)
    return tr("Card {amount}, {time}: was it paid?").format(amount=amount, time=when)


def doubt_hint(attempt: CardAttempt) -> str:
    if attempt.state in PAID_STATES:
        return tr("Use it for the basket on screen, or cancel it on the terminal and say so here.")
    return tr(
        "Read the terminal's last slip (or its duplicate). PAID: amount, time and “paiement accepté” are on it. NOT "
        "PAID: “abandon”, “refus”, or no slip. Do not take the card again before you know."
    )


def doubt_answers(attempt: CardAttempt) -> tuple[str, str]:
    """Words for yes and no."""
    if attempt.state in PAID_STATES:
        return tr("Use it here"), tr("Cancelled there")
    return tr("Paid"), tr("Not paid")


# --- discounts and reasons ------------------------------------------------------------------------------


def discount_question(state: SaleState) -> tuple[str, str]:
    """Title and hint."""
    line = next((line for line in state.basket.lines if line.line_id == state.active), None)
    base = messages.amount(discount_base(state))
    if state.whole_ticket or line is None:
        title = tr("How much off the whole ticket ({amount})?").format(amount=base)
    else:
        title = tr("How much off {name} ({amount})?").format(name=line.label, amount=base)
    return title, tr("10 and Enter: 10 %. With its cents it is an amount: 2.50. Enter alone: no discount.")


def reason_question(asked: AskedReason) -> tuple[str, str]:
    """Title and hint."""
    hint = tr("A figure chooses; Enter takes the first; or type your own words.")
    title = {
        ReasonFor.DISCOUNT: tr("{amount} off: why?").format(amount=messages.amount(asked.discount)),
        ReasonFor.TAKING_BACK: tr("Goods come back without their ticket: why?"),
        ReasonFor.CANCELLING: tr("The ticket is cancelled: why?"),
    }[asked.purpose]
    return title, hint
