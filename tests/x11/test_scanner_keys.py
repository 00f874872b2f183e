"""Real key codes of X11 into the real window: every row of the measured AZERTY table, both layouts, Caps Lock, every
speed, wherever the focus is and while the program is busy. Nothing is ever pressed by a scan."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.fakes.samples import pickup_code_of
from tests.ui.shop import some_orders
from tests.unit.scanning.keyboard import DEAD, FRENCH, SENT
from tests.x11.desk import Desk, Report

CODE = pickup_code_of(some_orders()[1])
EAN = "3760123456784"
MIXED_CODE = "Ab1:Zq"
GAPS_MS = (1, 5, 12, 35, 80, 110)
PLACES = ("field", "button", "blocked")


def scan(desk: Desk, sent: str, place: str = "field", /, *, gap_ms: int = 5, end: str = "\r", **more: Any) -> Report:
    """A scan of a code that the shop knows; `place`: what has the focus, or `blocked` for a busy program."""
    focus = "field" if place == "blocked" else place
    more.setdefault("codes", (sent,))
    return desk.case(
        lambda keyboard: keyboard.send(sent, gap_ms, end), focus, gap_ms=gap_ms, blocked=place == "blocked", **more
    )


def test_the_window_is_on_a_real_display(desk):
    assert desk.platform == "xcb"


@pytest.mark.parametrize("row", [SENT[i : i + 7] for i in range(0, len(SENT), 7)])
def test_every_row_of_the_azerty_table_is_turned_back(desk, row):
    desk.use("fr")
    for sent in row:
        report = scan(desk, f"3333{sent}33334", gap_ms=1)
        given = FRENCH[SENT.index(sent)]
        assert f'""""{given}""""' in report.arrived, "the desktop did as it was measured"
        assert (report.texts, report.field, report.pressed) == ([f"3333{sent}33334"], "", [])


@pytest.mark.parametrize("sent", DEAD)
def test_dead_keys_are_read_where_no_field_has_the_focus(desk, sent):
    desk.use("fr")
    for code in (f"3333{sent}33334", f"3333{sent}e3334", f"33{sent}B333"):
        report = scan(desk, code, "button")
        assert (report.texts, report.pressed) == ([code], [])


@pytest.mark.parametrize("sent", DEAD)
@pytest.mark.parametrize("after", ["B", "e", "i", "3"])
def test_a_dead_key_in_a_field_leaves_nothing_there_and_makes_no_other_code(desk, sent, after):
    """There the desktop keeps the key to itself, or makes an accent that may come before the keys in front of it: the
    code is read, or said to be unknown."""
    desk.use("fr")
    code = f"HTTPS//X{sent}{after}333333"
    report = scan(desk, code, text="du")
    assert report.field == "du"
    assert [(one["recognised"], one["text"] == code) for one in report.scans] in ([(True, True)], [(False, False)])


@pytest.mark.parametrize("layout", ["us", "fr"])
@pytest.mark.parametrize("caps_lock", [False, True])
def test_the_whole_table_in_one_code(desk, layout, caps_lock):
    desk.use(layout, caps_lock=caps_lock)
    for place in (*PLACES, "card", "dialog"):
        report = scan(desk, SENT, place, gap_ms=1, text="du")
        assert report.caps_lock is caps_lock
        assert (report.texts, report.field, report.pressed) == ([SENT], "du", [])


@pytest.mark.parametrize("gap_ms", GAPS_MS)
@pytest.mark.parametrize("layout", ["us", "fr"])
@pytest.mark.parametrize("caps_lock", [False, True])
def test_a_scanner_of_any_speed_is_heard(desk, layout, caps_lock, gap_ms):
    desk.use(layout, caps_lock=caps_lock)
    for place in PLACES:
        report = scan(desk, MIXED_CODE, place, gap_ms=gap_ms, text="du")
        assert (report.texts, report.field, report.pressed) == ([MIXED_CODE], "du", []), place


@pytest.mark.parametrize("layout", ["us", "fr"])
@pytest.mark.parametrize("place", [*PLACES, "card", "dialog"])
def test_codes_with_a_check_need_nobody_who_knows_them(desk, layout, place):
    desk.use(layout)
    for code in (EAN, CODE):
        report = scan(desk, code, place, codes=(), text="du")
        assert (report.texts, report.scans[0]["recognised"], report.field) == ([code], True, "du")
        assert report.pressed == []


@pytest.mark.parametrize("place", ["field", "blocked", "button", "dialog"])
def test_what_nobody_knows_presses_nothing_either(desk, place):
    desk.use("fr")
    report = scan(desk, "HTTPS//EXAMPLE.ORG/77", place, codes=(), text="du", gap_ms=5)
    assert ([one["recognised"] for one in report.scans], report.field, report.pressed) == ([False], "du", [])


@pytest.mark.parametrize("end", ["\r", "\t", "", "\r\r"])
def test_any_end_ends_a_scan_and_presses_nothing(desk, end):
    desk.use("fr")
    for place in ("dialog", "button"):
        report = scan(desk, EAN, place, end=end, codes=())
        assert (report.texts, report.field, report.pressed) == ([EAN], "", [])


def test_two_scans_while_the_program_is_busy_are_two(desk):
    desk.use("fr")
    report = desk.case(
        lambda keyboard: [keyboard.send(EAN, 1), keyboard.send(CODE, 1), keyboard.send(EAN, 1)], "button", blocked=True
    )
    assert (report.texts, report.pressed) == ([EAN, CODE, EAN], [])


def test_the_same_figure_twice_within_a_millisecond_is_two(desk):
    desk.use("us")
    report = desk.case(lambda keyboard: keyboard.send("3017620422003", 0), "field", text="du")
    assert (report.texts, report.field) == (["3017620422003"], "du")


def test_figures_from_the_numeric_pad_are_a_code(desk):
    desk.use("fr")
    for focus in ("field", "button"):
        report = desk.case(lambda keyboard: keyboard.send_pad(EAN), focus, text="du")
        assert (report.texts, report.field, report.pressed) == ([EAN], "du", [])


def test_a_group_separator_comes_through_as_control_and_bracket(desk):
    code = "010376012345678410AB\x1d17261231"
    for layout in ("us", "fr"):
        desk.use(layout)
        report = scan(desk, code, text="du")
        assert (report.texts, report.field) == ([code], "du")


def test_a_scan_in_the_middle_of_typing_leaves_the_typing_alone(desk):
    desk.use("us")

    def both(keyboard):
        keyboard.type_unevenly("from", (0, 140, 95, 150))
        keyboard.type_unevenly(EAN + "\r", itertools.chain((60,), itertools.repeat(2)))
        keyboard.type_unevenly("age", (400, 130, 90))

    report = desk.case(both, "field", gap_ms=400)
    assert (report.texts, report.field) == ([EAN], "fromage")


def test_typing_at_90_words_a_minute_is_never_swallowed(desk):
    desk.use("us")
    sentence = "tomates cerises 250 g"
    report = desk.case(
        lambda keyboard: keyboard.type_unevenly(sentence, itertools.cycle((133, 90, 170, 12, 160, 60, 200))),
        "dialog",
        gap_ms=200,
    )
    assert (report.texts, report.field) == ([], sentence)


def test_a_person_still_presses_the_default_button(desk):
    desk.use("us")
    report = desk.case(lambda keyboard: keyboard.type_unevenly("ok\r", (0, 130, 200)), "dialog", gap_ms=200)
    assert (report.texts, report.field, report.pressed) == ([], "ok", ["default"])


def test_a_scan_opens_an_order_and_acts_on_nothing(desk):
    desk.use("fr")
    before = scan(desk, EAN, codes=())
    report = desk.case(lambda keyboard: [keyboard.send(CODE), keyboard.send(CODE)], "card", take_scans=True)
    assert report.texts == [CODE, CODE]
    assert (report.jobs, report.handovers) == (before.jobs, before.handovers)


# --- a French scanner on an American desktop: what only the calibrator can mend -------------------------------------


def test_a_scanner_set_to_french_is_right_on_a_french_desktop(desk):
    desk.use("fr")
    report = desk.case(lambda keyboard: keyboard.send_french(EAN), "field", text="du")
    assert (report.texts, report.field) == ([EAN], "du")


def test_a_scanner_set_to_french_is_mended_by_what_was_learned(desk):
    desk.use("us")
    learned = ("!@#$%^&*()QAZW:", "1234567890AQWZM")
    report = desk.case(lambda keyboard: keyboard.send_french(EAN), "field", text="du", learned=learned)
    assert (report.texts, report.field) == ([EAN], "du")
