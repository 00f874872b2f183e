"""Owns the rule that no test lets a secret or a customer's name out: not into a log record, a log file left behind, a
warning or standard error; a secret not onto standard output either. Never changes what is tested: it listens where
secrets are kept or handed out and where customers get their names, and looks for exactly these at the end of each test.

Customers' names on standard output are no leak: the counter is where they are called. What a person is meant to read
there once (a pairing code, the administration's token) is allowed by `@pytest.mark.shows_secrets`.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import logging
import re
import sys
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

_LEAST_SECRET, _LEAST_NAME = 6, 8
_LOG_FILES = ("*.log", "*.log.*")
_MOST_LOG_BYTES = 5_000_000
_SHOWN = 60
_PASSWORDS = {"password", "consumer_secret"}


class Watched:
    """What must not get out: of the running test, and of fixtures that outlive it."""

    def __init__(self) -> None:
        self._own: dict[str, str] = {}
        self._lent: dict[str, str] = {}
        self._pins: set[str] = set()
        self.lending = 0

    def begin(self) -> None:
        self._own.clear()
        self._pins.clear()

    def secret(self, text: str | None, kind: str) -> None:
        if text is not None and len(text) >= _LEAST_SECRET:
            (self._lent if self.lending else self._own)[text] = kind

    def token(self, text: str | None) -> None:
        """What opens a marketplace: a token, or a name and a password as JSON."""
        self.secret(text, "token")
        with contextlib.suppress(ValueError):
            plain = json.loads(text or "")
            for name in _PASSWORDS & (plain.keys() if isinstance(plain, dict) else set()):
                self.secret(plain[name], "password")

    def join_code(self, text: str) -> None:
        """As it is scanned, and as it is shown to people."""
        self.secret(text, "join code")
        self.secret(" ".join(text[start : start + 5] for start in range(0, len(text), 5)), "join code")

    def keys(self, keys: Iterable[bytes]) -> None:
        for key in keys:
            encoded = (base64.b64encode(key), base64.urlsafe_b64encode(key).rstrip(b"="), key.hex().encode())
            for text in encoded:
                self.secret(text.decode(), "pickup key")

    def pem(self, text: str | None) -> None:
        """Its lines: a dump may break or join them."""
        for line in (text or "").splitlines():
            if len(line) > 20 and not line.startswith("-----"):
                self.secret(line, "ledger's private key")

    def pin(self, text: str) -> None:
        if text.isdigit() and len(text) >= 4:
            self._pins.add(text)

    def name(self, text: object) -> None:
        """A name or note; what is too short or one word alone may well stand in a log by right."""
        if isinstance(text, str) and len(text) >= _LEAST_NAME and " " in text.strip() and text.isprintable():
            self._own[text] = "customer's data"

    def found_in(self, text: str, *, names: bool = True) -> Iterator[str]:
        """What was found, by its kind and its beginning."""
        if not text:
            return
        for planted, kind in (*self._own.items(), *self._lent.items()):
            if (names or kind != "customer's data") and planted in text:
                yield f"{kind} {planted[:4]}…"
        if names:
            for pin in self._pins:
                if re.search(rf"(?<![\w.:,-]){pin}(?![\w.:,-])", text):
                    yield f"PIN {pin[:1]}…"


class Ears:
    """Hangs itself into the places secrets and names pass through, once their modules are loaded; loads none itself."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._hung: set[str] = set()
        w = watched
        self._places: dict[str, Callable[[Any], None]] = {
            "app.storage.keys": lambda m: self._before(m.StoredSecrets, "_write", self._stored),
            "app.storage.pin": lambda m: self._before(m.Argon2PinHasher, "hash", lambda _, pin: w.pin(pin)),
            "app.domain.order": lambda m: self._after_init(m.Order, lambda o: self._names(o.customer_name, o.note)),
            "app.usecases.hand_over_order": lambda m: self._after_init(
                m.HandoverRequest, lambda request: w.name(request.handed_to)
            ),
            "app.marketplace.tokens": lambda m: self._result(m, "new_token", lambda made: w.secret(made, "token")),
            "app.domain.join_code": lambda m: self._result(m, "write_join_code", w.join_code),
            "app.marketplace.pairing": lambda m: self._result(
                m, "make_pairing_code", lambda made: w.secret(made[0], "pairing code")
            ),
            "app.marketplace.server": lambda m: self._after_init(
                m._Server, lambda server: w.secret(server.admin_token, "administration's token")
            ),
            "app.marketplace.seed": lambda m: self._remember_people(m._CUSTOMERS),
            "tests.fakes.surroundings": self._hang_memory_secrets,
            "tests.fakes.pins": lambda m: self._before(m.PlainPinHasher, "hash", lambda _, pin: w.pin(pin)),
            "tests.fakes.fake_marketplace": self._remember_fake,
        }
        self._people: tuple[str, ...] = ()
        self._constants: tuple[tuple[str, str], ...] = ()

    def hang(self) -> None:
        """Again before each test: a module may have come with the last one."""
        for name, place in self._places.items():
            module = sys.modules.get(name)
            if module is not None and name not in self._hung:
                self._hung.add(name)
                place(module)
        for person in self._people:
            self._watched.name(person)
        for text, kind in self._constants:
            self._watched.secret(text, kind)

    def _stored(self, _keeper: Any, name: str, secret: str | None) -> None:
        listen_to_stored(self._watched, name, secret)

    def _names(self, *texts: str) -> None:
        for text in texts:
            self._watched.name(text)

    def _remember_people(self, people: Iterable[str]) -> None:
        self._people = tuple(people)

    def _remember_fake(self, module: Any) -> None:
        self._constants = ((module.A_TOKEN, "token"), (module.A_PAIRING_CODE, "pairing code"))

    def _hang_memory_secrets(self, module: Any) -> None:
        kind = module.MemorySecrets
        self._before(kind, "set_device_token", lambda _, token: self._watched.token(token))
        self._before(kind, "set_fiscal_key", lambda _, pem: self._watched.pem(pem))
        self._before(kind, "set_pickup_keys", lambda _, keys: self._watched.keys(keys.values()))
        self._after_init(kind, lambda made: self._watched.keys(made.pickup_keys().values()))

    @staticmethod
    def _before(kind: Any, method: str, listen: Callable[..., object]) -> None:
        original = getattr(kind, method)

        @functools.wraps(original)
        def heard(*args: Any, **named: Any) -> Any:
            listen(*args, **named)
            return original(*args, **named)

        setattr(kind, method, heard)

    @staticmethod
    def _after_init(kind: Any, listen: Callable[[Any], object]) -> None:
        original = kind.__init__

        @functools.wraps(original)
        def heard(self: Any, *args: Any, **named: Any) -> None:
            original(self, *args, **named)
            listen(self)

        kind.__init__ = heard

    @staticmethod
    def _result(module: Any, function: str, listen: Callable[[Any], object]) -> None:
        original = getattr(module, function)

        @functools.wraps(original)
        def heard(*args: Any, **named: Any) -> Any:
            made = original(*args, **named)
            listen(made)
            return made

        for name, loaded in list(sys.modules.items()):  # also where it was imported by name
            if name.startswith(("app.", "tests.")) and vars(loaded).get(function) is original:
                setattr(loaded, function, heard)


