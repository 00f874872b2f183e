"""The end of a storm: tills that left something to hear while they ended are started and ended again, a few times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.storm.storm import ENDINGS, Storm, StormFailed, StormOptions
from tests.storm.till_under_storm import TillUnderStorm


@dataclass
class HandChild:
    """A process of a till that does as it is told."""

    code: int = 0
    told: int = 0
    ended: bool = False
    pid: int = 1

    @property
    def exit_code(self) -> int | None:
        return self.code if self.ended else None

    def tell(self) -> None:
        self.told += 1

    def wait(self) -> int:
        self.ended = True
        return self.code


class RestingTill(TillUnderStorm):
    """Its clerk went home when its process was told for the first time."""

    @property
    def is_at_rest(self) -> bool:
        child: Any = self.child
        return bool(child.told)


@dataclass
class StormInHand(Storm):
    """Only its end, without processes. `levels`: whether everything is level, each time somebody looks."""

    levels: list[bool] = field(default_factory=list)
    started: int = 0
    ends_with: int = 0

    def end(self) -> None:
        self._tills = [RestingTill(number, self.options.folder) for number in range(3)]
        for till in self._tills:
            self._start_till(till)
            self._bring_to_rest(till)
        self._end_level()

    def _start_till(self, till: TillUnderStorm, *, at_rest: bool = False, die_in: str = "", after: int = 0) -> None:
        assert at_rest or not self.started
        child: Any = HandChild(self.ends_with)
        till.child = child
        self.started += at_rest

    def _all_level(self) -> bool:
        return self.levels.pop(0)

    def _wait_until(self, reached: Callable[[], bool], what: str) -> None:
        while not reached():
            pass

    def _states(self) -> list[str]:
        return []

    def _fail(self, findings: list[str]) -> Any:
        raise StormFailed(findings)


def a_storm(folder: Path, *levels: bool) -> StormInHand:
    return StormInHand(StormOptions(folder, 1, 0.1), levels=list(levels))


def ended(storm: StormInHand) -> bool:
    return all(till.child is not None and till.child.exit_code is not None for till in storm._tills)


def test_tills_that_end_level_are_not_started_again(tmp_path: Path) -> None:
    storm = a_storm(tmp_path, False, True, True)
    storm.end()
    assert (storm.started, storm.levels, ended(storm)) == (0, [], True)


def test_tills_that_left_something_to_hear_are_ended_again(tmp_path: Path) -> None:
    storm = a_storm(tmp_path, True, False, False, True, True)
    storm.end()
    assert (storm.started, storm.levels, ended(storm)) == (3, [], True)


def test_tills_that_never_end_level_are_a_failure(tmp_path: Path) -> None:
    storm = a_storm(tmp_path, *[True, False] * ENDINGS)
    with pytest.raises(StormFailed, match="not any more"):
        storm.end()
    assert storm.started == 3 * ENDINGS


def test_a_till_that_ends_badly_is_a_failure(tmp_path: Path) -> None:
    storm = a_storm(tmp_path, True)
    storm.ends_with = 3
    with pytest.raises(StormFailed, match="ended with code 3"):
        storm.end()
