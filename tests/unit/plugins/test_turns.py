"""The watch over the event loop sees what it must see, and lets the machine's own slowness be."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugins.turns import (
    FREE_MACHINE,
    KNOWN,
    LIMIT_MS,
    REFERENCE_S,
    Known,
    Turn,
    TurnWatch,
    allowance,
    limit_ms_of,
    slowness,
    too_long,
)

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60
STACK = '  File "app/ui/here.py", line 3 in build\n  File "app/ui/there.py", line 9 in press'


@pytest.fixture
def watch():
    made = TurnWatch()
    made.start()
    yield made
    made.stop()


def compute(ms: float) -> None:
    until = time.thread_time() + ms / 1000
    while time.thread_time() < until:
        pass


def test_a_long_computation_is_a_fault_with_its_stack(watch):
    watch.inside(lambda: compute(4 * LIMIT_MS))()
    [turn] = watch.turns
    assert turn.kind == "computed"
    assert turn.took_ms >= 4 * LIMIT_MS
    assert too_long([Turn(turn.kind, turn.took_ms, (STACK,))], slower=1.0)


def test_short_turns_one_after_the_other_are_none(watch):
    def several() -> None:
        for _turn in range(8):
            compute(LIMIT_MS / 4)
            watch.beat()

    watch.inside(several)()
    assert [turn for turn in watch.turns if turn.kind == "computed"] == []


def test_what_a_lane_would_do_is_not_counted(watch):
    watch.inside(watch.apart(lambda: compute(4 * LIMIT_MS)))()
    assert [turn for turn in watch.turns if turn.kind == "computed"] == []


def test_between_turns_a_test_may_take_its_time(watch):
    watch.inside(lambda: None)()
    compute(4 * LIMIT_MS)
    watch.inside(lambda: None)()
    assert [turn for turn in watch.turns if turn.kind == "computed"] == []


def test_waiting_in_the_program_is_a_fault(watch):
    """As of a lock or a socket; the looks need the processor now and then, so it goes on until it was seen."""
    scope: dict[str, Callable[[Callable[[], bool]], None]] = {}
    source = "import time\ndef waits(enough):\n    while not enough():\n        time.sleep(0.3)\n"
    exec(compile(source, f"{ROOT}/app/made_up.py", "exec"), scope)  # noqa: S102  # a place within the program
    give_up = time.monotonic() + PATIENCE_S
    watch.inside(lambda: scope["waits"](lambda: bool(waited(watch)) or time.monotonic() > give_up))()
    first = waited(watch)[0]
    assert 'File "app/made_up.py"' in first.stacks[0]
    assert too_long([Turn("waited", 300, first.stacks)], slower=1.0)


def waited(watch: TurnWatch) -> list[Turn]:
    return [turn for turn in watch.turns if turn.kind == "waited"]


def test_a_slow_machine_and_other_programs_are_no_fault():
    assert too_long([Turn("computed", 3 * LIMIT_MS, (STACK,))], slower=3.1) == []
    assert too_long([Turn("was kept waiting", 90 * LIMIT_MS, (STACK,))], slower=1.0) == []
    assert slowness() >= 1.0


@pytest.mark.parametrize("kind", ["computed", "waited"])
@pytest.mark.parametrize(("free", "judged_at_ms"), [(False, 75), (True, 50)])
def test_what_fails_a_test_is_what_the_documents_say(kind, free, judged_at_ms):
    def faults(took_ms: float, known_piece_s: float) -> list[Turn]:
        return too_long([Turn(kind, took_ms, (STACK,))], allowance(known_piece_s, free=free))

    assert faults(judged_at_ms + 1, REFERENCE_S)
    assert faults(judged_at_ms + 1, REFERENCE_S / 2), "a faster machine has no less"
    assert faults(judged_at_ms - 1, REFERENCE_S) == []
    assert faults(2 * judged_at_ms - 1, 2 * REFERENCE_S) == []
    assert faults(6 * judged_at_ms + 1, 100 * REFERENCE_S), "and no machine is endlessly slow"
    said = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert f"{judged_at_ms} ms" in said


def test_only_a_persons_word_takes_the_allowance_away(monkeypatch):
    monkeypatch.delenv(FREE_MACHINE, raising=False)
    assert slowness() >= 1.5
    monkeypatch.setenv(FREE_MACHINE, "1")
    assert slowness() >= 1.0


def test_each_known_exception_is_named_in_the_documents():
    said = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    for each in KNOWN:
        assert f"`{each.place.removeprefix('app/')}` {each.limit_ms:.0f} ms" in said


def test_a_test_that_takes_its_time_in_a_signal_is_no_fault_of_the_program():
    own = Turn("computed", 4 * LIMIT_MS, ('  File "tests/ui/test_it.py", line 3 in heard',))
    assert too_long([own], slower=1.0) == []


def test_a_known_place_has_a_limit_of_its_own_and_no_other_place_has():
    known = (Known("app/ui/here.py:build", 200, "built once"),)
    turn = Turn("computed", 150, (STACK,))
    assert limit_ms_of(turn, known) == 200
    assert too_long([turn], 1.0, known) == []
    assert too_long([turn], 1.0, ()) == [turn]
    assert too_long([Turn("computed", 250, (STACK,))], 1.0, known)
