"""The numbered chart: read on each printer model that python-escpos knows, it leads to a profile that prints right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.printing.chart import chart, chart_text, ruler_text
from app.printing.encoder import encode
from app.printing.folding import fold_for
from app.printing.lines import QrLine, TextLine
from app.settings import PrinterProfile
from app.usecases.set_up_printer import (
    CHART_LINES,
    CHART_WIDTHS,
    DRAWN_CODE,
    NATIVE_CODE,
    PLAIN,
    ChartAnswers,
    CodeRead,
    code_scanned,
    learned_level,
    profile_answered,
)
from tests.fakes.socket_printer import read_job
from tests.unit.printing.models import Model, known_models

MODELS = known_models()
LETTERS = "é è ê à ç ù ô î œ € É À"
FOUND = PrinterProfile("Found", "network", "192.168.1.50", code_page_number=200, width_columns=24)


def read_off(model: Model) -> ChartAnswers:
    """What a person sees on the chart of this model."""
    job = chart(FOUND, "fr")
    sent, lines = model.read_whole(job), model.read(job)
    right = [line.number for line in CHART_LINES if chart_text(line) in sent]
    whole = [width for width in CHART_WIDTHS if ruler_text(width) in lines]
    code = CodeRead.NATIVE if model.has_native_qr else CodeRead.DRAWN
    return ChartAnswers(right[0] if right else 0, max(whole, default=None), code, model.has_cutter)


def test_there_are_the_models_that_were_measured() -> None:
    assert len(MODELS) == 35


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_answers_give_a_profile_that_prints_right_on_every_model(model: Model) -> None:
    profile = profile_answered(FOUND, read_off(model))
    fold = fold_for(profile.code_page)
    printed = "".join(model.read(encode([TextLine(fold(LETTERS))], profile))).rstrip()
    assert printed == fold(LETTERS)
    if any("€" in page and "é" in page and "À" in page for page in model.pages.values()):
        assert {"€", "À"} <= set(printed), "this model has them on one page"
    assert profile.has_native_qr == model.has_native_qr
    assert profile.has_cutter == model.has_cutter


@pytest.mark.parametrize("model", [each for each in MODELS if each.columns >= 24], ids=lambda model: model.name)
def test_the_ruler_tells_the_width_of_every_model(model: Model) -> None:
    assert profile_answered(FOUND, read_off(model)).width_columns == model.columns


def test_a_number_the_printer_does_not_know_does_not_read_right_by_what_came_before() -> None:
    model = Model(
        "only 16", {0: "\u2592" * 128, 16: bytes(range(128, 256)).decode("cp1252", "replace")}, 48, True, True
    )
    lines = model.read(chart(FOUND, "fr"))
    assert [line.number for line in CHART_LINES if chart_text(line) in lines] == [1]


def test_the_chart_has_both_codes_a_cut_and_never_opens_the_drawer() -> None:
    pages = {line.page_number: line.code_page for line in CHART_LINES}
    printed = read_job(chart(replace(FOUND, open_drawer=True, has_cutter=False), "en"), pages)
    assert printed.qr_texts == [NATIVE_CODE]
    assert printed.pictures == 1
    assert printed.cuts == 1
    assert printed.drawer_kicks == 0
    assert "NUMBERED CHART" in printed.text


def test_its_words_fit_on_the_narrowest_paper() -> None:
    for language in ("fr", "en"):
        narrow = Model(
            "narrow", {line.page_number: " " * 128 for line in CHART_LINES}, 24, has_native_qr=True, has_cutter=True
        )
        wide = Model("wide", narrow.pages, 64, has_native_qr=True, has_cutter=True)
        told = [line for line in wide.read(chart(FOUND, language)) if line[:2] in ("1.", "2.", "3.", "4.")]
        assert len(told) == 4
        assert set(told) <= set(narrow.read(chart(FOUND, language)))


def test_no_line_right_means_plain_letters() -> None:
    profile = profile_answered(FOUND, ChartAnswers(line_no=0))
    assert profile.code_page == PLAIN
    job = encode([TextLine(fold_for(PLAIN)("Crème brûlée 12,50 €"))], profile)
    assert b"Creme brulee 12,50 EUR" in job


def test_what_was_not_answered_stays() -> None:
    assert profile_answered(FOUND, ChartAnswers()) == FOUND
    assert profile_answered(FOUND, ChartAnswers(width=42)) == replace(FOUND, width_columns=42)


@pytest.mark.parametrize("answers", [ChartAnswers(line_no=len(CHART_LINES) + 1), ChartAnswers(width=41)])
def test_answers_that_are_not_on_the_chart_are_refused(answers: ChartAnswers) -> None:
    with pytest.raises(ValueError, match="has no"):
        profile_answered(FOUND, answers)


def test_the_drawer() -> None:
    with_drawer = profile_answered(FOUND, ChartAnswers(drawer_pin=5, drawer_open_level="low"))
    assert (with_drawer.open_drawer, with_drawer.drawer_pin, with_drawer.drawer_open_level) == (True, 5, "low")
    without = profile_answered(with_drawer, ChartAnswers(drawer_pin=0))
    assert (without.open_drawer, without.drawer_open_level) == (False, "unknown")


@pytest.mark.parametrize(
    ("while_open", "while_shut", "level"),
    [(True, False, "high"), (False, True, "low"), (True, True, "unknown"), (None, True, "unknown")],
)
def test_the_sensor_is_learned(while_open: bool | None, while_shut: bool | None, level: str) -> None:
    assert learned_level(while_open, while_shut) == level


def test_the_codes_are_told_apart_whatever_a_scanner_does_to_their_case() -> None:
    assert code_scanned("direct\r") is CodeRead.NATIVE
    assert code_scanned(DRAWN_CODE) is CodeRead.DRAWN
    assert code_scanned("3760123456784") is None
    assert not set("AQZWM") & set(NATIVE_CODE + DRAWN_CODE), "these letters move between keyboards"
    assert encode([QrLine(NATIVE_CODE)], FOUND)
