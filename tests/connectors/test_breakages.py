"""Each safeguard of a connector, taken away: every story that is named for it must fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.usecases.ports import Unavailable
from tests.connectors.breakages import all_breakages
from tests.connectors.kit.play import play
from tests.connectors.kit.registry import all_stages
from tests.connectors.kit.story import all_stories
from tests.simulation.mutations import Patch

pytestmark = pytest.mark.allowed_logs(".*")
_NOTICED = [(name, story) for name, each in all_breakages().items() for story in each.notices]


@pytest.mark.parametrize(("name", "story"), _NOTICED)
def test_a_story_notices(name: str, story: str, tmp_path: Path, till_template: Path) -> None:
    broken = all_breakages()[name]
    patch = Patch()
    broken.apply(patch)
    try:
        with pytest.raises((AssertionError, Unavailable)):
            play(all_stories()[story], all_stages()[broken.stage], tmp_path, till_template)
    finally:
        patch.undo()
