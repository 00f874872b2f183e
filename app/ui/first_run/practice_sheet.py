"""Owns the sheet at the end of the exercises as it is seen, and its being written to be printed. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from app.i18n import tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.cover import Cover
from app.ui.components.layouts import column, row, scrolling
from app.ui.components.text import label, set_role
from app.ui.main_window import MainWindow
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.ui.task_runner import Lane, Runner

_WIDEST_PX = 900


class PracticeSheet(Cover):
    """Over the window until Esc. P writes it as a page and shows that; Enter ends the practice."""

    def __init__(
        self,
        look: Look,
        window: MainWindow,
        runner: Runner,
        text: str,
        write: Callable[[], Path],
        show: Callable[[Path], None] | None = None,
    ) -> None:
        """Args: text: Markdown; write: write it as a page, in a lane, and say where; raises OSError; show: hands the
        page to whatever prints pages here."""
        super().__init__()
        self.setObjectName("practice-sheet")
        self.setAccessibleName(tr("What was practised"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # by Tab it would send the focus back to the first button
        self.setProperty("surface", str(Role.SURFACE))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self._window = window
        self._runner = runner
        self._write = write
        self._show = show or _show_page
        self.close_button = self._button(
            look, tr("Back to my till"), tr("Enter"), "practice-close", window.close, Kind.MAIN
        )
        self.print_button = self._button(look, tr("Print this sheet"), "P", "practice-print", self.print)
        self.stay_button = self._button(look, tr("Go on practising"), tr("Esc"), "practice-stay", self.leave)
        self.said = label("", Type.BODY, Role.INFO, wrap=True)
        self.said.setObjectName("practice-said")
        page = column(*(_line(line) for line in text.splitlines() if line), None, gap=Space.INSIDE)
        inner = column(
            scrolling(page),
            self.said,
            row(self.close_button, self.print_button, self.stay_button, None, gap=Space.NEAR),
            gap=Space.NEAR,
            around=0,
        )
        inner.setStretch(0, 1)
        whole = row(None, inner, None, around=Space.AROUND)
        whole.setStretch(1, 100)
        self.setLayout(whole)
        self.said.hide()

    def print(self) -> None:
        """Write the page and show it."""
        self._runner.run(Lane.BOOKS, self._write, self._written, self._not_written)

    def leave(self) -> None:
        """Back to the practice shop."""
        self._window.uncover()
        self.deleteLater()

    def refuse_scan(self) -> None:
        self._say(tr("The scanner reads. Esc leads back to the till."), Role.WARNING)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self.close_button.setFocus()

    def keyPressEvent(self, event) -> None:
        """Every key that no button wanted ends here."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() == Qt.Key.Key_P and not event.isAutoRepeat():
            self.print()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._window.close()

    def event(self, event) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # keys of the window's shortcuts end here too
            return True
        return super().event(event)

    # --- inside ---

    def _written(self, file: Path) -> None:
        self._say(tr("Written: {path}. Print it from there.").format(path=file), Role.SUCCESS)
        self._show(file)

    def _not_written(self, failure: Exception) -> None:
        self._say(tr("The sheet could not be written ({reason}).").format(reason=type(failure).__name__), Role.DANGER)

    def _say(self, words: str, role: Role) -> None:
        self.said.setText(words)
        set_role(self.said, role)
        self.said.show()

    @staticmethod
    def _button(
        look: Look, text: str, key: str, name: str, act: Callable[[], object], kind: Kind = Kind.PLAIN
    ) -> ActionButton:
        made = ActionButton(look, text, key, kind)
        made.setObjectName(name)
        made.clicked.connect(lambda _checked=False: act() and None)
        return made


def _line(markdown: str) -> QLabel:
    """A line of the sheet: headings large, the rest as it is read."""
    words = markdown.lstrip("#").strip()
    if markdown.startswith("# "):
        return label(words, Type.HEAD, strong=True, wrap=True)
    if markdown.startswith("## "):
        return label(words, Type.TITLE, strong=True, wrap=True)
    return label(words.removeprefix("- ").removeprefix("[ ] ").replace("**", ""), Type.BODY, wrap=True)


def _show_page(file: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
