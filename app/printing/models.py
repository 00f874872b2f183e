"""Owns what a printer's own words about itself tell: its name, and a first proposal of a profile. The numbered chart
has the last word: what is proposed here only saves answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.settings import PrinterProfile


@dataclass(frozen=True, slots=True)
class _Kind:
    names: re.Pattern[str]
    traits: Mapping[str, Any]


_NARROW: Mapping[str, Any] = {"width_columns": 32, "has_cutter": False, "has_native_qr": False}
_STAR: Mapping[str, Any] = {"width_columns": 48, "code_page": "cp1252", "code_page_number": 32}
_NEEDLES: Mapping[str, Any] = {
    "width_columns": 40,
    "has_native_qr": False,
    "code_page": "cp437",
    "code_page_number": 0,
}
_WIDE: Mapping[str, Any] = {"width_columns": 48}

_KINDS = (
    _Kind(re.compile(r"TM-?U2\d\d", re.IGNORECASE), _NEEDLES),
    _Kind(re.compile(r"\b(TSP|TUP|SP\d{3}|mC-?Print)", re.IGNORECASE), _STAR),
    _Kind(re.compile(r"58|ZJ-?5|TM-?P20|Sunmi", re.IGNORECASE), _NARROW),
    _Kind(
        re.compile(
            r"\bTM-|XP-|RP-?\d|POS[- ]?\d|\bPOS\b|CT-[SED]\d|SRP-|NT-?80|Bixolon|Xprinter"
            r"|receipt|ticket|thermal|ESC/?POS",
            re.IGNORECASE,
        ),
        _WIDE,
    ),
)
"""The first that knows the name."""


def is_ticket_printer(words: str) -> bool:
    """Whether these words (a name, a command set) are of a ticket printer."""
    return any(kind.names.search(words) for kind in _KINDS)


def proposed(profile: PrinterProfile, words: str) -> PrinterProfile:
    """The profile with what is known of printers of this name; as it was if nothing is."""
    for kind in _KINDS:
        if kind.names.search(words):
            return replace(profile, **kind.traits)
    return profile


_LONGEST_NAME = 80


def shown_name(text: str) -> str:
    """What a device or a network calls something, as it may be shown and kept: anybody may have written it."""
    return "".join(filter(str.isprintable, text)).strip()[:_LONGEST_NAME].strip()


@dataclass(frozen=True, slots=True)
class DeviceId:
    """What a printer says of itself over USB (IEEE 1284)."""

    maker: str = ""
    model: str = ""
    commands: str = ""

    @property
    def name(self) -> str:
        known = self.model if self.model.casefold().startswith(self.maker.casefold()) else f"{self.maker} {self.model}"
        return known.strip()


def read_device_id(text: str) -> DeviceId:
    """Read `MFG:EPSON;CMD:ESCPL;MDL:TM-T20III;CLS:PRINTER;`; whatever is missing or odd is left empty."""
    values: dict[str, str] = {}
    for part in text.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            values.setdefault(name.strip().upper(), shown_name(value))
    return DeviceId(
        values.get("MFG", values.get("MANUFACTURER", "")),
        values.get("MDL", values.get("MODEL", "")),
        values.get("CMD", values.get("COMMAND SET", "")),
    )
