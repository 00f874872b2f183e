"""Owns `comptoir help`: the guide's chapters, and its sheet for the first day as PDF. Needs no database."""

from __future__ import annotations

import argparse
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


def run_guide(options: argparse.Namespace) -> Answer:
    if options.first_day is not None:
        return _write_first_day(options.first_day)
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

    if file.exists():
        text = tr("There is a file {path} already: choose another name.")
        return Answer(text.format(path=file), reason="file_exists")
    try:
        save_first_day(file)
    except OSError as failure:
        text = tr("The file {path} could not be written: {problem}.")
        return Answer(text.format(path=file, problem=failure.strerror), reason="not_written")
    text = tr("{path} is written: print it and keep it near the till.")
    return Answer(text.format(path=file), {"path": str(file)})