def listen_to_stored(watched: Watched, name: str, secret: str | None) -> None:
    """An entry of the key store, by its name."""
    if name == "device_token":
        watched.token(secret)
    elif name == "pickup_keys":
        watched.keys(base64.b64decode(text) for text in json.loads(secret or "{}").values())
    elif name == "fiscal_key":
        watched.pem(secret)


class Records(logging.Handler):
    """The messages of the running test, of every level that is switched on."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class SecretsGuard:
    """The plugin."""

    def __init__(self) -> None:
        self._watched = Watched()
        self._ears = Ears(self._watched)
        self._records = Records()
        self._read: list[tuple[str, str]] = []
        self._warnings: list[str] = []

    def pytest_sessionstart(self) -> None:
        logging.getLogger().addHandler(self._records)
        self._listen_to_captures()

    def pytest_sessionfinish(self) -> None:
        logging.getLogger().removeHandler(self._records)

    def _listen_to_captures(self) -> None:
        """What a test reads from `capsys` is no longer in its report."""
        original, read = pytest.CaptureFixture.readouterr, self._read

        def readouterr(fixture: pytest.CaptureFixture[Any]) -> Any:
            taken = original(fixture)
            read.extend((name, text) for name, text in (("stdout", taken.out), ("stderr", taken.err)) if text)
            return taken

        pytest.CaptureFixture.readouterr = readouterr  # type: ignore[assignment,method-assign]  # all captures pass here

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        self._watched.begin()
        self._records.lines.clear()
        self._read.clear()
        self._warnings.clear()
        self._ears.hang()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        outlives = fixturedef.scope != "function"
        self._watched.lending += outlives
        try:
            return (yield)
        finally:
            self._watched.lending -= outlives

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        self._warnings.append(str(warning_message.message))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        result = yield
        folder = _folder_of(item)
        if folder is not None:
            self._learn_from_files(folder)
        shown = item.get_closest_marker("shows_secrets") is not None
        faults = [
            f"{found} in {place}"
            for place, text in self._texts(item, folder)
            if not (shown and place == "stdout")
            for found in self._watched.found_in(text, names=place != "stdout")
        ]
        if faults:
            pytest.fail("a secret or a customer's name got out:\n" + "\n".join(sorted(set(faults))), pytrace=False)
        return result

    def _learn_from_files(self, folder: Path) -> None:
        """What child processes were given."""
        for file in folder.rglob("secrets.json"):
            try:
                for own in json.loads(file.read_text(encoding="utf-8")).values():
                    for name, secret in own.items():
                        listen_to_stored(self._watched, name, secret)
            except (OSError, ValueError, AttributeError, TypeError):
                continue  # spoilt on purpose by the test

    def _texts(self, item: pytest.Item, folder: Path | None) -> Iterator[tuple[str, str]]:
        yield "a log record", "\n".join(self._records.lines)
        yield "a warning", "\n".join(self._warnings)
        yield from self._read
        for _when, name, text in item._report_sections:
            if name in ("stdout", "stderr"):
                yield name, text
        for file in _log_files(folder):
            yield f"the file {file.name}", file.read_text(encoding="utf-8", errors="replace")


def _folder_of(item: pytest.Item) -> Path | None:
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    return folder if isinstance(folder, Path) and folder.is_dir() else None


def _log_files(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        for pattern in _LOG_FILES:
            for file in folder.rglob(pattern):
                if file.is_file() and file.stat().st_size <= _MOST_LOG_BYTES:
                    yield file


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "shows_secrets(why): what this test prints holds a secret, for a person to read")
    config.pluginmanager.register(SecretsGuard(), "comptoir-secrets")
