"""Back-off, bell, and the judgement whether we are on line."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sync.link import Lane, LinkJudge
from app.sync.pace import BackOff, Bell, Woken
from app.usecases.marketplace_port import LinkState
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, StoreUnavailable
from tests.fakes.surroundings import NOON

NO_NETWORK = MarketplaceUnreachable("no_network")


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 200))
def test_pauses_double_to_a_minute_with_jitter(chance: float, failures: int) -> None:
    back_off = BackOff(lambda: chance)
    pauses = [back_off.next_s() for _ in range(failures)]
    for number, pause_s in enumerate(pauses):
        whole = min(2.0**number, 60.0)
        assert whole / 2 <= pause_s <= whole
    back_off.reset()
    assert back_off.next_s() <= 1.0


def test_the_server_may_ask_for_a_longer_pause() -> None:
    back_off = BackOff(lambda: 0.5)
    assert back_off.next_s(17.0) == 17.0
    assert back_off.next_s(0.0) > 0.0


def test_a_bell_remembers_what_rang_before_the_wait() -> None:
    bell = Bell()
    bell.kick()
    assert bell.wait(60) is Woken.KICK
    assert bell.wait(0) is Woken.TIME
    bell.kick()
    bell.hurry()
    assert bell.wait(60) is Woken.HURRY
    bell.stop()
    assert bell.wait(60) is Woken.STOP
    assert bell.wait(60) is Woken.STOP


def test_a_bell_wakes_a_waiting_thread() -> None:
    bell = Bell()
    woken: list[Woken] = []
    thread = threading.Thread(target=lambda: woken.append(bell.wait(60)))
    thread.start()
    bell.hurry()
    thread.join()
    assert woken == [Woken.HURRY]


def state_of(judge: LinkJudge) -> LinkState:
    return judge.status.state


def test_one_failure_is_not_off_line_three_are() -> None:
    judge = LinkJudge(NOON)
    judge.answered(Lane.PULL, NOON)
    for seconds in (1, 2):
        judge.failed(Lane.PULL, NO_NETWORK, NOON + timedelta(seconds=seconds))
        assert state_of(judge) is LinkState.ONLINE
        assert judge.status.message_key == "no_network"
    judge.failed(Lane.PULL, NO_NETWORK, NOON + timedelta(seconds=3))
    assert state_of(judge) is LinkState.OFFLINE
    assert judge.status.since == NOON + timedelta(seconds=3)
    assert judge.status.last_ok_at == NOON
    judge.failed(Lane.PULL, NO_NETWORK, NOON + timedelta(seconds=9))
    assert judge.status.since == NOON + timedelta(seconds=3)
    assert judge.answered(Lane.PULL, NOON + timedelta(seconds=10))
    assert state_of(judge) is LinkState.ONLINE
    assert judge.status.message_key == ""


def test_never_reached_is_off_line_at_once() -> None:
    judge = LinkJudge(NOON)
    assert state_of(judge) is LinkState.STARTING
    judge.failed(Lane.PUSH, NO_NETWORK, NOON)
    assert state_of(judge) is LinkState.OFFLINE


@pytest.mark.parametrize(("reason", "state"), [("revoked", LinkState.REFUSED), ("not_paired", LinkState.NOT_PAIRED)])
def test_a_refusal_shows_at_once_and_passes_with_the_next_answer(reason: str, state: LinkState) -> None:
    judge = LinkJudge(NOON)
    judge.answered(Lane.PULL, NOON)
    judge.failed(Lane.PULL, MarketplaceRefused(reason), NOON)
    assert state_of(judge) is state
    assert judge.status.message_key == reason
    judge.answered(Lane.PULL, NOON)
    assert state_of(judge) is LinkState.ONLINE


def test_the_worse_lane_is_shown_until_it_has_nothing_to_say() -> None:
    judge = LinkJudge(NOON)
    judge.failed(Lane.PUSH, MarketplaceRefused("gone"), NOON)
    judge.answered(Lane.PULL, NOON)
    assert state_of(judge) is LinkState.REFUSED
    judge.idle(Lane.PUSH, NOON)
    assert state_of(judge) is LinkState.ONLINE


def test_our_own_disk_says_nothing_of_the_link_but_is_told() -> None:
    judge = LinkJudge(NOON)
    judge.answered(Lane.PULL, NOON)
    for _ in range(5):
        judge.failed(Lane.PULL, StoreUnavailable("disk_full"), NOON)
    assert state_of(judge) is LinkState.ONLINE
    assert judge.status.message_key == "disk_full"
