"""Every refusal of a catalogue file has its sentence, in both languages."""

from __future__ import annotations

import pytest

from app.i18n import set_language
from app.ui.import_words import file_refusal, row_refusal
from app.usecases.read_catalogue_file import FileRefusal, RefusedRow, RowRefusal


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_refusal_has_a_sentence_of_its_own(language: str) -> None:
    set_language(language)
    rows = [row_refusal(RefusedRow(3, reason, "Prix", "abc")) for reason in RowRefusal]
    files = [file_refusal(reason, "prix") for reason in FileRefusal]
    assert len(set(rows)) == len(RowRefusal)
    assert len(set(files)) == len(FileRefusal)
    assert not [text for text in [*rows, *files] if "{" in text]
