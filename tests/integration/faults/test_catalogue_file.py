"""Catalogue files as they come, by the real `import`: each bad row is named in both languages, the others are in."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.paths import database_path
from tests.integration.faults.conftest import Commands, assert_sentences, contents, speak

HEAD = "nom;prix;tva;code;stock\n"
GOOD = "Miel;4,50;5,5;3017620422003;3\n"
BAD_ROWS = {
    "bad check digit": ("Miel;4,50;5,5;3017620422004;3\n", "bad_check_digit"),
    "code spoilt by a spreadsheet": ("Miel;4,50;5,5;3,01762E+12;3\n", "spoilt_code"),
    "negative price": ("Miel;-4,50;5,5;T1;3\n", "negative_price"),
    "absurd price": ("Miel;3017620422003;5,5;T1;3\n", "absurd_price"),
    "no price": ("Miel;;5,5;T1;3\n", "no_price"),
    "no number": ("Miel;gratuit;5,5;T1;3\n", "price_not_understood"),
    "five thousand digits": (f"Miel;{'9' * 5000};5,5;T1;3\n", "absurd_price"),
    "no rate": ("Miel;4,50;7;T1;3\n", "unknown_vat_rate"),
    "no name": (";4,50;5,5;T1;3\n", "no_name"),
    "no stock": ("Miel;4,50;5,5;T1;-3\n", "bad_stock"),
    "an endless stock": (f"Miel;4,50;5,5;T1;{'9' * 5000}\n", "bad_stock"),
    "one cell too many": ("Miel;4,50;5,5;T1;3;4\n", "too_many_cells"),
    "a code twice": ("Miel;4,50;5,5;T1;3\nCire;4,50;5,5;T1;3\n", "code_twice_in_file"),
}
BAD_FILES = {
    "empty": (b"", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not_text"),
    "no headings": (b"Miel;4,50;5,5\nCire;3,00;20\n", "no_header"),
    "no name": (b"prix;tva\n4,50;5,5\n", "no_name_column"),
    "no price": (b"nom;tva\nMiel;5,5\n", "no_price_column"),
    "two prices": (b"nom;prix;price\nMiel;4,50;4,60\n", "repeated_column"),
    "quotes never closed": (b'nom;prix;tva\n"Miel;4,50;5,5\n' + b"Cire;3;20\n" * 50_000, "broken_quotes"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "articles.csv"


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_a_bad_row_is_named_and_the_others_are_in(ask: Commands, file: Path, kind: str) -> None:
    rows, reason = BAD_ROWS[kind]
    file.write_text(HEAD + "Sel;1,00;5,5;S1;7\n" + rows, encoding="utf-8")
    said = []
    for language in ("en", "fr"):
        speak(language)
        answer = ask("import", str(file))
        assert answer["reason"] == "rows_refused"
        assert answer["new"] + answer["unchanged"] == len(rows.splitlines())
        assert [(row["line"], row["reason"]) for row in answer["refused"]] == [(2 + len(rows.splitlines()), reason)]
        assert len(answer["refused"][0]["value"]) <= 100
        said.append(answer["message"])
    assert_sentences(*said)
    assert ask.done("stock", "S1")["articles"][0]["physical"] == 7


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_changes_nothing(ask: Commands, file: Path, kind: str) -> None:
    file.write_text(HEAD + GOOD, encoding="utf-8")
    ask.done("import", str(file))
    content, reason = BAD_FILES[kind]
    file.write_bytes(content)
    assert ask.refused("import", str(file)) == reason


def test_again_is_no_change_and_a_refused_row_keeps_what_was_there(ask: Commands, file: Path) -> None:
    file.write_text(HEAD + GOOD, encoding="utf-8")
    ask.done("import", str(file))
    before = contents(database_path())
    assert ask.done("import", str(file))["unchanged"] == 1
    file.write_text(HEAD + GOOD.replace("4,50", "-4,50"), encoding="utf-8")
    assert ask("import", str(file))["reason"] == "rows_refused"
    assert contents(database_path()) == before
