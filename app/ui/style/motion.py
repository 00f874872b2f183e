"""Owns whether anything on screen may move by itself. Whatever moves asks `Look.reduced_motion` and hears `changed`.

Qt's own effects (lists that unfold, tips that fade) are off for everybody: they take longer than the 120 ms anything
here may take.
"""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

_EFFECTS: Final = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
    Qt.UIEffect.UI_AnimateToolBox,
)
_SPI_GETCLIENTAREAANIMATION: Final = 0x1042


def is_motion_reduced(chosen: str) -> bool:
    """Whether things are to stay still, by the settings' choice (`system`, `on` or `off`)."""
    return chosen == "on" or (chosen == "system" and bool(desktop_reduces_motion()))


def desktop_reduces_motion() -> bool | None:
    """What the desktop was told by its user; None where it does not say."""
    if sys.platform != "win32":
        return None
    import ctypes

    moves = ctypes.c_int(1)
    told = ctypes.windll.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(moves), 0)
    return not moves.value if told else None


def end_effects() -> None:
    """Switch Qt's own effects off."""
    for effect in _EFFECTS:
        QApplication.setEffectEnabled(effect, False)
