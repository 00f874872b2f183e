"""Owns pictures as a way in: a photo of the code dropped on the window or opened with Ctrl+O becomes an input.

The decoder is passed in and runs in its own lane; a picture that cannot be read gets a sentence, never a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.i18n import tr
from app.ui.task_runner import Lane, Runner

Decode = Callable[[bytes], Sequence[str]]
"""Picture file to the texts of its codes, QR first; an empty sequence if it holds none or is no picture."""

MAX_BYTES = 30_000_000


class PictureInput(QObject):
    """Signals: found: the text of the first code; nothing_found: a sentence for the person."""

    found = Signal(str)
    nothing_found = Signal(str)

    def __init__(self, window: QWidget, decode: Decode, runner: Runner) -> None:
        super().__init__(window)
        self._window = window
        self._decode = decode
        self._runner = runner
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def read(self, path: Path) -> None:
        """Look for a code in a picture file."""
        self._runner.run(Lane.DECODE, lambda: self._codes_in(path), self._decoded, self._unreadable)

    def ask_for_file(self) -> None:
        kinds = tr("Pictures") + " (*.png *.jpg *.jpeg *.bmp *.gif *.webp)"
        chosen, _kind = QFileDialog.getOpenFileName(self._window, tr("Picture of the customer's code"), "", kinds)
        if chosen:
            self.read(Path(chosen))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
            if not files:
                return False
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.read(files[0])
            return True
        return super().eventFilter(watched, event)

    def _codes_in(self, path: Path) -> Sequence[str]:
        return self._decode(path.read_bytes()) if path.stat().st_size <= MAX_BYTES else ()

    def _decoded(self, codes: Sequence[str]) -> None:
        if codes:
            self.found.emit(codes[0])
        else:
            self.nothing_found.emit(tr("No code was found in this picture. Take it closer, without glare."))

    def _unreadable(self, _error: Exception) -> None:
        self.nothing_found.emit(tr("This file cannot be read. Choose a photo or a screenshot of the code."))
