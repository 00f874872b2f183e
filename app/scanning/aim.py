"""Owns the AIM identifier that a scanner may put before a code (`]E0`: EAN-13, `]C1`: GS1-128). Never judges the code
behind it."""

from __future__ import annotations

import re

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_OF_GS1 = frozenset({"]C1", "]e0", "]d2", "]Q3", "]J1"})


def split_aim(text: str) -> tuple[str, str]:
    """The identifier, "" if there is none, and what follows it."""
    found = _IDENTIFIER.match(text)
    return (found.group(), text[found.end() :]) if found else ("", text)


def code_forms(text: str) -> tuple[str, ...]:
    """As what a text may be looked up, the best first: without its identifier; one that says GS1 is part of what the
    code means (figures alone may be taken for anything) and comes with it first."""
    identifier, code = split_aim(text)
    return (text, code) if identifier in _OF_GS1 else (code,)
