"""The stories of the connector kit on a real Vendure, on both databases.

Some of them each time: what happens on the site while a till is off line. All of them with `COMPTOIR_ALL_STORIES=1`
(`make nightly`): some minutes.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from tests.connectors.kit.play import CannotPlay, play
from tests.connectors.kit.story import all_stories
from tests.real_servers.vendure.seed import Site
from tests.real_servers.vendure.server import VendureServer
from tests.real_servers.vendure.stage import VendureStage

EACH_TIME = (
    "a_cart_is_paid_late",
    "cancelled_after_ready",
    "edited_after_ready",
    "refunded_after_ready",
    "taken_once_at_the_counter",
)
_NUMBERS = itertools.count(1)


def chosen() -> list[str]:
    return sorted(all_stories()) if os.environ.get("COMPTOIR_ALL_STORIES") else list(EACH_TIME)


@pytest.mark.parametrize("story", chosen())
def test_story(story: str, vendure: VendureServer, site: Site, tmp_path: Path, till_template: Path) -> None:
    def open_stage(_folder: Path) -> VendureStage:
        return VendureStage(vendure, site, f"scene{next(_NUMBERS)}")

    try:
        play(all_stories()[story], open_stage, tmp_path, till_template)
    except CannotPlay as reason:
        pytest.skip(str(reason))
