"""Owns `comptoir help`: the guide's chapters; its sheet for the first day and the map of keys as PDF.

Needs no database."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from app.cli.output import Answer
from app.i18n import language, tr
from app.paths import guide_dir


def add_guide_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--first-day",
        type=Path,
        metavar="FILE.pdf",
        help=tr("write the sheet for the first day (A4) into this file"),
    )

    parser.add_argument(
        "--keys",
        type=Path,
        metavar="FILE.pdf",
        help=tr("write the map of this till's keys (A4) into this file"),
    )


def run_guide(options: argparse.Namespace) -> Answer:
    if options.first_day is not None:
        return _write_first_day(options.first_day)
    if options.keys is not None:
        return _write_keys(options.keys)
    from app.ui.help.guide import read_guide

    try:
        guide = read_guide(guide_dir(), language())
    except OSError:
        return Answer(tr("The guide is not there: install Comptoir again."), reason="no_guide")
    chapters = [{"title": one.title, "path": str(one.file)} for one in guide.chapters]
    rows = [(one["title"], one["path"]) for one in chapters]
    return Answer(tr("The chapters of the guide, beside the screen with F1:"), {"chapters": chapters}, rows)


def _write_first_day(file: Path) -> Answer:
    from app.bootstrap.help import save_first_day

    return _write(file, save_first_day)


def _write_keys(file: Path) -> Answer:
    from app.bootstrap.help import save_key_map
    from app.paths import settings_path
    from app.settings import load
    from app.ui.keymap import KeyMap

    keys = KeyMap()
    keys.use({each.action: each.key for each in load(settings_path()).keys})
    return _write(file, lambda path: save_key_map(path, keys))


def _write(file: Path, save: Callable[[Path], None]) -> Answer:
    """A paper that must not replace another file."""
    if file.exists():
        text = tr("There is a file {path} already: choose another name.")
        return Answer(text.format(path=file), reason="file_exists")
    try:
        save(file)
    except OSError as failure:
        text = tr("The file {path} could not be written: {problem}.")
        return Answer(text.format(path=file, problem=failure.strerror), reason="not_written")
    text = tr("{path} is written: print it and keep it near the till.")
    return Answer(text.format(path=file), {"path": str(file)})
