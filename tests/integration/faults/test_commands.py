"""Anything may be typed after a command, be its file or wait for its answer: a sentence, an exit code, no crash."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.domain.pickup_code import make_pickup_code
from app.paths import database_path, secrets_path, settings_path
from tests.fakes.fake_marketplace import FakeMarketplace
from tests.fakes.wire_samples import wire_order
from tests.integration.faults.conftest import Commands, contents

KEY = bytes(range(32))
BYTES_NOT_TEXT = os.fsdecode(b"\xff\xfe\x80")
GOOD = make_pickup_code("7", KEY, "shop-1", "K7F3K9X")
BAD_CODES = {
    "forged": (make_pickup_code("7", b"x" * 32, "shop-1", "K7F3K9X"), "bad_signature"),
    "of another shop": (make_pickup_code("2", b"x" * 32, "shop-2", "K7F3K9Y"), "wrong_shop"),
    "of a key that was replaced": (make_pickup_code("2", b"x" * 32, "shop-1", "K7F3K9X"), "key_replaced"),
    "cut short": (GOOD[:-3], "misread"),
    "one symbol wrong": (GOOD[:10] + ("3" if GOOD[10] == "2" else "2") + GOOD[11:], "misread"),
    "genuine, not here": (make_pickup_code("7", KEY, "shop-1", "K7F3K9Y"), "not_here_yet"),
    "a product's address": ("https://id.gs1.org/01/03017620422003/10/ABC?17=261231", "unknown_code"),
    "an article's number": ("3017620422003", "unknown_code"),
    "ten kilobytes": ("P1" + "X" * 10_000, "misread"),
    "ten kilobytes of anything": ("A" * 10_000, "unknown_code"),
    "bytes that are no text": (BYTES_NOT_TEXT, "unknown_code"),
    "marks that drive a screen": ("\x1b[2J\x07\u202e" * 20, "unknown_code"),
    "nothing": ("", "unknown_code"),
    "random bytes": (os.fsdecode(random.Random(7).randbytes(64).replace(b"\0", b"")), "unknown_code"),
}


@pytest.mark.parametrize("kind", BAD_CODES)
def test_bad_codes_get_a_word_and_nothing_else(paired: FakeMarketplace, ask: Commands, kind: str) -> None:
    code, reason = BAD_CODES[kind]
    ask.done("ready", "1042")
    assert ask.refused("handover", code) == reason
    assert ask.done("handover", GOOD)["verdict"] == "ready"
    assert ask.refused("handover", GOOD) == "already_handed_over"


@pytest.mark.parametrize(
    "words",
    [
        ("ready", "1042", "--shelf", BYTES_NOT_TEXT),
        ("ready", "1042", "--shelf", "x" * 10_000),
        ("ready", "1042", "--bags", "-1"),
        ("ready", "1042", "--bags", "9" * 30),
        ("ready", "1042", "--bags", "٣٣٣٣"),
        ("handover", "1042", "--to", BYTES_NOT_TEXT),
        ("handover", "1042", "--override", "x" * 10_000),
        ("handover", "1042", "--operator", "\x1b[2J"),
        ("stock", "T1", "--receive", "1", "--location", ""),
        ("stock", "T1", "--receive", "1", "--location", "x" * 10_000),
        ("stock", "T1", "--receive", "1", "--note", BYTES_NOT_TEXT),
        ("pair", "ABCDEFGH", "--name", BYTES_NOT_TEXT),
    ],
)
def test_what_cannot_be_recorded_is_wrong_use(
    paired: FakeMarketplace, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    before = contents(database_path())
    with pytest.raises(SystemExit) as ending:
        main([*words, "--json"])
    assert ending.value.code == 2
    assert words[-2] in capsys.readouterr().err
    assert contents(database_path()) == before


@pytest.mark.parametrize("text", [BYTES_NOT_TEXT, "", "%", '"*', "' OR 1=1 --", '"AND NEAR(', "x" * 10_000, "\x1b"])
def test_anything_may_be_looked_up(paired: FakeMarketplace, ask: Commands, text: str) -> None:
    assert ask("stock", text)["reason"] == "unknown_article"
    assert ask.done("orders", "--find", text)["orders"] == []
    assert ask("ready", text)["reason"] == "unknown_order"
    assert ask.refused("pair", text, "--url", paired.url) == "wrong_code"


@pytest.mark.parametrize("typed", ["-1", "1e5", "9" * 5000, "1,5,5", "NaN", "٣", "0,5", "", BYTES_NOT_TEXT, "1;2"])
def test_what_is_no_quantity_moves_nothing(paired: FakeMarketplace, ask: Commands, tmp_path: Path, typed: str) -> None:
    (tmp_path / "a.csv").write_text("nom;prix;tva;code;stock\nMiel;4,50;5,5;T1;3\n", encoding="utf-8")
    ask.done("import", str(tmp_path / "a.csv"))
    before = contents(database_path())
    for how in ("--receive", "--counted"):
        answer = ask("stock", "T1", how, typed)
        assert answer["reason"] == "not_a_quantity"
    assert contents(database_path()) == before


def test_a_service_has_no_stock(paired: FakeMarketplace, ask: Commands, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("nom;prix;tva;unité;code\nOurlet;15;20;heure;T1\n", encoding="utf-8")
    ask.done("import", str(tmp_path / "a.csv"))
    assert ask.refused("stock", "T1", "--receive", "1") == "stock_not_kept"


def test_an_order_that_left_or_was_cancelled_is_not_called_ready(paired: FakeMarketplace, ask: Commands) -> None:
    cancelled = wire_order(
        "order-2", number="1043", reference="K7F3K9Y", spoken_code="", cancelled_at="2026-11-21T10:00:00Z"
    )
    paired.change("order", "order-2", cancelled)
    ask.done("sync")
    assert ask.refused("ready", "1043") == "cancelled"
    assert ask.refused("handover", "1043") == "cancelled"
    ask.done("ready", "1042")
    ask.done("handover", "1042")
    assert ask.refused("ready", "1042") == "already_handed_over"


# --- files ---


def test_files_that_are_none(paired: FakeMarketplace, ask: Commands, tmp_path: Path) -> None:
    assert ask.refused("import", str(tmp_path / "none.csv")) == "no_such_file"
    assert ask.refused("import", str(tmp_path)) == "unreadable_file"
    assert ask.refused("import", os.devnull) == "empty"
    assert ask.refused("restore", str(tmp_path / "none.sqlite3")) == "io"
    assert ask.refused("restore", str(tmp_path)) == "io"
    (tmp_path / "notes.txt").write_text("milk, eggs\n" * 500)
    assert ask.refused("restore", str(tmp_path / "notes.txt")) == "damaged"
    assert ask.refused("backup", str(tmp_path / "notes.txt" / "copy")) == "io"
    assert ask.refused("orders", "--database", str(tmp_path)) == "io"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a file without end, where there is one")
def test_a_file_without_end_is_not_read_to_its_end(ask: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.stock_commands.MAX_CATALOGUE_BYTES", 1_000_000)
    assert ask.refused("import", "/dev/zero") == "file_too_large"


def test_the_database_is_no_place_for_its_own_copy(paired: FakeMarketplace, ask: Commands, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(database_path())
    for other_name in (database_path(), tmp_path / "link", database_path().with_name(database_path().name + "-wal")):
        assert ask.refused("backup", str(other_name)) == "own_database"
    assert ask.refused("restore", str(tmp_path / "link")) == "own_database"


@pytest.mark.parametrize("content", [b"{broken", b"\xff\xfe", b"[" * 100_000, b'{"schema_version": 99}'])
def test_a_broken_settings_file_is_named(paired: FakeMarketplace, ask: Commands, content: bytes) -> None:
    settings_path().write_bytes(content)
    answer = ask("pair", "ABCDEFGH")
    assert answer["reason"] == "settings"
    assert settings_path().name in answer["message"]
    assert ask.done("orders", "--find", "1042")["orders"], "what needs no settings goes on"
    assert settings_path().read_bytes() == content


def test_keys_that_are_gone_or_spoilt(paired: FakeMarketplace, ask: Commands) -> None:
    ask.done("ready", "1042")
    kept = secrets_path().read_bytes()
    secrets_path().write_text("{oops")
    assert ask.refused("handover", GOOD) == "unreadable"
    assert ask.refused("sync") == "unreadable"
    secrets_path().unlink()
    assert ask.refused("sync") == "not_paired"
    (keys,) = [check for check in ask("doctor")["checks"] if check["name"] == "key_store"]
    assert not keys["ok"]
    secrets_path().write_bytes(kept)
    assert ask.done("handover", GOOD)["verdict"] == "ready"


# --- the answer's own way ---


def _run(words: list[str], encoding: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    return subprocess.run([sys.executable, "-m", "app", *words], env=environment, check=False, **options)  # type: ignore[call-overload,no-any-return]  # passed on


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii", "utf-8"])
def test_old_consoles_and_pipes_get_what_they_can_show(encoding: str) -> None:
    for_people = _run(["doctor"], encoding, capture_output=True)
    assert (for_people.returncode, for_people.stderr) == (1, b"")
    for_programs = _run(["doctor", "--json"], encoding, capture_output=True)
    assert "à voir" in json.loads(for_programs.stdout.decode(encoding))["message"]


def test_an_answer_nobody_reads_or_that_does_not_fit_is_no_crash() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        left = _run(["doctor"], "utf-8", stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (left.returncode, left.stderr) == (1, b"")
    if Path("/dev/full").exists():
        with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
            refused = _run(["doctor"], "utf-8", stdout=full, stderr=subprocess.PIPE)
        assert refused.returncode == 1
        assert b"Traceback" not in refused.stderr
        assert refused.stderr
