"""Owns the walls around the tests: own data folders, no OS key store, no network but loopback, no display.

Child processes inherit the folders and the key store through the environment. Never lets a test reach the person's own
Comptoir data, even by mistake: that raises at the place of the mistake.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from app import i18n
from app.paths import HOME_VARIABLE
from resources.locale import translations

_WALLED_EVENTS = {"open", "os.mkdir", "os.remove", "os.rename", "sqlite3.connect"}


class OutOfBoundsError(AssertionError):
    """A test touched the person's data or a machine other than this one."""


def personal_folders() -> tuple[str, ...]:
    return (
        str(platformdirs.user_data_path("comptoir", appauthor=False)),
        str(platformdirs.user_config_path("comptoir", appauthor=False)),
    )


def build_walls(folders: tuple[str, ...]) -> None:
    """Watch this process from now on; there is no way back (audit hooks cannot be removed)."""

    def watch(event: str, args: tuple[object, ...]) -> None:
        if event in _WALLED_EVENTS and isinstance(args[0], str | bytes | os.PathLike):
            path = os.fsdecode(args[0])
            if path.startswith(folders):
                raise OutOfBoundsError(f"a test may not touch the person's own data: {event} {path}")
        elif event == "socket.connect" and not _is_here(args[1]):
            raise OutOfBoundsError(f"a test may only connect to this machine, not to {args[1]!r}")

    sys.addaudithook(watch)


def _is_here(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    build_walls(personal_folders())
    if translations.is_stale(translations.FRENCH):
        translations.compile_catalogue(translations.FRENCH)


@pytest.fixture(scope="session", autouse=True)
def _session_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fixtures of wide scope are at home somewhere else than the person too."""
    os.environ[HOME_VARIABLE] = str(tmp_path_factory.mktemp("session-home"))


@pytest.fixture(autouse=True)
def comptoir_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh folder for everything of this test; afterwards French is spoken again, and crashes are pytest's to catch:
    a command run in the process has set hooks of its own."""
    home = tmp_path / "comptoir-home"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    hooks = sys.excepthook, threading.excepthook
    yield home
    sys.excepthook, threading.excepthook = hooks
    i18n.set_language("fr")
