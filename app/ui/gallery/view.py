"""Owns the gallery's window: every exhibit under its name and state, the theme and the zoom to see it in. Decides
nothing; to change the zoom is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QMainWindow, QWidget

from app.i18n import tr
from app.settings import ZOOM_PERCENTS
from app.ui.components.layouts import Item, column, pane, row, rule, scrolling
from app.ui.components.segments import Segments
from app.ui.components.text import label
from app.ui.gallery.exhibits import Exhibit, State, all_exhibits
from app.ui.gallery.shown_states import untouchable
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, ThemeName, Type

CONTENT_PX = 1280
_ABREAST = 4


class Gallery(QMainWindow):
    """All shared widgets in all their states.

    Attributes:
        content: what a picture is taken of.
        exhibited: every exhibit with the widget that shows it.
    """

    def __init__(self, look: Look, zoom_percent: int, on_zoom: Callable[[int, ThemeName], None]) -> None:
        """Args: on_zoom: another zoom, and the theme of now, were asked for."""
        super().__init__()
        self.setWindowTitle(tr("Gallery"))
        self.setObjectName("gallery")
        self.theme = Segments(look, _themes(), tr("Theme"))
        self.theme.choose(look.theme)
        self.theme.chosen.connect(look.use)
        percents = [(str(percent), tr("{percent} %").format(percent=percent)) for percent in ZOOM_PERCENTS]
        self.zoom = Segments(look, percents, tr("Size of everything"))
        self.zoom.choose(str(zoom_percent))
        self.zoom.chosen.connect(lambda key: on_zoom(int(key), look.theme))
        self.exhibited: list[tuple[Exhibit, QWidget]] = []
        self.content = pane(self._all(look), Role.SURFACE)
        self.content.setFixedWidth(CONTENT_PX)
        top = pane(row(self.theme, self.zoom, gap=Space.AROUND, around=Space.NEAR), Role.RAISED)
        self.setCentralWidget(pane(column(top, rule(), scrolling(row(None, self.content, None)), gap=0), Role.SURFACE))
        for exhibit, widget in self.exhibited:
            exhibit.then(widget)
            untouchable(widget)
        self.resize(CONTENT_PX + 2 * Space.AROUND, 9 * CONTENT_PX // 16)

    def save_picture(self, file: Path) -> bool:
        """Write the whole of it as a PNG; False if the file cannot be written."""
        self.content.adjustSize()
        return self.content.grab().save(str(file), "PNG")

    def _all(self, look: Look):
        parts: list[Item] = []
        for kind, exhibits in groupby(all_exhibits(), lambda exhibit: exhibit.kind):
            parts += [label(kind.__name__, Type.TITLE, strong=True), self._group(look, list(exhibits)), rule()]
        return column(*parts, gap=Space.BETWEEN, around=Space.AROUND)

    def _group(self, look: Look, exhibits: list[Exhibit]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.AROUND)
        grid.setVerticalSpacing(Space.BETWEEN)
        line = place = 0
        for exhibit in exhibits:
            widget = exhibit.build(look)
            self.exhibited.append((exhibit, widget))
            shown = column(label(_caption(exhibit), Type.CAPTION, Role.MUTED), row(widget, *_room_beside(exhibit)))
            if exhibit.wide and place:
                line, place = line + 1, 0
            grid.addLayout(shown, line, place, 1, _ABREAST if exhibit.wide else 1)
            place += _ABREAST if exhibit.wide else 1
            if place >= _ABREAST:
                line, place = line + 1, 0
        for number in range(_ABREAST):
            grid.setColumnStretch(number, 1)
        return grid


def _room_beside(exhibit: Exhibit) -> tuple[Item, ...]:
    return () if exhibit.wide else (None,)


def _caption(exhibit: Exhibit) -> str:
    state = state_words(exhibit.state)
    return f"{state} · {exhibit.about}" if exhibit.about else state


def state_words(state: State) -> str:
    return {
        State.NORMAL: tr("at rest"),
        State.FOCUS: tr("with the focus"),
        State.PRESSED: tr("pressed"),
        State.DISABLED: tr("not available now"),
        State.ERROR: tr("refused"),
        State.LOADING: tr("waiting"),
        State.EMPTY: tr("empty"),
    }[state]


def _themes() -> list[tuple[str, str]]:
    words = {ThemeName.LIGHT: tr("Light"), ThemeName.DARK: tr("Dark"), ThemeName.SUNLIGHT: tr("Sunlight")}
    return [(str(theme), words[theme]) for theme in ThemeName]
