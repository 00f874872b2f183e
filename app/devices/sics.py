"""Owns what is asked and understood in MT-SICS, the standard command set of Mettler-Toledo that many scales speak.

    till: SI CR LF      scale: S S      0.456 kg CR LF      at rest
                               S D      0.470 kg            still moving
                               S I   S +   S -              not now, too much, too little
                               ES   ET   EL                 it did not understand the question

A weight in anything but kilograms or grams is never taken over.
"""

from __future__ import annotations

import re
from decimal import Decimal

from app.devices.scale_dialect import ScaleDialect, standing_still_at
from app.usecases.counter_devices import ScaleReading, ScaleState

_WEIGHT = re.compile(rb"S ([SD]) +(-? *[0-9]{1,7}(?:\.[0-9]{1,6})?) *(kg|g)")
_STATES = {b"S I": ScaleState.MOVING, b"S +": ScaleState.OVERLOAD, b"S -": ScaleState.UNDERLOAD}
_GRAMS = {b"kg": 1000, b"g": 1}


def read_sics(answer: bytes) -> ScaleReading:
    """An answer without its line end."""
    said = answer.strip(b"\r\n ")
    if said in _STATES:
        return ScaleReading(_STATES[said])
    found = _WEIGHT.fullmatch(said)
    if found is None:
        return ScaleReading(ScaleState.NOT_UNDERSTOOD)
    if found[1] == b"D":
        return ScaleReading(ScaleState.MOVING)
    return standing_still_at(Decimal(found[2].replace(b" ", b"").decode("ascii")) * _GRAMS[found[3]])


SICS = ScaleDialect(questions=(b"SI\r\n",), end=b"\n", read=read_sics)
