"""Owns what stands over the tiles: the names of their pages and, while they are arranged, what can be done with them.
Decides nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.i18n import tr
from app.ui.checkout.pieces import button
from app.ui.checkout.tile_desk import Naming, TileState
from app.ui.components.buttons import Kind
from app.ui.components.layouts import pane, row
from app.ui.components.segments import Segments
from app.ui.style.look import Look
from app.ui.style.tokens import Space


class TileStrip(QWidget):
    """Hidden while there is one page and nobody arranges.

    Signals:
        page_chosen: the index of a page; named: a page is to be named, as a `Naming`; removed; finished.
    """

    page_chosen = Signal(int)
    named = Signal(str)
    removed = Signal()
    finished = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._names: tuple[str, ...] = ()
        self._pages: Segments | None = None
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.INSIDE)
        self._tools = pane(
            row(
                button(
                    look, tr("Done"), tr("Esc"), Kind.MAIN, name="tiles-done", on_click=self.finished.emit, tall=False
                ),
                button(look, tr("Take out"), tr("Del"), name="tile-out", on_click=self.removed.emit),
                button(look, tr("New page"), name="tiles-new-page", on_click=lambda: self.named.emit(Naming.NEW_PAGE)),
                button(look, tr("Rename"), name="tiles-rename", on_click=lambda: self.named.emit(Naming.THIS_PAGE)),
                None,
                gap=Space.HAIR,
            )
        )
        self._column.addWidget(self._tools)
        self.setLayout(self._column)
        self.setObjectName("tile-strip")
        self.hide()

    def show_state(self, state: TileState) -> None:
        if state.names != self._names:
            self._names = state.names
            self._make_pages()
        if self._pages is not None:
            self._pages.choose(str(state.page))
            self._pages.setVisible(len(state.names) > 1)
        self._tools.setVisible(state.arranging)
        self.setVisible(state.arranging or len(state.names) > 1)

    def page_at(self, place: QPoint) -> int:
        """The page whose name is at a place in global pixels, -1 for none."""
        pages = self._pages
        if pages is None or not pages.isVisible() or not pages.rect().contains(pages.mapFromGlobal(place)):
            return -1
        here = pages.mapFromGlobal(place)
        return next((at for at in range(len(self._names)) if pages.place_of(str(at)).contains(here)), -1)

    def _make_pages(self) -> None:
        if self._pages is not None:
            self._pages.hide()
            self._pages.deleteLater()
            self._pages = None
        if self._names:
            choices = [(str(at), name or str(at + 1)) for at, name in enumerate(self._names)]
            pages = Segments(self._look, choices, tr("Pages of tiles"))
            pages.setObjectName("tile-pages")
            pages.setMinimumWidth(1)  # long names are shortened, the half is never widened
            pages.chosen.connect(lambda key: self.page_chosen.emit(int(key)))
            self._column.insertWidget(0, pages)
            self._pages = pages
