"""Keystrokes in, scans out: layouts, bursts in the middle of typing, slow scanners, fast typists."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.join_code import JoinCode, write_join_code
from app.domain.pickup_code import ALPHABET, make_pickup_code
from app.scanning.keys import GS, KeysOf, scan_code_from_native
from app.scanning.wedge import (
    MAX_KEYS,
    Confidence,
    Keystroke,
    Outcome,
    Reading,
    Wedge,
    judge_code,
)
from tests.unit.scanning.keyboard import DEAD, ON_FRENCH_DESKTOP, SENT, scanned, typed

CODE = make_pickup_code("7", bytes(32), "shop-1", "F3K9XRL")
EAN = "3760123456784"
SHELF_CODES = {"CC1:7F3K9XQ2LM8T4R6ZA1W2", "ART-00042"}


def judge(text):
    return judge_code(text, SHELF_CODES.__contains__)


class Field:
    """A focused text field behind the filter: what is in it at the end, and the scans that were told."""

    def __init__(self, wedge=None):
        self.wedge = wedge or Wedge(judge)
        self.text = ""
        self.entered = []
        self.scans = []

    def press(self, *keys):
        for key in keys:
            outcome = self.wedge.press(key)
            self._take(outcome)
            if outcome.let_through:
                self._type(key)
        return self

    def wait(self, ms=10_000):
        deadline_ms = self.wedge.deadline_ms
        if deadline_ms is not None:
            assert self.wedge.silence(deadline_ms - 1) == Outcome()
            self._take(self.wedge.silence(deadline_ms + ms))
        return self

    @property
    def texts(self):
        return [scan.text for scan in self.scans]

    def _take(self, outcome):
        if outcome.scan is not None:
            self.text = self.text[: len(self.text) - outcome.scan.retract]
            self.scans.append(outcome.scan)
        for key in outcome.replay:
            self._type(key)

    def _type(self, key):
        if key.text == "\r":
            self.entered.append(self.text)
            self.text = ""
        else:
            self.text += key.text


# --- the layout table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [EAN, CODE, "CC1:7F3K9XQ2LM8T4R6ZA1W2", "ART-00042"])
@pytest.mark.parametrize("french", [False, True])
def test_a_scan_is_understood_on_either_desktop(text, french):
    field = Field().press(*scanned(text, french=french))
    assert field.texts == [text]
    assert (field.text, field.entered) == ("", [])


def test_the_measured_samples_arrive_as_they_were_measured():
    delivered = "".join(key.text for key in scanned("3760123456789", french=True, end=""))
    assert delivered == '"è-à&é"\'(-è_ç'
    delivered = "".join(key.text for key in scanned("CC1:7F3K9XQ2LM8T4R6ZA1W2", french=True, end=""))
    assert delivered == "CC&MèF\"KçXAéL?_T'R-WQ&Zé"


@pytest.mark.parametrize("sent", [*SENT, *DEAD, " ", "B", "f"])
def test_every_row_of_the_azerty_table_is_turned_back(sent):
    told = []

    def accept_what_was_sent(text):
        told.append(text)
        return Confidence.SURE if text == f"3333{sent}33334" else Confidence.NO

    field = Field(Wedge(accept_what_was_sent)).press(*scanned(f"3333{sent}33334", french=True))
    assert field.texts == [f"3333{sent}33334"], told
    assert field.scans[0].from_keys


@pytest.mark.parametrize("sent", sorted(set(ON_FRENCH_DESKTOP) - set("=+")))
def test_the_table_is_turned_back_from_the_text_where_keys_are_not_told(sent):
    wanted = f"3333{sent}33334"
    wedge = Wedge(lambda text: Confidence.SURE if text == wanted else Confidence.NO)
    assert Field(wedge).press(*scanned(wanted, french=True, scan_codes=False)).texts == [wanted]


def test_the_delivered_text_wins_where_both_readings_are_codes():
    wedge = Wedge(lambda text: Confidence.LIKELY)
    assert Field(wedge).press(*scanned("ABCDEF", french=True)).scans[0].from_keys is False


def test_a_sure_reading_wins_over_a_likely_one():
    assert Field().press(*scanned(CODE, french=True)).scans[0].from_keys
    misread = CODE[:-1] + ALPHABET[(ALPHABET.index(CODE[-1]) + 1) % 25]
    field = Field().press(*scanned(misread, french=True))
    assert field.texts == [misread]  # it will be said to be misread: better than letters in a field
    assert field.scans[0].recognised


def test_the_french_table_is_the_whole_of_what_a_scanner_can_send():
    assert len(SENT) == len(set(SENT)) == len(set(ON_FRENCH_DESKTOP.values())) == 49


# --- scans and typing -----------------------------------------------------------------------------------------------


def test_typing_stays_typing():
    field = Field().press(*typed("fromage de chevre"), *typed("\r", start_ms=9000))
    assert (field.scans, field.entered) == ([], ["fromage de chevre"])


def test_a_code_typed_by_hand_stays_in_the_field():
    field = Field().press(*typed(EAN)).wait()
    assert (field.scans, field.text) == ([], EAN)


def test_a_fast_typist_gets_every_letter_back():
    field = Field().press(*typed("tomates", gap_ms=30)).wait()
    assert (field.scans, field.text) == ([], "tomates")
    field.press(*typed("abricots", gap_ms=30, start_ms=5000), *typed("\r", start_ms=5240))
    assert (field.scans, field.entered) == ([], ["tomatesabricots"])


@pytest.mark.parametrize("before", ["", "t", "to", "tom", "3", "37", "376", "fromage de chevre "])
@pytest.mark.parametrize("pause_ms", [60, 100, 200])
def test_a_scan_in_the_middle_of_typing_leaves_the_typing_alone(before, pause_ms):
    person = typed(before)
    start_ms = person[-1].timestamp_ms + pause_ms if person else 1000
    field = Field().press(*person, *scanned(EAN, start_ms=start_ms))
    assert field.texts == [EAN]
    assert (field.text, field.entered) == (before, [])
    field.press(*typed("s", start_ms=start_ms + 3000)).wait()
    assert field.text == before + "s"


def test_a_letter_right_before_a_scan_is_told_apart_by_the_gap():
    field = Field().press(*typed("t", start_ms=1000), *scanned(EAN, start_ms=1040))
    assert field.texts == [EAN]
    assert field.text == "t"


def test_two_scans_one_after_the_other_are_two():
    field = Field().press(*scanned(EAN), *scanned(EAN, start_ms=1300), *scanned(CODE, start_ms=1600))
    assert field.texts == [EAN, EAN, CODE]
    assert field.text == ""


def test_a_scan_without_terminator_ends_with_silence():
    field = Field().press(*scanned(EAN, end=""))
    assert field.scans == []
    assert field.wait().texts == [EAN]
    assert field.text == ""


def test_the_next_key_after_a_silence_ends_a_scan_if_the_timer_was_late():
    field = Field().press(*scanned(EAN, end=""), *typed("a", start_ms=5000))
    assert (field.texts, field.text) == ([EAN], "a")


@pytest.mark.parametrize("end", ["\r", "\n", "\t"])
def test_the_terminator_of_a_scan_presses_no_button(end):
    field = Field().press(*scanned(EAN, end=end))
    assert (field.texts, field.text, field.entered) == ([EAN], "", [])


def test_an_own_suffix_and_prefix_are_not_part_of_the_code():
    wedge = Wedge(judge, prefix="~", suffix="#")
    keys = typed("~" + EAN + "#", gap_ms=300)  # as slow as a person: the prefix alone says it is a scan
    field = Field(wedge)
    for key in keys:
        field.press(Keystroke(key.text, key.scan_code, key.shift, 1000))
    assert (field.texts, field.text) == ([EAN], "")


def test_a_stuttering_scanner_is_followed():
    keys, at = [], 1000
    for key, gap_ms in zip(scanned(EAN), itertools.cycle([10, 12, 110, 8, 11]), strict=False):
        keys.append(Keystroke(key.text, key.scan_code, key.shift, at))
        at += gap_ms
    assert Field().press(*keys).texts == [EAN]


def test_a_slow_scanner_is_followed_if_the_setting_says_so():
    slow = scanned(EAN, gap_ms=85)
    assert Field(Wedge(judge, max_gap_ms=110)).press(*slow).texts == [EAN]
    assert Field(Wedge(judge, max_gap_ms=110)).press(*scanned(EAN, gap_ms=85, end="")).wait().texts == [EAN]


@pytest.mark.parametrize("gap_ms", [1, 5, 12, 35, 51, 80, 110])
@pytest.mark.parametrize("text", [EAN, CODE, "ART-00042"])
@pytest.mark.parametrize("french", [False, True])
@pytest.mark.parametrize("before", ["", "du", "fromage "])
def test_a_scanner_of_any_speed_is_told_by_the_check_and_its_terminator(gap_ms, text, french, before):
    person = typed(before)
    start_ms = person[-1].timestamp_ms + 300 if person else 1000
    field = Field().press(*person, *scanned(text, start_ms=start_ms, gap_ms=gap_ms, french=french))
    assert field.texts == [text]
    assert (field.text, field.entered) == (before, [])


def test_a_slow_scanner_with_peaks_is_followed():
    keys, at = [], 1000
    for key, gap_ms in zip(scanned(CODE, french=True), itertools.cycle([80, 78, 110, 82, 100]), strict=False):
        keys.append(replace(key, timestamp_ms=at))
        at += gap_ms
    assert Field().press(*keys).texts == [CODE]


def test_an_unknown_code_of_a_slow_scanner_is_told_by_its_even_gaps():
    field = Field().press(*scanned("LOT-2026-11-23", gap_ms=80))
    assert (field.texts, field.scans[0].recognised, field.text, field.entered) == (["LOT-2026-11-23"], False, "", [])


@given(
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz 0123456789"), min_size=1, max_size=80),
    st.integers(0, 2**32),
)
def test_nothing_typed_at_90_words_a_minute_is_swallowed(text, seed):
    """133 ms a key on the average, unevenly, now and then two keys at once."""
    chance = random.Random(seed)
    keys, at = [], 1000
    for key in typed(text):
        at += max(8, round(chance.gauss(133, 45)))
        keys.append(replace(key, timestamp_ms=at))
    field = Field().press(*keys).wait()
    field.press(Keystroke("\r", 28, False, at + 150)).wait()
    assert (field.scans, field.entered) == ([], [text])


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz "), min_size=12, max_size=80), st.integers(0, 2**32))
def test_the_fastest_typist_is_not_taken_for_a_machine(text, seed):
    """100 ms a key on the average; a slow scanner is as fast, but far more even."""
    chance = random.Random(seed)
    keys, at = [], 1000
    for key in typed(text):
        at += max(55, round(chance.gauss(100, 25)))
        keys.append(replace(key, timestamp_ms=at))
    field = Field().press(*keys, Keystroke("\r", 28, False, at + 100))
    assert (field.scans, field.entered) == ([], [text])


@pytest.mark.parametrize("pin", ["12345670", "24112024"])
def test_a_pin_or_a_date_typed_fast_is_no_code_though_its_check_digit_is_right(pin):
    keys, at = [], 1000
    for key, gap_ms in zip(typed(pin), [0, 95, 70, 130, 88, 110, 75, 120], strict=True):
        at += gap_ms
        keys.append(replace(key, timestamp_ms=at))
    field = Field().press(*keys, Keystroke("\r", 28, False, at + 110))
    assert (field.scans, field.entered) == ([], [pin])
    assert Field().press(*scanned(pin, gap_ms=80)).texts == [pin], "a slow scanner is even"


def test_the_end_of_an_unknown_code_behind_a_stutter_is_no_article_number():
    keys = scanned("X7", end="") + scanned("12345670", start_ms=1100)
    field = Field().press(*keys)
    assert [(scan.text, scan.recognised) for scan in field.scans] == [("X712345670", False)]
    assert field.text == ""


@pytest.mark.parametrize("gap_ms", [1, 5, 12, 35, 80, 110])
@pytest.mark.parametrize("first", [EAN, "HTTPS://EXAMPLE.ORG"])
@pytest.mark.parametrize("payload", ["1", "P", "20", "1\r1", "\r1\r", "2*", "12.50"])
def test_an_enter_inside_a_code_types_nothing_and_presses_nothing(first, payload, gap_ms):
    """A QR code on a phone that says "...<Enter>1<Enter>" would confirm a payment."""
    keys, at = [], 1000
    for part in (first, *payload.split("\r")):
        keys += scanned(part, start_ms=at, gap_ms=gap_ms)
        at = keys[-1].timestamp_ms + gap_ms
    field = Field().press(*keys).wait()
    assert (field.text, field.entered) == ("", [])
    assert field.texts[0] == first
    assert not any(scan.recognised for scan in field.scans[1:])


@pytest.mark.parametrize("pause_ms", [20, 60, 119, 140])
def test_a_person_who_types_on_right_after_a_scan_keeps_every_letter(pause_ms):
    field = Field().press(*scanned(EAN))
    start_ms = 1000 + 13 * 5 + pause_ms
    field.press(*typed("du", start_ms=start_ms), *typed("\r", start_ms=start_ms + 700)).wait()
    assert (field.texts, field.entered) == ([EAN], ["du"])


def test_a_letter_by_chance_at_the_scanners_pace_arrives_a_moment_later():
    field = Field().press(*scanned(EAN), *typed("d", start_ms=1000 + 13 * 5 + 5)).wait()
    assert (field.texts, field.text) == ([EAN], "d")


@pytest.mark.parametrize("later_ms", [3, 60, 150])
def test_the_second_half_of_cr_and_lf_presses_nothing(later_ms):
    field = Field().press(*scanned(EAN), Keystroke("\r", 28, False, 1000 + 13 * 5 + later_ms))
    assert (field.texts, field.entered) == ([EAN], [])


def test_an_enter_that_stutters_behind_the_silence_presses_nothing():
    field = Field().press(*scanned(EAN, end="")).wait()
    field.press(Keystroke("\r", 28, False, 1000 + 12 * 5 + 220))
    assert (field.texts, field.entered) == ([EAN], [])
    field.press(*typed("abc", start_ms=5000), *typed("\r", start_ms=6000))
    assert field.entered == ["abc"]


def test_an_enter_counts_after_the_clock_of_the_keys_began_anew():
    """X11 counts milliseconds in 32 bits: after 49 days a scan is far later than the Enter that follows it."""
    field = Field().press(*scanned(EAN, start_ms=2**32 - 100))
    field.press(Keystroke("\r", 28, False, 900))
    assert (field.texts, len(field.entered)) == ([EAN], 1)


def test_what_is_typed_after_the_clock_of_the_keys_began_anew_is_typed():
    field = Field().press(*scanned(EAN, gap_ms=40, start_ms=2**32 - 100))
    for number, letter in enumerate("16"):
        field.press(Keystroke(letter, 0, False, 900 + 60 * number))
    field.press(Keystroke("\r", 28, False, 1020))
    assert (field.texts, field.entered[-1]) == ([EAN], "16")


def test_two_equal_figures_that_the_desktop_calls_a_repeat_are_two():
    keys = scanned("3017620422003", gap_ms=1)
    keys[11] = replace(keys[11], auto_repeat=True)
    assert Field().press(*keys).texts == ["3017620422003"]


def test_the_numeric_pad_is_read_whether_num_lock_is_on_or_not():
    pad = dict(zip("7894561230", [71, 72, 73, 75, 76, 77, 79, 80, 81, 82], strict=True))
    for given_text in (True, False):
        keys = [
            Keystroke(figure if given_text else "", pad[figure], False, 1000 + 5 * i) for i, figure in enumerate(EAN)
        ]
        assert Field().press(*keys, Keystroke("\r", 28, False, 1070)).texts == [EAN]


@pytest.mark.parametrize("french", [False, True])
def test_caps_lock_changes_nothing_where_keys_are_told(french):
    keys = [
        replace(key, caps_lock=True, text=key.text.swapcase())
        for key in scanned("CC1:7F3K9XQ2LM8T4R6ZA1W2", french=french)
    ]
    assert Field().press(*keys).texts == ["CC1:7F3K9XQ2LM8T4R6ZA1W2"]


def test_caps_lock_is_turned_back_where_keys_are_not_told():
    keys = [replace(key, caps_lock=True, text=key.text.swapcase()) for key in scanned("Art-00042", scan_codes=False)]
    wedge = Wedge(lambda text: judge_code(text, {"Art-00042"}.__contains__))
    assert Field(wedge).press(*keys).texts == ["Art-00042"]


def test_what_was_learned_is_a_reading_too():
    keys = [replace(key, text=key.text.translate(str.maketrans("0123456789", "ABCDEFGHIJ")), scan_code=0)
            for key in scanned(EAN)]  # fmt: skip
    wedge = Wedge(judge, learned=("ABCDEFGHIJ", "0123456789"))
    field = Field(wedge).press(*keys)
    assert (field.texts, field.scans[0].reading) == ([EAN], Reading.LEARNED)


def test_the_reading_that_was_right_before_wins_where_both_are_codes():
    wedge = Wedge(lambda text: Confidence.LIKELY, preferred=Reading.KEYS)
    assert Field(wedge).press(*scanned("AQZWMB", french=True)).texts == ["AQZWMB"]


@pytest.mark.parametrize("aim", ["]E0", "]C0", "]Q1"])
@pytest.mark.parametrize("french", [False, True])
def test_an_aim_identifier_is_no_part_of_the_code(aim, french):
    field = Field().press(*scanned(aim + EAN, french=french))
    assert [(scan.text, scan.aim) for scan in field.scans] == [(EAN, aim)]


def test_an_identifier_that_says_gs1_goes_with_the_code_where_the_judge_wants_it():
    element = "]C10103760123456784"
    wedge = Wedge(lambda text: Confidence.SURE if text == element else Confidence.NO)
    assert Field(wedge).press(*scanned(element)).texts == [element]


def test_gs_in_a_code_is_kept():
    keys = scanned("0103760123456784" + "10AB", end="")
    at = keys[-1].timestamp_ms
    keys += [Keystroke("", 29, False, at + 5), Keystroke(GS, 27, False, at + 10, with_command=True)]
    keys += scanned("17261231", start_ms=at + 15)
    wanted = f"010376012345678410AB{GS}17261231"
    wedge = Wedge(lambda text: Confidence.SURE if text == wanted else Confidence.NO)
    assert Field(wedge).press(*keys).texts == [wanted]


def test_a_prefix_typed_by_a_person_is_given_back():
    field = Field(Wedge(judge, prefix="~")).press(*typed("~")).wait()
    assert (field.scans, field.text) == ([], "~")


def test_what_a_machine_sends_is_told_even_if_nobody_knows_it():
    url = "https://example.org/produit?id=42"
    field = Field().press(*scanned(url))
    assert field.texts == [url]
    assert field.scans[0].recognised is False
    assert (field.text, field.entered) == ("", [])


@pytest.mark.parametrize("french", [False, True])
def test_a_join_code_comes_over_whole_whatever_the_layout(french):
    shop_id = "vendure:" + "boutique-du-marche." * 4 + "example.fr/epicerie-lefevre-valenciennes"
    code = write_join_code(JoinCode(shop_id, "7", bytes(range(32)), "A", "B"))
    field = Field().press(*scanned(code, french=french))
    assert field.texts == [code]
    assert field.scans[0].recognised
    assert (field.text, field.entered) == ("", [])


def test_ten_kilobytes_are_cut_short_and_leave_the_field_clean():
    field = Field().press(*scanned("HTTPS//X" * 1280))
    assert len(field.scans) == 1
    assert not field.scans[0].recognised
    assert len(field.scans[0].text) <= MAX_KEYS
    assert (field.text, field.entered) == ("", [])
    assert field.press(*scanned(EAN, start_ms=90_000)).texts[1:] == [EAN]


def test_a_short_burst_is_typing():
    field = Field().press(*scanned("12345"))
    assert (field.scans, field.entered) == ([], ["12345"])


def test_shortcuts_and_held_keys_are_never_part_of_a_scan():
    field = Field()
    for i in range(20):
        field.press(Keystroke("a", 30, False, 1000 + i * 5, auto_repeat=True))
    assert field.text == "a" * 20
    assert Field().press(Keystroke("\x16", 47, False, 1000, with_command=True)).scans == []


def test_a_shortcut_in_a_burst_gives_it_back():
    field = Field().press(*scanned("37601234", end=""), Keystroke("\x01", 30, False, 1050, with_command=True))
    assert field.text.startswith("37601234")


def test_modifiers_alone_are_let_through_and_disturb_nothing():
    shift = Keystroke("", 42, True, 1012)
    field = Field().press(*scanned(CODE[:3], end=""), shift, *scanned(CODE[3:], start_ms=1015))
    assert field.texts == [CODE]


KEYS = st.builds(
    Keystroke,
    st.text(max_size=1),
    st.integers(0, 120),
    st.booleans(),
    st.just(0),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(st.tuples(KEYS, st.integers(0, 400)), max_size=120))
def test_no_key_is_ever_lost_or_doubled(steps):
    """Whatever is pressed: each key is let through, given back, or belongs to a scan."""
    wedge = Wedge(lambda text: Confidence.NO)
    at, delivered, pressed, scans = 0, "", "", 0
    for timeless, gap_ms in steps:
        at += gap_ms
        key = replace(timeless, timestamp_ms=at)
        outcome = wedge.press(key)
        scans += outcome.scan is not None
        delivered += "".join(held.text for held in outcome.replay)
        delivered += key.text if outcome.let_through else ""
        pressed += key.text
    if wedge.deadline_ms is not None:
        outcome = wedge.silence(wedge.deadline_ms)
        scans += outcome.scan is not None
        delivered += "".join(held.text for held in outcome.replay)
    if not scans:
        assert delivered == pressed


# --- around it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        (CODE, Confidence.SURE),
        (CODE.lower(), Confidence.SURE),
        (EAN, Confidence.SURE),
        ("ART-00042", Confidence.SURE),
        ("P1BCDFGH", Confidence.LIKELY),
        ("CJ1BCDFGH", Confidence.LIKELY),
        ("3760123456780", Confidence.NO),
        ("3760123456789", Confidence.NO),
        ("https://example.org", Confidence.NO),
    ],
)
def test_what_is_a_code(text, confidence):
    assert judge_code(text, SHELF_CODES.__contains__) is confidence


@pytest.mark.parametrize(
    ("native", "platform", "code"),
    [(10, "xcb", 2), (38, "wayland", 30), (2, "windows", 2), (0x11D, "windows", 0), (5, "cocoa", 0), (3, "xcb", 0)],
)
def test_keys_have_one_number_on_all_platforms(native, platform, code):
    assert scan_code_from_native(native, platform) == code


@pytest.mark.parametrize(
    ("modifiers", "platform", "on"),
    [
        (0x2, "xcb", True),
        (0x11, "xcb", False),
        (0x100, "windows", True),
        (0x10000, "cocoa", True),
        (2, "offscreen", False),
    ],
)
def test_caps_lock_is_told_where_the_platform_tells(modifiers, platform, on):
    stroke = KeysOf(platform)("a", 38, modifiers, 7, shift=False, auto_repeat=False, with_command=False)
    assert (stroke.caps_lock, stroke.text, stroke.timestamp_ms) == (on, "a", 7)
