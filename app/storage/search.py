"""Owns how typed words become full-text queries, and the full-text tables. Never reads or writes a row.

SQLite's own folding finds neither "oeuf" for the ligature nor "strasse", so the tables index our folded column. Words
are found by their beginning (prefix tables of 1 to 3 letters make the first keystrokes cheap), parts of words by their
trigrams. No rank: on short words it costs a hundred times the search. The tables hold no text of their own and are kept
by `repositories.catalogue`, many rows a statement: triggers would write them row by row, at six times the cost.
"""

from __future__ import annotations

TRIGRAM = 3

FULL_TEXT_SQL = (
    "CREATE VIRTUAL TABLE product_words USING fts5(folded, content='product', content_rowid='row_id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE product_parts USING fts5(folded, content='product', content_rowid='row_id', "
    "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)",
)
FULL_TEXT_TABLES = ("product_words", "product_parts")


def beginnings_query(folded_words: list[str]) -> str:
    """Every word must begin some word of the name, in any order. Words are folded: letters and digits only."""
    return " AND ".join(f'"{word}"*' for word in folded_words)


def parts_query(folded_words: list[str]) -> str:
    """Candidates that hold all three-letter parts of the words; "" if no word is long enough to ask.

    Only candidates: that the parts stand together must be checked on the row.
    """
    parts = dict.fromkeys(word[at : at + TRIGRAM] for word in folded_words for at in range(len(word) - TRIGRAM + 1))
    return " AND ".join(f'"{part}"' for part in parts)


def after_prefix(prefix: str) -> str:
    """A text after all those that begin with `prefix`: the open end of an index range."""
    return prefix + "\U0010ffff"
