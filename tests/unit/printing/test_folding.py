"""Every character reaches the paper as itself or as something readable, and never as a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.printing.folding import NO_BREAK, fold_for

ALL_OF_FRENCH = "éèêëàâçùûüôîïÿœæÉÈÊËÀÂÇÙÛÜÔÎÏŸŒÆ€«»’—"


@pytest.mark.parametrize(
    ("code_page", "printed"),
    [
        ("cp1252", "éèêëàâçùûüôîïÿœæÉÈÊËÀÂÇÙÛÜÔÎÏŸŒÆ€«»'-"),
        ("cp858", "éèêëàâçùûüôîïÿoeæÉÈÊËÀÂÇÙÛÜÔÎÏYOEÆ€«»'-"),
        ("cp850", "éèêëàâçùûüôîïÿoeæÉÈÊËÀÂÇÙÛÜÔÎÏYOEÆEUR«»'-"),
        ("cp437", "éèêëàâçùûüôîïÿoeæÉEEEAAÇUUÜOIIYOEÆEUR«»'-"),
    ],
)
def test_french_survives_or_folds(code_page, printed):
    assert fold_for(code_page)(ALL_OF_FRENCH) == printed


def test_what_comes_decomposed_is_composed_first():
    assert fold_for("cp1252")("e\u0301te\u0301 a\u0300") == "été à"


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2007"])
def test_no_break_blanks_stay_together(blank):
    assert fold_for("cp858")(f"1{blank}234") == f"1{NO_BREAK}234"


def test_typography_becomes_what_every_firmware_has():
    assert fold_for("cp1252")("“L’été” – 2…3 − 1") == '"L\'été" - 2...3 - 1'


def test_a_name_cannot_send_a_command():
    assert fold_for("cp1252")("Thé\x1bp\x00\x19\xfa vert\x10\x04\x01\x7f") == "Thépú vert"


@pytest.mark.parametrize("text", ["寿司", "Кофе", "☕"])
def test_what_no_page_has_is_marked(text):
    assert fold_for("cp1252")(text) == "?" * len(text)


def test_other_alphabets_near_ours_lose_only_their_marks():
    assert fold_for("cp1252")("Łódź Şile ﬁn ½") == "Lódz Sile fin ½"


def test_an_unknown_page_is_refused():
    with pytest.raises(LookupError):
        fold_for("cp9999")


@given(st.text(), st.sampled_from(["cp1252", "cp858", "cp850", "cp437", "iso8859-15"]))
def test_folded_text_is_on_the_page_printable_and_stays_so(text, code_page):
    fold = fold_for(code_page)
    folded = fold(text)
    folded.replace(NO_BREAK, " ").encode(code_page)
    assert all(character == NO_BREAK or character.isprintable() for character in folded)
    assert fold(folded) == folded


@pytest.mark.parametrize(("code_page", "third"), [("cp1252", "1/3"), ("cp858", "1/3"), ("ascii", "1/3")])
def test_a_third_never_reads_thirteen(code_page, third):
    assert fold_for(code_page)("\u2153 kg") == f"{third} kg"
