"""Owns the help at the right of the window: the chapter for what is in view, the keys that count there, search.

It is read beside the work: screens go on, scans go to them. It opens no address of the Internet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import QApplication, QFileDialog, QTextBrowser, QWidget
from shiboken6 import isValid

from app.i18n import language, tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import EntryLine
from app.ui.components.layouts import column, pane, row, rule
from app.ui.help.guide import Chapter, Guide, read_guide
from app.ui.help.key_map import blocks_of
from app.ui.help.pages import dress, found_page, keys_page, picture, place_of_picture
from app.ui.keymap import KeyMap
from app.ui.screen import KeyHint, PlaceName
from app.ui.style.look import Look
from app.ui.style.tokens import FOCUS_PX, SIDE_SHEET_PX, Role, Space
from app.ui.task_runner import Lane, Runner

FIRST_DAY_LINK = "comptoir:first-day"
_ROOM_PX = SIDE_SHEET_PX - 2 * (Space.BETWEEN + Space.INSIDE + FOCUS_PX)
_PICTURE = QTextDocument.ResourceType.ImageResource.value
_SEARCH_FROM = 2
"""Letters: one letter begins too many words."""

SaveFirstDay = Callable[[Path], None]
"""Writes the sheet as PDF. Raises OSError."""


class HelpedWindow(Protocol):
    """What the help asks of the window."""

    @property
    def here(self) -> PlaceName: ...
    def topic(self) -> str: ...
    def hints(self) -> Sequence[KeyHint]: ...
    def step(self) -> str: ...
    @property
    def keys(self) -> KeyMap: ...
    def focus_box(self, text: str | None = None) -> None: ...
    def show_notice(
        self, text: str, role: Role = Role.INFO, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None: ...


class _Pages(QTextBrowser):
    """The text. It asks for pictures alone, which are read behind the screen and appear in the place kept for them."""

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self.folder = Path()
        self._runner = runner
        self._pictures: dict[Path, QImage] = {}
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Guide"))
        self.setObjectName("guide-page")

    def loadResource(self, kind, name) -> QImage | None:
        file = (self.folder / name.toString()).resolve()
        if kind != _PICTURE or file.suffix != ".png":
            return None
        if file not in self._pictures:
            self._pictures[file] = place_of_picture(file, _ROOM_PX)
            self._runner.run(Lane.LISTS, lambda: picture(file, _ROOM_PX), lambda read: self._came(file, name, read))
        return self._pictures[file]

    def _came(self, file: Path, name: QUrl, read: QImage) -> None:
        self._pictures[file] = read
        if (self.folder / name.toString()).resolve() == file:
            self.document().addResource(_PICTURE, name, read)
            self.viewport().update()


class HelpSheet(QWidget):
    """The sheet; read when first opened.

    Signals:
        closed: it was hidden by the person; the focus is where it was.
    """

    closed = Signal()

    def __init__(
        self, look: Look, window: HelpedWindow, runner: Runner, folder: Path, save_first_day: SaveFirstDay
    ) -> None:
        super().__init__()
        self._look, self._window, self._folder, self._save = look, window, folder, save_first_day
        self._guide: Guide | None = None
        self._chapter: Chapter | None = None
        self._followed: tuple[PlaceName, str] | None = None
        self._focus_before: QWidget | None = None
        self._words = ""
        self._shown = ""
        self.setObjectName("help-sheet")
        self.setFixedWidth(SIDE_SHEET_PX)
        self.search = EntryLine()
        self.search.setObjectName("guide-search")
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search in the guide"))
        self.pages = _Pages(runner)
        self.contents = ActionButton(look, tr("Contents"), "", Kind.QUIET)
        self.hide_button = ActionButton(look, tr("Hide"), tr("Esc"), Kind.QUIET)
        self.before = ActionButton(look, tr("Before"), "Alt+←", Kind.QUIET)
        self.after = ActionButton(look, tr("After"), "Alt+→", Kind.QUIET)
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        head = row(self.search, self.contents, self.hide_button, gap=Space.HAIR)
        head.setContentsMargins(Space.INSIDE, Space.INSIDE, Space.INSIDE, Space.INSIDE)
        head.setStretch(0, 1)
        foot = row(self.before, None, self.after)
        foot.setContentsMargins(Space.INSIDE, Space.HAIR, Space.INSIDE, Space.HAIR)
        inner = column(head, rule(), self.pages, rule(), foot, gap=0)
        inner.setStretch(2, 1)
        self.setLayout(row(rule(vertical=True), pane(inner, Role.RAISED), gap=0))

    def _connect(self) -> None:
        self.search.textEdited.connect(self._search)
        self.search.returnPressed.connect(self._open_first)
        self.contents.clicked.connect(lambda: self.show_chapter(self._read().contents))
        self.hide_button.clicked.connect(self.leave)
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        self.pages.anchorClicked.connect(self._follow_link)
        self._look.changed.connect(self._render_anew)
        for key, step in (("Alt+Left", -1), ("Alt+Right", 1)):
            shortcut = QShortcut(QKeySequence(key), self, lambda step=step: self._step(step))
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # --- for the window ---

    @property
    def chapter(self) -> Chapter | None:
        """The one shown; None before the first, and while a search is shown."""
        return self._chapter if not self._words else None

    def toggle(self) -> None:
        """F1: show the chapter for what is in view, or hide the sheet."""
        if not self.isHidden():
            self.leave()
            return
        self._focus_before = QApplication.focusWidget()
        self._followed = None
        self.show()
        self.follow()
        self.pages.setFocus()

    def follow(self) -> None:
        """Another screen, or other keys: the chapter of the screen, unless a person has turned the page meanwhile."""
        if self.isHidden():
            return
        at = (self._window.here, self._window.topic())
        if at != self._followed:
            self._followed = at
            self.search.clear()
            self._words = ""
            self._chapter = self._read().for_place(*at)
            self._render()
        elif self._at_followed() and self._markdown() != self._shown:
            place = self.pages.verticalScrollBar().value()
            self._render()
            self.pages.verticalScrollBar().setValue(place)

    def leave(self) -> None:
        """Hide; the focus goes back to where it was."""
        self.hide()
        before, self._focus_before = self._focus_before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus()
        else:
            self._window.focus_box()
        self.closed.emit()

    # --- inside ---

    def show_chapter(self, chapter: Chapter) -> None:
        """Turn to a chapter; what was looked for is forgotten."""
        self.search.clear()
        self._words = ""
        self._chapter = chapter
        self._render()

    def _read(self) -> Guide:
        if self._guide is None:
            try:
                self._guide = read_guide(self._folder, language())
            except OSError:
                words = tr("The guide is not there: install Comptoir again. The keys below are right.")
                self._guide = Guide(Chapter(self._folder / "README.md", f"# {tr('Help')}\n\n{words}"), ())
        return self._guide

    def _at_followed(self) -> bool:
        return self._followed is not None and self._chapter is self._read().for_place(*self._followed)

    def _markdown(self) -> str:
        if self._words:
            return found_page(self._words, self._read().search(self._words))
        chapter = self._chapter or self._read().contents
        sheet = f"[{tr('Save the first day sheet (PDF)…')}]({FIRST_DAY_LINK})\n\n"
        title, _, body = chapter.text.partition("\n")
        if self._at_followed():
            return f"{title}\n\n{self._keys_page()}\n{body}"
        if chapter is self._read().contents or chapter.file.stem == "premiere-journee":
            return f"{title}\n\n{sheet}{body}"
        return chapter.text

    def _keys_page(self) -> str:
        window = self._window
        blocks = blocks_of(window.keys, window.here, window.step())
        return keys_page(window.hints(), blocks, changed=bool(window.keys.changed))

    def _render(self) -> None:
        guide, chapter = self._read(), self._chapter or self._read().contents
        self.pages.folder = chapter.file.parent
        self._shown = self._markdown()
        self.pages.setMarkdown(self._shown)
        dress(self.pages.document(), self._look)
        self.pages.moveCursor(self.pages.textCursor().MoveOperation.Start)
        self.pages.verticalScrollBar().setValue(0)
        self.before.setEnabled(guide.beside(chapter, -1) is not None)
        self.after.setEnabled(guide.beside(chapter, 1) is not None)

    def _render_anew(self) -> None:
        if not self.isHidden():
            self._render()

    def _step(self, step: int) -> None:
        chapter = self._read().beside(self._chapter or self._read().contents, step)
        if chapter is not None:
            self.show_chapter(chapter)

    def _search(self, text: str) -> None:
        self._words = text.strip() if len(text.strip()) >= _SEARCH_FROM else ""
        self._render()

    def _open_first(self) -> None:
        found = self._read().search(self._words)
        if found:
            self.show_chapter(found[0].chapter)
            self.pages.setFocus()

    def _follow_link(self, link: QUrl) -> None:
        if link.toString() == FIRST_DAY_LINK:
            self._save_first_day()
            return
        if link.scheme() in ("http", "https"):
            self._window.show_notice(
                tr("This is on the Internet: {address}").format(address=link.toString()),
                Role.INFO,
                tr("Open it in the browser"),
                lambda: QDesktopServices.openUrl(link) and None,
            )
            return
        file = Path(link.toLocalFile()) if link.isLocalFile() else self.pages.folder / link.path()
        chapter = self._read().chapter_of(file)
        if chapter is not None:
            self.show_chapter(chapter)
            if link.hasFragment():
                self.pages.scrollToAnchor(link.fragment())

    def _save_first_day(self) -> None:
        proposed = str(Path.home() / f"{tr('first-day')}.pdf")
        name, _kind = QFileDialog.getSaveFileName(self, tr("First day"), proposed, "PDF (*.pdf)")
        if not name:
            return
        try:
            self._save(Path(name))
        except OSError:
            words = tr("The sheet could not be written there. Choose another folder.")
            self._window.show_notice(words, Role.WARNING)
            return
        page = QUrl.fromLocalFile(name)
        self._window.show_notice(
            tr("The sheet is written: {path}").format(path=name),
            Role.SUCCESS,
            tr("Open it to print"),
            lambda: QDesktopServices.openUrl(page) and None,
        )

    def keyPressEvent(self, event) -> None:
        """No key goes on to the screen behind: a letter begins a search, Esc leaves."""
        typed = event.text()
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif typed.isprintable() and typed.strip() and not held:
            self.search.setFocus()
            self.search.insert(typed)
            self._search(self.search.text())
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.pages.setFocus()
        event.accept()

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._render_anew()
