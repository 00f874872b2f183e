"""Every guard the tests run under is seen to fail on a test that deserves it, and to pass its honest twin.

The tests below run pytest on small files in a process of their own, with the project's own settings.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def guarded(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with Comptoir's pytest settings and guards, but an impatient one."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    kept = {
        name: options[name] for name in ("xfail_strict", "qt_api", "qt_log_level_fail", "filterwarnings", "markers")
    }
    kept["leak_grace_s"] = "0.2"
    pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\n" + "\n".join(f"{name} = {_toml(value)}" for name, value in kept.items())
    )
    pytester.makeconftest('pytest_plugins = ["tests.plugins.isolation", "tests.plugins.leaks"]')
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else "'" + str(value) + "'"


def outcome(guarded: pytest.Pytester, source: str) -> pytest.RunResult:
    guarded.makepyfile(source)
    return guarded.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest")


def test_a_thread_left_running_fails_and_says_where_it_began(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import threading

        stop = threading.Event()

        def start_the_worker():
            threading.Thread(target=stop.wait, name="worker", daemon=True).start()

        def test_leaves_a_thread():
            start_the_worker()

        def test_after_it():
            pass
        """,
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*thread 'worker' is still running; it was started at*", "*in start_the_worker*"])


def test_a_thread_that_ends_is_fine_and_so_is_one_of_a_module_fixture(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import threading
        import pytest

        @pytest.fixture(scope="module")
        def server():
            stop, ask, asked = threading.Event(), threading.Event(), threading.Event()

            def serve():
                ask.wait()
                child = threading.Thread(target=stop.wait, name="child of the server")
                child.start()
                asked.set()
                child.join()

            thread = threading.Thread(target=serve)
            thread.start()
            yield ask, asked
            stop.set()
            ask.set()
            thread.join()

        def test_asks(server):
            ask, asked = server
            ask.set()
            assert asked.wait(5)

        def test_joins():
            thread = threading.Thread(target=lambda: None)
            thread.start()
        """,
    )
    result.assert_outcomes(passed=2)
    assert result.ret == 0


def test_a_wider_fixture_that_never_stops_its_thread_fails_the_run(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import threading
        import pytest

        @pytest.fixture(scope="module")
        def server():
            threading.Thread(target=threading.Event().wait, name="for ever", daemon=True).start()

        def test_asks(server):
            pass
        """,
    )
    assert result.ret == 1
    result.stderr.fnmatch_lines(["*left running after the last test*", "*'for ever'*"])


def test_an_unexpected_log_line_fails(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import logging

        def test_warns():
            logging.getLogger("till").warning("no paper in %s", "the printer")
        """,
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*unexpected log line: WARNING till: no paper in the printer*"])


def test_an_expected_log_line_passes_and_must_come(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import logging
        import pytest

        @pytest.mark.expected_logs("no paper")
        def test_warns():
            logging.warning("no paper")

        @pytest.mark.allowed_logs("no paper")
        def test_may_warn():
            pass

        @pytest.mark.expected_logs("no paper")
        def test_should_have_warned():
            pass
        """,
    )
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*expected log line never came: no paper*"])


def test_a_python_warning_fails(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import warnings

        def test_warns():
            warnings.warn("old way", DeprecationWarning)
        """,
    )
    result.assert_outcomes(failed=1)


def test_a_file_left_open_fails(guarded: pytest.Pytester) -> None:
    result = outcome(guarded, "def test_leaves_a_file(tmp_path):\n    open(tmp_path / 'a', 'w')\n")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*ResourceWarning*"])


def test_a_qt_warning_fails(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        from PySide6.QtCore import qWarning

        def test_warns():
            qWarning("a widget without a parent")
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*a widget without a parent*"])


def test_a_window_left_open_fails(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        from PySide6.QtWidgets import QWidget

        kept = []

        def test_leaves_a_window(qapp):
            kept.append(QWidget())
            kept[0].show()
        """,
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*window left open: *"])


def test_the_persons_own_data_cannot_be_opened(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import sqlite3
        import pytest
        from app.paths import data_dir
        from platformdirs import user_data_path

        def test_the_folders_are_temporary(tmp_path):
            assert data_dir().is_relative_to(tmp_path)

        def test_opens_it():
            sqlite3.connect(user_data_path("comptoir", appauthor=False) / "comptoir.sqlite3")
        """,
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*a test may not touch the person's own data*"])


def test_other_machines_cannot_be_reached(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import socket
        import pytest

        def test_reaches_out():
            with socket.socket() as one:
                one.connect(("192.0.2.1", 80))

        def test_stays_at_home():
            with socket.create_server(("127.0.0.1", 0)) as server:
                with socket.create_connection(server.getsockname()):
                    pass
        """,
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*a test may only connect to this machine*"])


def test_no_key_store_of_the_person_is_used(guarded: pytest.Pytester) -> None:
    result = outcome(
        guarded,
        """
        import keyring
        import pytest
        from keyring.errors import NoKeyringError

        def test_asks_for_a_password():
            with pytest.raises(NoKeyringError):
                keyring.get_password("comptoir", "token")
        """,
    )
    result.assert_outcomes(passed=1)


def test_a_test_expected_to_fail_must_fail(guarded: pytest.Pytester) -> None:
    result = outcome(guarded, "import pytest\n\n@pytest.mark.xfail\ndef test_passes():\n    pass\n")
    result.assert_outcomes(failed=1)
