"""Owns the words of the tiles: their pages, how they are arranged. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr
from app.ui.checkout.tile_desk import Naming, TileState
from app.ui.screen import KeyHint


def placeholder(state: TileState) -> str:
    """What the empty box says one can enter while tiles are arranged."""
    if state.naming is not Naming.NOTHING:
        return tr("Name of the page")
    return tr("Article to add: part of its name, or scan it")


def preview(state: TileState, text: str, highlighted: str) -> str:
    """What Enter would do while tiles are arranged."""
    if state.naming is not Naming.NOTHING:
        return tr("Take this name") if text.strip() else ""
    if text:
        return tr("Tile for {name}").format(name=highlighted) if highlighted else tr("Search")
    if state.held:
        return tr("Put down here")
    return tr("Lift {name}").format(name=highlighted) if highlighted else ""


def hints(state: TileState) -> list[KeyHint]:
    """The keys that count while tiles are arranged."""
    escape, enter = tr("Esc"), tr("Enter")
    if state.naming is not Naming.NOTHING:
        return [KeyHint(enter, tr("Take this name")), KeyHint(escape, tr("Back"))]
    arrows = tr("Move the tile") if state.held else tr("Choose")
    return [
        KeyHint("← ↑ ↓ →", arrows),
        KeyHint(enter, tr("Put down") if state.held else tr("Lift")),
        KeyHint("Ctrl+PgDn", tr("Next page")),
        KeyHint(tr("Del"), tr("Take out")),
        KeyHint("Ctrl+N", tr("New page")),
        KeyHint("Ctrl+M", tr("Rename")),
        KeyHint(escape, tr("Done")),
    ]
