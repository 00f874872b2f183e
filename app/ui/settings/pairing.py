"""Owns what a typed pairing must look like before anybody is asked. No network, no wording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CODE_LENGTH = 8
"""Characters of a pairing code."""


class WrongEntry(StrEnum):
    """The field that cannot be right, by the name it has among the settings."""

    ADDRESS = "marketplace_url"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class PairingEntry:
    """What a marketplace is asked with: its address, the code in capitals without blanks, the till's name."""

    url: str
    code: str
    till_name: str


def read_entry(address: str, code: str, till_name: str) -> PairingEntry | WrongEntry:
    """The fields as typed; blanks, hyphens and small letters in the code do not matter."""
    url, symbols = address.strip().rstrip("/"), "".join(code.split()).replace("-", "").upper()
    if not url.startswith(("https://", "http://")):
        return WrongEntry.ADDRESS
    if len(symbols) != CODE_LENGTH or not symbols.isalnum():
        return WrongEntry.CODE
    return PairingEntry(url, symbols, till_name.strip())
