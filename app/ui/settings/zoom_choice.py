"""Owns the choice of how large everything is, and the button that starts the window again. Decides nothing: what fits
on this screen is known to `style/zoom.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.settings import ZOOM_PERCENTS
from app.ui.components.layouts import column
from app.ui.components.segments import Segments
from app.ui.components.text import label
from app.ui.settings.sheet import in_row, sheet_button
from app.ui.style.look import Look
from app.ui.style.tokens import SMALLEST_WINDOW, Role, Space, Type
from app.ui.style.zoom import room_here, zoom_in_force, zooms_that_fit


class ZoomChoice(QWidget):
    """The choice, what of it this screen has no room for, and the way to see it.

    Signals:
        chosen: percent.
    """

    chosen = Signal(int)

    def __init__(self, look: Look, start_again: Callable[[], None] | None) -> None:
        """Args: start_again: None where nobody would start the window again."""
        super().__init__()
        choices = [(str(percent), tr("{percent} %").format(percent=percent)) for percent in ZOOM_PERCENTS]
        self.choice = Segments(look, choices, tr("Size of everything"))
        self.choice.setObjectName("zoom")
        self.too_large = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self.too_large.setObjectName("zoom-too-large")
        self._waits = label(
            tr("The new size and language show when the window has started again. A basket under way is put aside."),
            Type.BODY,
            Role.INFO,
            wrap=True,
        )
        self.again = sheet_button(look, tr("Start the window again"), "start-again", start_again or (lambda: None))
        self._can_start_again = start_again is not None
        self.setLayout(column(self.choice, self.too_large, self._waits, in_row(self.again), gap=Space.INSIDE))
        self.choice.chosen.connect(lambda key: self.chosen.emit(int(key)))

    def show_chosen(self, percent: int, language_waits: bool) -> None:
        """Args: language_waits: another language than the one in force was chosen."""
        self.offer(room_here())
        self.choice.choose(str(percent))
        waits = percent != zoom_in_force() or language_waits
        self._waits.setVisible(waits)
        self.again.setVisible(waits and self._can_start_again)

    def offer(self, room_at_100: QSize) -> None:
        """Let nobody choose what leaves no room for the smallest window."""
        too_large = [percent for percent in ZOOM_PERCENTS if percent not in zooms_that_fit(room_at_100)]
        self.choice.bar([str(percent) for percent in too_large])
        self.too_large.setVisible(bool(too_large))
        if too_large:
            words = tr(
                "From {percent} % on too little would fit: this screen has {width} × {height}, Comptoir needs "
                "{least_width} × {least_height} times the size."
            )
            self.too_large.setText(
                words.format(
                    percent=too_large[0],
                    width=room_at_100.width(),
                    height=room_at_100.height(),
                    least_width=SMALLEST_WINDOW[0],
                    least_height=SMALLEST_WINDOW[1],
                )
            )
