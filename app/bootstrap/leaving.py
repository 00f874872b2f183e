"""Owns why a till's window was left before its day ended: for the example shop, to be opened again with the data of a
backup, or to start anew in another size or language. Imports nothing that the first paint would wait for.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.bootstrap.window import Places

    PutBack = Callable[[Path, Places], Path | None]

_log = logging.getLogger(__name__)

EXAMPLE_SHOP_ASKED: Final = -7
"""No exit code of a process: the caller shows the example shop, then the till again."""

START_AGAIN_ASKED: Final = -8
"""No exit code of a process: the caller starts it anew."""


class WayOut:
    """Set before the window is closed.

    Attributes:
        example_shop: whether it was left for the example shop.
        again: whether the process is to start anew.
        backup: whose data are to be put in place.
        restored: the file whose data were put in place, None if none were; to be said in the window that follows.
        failure: why they were not.
    """

    def __init__(self) -> None:
        self.example_shop = False
        self.again = False
        self.backup: Path | None = None
        self.restored: Path | None = None
        self.failure: Exception | None = None

    def code(self, code: int) -> int:
        """What the process is told, given what the window ended with."""
        if self.again:
            return START_AGAIN_ASKED
        return EXAMPLE_SHOP_ASKED if self.example_shop else code

    def comes_back(self, places: Places, put_back: PutBack | None = None) -> bool:
        """Whether the window is to be shown again; puts the data of a backup in place before.

        Args: put_back: how; None: at once, without showing it.
        """
        self.restored = self.failure = None
        backup, self.backup = self.backup, None
        if backup is None:
            return False
        from app.bootstrap import restoring
        from app.usecases.long_work import WorkStopped
        from app.usecases.ports import Unavailable

        try:
            (put_back or restoring.put_back)(backup, places)
            self.restored = backup
        except WorkStopped as stopped:
            self.failure = stopped
        except (Unavailable, OSError) as failure:
            _log.warning("backup not restored: %s", getattr(failure, "reason", type(failure).__name__))
            self.failure = failure
        return True


def start_process_again(arguments: Sequence[str] | None = None) -> int:
    """Start this program anew in place of this process, whose window is gone, whose workers have ended. Returns only
    where a process cannot be replaced: the exit code of this one.

    Args: arguments: of the new process; None for those of this one.
    """
    kept = sys.orig_argv[1:] if arguments is None else arguments
    command = (sys.executable, *kept)
    logging.shutdown()
    _begin(command)
    return 0


def _begin(command: tuple[str, ...]) -> None:
    if sys.platform == "win32":  # exec would leave, there, the new one without quotes around its paths
        import subprocess

        subprocess.Popen(command)  # noqa: S603  # this very program
    else:
        os.execv(sys.executable, command)  # noqa: S606  # this very program
