"""Owns the process: its log, its crash hooks, its exit code; then hands over to the command line or the window.

Imports nothing heavy: `comptoir --help` and the first paint wait for it. Never decides anything about the shop.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from app.bootstrap.leaving import EXAMPLE_SHOP_ASKED, START_AGAIN_ASKED, start_process_again
from app.paths import log_path

_log = logging.getLogger("comptoir")

LOG_SIZE_BYTES = 1_000_000
LOG_FILES_KEPT = 5

CrashListener: TypeAlias = Callable[[BaseException], None]
_ExceptionInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def main(argv: Sequence[str] | None = None) -> int:
    """Run Comptoir: the window without arguments, else the command they name.

    Returns the exit code: 0 done, 1 refused or failed (said in a sentence), 2 wrong use.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    hooks = CrashHooks()
    hooks.install()
    if arguments:
        start_logging(log_path().with_name("commands.log"))
        from app.cli import main as run_command  # each command imports what it needs

        return run_command(arguments)
    start_logging(log_path())
    from app.bootstrap.window import run_window

    while (code := run_window(hooks.tell)) == EXAMPLE_SHOP_ASKED:
        from app.demo.shop_window import run_demo_window

        run_demo_window(hooks.tell)
    return start_process_again() if code == START_AGAIN_ASKED else code


def start_logging(path: Path) -> None:
    """Send INFO and worse to a file that turns over at 1 MB. The file is made with its first line, not before."""
    handler = _LateFileHandler(path, maxBytes=LOG_SIZE_BYTES, backupCount=LOG_FILES_KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(DiscreetFormatter("%(asctime)sZ %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


class DiscreetFormatter(logging.Formatter):
    """Writes where an exception came from and its type, never its text: that may name a customer or a secret (I10)."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        own = logging.makeLogRecord(record.__dict__)
        own.exc_text = None  # another handler may have kept its own, talkative, wording there
        return super().format(own)

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802  # the name is logging's
        parts: list[str] = []
        error = ei[1]
        while error is not None and len(parts) < 10:
            frames = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhile handling or because of:\n".join(parts)


class _LateFileHandler(logging.handlers.RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()


class CrashHooks:
    """Brings every exception nobody caught, of any thread, to the log and, once there is a window, to a person."""

    def __init__(self) -> None:
        self._listener: CrashListener | None = None

    def install(self) -> None:
        sys.excepthook = self._on_main_thread
        threading.excepthook = self._on_other_thread

    def tell(self, listener: CrashListener) -> None:
        """Have `listener` called after the log line; it is called on the thread that failed and must not raise."""
        self._listener = listener

    def report(self, error: BaseException) -> None:
        _log.critical("Uncaught %s", type(error).__name__, exc_info=error)
        if self._listener is not None:
            self._listener(error)

    def _on_main_thread(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            self.report(error)
        sys.__excepthook__(kind, error, trace)

    def _on_other_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, SystemExit):
            return
        self.report(args.exc_value)
        threading.__excepthook__(args)


if __name__ == "__main__":
    sys.exit(main())
