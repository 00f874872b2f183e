"""Owns how a chapter of the guide looks: its Markdown with the keys of the screen before it, in the fonts and colours
in force. Pictures come from the guide's own folders and are made as wide as there is room; nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QFont,
    QImage,
    QImageReader,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
)

from app.i18n import tr
from app.ui.help.guide import Found
from app.ui.help.key_map import Block
from app.ui.screen import KeyHint
from app.ui.style.look import Look
from app.ui.style.tokens import LINE_PX, PAPER_FAMILY, Role, Space, Type

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>=~])")
_HEADINGS = {1: Type.TITLE, 2: Type.LEAD}


def keys_page(hints: Sequence[KeyHint], blocks: Sequence[Block], changed: bool) -> str:
    """The keys that count now with what they do now, then the whole map of the place in view, as Markdown.

    Args: blocks: the map; changed: some key is not as delivered, which the guide's text does not know.
    """
    here = [_key_row(hint.key, hint.does) for hint in hints]
    pieces = [f"## {tr('Keys on this screen')}", "", *_table(here), ""] if here else []
    if changed:
        pieces += [tr("This till has keys of its own; the text below names those it was delivered with."), ""]
    for where, rows in blocks:
        line = " · ".join(f"**{_safe(key)}** {_safe(does)}" for key, does in rows)
        pieces += [f"**{_safe(where)}:** {line}", ""]
    return "\n".join(["", *pieces, ""])


def found_page(words: str, found: Sequence[Found]) -> str:
    """What a search found, as Markdown with links to the chapters."""
    title = f"# {tr('Found for “{text}”').format(text=_safe(words))}\n\n"
    if not found:
        return title + tr("Nothing. Try a shorter word, or the beginning of one.")
    return title + "\n\n".join(
        f"[{_safe(one.chapter.title)}](<{one.chapter.file.as_uri()}>)\n\n{_safe(one.excerpt)}" for one in found
    )


def _table(rows: Sequence[str]) -> list[str]:
    return [f"| {tr('key')} | {tr('does')} |", "| --- | --- |", *rows]


def _key_row(key: str, does: str) -> str:
    return f"| **{_safe(key)}** | {_safe(does)} |"


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def dress(document: QTextDocument, look: Look) -> None:
    """Give a document read from Markdown the type scale and the colours of the theme."""
    document.setDefaultFont(look.font(Type.BODY))
    document.setDocumentMargin(int(Space.BETWEEN))
    whole = QTextCursor(document)
    whole.beginEditBlock()  # else each change lays the page out anew
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        level = block.blockFormat().headingLevel()
        spaced = QTextBlockFormat()
        spaced.setTopMargin(Space.BETWEEN if level > 1 else Space.HAIR)
        spaced.setBottomMargin(Space.HAIR)
        if not _is_picture(block):
            spaced.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(spaced)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            cursor.setCharFormat(_heading(look, level))
        else:
            _dress_pieces(block, look, document)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame, look)
    whole.endEditBlock()


def _is_picture(block) -> bool:
    pieces = block.begin()
    return not pieces.atEnd() and pieces.fragment().charFormat().isImageFormat()


def _heading(look: Look, level: int) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFont(look.font(_HEADINGS.get(level, Type.BODY), strong=True))
    made.setForeground(QBrush(look.colour(Role.TEXT)))
    return made


def _dress_pieces(block, look: Look, document: QTextDocument) -> None:
    """Strong words in the family's own strong weight, links in their colour, typed text in the letters of paper."""
    changes = []
    pieces = block.begin()
    while not pieces.atEnd():
        piece = pieces.fragment()
        form = piece.charFormat()
        if form.isAnchor():
            link = QTextCharFormat()
            link.setForeground(QBrush(look.colour(Role.PRIMARY)))
            link.setFontUnderline(True)
            changes.append((piece.position(), piece.length(), link))
        elif form.fontFixedPitch() or block.blockFormat().nonBreakableLines():
            typed = QTextCharFormat()
            typed.setFontFamilies([PAPER_FAMILY, "monospace"])
            typed.setProperty(QTextCharFormat.Property.FontPixelSize, int(Type.CAPTION))
            changes.append((piece.position(), piece.length(), typed))
        elif form.fontWeight() > QFont.Weight.Normal:
            strong = QTextCharFormat()
            strong.setFontWeight(QFont.Weight.DemiBold)
            changes.append((piece.position(), piece.length(), strong))
        pieces += 1
    for start, length, form in changes:
        cursor = QTextCursor(document)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(form)


def _dress_table(table: QTextTable, look: Look) -> None:
    form = table.format()
    form.setBorder(LINE_PX)
    form.setBorderCollapse(True)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderBrush(QBrush(look.colour(Role.LINE)))
    form.setCellPadding(Space.HAIR)
    form.setCellSpacing(0)
    form.setTopMargin(Space.INSIDE)
    form.setBottomMargin(Space.INSIDE)
    table.setFormat(form)


def picture(file: Path, room_px: int) -> QImage:
    """A picture no wider than the room, an empty one if it cannot be read. From any thread; takes 20 ms."""
    read = QImage(str(file))
    if read.width() <= room_px:
        return read
    return read.scaledToWidth(room_px, Qt.TransformationMode.SmoothTransformation)


def place_of_picture(file: Path, room_px: int) -> QImage:
    """As large as the picture will be, with nothing on it; only the file's head is read."""
    size = QImageReader(str(file)).size()
    if size.isEmpty():
        return QImage()
    if size.width() > room_px:
        size = QSize(room_px, round(size.height() * room_px / size.width()))
    made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    return made
