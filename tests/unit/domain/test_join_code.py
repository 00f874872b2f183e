"""What a shop's first till tells its next one comes over whole, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BrokenInvariant
from app.domain.join_code import (
    KEY_BYTES,
    VERSION,
    JoinCode,
    in_groups,
    is_till_letter,
    next_letter,
    read_join_code,
    write_join_code,
)
from app.domain.pickup_code import ALPHABET

TOLD = JoinCode("vendure:boutique.example.fr/lefevre", "7", bytes(range(KEY_BYTES)), "A", "B")

shop_ids = st.text(st.characters(min_codepoint=33, max_codepoint=0x24F), min_size=1, max_size=100)
codes = st.builds(
    JoinCode,
    shop_id=shop_ids,
    key_id=st.sampled_from(ALPHABET),
    key=st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES),
    letters_used=st.sets(st.sampled_from("ABCDEFXYZ"), max_size=6).map(lambda letters: "".join(sorted(letters))),
    letter=st.sampled_from("ABCXYZ"),
)


@given(codes)
def test_what_is_told_comes_over_whole(told: JoinCode) -> None:
    text = write_join_code(told)
    assert read_join_code(text) == told
    assert read_join_code(in_groups(text).lower()) == told
    assert set(text[len(VERSION) :]) <= set(ALPHABET)


@given(codes, st.data())
def test_a_wrong_symbol_is_found(told: JoinCode, data: st.DataObject) -> None:
    text = write_join_code(told)
    at = data.draw(st.integers(len(VERSION), len(text) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(text[at], "")))
    assert read_join_code(text[:at] + wrong + text[at + 1 :]) is None


@given(codes, st.data())
def test_a_part_is_no_code(told: JoinCode, data: st.DataObject) -> None:
    text = write_join_code(told)
    assert read_join_code(text[: data.draw(st.integers(0, len(text) - 1))]) is None


@pytest.mark.parametrize("text", ["", "CJ1", "CJ1é", "CJ122", "P17K7F3K9X5TTJDCCV9H9KS9P", "CJ1" + "Y" * 3000])
def test_other_texts_are_none(text: str) -> None:
    assert read_join_code(text) is None


def test_a_key_of_another_length_is_a_bug_and_a_foreign_letter_none() -> None:
    with pytest.raises(BrokenInvariant):
        write_join_code(replace(TOLD, key=b"short"))
    assert read_join_code(write_join_code(replace(TOLD, letter="é"))) is None
    assert read_join_code(write_join_code(replace(TOLD, shop_id=""))) is None


def test_its_key_is_not_shown_by_accident() -> None:
    assert "key=" not in repr(TOLD)


def test_letters() -> None:
    assert [letter for letter in ("A", "Z", "a", "AB", "", "É") if is_till_letter(letter)] == ["A", "Z"]
    assert next_letter("") == "A"
    assert next_letter("ACB") == "D"
    assert next_letter("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
