"""Changed keys in the settings file, and in the file they are passed on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.settings import (
    MOST_KEYS,
    KeySettings,
    Settings,
    SettingsNewer,
    SettingsNotWritten,
    SettingsUnreadable,
    load,
    load_keys,
    save,
    save_keys,
)

KEYS = (KeySettings("sale.park", "Ctrl+U"), KeySettings("sale.pay.card", "K"))


def test_they_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save(path, Settings(keys=KEYS))
    assert load(path).keys == KEYS


def test_a_file_of_before_has_the_keys_as_delivered(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"schema_version": 2}', encoding="utf-8")
    assert load(path).keys == ()


def test_they_are_passed_on(tmp_path: Path) -> None:
    save_keys(tmp_path / "keys.json", KEYS)
    assert load_keys(tmp_path / "keys.json") == KEYS


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"comptoir_printer": 1}',
        '{"comptoir_keys": 1}',
        '{"comptoir_keys": 1, "keys": [{"action": "sale.park"}]}',
        '{"comptoir_keys": 1, "keys": [{"action": "sale.park", "key": ""}]}',
        '{"comptoir_keys": 1, "keys": [{"action": "sale.park", "key": "F5\\u0007"}]}',
        json.dumps({"comptoir_keys": 1, "keys": [{"action": "a", "key": "F5"}] * (MOST_KEYS + 1)}),
        "x" * 200_000,
    ],
)
def test_nothing_but_such_a_file_is_taken(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsUnreadable):
        load_keys(file)


def test_one_of_a_newer_release_is_said_to_be_newer(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text('{"comptoir_keys": 2, "keys": []}', encoding="utf-8")
    with pytest.raises(SettingsNewer):
        load_keys(file)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsNotWritten):
        save_keys(tmp_path / "none" / "keys.json", KEYS)
