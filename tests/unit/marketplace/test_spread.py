"""Tills that came back together do not go on asking together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.marketplace.api import _spread
from app.marketplace.schemas import LONGEST_WAIT_S


def core_whose_chance_is(bits: int) -> Any:
    return SimpleNamespace(store=SimpleNamespace(surroundings=SimpleNamespace(random_bits=lambda count: bits)))


@given(st.integers(0, 255), st.floats(0, LONGEST_WAIT_S))
def test_a_poll_ends_within_the_last_quarter_of_what_was_asked_for(bits: int, wait_s: float) -> None:
    assert wait_s * 0.75 <= _spread(core_whose_chance_is(bits), wait_s) <= wait_s


def test_chance_decides() -> None:
    assert len({_spread(core_whose_chance_is(bits), 25.0) for bits in range(256)}) == 256


def test_who_does_not_wait_draws_no_chance() -> None:
    def no_chance(count: int) -> int:
        raise AssertionError("not here")

    core: Any = SimpleNamespace(store=SimpleNamespace(surroundings=SimpleNamespace(random_bits=no_chance)))
    assert _spread(core, 0.0) == 0.0
