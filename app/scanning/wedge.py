"""Owns telling a keyboard-wedge scanner from a person typing, and what the scanner meant. Pure: keystrokes and their
times come in.

Never looks a code up and never touches a widget; it says what to do with each key.

    idle --3 keys, median gap small--> holding --Enter, Tab, suffix or silence--> judged
                                                                                    a candidate is a code -> scan
                                                                                    too fast for a person -> scan, not
                                                                                    recognised else                  ->
                                                                                    keys given back

Timing only raises the suspicion, the terminator or a silence closes the burst, and a check (check symbol, check digit,
known code) accepts it. A scanner set to another keyboard layout than the desktop's sends wrong characters, so two
readings of each burst are
judged: the delivered text, and the keys read as the US layout. Times must be those of the key events: arrival times
collapse while the program is busy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from statistics import median

from app.domain.barcodes import is_gtin
from app.domain.join_code import looks_like_join_code, read_join_code
from app.domain.pickup_code import looks_like_pickup_code, parse_pickup_code

SUSPECT_KEYS = 3
MAX_KEYS = 320
MACHINE_KEYS = 10
MACHINE_GAP_MS = 20
"""Ten keys this fast were sent by a machine, whatever they say."""

TERMINATORS = frozenset("\r\n\t")


@dataclass(frozen=True, slots=True)
class Keystroke:
    """A key going down.

    Attributes:
        text: what the desktop made of it; "" for a dead key or a modifier.
        scan_code: which key it was (`scan_code_from_native`), 0 if unknown.
        shift: whether Shift was down (Caps Lock does not count).
        timestamp_ms: the event's own time.
        auto_repeat: the key is being held down.
        with_command: Ctrl, Alt or the command key was down: a shortcut, never part of a scan.
    """

    text: str
    scan_code: int
    shift: bool
    timestamp_ms: int
    auto_repeat: bool = False
    with_command: bool = False


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
        recognised: False for something no rule knows, sent faster than any person types (a web address, 10 kB of text
            cut short).
        from_keys: the keys read as the US layout were right, not the delivered text: the scanner's layout setting is
            wrong.
        retract: characters of it that were let through before the suspicion, to be taken out of the focused field.
    """

    text: str
    recognised: bool = True
    from_keys: bool = False
    retract: int = 0


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
        self, judge: Judge, *, max_gap_ms: int = 50, min_length: int = 6, prefix: str = "", suffix: str = "\r"
    ) -> None:
        """Args:
        judge: how surely a text is a code; see `judge_code`.
        max_gap_ms: keys further apart were typed by a person, unless the burst is under way (slow scanners stutter).
        min_length: shorter bursts are typing.
        prefix: if set, what begins with it is a scan whatever the timing; not part of the code.
        suffix: ends a scan besides Enter and Tab; not part of the code.
        """
        self._judge = judge
        self._max_gap_ms = max_gap_ms
        self._silence_ms = max(120, max_gap_ms * 2)
        self._min_length = min_length
        self._prefix = prefix
        self._ends = TERMINATORS | frozenset(suffix)
        self._keys: list[Keystroke] = []
        self._passed = 0
        self._prefixed = False
        self._overflowing = False

    @property
    def deadline_ms(self) -> int | None:
        """When to call `silence` if no key comes, in the keys' time; None while nothing is held."""
        return self._keys[-1].timestamp_ms + self._silence_ms if self._holding else None

    def press(self, key: Keystroke) -> Outcome:
        """Judge a key press."""
        if key.auto_repeat or key.with_command:
            return self._given_back()
        if key.text in self._ends and key.text:
            return self._ended(key)
        if not _is_character(key):
            return Outcome()
        if self._is_broken_by(key):
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

    def _is_broken_by(self, key: Keystroke) -> bool:
        """Whether the key cannot belong to what came before it."""
        if not self._keys:
            return False
        gap_ms = key.timestamp_ms - self._keys[-1].timestamp_ms
        return gap_ms > (self._silence_ms if self._holding else self._max_gap_ms)

    def _taken(self, key: Keystroke) -> bool:
        """Add the key to the burst; whether it may go through."""
        if len(self._keys) >= MAX_KEYS:
            self._overflowing = True
            self._keys[-1] = key  # only its time matters now
            return False
        was_holding = self._holding
        if not self._keys and self._prefix and key.text == self._prefix[0]:
            self._prefixed = True
        self._keys.append(key)
        if was_holding or self._prefixed or self._is_suspect():
            return False
        self._passed = len(self._keys)
        return True

    def _is_suspect(self) -> bool:
        return len(self._keys) >= SUSPECT_KEYS and median(_gaps_ms(self._keys)) <= self._max_gap_ms

    def _ended(self, terminator: Keystroke) -> Outcome:
        if not self._holding:
            self._forget()
            return Outcome()
        if self._is_broken_by(terminator):
            before = self._closed()
            return Outcome(True, before.scan, before.replay)
        outcome = self._closed()
        # the scan's own Enter must never press a button
        return Outcome(outcome.scan is None, outcome.scan, outcome.replay)

    def _closed(self) -> Outcome:
        scan = self._scan()
        held = tuple(self._keys[self._passed :])
        self._forget()
        return Outcome(scan=scan) if scan is not None else Outcome(replay=held)

    def _given_back(self) -> Outcome:
        held = tuple(self._keys[self._passed :])
        self._forget()
        return Outcome(replay=held)

    def _forget(self) -> None:
        self._keys, self._passed, self._prefixed, self._overflowing = [], 0, False, False

    def _scan(self) -> Scan | None:
        retract = sum(len(key.text) for key in self._keys[: self._passed])
        if self._overflowing:
            return Scan(_delivered(self._keys), recognised=False, retract=retract)
        best: tuple[Confidence, Scan] | None = None
        for keys, typed_before in self._bursts():
            for text, from_keys in _readings(keys):
                code = text.removeprefix(self._prefix).strip()
                if len(code) < self._min_length:
                    continue
                confidence = self._judge(code)
                if confidence and (best is None or confidence > best[0]):
                    best = confidence, Scan(code, from_keys=from_keys, retract=max(0, retract - typed_before))
        if best is not None:
            return best[1]
        if self._prefixed or self._is_machine():
            return Scan(_delivered(self._keys).removeprefix(self._prefix), recognised=False, retract=retract)
        return None

    def _bursts(self) -> list[tuple[Sequence[Keystroke], int]]:
        """The burst, and the burst without what a person had typed right before it; with the number of characters left
        out.
        """
        gaps_ms = _gaps_ms(self._keys)
        if not gaps_ms:
            return [(self._keys, 0)]
        widest = max(range(len(gaps_ms)), key=lambda index: gaps_ms[index])
        bursts: list[tuple[Sequence[Keystroke], int]] = [(self._keys, 0)]
        if gaps_ms[widest] > 2 * max(1.0, median(gaps_ms)) and widest < self._passed:
            bursts.append((self._keys[widest + 1 :], sum(len(key.text) for key in self._keys[: widest + 1])))
        return bursts

    def _is_machine(self) -> bool:
        return len(self._keys) >= MACHINE_KEYS and median(_gaps_ms(self._keys)) <= MACHINE_GAP_MS


