"""Owns why a till's window was left before its day ended: for the example shop, or to be opened again with the data
of a backup. Imports nothing that the first paint would wait for.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.bootstrap.window import Places

_log = logging.getLogger(__name__)

EXAMPLE_SHOP_ASKED: Final = -7
"""No exit code of a process: the caller shows the example shop, then the till again."""


class WayOut:
    """Set before the window is closed.

    Attributes:
        example_shop: whether it was left for the example shop.
        backup: whose data are to be put in place.
        restored: the file whose data were put in place, None if none were; to be said in the window that follows.
        failure: why they were not.
    """

    def __init__(self) -> None:
        self.example_shop = False
        self.backup: Path | None = None
        self.restored: Path | None = None
        self.failure: Exception | None = None

    def code(self, code: int) -> int:
        """What the process is told, given what the window ended with."""
        return EXAMPLE_SHOP_ASKED if self.example_shop else code

    def comes_back(self, places: Places) -> bool:
        """Whether the window is to be shown again; puts the data of a backup in place before."""
        self.restored = self.failure = None
        backup, self.backup = self.backup, None
        if backup is None:
            return False
        from app.bootstrap.restoring import put_back
        from app.usecases.ports import Unavailable

        try:
            put_back(backup, places)
            self.restored = backup
        except (Unavailable, OSError) as failure:
            _log.warning("backup not restored: %s", getattr(failure, "reason", type(failure).__name__))
            self.failure = failure
        return True
