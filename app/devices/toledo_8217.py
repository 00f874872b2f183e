"""Owns what is asked and understood in Toledo 8217, the protocol of checkout scales.

    till: W      scale: STX 00.456 CR          at rest, kilograms with three decimals; N before CR: net, a tare is set
                        STX ? <status> CR      bit 0 moving, 1 too much, 2 below nought, 3 nought is off, 6 bad question

The scales speak 7 data bits with even parity. Our lines have 8 bits and none: the eighth bit is that parity, so it is
set on the way out and taken off on the way in. Scales set to 8 bits get the plain question when they do not answer the
first. Pounds have two decimals and are never taken over.
"""

from __future__ import annotations

import re
from decimal import Decimal

from app.devices.scale_dialect import ScaleDialect, standing_still_at
from app.usecases.counter_devices import ScaleReading, ScaleState

_WEIGHT = re.compile(rb"\x02 *([0-9]{1,3}\.[0-9]{3})N?")
_STATUS_LENGTH = 3
_MOVING, _OVERLOAD, _BELOW, _NOUGHT_IS_OFF, _BAD_QUESTION = 0x01, 0x02, 0x04, 0x08, 0x40
_SEVEN_BITS = bytes(byte & 0x7F for byte in range(256))


def with_even_parity(text: bytes) -> bytes:
    """Seven-bit text with its parity in the eighth bit."""
    return bytes(byte | 0x80 if byte.bit_count() % 2 else byte for byte in text)


def read_toledo_8217(answer: bytes) -> ScaleReading:
    """An answer without its CR, whatever its parity."""
    said = answer.translate(_SEVEN_BITS)
    if len(said) == _STATUS_LENGTH and said[:2] == b"\x02?":
        return ScaleReading(_state_of(said[2]))
    found = _WEIGHT.fullmatch(said)
    if found is None:
        return ScaleReading(ScaleState.NOT_UNDERSTOOD)
    return standing_still_at(Decimal(found[1].decode("ascii")) * 1000)


def _state_of(status: int) -> ScaleState:
    if status & _BAD_QUESTION:
        return ScaleState.NOT_UNDERSTOOD
    if status & _OVERLOAD:
        return ScaleState.OVERLOAD
    if status & _BELOW:
        return ScaleState.UNDERLOAD
    return ScaleState.FAULT if status & _NOUGHT_IS_OFF and not status & _MOVING else ScaleState.MOVING


TOLEDO_8217 = ScaleDialect(questions=(with_even_parity(b"W"), b"W"), end=b"\r", read=read_toledo_8217)
