"""Owns the language Comptoir speaks: English msgids in the source, French by default for people.

Never holds a text of its own and never formats numbers or dates. A msgid without a translation is shown as it is, so a
gap in a catalogue is an English word on screen, never a crash.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from app.paths import locale_dir

DOMAIN = "comptoir"
SOURCE_LANGUAGE = "en"
LANGUAGES = ("fr", "en")


class Translator:
    """The texts of one language at a time, read when first needed. Safe to ask from any thread."""

    def __init__(self, directory: Path, language: str = LANGUAGES[0]) -> None:
        self._directory = directory
        self._language = language
        self._texts: gettext.NullTranslations | None = None

    @property
    def language(self) -> str:
        return self._language

    def speak(self, language: str) -> None:
        """Change language; raises ValueError for one that Comptoir does not have."""
        if language not in LANGUAGES:
            raise ValueError(f"{language!r} is not one of {LANGUAGES}")
        self._language = language
        self._texts = None

    def translate(self, message: str) -> str:
        # gettext answers "" with the catalogue's header
        return self._loaded().gettext(message) if message else ""

    def translate_number(self, singular: str, plural: str, count: int) -> str:
        return self._loaded().ngettext(singular, plural, count)

    def _loaded(self) -> gettext.NullTranslations:
        texts = self._texts
        if texts is None:
            texts = self._load()
            self._texts = texts
        return texts

    def _load(self) -> gettext.NullTranslations:
        if self._language == SOURCE_LANGUAGE:
            return gettext.NullTranslations()
        return gettext.translation(DOMAIN, self._directory, languages=[self._language], fallback=True)


_spoken = Translator(locale_dir())
"""The one language of this process: it is chosen once, at start-up, and asked in several hundred places."""


def set_language(language: str) -> None:
    """Speak `fr` or `en` from now on; raises ValueError for another. Texts already on screen stay as they are."""
    _spoken.speak(language)


def language() -> str:
    """The language spoken now, `fr` or `en`."""
    return _spoken.language


def tr(message: str) -> str:
    """The message in the language spoken. Give it a literal; put values in with `.format(name=...)` afterwards."""
    return _spoken.translate(message)


def msgid(message: str) -> str:
    """Mark a text that is kept in a table and goes to `tr` later, so that the check for missing French sees it."""
    return message


def trn(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count (in French 0 is singular). The count is not put in."""
    return _spoken.translate_number(singular, plural, count)
