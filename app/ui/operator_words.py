"""Owns the wording of operators: roles, rights, wrong PINs, refused changes. No Qt, no decision."""

from __future__ import annotations

from app.domain.operators import LONGEST_PIN, NAME_LENGTH, SHORTEST_PIN, Operator, Right, Role
from app.i18n import tr, trn
from app.usecases.approve import NotTheirRight
from app.usecases.manage_operators import OperatorRefusal
from app.usecases.try_pin import PinRefusal, SlowedDown


def role_words(role: Role) -> str:
    return {
        Role.CASHIER: tr("Cashier"),
        Role.MANAGER: tr("Manager"),
        Role.ACCOUNTANT: tr("Accountant"),
    }[role]


def operator_line(operator: Operator) -> str:
    """Name and role in one line, for lists and screen readers."""
    role = role_words(operator.role) if operator.active else tr("Has left")
    return f"{operator.name}, {role}"


def right_words(right: Right) -> str:
    """What is to be allowed, as a thing."""
    return {
        Right.SELL: tr("Sell"),
        Right.RETURN_WITH_TICKET: tr("Return with the ticket"),
        Right.RETURN_WITHOUT_TICKET: tr("Return without a ticket"),
        Right.CANCEL_TICKET: tr("Cancel a ticket"),
        Right.DISCOUNT: tr("Discount up to the shop's limit"),
        Right.DISCOUNT_OVER_LIMIT: tr("Discount above the shop's limit"),
        Right.PRICE_OVERRIDE: tr("Another price"),
        Right.CHANGE_PAYMENT_MEANS: tr("Change the means of payment of a ticket"),
        Right.CASH_IN_OUT: tr("Put cash in or take cash out"),
        Right.OPEN_DRAWER: tr("Open the drawer without a sale"),
        Right.CLOSE_DAY: tr("Close the day"),
        Right.ACCEPT_CASH_DIFFERENCE: tr("Accept a cash difference"),
        Right.TRAINING_MODE: tr("Training mode"),
        Right.VERIFY_LEDGER: tr("Check the ledger"),
        Right.EXPORT: tr("Export for the accountant"),
        Right.ARCHIVE: tr("Make an archive"),
        Right.CHANGE_SETTINGS: tr("Change the settings"),
        Right.MANAGE_OPERATORS: tr("Change the team"),
        Right.CORRECT_STOCK: tr("Correct the stock"),
        Right.OVERRIDE_HANDOVER: tr("Hand over against the verdict"),
    }[right]


def pin_refusal_words(refusal: PinRefusal | NotTheirRight) -> str:
    """Why a PIN did not help, and what to do."""
    match refusal:
        case SlowedDown():
            return slowed_words(refusal.seconds)
        case NotTheirRight():
            return tr("{name} may not allow this. A manager's PIN is needed.").format(name=refusal.operator_name)
        case _:
            words = trn(
                "This PIN is nobody's. One try left before a pause.",
                "This PIN is nobody's. {count} tries left before a pause.",
                refusal.tries_left,
            )
            return words.format(count=refusal.tries_left)


def slowed_words(seconds: int) -> str:
    """That too many PINs were wrong, and how long to wait."""
    if seconds >= 120:
        return tr("Too many wrong PINs. Wait {minutes} min, then type yours.").format(minutes=-(-seconds // 60))
    return tr("Too many wrong PINs. Wait {seconds} s, then type yours.").format(seconds=seconds)


def operator_refusal_words(refusal: OperatorRefusal) -> str:
    """Why nothing was changed, and what to do."""
    length = tr("A PIN has {least} to {most} digits.").format(least=SHORTEST_PIN, most=LONGEST_PIN)
    return {
        OperatorRefusal.NAME_MISSING: tr("Type a name; it is printed and kept with each act."),
        OperatorRefusal.NAME_TOO_LONG: tr("At most {count} characters.").format(count=NAME_LENGTH),
        OperatorRefusal.NAME_TAKEN: tr(
            "Somebody has or had this name. Choose another, for example with an initial; who has come back is made "
            "active again."
        ),
        OperatorRefusal.PIN_NOT_DIGITS: length,
        OperatorRefusal.PIN_WRONG_LENGTH: length,
        OperatorRefusal.PIN_TOO_SIMPLE: tr("Too easy to guess: no 0000, 1234, 1212 and the like."),
        OperatorRefusal.PIN_TAKEN: tr("This PIN cannot be used. Choose another."),
        OperatorRefusal.FIRST_MUST_MANAGE: tr("The first person must be a manager: somebody must let the others in."),
        OperatorRefusal.LAST_MANAGER: tr("The last manager stays one. Make somebody else a manager first."),
        OperatorRefusal.UNKNOWN: tr("This person is not in the list any more. Open the page again."),
    }[refusal]
