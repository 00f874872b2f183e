"""Pages of tiles and the customers' screen in the settings file: kept as they were, refused when they are too much."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import (
    MOST_TILE_NAME,
    MOST_TILE_PAGES,
    MOST_TILES,
    Settings,
    SettingsUnreadable,
    TilePageSettings,
    load,
    save,
)
from app.ui.checkout.tile_pages import TilePages

PAGES = (TilePageSettings("Fromages", ("p-1", "p-2")), TilePageSettings("", ("p-3",)))


def test_they_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save(path, Settings(tile_pages=PAGES, customer_screen="HDMI-2"))
    assert load(path).tile_pages == PAGES
    assert load(path).customer_screen == "HDMI-2"


def test_too_many_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"schema_version": 2, "tile_pages": [{"name": "' + "x" * 99 + '"}]}', encoding="utf-8")
    with pytest.raises(SettingsUnreadable) as refused:
        load(path)
    assert refused.value.field == "tile_pages.0.name"


IDS = [f"p-{number}" for number in range(5)]
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "out", "move", "page", "name"]), st.sampled_from(IDS), st.sampled_from(IDS))
)


@given(STEPS)
def test_whatever_is_done_an_article_has_one_tile_at_most_and_the_file_takes_it(
    steps: list[tuple[str, str, str]],
) -> None:
    draft = TilePages((TilePageSettings("Favoris", tuple(IDS)),))
    for number, (step, one, other) in enumerate(steps):
        at = number % len(draft.pages)
        held = draft.pages[at].product_ids
        if step == "add":
            draft = draft.with_tile(at, one)
        elif step == "out":
            draft = draft.without(one)
        elif step == "move" and one in held and other in held:
            draft = draft.moved(at, one, other, after=bool(number % 2))
        elif step == "page":
            draft = draft.with_page(one * 9)
        else:
            draft = draft.renamed(at, f"  {other}  {one * 9}")
        shown = [each for page in draft.pages for each in page.product_ids]
        assert len(shown) == len(set(shown))
        assert Settings(tile_pages=draft.kept).tile_pages == draft.kept


def test_a_full_page_takes_no_more() -> None:
    full = TilePages((TilePageSettings("", tuple(f"p-{number}" for number in range(MOST_TILES))),))
    assert full.with_tile(0, "one-more") == full
    pages = TilePages((TilePageSettings(""),))
    for _ in range(MOST_TILE_PAGES + 1):
        pages = pages.with_page("x" * 99)
    assert len(pages.pages) == MOST_TILE_PAGES
    assert len(pages.pages[-1].name) == MOST_TILE_NAME


def test_a_tile_goes_before_or_after_another() -> None:
    pages = TilePages((TilePageSettings("", ("a", "b", "c")),))
    assert pages.moved(0, "a", "c", after=True).pages[0].product_ids == ("b", "c", "a")
    assert pages.moved(0, "c", "a", after=False).pages[0].product_ids == ("c", "a", "b")
