"""Runs emupos until standard input closes: if the tests die, however, their printers go with them.

Runs in `.emulator`, with nothing of Comptoir at hand.
"""

import importlib
import os
import signal
import sys
import threading


def _watch() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=_watch, daemon=True).start()
sys.argv = ["emupos", "run", "--config", sys.argv[1]]
importlib.import_module("emupos.cli.app").main()  # loaded late: the watch stands before anything that takes time
