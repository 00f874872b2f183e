"""A till on disk driven by its commands, and what must hold whenever a command refuses: two sentences, nothing lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.paths import database_path, settings_path
from tests.fakes.fake_marketplace import A_PAIRING_CODE, FakeMarketplace
from tests.fakes.wire_samples import wire_order

FAR = "2999-01-01T00:00:00Z"
Contents = dict[str, list[Any]]


def contents(database: Path) -> Contents:
    """Every row of every table; of the outbox only what waits, not how often it was tried."""
    if not database.exists():
        return {}
    books = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        names = [name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: books.execute(f"SELECT {'fact_id' if name == 'outbox' else '*'} FROM {name}").fetchall()  # noqa: S608  # own names
            for name in names
            if "product_search" not in name and "trigram" not in name  # SQLite's own
        }
    finally:
        books.close()


class Commands:
    """Runs commands with `--json`."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> dict[str, Any]:
        exit_code = main([*words, "--json"])
        said = self._capsys.readouterr()
        assert said.err == ""
        answer: dict[str, Any] = json.loads(said.out)
        assert answer["ok"] is (exit_code == 0), answer
        return answer

    def done(self, *words: str) -> dict[str, Any]:
        answer = self(*words)
        assert answer["ok"], answer
        return answer

    def refused(self, *words: str, before_each: Any = None) -> str:
        """The reason of a refusal that is said in English and in French and changed nothing."""
        before, said, reasons = contents(database_path()), [], set()
        for language in ("en", "fr"):
            speak(language)
            if before_each is not None:
                before_each()
            answer = self(*words)
            assert not answer["ok"], answer
            assert contents(database_path()) == before, "a refusal changes nothing"
            said.append(answer["message"])
            reasons.add(answer["reason"])
        assert_sentences(*said)
        (reason,) = reasons
        assert isinstance(reason, str)
        return reason


def speak(language: str) -> None:
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text(json.dumps({"schema_version": 1, "language": language}), encoding="utf-8")


def assert_sentences(english: str, french: str) -> None:
    """Each says what happened and what to do: two parts at least, of a readable length, ended."""
    assert english != french
    for text in (english, french):
        assert text.strip().endswith("."), text
        assert 20 < len(text) < 400, text
        assert sum(text.count(mark) for mark in (". ", ", ", ": ", " : ", "; ", " ; ")) >= 1, text
        assert "{" not in text, text


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def marketplace() -> Iterator[FakeMarketplace]:
    """With one order that stays fresh for a long time."""
    with FakeMarketplace() as fake:
        fake.change("order", "order-1", wire_order(keep_until=FAR, lease={"till_id": "till-a", "until": FAR}))
        yield fake


@pytest.fixture
def paired(ask: Commands, marketplace: FakeMarketplace) -> FakeMarketplace:
    """The till is paired, has the order, and an article with stock to tell of."""
    ask.done("pair", A_PAIRING_CODE, "--url", marketplace.url)
    ask.done("sync")
    return marketplace
