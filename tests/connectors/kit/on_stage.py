"""Owns the test of all stories on one stage. Each stage has a file of its own, so that they can be run side by side:

test_story = stories_on("reference")
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.connectors.kit.play import CannotPlay, play
from tests.connectors.kit.registry import all_stages
from tests.connectors.kit.story import all_stories


def stories_on(stage: str) -> Callable[..., None]:
    @pytest.mark.parametrize("story", all_stories())
    def test_story(story: str, tmp_path: Path, till_template: Path) -> None:
        try:
            play(all_stories()[story], all_stages()[stage], tmp_path, till_template)
        except CannotPlay as reason:
            pytest.skip(str(reason))  # the site cannot do what the story is about: it says what

    return test_story
