"""The emulated printers: where they cannot run, their tests are skipped with the reason, or fail if they are required
(`COMPTOIR_REQUIRE_EMULATOR=1`, as in CI).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator.simulator import Emulator, EmulatorMissing, Wanted, install, is_required

HERE = Path(__file__).parent
LIMIT_S = 600
"""A first run installs some thirty packages."""

Emulated = Callable[..., Emulator]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session")
def _emulator_installed() -> None:
    try:
        install()
    except EmulatorMissing as missing:
        if is_required():
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))  # it needs another Python; `.ci/run` requires it and fails above


@pytest.fixture(scope="module")
def emulated(_emulator_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    """Start printers: `emulated(Wanted("front"), Wanted("kitchen", line="serial"))`."""
    running: list[Emulator] = []

    def start(*wanted: Wanted) -> Emulator:
        emulator = Emulator(tmp_path_factory.mktemp("emupos"), wanted)
        emulator.start()
        running.append(emulator)
        return emulator

    yield start
    for emulator in running:
        emulator.stop()
