"""Owns who may do what at the till: operators, roles, rights, which PINs are too weak, when wrong ones slow the till
down. Never sees a stored PIN, never reads a clock.

A shop that has set up no operator works as before: whoever is there may do everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise


class Role(StrEnum):
    """What a person is in the shop. Each role has a fixed set of rights, so that everybody knows what it means."""

    CASHIER = "cashier"
    MANAGER = "manager"
    ACCOUNTANT = "accountant"


class Right(StrEnum):
    """One thing a person may be allowed to do. Stored with each approval: a right never changes its meaning."""

    SELL = "sell"
    RETURN_WITH_TICKET = "return_with_ticket"
    RETURN_WITHOUT_TICKET = "return_without_ticket"
    CANCEL_TICKET = "cancel_ticket"
    DISCOUNT = "discount"
    """Up to the limit of the role, a setting in percent."""
    DISCOUNT_OVER_LIMIT = "discount_over_limit"
    PRICE_OVERRIDE = "price_override"
    CHANGE_PAYMENT_MEANS = "change_payment_means"
    CASH_IN_OUT = "cash_in_out"
    OPEN_DRAWER = "open_drawer"
    """Without a sale."""
    CLOSE_DAY = "close_day"
    ACCEPT_CASH_DIFFERENCE = "accept_cash_difference"
    TRAINING_MODE = "training_mode"
    VERIFY_LEDGER = "verify_ledger"
    EXPORT = "export"
    ARCHIVE = "archive"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_OPERATORS = "manage_operators"
    CORRECT_STOCK = "correct_stock"
    OVERRIDE_HANDOVER = "override_handover"
    """Give an order out against the verdict."""


_CASHIER = frozenset(
    {
        Right.SELL,
        Right.RETURN_WITH_TICKET,
        Right.DISCOUNT,
        Right.CASH_IN_OUT,
        Right.CLOSE_DAY,
        Right.TRAINING_MODE,
        Right.CORRECT_STOCK,
    }
)
_ACCOUNTANT = frozenset({Right.VERIFY_LEDGER, Right.EXPORT, Right.ARCHIVE})


def rights_of(role: Role) -> frozenset[Right]:
    """All that a role may do without asking anybody."""
    match role:
        case Role.CASHIER:
            return _CASHIER
        case Role.MANAGER:
            return frozenset(Right)
        case Role.ACCOUNTANT:
            return _ACCOUNTANT


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who acts at the till. Never deleted: sealed rows carry the name.

    Attributes:
        name: as printed and sealed; unique in the shop, former operators included.
        active: False for one who has left: signs in no more.
    """

    operator_id: str
    name: str
    role: Role
    active: bool = True

    def may(self, right: Right) -> bool:
        return self.active and right in rights_of(self.role)


@dataclass(frozen=True, slots=True)
class Approval:
    """A manager allowed one act of somebody else, with their PIN."""

    operator_name: str
    right: Right


NAME_LENGTH = 40


def tidy_name(text: str) -> str:
    """A name as kept: one line, single blanks, no control characters; "" if nothing is left of it."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())


# --- PINs ---

SHORTEST_PIN, LONGEST_PIN = 4, 8


class PinVerdict(StrEnum):
    """Whether a PIN may be chosen."""

    GOOD = "good"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    TOO_SIMPLE = "too_simple"
    """One digit repeated, a run (1234, 9876), a pair repeated (1212): what a thief tries first."""


def judge_pin(pin: str) -> PinVerdict:
    """Whether a person may choose this PIN: 4 to 8 digits, none of those a thief tries first."""
    if not (pin.isascii() and pin.isdigit()):
        return PinVerdict.NOT_DIGITS
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        return PinVerdict.WRONG_LENGTH
    return PinVerdict.TOO_SIMPLE if _is_simple(pin) else PinVerdict.GOOD


def _is_simple(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}):  # 0000; 1234 and 7890; 9876 and 3210
        return True
    return len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2)


# --- wrong PINs ---

FREE_TRIES = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
MEMORY = timedelta(minutes=15)
"""Wrong PINs this near to each other count together, whatever right ones a cashier types in between."""
KEEP_TRIES = timedelta(days=1)
"""How long a try is kept at least: far longer than it can count."""


@dataclass(frozen=True, slots=True)
class PinTry:
    """A PIN that was typed at this till, whoever it was meant for.

    Attributes:
        role: of the operator it belongs to; None for a wrong one.
    """

    at: datetime
    role: Role | None


@dataclass(frozen=True, slots=True)
class PinState:
    """Whether a PIN may be tried now.

    Attributes:
        tries_left: wrong ones until the next pause; 1 or more.
        slowed_until: no PIN is looked at before; None if one may be tried now.
    """

    tries_left: int = FREE_TRIES
    slowed_until: datetime | None = None


def pin_state(tries: Sequence[PinTry], now: datetime) -> PinState:
    """What earlier tries mean for the next one: from the fifth wrong PIN on a pause of 30 s, doubled with each further
    one up to 15 min.

    A right PIN ends the row of wrong ones. Whoever has a PIN could so guess the manager's in fours for ever; therefore
    wrong ones of the last 15 minutes count too, until a manager typed theirs. A clock set back does not lock the till.

    Args:
        tries: of this till, oldest first.
    """
    counted = _since_a_manager(tries)
    in_a_row = _wrong_at_the_end(counted)
    if in_a_row:
        last = counted[-1].at
        pause = _pause_after(max(in_a_row, _wrong_lately(counted, last)))
        if last <= now < last + pause:
            return PinState(1, last + pause)
    return PinState(max(FREE_TRIES - max(in_a_row, _wrong_lately(counted, now)), 1))


def _since_a_manager(tries: Sequence[PinTry]) -> Sequence[PinTry]:
    for index in range(len(tries) - 1, -1, -1):
        if tries[index].role is Role.MANAGER:
            return tries[index + 1 :]
    return tries


def _wrong_at_the_end(tries: Sequence[PinTry]) -> int:
    right = next((index for index in range(len(tries) - 1, -1, -1) if tries[index].role is not None), -1)
    return len(tries) - 1 - right


def _wrong_lately(tries: Sequence[PinTry], moment: datetime) -> int:
    return sum(entry.role is None and entry.at >= moment - MEMORY for entry in tries)


def _pause_after(wrong: int) -> timedelta:
    if wrong < FREE_TRIES:
        return timedelta()
    doublings: int = 1 << min(wrong - FREE_TRIES, 10)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


# --- discounts ---


def discount_limit_percent(role: Role, cashier_limit_percent: int) -> int:
    """The largest discount, in whole percent, a role gives alone; 0 if it gives none.

    Args:
        cashier_limit_percent: the shop's setting.
    """
    if Right.DISCOUNT not in rights_of(role):
        return 0
    return 100 if Right.DISCOUNT_OVER_LIMIT in rights_of(role) else cashier_limit_percent
