"""Owns how tiles are grouped into pages and moved about, as one frozen value. No Qt, no look-up, no saving.

Tiles are meant by their article, never by their place: an article that is not sold for a while keeps its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.settings import MOST_TILE_NAME, MOST_TILE_PAGES, MOST_TILES, TilePageSettings


@dataclass(frozen=True, slots=True)
class TilePages:
    """At least one page."""

    pages: tuple[TilePageSettings, ...]

    @property
    def kept(self) -> tuple[TilePageSettings, ...]:
        """What is worth keeping: pages with tiles on them; none at all means tiles by what is sold."""
        return tuple(page for page in self.pages if page.product_ids)

    def page_of(self, product_id: str) -> int | None:
        """Where an article has its tile."""
        return next((at for at, page in enumerate(self.pages) if product_id in page.product_ids), None)

    def with_tile(self, at: int, product_id: str) -> TilePages:
        """A tile at the end of a page, taken from where it was; the same if the page is full."""
        if len(self.pages[at].product_ids) >= MOST_TILES and product_id not in self.pages[at].product_ids:
            return self
        pages = list(self.without(product_id).pages)
        pages[at] = replace(pages[at], product_ids=(*pages[at].product_ids, product_id))
        return TilePages(tuple(pages))

    def without(self, product_id: str) -> TilePages:
        pages = (
            replace(page, product_ids=tuple(each for each in page.product_ids if each != product_id))
            for page in self.pages
        )
        return TilePages(tuple(pages))

    def moved(self, at: int, product_id: str, beside: str, *, after: bool) -> TilePages:
        """The tile right before or after another one of its page."""
        if product_id == beside:
            return self
        ids = [each for each in self.pages[at].product_ids if each != product_id]
        ids.insert(ids.index(beside) + after, product_id)
        return self._with(at, tuple(ids))

    def with_page(self, name: str) -> TilePages:
        """An empty page at the end; the same if there are enough."""
        if len(self.pages) >= MOST_TILE_PAGES:
            return self
        return TilePages((*self.pages, TilePageSettings(_fitting(name))))

    def renamed(self, at: int, name: str) -> TilePages:
        pages = list(self.pages)
        pages[at] = replace(pages[at], name=_fitting(name))
        return TilePages(tuple(pages))

    def _with(self, at: int, product_ids: tuple[str, ...]) -> TilePages:
        pages = list(self.pages)
        pages[at] = replace(pages[at], product_ids=product_ids)
        return TilePages(tuple(pages))


def _fitting(name: str) -> str:
    return " ".join(name.split())[:MOST_TILE_NAME].strip()
