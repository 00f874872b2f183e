"""Each paper of the practice shop says that nothing of it is real, wherever it is torn or cut."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.printing.fiscal_words import TRAINING_MARK
from app.printing.folding import fold_for
from app.printing.lines import CutLine, PrintLine, TextLine
from app.printing.practice_mark import marked_as_practice


def texts(lines: list[PrintLine]) -> list[str]:
    said = [line for line in lines if isinstance(line, TextLine | CutLine)]
    return ["cut" if isinstance(line, CutLine) else line.text.strip() for line in said]


def marked(lines: list[PrintLine], width: int = 48) -> list[PrintLine]:
    return marked_as_practice(lines, width, fold_for("cp1252"))


def test_above_and_below_and_on_each_piece_that_is_cut_off() -> None:
    said = texts(marked([TextLine("one"), CutLine(), TextLine("two"), CutLine()]))
    first, second = said[: said.index("cut")], said[said.index("cut") + 1 : -1]
    for piece, label in ((first, "one"), (second, "two")):
        assert piece[0] == piece[-1] == TRAINING_MARK
        assert label in piece
    assert said[-1] == "cut"


def test_in_between_on_a_long_paper() -> None:
    said = texts(marked([TextLine(str(number)) for number in range(100)]))
    places = [at for at, text in enumerate(said) if text == TRAINING_MARK]
    assert len(places) >= 4
    assert max(after - before for before, after in pairwise(places)) <= 27
    assert [text for text in said if text.isdigit()] == [str(number) for number in range(100)], "nothing is lost"


@pytest.mark.parametrize("width", [24, 32, 48, 64])
def test_it_fits_any_paper(width: int) -> None:
    assert all(line.columns <= width for line in marked([TextLine("x")], width) if isinstance(line, TextLine))
