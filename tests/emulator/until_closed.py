"""Runs emupos until standard input closes: if the tests die, however, their printers go with them.

Runs in `.emulator`, with nothing of Comptoir at hand.
"""

import os
import signal
import sys
import threading


def _watch() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=_watch, daemon=True).start()

from emupos.cli.app import main  # noqa: E402  # the watch stands before anything that may take time

sys.argv = ["emupos", "run", "--config", sys.argv[1]]
main()
