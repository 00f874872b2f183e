"""Owns the numbered chart by which a person tells what a printer can do: the bytes of one job. Pure; asks no printer.

Each line is encoded as tickets are, from `ESC @` on, under its own page and number: a printer that does not know a
number goes back to its first page and the line reads wrong, instead of right by what the line before has chosen. The
drawer is no part of the chart: a chart may be sent through a spooler, and a drawer must not open hours later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.printing.encoder import encode
from app.printing.folding import fold_for
from app.printing.lines import CutLine, FeedLine, PrintLine, QrLine, Size, TextLine
from app.settings import PrinterProfile
from app.usecases.set_up_printer import (
    CHART_LINES,
    CHART_WIDTHS,
    DRAWN_CODE,
    NATIVE_CODE,
    PLAIN,
    SAMPLE,
    ChartLine,
)

_NARROWEST = 24
_TO_TEAR_OFF = 5

_WORDS = {
    "fr": (
        "PLANCHE NUMEROTEE",
        "1. La premiere ligne",
        "qui se lit bien ?",
        "2. Le plus grand nombre",
        "en fin de ligne ?",
        "3. Quel code se scanne ?",
        "4. Papier coupe ici ?",
    ),
    "en": (
        "NUMBERED CHART",
        "1. Which is the first",
        "line that reads right?",
        "2. Which is the largest",
        "number ending its line?",
        "3. Which code scans?",
        "4. Paper cut here?",
    ),
}
"""Without accents: nothing is known yet of this printer's letters. At most 24 columns a line."""


def chart(profile: PrinterProfile, language: str) -> bytes:
    """The chart as one job for this printer.

    Args:
        profile: says nothing but how wide codes may be drawn; all that the chart asks is tried, whatever it says.
        language: of the questions, `fr` or `en`.
    """
    title, first, first_too, second, second_too, third, fourth = _WORDS[language]
    anything = replace(profile, code_page=PLAIN, code_page_number=0, width_columns=_NARROWEST)
    drawn = replace(anything, has_native_qr=False)
    native = replace(anything, has_native_qr=True)
    parts = [
        encode([TextLine(title, bold=True, size=Size.TALL), *_told(first, first_too)], anything),
        *(encode([TextLine(chart_text(line))], _on_page(anything, line)) for line in CHART_LINES),
        encode([FeedLine(1), *_told(second, second_too), *_ruler(), FeedLine(1), *_told(third)], anything),
        encode([TextLine("B"), QrLine(DRAWN_CODE)], drawn),
        encode([TextLine("A"), QrLine(NATIVE_CODE)], native),
        encode([TextLine("Double", size=Size.DOUBLE), *_told(fourth)], anything),
        encode([FeedLine(_TO_TEAR_OFF), CutLine()], replace(anything, has_cutter=True)),
    ]
    return b"".join(parts)


def chart_text(line: ChartLine) -> str:
    """What stands on a line of the chart where it is right."""
    return f"{line.number:2}  {fold_for(line.code_page)(SAMPLE)}"


def ruler_text(width: int) -> str:
    """The line of the ruler that is exactly this many columns wide."""
    return f"{width}".rjust(width, "-")


def _told(*texts: str) -> Sequence[PrintLine]:
    return [TextLine(text, bold=True) for text in texts]


def _ruler() -> Sequence[PrintLine]:
    return [TextLine(ruler_text(width)) for width in CHART_WIDTHS]


def _on_page(profile: PrinterProfile, line: ChartLine) -> PrinterProfile:
    return replace(profile, code_page=line.code_page, code_page_number=line.page_number)
