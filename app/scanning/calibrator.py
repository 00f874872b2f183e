"""Owns learning how a scanner is set from one scan of a known code: keyboard layout, Caps Lock, prefix, suffix, speed.
Pure: keystrokes come in, a lesson goes out.

Never shows the code, never saves what was learned. Words and remedies of the findings belong to the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import ceil
from statistics import median

from app.scanning.keys import Keystroke, Reading, delivered_text, is_character, keys_text
from app.scanning.wedge import SLOW_GAP_MS, SLOW_MEDIAN_MS, TERMINATORS

QR_TEXT = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-./:+?=&%_()]COMPTOIR2468"
"""Every character that codes of orders, goods and tills have. What stands twice shows whether a table holds."""

BAR_TEXTS = ("01234567892468", "ABCDEFGHIJKLMABCD", "NOPQRSTUVWXYZNOPQRS")
"""For scanners that read bars alone: figures and capitals, in three codes that are told apart by their lengths."""

USUAL_GAP_MS = 50
SLOWEST_PEAK_MS = 250
_QUICK_MEDIAN_MS = 45
_MOST_AROUND = 3
"""Characters of a prefix or a suffix."""


class Finding(StrEnum):
    """What came of a scan of the known code, the worst first.

    NOTHING: no key came. OTHER_CODE: something else was scanned. MIXED: two codes, or a code and typing. LOST:
    characters did not arrive. TOO_SLOW: no scanner can be told from typing at this speed. CAPS_LOCK: it is on.
    CASE_LOST: capitals and small letters arrive alike. NO_SUFFIX: the scan ends with silence. LEARNED: set right by a
    table. READ_BY_KEYS: the scanner is set to the US layout and the desktop is not. FINE: nothing to do.
    """

    NOTHING = "nothing"
    OTHER_CODE = "other_code"
    MIXED = "mixed"
    LOST = "lost"
    TOO_SLOW = "too_slow"
    CAPS_LOCK = "caps_lock"
    CASE_LOST = "case_lost"
    NO_SUFFIX = "no_suffix"
    LEARNED = "learned"
    READ_BY_KEYS = "read_by_keys"
    FINE = "fine"


_HOPELESS = frozenset({Finding.NOTHING, Finding.OTHER_CODE, Finding.MIXED, Finding.LOST, Finding.TOO_SLOW})


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a scan of the known code taught.

    Attributes:
        findings: the worst first, at least one.
        is_usable: whether codes are read with what follows; else the settings stay as they are.
        reading: by which way the keys were read right.
        learned_from, learned_to: what arrives and what is meant, one for one; only what differs.
        max_gap_ms: for the settings; 0 if too few keys came.
    """

    findings: tuple[Finding, ...]
    is_usable: bool = False
    reading: Reading = Reading.TEXT
    prefix: str = ""
    suffix: str = ""
    learned_from: str = ""
    learned_to: str = ""
    max_gap_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Match:
    """How the text that was sent is found in what arrived; `before` and `behind` are prefix and suffix."""

    reading: Reading
    before: str
    behind: str
    table: tuple[tuple[str, str], ...] = ()
    case_lost: bool = False
    swapped: bool = False


def read_lesson(sent: str, keys: Sequence[Keystroke]) -> Lesson:
    """What the keys teach, if they are a scan of the code that says `sent`."""
    scans = [scan for scan in _scans(keys) if scan]
    if not scans:
        return Lesson((Finding.NOTHING,))
    if any(delivered_text(scan) != delivered_text(scans[0]) for scan in scans[1:]):
        return Lesson((Finding.MIXED,))
    match = _match(sent, scans[0])
    if match is None:
        return Lesson((_why_not(sent, scans[0]),))
    return _taught(match, scans[0], _terminator(keys))


def joined(lessons: Sequence[Lesson]) -> Lesson:
    """What several codes taught together: the bars in place of the one QR code."""
    found = {finding for lesson in lessons for finding in lesson.findings}
    if len(found) > 1:
        found.discard(Finding.FINE)
    table = {arrived: meant for lesson in lessons for arrived, meant in _pairs(lesson)}
    ways = {lesson.reading for lesson in lessons}
    reading = next((way for way in (Reading.LEARNED, Reading.KEYS) if way in ways), Reading.TEXT)
    return Lesson(
        tuple(finding for finding in Finding if finding in found),
        all(lesson.is_usable for lesson in lessons),
        reading,
        lessons[0].prefix,
        lessons[0].suffix,
        "".join(table),
        "".join(table.values()),
        max(lesson.max_gap_ms for lesson in lessons),
    )


def _pairs(lesson: Lesson) -> Sequence[tuple[str, str]]:
    return list(zip(lesson.learned_from, lesson.learned_to, strict=True))


