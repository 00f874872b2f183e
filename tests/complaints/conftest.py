"""A simulated town without events of its own: the test says what happens (see `tests.simulation`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.complaints.story import Story
from tests.simulation.server import no_thread_pool
from tests.simulation.tills import one_compiler
from tests.simulation.world import a_folder

Begin = Callable[..., Story]


@pytest.fixture(scope="package")
def template() -> Iterator[Path]:
    with a_folder() as folder:
        yield folder / "template.sqlite3"


@pytest.fixture
def begin(template: Path) -> Iterator[Begin]:
    """`begin(tills=2)`: a town with a shop, its tills started and everything known to everybody."""
    stories: list[Story] = []
    with a_folder() as folder, no_thread_pool(), one_compiler():

        def make(*, tills: int = 1) -> Story:
            story = Story(folder / str(len(stories)), template, tills)
            stories.append(story)
            story.everything_arrives()
            return story

        try:
            yield make
        finally:
            for story in stories:
                story.world.close()
