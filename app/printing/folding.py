"""Owns which characters reach the paper: texts are folded to what one code page holds before anything is measured.

Columns are padded and labels wrapped after folding, never before: folding may lengthen a text (`œ` to `oe`). Control
characters never
pass: an article's name must not be able to send a command to the printer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

Fold = Callable[[str], str]

_TYPOGRAPHIC = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "′": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "″": '"',
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "…": "...",
    "•": "*",
    "⁄": "/",
}
"""Folded on every page: cheap firmwares that have the letters of a page right often have these wrong."""

_OPENED = str.maketrans(_TYPOGRAPHIC)
"""A third is `1/3` where the page has no third: without its stroke it would read thirteen."""

_LAST_RESORT = {
    "€": "EUR",
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "«": '"',
    "»": '"',
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "×": "x",
    "°": "o",
    "™": "(TM)",
    "®": "(R)",
    "©": "(C)",
}
"""Only where the page lacks the character."""

MISSING = "?"

NO_BREAK = "\u00a0"
"""The one no-break blank that folding leaves in place: an amount stays whole. It is a blank once lines are broken."""

_NO_BREAK_BLANKS = frozenset("\u00a0\u202f\u2007")


def fold_for(code_page: str) -> Fold:
    """The folding for a code page, by its Python codec's name (`cp1252`, `cp858`, `cp437`).

    Raises:
        LookupError: Python has no such codec.
    """
    "".encode(code_page)

    def fold(text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        return "".join(_fold_character(character, code_page) for character in composed)

    return fold


def _fold_character(character: str, code_page: str) -> str:
    if " " <= character <= "~":
        return character
    if character in _NO_BREAK_BLANKS:
        return NO_BREAK
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r":
        return " "
    if category in ("Cc", "Cf", "Mn", "Me"):
        return ""
    character = _TYPOGRAPHIC.get(character, character)
    if _is_on(code_page, character):
        return character
    if character in _LAST_RESORT:
        return _LAST_RESORT[character]
    return _without_accents(character, code_page) or MISSING


def _without_accents(character: str, code_page: str) -> str:
    opened = unicodedata.normalize("NFKD", character).translate(_OPENED)
    return "".join(part for part in opened if not unicodedata.combining(part) and _is_printable_on(code_page, part))


def _is_printable_on(code_page: str, character: str) -> bool:
    return character >= " " and character != "\x7f" and _is_on(code_page, character)


def _is_on(code_page: str, text: str) -> bool:
    try:
        text.encode(code_page)
    except UnicodeEncodeError:
        return False
    return True
