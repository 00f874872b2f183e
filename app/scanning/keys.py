"""Owns what a key is to a scanner's reader, and the texts that a row of keys may mean on the layouts there are. Pure.

Never judges whether a text is a code and never looks at times.

A scanner set to another keyboard layout than the desktop's sends wrong characters. What was meant is found again by
which keys went down (read as the US layout, which scanners have from the factory), by the mapping that the calibrator
learned, or, under Caps Lock, by the other case.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

GS = "\x1d"
"""Parts the fields of a GS1 code; a keyboard gives it as Ctrl+]."""

_GS_SCAN_CODE = 27
_CAPS_LOCK_BITS = {"xcb": 0x2, "wayland": 0x2, "windows": 0x100, "cocoa": 0x10000}
_WINDOWS_EXTENDED = 0x100


@dataclass(frozen=True, slots=True)
class Keystroke:
    """A key going down.

    Attributes:
        text: what the desktop made of it; "" for a dead key or a modifier.
        scan_code: which key it was (`scan_code_from_native`), 0 if unknown.
        shift: whether Shift was down (Caps Lock does not count).
        timestamp_ms: the event's own time.
        auto_repeat: the key is being held down.
        with_command: Ctrl, Alt or the command key was down: a shortcut, never part of a scan but for GS.
        caps_lock: whether Caps Lock was on, where the platform tells.
    """

    text: str
    scan_code: int
    shift: bool
    timestamp_ms: int
    auto_repeat: bool = False
    with_command: bool = False
    caps_lock: bool = False


class KeysOf:
    """Makes strokes of a platform's key events."""

    def __init__(self, platform: str) -> None:
        """Args: platform: Qt's name of it (`xcb`, `wayland`, `windows`, `cocoa`, ...)."""
        self._platform = platform

    def __call__(
        self,
        text: str,
        native_scan_code: int,
        native_modifiers: int,
        timestamp_ms: int,
        *,
        shift: bool,
        auto_repeat: bool,
        with_command: bool,
    ) -> Keystroke:
        return Keystroke(
            text,
            scan_code_from_native(native_scan_code, self._platform),
            shift,
            timestamp_ms,
            auto_repeat,
            with_command,
            caps_lock_from_native(native_modifiers, self._platform),
        )


class Reading(StrEnum):
    """By which way a text was read from keys."""

    TEXT = "text"
    KEYS = "keys"
    LEARNED = "learned"
    CASE = "case"


def readings(
    keys: Sequence[Keystroke], learned: Mapping[int, str], preferred: Reading = Reading.TEXT
) -> list[tuple[str, Reading]]:
    """The texts the keys may mean, each once: the preferred reading first, then the delivered text.

    Args:
        learned: what the calibrator learned, as `str.maketrans` makes it; may be empty.
    """
    delivered = delivered_text(keys)
    found = [(delivered, Reading.TEXT), (keys_text(keys), Reading.KEYS)]
    if learned:
        found.append((delivered.translate(learned), Reading.LEARNED))
    if any(key.caps_lock for key in keys):
        found.append((delivered.swapcase(), Reading.CASE))
    found.sort(key=lambda one: one[1] is not preferred)
    first_of: dict[str, Reading] = {}
    for text, reading in found:
        first_of.setdefault(text, reading)
    return list(first_of.items())


def delivered_text(keys: Sequence[Keystroke]) -> str:
    """What the desktop made of the keys."""
    return "".join(GS if is_gs(key) else key.text for key in keys)


def keys_text(keys: Sequence[Keystroke]) -> str:
    """The keys read as the US layout: by which keys they were, or by the text where the platform tells no keys."""
    if any(key.scan_code for key in keys):
        return "".join(_on_us_layout(key) for key in keys)
    return "".join(_from_azerty(key.text) for key in keys)


def is_character(key: Keystroke) -> bool:
    """Whether the key may be part of a code."""
    if is_gs(key):
        return True
    return key.text.isprintable() if key.text else key.scan_code in _US_PLAIN


def is_gs(key: Keystroke) -> bool:
    """Whether the key is Ctrl+] of a US keyboard, by which scanners send GS."""
    return key.with_command and (key.text == GS or key.scan_code == _GS_SCAN_CODE)


def scan_code_from_native(native_scan_code: int, platform: str) -> int:
    """The number of a key of the main block or the numeric pad (Linux evdev, the same as Windows set 1), 0 where the
    platform tells none and for the keys that Windows calls extended (its arrows have the pad's numbers).

    Args:
        native_scan_code: as Qt reports it.
        platform: Qt's platform name (`xcb`, `wayland`, `windows`, `cocoa`, ...).
    """
    if platform in ("xcb", "wayland"):
        return max(0, native_scan_code - 8)
    if platform == "windows" and not native_scan_code & _WINDOWS_EXTENDED:
        return native_scan_code & 0xFF
    return 0


def caps_lock_from_native(native_modifiers: int, platform: str) -> bool:
    """Whether Caps Lock was on, of a key event's native modifiers; False where the platform does not tell."""
    return bool(native_modifiers & _CAPS_LOCK_BITS.get(platform, 0))


_US_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
)
"""Scan code of the first key, then what the keys give without and with Shift on the US layout; 71 is the numeric pad's
first."""

_US_PLAIN = {first + i: character for first, plain, _ in _US_ROWS for i, character in enumerate(plain)}
_US_SHIFT = {first + i: character for first, _, shift in _US_ROWS for i, character in enumerate(shift)}

_AZERTY_TO_US = str.maketrans(
    "&é\"'(-è_çà1234567890QAWZ?qawz,)°M;:!/§m%ù.*µ$£²",
    "1234567890!@#$%^&*()AQZWMaqzwm-_:,./>?;\"'<\\|]}`",
)
"""What a US scanner's keys give on a French desktop, turned back; for platforms that do not tell which key it was."""

_DEAD_ON_AZERTY = {"\u0302": "[", "\u0308": "{"}
"""The accents of the two keys that are dead there."""


def _on_us_layout(key: Keystroke) -> str:
    if is_gs(key):
        return GS
    if not key.scan_code:
        return _from_azerty(key.text)
    table = _US_SHIFT if key.shift else _US_PLAIN
    return table.get(key.scan_code, key.text)


def _from_azerty(text: str) -> str:
    """A text of one key turned back; a letter with an accent stands for two keys, the dead one first."""
    turned = text.translate(_AZERTY_TO_US)
    if turned != text or text.isascii():
        return turned
    parts = unicodedata.normalize("NFD", text)
    dead = "".join(_DEAD_ON_AZERTY.get(accent, accent) for accent in parts[1:])
    return dead + parts[:1].translate(_AZERTY_TO_US)
