"""A virtual screen with a keyboard, and a till's window on it in a process of its own, for all tests of this folder.

Where this machine lacks Xvfb or Qt's X11 libraries the tests are skipped with what is missing, or fail if they are
required (`COMPTOIR_REQUIRE_X11=1`, as in CI).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.x11.desk import Desk, open_desk
from tests.x11.display import Keyboard, missing, virtual_screen

HERE = Path(__file__).parent
LIMIT_S = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session")
def keyboard() -> Iterator[Keyboard]:
    lacking = missing()
    if lacking and os.environ.get("COMPTOIR_REQUIRE_X11"):
        pytest.fail(f"the tests with real X11 key codes are required here, and this machine lacks {lacking}")
    if lacking:
        pytest.skip(f"no real X11 key codes: this machine lacks {lacking}")
    with virtual_screen() as made:
        yield made


@pytest.fixture(scope="session")
def desk(keyboard: Keyboard) -> Iterator[Desk]:
    with open_desk(keyboard) as made:
        yield made
