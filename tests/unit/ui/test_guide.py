"""The guide as read at the counter: each place has its chapter, every chapter is reached, words are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.paths import guide_dir
from app.ui.help.guide import RETURNS, Chapter, Guide, first_day_text, read_guide
from app.ui.screen import PlaceName

LANGUAGES = ("fr", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PlaceName)
def test_each_place_has_a_chapter_of_its_own(language: str, place: PlaceName) -> None:
    guide = read_guide(guide_dir(), language)
    assert guide.for_place(place) is not guide.contents
    assert guide.for_place(place, RETURNS).file.stem == RETURNS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chapters_are_read_one_after_the_other_without_the_contents_of_another_language(language: str) -> None:
    guide = read_guide(guide_dir(), language)
    assert len({chapter.file for chapter in guide.chapters}) == len(guide.chapters) >= 19
    assert all(chapter.title and chapter.file.name != "README.md" for chapter in guide.chapters)
    assert guide.beside(guide.contents, -1) is None
    assert guide.beside(guide.contents, 1) is guide.chapters[0]
    assert guide.beside(guide.chapters[-1], 1) is None


def test_in_english_what_is_not_translated_is_the_french_chapter() -> None:
    guide = read_guide(guide_dir(), "en")
    assert guide.for_place(PlaceName.SALE).title == "Selling"
    assert guide.for_place(PlaceName.STOCK).title == "Le stock"


def a_guide(*texts: str) -> Guide:
    made = tuple(Chapter(Path(f"/guide/{number}.md"), text) for number, text in enumerate(texts))
    return Guide(made[0], made[1:])


def titles(guide: Guide, words: str) -> list[str]:
    return [one.chapter.title for one in guide.search(words)]


def test_a_search_knows_no_accents_finds_beginnings_and_shows_titles_first() -> None:
    guide = a_guide(
        "# Contents", "# Vendre\n\nLa **clôture** est le soir.", "# Clôturer\n\nComptez.", "# Stock\n\nRien."
    )
    assert titles(guide, "CLOTUR") == ["Clôturer", "Vendre"]
    assert titles(guide, "cloture soir") == ["Vendre"]
    assert titles(guide, "ture") == []
    assert titles(guide, " ") == []
    assert "clôture est le soir" in guide.search("cloture soir")[0].excerpt.replace("  ", " ")


def test_a_file_outside_the_guide_is_no_chapter() -> None:
    guide = read_guide(guide_dir(), "fr")
    assert guide.chapter_of(guide_dir() / "vente.md") is not None
    assert guide.chapter_of(guide_dir().parent / "sync.md") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_of_the_first_day_is_there(language: str) -> None:
    assert "**F10**" in first_day_text(guide_dir(), language)
