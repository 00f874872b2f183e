"""Every story on every registered stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.kit.play import CannotPlay, play
from tests.connectors.kit.registry import all_stages
from tests.connectors.kit.story import all_stories


@pytest.mark.parametrize("stage", all_stages())
@pytest.mark.parametrize("story", all_stories())
def test_story(story: str, stage: str, tmp_path: Path, till_template: Path) -> None:
    try:
        play(all_stories()[story], all_stages()[stage], tmp_path, till_template)
    except CannotPlay as reason:
        pytest.skip(str(reason))
