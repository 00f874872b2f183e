"""One scan of a known code teaches how the scanner is set; what it cannot teach is found, not guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.scanning.calibrator import BAR_TEXTS, QR_TEXT, Finding, joined, read_lesson
from app.scanning.keys import Keystroke, Reading
from app.scanning.wedge import Wedge, judge_code
from tests.unit.scanning.keyboard import scanned, typed

EAN = "3760123456784"
GERMAN = str.maketrans("yzYZ-/:?=&()_]+", "zyZYß-Ö_´/)=?+`")
"""What a US scanner's keys give on a German desktop, of those in the code."""


def findings(keys, sent=QR_TEXT):
    return read_lesson(sent, keys).findings


def without_scan_codes(keys):
    return [replace(key, scan_code=0) for key in keys]


@pytest.mark.parametrize("sent", [QR_TEXT, *BAR_TEXTS])
def test_a_scanner_set_as_the_desktop_is_fine(sent):
    lesson = read_lesson(sent, scanned(sent))
    assert (lesson.findings, lesson.is_usable, lesson.reading) == ((Finding.FINE,), True, Reading.TEXT)
    assert (lesson.prefix, lesson.suffix, lesson.max_gap_ms) == ("", "\r", 50)
    assert (lesson.learned_from, lesson.learned_to) == ("", "")


@pytest.mark.parametrize("sent", [QR_TEXT, *BAR_TEXTS])
@pytest.mark.parametrize("scan_codes", [True, False])
def test_a_us_scanner_on_a_french_desktop_is_read_by_its_keys(sent, scan_codes):
    lesson = read_lesson(sent, scanned(sent, french=True, scan_codes=scan_codes))
    assert (lesson.findings, lesson.is_usable, lesson.reading) == ((Finding.READ_BY_KEYS,), True, Reading.KEYS)


def test_an_unknown_layout_is_learned_and_reads_codes_from_then_on():
    keys = [replace(key, scan_code=0, text=key.text.translate(GERMAN)) for key in scanned(QR_TEXT)]
    lesson = read_lesson(QR_TEXT, keys)
    assert (lesson.findings, lesson.is_usable, lesson.reading) == ((Finding.LEARNED,), True, Reading.LEARNED)
    assert dict(zip(lesson.learned_from, lesson.learned_to, strict=True))["ß"] == "-"
    wedge = Wedge(
        lambda text: judge_code(text, {"ZYZ-1/2"}.__contains__), learned=(lesson.learned_from, lesson.learned_to)
    )
    later = [replace(key, scan_code=0, text=key.text.translate(GERMAN)) for key in scanned("ZYZ-1/2", start_ms=90_000)]
    outcomes = [wedge.press(key) for key in later]
    assert outcomes[-1].scan is not None
    assert outcomes[-1].scan.text == "ZYZ-1/2"


def test_an_unknown_layout_with_prefix_and_suffix_is_learned():
    keys = [replace(key, scan_code=0, text=key.text.translate(GERMAN)) for key in scanned(f"!{QR_TEXT}#")]
    lesson = read_lesson(QR_TEXT, keys)
    assert (lesson.prefix, lesson.suffix, lesson.findings) == ("!", "#", (Finding.LEARNED,))


@pytest.mark.parametrize("french", [False, True])
def test_caps_lock_is_found_and_codes_are_read_all_the_same(french):
    keys = [replace(key, caps_lock=True, text=key.text.swapcase()) for key in scanned(QR_TEXT, french=french)]
    lesson = read_lesson(QR_TEXT, keys)
    assert lesson.findings[0] is Finding.CAPS_LOCK
    assert lesson.is_usable


def test_caps_lock_is_found_where_neither_keys_nor_the_lock_are_told():
    keys = [replace(key, scan_code=0, text=key.text.swapcase()) for key in scanned(QR_TEXT)]
    assert read_lesson(QR_TEXT, keys).findings == (Finding.CAPS_LOCK,)


def test_nothing_is_learned_under_caps_lock():
    keys = [
        replace(key, scan_code=0, caps_lock=True, text=key.text.translate(GERMAN).swapcase())
        for key in scanned(QR_TEXT)
    ]
    lesson = read_lesson(QR_TEXT, keys)
    assert Finding.CAPS_LOCK in lesson.findings or lesson.findings == (Finding.LOST,)
    assert not lesson.is_usable


def test_letters_of_one_case_serve_for_our_codes():
    keys = [replace(key, scan_code=0, text=key.text.upper()) for key in scanned(QR_TEXT)]
    lesson = read_lesson(QR_TEXT, keys)
    assert (lesson.findings, lesson.is_usable) == ((Finding.CASE_LOST,), True)


