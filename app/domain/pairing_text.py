"""Owns the text in the QR that a shop's marketplace account shows to link a till: address and pairing code in one.

    comptoir-pair:ABCD2345;https://marketplace.example

Never judges whether the code is right or who answers at the address: a person sees both before they are used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"comptoir-pair:([0-9a-z]{8});(https?://[^\s;]{1,250})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PairingText:
    """What it tells: the code in capitals, the address without a slash at its end."""

    code: str
    url: str


def write_pairing_text(told: PairingText) -> str:
    """The text for the QR."""
    return f"comptoir-pair:{told.code};{told.url}"


def read_pairing_text(text: str) -> PairingText | None:
    """What was scanned, None if it is something else."""
    found = _SHAPE.fullmatch(text.strip())
    return PairingText(found[1].upper(), found[2].rstrip("/")) if found else None
