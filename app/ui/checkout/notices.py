"""Owns the wording of the sale screen's notices: what happened, and what to do. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.catalogue import Unit
from app.domain.money import Money
from app.domain.sale import PaymentMeans
from app.i18n import tr, trn
from app.ui import messages
from app.ui.checkout.state import Notice, NoticeKind
from app.ui.code_words import no_article_words, past_date_words
from app.ui.sale_words import payment_refusal, sale_refusal
from app.ui.style.tokens import Role

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
    NoticeKind.PAST_DATE: Role.DANGER,
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
        NoticeKind.LABEL_QUANTITY: tr(
            "The label of {name} says how much: scan each label, without a quantity before it."
        ),
        NoticeKind.LABEL_LINE: tr(
            "The label of {name} says what it costs: take the line out (Del) and weigh it anew for another weight."
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
        NoticeKind.NOTHING_TO_UNDO: tr("Nothing more to take back."),
        NoticeKind.PARKED: tr("Basket of {total} parked. F5 takes it back."),
        NoticeKind.TAKEN_BACK: tr("Basket of {total} taken back."),
        NoticeKind.NOTHING_PARKED: tr("No basket is parked."),
        NoticeKind.PRINT_ASKED: tr("The ticket is on its way to the printer."),
        **_of_payments(),
        **_of_discounts_and_returns(),
    }[kind]


def _of_payments() -> Mapping[NoticeKind, str]:
    return {
        NoticeKind.NO_CODE: tr("There is no code for this ticket. P prints it."),
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


def _no_article(values: Mapping[str, Any]) -> str:
    return no_article_words(values["found"])


def _past_date(values: Mapping[str, Any]) -> str:
    return past_date_words(values["verdict"], values["goods"], values["name"])


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
    NoticeKind.NO_ARTICLE: _no_article,
    NoticeKind.PAST_DATE: _past_date,
    NoticeKind.SOLD_PAST_DATE: _past_date,
    NoticeKind.STORE_FAILED: lambda values: messages.describe_failure(values["error"]),
    NoticeKind.SALE_REFUSED: _sale_refused,
    NoticeKind.HANDOVER_REFUSED: _handover_refused,
}
