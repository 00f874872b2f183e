"""Owns telling a keyboard-wedge scanner from a person typing, and what the scanner meant. Pure: keystrokes and their
times come in.

Never looks a code up and never touches a widget; it says what to do with each key.

    idle --a key--> following --3 quick keys--> holding --Enter, Tab, suffix, silence--> judged
                      |                                    a reading is a code        -> scan
                      |                                    sent by a machine          -> scan, not recognised
                      |                                    else                       -> keys given back
                      +--Enter, Tab, suffix--> judged: surely a code, or sent by a machine -> scan, what it typed is
                                               taken back; else it was typing, and nothing happens

Timing only raises the suspicion, the terminator or a silence closes the burst, and a check (check symbol, check digit,
known code) accepts it. Quick keys are held until it is known what they are. Slow ones (a scanner of 80 ms a key is no
faster than a good typist) are let through and followed: there the check alone decides, at the terminator. Times must
be those of the key events: arrival times collapse while the program is busy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from statistics import median

from app.domain.barcodes import upc_a_of_upc_e
from app.domain.join_code import read_join_code
from app.domain.pickup_code import parse_pickup_code
from app.domain.scanned import ArticleNumber, GoodsCode, JoinCodeText, OrderCode, what_is
from app.scanning.aim import code_forms, split_aim
from app.scanning.keys import (
    Keystroke,
    Reading,
    delivered_text,
    is_character,
    is_gs,
    readings,
)

SUSPECT_KEYS = 3
MAX_KEYS = 320
MACHINE_KEYS = 10
MACHINE_GAP_MS = 20
"""Ten keys this fast were sent by a machine, whatever they say."""

TYPING_GAP_MS = 60
"""What lies closer before an unknown code than this was not typed: a quick scanner stutters, too."""

STEADY_GAP_MS = 5
"""Nor do a person's keys follow each other as evenly as this."""

SLOW_GAP_MS = 150
"""The slowest scanners stutter up to 110 ms."""

SLOW_MEDIAN_MS = 130
FIRST_REPEAT_MS = 150
"""A key held down repeats after a quarter of a second and more; the same figure twice in a code comes sooner, and some
desktops call it a repeat all the same."""

AFTERMATH_MS = 200
"""An Enter that comes this soon after a scan's end is the scanner's (it sends CR and LF, or stuttered)."""

LEAST_REACH_MS = 12
"""What follows a scan's end at the scanner's own pace, twice its gap or this, is sent by it too."""

TERMINATORS = frozenset("\r\n\t")


class Confidence(IntEnum):
    """How surely a text is a code."""

    NO = 0
    LIKELY = 1
    SURE = 2


