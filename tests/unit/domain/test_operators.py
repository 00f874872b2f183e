"""Roles and rights, weak PINs, and how wrong PINs slow the till down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.operators import (
    FIRST_PAUSE,
    FREE_TRIES,
    LONGEST_PAUSE,
    Operator,
    PinState,
    PinTry,
    PinVerdict,
    Right,
    Role,
    discount_limit_percent,
    judge_pin,
    pin_state,
    rights_of,
    tidy_name,
)
from tests.fakes.surroundings import NOON


def after(*seconds_and_roles: tuple[float, Role | None]) -> list[PinTry]:
    return [PinTry(NOON + timedelta(seconds=seconds), role) for seconds, role in seconds_and_roles]


def wrong(count: int, start_s: float = 0, apart_s: float = 1) -> list[PinTry]:
    return after(*((start_s + apart_s * number, None) for number in range(count)))


def test_a_manager_may_do_everything_and_nobody_else_may():
    assert rights_of(Role.MANAGER) == frozenset(Right)
    for role in (Role.CASHIER, Role.ACCOUNTANT):
        assert rights_of(role) < frozenset(Right)


def test_an_accountant_takes_no_money_and_a_cashier_takes_nothing_out_of_the_books():
    assert rights_of(Role.ACCOUNTANT) == {Right.VERIFY_LEDGER, Right.EXPORT, Right.ARCHIVE}
    assert not rights_of(Role.CASHIER) & {
        Right.RETURN_WITHOUT_TICKET,
        Right.CANCEL_TICKET,
        Right.DISCOUNT_OVER_LIMIT,
        Right.PRICE_OVERRIDE,
        Right.ACCEPT_CASH_DIFFERENCE,
        Right.MANAGE_OPERATORS,
        Right.OVERRIDE_HANDOVER,
        Right.ARCHIVE,
    }


def test_one_who_has_left_may_do_nothing():
    assert Operator("o", "Léa", Role.MANAGER).may(Right.SELL)
    assert not Operator("o", "Léa", Role.MANAGER, active=False).may(Right.SELL)


@pytest.mark.parametrize(
    ("pin", "verdict"),
    [
        ("2580", PinVerdict.GOOD),
        ("80512694", PinVerdict.GOOD),
        ("1223", PinVerdict.GOOD),
        ("258", PinVerdict.WRONG_LENGTH),
        ("258025801", PinVerdict.WRONG_LENGTH),
        ("", PinVerdict.NOT_DIGITS),
        ("25a0", PinVerdict.NOT_DIGITS),
        ("٢٥٨٠", PinVerdict.NOT_DIGITS),
        ("25 80", PinVerdict.NOT_DIGITS),
        ("0000", PinVerdict.TOO_SIMPLE),
        ("77777", PinVerdict.TOO_SIMPLE),
        ("1234", PinVerdict.TOO_SIMPLE),
        ("4321", PinVerdict.TOO_SIMPLE),
        ("7890", PinVerdict.TOO_SIMPLE),
        ("123456", PinVerdict.TOO_SIMPLE),
        ("1212", PinVerdict.TOO_SIMPLE),
        ("252525", PinVerdict.TOO_SIMPLE),
    ],
)
def test_a_pin_is_four_to_eight_digits_and_none_that_a_thief_tries_first(pin, verdict):
    assert judge_pin(pin) is verdict


def test_four_wrong_pins_cost_nothing_the_fifth_costs_half_a_minute():
    for count in range(FREE_TRIES):
        assert pin_state(wrong(count), NOON + timedelta(seconds=10)) == PinState(FREE_TRIES - count)
    slowed = pin_state(wrong(5), NOON + timedelta(seconds=10))
    assert slowed == PinState(1, NOON + timedelta(seconds=4) + FIRST_PAUSE)
    assert pin_state(wrong(5), NOON + timedelta(seconds=34)).slowed_until is None


def test_each_further_wrong_pin_doubles_the_pause_up_to_a_quarter_of_an_hour():
    pauses = []
    for count in range(5, 40):
        tries = wrong(count, apart_s=1000)
        until = pin_state(tries, tries[-1].at).slowed_until
        assert until is not None
        pauses.append((until - tries[-1].at).total_seconds())
    assert pauses[:7] == [30, 60, 120, 240, 480, 900, 900]
    assert pauses[-1] == LONGEST_PAUSE.total_seconds()


def test_a_right_pin_ends_the_row():
    tries = wrong(4) + after((20, Role.MANAGER))
    assert pin_state(tries, NOON + timedelta(seconds=30)) == PinState(FREE_TRIES)


def test_a_cashiers_own_pin_in_between_gives_no_fresh_row_of_guesses():
    tries = wrong(4) + after((10, Role.CASHIER), (20, None))
    assert pin_state(tries, NOON + timedelta(seconds=21)).slowed_until is not None
    an_hour_later = wrong(4) + after((10, Role.CASHIER), (3600, None))
    assert pin_state(an_hour_later, NOON + timedelta(seconds=3601)) == PinState(FREE_TRIES - 1)


def test_a_clock_set_back_does_not_lock_the_till():
    assert pin_state(wrong(9), NOON - timedelta(days=1)).slowed_until is None


@given(
    st.lists(st.tuples(st.integers(0, 3600), st.sampled_from([None, None, None, *Role])), max_size=30),
    st.integers(0, 7200),
)
def test_the_till_is_never_slowed_for_longer_than_the_longest_pause_and_always_leaves_a_try(entries, now_s):
    tries = after(*sorted(entries, key=lambda entry: entry[0]))
    now = NOON + timedelta(seconds=now_s)
    state = pin_state(tries, now)
    assert 1 <= state.tries_left <= FREE_TRIES
    if state.slowed_until is not None:
        assert now < state.slowed_until <= now + LONGEST_PAUSE
        assert tries[-1].role is None


@given(st.integers(5, 30), st.integers(0, 900))
def test_waiting_out_the_pause_always_opens_the_till_again(count, beyond_s):
    tries = wrong(count)
    until = pin_state(tries, tries[-1].at).slowed_until
    assert until is not None
    assert pin_state(tries, until + timedelta(seconds=beyond_s)).slowed_until is None


def test_a_discount_has_the_limit_of_the_role():
    assert discount_limit_percent(Role.CASHIER, 10) == 10
    assert discount_limit_percent(Role.MANAGER, 10) == 100
    assert discount_limit_percent(Role.ACCOUNTANT, 10) == 0


def test_a_name_is_one_line():
    assert tidy_name("  Léa \n  Martin\t") == "Léa Martin"
    assert tidy_name("\u0000\u200b") == ""