@pytest.mark.parametrize("prefix", ["", "~", "]Q1"])
@pytest.mark.parametrize("suffix", ["\r", "\t", ""])
def test_prefix_and_suffix_are_learned(prefix, suffix):
    lesson = read_lesson(QR_TEXT, scanned(prefix + QR_TEXT, end=suffix))
    assert (lesson.prefix, lesson.suffix) == (prefix, suffix)
    assert (Finding.NO_SUFFIX in lesson.findings) is (suffix == "")
    assert lesson.is_usable


def test_cr_and_lf_are_one_end():
    keys = scanned(QR_TEXT)
    lesson = read_lesson(QR_TEXT, [*keys, replace(keys[-1], timestamp_ms=keys[-1].timestamp_ms + 5)])
    assert (lesson.findings, lesson.suffix) == ((Finding.FINE,), "\r")


@pytest.mark.parametrize(("gap_ms", "max_gap_ms"), [(1, 50), (12, 50), (80, 50), (110, 50)])
def test_a_slow_scanner_with_a_suffix_needs_no_setting(gap_ms, max_gap_ms):
    assert read_lesson(QR_TEXT, scanned(QR_TEXT, gap_ms=gap_ms)).max_gap_ms == max_gap_ms


def test_a_slow_scanner_without_a_suffix_is_given_time():
    lesson = read_lesson(QR_TEXT, scanned(QR_TEXT, gap_ms=80, end=""))
    assert (lesson.max_gap_ms, lesson.findings) == (96, (Finding.NO_SUFFIX,))
    wedge = Wedge(lambda text: judge_code(text, lambda _code: False), max_gap_ms=lesson.max_gap_ms)
    for key in scanned(EAN, gap_ms=80, end=""):
        wedge.press(key)
    assert wedge.deadline_ms is not None
    scan = wedge.silence(wedge.deadline_ms).scan
    assert scan is not None
    assert scan.text == EAN


def test_one_that_is_too_slow_is_said_so():
    lesson = read_lesson(QR_TEXT, scanned(QR_TEXT, gap_ms=180))
    assert (lesson.findings, lesson.is_usable) == ((Finding.TOO_SLOW,), False)


def test_lost_characters_are_found():
    keys = [key for number, key in enumerate(scanned(QR_TEXT)) if number % 9]
    assert findings(keys) == (Finding.LOST,)
    assert findings(scanned(QR_TEXT[:20])) == (Finding.LOST,), "cut off"


def test_two_codes_in_one_are_found():
    assert findings(scanned(QR_TEXT + QR_TEXT)) == (Finding.MIXED,)
    assert findings([*scanned(QR_TEXT), *scanned(EAN, start_ms=3000)]) == (Finding.MIXED,)
    keys = scanned(QR_TEXT)
    assert findings([*keys[:9], *typed("fromage", start_ms=1040), *keys[9:]]) == (Finding.MIXED,)


def test_the_code_read_again_and_again_is_one_code():
    assert findings([*scanned(QR_TEXT), *scanned(QR_TEXT, start_ms=3000)]) == (Finding.FINE,)


def test_another_code_is_not_taken_for_a_lesson():
    assert findings(scanned(EAN)) == (Finding.OTHER_CODE,)
    assert findings(scanned("https://example.org/01/03760123456784?x=1")) == (Finding.OTHER_CODE,)


def test_nothing_is_nothing():
    assert findings([]) == (Finding.NOTHING,)
    assert findings([Keystroke("", 42, True, 1000), Keystroke("\r", 28, False, 1001)]) == (Finding.NOTHING,)


def test_three_bar_codes_teach_what_one_qr_code_does():
    lesson = joined([read_lesson(sent, scanned(sent, french=True)) for sent in BAR_TEXTS])
    assert (lesson.findings, lesson.is_usable, lesson.reading) == ((Finding.READ_BY_KEYS,), True, Reading.KEYS)
    keys = [[replace(key, scan_code=0, text=key.text.translate(GERMAN)) for key in scanned(sent)] for sent in BAR_TEXTS]
    learned = joined([read_lesson(sent, row) for sent, row in zip(BAR_TEXTS, keys, strict=True)])
    assert set(zip(learned.learned_from, learned.learned_to, strict=True)) == {("Z", "Y"), ("Y", "Z")}


def test_the_bars_are_told_apart_by_their_lengths():
    assert len({len(sent) for sent in BAR_TEXTS}) == len(BAR_TEXTS)
    assert all(findings(scanned(BAR_TEXTS[0]), sent) != (Finding.FINE,) for sent in BAR_TEXTS[1:])
