"""Owns how often the screens are told that something was committed: at once, but in a storm only now and then.

A full exchange with the marketplace commits fifty pages a second; lists read again for each would leave the counter
neither thread nor time. Never drops news: what comes meanwhile is told, once, when the time is up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from app.usecases.ports import Touched


class PacedNews:
    """Tells at once, then for `pace_ms` nothing; equal news of that time is told once at its end."""

    def __init__(self, tell: Callable[[Touched], None], pace_ms: int) -> None:
        self._tell = tell
        self._later: dict[Touched, None] = {}
        self._rest = QTimer()
        self._rest.setSingleShot(True)
        self._rest.setInterval(pace_ms)
        self._rest.timeout.connect(self._go_on)

    @property
    def rests(self) -> bool:
        """Whether what comes now is told later."""
        return self._rest.isActive()

    def hear(self, touched: Touched) -> None:
        """Something was committed."""
        if self.rests:
            self._later[touched] = None
        else:
            self._rest.start()
            self._tell(touched)

    def stop(self) -> None:
        """The window is going: nobody is told any more."""
        self._rest.stop()
        self._later.clear()

    def _go_on(self) -> None:
        later, self._later = self._later, {}
        if later:
            self._rest.start()
        for touched in later:
            self._tell(touched)