def judge_code(text: str, is_known: Callable[[str], bool]) -> Confidence:
    """How surely a text is a code of this shop's world.

    Args:
        text: a reading of a burst.
        is_known: whether an article has this code; asked last.
    """
    if parse_pickup_code(text) is not None or is_gtin(text) or read_join_code(text) is not None:
        return Confidence.SURE
    if looks_like_pickup_code(text) or looks_like_join_code(text):
        return Confidence.LIKELY
    return Confidence.SURE if is_known(text) else Confidence.NO


def scan_code_from_native(native_scan_code: int, platform: str) -> int:
    """The number of a key of the main block (Linux evdev, the same as Windows set 1), 0 where the platform tells none.

    Args:
        native_scan_code: as Qt reports it.
        platform: Qt's platform name (`xcb`, `wayland`, `windows`, `cocoa`, ...).
    """
    if platform in ("xcb", "wayland"):
        return max(0, native_scan_code - 8)
    if platform == "windows":
        return native_scan_code & 0xFF
    return 0


class RepeatGuard:
    """Lets a code through once while it stays in front of a camera: again after a pause and a while out of sight.

    Not for the wedge: there each scan is a person's act, and two of the same article are two articles.
    """

    def __init__(self, pause_ms: int = 3000, out_of_sight_ms: int = 1000) -> None:
        self._pause_ms = pause_ms
        self._out_of_sight_ms = out_of_sight_ms
        self._accepted: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def is_new(self, text: str, now_ms: int) -> bool:
        """Note that the code is seen; whether it counts as a new scan."""
        accepted, seen = self._accepted.get(text), self._seen.get(text)
        self._seen = {code: at for code, at in self._seen.items() if now_ms - at <= self._pause_ms}
        self._seen[text] = now_ms
        if accepted is not None and seen is not None and not self._may_come_again(accepted, seen, now_ms):
            return False
        self._accepted = {code: at for code, at in self._accepted.items() if code in self._seen}
        self._accepted[text] = now_ms
        return True

    def _may_come_again(self, accepted_ms: int, seen_ms: int, now_ms: int) -> bool:
        return now_ms - accepted_ms >= self._pause_ms and now_ms - seen_ms >= self._out_of_sight_ms


_US_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
"""Scan code of the first key, then what the keys give without and with Shift on the US layout."""

_US_PLAIN = {first + i: character for first, plain, _ in _US_ROWS for i, character in enumerate(plain)}
_US_SHIFT = {first + i: character for first, _, shift in _US_ROWS for i, character in enumerate(shift)}

_AZERTY_TO_US = str.maketrans(
    "&é\"'(-è_çà1234567890QAWZ?qawz,)°M;:!/§m%ù.*µ$£²",
    "1234567890!@#$%^&*()AQZWMaqzwm-_:,./>?;\"'<\\|]}`",
)
"""What a US scanner's keys give on a French desktop, turned back; for platforms that do not tell which key it was."""


def _readings(keys: Sequence[Keystroke]) -> list[tuple[str, bool]]:
    """The texts the keys may mean, and whether each was read from the keys; the delivered text first."""
    delivered = _delivered(keys)
    if any(key.scan_code for key in keys):
        other = "".join(_on_us_layout(key) for key in keys)
    else:
        other = delivered.translate(_AZERTY_TO_US)
    return [(delivered, False), (other, True)]


def _delivered(keys: Sequence[Keystroke]) -> str:
    return "".join(key.text for key in keys)


def _on_us_layout(key: Keystroke) -> str:
    table = _US_SHIFT if key.shift else _US_PLAIN
    return table.get(key.scan_code, key.text)


def _is_character(key: Keystroke) -> bool:
    return key.text.isprintable() if key.text else key.scan_code in _US_PLAIN


def _gaps_ms(keys: Sequence[Keystroke]) -> list[int]:
    return [later.timestamp_ms - earlier.timestamp_ms for earlier, later in pairwise(keys)]
