"""Owns playing a story on a stage, from the first link to the invariants."""

from __future__ import annotations

from pathlib import Path

from tests.connectors.kit.invariants import broken_in
from tests.connectors.kit.registry import Open
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.story import Story


class CannotPlay(Exception):
    """The stage lacks what the story needs; the sentence says what."""


def play(story: Story, open_stage: Open, folder: Path, template: Path) -> None:
    """Play a story.

    Args:
        folder: empty, for the stage and the tills.
        template: where an empty till's database is, or shall be kept for the next story.

    Raises:
        CannotPlay: nothing was played.
        AssertionError: the story did not end as it tells, or an invariant is broken.
    """
    stage = open_stage(folder / "stage")
    why_not = story.why_not(stage)
    if why_not:
        stage.close()
        raise CannotPlay(why_not)
    shop = Shop(stage, folder, template)
    try:
        story.tell(shop)
        shop.come_to_rest()
        shop.note_doubts()
        broken = broken_in(shop)
        assert not broken, "\n".join(broken)
    finally:
        shop.close()
