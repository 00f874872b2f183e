"""Owns the wording of the sale screen: questions, what Enter will do, key hints. No Qt, no decision."""

from __future__ import annotations

from app.domain.card import PAID_STATES, CardAttempt
from app.domain.catalogue import LineNature, Unit
from app.domain.money import ZERO, Money, total_of
from app.domain.paper_rule import PaperReason
from app.domain.sale import TURNOVER_NATURES, Basket, BasketLine, PaymentMeans
from app.i18n import language, tr
from app.ui import messages
from app.ui.checkout.beside import as_typed
from app.ui.checkout.payment import parse_tendered
from app.ui.checkout.reasons import ReasonFor, reason_of, usual_reasons
from app.ui.checkout.reductions import parse_discount
from app.ui.checkout.state import AskedReason, SaleState, Step
from app.ui.input_grammar import (
    ActiveQuantity,
    Address,
    Code,
    OpenPrice,
    PickupCode,
    Quantity,
    SpokenCode,
    Text,
    TileNumber,
    WeightedSearch,
    parse_input,
    parse_measure,
)
from app.ui.paper_words import in_other_language
from app.ui.screen import KeyHint
from app.usecases.counter_devices import ScaleReading, ScaleState

NAMELESS = "Divers"
"""On the ticket an open price without words is called so, in French whatever language the screen speaks."""


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
        case Address():
            return tr("An address, no article's code")
        case Code(_, None):
            return tr("Add the article")
        case Code(_, thousandths):
            return tr("Add {quantity}").format(quantity=_typed_quantity(thousandths))
        case OpenPrice(amount, words, quantity):
            times = f"{quantity} × " if quantity > 1 else ""
            return f"{times}{messages.amount(amount)} {words or NAMELESS}"
        case Quantity(thousandths):
            return tr("{quantity} of the next article").format(quantity=_typed_quantity(thousandths))
        case TileNumber(0):
            return tr("Park, or take back")
        case TileNumber():
            return tr("Add {name}").format(name=highlighted) if highlighted else ""
        case ActiveQuantity(0):
            return tr("Take out")
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
    if line.fixed_total is not None and not line.corrects_sale_id:
        detail = tr("price of the label") + f" · {messages.quantity(abs(line.quantity), line.unit)}, {price}"
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


def on_scale(reading: ScaleReading) -> str:
    """What the scale says, beside the question for a weight."""
    return {
        ScaleState.STABLE: tr("Compare with the scale's own display, then Enter."),
        ScaleState.MOVING: tr("Scale: still moving…"),
        ScaleState.EMPTY: tr("Scale: nothing on it."),
        ScaleState.OVERLOAD: tr("Scale: too much on it."),
        ScaleState.UNDERLOAD: tr("Scale: below nought. Press its zero key, with nothing on it."),
        ScaleState.FINER: tr("Scale: finer than a gram. Type the weight."),
    }.get(reading.state, tr("The scale does not answer: type the weight it shows."))


def take_weight(reading: ScaleReading) -> str:
    """What the button says that puts the scale's weight into the box; "" if there is none to take."""
    if reading.state is not ScaleState.STABLE:
        return ""
    return tr("Scale: {weight}").format(weight=f"{as_typed(reading.grams)}\u00a0kg")


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
                KeyHint("T", tr("Ticket on the phone")),
                KeyHint("E", in_other_language(state.customers_language)),
                KeyHint("G", tr("Gift receipt")),
                KeyHint("F11", tr("Tickets, returns")),
            ]
        case Step.RATE:
            return [KeyHint(enter, tr("Take it")), KeyHint("/", tr("Next rate")), KeyHint(escape, tr("Back"))]
        case Step.WEIGH | Step.AGE | Step.SETTLING | Step.DOUBT:
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
                KeyHint("/7", tr("Seventh tile")),
                KeyHint("Ctrl+T", tr("Arrange the tiles")),
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
