from __future__ import annotations

from pathlib import Path

import pytest

from app import i18n
from app.i18n import Translator
from resources.locale.translations import compile_catalogue

PARTS = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Ready"
msgstr "Prête"

msgid "{n} order"
msgid_plural "{n} orders"
msgstr[0] "{n} commande"
msgstr[1] "{n} commandes"
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "fr" / "parts").mkdir(parents=True)
    (tmp_path / "fr" / "parts" / "a.po").write_text(PARTS, encoding="utf-8")
    compile_catalogue(tmp_path / "fr")
    return tmp_path


def test_french_is_spoken_first(directory: Path) -> None:
    translator = Translator(directory)

    assert translator.language == "fr"
    assert translator.translate("Ready") == "Prête"


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [(0, "{n} commande", "{n} orders"), (1, "{n} commande", "{n} order"), (2, "{n} commandes", "{n} orders")],
)
def test_the_form_fits_the_count(directory: Path, count: int, french: str, english: str) -> None:
    translator = Translator(directory)
    assert translator.translate_number("{n} order", "{n} orders", count) == french
    translator.speak("en")
    assert translator.translate_number("{n} order", "{n} orders", count) == english


def test_changing_the_language_changes_what_is_said_next(directory: Path) -> None:
    translator = Translator(directory)
    translator.speak("en")
    assert translator.translate("Ready") == "Ready"
    translator.speak("fr")
    assert translator.translate("Ready") == "Prête"


def test_a_text_without_translation_is_said_as_it_is(directory: Path) -> None:
    translator = Translator(directory)

    assert translator.translate("Not yet translated") == "Not yet translated"
    assert translator.translate("") == ""
    assert Translator(directory / "nowhere").translate("Ready") == "Ready"


def test_a_language_nobody_translated_is_refused(directory: Path) -> None:
    with pytest.raises(ValueError, match="'de'"):
        Translator(directory).speak("de")


def test_the_functions_speak_the_one_language_of_the_process() -> None:
    i18n.set_language("en")
    assert i18n.language() == "en"
    assert i18n.tr("A text of no screen") == "A text of no screen"
    assert i18n.trn("one", "many", 2) == "many"
    assert i18n.msgid("kept") == "kept"
