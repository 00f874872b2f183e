"""A code that anybody may have made is shown without what acts on the words around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.code_words import no_article_words
from app.ui.shown_code import SHOWN, shown_code
from app.usecases.find_article import CodeProblem, NoArticle


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\n", "\r", "\x00", "\x1d", "\x1b", "\ufeff", "\u2028"])
def test_nothing_in_it_turns_or_breaks_the_sentence(sign):
    assert shown_code(f"12{sign}34") == "12 34"
    assert sign not in no_article_words(NoArticle(CodeProblem.UNKNOWN, f"12{sign}34"))


@given(st.text(max_size=5000))
def test_it_is_short_and_printable_whatever_it_is(code):
    seen = shown_code(code)
    assert len(seen) <= SHOWN + 1
    assert seen.isprintable()
