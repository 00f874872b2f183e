"""Owns `comptoir practice`: the practice shop in a process of its own; and, within that process, its window."""

from __future__ import annotations

import argparse
from dataclasses import replace

from app.cli.output import Answer
from app.i18n import tr
from app.paths import data_dir, settings_path
from app.settings import ZOOM_PERCENTS, Settings, load


def add_practice_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--short", action="store_true", help=tr("one sale and one pickup alone"))
    parser.add_argument("--anew", action="store_true", help=tr("begin again, although it was left half-way"))
    parser.add_argument(
        "--inside", action="store_true", help=tr("in this process: COMPTOIR_HOME names the practice shop’s own folder")
    )
    parser.add_argument("--language", choices=["fr", "en"], help=tr("with --inside: of the window"))
    parser.add_argument(
        "--theme", choices=["system", "light", "dark", "sunlight"], help=tr("with --inside: its colours")
    )
    parser.add_argument("--zoom", type=int, choices=ZOOM_PERCENTS, help=tr("with --inside: its size in percent"))


def run_practice(options: argparse.Namespace) -> Answer | int:
    """Raises SettingsError."""
    if options.inside:
        return _run_inside(options)
    from app.bootstrap.practice_door import PracticeLesson, PracticeStart, practice_folder, run_beside

    lesson: PracticeLesson = "short" if options.short else "whole"
    return run_beside(PracticeStart(practice_folder(data_dir()), load(settings_path()), lesson, options.anew))


def _run_inside(options: argparse.Namespace) -> Answer | int:
    from app.practice.exercises import Lesson
    from app.practice.home import NoPracticeFolder, practice_home
    from app.practice.shop_window import run_practice_window

    try:
        home = practice_home()
    except NoPracticeFolder as refusal:
        text = tr("This is no folder of a practice shop; nothing was opened. Start it with: comptoir practice. ({why})")
        return Answer(text.format(why=refusal), reason="no_practice_folder")

    def dress(settings: Settings) -> Settings:
        wanted = {"language": options.language, "theme": options.theme, "zoom_percent": options.zoom}
        return replace(settings, **{name: value for name, value in wanted.items() if value is not None})

    return run_practice_window(home, Lesson.SHORT if options.short else Lesson.WHOLE, anew=options.anew, dress=dress)
