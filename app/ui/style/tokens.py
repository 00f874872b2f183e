"""Owns every size and colour on screen, as data: type scale, spacing, and three themes of colours by role. No Qt here.

A role says what a thing means, never what it looks like; the same role exists in each theme. Each meaning has four
tones: `fill` behind `on` (strong: banners, main buttons) and `soft` behind `ink` (quiet: chips, notes); `ink` is also
the meaning's colour for plain text. `tests/unit/ui/test_tokens.py` computes the contrast of every pair that may meet.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class Type(IntEnum):
    """The only text sizes, in pixels."""

    CAPTION = 13
    BODY = 15
    LEAD = 18
    TITLE = 24
    HEAD = 32
    AMOUNT = 48
    ALONE = 72


class Space(IntEnum):
    """Distances on the 4-pixel grid: inside a thing, between things, around groups."""

    HAIR = 4
    INSIDE = 8
    NEAR = 12
    BETWEEN = 16
    AROUND = 24


RADIUS: Final = 8
LINE_PX: Final = 1
FOCUS_PX: Final = 3
TARGET_PX: Final = 44
MAIN_ACTION_PX: Final = 56
ROW_PX: Final = 56
VERDICT_PX: Final = 72
RAIL_PX: Final = 92
RAIL_ITEM_PX: Final = 76
RAIL_ITEM_LOW_PX: Final = 62
"""In a low window, so that all places stand on the rail."""
TOP_BAR_PX: Final = 60
FOOT_PX: Final = 36
SIDE_SHEET_PX: Final = 448
CHIP_PX: Final = 28
ICON_PX: Final = 20
ICON_LARGE_PX: Final = 24
ICON_EMPTY_PX: Final = 48
LIST_SHARE: Final = 40
"""Percent of the width that a list takes beside its card."""
SMALLEST_WINDOW: Final = (1024, 600)
USUAL_WINDOW: Final = (1366, 768)
WIDE_WINDOW_PX: Final = 1700
"""From this width on, the paper sheet stands beside the screen instead of over it."""
SKELETON_AFTER_MS: Final = 200
FAMILY: Final = "Inter"
PAPER_FAMILY: Final = "DejaVu Sans Mono"
PAPER: Final = "#FFFFFF"
PAPER_INK: Final = "#14181D"
"""Paper is white in every theme."""


class Role(StrEnum):
    """What a surface, a text or a mark means."""

    SURFACE = "surface"
    RAISED = "raised"
    SUNKEN = "sunken"
    LINE = "line"
    EDGE = "edge"
    TEXT = "text"
    MUTED = "muted"
    SELECTED = "selected"
    FOCUS = "focus"
    PRIMARY = "primary"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    INFO = "info"
    OFFLINE = "offline"


MEANINGS: Final = (Role.PRIMARY, Role.SUCCESS, Role.WARNING, Role.DANGER, Role.INFO, Role.OFFLINE)
BACKGROUNDS: Final = (Role.SURFACE, Role.RAISED, Role.SUNKEN, Role.SELECTED)


class Tone(StrEnum):
    """Which of a meaning's four colours."""

    FILL = "fill"
    ON = "on"
    SOFT = "soft"
    INK = "ink"


class Shape(StrEnum):
    """What a verdict looks like without colour."""

    TICK = "tick"
    DOUBLE_BAR = "double_bar"
    HOURGLASS = "hourglass"
    OCTAGON = "octagon"
    QUESTION = "question"


