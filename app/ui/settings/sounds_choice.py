"""Owns the choice of the sounds' volume, their mute, and a button to hear each. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.i18n import tr
from app.ui.components.layouts import column
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.settings.sheet import check_box, sheet_button, titled
from app.ui.sounds import SOUND_NAMES, Heard
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type

_VOLUMES_PERCENT = (20, 40, 60, 80, 100)
_ABREAST = 3


class SoundsChoice(QWidget):
    """Volume, mute, and every sound under its meaning.

    Signals:
        volume_chosen: percent.
        mute_chosen: whether all are to be silent.
    """

    volume_chosen = Signal(int)
    mute_chosen = Signal(bool)

    def __init__(self, look: Look, try_sound: Callable[[str], Heard]) -> None:
        super().__init__()
        self._try = try_sound
        steps = [(str(percent), tr("{percent} %").format(percent=percent)) for percent in _VOLUMES_PERCENT]
        self.volume = Segments(look, steps, tr("Volume of the sounds"))
        self.volume.setObjectName("sound-volume")
        self.mute = check_box(tr("No sound at all"))
        self.mute.setObjectName("sounds-muted")
        self.said = label("", Type.BODY, Role.MUTED, wrap=True)
        self.said.setObjectName("sound-said")
        self.said.hide()
        whole = column(titled(tr("Volume of the sounds"), self.volume), self.mute, self._all_sounds(look), self.said)
        self.setLayout(whole)
        self.volume.chosen.connect(lambda key: self.volume_chosen.emit(int(key)))
        self.mute.clicked.connect(self.mute_chosen)

    def show_chosen(self, volume_percent: int, muted: bool) -> None:
        nearest = min(_VOLUMES_PERCENT, key=lambda percent: abs(percent - volume_percent))
        self.volume.choose(str(nearest))
        self.mute.setChecked(muted)

    def _all_sounds(self, look: Look) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.INSIDE)
        for number, name in enumerate(SOUND_NAMES):
            button = sheet_button(
                look, _meaning(name), f"try-sound-{name}", lambda name=name: self._try_out(name), icon="play"
            )
            button.setAccessibleName(tr("Hear: {meaning}").format(meaning=_meaning(name)))
            grid.addWidget(button, number // _ABREAST, number % _ABREAST)
        made = QWidget()
        made.setLayout(grid)
        return made

    def _try_out(self, name: str) -> None:
        heard = self._try(name)
        self.said.setText(_heard_words(heard, _meaning(name), self.mute.isChecked()))
        set_role(self.said, Role.MUTED if heard is Heard.PLAYED else Role.WARNING)
        self.said.show()


def _meaning(name: str) -> str:
    return {
        "ready": tr("Ready"),
        "already": tr("Already handed over"),
        "wait": tr("Not ready yet"),
        "question": tr("Cannot tell"),
        "stop": tr("Do not hand over"),
        "done": tr("Handed over"),
        "sale": tr("Paid"),
        "new_order": tr("New order"),
    }[name]


def _heard_words(heard: Heard, meaning: str, muted: bool) -> str:
    if heard is Heard.NO_DEVICE:
        return tr(
            "This computer has no loudspeaker that works now. Plug one in, or choose it in the computer’s settings."
        )
    if heard is Heard.NO_LIBRARY:
        return tr("This computer lacks what plays sounds. Everything else works; verdicts are told by word and shape.")
    if heard is Heard.NO_FILE:
        return tr("This sound is missing: install Comptoir again.")
    if muted:
        return tr("Played: {meaning}. At work it stays silent while “No sound at all” is ticked.").format(
            meaning=meaning
        )
    return tr("Played: {meaning}.").format(meaning=meaning)