def _scans(keys: Sequence[Keystroke]) -> list[list[Keystroke]]:
    """The keys between terminators; a scanner that goes on reading sends the code again and again."""
    scans: list[list[Keystroke]] = [[]]
    for key in keys:
        if key.text and key.text in TERMINATORS:
            scans.append([])
        elif is_character(key):
            scans[-1].append(key)
    return scans


def _terminator(keys: Sequence[Keystroke]) -> str:
    return next((key.text for key in keys if key.text and key.text in TERMINATORS), "")


def _match(sent: str, keys: Sequence[Keystroke]) -> _Match | None:
    delivered = delivered_text(keys)
    for text, reading in ((delivered, Reading.TEXT), (keys_text(keys), Reading.KEYS)):
        around = _around(sent, text)
        if around is not None:
            return _Match(reading, *around)
    around = _around(sent, delivered.swapcase())
    if around is not None:
        return _Match(Reading.TEXT, *around, swapped=True)
    around = _around(sent.upper(), delivered.upper())
    if around is not None:
        return _Match(Reading.TEXT, *around, case_lost=True)
    return _learned(sent, delivered)


def _around(sent: str, arrived: str) -> tuple[str, str] | None:
    """What stands before and behind, if it is short enough for a prefix and a suffix."""
    before, found, behind = arrived.partition(sent)
    return (before, behind) if found and len(before) <= _MOST_AROUND and len(behind) <= _MOST_AROUND else None


def _learned(sent: str, arrived: str) -> _Match | None:
    """A table that turns each character that arrived into the one that was sent, wherever the code begins."""
    too_long = len(arrived) - len(sent)
    if not 0 <= too_long <= 2 * _MOST_AROUND:
        return None
    for start in range(min(too_long, _MOST_AROUND), -1, -1):
        behind = arrived[start + len(sent) :]
        table = _table(arrived[start : start + len(sent)], sent)
        if table is not None and len(behind) <= _MOST_AROUND:
            changed = tuple((here, meant) for here, meant in table.items() if here != meant)
            return _Match(Reading.LEARNED, arrived[:start], behind, changed)
    return None


def _table(arrived: str, sent: str) -> dict[str, str] | None:
    """None if a character arrived for two, or two for one: then something else was scanned."""
    forth: dict[str, str] = {}
    back: dict[str, str] = {}
    for here, meant in zip(arrived, sent, strict=True):
        if forth.setdefault(here, meant) != meant or back.setdefault(meant, here) != here:
            return None
    return forth


def _why_not(sent: str, keys: Sequence[Keystroke]) -> Finding:
    texts = (delivered_text(keys), keys_text(keys))
    longest = max(len(text) for text in texts)
    if any(_is_within(sent, text) for text in texts) or 2 * longest >= 3 * len(sent):
        return Finding.MIXED
    if 10 * longest >= 6 * len(sent) or any(len(text) > 2 and _is_within(text, sent) for text in texts):
        return Finding.LOST
    return Finding.OTHER_CODE


def _is_within(part: str, whole: str) -> bool:
    """Whether the characters of `part` stand in `whole` in their order."""
    left = iter(whole)
    return all(character in left for character in part)


def _taught(match: _Match, keys: Sequence[Keystroke], terminator: str) -> Lesson:
    found = set()
    gaps_ms = [later.timestamp_ms - earlier.timestamp_ms for earlier, later in pairwise(keys)]
    suffix = match.behind[:1] or terminator
    caps_lock = match.swapped or any(key.caps_lock for key in keys)
    if median(gaps_ms) > SLOW_MEDIAN_MS or max(gaps_ms) > SLOWEST_PEAK_MS:
        found.add(Finding.TOO_SLOW)
    if caps_lock:
        found.add(Finding.CAPS_LOCK)
    if match.case_lost and not caps_lock:
        found.add(Finding.CASE_LOST)
    if not suffix:
        found.add(Finding.NO_SUFFIX)
    if match.reading is Reading.KEYS:
        found.add(Finding.READ_BY_KEYS)
    if match.reading is Reading.LEARNED:
        found.add(Finding.LEARNED)
    # a table learned under Caps Lock would be wrong as soon as it is off
    usable = not found & _HOPELESS and not (caps_lock and match.reading is Reading.LEARNED)
    return Lesson(
        tuple(finding for finding in Finding if finding in found) or (Finding.FINE,),
        usable,
        match.reading,
        match.before,
        suffix,
        "".join(here for here, _ in match.table),
        "".join(meant for _, meant in match.table),
        _max_gap_ms(gaps_ms, bool(suffix)),
    )


def _max_gap_ms(gaps_ms: Sequence[int], has_suffix: bool) -> int:
    """As short as can be: what a person types faster than this comes late to the field."""
    peak_ms = ceil(1.2 * max(gaps_ms))
    slow = median(gaps_ms) > _QUICK_MEDIAN_MS
    if peak_ms > SLOW_GAP_MS or (slow and not has_suffix):
        return max(USUAL_GAP_MS, min(peak_ms, SLOWEST_PEAK_MS))
    return USUAL_GAP_MS
