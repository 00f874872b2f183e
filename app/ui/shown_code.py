"""Owns how a code that anybody may have made is shown in a sentence: short, and nothing in it that acts on the words
around it (line ends, signs that turn the direction of writing). Imports nothing."""

from __future__ import annotations

SHOWN = 40
"""Characters; the rest tells a person nothing."""


def shown_code(code: str, most: int = SHOWN) -> str:
    """The code for people's eyes; never to look anything up with."""
    seen = code if len(code) <= most else code[:most] + "…"
    return "".join(sign if sign.isprintable() else " " for sign in seen)