class ThemeName(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    SUNLIGHT = "sunlight"


LEAST_CONTRAST: Final = {ThemeName.LIGHT: 4.5, ThemeName.DARK: 4.5, ThemeName.SUNLIGHT: 7.0}
"""The least contrast of any text on anything it may stand on (WCAG 2.2: AA, and AAA in the sun)."""

_LIGHT: Final = {
    "surface": "#F2F4F6",
    "raised": "#FFFFFF",
    "sunken": "#E7EAEE",
    "line": "#D5DAE0",
    "edge": "#79838F",
    "text": "#14181D",
    "muted": "#4F5963",
    "selected": "#DFE9FB",
    "focus": "#2F6BF0",
    "primary.fill": "#1D4FBF",
    "primary.on": "#FFFFFF",
    "primary.soft": "#E3ECFD",
    "primary.ink": "#1A47AC",
    "success.fill": "#136C3A",
    "success.on": "#FFFFFF",
    "success.soft": "#DDF3E4",
    "success.ink": "#0E5A2F",
    "warning.fill": "#8A5200",
    "warning.on": "#FFFFFF",
    "warning.soft": "#FFEFD2",
    "warning.ink": "#754500",
    "danger.fill": "#B3211B",
    "danger.on": "#FFFFFF",
    "danger.soft": "#FDE5E3",
    "danger.ink": "#A11C17",
    "info.fill": "#11617D",
    "info.on": "#FFFFFF",
    "info.soft": "#DDF1F8",
    "info.ink": "#0D526A",
    "offline.fill": "#5B3FA0",
    "offline.on": "#FFFFFF",
    "offline.soft": "#ECE6FA",
    "offline.ink": "#4F358F",
}

_DARK: Final = {
    "surface": "#12151A",
    "raised": "#1C2128",
    "sunken": "#0C0F13",
    "line": "#333B45",
    "edge": "#8A95A3",
    "text": "#F1F4F7",
    "muted": "#AEB8C3",
    "selected": "#22345A",
    "focus": "#8FB8FF",
    "primary.fill": "#7FABFF",
    "primary.on": "#0A1630",
    "primary.soft": "#1C2C4D",
    "primary.ink": "#A9C7FF",
    "success.fill": "#5CCB8A",
    "success.on": "#06200F",
    "success.soft": "#14321F",
    "success.ink": "#83DDA6",
    "warning.fill": "#F0B04A",
    "warning.on": "#261700",
    "warning.soft": "#38290D",
    "warning.ink": "#F5C36F",
    "danger.fill": "#FF8B82",
    "danger.on": "#330503",
    "danger.soft": "#45191A",
    "danger.ink": "#FFA9A2",
    "info.fill": "#6CC4E4",
    "info.on": "#04202B",
    "info.soft": "#12313D",
    "info.ink": "#92D6EE",
    "offline.fill": "#BCA3FA",
    "offline.on": "#180A3A",
    "offline.soft": "#2B2147",
    "offline.ink": "#CFBDFC",
}

_SUNLIGHT: Final = {
    "surface": "#FFFFFF",
    "raised": "#FFFFFF",
    "sunken": "#F1F1F1",
    "line": "#6B6B6B",
    "edge": "#000000",
    "text": "#000000",
    "muted": "#333333",
    "selected": "#FFF3A6",
    "focus": "#0037D6",
    "primary.fill": "#00287A",
    "primary.on": "#FFFFFF",
    "primary.soft": "#EAF0FF",
    "primary.ink": "#00287A",
    "success.fill": "#00451B",
    "success.on": "#FFFFFF",
    "success.soft": "#E6FAEC",
    "success.ink": "#00451B",
    "warning.fill": "#5A3400",
    "warning.on": "#FFFFFF",
    "warning.soft": "#FFF4DF",
    "warning.ink": "#5A3400",
    "danger.fill": "#860000",
    "danger.on": "#FFFFFF",
    "danger.soft": "#FFEDEC",
    "danger.ink": "#860000",
    "info.fill": "#003F54",
    "info.on": "#FFFFFF",
    "info.soft": "#E5F6FC",
    "info.ink": "#003F54",
    "offline.fill": "#3A1F7F",
    "offline.on": "#FFFFFF",
    "offline.soft": "#F2EDFF",
    "offline.ink": "#3A1F7F",
}

_COLOURS: Final = {ThemeName.LIGHT: _LIGHT, ThemeName.DARK: _DARK, ThemeName.SUNLIGHT: _SUNLIGHT}


def colour_of(theme: ThemeName, role: Role, tone: Tone = Tone.INK) -> str:
    """The colour (#RRGGBB) of a role in a theme. `tone` counts for meanings only; a surface has one colour."""
    colours = _COLOURS[theme]
    return colours[f"{role}.{tone}"] if role in MEANINGS else colours[role]


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours (#RRGGBB), 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
