"""Owns the words spoken with a card terminal by the protocol Caisse-AP v3: a request written, an answer judged. Never
opens a connection, never decides twice.

A message is a run of fields, each a tag of two letters, a length of three figures and a value. The answer repeats the
till, the amount, the direction and the currency: a payment counts only if all of them are those that were asked (R28).
Whatever is cut, late or not understood is UNKNOWN, never a refusal: the customer may have paid.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.card import CardOutcome
from app.domain.errors import BrokenInvariant
from app.domain.money import ZERO, Money

VERSION, PROTOCOL_ID, TILL, AMOUNT, CURRENCY, DIRECTION = "CZ", "CJ", "CA", "CB", "CE", "CD"
RESULT, REASON = "AE", "AF"
CURRENT_VERSION = "0300"
EURO = "978"
DEBIT, CREDIT = "0", "1"
DONE, NOT_DONE = "10", "01"
_ECHOED = (TILL, AMOUNT, CURRENCY, DIRECTION)
_LONGEST_VALUE = 999
_TAG_LENGTH, _HEAD_LENGTH = 2, 5


def payment_request(protocol_id: str, till_no: int, amount: Money) -> str:
    """Ask for an amount: taken from the customer if positive, given back if negative.

    Args:
        protocol_id: 12 figures that the acquirer gave.
        till_no: 1-99.

    Raises:
        BrokenInvariant: nothing is asked, or the till's number does not fit.
    """
    if not amount or not 1 <= till_no <= 99:  # two figures
        raise BrokenInvariant(f"card request of {amount} by till {till_no}")
    return _written(
        {
            VERSION: CURRENT_VERSION,
            PROTOCOL_ID: protocol_id,
            TILL: f"{till_no:02d}",
            AMOUNT: str(abs(amount.minor)),
            CURRENCY: EURO,
            DIRECTION: DEBIT if amount > ZERO else CREDIT,
        }
    )


def read_fields(message: str) -> Mapping[str, str] | None:
    """The fields of a message by tag; None if it is cut short or no message at all."""
    fields: dict[str, str] = {}
    place = 0
    while place < len(message):
        length = message[place + _TAG_LENGTH : place + _HEAD_LENGTH]
        if not (len(length) == _HEAD_LENGTH - _TAG_LENGTH and length.isascii() and length.isdigit()):
            return None
        end = place + _HEAD_LENGTH + int(length)
        if end > len(message):
            return None
        fields[message[place : place + _TAG_LENGTH]] = message[place + _HEAD_LENGTH : end]
        place = end
    return fields or None


def judge_answer(request: str, answer: str | None) -> CardOutcome:
    """What the terminal's answer to a request means.

    Args:
        answer: all that came before the connection ended; None for a time-out.
    """
    asked, said = read_fields(request), read_fields(answer or "")
    if asked is None or said is None or any(said.get(tag) != asked[tag] for tag in _ECHOED):
        return CardOutcome.UNKNOWN
    return {DONE: CardOutcome.ACCEPTED, NOT_DONE: CardOutcome.REFUSED}.get(said.get(RESULT, ""), CardOutcome.UNKNOWN)


def _written(fields: Mapping[str, str]) -> str:
    if any(len(value) > _LONGEST_VALUE for value in fields.values()):
        raise BrokenInvariant("a field longer than its length can say")
    return "".join(f"{tag}{len(value):03d}{value}" for tag, value in fields.items())