Judge = Callable[[str], Confidence]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner sent.

    Attributes:
        text: without prefix and suffix; an AIM identifier is left only where it says GS1 and the code needs it.
        recognised: False for something no rule knows, sent faster or more evenly than any person types (a web address,
            10 kB of text cut short).
        reading: by which way the text was read; anything but TEXT says that scanner and desktop are set to different
            keyboards, or Caps Lock is on.
        retract: characters of it that were let through before the suspicion, to be taken out of the focused field.
        aim: the AIM identifier it came with, "" for none.
    """

    text: str
    recognised: bool = True
    reading: Reading = Reading.TEXT
    retract: int = 0
    aim: str = ""

    @property
    def from_keys(self) -> bool:
        """Whether the delivered text was wrong because the scanner's keyboard layout is."""
        return self.reading in (Reading.KEYS, Reading.LEARNED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do now: first deliver `scan` or give `replay` back as typing, then let the key at hand through or swallow
    it.
    """

    let_through: bool = True
    scan: Scan | None = None
    replay: tuple[Keystroke, ...] = ()


class Wedge:
    """Follows one keyboard. Feed every key press to `press`, and call `silence` when `deadline_ms` has passed without
    one.
    """

    def __init__(
        self,
        judge: Judge,
        *,
        max_gap_ms: int = 50,
        min_length: int = 6,
        prefix: str = "",
        suffix: str = "\r",
        learned: tuple[str, str] = ("", ""),
        preferred: Reading = Reading.TEXT,
    ) -> None:
        """Args:
        judge: how surely a text is a code; see `judge_code`.
        max_gap_ms: keys closer than this are held back until it is known what they are.
        min_length: shorter bursts are typing.
        prefix: if set, what begins with it is a scan whatever the timing; not part of the code.
        suffix: ends a scan besides Enter and Tab; not part of the code.
        learned: what the calibrator learned: characters that arrive, and those that are meant, one for one.
        preferred: the reading that was right when the scanner was tried; wins where two readings are codes.
        """
        self._judge = judge
        self._max_gap_ms = max_gap_ms
        self._silence_ms = max(120, max_gap_ms * 2)
        self._min_length = min_length
        self._prefix = prefix
        self._ends = TERMINATORS | frozenset(suffix)
        self._learned = dict(zip(map(ord, learned[0]), learned[1], strict=True))
        self._preferred = preferred
        self._keys: list[Keystroke] = []
        self._passed = 0
        self._prefixed = False
        self._overflowing = False
        self._repeating = False
        self._scanned_until_ms: int | None = None
        self._reach_ms = LEAST_REACH_MS

    @property
    def deadline_ms(self) -> int | None:
        """When to call `silence` if no key comes, in the keys' time; None while nothing is held."""
        return self._keys[-1].timestamp_ms + self._silence_ms if self._holding else None

    @property
    def patience_ms(self) -> int:
        """How long a key that would act on something waits for the next one of a scanner."""
        return max(self._max_gap_ms, SLOW_GAP_MS)

    def press(self, key: Keystroke) -> Outcome:
        """Judge a key press."""
        if self._is_held_down(key) or (key.with_command and not (is_gs(key) and self._holding)):
            return self._given_back()
        if key.text in self._ends and key.text:
            return self._ended(key)
        if not is_character(key):
            return Outcome()
        if self._is_broken_by(key) or self._is_prefix(key):
            before = self._closed()
            return Outcome(self._taken(key), before.scan, before.replay)
        return Outcome(self._taken(key))

    def silence(self, now_ms: int) -> Outcome:
        """No key came until now; nothing happens before the deadline."""
        deadline_ms = self.deadline_ms
        if deadline_ms is None or now_ms < deadline_ms:
            return Outcome()
        return self._closed()

    @property
    def _holding(self) -> bool:
        return self._passed < len(self._keys)

    def _is_held_down(self, key: Keystroke) -> bool:
        if not key.auto_repeat:
            self._repeating = False
        elif not self._keys or key.timestamp_ms - self._keys[-1].timestamp_ms >= FIRST_REPEAT_MS:
            self._repeating = True
        return self._repeating

    def _is_broken_by(self, key: Keystroke) -> bool:
        """Whether the key cannot belong to what came before it."""
        if not self._keys:
            return False
        gap_ms = key.timestamp_ms - self._keys[-1].timestamp_ms
        return gap_ms > (self._silence_ms if self._holding else self.patience_ms)

    def _is_prefix(self, key: Keystroke) -> bool:
        return bool(self._prefix) and not self._holding and key.text == self._prefix[0]

    def _taken(self, key: Keystroke) -> bool:
        """Add the key to the burst; whether it may go through."""
        if len(self._keys) >= MAX_KEYS:
            if not self._holding:
                del self._keys[0]
                self._keys.append(key)
                return True
            self._overflowing = True
            self._keys[-1] = key  # only its time matters now
            return False
        was_holding = self._holding
        if not self._keys and self._is_prefix(key):
            self._prefixed = True
        self._keys.append(key)
        if was_holding or self._prefixed or self._is_chained() or self._is_suspect():
            return False
        self._passed = len(self._keys)
        return True

    def _is_suspect(self) -> bool:
        newest = self._keys[-SUSPECT_KEYS:]
        return len(newest) == SUSPECT_KEYS and median(_gaps_ms(newest)) <= self._max_gap_ms

    def _is_chained(self) -> bool:
        """Whether a scanner goes on after its Enter: a code on a customer's phone may hold an Enter, and what follows
        it, typed for them, would work the till."""
        if self._scanned_until_ms is None or not self._keys:
            return False
        # a clock that began anew is no pace
        times_ms = [self._scanned_until_ms, *(key.timestamp_ms for key in self._keys)]
        return all(0 <= later - earlier <= self._reach_ms for earlier, later in pairwise(times_ms))

    def _ended(self, terminator: Keystroke) -> Outcome:
        if not self._keys:
            return Outcome(not self._is_aftermath(terminator))
        if self._is_broken_by(terminator):
            before = self._closed()
            # the scan's own Enter must never press a button, however late it is
            return Outcome(not self._is_aftermath(terminator), before.scan, before.replay)
        in_reach = terminator.timestamp_ms - self._keys[-1].timestamp_ms <= self._reach_ms
        chained = self._unknown(self._keys, 0) if self._is_chained() and in_reach else None
        outcome = self._closed(by_terminator=True)
        if outcome.scan is None and chained is not None:
            outcome = Outcome(scan=chained)
        if outcome.scan is not None:
            self._scanned_until_ms = terminator.timestamp_ms
        return Outcome(outcome.scan is None, outcome.scan, outcome.replay)

    def _is_aftermath(self, terminator: Keystroke) -> bool:
        if self._scanned_until_ms is None:
            return False
        since_ms = terminator.timestamp_ms - self._scanned_until_ms
        return 0 <= since_ms <= self._silence_ms + AFTERMATH_MS  # the clock of X11's keys begins anew after 49 days

    def _closed(self, by_terminator: bool = False) -> Outcome:
        scan = self._scan(by_terminator) if self._holding or by_terminator else None
        held = tuple(self._keys[self._passed :])
        if scan is not None:
            self._scanned_until_ms = self._keys[-1].timestamp_ms
            if len(self._keys) > SUSPECT_KEYS:
                self._reach_ms = max(LEAST_REACH_MS, round(2 * median(_gaps_ms(self._keys))))
        self._forget()
        return Outcome(scan=scan) if scan is not None else Outcome(replay=held)

    def _given_back(self) -> Outcome:
        held = tuple(self._keys[self._passed :])
        self._forget()
        return Outcome(replay=held)

    def _forget(self) -> None:
        self._keys, self._passed, self._prefixed, self._overflowing = [], 0, False, False

    def _scan(self, by_terminator: bool) -> Scan | None:
        passed = sum(len(key.text) for key in self._keys[: self._passed])
        if self._overflowing:
            return Scan(delivered_text(self._keys), recognised=False, retract=passed)
        best: tuple[Confidence, Scan] | None = None
        bursts = self._bursts()
        for keys, typed_before in bursts:
            found = self._code_in(keys, max(0, passed - typed_before), needs_check=not self._holding)
            if found is None:
                continue
            if typed_before and (found[0] < Confidence.SURE or _is_short_number(found[1].text)):
                continue  # too little to say that what came before it was typed by a person
            if best is None or found[0] > best[0] or found[1].text == best[1].text:
                best = found
        return best[1] if best is not None else self._sent_by_machine(bursts, passed, by_terminator)

    def _code_in(self, keys: Sequence[Keystroke], retract: int, *, needs_check: bool) -> tuple[Confidence, Scan] | None:
        if needs_check and (len(keys) < SUSPECT_KEYS or median(_gaps_ms(keys)) > SLOW_MEDIAN_MS):
            return None
        best: tuple[Confidence, Scan] | None = None
        for text, reading in readings(keys, self._learned, self._preferred):
            whole = text.removeprefix(self._prefix).strip(" ")
            aim, _ = split_aim(whole)
            for code in code_forms(whole):
                if len(code) < self._min_length:
                    continue
                confidence = self._judge(code)
                if needs_check and (confidence < Confidence.SURE or (_is_short_number(code) and not _is_even(keys))):
                    continue  # one PIN or date in ten has the check digit of a code
                if confidence and (best is None or confidence > best[0]):
                    best = confidence, Scan(code, reading=reading, retract=retract, aim=aim)
        return best

    def _sent_by_machine(
        self, bursts: Sequence[tuple[Sequence[Keystroke], int]], passed: int, by_terminator: bool
    ) -> Scan | None:
        """What nobody knows, if a person cannot have typed it."""
        for keys, typed_before in reversed(bursts):
            start = len(self._keys) - len(keys)
            is_apart = start == 0 or keys[0].timestamp_ms - self._keys[start - 1].timestamp_ms >= TYPING_GAP_MS
            if is_apart and _is_machine(keys) and (self._holding or by_terminator):
                return self._unknown(keys, max(0, passed - typed_before))
        prefixed = self._prefixed and delivered_text(self._keys).startswith(self._prefix)
        if prefixed and len(self._keys) >= len(self._prefix) + self._min_length:
            return self._unknown(self._keys, passed)
        return None

    def _unknown(self, keys: Sequence[Keystroke], retract: int) -> Scan:
        text = readings(keys, self._learned, self._preferred)[0][0].removeprefix(self._prefix)
        aim, code = split_aim(text)
        return Scan(code, recognised=False, retract=retract, aim=aim)

    def _bursts(self) -> list[tuple[Sequence[Keystroke], int]]:
        """The burst, and the burst without what a person may have typed right before it; with the number of characters
        left out.
        """
        gaps_ms = _gaps_ms(self._keys)
        bursts: list[tuple[Sequence[Keystroke], int]] = [(self._keys, 0)]
        for start in range(1, min(self._passed + 1, len(self._keys) - 1)):
            within_ms = gaps_ms[start:]
            gap_ms = gaps_ms[start - 1]
            if gap_ms > max(within_ms) and 2 * gap_ms > 3 * max(1.0, median(within_ms)):
                bursts.append((self._keys[start:], sum(len(key.text) for key in self._keys[:start])))
        return bursts


def judge_code(text: str, is_known: Callable[[str], bool]) -> Confidence:
    """How surely a text is a code of this shop's world.

    Args:
        text: a reading of a burst.
        is_known: whether an article has this code; asked last.
    """
    match what_is(text):
        case OrderCode(code):
            return Confidence.SURE if parse_pickup_code(code) is not None else Confidence.LIKELY
        case JoinCodeText(code):
            return Confidence.SURE if read_join_code(code) is not None else Confidence.LIKELY
        case GoodsCode(_, gtin):
            return Confidence.SURE if gtin else Confidence.LIKELY
        case ArticleNumber(code, sound):
            if sound or is_known(code):
                return Confidence.SURE
            return Confidence.LIKELY if upc_a_of_upc_e(code) else Confidence.NO
        case _:
            return Confidence.SURE if is_known(text) else Confidence.NO


def _is_short_number(text: str) -> bool:
    """Whether one text in ten like it has the right check digit by chance."""
    return len(text) <= 8 and text.isdigit()


def _gaps_ms(keys: Sequence[Keystroke]) -> list[int]:
    return [later.timestamp_ms - earlier.timestamp_ms for earlier, later in pairwise(keys)]


def _is_machine(keys: Sequence[Keystroke]) -> bool:
    """Whether no person typed these: too fast, or too even."""
    if len(keys) < MACHINE_KEYS:
        return False
    middle = median(_gaps_ms(keys))
    return middle <= MACHINE_GAP_MS or (middle <= SLOW_MEDIAN_MS and _is_even(keys))


def _is_even(keys: Sequence[Keystroke]) -> bool:
    gaps_ms = _gaps_ms(keys)
    middle = median(gaps_ms)
    return 4 * sum(abs(gap_ms - middle) <= STEADY_GAP_MS for gap_ms in gaps_ms) >= 3 * len(gaps_ms)


__all__ = [
    "Confidence",
    "Judge",
    "Keystroke",
    "Outcome",
    "Reading",
    "Scan",
    "Wedge",
    "judge_code",
]
