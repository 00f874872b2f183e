"""Owns what is sent to a line display so that two rows stand on it, in the two protocols nearly all of them know.

`esc_pos`: Epson's DM-D and its like. `cd5220`: most others. Rows are padded after folding, never before; each update
overwrites both rows whole, so that nothing flickers. No line, no thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.usecases.counter_devices import DisplayRow

_ESC, _US = b"\x1b", b"\x1f"


@dataclass(frozen=True, slots=True)
class DisplayDialect:
    """One protocol.

    Attributes:
        code_page: Python codec of the characters it shows.
        start: sent once to a display just found.
        rows: what makes two padded rows stand there.
    """

    code_page: str
    start: bytes
    rows: Callable[[str, str], bytes]


def laid_out(row: DisplayRow, columns: int, fold: Callable[[str], str]) -> str:
    """Exactly `columns` characters: `right` whole at the right end, `left` in what is left of the room."""
    right = _spaced(fold(row.right))[-columns:]
    room = columns - len(right) - (1 if right and row.left else 0)
    left = _spaced(fold(row.left))[: max(room, 0)]
    return left + " " * (columns - len(left) - len(right)) + right


def _spaced(text: str) -> str:
    """Every space and minus a plain one: many displays show something else for the others of a page."""
    return text.replace("\u00a0", " ").replace("\u2212", "-")


def _esc_pos_rows(upper: str, lower: str) -> bytes:
    overwrite, no_cursor, page_858 = _US + b"\x01", _US + b"C\x00", _ESC + b"t\x13"
    to_row = _US + b"$\x01"
    texts = [text.encode("cp858", "replace") for text in (upper, lower)]
    return page_858 + overwrite + no_cursor + to_row + b"\x01" + texts[0] + to_row + b"\x02" + texts[1]


def _cd5220_rows(upper: str, lower: str) -> bytes:
    texts = [text.encode("cp437", "replace") for text in (upper, lower)]
    return _ESC + b"QA" + texts[0] + b"\r" + _ESC + b"QB" + texts[1] + b"\r"


DISPLAY_DIALECTS = {
    "esc_pos": DisplayDialect("cp858", _ESC + b"@", _esc_pos_rows),
    "cd5220": DisplayDialect("cp437", _ESC + b"@", _cd5220_rows),
}
