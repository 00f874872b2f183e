"""Owns a scanner and a person at a keyboard, as keystrokes: what each key gives on a French or an American desktop.

The French layout is written here from the measured table (what a US scanner's keys give under X11 `fr`), not from the
code under test.
"""

from __future__ import annotations

from app.scanning.wedge import Keystroke

_US_ROWS = {
    2: ("1234567890-=", "!@#$%^&*()_+"),
    16: ("qwertyuiop[]", "QWERTYUIOP{}"),
    30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
}
US = {
    character: (first + i, bool(shift))
    for first, rows in _US_ROWS.items()
    for shift, row in enumerate(rows)
    for i, character in enumerate(row)
} | {" ": (57, False)}
"""Scan code and Shift that a scanner set to the US layout sends for a character."""

SENT = "1234567890!@#$%^&*()AQZWMaqzwm-_=+:;,./<>?'\"]}\\|`"
FRENCH = "&é\"'(-è_çà1234567890QAWZ?qawz,)°=+Mm;:!./§ù%$£*µ²"
"""Character sent by a US scanner, and what arrives on a French desktop."""

ON_FRENCH_DESKTOP = dict(zip(SENT, FRENCH, strict=True))
DEAD = "[{"
"""Keys that are dead on the French layout: nothing arrives."""


def scanned(text, *, start_ms=1000, gap_ms=5, french=False, scan_codes=True, end="\r"):
    """A scan by a scanner set to US on an American or a French desktop."""
    keys, at = [], start_ms
    for character in text:
        code, shift = US[character]
        given = character
        if french:
            given = "" if character in DEAD else ON_FRENCH_DESKTOP.get(character, character)
        keys.append(Keystroke(given, code if scan_codes else 0, shift, at))
        at += gap_ms
    if end:
        keys.append(Keystroke(end, 28, False, at))
    return keys


def typed(text, *, start_ms=1000, gap_ms=140, **options):
    """A person on an American keyboard."""
    return [
        Keystroke(character, *US.get(character, (0, False)), start_ms + i * gap_ms, **options)
        for i, character in enumerate(text)
    ]
