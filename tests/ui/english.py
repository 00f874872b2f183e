"""Tells English from French as the catalogue knows them, also where names, amounts and counts were put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from babel.messages.catalog import Catalog

_NAME = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"[^\W\d_]{3,}")


class EnglishTexts(Mapping[str, str]):
    """The texts that are different in French, with their French; a text with names in it is found as it is shown,
    "3 bags" for "{n} bags"."""

    def __init__(self, catalogue: Catalog) -> None:
        pairs = dict(_pairs(catalogue))
        self._said_in_french = set(pairs.values())  # "Total" of another entry is no English left over
        self._plain = {
            english: french
            for english, french in pairs.items()
            if "{" not in english and english != french and english not in self._said_in_french
        }
        named = [(english, french) for english, french in pairs.items() if "{" in english and english != french]
        self._patterns = [(_pattern(english), french) for english, french in named if _WORD.search(_bare(english))]
        self._french = [
            _pattern(french) for french in self._said_in_french if "{" in french and _WORD.search(_bare(french))
        ]

    def __getitem__(self, text: str) -> str:
        if text in self._plain:
            return self._plain[text]
        if text in self._said_in_french:
            raise KeyError(text)
        for pattern, french in self._patterns:
            if pattern.fullmatch(text) and not any(each.fullmatch(text) for each in self._french):
                return french
        raise KeyError(text)

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)


def _pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    for message in catalogue:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if ids[0]:
            yield from zip(ids, strings, strict=False)


def _bare(text: str) -> str:
    return _NAME.sub(" ", text)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(piece) for piece in _NAME.split(text)), re.DOTALL)
