"""Owns the sentences on sales, returns, cancellations and payments that are refused: what is wrong and what to do. No
Qt, no decision."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.money import ZERO, Money
from app.i18n import tr
from app.ui import messages
from app.usecases.correct_sale import CorrectionRefusal
from app.usecases.sell_at_counter import SaleRefusal
from app.usecases.take_payment import PaymentRefusal


def sale_refusal(reason: SaleRefusal, missing: Money = ZERO) -> str:
    """Why a sale was not recorded.

    Args:
        missing: what is missing or too much, as the refusal says.
    """
    return _sale_refusals()[reason].format(amount=messages.amount(missing))


def payment_refusal(reason: PaymentRefusal, excess: Money = ZERO) -> str:
    """Why a payment is not taken, while the customer pays.

    Args:
        excess: by how much it goes over what is refused.
    """
    return sale_refusal(SaleRefusal(reason.value), excess)


def _sale_refusals() -> Mapping[SaleRefusal, str]:
    return {
        SaleRefusal.EMPTY_BASKET: tr("The basket is empty: scan an article, type its name or its price."),
        SaleRefusal.NOT_PAID_IN_FULL: tr("{amount} is still to be paid."),
        SaleRefusal.PAID_TOO_MUCH: tr("{amount} too much was received: take the last payment back (Del)."),
        SaleRefusal.NEGATIVE_TOTAL: tr("A line has the wrong sign: take it out and enter it again."),
        SaleRefusal.CASH_OVER_LIMIT: tr(
            "The law forbids more than 1,000 euros in cash: {amount} must be paid by other means."
        ),
        SaleRefusal.QUANTITY_TOO_LARGE: tr("A quantity is too large: was a bar code typed in its place? Correct it."),
        SaleRefusal.QUANTITY_NOT_POSITIVE: tr("A quantity is nought: correct it or take the line out."),
        SaleRefusal.WRONG_PAYMENT: tr("A payment does not add up: take it back (Del) and type it again."),
        SaleRefusal.ORDER_CHANGED: tr(
            "The order was changed or paid meanwhile: take it out of the basket and scan its code again."
        ),
        SaleRefusal.HANDOVER_REFUSED: tr("The order cannot be handed over now: see its card (F2)."),
        SaleRefusal.PERIOD_CLOSED: tr(
            "The computer's clock says a moment that is closed already: put its date and time right, then try again."
        ),
        SaleRefusal.WRONG_DISCOUNT: tr(
            "A discount is larger than what it is taken from, or has no reason: enter it again."
        ),
        SaleRefusal.REASON_MISSING: tr("Goods come back without a ticket: say why."),
        SaleRefusal.RETURN_CHANGED: tr(
            "Something of this ticket came back meanwhile: take its lines out and choose them again."
        ),
        SaleRefusal.NOT_ALLOWED: tr("This needs the approval of a manager, by PIN."),
        SaleRefusal.AGE_NOT_CONFIRMED: tr("The proof of majority was not asked: ask for it, then take the payment."),
        SaleRefusal.CARD_IN_DOUBT: tr(
            "A card payment is in doubt: read the terminal's slip and say whether it was paid, then try again."
        ),
        SaleRefusal.TRAINING_CHANGED: tr(
            "Training began or ended meanwhile: look whether this sale is real, then take the payment again."
        ),
        SaleRefusal.TRAINING_WITH_ORDER: tr(
            "An on-line order is real: take it out of the basket, or end the training first."
        ),
        SaleRefusal.MEAL_VOUCHER_DAY: tr(
            "Meal vouchers are not taken on Sundays and public holidays: choose another payment."
        ),
        SaleRefusal.MEAL_VOUCHER_LIMIT: tr(
            "Meal vouchers pay eligible articles only, within the day's limit: {amount} must be paid by other means."
        ),
        SaleRefusal.ACCOUNT_PAYS_ACCOUNT: tr(
            "An account cannot be settled by debiting it: {amount} must be paid by other means."
        ),
        SaleRefusal.MEAL_VOUCHER_REFUND: tr(
            "Meal vouchers paid this: {amount} cannot be given back as money. Choose a credit note."
        ),
        SaleRefusal.REFUND_MEANS: tr("{amount} cannot be given back this way: choose cash, card or a credit note."),
    }


def correction_refusal(reason: CorrectionRefusal) -> str:
    """Why a ticket was not cancelled, or its payment not changed."""
    return {
        CorrectionRefusal.UNKNOWN_SALE: tr("This till has no such ticket: check its number."),
        CorrectionRefusal.NOT_A_SALE: tr("This document is a correction itself: choose the ticket it corrects."),
        CorrectionRefusal.ALREADY_CANCELLED: tr("This ticket is cancelled already."),
        CorrectionRefusal.CAME_BACK: tr("Part of this ticket came back already: return the rest instead."),
        CorrectionRefusal.ORDER_HANDED_OVER: tr(
            "This ticket paid an on-line order that has left: take the goods back as a return instead."
        ),
        CorrectionRefusal.REASON_MISSING: tr("Say why the ticket is cancelled."),
        CorrectionRefusal.NOT_ALLOWED: tr("This needs the approval of a manager, by PIN."),
        CorrectionRefusal.WRONG_AMOUNTS: tr(
            "The amounts do not add up: take away no more than each means has paid, and put the same sum elsewhere."
        ),
        CorrectionRefusal.CASH_OVER_LIMIT: tr("The law forbids more than 1,000 euros in cash for one sale."),
        CorrectionRefusal.MEAL_VOUCHER_LIMIT: tr("That is more in meal vouchers than the day's limit."),
        CorrectionRefusal.REFUND_MEANS: tr("Money is not given back this way: choose cash, card or a credit note."),
        CorrectionRefusal.MEANS_NOT_CHANGED: tr("The means of payment are the same as before: nothing to change."),
        CorrectionRefusal.PERIOD_CLOSED: tr(
            "The computer's clock says a moment that is closed already: put its date and time right, then try again."
        ),
        CorrectionRefusal.PAID_ONLINE: tr(
            "This document records an on-line payment: it follows the marketplace, cancel the order there."
        ),
        CorrectionRefusal.TRAINING: tr("End the training first: this ticket is real."),
    }[reason]
