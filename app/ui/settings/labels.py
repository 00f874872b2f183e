"""Owns what a shop says of its scale's labels on the settings screen, and what one label would become. No widget, no
wording.

The table itself is a setting: it is saved, and asked leave for, as all others are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.scale_labels import BadLabel, LabelParts, split_label
from app.domain.scanned import ArticleNumber, OrderCode, what_is
from app.settings import ScaleLabelSettings
from app.ui.task_runner import Lane, Runner, Task
from app.usecases.find_article import ArticleFound, CodeReading, NoArticle, find_article
from app.usecases.queries import Queries

PREFIXES = tuple(str(prefix) for prefix in range(20, 30))
KINDS = ("weight", "price", "by_article")
USUAL_ITEM_DIGITS = 5


@dataclass(frozen=True, slots=True)
class LabelTried:
    """What a scanned label would become in a sale.

    Attributes:
        parts: as the table takes it apart; None if no row is for it.
        figures: of its value.
    """

    code: str
    found: ArticleFound | NoArticle
    parts: LabelParts | BadLabel | None = None


@dataclass(frozen=True, slots=True)
class LabelsState:
    """All that the sheet shows. `prefix` is the row in the fields; `tried` is None until something was scanned."""

    prefix: str = PREFIXES[0]
    tried: LabelTried | None = None
    failure: Exception | None = None


class LabelsView(Protocol):
    """What the presenter shows itself with."""

    def show_labels(self, state: LabelsState) -> None: ...


class LabelsPresenter:
    """One label after another; nothing is recorded."""

    def __init__(self, queries: Queries, runner: Runner, reading: Callable[[], CodeReading], view: LabelsView) -> None:
        self._queries = queries
        self._runner = runner
        self._reading = reading
        self._view = view
        self._task = Task()
        self.state = LabelsState()

    def choose_prefix(self, prefix: str) -> None:
        self._change(prefix=prefix)

    def scanned(self, text: str) -> bool:
        """A scan while the sheet is shown; False for an order's code, which leads to its order."""
        meant = what_is(text)
        if isinstance(meant, OrderCode):
            return False
        code = meant.code if isinstance(meant, ArticleNumber) else text
        queries, reading = self._queries, self._reading()
        parts = _first_parts(code, reading)
        self._task.forget()
        self._task = self._runner.run(
            Lane.STORE,
            lambda: find_article(queries, reading, text),
            lambda found: self._tried(LabelTried(code, found, parts)),
            lambda failure: self._change(tried=None, failure=failure),
        )
        return True

    def _tried(self, tried: LabelTried) -> None:
        known = tried.code[:2] in PREFIXES and len(tried.code) == 13
        self._change(tried=tried, failure=None, **({"prefix": tried.code[:2]} if known else {}))

    def _change(self, **values: object) -> None:
        self.state = replace(self.state, **values)
        self._view.show_labels(self.state)


def row_of(labels: Sequence[ScaleLabelSettings], prefix: str) -> ScaleLabelSettings | None:
    return next((label for label in labels if label.prefix == prefix), None)


def with_row(
    labels: Sequence[ScaleLabelSettings], prefix: str, kind: str, item_digits: int
) -> tuple[ScaleLabelSettings, ...]:
    """The table with this row changed, or without it if the kind is none; in order of prefixes."""
    others = [label for label in labels if label.prefix != prefix]
    if kind in KINDS:
        others.append(ScaleLabelSettings(prefix, item_digits, kind))
    return tuple(sorted(others, key=lambda label: label.prefix))


def preset(kind: str) -> tuple[ScaleLabelSettings, ...]:
    """Every prefix of this kind, five figures each; the empty table for any other word."""
    return tuple(ScaleLabelSettings(prefix, USUAL_ITEM_DIGITS, kind) for prefix in PREFIXES) if kind in KINDS else ()


def _first_parts(code: str, reading: CodeReading) -> LabelParts | BadLabel | None:
    return next((parts for template in reading.templates if (parts := split_label(code, template)) is not None), None)
