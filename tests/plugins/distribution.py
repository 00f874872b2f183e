"""Owns which tests go to the same worker when a run is spread over several: a file's, and all of the real servers'.

A real server takes seconds and memory to start, so one worker has them all. Never decides anything in a run of one
process.
"""

from __future__ import annotations

from typing import Any

import pytest

TOGETHER = "tests/real_servers/"


def worker_of(test: str) -> str:
    """What tests that go to the same worker have in common. `test`: its node id."""
    return TOGETHER if test.startswith(TOGETHER) else test.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """None leaves it to xdist: whoever asked for another way than `--dist loadfile` gets it."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # shipped without types

    class _Scheduler(LoadFileScheduling):  # type: ignore[misc]  # the same
        def _split_scope(self, nodeid: str) -> str:
            return worker_of(nodeid)

    return _Scheduler(config, log)
