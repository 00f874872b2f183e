"""Owns what is shown while a backup is put in place: how far it is and the button that stops it. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui import work_words
from app.ui.components.layouts import column
from app.ui.components.long_work import LongWorkBox
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.long_work import LongWork

_WIDTH_PX = 640


class RestoreSheet(QWidget):
    """A window of its own: the till's is gone meanwhile."""

    def __init__(self, look: Look, name: str, work: LongWork) -> None:
        """Args: name: of the backup's file."""
        super().__init__()
        self._work = work
        self._over = False
        self._loop = QEventLoop(self)
        self.setWindowTitle("Comptoir")
        self.box = LongWorkBox(
            look,
            "restore",
            tr("A backup is being put in place"),
            work_words.restore_words,
            work_words.restore_meanwhile(),
            work.stop,
        )
        title = label(tr("A backup is being put in place"), Type.TITLE, strong=True)
        self.setLayout(column(title, label(name, Type.BODY, Role.MUTED, wrap=True), self.box, around=Space.AROUND))
        self.setMinimumWidth(_WIDTH_PX)
        self.box.watch(work)
        self.box.stop.setFocus()

    def stay(self) -> None:
        """Be shown until `end`."""
        self.show()
        self._loop.exec()

    def end(self) -> None:
        """It is over."""
        self._over = True
        self.box.watch(None)
        self.close()
        self.deleteLater()
        self._loop.quit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window goes when the work is over; until then closing it asks the work to stop."""
        if not self._over:
            event.ignore()
            self.box.stop.click()
