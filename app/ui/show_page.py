"""Owns showing a written page in the person's own viewer, to be printed there. Never writes one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def show_page(page: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))
