"""Owns finding articles on the sale and stock screens: tiles, and search as one types. Codes are `find_article`'s.

Never changes a basket or a level; never shows anything itself. Every look-up runs in the store's lane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.ui.task_runner import Failed, Lane, Runner
from app.usecases.queries import ProductRow, Queries

TILES = 30
RESULTS = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Search results for a text, or the tiles when `text` is "". `current` is -1 if none is chosen."""

    text: str
    rows: Sequence[ProductRow]
    current: int = -1


class ArticleFinder:
    """Tiles and search results; one search runs at a time, and only the newest text is worth the next."""

    def __init__(self, queries: Queries, runner: Runner, on_found: Callable[[Found], None], on_failed: Failed) -> None:
        self._queries = queries
        self._runner = runner
        self._on_found = on_found
        self._on_failed = on_failed
        self._wanted = ""
        self._running = False
        self.tiles: Sequence[ProductRow] = ()
        self.tiles_from: Callable[[], Callable[[], Sequence[ProductRow]]] = lambda: self._favourites
        self.found = Found("", ())

    def load_tiles(self) -> None:
        self._runner.run(Lane.STORE, self.tiles_from(), self._tiles_came, self._on_failed)

    def _favourites(self) -> Sequence[ProductRow]:
        return self._queries.favourite_products(TILES)

    def typed(self, text: str) -> None:
        """Search for this text soon; "" shows the tiles."""
        self._wanted = text
        if not text:
            tiles = Found("", self.tiles)
            if tiles != self.found:
                self._show(tiles)
        elif not self._running:
            self._search(text)

    def results_for(self, text: str) -> Found | None:
        """The results shown, if they are those of this text."""
        return self.found if text and self.found.text == text else None

    def show_results(self, text: str, rows: Sequence[ProductRow]) -> None:
        """Results that came another way, to choose from."""
        self._wanted = text
        self._show(Found(text, rows, 0 if rows else -1))

    def show_tiles(self, rows: Sequence[ProductRow], current: int) -> None:
        """Tiles that were not read by `load_tiles`: they are being arranged."""
        self._wanted = ""
        self.tiles = rows
        self._show(Found("", rows, current))

    def move(self, steps: int) -> None:
        """Walk through what is shown; stops at both ends."""
        if self.found.rows:
            self.select(min(max(self.found.current + steps, 0), len(self.found.rows) - 1))

    def select(self, index: int) -> None:
        self._show(replace(self.found, current=index))

    def current(self) -> ProductRow | None:
        return self.found.rows[self.found.current] if 0 <= self.found.current < len(self.found.rows) else None

    def _search(self, text: str) -> None:
        self._running = True
        self._runner.run(
            Lane.STORE,
            lambda: self._queries.search_products(text, RESULTS),
            lambda rows: self._search_came(text, rows),
            self._search_failed,
        )

    def _search_came(self, text: str, rows: Sequence[ProductRow]) -> None:
        self._running = False
        if text == self._wanted:
            self.show_results(text, rows)
        elif self._wanted:
            self._search(self._wanted)

    def _search_failed(self, error: Exception) -> None:
        self._running = False
        self._on_failed(error)

    def _tiles_came(self, rows: Sequence[ProductRow]) -> None:
        self.tiles = rows
        if not self._wanted:
            self._show(Found("", rows, min(self.found.current, len(rows) - 1)))

    def _show(self, found: Found) -> None:
        self.found = found
        self._on_found(found)
