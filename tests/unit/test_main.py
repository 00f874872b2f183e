from __future__ import annotations

import logging
import re
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import CrashHooks, main, start_logging
from app.paths import log_path


@pytest.fixture
def _process_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What `main` sets for the whole process is put back."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.mark.usefixtures("_process_state")
def test_arguments_go_to_the_command_line_and_its_exit_code_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []

    def run(arguments: list[str]) -> int:
        given.append(arguments)
        return 2

    monkeypatch.setitem(sys.modules, "app.cli", types.SimpleNamespace(main=run))

    assert main(["sync", "--json"]) == 2
    assert given == [["sync", "--json"]]
    assert not log_path().parent.exists()


@pytest.mark.usefixtures("_process_state")
def test_without_arguments_the_window_runs_and_hears_of_crashes(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[BaseException] = []

    def run_window(on_crash: object) -> int:
        assert callable(on_crash)
        on_crash(heard.append)
        sys.excepthook(RuntimeError, RuntimeError("in the window"), None)
        return 0

    monkeypatch.setattr(sys, "__excepthook__", lambda *_: None)
    monkeypatch.setitem(sys.modules, "app.bootstrap.window", types.SimpleNamespace(run_window=run_window))
    monkeypatch.setattr(logging.getLogger("comptoir"), "disabled", True)

    assert main([]) == 0
    assert [str(error) for error in heard] == ["in the window"]


@pytest.mark.usefixtures("_process_state")
@pytest.mark.expected_logs("Uncaught KeyError")
def test_a_crash_is_logged_with_its_place_but_never_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "logs" / "comptoir.log"
    monkeypatch.setattr(sys, "__excepthook__", lambda *_: None)
    start_logging(log)
    CrashHooks().install()

    name, number = "Mme Durand", "06 12 34 56 78"
    try:
        try:
            int(name)
        except ValueError as error:
            raise KeyError(number) from error
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)

    text = log.read_text(encoding="utf-8")
    assert "test_main.py" in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert name not in text.replace(f'"{name}"', "")
    assert number not in text.replace(f'"{number}"', "")
    assert re.match(r"[\d-]{10} [\d:,]{12}Z CRITICAL MainThread comptoir: Uncaught KeyError\n", text)


@pytest.mark.usefixtures("_process_state")
@pytest.mark.expected_logs("Uncaught RuntimeError")
def test_a_crash_of_another_thread_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[BaseException] = []
    monkeypatch.setattr(threading, "__excepthook__", lambda *_: None)
    hooks = CrashHooks()
    hooks.install()
    hooks.tell(heard.append)

    def fail() -> None:
        raise RuntimeError("printer thread")

    def leave() -> None:
        raise SystemExit

    for target in (fail, leave):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()

    assert [str(error) for error in heard] == ["printer thread"]


HEAVY = (
    "sqlalchemy", "alembic", "requests", "escpos", "PIL", "qrcode", "zxingcpp", "pyzbar", "cryptography", "keyring",
    "fastapi", "uvicorn", "babel", "jinja2", "PySide6",
)  # fmt: skip


def test_starting_the_process_imports_nothing_heavy() -> None:
    code = f"import sys, app.__main__; print([m for m in {HEAVY!r} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
