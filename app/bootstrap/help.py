"""Owns joining the guide to one window. Holds no rule and no widget of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.i18n import language
from app.paths import guide_dir

if TYPE_CHECKING:
    from app.ui.help.view import HelpSheet
    from app.ui.keymap import KeyMap
    from app.ui.main_window import MainWindow
    from app.ui.style.look import Look
    from app.ui.task_runner import TaskRunner


def join_help(window: MainWindow, look: Look, runner: TaskRunner) -> None:
    """The help at the right of a window, shown and hidden with F1; made when it is first asked for."""
    made: list[HelpSheet] = []

    def toggle() -> None:
        if not made:
            made.append(_help_of(window, look, runner))
        made[0].toggle()

    window.help_toggled.connect(toggle)


def _help_of(window: MainWindow, look: Look, runner: TaskRunner) -> HelpSheet:
    from app.ui.help.view import HelpSheet

    sheet = HelpSheet(look, window, runner, guide_dir(), save_first_day)
    window.add_sheet(sheet)
    window.hints_told.connect(sheet.follow)
    return sheet


def save_first_day(file: Path) -> None:
    """Write the sheet of the first day as a PDF, in the language spoken. Raises OSError."""
    from app.printing.page_pdf import page_as_pdf
    from app.ui.help.guide import first_day_text

    file.write_bytes(page_as_pdf(first_day_text(guide_dir(), language())))


def save_key_map(file: Path, keys: KeyMap) -> None:
    """Write the map of the keys in force as a PDF of one page, in the language spoken. Raises OSError."""
    from app.i18n import tr
    from app.printing.key_map_pdf import key_map_as_pdf
    from app.ui.help.key_map import key_blocks

    file.write_bytes(key_map_as_pdf(tr("The keys of the till"), key_blocks(keys)))
