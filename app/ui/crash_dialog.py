"""Owns the dialog after a failure nobody foresaw: nothing recorded is lost, and where the log is. Closes nothing."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from app.i18n import tr
from app.paths import log_path


def show_crash(parent: QWidget, error: BaseException) -> None:
    """Tell of an unforeseen failure, once at a time; does not block the window."""
    if parent.findChild(QMessageBox, "crash-dialog") is not None:
        return
    box = QMessageBox(parent)
    box.setObjectName("crash-dialog")
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle("Comptoir")
    box.setText(tr("Something went wrong that nobody foresaw. Whatever the screen said was done is safe."))
    box.setInformativeText(
        tr("Do it again, or start Comptoir anew. The log for whoever helps you: {path}").format(path=log_path())
    )
    box.setDetailedText(type(error).__name__)
    box.setModal(False)
    box.open()
