"""Owns which page of tiles is shown and what each input means while tiles are arranged. No widget, no SQL, no basket.

The arrangement is a draft until it is finished; it is kept with the settings of this till. A shop that arranged nothing
has the articles without a bar code and those sold most, as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.settings import SettingsNotWritten, TilePageSettings
from app.ui.article_finder import TILES, ArticleFinder
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.state import NoticeKind, Step
from app.ui.checkout.tile_pages import TilePages
from app.ui.input_grammar import Code, parse_input
from app.ui.screen import How
from app.usecases.find_article import ArticleFound, NoArticle, find_article
from app.usecases.queries import ProductRow


class Naming(StrEnum):
    """What the next text is the name of."""

    NOTHING = "nothing"
    NEW_PAGE = "new_page"
    THIS_PAGE = "this_page"


@dataclass(frozen=True, slots=True)
class TileState:
    """What is shown beside the tiles themselves.

    Attributes:
        names: of the pages, () while nothing was arranged.
        held: the article whose tile was lifted and moves with the arrows, "" for none.
    """

    names: tuple[str, ...] = ()
    page: int = 0
    arranging: bool = False
    held: str = ""
    naming: Naming = Naming.NOTHING


class TileDesk:
    """The pages of tiles."""

    def __init__(self, flow: SaleFlow, finder: ArticleFinder, first_name: Callable[[], str]) -> None:
        """`first_name`: what the first page is called until somebody names it."""
        self._flow = flow
        self._finder = finder
        self._first_name = first_name
        self._draft = TilePages((TilePageSettings(""),))
        self._past: list[tuple[TilePages, int]] = []
        self._rows: dict[str, ProductRow] = {}
        self.state = TileState()
        finder.tiles_from = self._reader

    # --- looking ----------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the tiles anew, unless somebody is arranging them."""
        if not self.state.arranging:
            names = tuple(page.name for page in self._saved())
            self._change(names=names, page=min(self.state.page, max(len(names) - 1, 0)))
            self._finder.load_tiles()

    def turn(self, steps: int) -> None:
        """The next page or the one before, round and round; a lifted tile comes along."""
        if len(self.state.names) > 1:
            self.show_page((self.state.page + steps) % len(self.state.names))

    def show_page(self, page: int) -> None:
        if not self.state.arranging:
            self._change(page=page)
            self._finder.load_tiles()
            return
        if self.state.held:
            self._arrange(self._draft.with_tile(page, self.state.held))
        self._change(page=page)
        self._show(self.state.held)

    def _saved(self) -> Sequence[TilePageSettings]:
        return self._flow.around.settings().tile_pages

    def _reader(self) -> Callable[[], Sequence[ProductRow]]:
        """What reads the page shown now, to be called in a lane."""
        queries, pages = self._flow.around.queries, self._saved()
        if not pages:
            return lambda: queries.favourite_products(TILES)
        ids = pages[min(self.state.page, len(pages) - 1)].product_ids
        return lambda: [row for row in map(queries.product, ids) if row is not None and row.product.active]

    # --- arranging --------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Ctrl+T: begin to arrange, or finish."""
        if self.state.arranging:
            self.finish()
        else:
            self.begin()

    def begin(self) -> None:
        """Arrange the tiles shown; nothing is sold meanwhile."""
        if self._flow.state.step is not Step.SELL or self._flow.waiting or self.state.arranging:
            self._flow.refuse(NoticeKind.ANSWER_FIRST)
            return
        queries, saved, tiles = self._flow.around.queries, self._saved(), self._finder.tiles
        ids = dict.fromkeys(each for page in saved for each in page.product_ids)

        def came(rows: Sequence[ProductRow | None]) -> None:
            known = [*tiles, *(row for row in rows if row is not None and row.product.active)]
            self._rows = {row.product.product_id: row for row in known}
            as_sold = TilePageSettings(self._first_name(), tuple(row.product.product_id for row in tiles))
            self._draft = TilePages(tuple(saved) or (as_sold,))
            self._past.clear()
            self._change(arranging=True, held="", naming=Naming.NOTHING)
            self._flow.change(notice=None)
            self._show("")

        self._flow.ask_store(lambda: [queries.product(each) for each in ids], came)

    def finish(self) -> None:
        """Keep the arrangement. If the disk refuses it, it stays a draft."""
        if self._draft.kept != tuple(self._saved()):
            try:
                self._flow.around.save_tiles(self._draft.kept)
            except SettingsNotWritten as error:
                self._flow.store_failed(error)
                return
        self._change(arranging=False, held="", naming=Naming.NOTHING)
        self._flow.change(notice=None)
        self._finder.typed("")
        self.load()

    def go_back(self) -> None:
        """Esc: out of what was begun last, at the end out of arranging, which keeps it."""
        if self.state.naming is not Naming.NOTHING:
            self._change(naming=Naming.NOTHING)
        elif self._finder.found.text:
            self._show("")
        elif self.state.held:
            self._put_down()
        else:
            self.finish()

    def enter(self) -> None:
        """Enter in the empty box: lift the tile chosen, or put it down."""
        row = self._finder.current()
        if self._finder.found.text and row is not None:
            self._add(row)
        elif self.state.held:
            self._put_down()
        elif row is not None:
            self._change(held=row.product.product_id)

    def pick(self, index: int) -> None:
        """A tile or a result was touched."""
        row = self._finder.found.rows[index]
        if self._finder.found.text:
            self._flow.view.empty_box()
            self._add(row)
        elif self.state.held:
            self._put_down()
            self._show(row.product.product_id)
        else:
            self._show(row.product.product_id)

    def walk(self, steps: int) -> None:
        """Arrows: through the tiles, or with the tile that was lifted."""
        row, rows = self._finder.current(), self._finder.found.rows
        if self._finder.found.text or not self.state.held or row is None:
            self._finder.move(steps)
            return
        target = min(max(self._finder.found.current + steps, 0), len(rows) - 1)
        self._move(row.product.product_id, rows[target].product.product_id, after=steps > 0)

    def drop(self, product_id: str, onto: int) -> None:
        """A tile was dragged to another's place."""
        rows = [row.product.product_id for row in self._finder.found.rows]
        if product_id in rows and 0 <= onto < len(rows):
            self._move(product_id, rows[onto], after=rows.index(product_id) < onto)

    def drop_on_page(self, product_id: str, page: int) -> None:
        """A tile was dragged onto a page's name."""
        self._arrange(self._draft.with_tile(page, product_id))
        self._show("")

    def remove(self) -> None:
        """Del: the tile chosen; its article stays in the catalogue."""
        row = self._finder.current()
        if row is not None and not self._finder.found.text:
            self._arrange(self._draft.without(row.product.product_id))
            self._change(held="")
            self._show("", at=self._finder.found.current)

    def ask_name(self, naming: Naming) -> None:
        """The next text names a new page, or this one."""
        self._change(naming=naming)

    def take(self, text: str, how: str) -> None:
        """Text with Enter, or a scan."""
        if self.state.naming is not Naming.NOTHING and how == How.TYPED:
            self._name(text)
            return
        meaning, current = parse_input(text), self._finder.current()
        if how == How.TYPED and not isinstance(meaning, Code) and self._finder.results_for(text) and current:
            self._add(current)
        elif how == How.TYPED and not isinstance(meaning, Code):
            self._search(text)
        else:
            self._scan(meaning.code if isinstance(meaning, Code) else text)

    def undo(self) -> None:
        """Ctrl+Z: the arrangement as it was before its last change, as long as it is being arranged."""
        if not self._past:
            self._flow.refuse(NoticeKind.NOTHING_TO_UNDO)
            return
        self._draft, page = self._past.pop()
        self._change(page=page, held="", naming=Naming.NOTHING)
        self._flow.say(NoticeKind.UNDONE)
        self._show("")

    # --- inside -----------------------------------------------------------------------------------

    def _name(self, name: str) -> None:
        naming, page = self.state.naming, self.state.page
        if naming is Naming.THIS_PAGE:
            self._arrange(self._draft.renamed(page, name))
        else:
            self._arrange(self._draft.with_page(name))
            page = len(self._draft.pages) - 1
        self._change(naming=Naming.NOTHING, page=page, held="")
        self._show("")

    def _scan(self, code: str) -> None:
        queries, reading = self._flow.around.queries, self._flow.around.reading()

        def came(found: ArticleFound | NoArticle) -> None:
            if isinstance(found, ArticleFound):
                self._add(found.row)
            else:
                self._flow.refuse(NoticeKind.UNKNOWN_CODE, code=code[:32])

        self._flow.ask_store(lambda: find_article(queries, reading, code), came)

    def _search(self, words: str) -> None:
        queries = self._flow.around.queries

        def came(rows: Sequence[ProductRow]) -> None:
            if rows:
                self._finder.show_results(words, rows)
                if len(rows) == 1:
                    self._add(rows[0])
            else:
                self._flow.refuse(NoticeKind.NO_MATCH, text=words)

        self._flow.ask_store(lambda: queries.search_products(words), came)

    def _add(self, row: ProductRow) -> None:
        product_id = row.product.product_id
        self._rows[product_id] = row
        self._arrange(self._draft.with_tile(self.state.page, product_id))
        self._change(held="")
        self._flow.change(notice=None)
        self._show(product_id)

    def _move(self, product_id: str, beside: str, *, after: bool) -> None:
        self._arrange(self._draft.moved(self.state.page, product_id, beside, after=after))
        self._show(product_id)

    def _arrange(self, draft: TilePages) -> None:
        if draft != self._draft:
            self._past.append((self._draft, self.state.page))
            self._draft = draft

    def _put_down(self) -> None:
        self._change(held="")

    def _show(self, chosen: str, at: int = -1) -> None:
        """The draft's page, with this tile chosen, or the one at this place."""
        ids = [each for each in self._draft.pages[self.state.page].product_ids if each in self._rows]
        rows = [self._rows[each] for each in ids]
        self._finder.show_tiles(rows, ids.index(chosen) if chosen in ids else min(at, len(rows) - 1))

    def _change(self, **values: object) -> None:
        changed = replace(self.state, **values)  # type: ignore[arg-type]  # names checked by the dataclass at run time
        if changed.arranging:
            changed = replace(changed, names=tuple(page.name for page in self._draft.pages))
        self.state = changed
        self._flow.view.show_tiles(self.state)
