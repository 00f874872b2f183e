"""Owns the words between a camera and who reads its pictures: a frame's grey levels in, what was made of it out.

Holds no picture: a frame's memory is the camera's, and is gone when the call returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.scanning.readers import FoundCode


@dataclass(frozen=True, slots=True)
class Luma:
    """The grey levels of one frame, in somebody else's memory: valid during the call it is passed to, no longer.

    Attributes:
        pixels: at least `bytes_per_line * height` bytes (the last line may be shorter).
        pixel_stride: bytes from one pixel's grey to the next one's: 1 for NV12 and YUV420P, 2 for YUYV (and UYVY, which
            begins one byte later).
    """

    pixels: memoryview
    width: int
    height: int
    bytes_per_line: int
    pixel_stride: int = 1


class Advice(StrEnum):
    """What would help the camera, the most useful one first. NONE: a code was read and counts, or nothing is in sight.

    COUNTED_ALREADY: an article that was not taken away since it counted. NOT_KNOWN: read, and nothing of this shop's.
    """

    NONE = "none"
    TOO_DARK = "too_dark"
    GLARE = "glare"
    TOO_FAR = "too_far"
    BLURRED = "blurred"
    TORN_EDGE = "torn_edge"
    SAY_THE_CODE = "say_the_code"
    COUNTED_ALREADY = "counted_already"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame gave.

    Attributes:
        codes: all that could be read in it, accepted or not.
        accepted: a code that counts as scanned now, once; "" for none.
        advice: for the person holding the code.
    """

    codes: tuple[FoundCode, ...] = ()
    accepted: str = ""
    advice: Advice = Advice.NONE


class CameraReader(Protocol):
    """Reads the frames of one camera, one after the other, from one thread at a time."""

    def look(self, luma: Luma, now_ms: int) -> Look:
        """Read one frame.

        Args:
            now_ms: of the frame, in any clock that never goes back.
        """

    def begin(self) -> None:
        """The camera was switched on, or shows another place: forget what was seen."""

    def not_taken(self, text: str) -> None:
        """What was accepted could not be taken: it may be accepted again at once."""
