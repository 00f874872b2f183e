"""Owns what a laid-out paper is made of: lines of text already fitted to the width, rules, codes, the logo, the cut.

The same lines go to the encoder (bytes for a printer), to the on-screen printer and to pictures, so that all three show
the same paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.printing.bars import bars_of

DOTS_PER_COLUMN = 12
"""Width of a character of font A on the 203 dpi heads of nearly all ticket printers."""


class Size(StrEnum):
    """NORMAL; TALL is twice as high; DOUBLE is twice as high and twice as wide, so half as many characters fit."""

    NORMAL = "normal"
    TALL = "tall"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class TextLine:
    """Folded text with its blanks in place; never wider than the paper at its size."""

    text: str
    bold: bool = False
    size: Size = Size.NORMAL

    @property
    def columns(self) -> int:
        """Columns of normal size that the text takes."""
        return len(self.text) * (2 if self.size is Size.DOUBLE else 1)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class QrLine:
    """A QR code in the middle of the paper, level M, with its quiet zone of 4 modules.

    Attributes:
        small: for a scanner at the counter, which reads modules that a phone's camera might not; saves paper.
    """

    content: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class BarcodeLine:
    """A number as bars in the middle of the paper, with the number below: EAN-13, EAN-8 or Code 128 by what it is."""

    number: str

    @property
    def bars(self) -> tuple[bool, ...]:
        """Modules from left to right, True is dark."""
        return bars_of(self.number)


@dataclass(frozen=True, slots=True)
class LogoLine:
    """The shop's logo, where the printer has one or is sent one; nothing elsewhere."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """Empty lines."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class CutLine:
    """The end of the paper: cut, or fed far enough to be torn off."""


PrintLine = TextLine | RuleLine | QrLine | BarcodeLine | LogoLine | FeedLine | CutLine


def as_text(lines: list[PrintLine], width: int) -> str:
    """The paper as plain text, for people, logs of tests and comparisons; sizes and bold are lost."""
    return "\n".join(_shown(line, width) for line in lines if not isinstance(line, LogoLine)) + "\n"


def _shown(line: TextLine | RuleLine | QrLine | BarcodeLine | FeedLine | CutLine, width: int) -> str:
    match line:
        case TextLine():
            return line.text.rstrip()
        case RuleLine():
            return "-" * width
        case QrLine():
            return f"[QR {line.content}]".center(width).rstrip()
        case BarcodeLine():
            return f"[BARS {line.number}]".center(width).rstrip()
        case FeedLine():
            return "\n" * (line.count - 1)
        case CutLine():
            return "=" * width
