"""Every pair of colours that may meet can be read: 4.5:1, in the sun 7:1; rings and edges 3:1."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from app.ui.style.sheet import style_sheet
from app.ui.style.tokens import (
    BACKGROUNDS,
    LEAST_CONTRAST,
    MEANINGS,
    Role,
    Space,
    ThemeName,
    Tone,
    Type,
    colour_of,
    contrast,
)

UI = Path(__file__).resolve().parents[3] / "app" / "ui"


@pytest.mark.parametrize("theme", ThemeName)
def test_text_and_meanings_can_be_read_on_every_ground(theme):
    least = LEAST_CONTRAST[theme]
    for ground, role in product(BACKGROUNDS, (Role.TEXT, Role.MUTED, *MEANINGS)):
        assert contrast(colour_of(theme, ground), colour_of(theme, role)) >= least, (ground, role)


@pytest.mark.parametrize("theme", ThemeName)
def test_text_on_fills_and_on_soft_grounds_can_be_read(theme):
    least = LEAST_CONTRAST[theme]
    for role in MEANINGS:
        soft = colour_of(theme, role, Tone.SOFT)
        assert contrast(colour_of(theme, role, Tone.FILL), colour_of(theme, role, Tone.ON)) >= least, role
        for text in (colour_of(theme, role), colour_of(theme, Role.TEXT), colour_of(theme, Role.MUTED)):
            assert contrast(soft, text) >= least, role


@pytest.mark.parametrize("theme", ThemeName)
def test_focus_ring_and_edges_stand_out_from_every_ground(theme):
    for ground, role in product(BACKGROUNDS, (Role.FOCUS, Role.EDGE)):
        assert contrast(colour_of(theme, ground), colour_of(theme, role)) >= 3, (ground, role)


@pytest.mark.parametrize("theme", ThemeName)
def test_the_ring_stands_out_from_what_it_goes_round(theme):
    """A chip and a notice have a soft ground; between the ring and a strong fill there is a line of the raised one."""
    for role in MEANINGS:
        assert contrast(colour_of(theme, Role.FOCUS), colour_of(theme, role, Tone.SOFT)) >= 3, role
        assert contrast(colour_of(theme, Role.RAISED), colour_of(theme, role, Tone.FILL)) >= 3, role
    assert contrast(colour_of(theme, Role.FOCUS), colour_of(theme, Role.RAISED)) >= 3


@pytest.mark.parametrize("theme", ThemeName)
def test_marks_stand_out_from_every_ground(theme):
    """Icons, key caps and the edge of a refused field are in a role's ink or in that of text; bars of progress and of
    what is selected, banners and buttons are filled."""
    for ground, role in product(BACKGROUNDS, MEANINGS):
        assert contrast(colour_of(theme, ground), colour_of(theme, role, Tone.INK)) >= 3, (ground, role)
        assert contrast(colour_of(theme, ground), colour_of(theme, role, Tone.FILL)) >= 3, (ground, role)
    for role in MEANINGS:
        assert contrast(colour_of(theme, role, Tone.SOFT), colour_of(theme, role, Tone.INK)) >= 3, role
        assert contrast(colour_of(theme, role, Tone.FILL), colour_of(theme, role, Tone.ON)) >= 3, role


@pytest.mark.parametrize("theme", ThemeName)
def test_every_rule_of_the_sheet_with_a_text_and_a_ground_can_be_read(theme):
    least, seen = LEAST_CONTRAST[theme], 0
    for body in re.findall(r"\{([^}]*)\}", style_sheet(theme)):
        for prefix in ("", "selection-"):
            ground = re.search(rf"(?:^|[;\s]){prefix}background(?:-color)?:\s*(#\w{{6}})", body)
            text = re.search(rf"(?:^|[;\s]){prefix}color:\s*(#\w{{6}})", body)
            if ground and text:
                seen += 1
                assert contrast(ground[1], text[1]) >= least, body
    assert seen >= 4


def test_a_text_is_never_in_the_colour_of_a_line():
    """The colour of lines between rows is faint on purpose; it is for what may be missed."""
    written = re.compile(r"""setPen\([^\n]*Role\.(LINE|SUNKEN|SELECTED)\b|label\([^\n]*Role\.(LINE|EDGE)\b""")
    assert [p.name for p in UI.rglob("*.py") if written.search(p.read_text(encoding="utf-8"))] == []


def test_the_scale_is_the_one_of_the_design():
    assert [int(size) for size in Type] == [13, 15, 18, 24, 32, 48, 72]
    assert all(space % 4 == 0 for space in Space)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ThemeName)
def test_the_sheet_is_made_of_tokens_alone(theme):
    known = {colour_of(theme, role, tone) for role in Role for tone in Tone}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", style_sheet(theme))) <= known


def test_no_colour_is_named_outside_the_style_package():
    hard_coded = re.compile(r"""["']#[0-9A-Fa-f]{3,8}["']|GlobalColor\.(?!transparent)""")
    at_fault = [
        path.relative_to(UI).as_posix()
        for path in UI.rglob("*.py")
        if path.parent.name != "style" and hard_coded.search(path.read_text(encoding="utf-8"))
    ]
    assert at_fault == []
