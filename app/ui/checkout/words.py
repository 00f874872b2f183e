"""Owns the wording of the sale screen: notices, questions, what Enter will do, key hints. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.catalogue import Unit
from app.domain.money import ZERO, Money
from app.domain.sale import BasketLine, PaymentMeans
from app.i18n import language, tr, trn
from app.ui import messages
from app.ui.checkout.payment import parse_tendered
from app.ui.checkout.state import Notice, NoticeKind, SaleState, Step
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
from app.ui.sale_words import sale_refusal
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
    }[kind]


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


_SPECIAL = {
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
        case Step.PAY:
            return tr("{amount} in cash, exact").format(amount=messages.amount(max(state.remainder, ZERO)))
        case Step.CONFIRM:
            return tr("Received")
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


def _cash_preview(state: SaleState, given: Money) -> str:
    left = state.remainder - given
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
    return f"{messages.quantity(line.quantity, line.unit)}\u00a0× {price}"


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
    return {
        Step.SELL: tr("Scan, article, price 3.50 cheese, 3* quantity"),
        Step.WEIGH: tr("Weight"),
        Step.RATE: tr("VAT letter"),
        Step.AGE: tr("Answer Y or N"),
        Step.PAY: tr("Amount given in cash"),
        Step.CONFIRM: tr("Enter: received, X: refused"),
        Step.SETTLING: "",
        Step.PAID: tr("The next scan starts the next sale"),
    }[state.step]


def hints(state: SaleState) -> list[KeyHint]:
    """The keys that count at this step."""
    enter, escape = tr("Enter"), tr("Esc")
    match state.step:
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
            return [KeyHint("P", tr("Print the ticket")), KeyHint("F11", tr("Last tickets"))]
        case Step.WEIGH | Step.RATE | Step.AGE | Step.SETTLING:
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
                KeyHint("F11", tr("Last tickets")),
            ]
