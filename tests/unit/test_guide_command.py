"""`comptoir help`: the chapters of the guide, and the sheet for the first day; no database is made or opened."""

from __future__ import annotations

import json
from pathlib import Path

from pypdf import PdfReader

from app.cli.parser import run
from app.paths import HOME_VARIABLE, settings_path
from app.settings import KeySettings, Settings, save


def test_it_lists_the_chapters(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert run(["help", "--json"]) == 0
    chapters = json.loads(capsys.readouterr().out)["chapters"]
    assert all(Path(chapter["path"]).is_file() for chapter in chapters)
    assert "Vendre" in {chapter["title"] for chapter in chapters}
    assert list(tmp_path.iterdir()) == []


def test_it_writes_the_sheet_of_the_first_day_but_over_nothing(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    file = tmp_path / "day.pdf"
    assert run(["help", "--first-day", str(file)]) == 0
    assert file.read_bytes().startswith(b"%PDF")
    file.write_bytes(b"mine")
    assert run(["help", "--json", "--first-day", str(file)]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["reason"] == "file_exists"
    assert file.read_bytes() == b"mine"


def test_where_nothing_can_be_written_is_said(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert run(["help", "--json", "--first-day", str(tmp_path / "nowhere" / "day.pdf")]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "not_written"


def test_it_writes_the_map_of_this_tills_keys(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    save(settings_path(), Settings(keys=(KeySettings("sale.discount", "Ctrl+U"),)))
    file = tmp_path / "keys.pdf"
    assert run(["help", "--keys", str(file)]) == 0
    [page] = PdfReader(file).pages
    text = page.extract_text()
    assert "Ctrl+U" in text
    assert "Ctrl+D" not in text
