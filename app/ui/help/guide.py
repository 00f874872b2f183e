"""Owns the guide as it is read at the counter: its chapters in their order, and looking for words in them. No Qt here.

The chapters are the Markdown files of `docs/guide`, the same that are read outside the program; the order is that of
the links of their contents page. Never writes one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.ui.screen import PlaceName

CONTENTS = "README.md"
FIRST_DAY = "premier-jour.md"
RETURNS = "retours"
"""The topic of the tickets' page, which is a part of the sale."""

_LINK = re.compile(r"\]\(([\w./-]+\.md)\)")
_MARKS = re.compile(r"[*_`#|]|!?\[|\]\([^)]*\)|^\s*(?:---\s*)+$", re.MULTILINE)
_AROUND = 40
"""Characters shown on each side of a word that was found."""

_OF_PLACE = {
    PlaceName.PICKUP: "retraits",
    PlaceName.SALE: "vente",
    PlaceName.STOCK: "stock",
    PlaceName.OUTBOX: "hors-ligne",
    PlaceName.CLOSING: "cloture",
    PlaceName.BOOKS: "livres",
    PlaceName.SETTINGS: "reglages",
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file of the guide; `text` is Markdown, with its title as first line."""

    file: Path
    text: str

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].lstrip("# ").strip()


@dataclass(frozen=True, slots=True)
class Found:
    """A chapter in which all words stand, and the place of the first of them in it."""

    chapter: Chapter
    excerpt: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The contents page and, in reading order, the chapters it leads to."""

    contents: Chapter
    chapters: tuple[Chapter, ...]

    def chapter_of(self, file: Path) -> Chapter | None:
        """The chapter in that file, the contents page included; None for what is no part of the guide."""
        wanted = file.resolve()
        return next((one for one in (self.contents, *self.chapters) if one.file == wanted), None)

    def for_place(self, place: PlaceName, topic: str = "") -> Chapter:
        """The chapter that helps at a place, or with a topic of it; the contents page if there is none."""
        name = topic or _OF_PLACE.get(place, "")
        return next((chapter for chapter in self.chapters if chapter.file.stem == name), self.contents)

    def beside(self, chapter: Chapter, step: int) -> Chapter | None:
        """The chapter that many places further on; None beyond the first and the last."""
        every = (self.contents, *self.chapters)
        at = every.index(chapter) + step
        return every[at] if 0 <= at < len(every) else None

    def search(self, words: str) -> Sequence[Found]:
        """The chapters in which every word begins a word somewhere, accents and capitals apart; in titles first."""
        wanted = _plain(words).split()
        if not wanted:
            return ()
        found = [one for chapter in self.chapters if (one := _found_in(chapter, wanted)) is not None]
        return sorted(found, key=lambda one: not _has_all(_plain(one.chapter.title), wanted))


def read_guide(folder: Path, language: str) -> Guide:
    """The guide in a language; chapters that were not translated are the French ones. Raises OSError."""
    home = folder / language if (folder / language / CONTENTS).is_file() else folder
    contents = _read(home / CONTENTS)
    files = dict.fromkeys((home / link).resolve() for link in _LINK.findall(contents.text))
    return Guide(contents, tuple(_read(file) for file in files if file.name != CONTENTS and file.is_file()))


def _read(file: Path) -> Chapter:
    return Chapter(file.resolve(), file.read_text(encoding="utf-8"))


def _found_in(chapter: Chapter, wanted: Sequence[str]) -> Found | None:
    text = " ".join(_MARKS.sub(" ", chapter.text).split())
    plain = _plain(text)
    if not _has_all(plain, wanted):
        return None
    body = len(chapter.title) if _has_all(plain[len(chapter.title) :], wanted[:1]) else 0
    match = _word(wanted[0]).search(plain, body)
    at = match.start() if match is not None else 0
    start = text.rfind(" ", 0, max(0, at - _AROUND)) + 1
    end = text.find(" ", at + _AROUND)
    end = len(text) if end < 0 else end
    excerpt = text[start:end].strip()
    return Found(chapter, f"{'… ' if start else ''}{excerpt}{' …' if end < len(text) else ''}")


def _has_all(plain: str, wanted: Sequence[str]) -> bool:
    return all(_word(word).search(plain) for word in wanted)


def _word(beginning: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(beginning)}")


def _plain(text: str) -> str:
    """As long as the text: each character without its accent, small."""
    return "".join(unicodedata.normalize("NFD", character)[0].lower()[:1] for character in text)


def first_day_text(folder: Path, language: str) -> str:
    """The sheet for a first day, in a language or else in French. Raises OSError."""
    translated = folder / language / FIRST_DAY
    return (translated if translated.is_file() else folder / FIRST_DAY).read_text(encoding="utf-8")
