"""Owns the marks on each paper of the practice shop: none of them can pass for a document of a real one (R12).

A receipt made in training is marked where it is laid out; these marks are for every paper, whatever it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.printing.folding import Fold
from app.printing.lines import CutLine, PrintLine
from app.printing.paper import Paper
from app.printing.parts import training_mark

_AGAIN_AFTER_LINES = 24
"""A long paper says it in between too: the head may be torn off."""


def marked_as_practice(lines: Sequence[PrintLine], width: int, fold: Fold) -> list[PrintLine]:
    """The same paper with the mark above, below and in between; a paper that is cut in pieces has it on each."""
    explained, mark = _mark(width, fold, explained=True), _mark(width, fold, explained=False)
    whole: list[PrintLine] = []
    for piece, cut in _pieces(lines):
        if piece:
            whole += explained
            for start in range(0, len(piece), _AGAIN_AFTER_LINES):
                whole += [*piece[start : start + _AGAIN_AFTER_LINES], *mark]
        whole += cut
    return whole


def _mark(width: int, fold: Fold, *, explained: bool) -> list[PrintLine]:
    paper = Paper(width, fold)
    training_mark(paper, True, explained=explained)
    return paper.lines


def _pieces(lines: Sequence[PrintLine]) -> list[tuple[list[PrintLine], list[PrintLine]]]:
    """What is between two cuts, and the cut after it."""
    pieces: list[tuple[list[PrintLine], list[PrintLine]]] = [([], [])]
    for line in lines:
        if isinstance(line, CutLine):
            pieces[-1][1].append(line)
            pieces.append(([], []))
        else:
            pieces[-1][0].append(line)
    return pieces
