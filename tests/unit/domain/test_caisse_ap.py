"""What is said to a card terminal and how its answers are judged: a doubt is never a payment, and never a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.caisse_ap import judge_answer, payment_request, read_fields
from app.domain.card import CardOutcome
from app.domain.errors import BrokenInvariant
from app.domain.money import Money

PROTOCOL = "012345678901"
TEN_EUROS = "CZ0040300CJ012012345678901CA00201CB0041000CE003978CD0010"
ECHO = "CA00201CB0041000CE003978CD0010"


def test_example_card_request_of_ten_euros() -> None:
    assert payment_request(PROTOCOL, 1, Money(1000)) == TEN_EUROS
    assert judge_answer(TEN_EUROS, f"CZ0040300{ECHO}AE00210") is CardOutcome.ACCEPTED
    assert judge_answer(TEN_EUROS, f"CZ0040300{ECHO}AE00201AF00204") is CardOutcome.REFUSED
    assert judge_answer(TEN_EUROS, None) is CardOutcome.UNKNOWN


def test_money_given_back_is_a_credit() -> None:
    assert read_fields(payment_request(PROTOCOL, 7, Money(-250))) == {
        "CZ": "0300", "CJ": PROTOCOL, "CA": "07", "CB": "250", "CE": "978", "CD": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        "",
        f"CZ0040300{ECHO}",
        f"CZ0040300{ECHO}AE00299",
        f"CZ0040300{ECHO.replace('1000', '1001')}AE00210",
        f"CZ0040300{ECHO.replace('CA00201', 'CA00202')}AE00210",
        f"CZ0040300{ECHO.replace('978', '840')}AE00210",
        f"CZ0040300{ECHO.replace('CD0010', 'CD0011')}AE00210",
        f"CZ0040300{ECHO.replace('1000', '1001')}AE00201",
        "HTTP/1.1 400 Bad Request",
    ],
)  # fmt: skip
def test_r28_an_answer_in_doubt_is_unknown(answer: str) -> None:
    assert judge_answer(TEN_EUROS, answer) is CardOutcome.UNKNOWN


@given(st.integers(0, len(ECHO) + 8))
def test_r28_an_answer_cut_anywhere_is_unknown(length: int) -> None:
    whole = f"{ECHO}AE00210"
    cut = whole[: min(length, len(whole) - 1)]
    assert judge_answer(TEN_EUROS, cut) is CardOutcome.UNKNOWN


@given(st.text(max_size=60))
def test_nothing_raises(text: str) -> None:
    read_fields(text)
    assert judge_answer(TEN_EUROS, text) in CardOutcome


@pytest.mark.parametrize(("till_no", "cents"), [(0, 1000), (100, 1000), (1, 0)])
def test_a_request_that_cannot_be_is_a_bug(till_no: int, cents: int) -> None:
    with pytest.raises(BrokenInvariant):
        payment_request(PROTOCOL, till_no, Money(cents))
