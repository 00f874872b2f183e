"""Owns `comptoir gallery`: every shared widget in every state, in a window or as a picture. Needs no database."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from app.cli.output import Answer
from app.i18n import tr
from app.settings import ZOOM_PERCENTS

_THEMES = ("light", "dark", "sunlight")


def add_gallery_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", choices=_THEMES, default="light")
    parser.add_argument("--zoom", type=int, choices=ZOOM_PERCENTS, default=100, help=tr("size of everything, percent"))
    parser.add_argument(
        "--picture", type=Path, metavar="FILE.png", help=tr("write all of it as a picture, without a window")
    )


def run_gallery(options: argparse.Namespace) -> int | Answer:
    from app.demo import has_display

    if options.picture is not None:
        return _write_picture(options)
    if not has_display(os.environ):
        return Answer(tr("There is no screen here: ask for a picture with --picture."), reason="no_display")
    return _show(options)


def _write_picture(options: argparse.Namespace) -> Answer:
    if options.picture.exists():
        text = tr("There is a file {path} already: choose another name.")
        return Answer(text.format(path=options.picture), reason="file_exists")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.ui.gallery.view import Gallery
    from app.ui.style.look import Look
    from app.ui.style.zoom import zoomed_application

    application = zoomed_application(options.zoom, must_fit=False)
    look = Look(options.theme, reduced_motion=True)
    look.apply(application)
    gallery = Gallery(look, options.zoom, lambda _percent, _theme: None)
    if not gallery.save_picture(options.picture):
        return Answer(tr("The file {path} could not be written.").format(path=options.picture), reason="not_written")
    text = tr("{path} shows every widget in every state.")
    return Answer(text.format(path=options.picture), {"path": str(options.picture)})


def _show(options: argparse.Namespace) -> int:
    from app.bootstrap.leaving import start_process_again
    from app.ui.gallery.view import Gallery
    from app.ui.style.look import Look
    from app.ui.style.tokens import ThemeName
    from app.ui.style.zoom import zoomed_application

    application = zoomed_application(options.zoom, must_fit=False)
    look = Look(options.theme)
    look.apply(application)
    asked: list[str] = []

    def other_zoom(percent: int, theme: ThemeName) -> None:
        asked[:] = ["--zoom", str(percent), "--theme", str(theme)]
        gallery.close()

    gallery = Gallery(look, options.zoom, other_zoom)
    gallery.show()
    code = application.exec()
    return start_process_again([*_program(), "gallery", *asked]) if asked else code


def _program() -> list[str]:
    """What of this process's command line stands before the command."""
    import sys

    words = sys.orig_argv[1:]
    return words[: words.index("gallery")]
