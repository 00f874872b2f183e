"""Owns the sheet of how the screen looks and sounds: language, theme, size, motion, tickets, sounds, customers' screen.
Decides nothing.
"""

from __future__ import annotations

from app.i18n import language, tr
from app.ui.components.segments import Segments
from app.ui.components.text import label
from app.ui.settings.customer_screen_choice import CustomerScreenChoice
from app.ui.settings.display import DisplaySurroundings
from app.ui.settings.presenter import SettingsPresenter, SettingsState
from app.ui.settings.sheet import Sheet, check_box, titled
from app.ui.settings.sounds_choice import SoundsChoice
from app.ui.settings.zoom_choice import ZoomChoice
from app.ui.style.look import Look
from app.ui.style.motion import desktop_reduces_motion
from app.ui.style.tokens import Role, Type


class DisplaySheet(Sheet):
    """Every choice is saved as it is made; language and size show with the next start of the window."""

    def __init__(self, look: Look, presenter: SettingsPresenter, around: DisplaySurroundings) -> None:
        self.language = Segments(look, [("fr", "Français"), ("en", "English")], tr("Language"))
        themes = [
            ("system", tr("As the computer")),
            ("light", tr("Light")),
            ("dark", tr("Dark")),
            ("sunlight", tr("Sunlight")),
        ]
        self.theme = Segments(look, themes, tr("Theme"))
        self.zoom = ZoomChoice(look, around.start_again)
        motions = [("system", tr("As the computer")), ("on", tr("Nothing moves by itself")), ("off", tr("May move"))]
        self.motion = Segments(look, motions, tr("Motion"))
        words = tr("This computer does not say whether things may move: they may.")
        self._unsaid = label(words, Type.CAPTION, Role.MUTED, wrap=True)
        self._unsaid.setObjectName("motion-unsaid")
        self._language_shown = language()
        self.receipt = Segments(
            look, [("ask", tr("Proposed where allowed")), ("never", tr("Only on demand"))], tr("Ticket")
        )
        self.ring = check_box(tr("Ring when an order arrives"))
        self.stock = check_box(tr("Say when a sale takes more than the stock knows of"))
        self.sounds = SoundsChoice(look, around.try_sound)
        self.customers = CustomerScreenChoice()
        names = (
            (self.language, "language"),
            (self.theme, "theme"),
            (self.motion, "motion"),
            (self.receipt, "print-receipt"),
        )
        for widget, name in names:
            widget.setObjectName(name)
        super().__init__(
            tr("Display and language"),
            tr("Sunlight is for a stall in the open air: black on white, thick lines."),
            titled(tr("Language"), self.language),
            titled(tr("Theme"), self.theme),
            titled(tr("Size of everything"), self.zoom),
            titled(tr("Motion"), self.motion),
            self._unsaid,
            self.sounds,
            self.ring,
            titled(tr("Print the ticket"), self.receipt),
            self.stock,
            titled(tr("Screen for customers"), self.customers),
        )
        self._connect(presenter)

    def _connect(self, presenter: SettingsPresenter) -> None:
        change = presenter.set_values
        self.language.chosen.connect(lambda key: change(next_start=True, language=key))
        self.theme.chosen.connect(lambda key: change(theme=key))
        self.zoom.chosen.connect(lambda percent: change(next_start=True, zoom_percent=percent))
        self.motion.chosen.connect(lambda key: change(reduced_motion=key))
        self.receipt.chosen.connect(lambda key: change(print_receipt=key))
        self.ring.clicked.connect(lambda checked: change(ring_on_new_order=checked))
        self.sounds.volume_chosen.connect(lambda percent: change(sound_volume_percent=percent))
        self.sounds.mute_chosen.connect(lambda checked: change(sounds_muted=checked))
        self.customers.chosen.connect(lambda name: change(customer_screen=name))
        self.stock.clicked.connect(lambda checked: change(warn_on_negative_stock=checked))

    def show_state(self, state: SettingsState) -> None:
        settings = state.settings
        self.language.choose(settings.language)
        self.theme.choose(settings.theme)
        self.zoom.show_chosen(settings.zoom_percent, language_waits=settings.language != self._language_shown)
        self.motion.choose(settings.reduced_motion)
        self._unsaid.setVisible(settings.reduced_motion == "system" and desktop_reduces_motion() is None)
        self.receipt.choose(settings.print_receipt)
        self.ring.setChecked(settings.ring_on_new_order)
        self.sounds.show_chosen(settings.sound_volume_percent, settings.sounds_muted)
        self.stock.setChecked(settings.warn_on_negative_stock)
        self.customers.show_chosen(settings.customer_screen)
