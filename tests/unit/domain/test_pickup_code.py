"""Pickup codes: the published vectors, every single misreading, and whatever else a scanner can send."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pickup_code import (
    ALPHABET,
    CODE_LENGTH,
    CodeJudgement,
    judge_pickup_code,
    make_pickup_code,
    make_spoken_code,
    parse_pickup_code,
    parse_spoken_code,
    seal_of,
    symbols_of,
)

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "pickup_code_vectors.json").read_text(encoding="utf-8"))
KEYS = {key_id: bytes.fromhex(key) for key_id, key in VECTORS["keys"].items()}

references = st.text(ALPHABET, min_size=7, max_size=7)
keys = st.binary(min_size=16, max_size=64)


def judgement(text: str, shop_id: str = "shop-1", keys: dict[str, bytes] = KEYS) -> CodeJudgement:
    return judge_pickup_code(text, shop_id, keys)[0]


def test_the_alphabet_is_the_published_one() -> None:
    assert VECTORS["alphabet"] == ALPHABET


@pytest.mark.parametrize("vector", VECTORS["made"], ids=lambda v: v["code"])
def test_codes_are_made_as_published(vector: dict[str, str]) -> None:
    key = KEYS[vector["key_id"]]
    assert seal_of(key, vector["shop_id"], vector["reference"]) == vector["seal"]
    code = make_pickup_code(vector["key_id"], key, vector["shop_id"], vector["reference"])
    assert code == vector["code"]
    assert len(code) == CODE_LENGTH == 25
    assert judgement(code, vector["shop_id"]) is CodeJudgement.GENUINE


@pytest.mark.parametrize("vector", VECTORS["judged"], ids=lambda v: v["note"])
def test_texts_are_judged_as_published(vector: dict[str, str]) -> None:
    assert judgement(vector["text"], VECTORS["judged_by_shop"]) == vector["judgement"]


@pytest.mark.parametrize("vector", VECTORS["spoken"], ids=lambda v: v["code"])
def test_spoken_codes_are_made_as_published(vector: dict[str, object]) -> None:
    assert make_spoken_code(int(str(vector["random_number"]))) == vector["code"]
    assert parse_spoken_code(str(vector["code"]).lower()) == vector["code"]


def test_every_single_wrong_symbol_is_found() -> None:
    code = VECTORS["made"][0]["code"]
    for place, right in enumerate(code):
        for wrong in {chr(n) for n in range(32, 127)} | set("ſıßéＰ２\u00a0\x00\n"):
            text = code[:place] + wrong + code[place + 1 :]
            if wrong.upper() != right or not wrong.isascii():
                assert judgement(text) is not CodeJudgement.GENUINE, text


def test_every_swap_of_neighbours_is_found() -> None:
    for vector in VECTORS["made"]:
        code = vector["code"]
        for place in range(2, len(code) - 1):
            text = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            if text != code:
                assert parse_pickup_code(text) is None, text


@given(key=keys, other=keys, reference=references)
def test_only_the_key_that_sealed_it_opens_it(key: bytes, other: bytes, reference: str) -> None:
    code = make_pickup_code("7", key, "shop-1", reference)
    assert judgement(code, keys={"7": key}) is CodeJudgement.GENUINE
    assert judgement(code, keys={}) is CodeJudgement.WRONG_SHOP
    if seal_of(other, "shop-1", reference) != seal_of(key, "shop-1", reference):
        assert judgement(code, keys={"7": other}) is CodeJudgement.FORGED
    assert judgement(code, shop_id="shop-2", keys={"7": key}) is CodeJudgement.FORGED


@given(key=keys, reference=references, old=keys)
def test_two_keys_are_good_while_one_is_replaced(key: bytes, reference: str, old: bytes) -> None:
    for key_id, sealing in (("7", key), ("8", old)):
        code = make_pickup_code(key_id, sealing, "shop-1", reference)
        assert judgement(code, keys={"7": key, "8": old}) is CodeJudgement.GENUINE


@given(
    st.one_of(
        st.text(), st.text(ALPHABET + "P1").map(lambda t: "P1" + t), st.binary().map(lambda b: b.decode("latin-1"))
    )
)
def test_nothing_else_is_ever_genuine_and_nothing_raises(text: str) -> None:
    assert judgement(text) is not CodeJudgement.GENUINE
    parse_spoken_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_240,
        "P1" * 5_000,
        "P1" + "2" * 10_000,
        "\ud800\udfff",
        "\x00\x1b[A\x7f",
        "https://example.com/P17K7F3K9X",
        "P1",
    ],
)
def test_strange_input_is_refused(text: str) -> None:
    assert judgement(text) in (CodeJudgement.MISREAD, CodeJudgement.NOT_A_PICKUP_CODE)


def test_a_code_said_after_ten_kilobytes_of_noise_is_not_read() -> None:
    assert judgement(" " * 10_240 + VECTORS["made"][0]["code"]) is not CodeJudgement.GENUINE


@given(st.integers(min_value=0, max_value=25**5 - 1), st.integers(0, 5), st.sampled_from(ALPHABET))
def test_a_misheard_spoken_code_is_found(number: int, place: int, wrong: str) -> None:
    code = make_spoken_code(number)
    heard = code[:place] + wrong + code[place + 1 :]
    assert parse_spoken_code(heard) == (code if heard == code else None)


@given(st.integers(min_value=0), st.integers(1, 20))
def test_symbols_are_base_25_digits(number: int, length: int) -> None:
    value = 0
    for symbol in symbols_of(number, length):
        value = value * 25 + ALPHABET.index(symbol)
    assert value == number % 25**length
