"""Each outcome of the calibrator with real key codes of X11, on both layouts, with and without Caps Lock."""

from __future__ import annotations

import pytest

from app.scanning.calibrator import BAR_TEXTS, QR_TEXT, Finding, Lesson, joined
from app.scanning.keys import Reading
from tests.x11.desk import Desk

EAN = "3760123456784"


def lesson(desk: Desk, send, sent: str = QR_TEXT, *, gap_ms: int = 1, blocked: bool = False) -> Lesson:
    report = desk.case(send, "button", calibrate=sent, gap_ms=gap_ms, blocked=blocked)
    assert (report.scans, report.field, report.pressed) == ([], "", [])
    told = report.lessons[-1]
    return Lesson(
        tuple(Finding(finding) for finding in told["findings"]),
        told["is_usable"],
        Reading(told["reading"]),
        told["prefix"],
        told["suffix"],
        told["learned"][0],
        told["learned"][1],
        told["max_gap_ms"],
    )


@pytest.mark.parametrize(
    ("layout", "caps_lock", "findings"),
    [
        ("us", False, (Finding.FINE,)),
        ("fr", False, (Finding.READ_BY_KEYS,)),
        ("us", True, (Finding.CAPS_LOCK, Finding.READ_BY_KEYS)),
        ("fr", True, (Finding.CAPS_LOCK, Finding.READ_BY_KEYS)),
    ],
)
@pytest.mark.parametrize("blocked", [False, True])
def test_the_layout_and_caps_lock_are_told(desk, layout, caps_lock, findings, blocked):
    desk.use(layout, caps_lock=caps_lock)
    taught = lesson(desk, lambda keyboard: keyboard.send(QR_TEXT, 1), blocked=blocked)
    assert (taught.findings, taught.is_usable, taught.suffix) == (findings, True, "\r")


@pytest.mark.parametrize("gap_ms", [1, 12, 80])
def test_a_french_scanner_on_an_american_desktop_is_learned_from_three_bar_codes(desk, gap_ms):
    desk.use("us")
    sent = BAR_TEXTS if gap_ms < 80 else BAR_TEXTS[:1]
    taught = joined(
        [
            lesson(desk, lambda keyboard, bars=bars: keyboard.send_french(bars, gap_ms), bars, gap_ms=gap_ms)
            for bars in sent
        ]
    )
    assert (taught.findings, taught.is_usable) == ((Finding.LEARNED,), True)
    table = dict(zip(taught.learned_from, taught.learned_to, strict=True))
    assert "".join(table.get(character, character) for character in "#&^)!@#$%^&*$") == EAN


def test_a_french_scanner_on_a_french_desktop_is_fine(desk):
    desk.use("fr")
    taught = joined([lesson(desk, lambda keyboard, bars=bars: keyboard.send_french(bars), bars) for bars in BAR_TEXTS])
    assert (taught.findings, taught.is_usable) == ((Finding.FINE,), True)


@pytest.mark.parametrize("layout", ["us", "fr"])
def test_prefix_and_missing_suffix_are_told(desk, layout):
    desk.use(layout)
    taught = lesson(desk, lambda keyboard: keyboard.send("~" + QR_TEXT, 1, "\t"))
    assert (taught.suffix, taught.is_usable) == ("\t", True)
    assert taught.prefix == "~"
    taught = lesson(desk, lambda keyboard: keyboard.send(QR_TEXT, 1, ""))
    assert (taught.findings[0], taught.suffix, taught.is_usable) == (Finding.NO_SUFFIX, "", True)


@pytest.mark.parametrize("layout", ["us", "fr"])
@pytest.mark.parametrize("caps_lock", [False, True])
def test_what_cannot_be_mended_is_told(desk, layout, caps_lock):
    desk.use(layout, caps_lock=caps_lock)
    cases = (
        (Finding.LOST, QR_TEXT[:30] + QR_TEXT[40:]),
        (Finding.MIXED, QR_TEXT + QR_TEXT),
        (Finding.OTHER_CODE, EAN),
    )
    for finding, text in cases:
        taught = lesson(desk, lambda keyboard, text=text: keyboard.send(text, 1))
        assert (taught.findings, taught.is_usable) == ((finding,), False)


def test_a_scanner_that_is_too_slow_is_told(desk):
    desk.use("us")
    taught = lesson(desk, lambda keyboard: keyboard.send(BAR_TEXTS[0], 180), BAR_TEXTS[0], gap_ms=180)
    assert (taught.findings, taught.is_usable) == ((Finding.TOO_SLOW,), False)


def test_nothing_is_told_as_nothing(desk):
    desk.use("us")
    assert lesson(desk, lambda _keyboard: None).findings == (Finding.NOTHING,)
