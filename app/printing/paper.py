"""Owns how texts and amounts are set in columns on paper of a given width. An amount is never cut or dropped; labels
give way.

Knows nothing of sales or orders; every text is folded before it is measured.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from app.printing.bars import can_be_bars
from app.printing.folding import NO_BREAK, Fold
from app.printing.lines import BarcodeLine, CutLine, FeedLine, LogoLine, PrintLine, QrLine, RuleLine, Size, TextLine

MAX_LABEL_LINES = 4
"""A longer label ends in dots: a text of 10 kB must not empty the roll."""

MAX_TEXT_LINES = 12

GAP = 2
"""Blanks between a label and what stands to its right."""


class Paper:
    """Lines being written from top to bottom."""

    def __init__(self, width: int, fold: Fold) -> None:
        """Args: width: columns of normal size, 24 or more; fold: what the code page can print."""
        self._width = width
        self._fold = fold
        self._lines: list[PrintLine] = []

    @property
    def lines(self) -> list[PrintLine]:
        return self._lines

    def centred(self, text: str, *, bold: bool = False, size: Size = Size.NORMAL) -> None:
        """A text in the middle, on as many lines as it needs."""
        width = self._columns(size)
        for line in wrapped(self._fold(text), width, MAX_LABEL_LINES):
            self._write(line.center(width).rstrip(), bold, size)

    def text(self, text: str, *, indent: int = 0, hang: int = 0, bold: bool = False, size: Size = Size.NORMAL) -> None:
        """A text from the left, on as many lines as it needs; from the second on they start `hang` blanks later."""
        for number, line in enumerate(wrapped(self._fold(text), self._columns(size) - indent - hang, MAX_TEXT_LINES)):
            self._write(" " * (indent + (hang if number else 0)) + line, bold, size)

    def blank_to_fill_in(self, label: str) -> None:
        """A label, and room to write by hand."""
        shown = self._fold(label).strip()
        self._write(shown if len(shown) > self._width // 2 else f"{shown} {'_' * (self._width - len(shown) - 1)}")

    def row_to_write_on(self, left: str, right: str) -> None:
        """Room to write by hand between two short texts."""
        before, after = self._fold(left), self._fold(right)
        self._write(before + "_" * max(0, self._width - len(before) - len(after)) + after)

    def row(
        self, left: str, right: str, *, indent: int = 0, hang: int = 0, bold: bool = False, size: Size = Size.NORMAL
    ) -> None:
        """A label, and what belongs at the right edge: on the label's last line, or below it where there is no room.

        Args:
            indent: blanks before the label.
            hang: more blanks before its second and further lines.
        """
        width = self._columns(size)
        at_right = self._fold(right).strip()
        label = wrapped(self._fold(left), width - indent - hang, MAX_LABEL_LINES)
        lines = [" " * (indent + (hang if number else 0)) + part for number, part in enumerate(label)] or [""]
        if len(lines[-1]) + GAP + len(at_right) > width:
            lines.append("")
        if at_right:
            lines[-1] += at_right.rjust(width - len(lines[-1]))
        for line in lines:
            self._write(line, bold, size)

    def pair(self, left: str, right: str) -> None:
        """Two short texts at the two edges; below one another if they do not fit on one line."""
        if len(self._fold(left).strip()) + len(self._fold(right).strip()) + GAP <= self._width:
            self.row(left, right)
        else:
            self.text(left)
            self.text(right)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Columns of figures, all but the first right-aligned; stacked where they do not fit side by side."""
        cells: list[list[str]] = [[self._fold(cell).strip() for cell in row] for row in (heads, *rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
        spare = self._width - sum(widths)
        if spare >= GAP * (len(heads) - 1):
            share = spare // (len(heads) - 1)
            widths = [widths[0] + spare - share * (len(heads) - 1), *[width + share for width in widths[1:]]]
            for first, *others in cells:
                figures = "".join(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
                self._write(first.ljust(widths[0]) + figures)
            return
        for row in rows:
            self.text(row[0], bold=True)
            for head, cell in zip(heads[1:], row[1:], strict=True):
                self.row(head, cell, indent=2)

    def exactly(self, text: str) -> None:
        """A line as it is, for the test page: cut at the edge."""
        self._write(self._fold(text)[: self._width])

    def rule(self) -> None:
        self._lines.append(RuleLine())

    def feed(self, count: int = 1) -> None:
        self._lines.append(FeedLine(count))

    def qr(self, content: str, *, small: bool = False) -> None:
        self._lines.append(QrLine(content, small))

    def bars(self, number: str) -> bool:
        """A number as bars; False, and nothing on the paper, if it cannot be drawn so."""
        if not can_be_bars(number):
            return False
        self._lines.append(BarcodeLine(number))
        return True

    def logo(self) -> None:
        self._lines.append(LogoLine())

    def cut(self) -> None:
        self._lines.append(CutLine())

    def _write(self, text: str, bold: bool = False, size: Size = Size.NORMAL) -> None:
        self._lines.append(TextLine(text.replace(NO_BREAK, " "), bold, size))

    def _columns(self, size: Size) -> int:
        return self._width // 2 if size is Size.DOUBLE else self._width


def wrapped(folded: str, width: int, max_lines: int) -> list[str]:
    """Break a folded text at its blanks, long words anywhere; beyond `max_lines` the last line ends in dots."""
    if not folded.strip():
        return []
    return textwrap.wrap(folded, width, break_on_hyphens=False, max_lines=max_lines, placeholder="...")
