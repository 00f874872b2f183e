"""Long work: what stopping does at which moment, and what is told meanwhile."""

from __future__ import annotations

import pytest

from app.usecases.long_work import LOOK_EVERY, LongWork, WorkStopped, unless_stopped


def test_stopped_work_ends_at_its_next_look() -> None:
    work = LongWork()
    work.go_on(3, 10)
    assert work.stop()
    with pytest.raises(WorkStopped):
        work.go_on(4, 10)
    assert (work.done, work.total) == (4, 10)


def test_what_is_being_put_in_place_can_no_longer_be_stopped() -> None:
    work = LongWork()
    work.keep()
    assert not work.stoppable
    assert not work.stop()
    work.check()


def test_the_last_moment_is_the_last_look_too() -> None:
    work = LongWork()
    work.stop()
    with pytest.raises(WorkStopped):
        work.keep()
    assert work.stoppable


def test_the_programs_end_stops_it_too() -> None:
    ending: list[int] = []
    work = LongWork()
    work.also_ends(lambda: bool(ending))
    work.check()
    ending.append(1)
    assert work.stopped
    with pytest.raises(WorkStopped):
        work.begin("next")


def test_counted_items_end_within_a_few_of_them() -> None:
    work = LongWork()
    got = []
    for item in work.each(range(LOOK_EVERY - 1)):
        got.append(item)
    assert (work.done, len(got)) == (LOOK_EVERY - 1, LOOK_EVERY - 1)
    work.stop()
    with pytest.raises(WorkStopped):
        got.extend(work.each(range(10 * LOOK_EVERY)))
    assert len(got) == LOOK_EVERY


def test_a_step_begins_at_nothing_and_a_total_never_falls_behind() -> None:
    work = LongWork()
    work.go_on(3, 10)
    work.begin("next", 4)
    assert (work.step, work.done, work.total) == ("next", 0, 4)
    work.note(6, 4)
    assert (work.done, work.total) == (6, 6)
    work.note(7)
    assert work.total == 0


def test_that_it_was_stopped_is_an_answer() -> None:
    work = LongWork()
    work.stop()
    assert isinstance(unless_stopped(work.check), WorkStopped)
    assert unless_stopped(lambda: 3) == 3
