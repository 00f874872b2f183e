"""Owns a virtual screen of its own (Xvfb) and the keyboard in front of it: raw key codes with the server's own times.

The server stamps each key and waits itself between them (XTEST's delay), so what a test sends has the gaps it says,
however busy this machine is; where the server was held up itself, `gaps` in the till's report tells.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

_NEEDED = ("Xvfb", "setxkbmap", "xkbcomp")
_LIBRARIES = (
    "libX11.so.6",
    "libXtst.so.6",
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0",
)
_OFFSET = 8
_LEFT_SHIFT, _ENTER, _CAPS_LOCK, _PAUSE, _LEFT_CONTROL = 42, 28, 58, 119, 29

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
} | {" ": (57, False), "\r": (_ENTER, False), "\t": (15, False), "\x1d": (27, False)}
"""Scan code and Shift by which a scanner set to the US layout sends a character."""

FRENCH = (
    {figure: (code, _LEFT_SHIFT) for code, figure in enumerate("1234567890", 2)}
    | {letter: (16 + i, _LEFT_SHIFT) for i, letter in enumerate("AZERTYUIOP")}
    | {letter: (30 + i, _LEFT_SHIFT) for i, letter in enumerate("QSDFGHJKLM")}
    | {letter: (44 + i, _LEFT_SHIFT) for i, letter in enumerate("WXCVBN")}
    | {"-": (7, 0), ".": (51, _LEFT_SHIFT)}
)
"""Scan code and modifier by which a scanner set to the French layout sends a character."""

PAD = {"7": 71, "8": 72, "9": 73, "4": 75, "5": 76, "6": 77, "1": 79, "2": 80, "3": 81, "0": 82}


def missing() -> str:
    """What this machine lacks for these tests, in words; "" if nothing."""
    programs = [name for name in _NEEDED if shutil.which(name) is None]
    libraries = []
    for name in _LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            libraries.append(name)
    return " ".join(programs + libraries)


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found is not None, f"{name} is missing"
    return found


class Keyboard:
    """A scanner, or hands, at the virtual screen's keyboard."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._xtst = ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
        for name in ("XSync", "XCloseDisplay"):
            getattr(self._x11, name).argtypes = [ctypes.c_void_p] + ([ctypes.c_int] if name == "XSync" else [])
        self._xtst.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
        self._connection = self._x11.XOpenDisplay(display.encode())
        if not self._connection:
            raise RuntimeError(f"no connection to the virtual screen {display}")

    def use_layout(self, layout: str) -> None:
        """Of the desktop. A client must be connected: the server forgets it with its last client."""
        environ: Mapping[str, str] = {**os.environ, "DISPLAY": self.display}
        command = [_program("setxkbmap"), "-rules", "evdev", "-model", "pc105", layout]
        subprocess.run(command, env=environ, check=True)

    def send(self, text: str, gap_ms: int = 5, end: str = "\r") -> None:
        """As a scanner set to the US layout does; returns when the server has given all of it out."""
        for number, character in enumerate(text + end):
            self._character(character, gap_ms if number else 0)
        self._sync()

    def send_french(self, text: str, gap_ms: int = 5) -> None:
        """As a scanner set to the French layout does: capitals, figures, `-` and `.`."""
        for number, character in enumerate(text):
            self._press(*FRENCH[character], gap_ms if number else 0)
        self._character("\r", gap_ms)
        self._sync()

    def type_unevenly(self, text: str, gaps_ms: Iterable[int]) -> None:
        """As a person does."""
        for character, gap_ms in zip(text, gaps_ms, strict=False):
            self._character(character, gap_ms)
        self._sync()

    def send_pad(self, figures: str, gap_ms: int = 5) -> None:
        """By the numeric pad, Num Lock as it is."""
        for number, figure in enumerate(figures):
            self.tap(PAD[figure], gap_ms if number else 0)
        self._character("\r", gap_ms)
        self._sync()

    def mark(self) -> None:
        """A key that means nothing: all before it has been given out."""
        self.tap(_PAUSE, 0)
        self._sync()

    def toggle_caps_lock(self) -> None:
        self.tap(_CAPS_LOCK, 0)
        self._sync()

    def tap(self, scan_code: int, wait_ms: int) -> None:
        self._key(scan_code, True, wait_ms)
        self._key(scan_code, False, 0)

    def close(self) -> None:
        self._x11.XCloseDisplay(self._connection)

    def _character(self, character: str, wait_ms: int) -> None:
        scan_code, shift = US[character]
        self._press(scan_code, _LEFT_CONTROL if character == "\x1d" else _LEFT_SHIFT if shift else 0, wait_ms)

    def _press(self, scan_code: int, modifier: int, wait_ms: int) -> None:
        if modifier:
            self._key(modifier, True, wait_ms)
            wait_ms = 0
        self.tap(scan_code, wait_ms)
        if modifier:
            self._key(modifier, False, 0)

    def _key(self, scan_code: int, down: bool, wait_ms: int) -> None:
        self._xtst.XTestFakeKeyEvent(self._connection, scan_code + _OFFSET, int(down), wait_ms)

    def _sync(self) -> None:
        self._x11.XSync(self._connection, 0)


@contextmanager
def virtual_screen() -> Iterator[Keyboard]:
    """An X server on a display number nobody has, and its keyboard."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [_program("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb ended before it had a display")
        keyboard = Keyboard(f":{number}")
        try:
            yield keyboard
        finally:
            keyboard.close()
    finally:
        server.terminate()
        server.wait(timeout=60)
