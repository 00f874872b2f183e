"""Owns pictures of papers: laid-out lines painted as they would come out of the printer. For screens, proofs and the
guided tour.

Needs no display. Characters stand on a fixed grid, so columns line up here exactly when they do on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import resources_dir
from app.printing.lines import BarcodeLine, CutLine, FeedLine, LogoLine, PrintLine, QrLine, RuleLine, Size, TextLine
from app.printing.qr import qr_picture, side_modules

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw as Draw
    from PIL.ImageFont import FreeTypeFont

COLUMN_PX = 12
LINE_PX = 30
MARGIN_PX = 24
_FONT_PX = 20
_TEETH_PX = 8
_PAPER = 255
_BEHIND = 222
_INK = 24
_FONTS = {False: "DejaVuSansMono.ttf", True: "DejaVuSansMono-Bold.ttf"}
_BARS_PX, _BAR_MODULE_PX, _BARS_QUIET_MODULES = 72, 3, 22
_QR_MODULE_PX, _SMALL_QR_MODULE_PX = 6, 4


def render(lines: Sequence[PrintLine], width: int) -> Image:
    """The paper in grey levels, one picture for one job.

    Args:
        lines: as laid out for `width`.
        width: columns of normal size.
    """
    from PIL import Image, ImageDraw

    heights = [_height_px(line) for line in lines]
    size = (width * COLUMN_PX + 2 * MARGIN_PX, sum(heights) + 2 * MARGIN_PX)
    paper = Image.new("L", size, _PAPER)
    fonts = _fonts()
    top = MARGIN_PX
    for line, height in zip(lines, heights, strict=True):
        match line:
            case TextLine():
                paper.paste(_text_picture(line, fonts), (MARGIN_PX, top))
            case RuleLine():
                _dashes(ImageDraw.Draw(paper), top + height // 2, size[0])
            case QrLine():
                code = qr_picture(line.content, _module_px(line))
                paper.paste(code, ((size[0] - code.width) // 2, top))
            case BarcodeLine():
                _bars(paper, line, fonts, top)
            case FeedLine() | CutLine() | LogoLine():
                pass
        top += height
    _torn_edge(ImageDraw.Draw(paper), size)
    return paper


def save_png(lines: Sequence[PrintLine], width: int, path: Path) -> None:
    """Write the picture of a paper; raises OSError."""
    render(lines, width).save(path, format="PNG", optimize=True)


def _height_px(line: PrintLine) -> int:
    match line:
        case TextLine():
            return LINE_PX if line.size is Size.NORMAL else 2 * LINE_PX - 6
        case RuleLine():
            return LINE_PX
        case QrLine():
            return side_modules(line.content) * _module_px(line)
        case BarcodeLine():
            return _BARS_PX + LINE_PX
        case LogoLine():
            return 0
        case FeedLine():
            return line.count * LINE_PX
        case CutLine():
            return LINE_PX // 2


def _bars(paper: Image, line: BarcodeLine, fonts: dict[bool, FreeTypeFont], top: int) -> None:
    from PIL import ImageDraw

    draw, bars = ImageDraw.Draw(paper), line.bars
    module = max(1, min(_BAR_MODULE_PX, paper.width // (len(bars) + _BARS_QUIET_MODULES)))
    left = (paper.width - len(bars) * module) // 2
    for place, dark in enumerate(bars):
        if dark:
            x_px = left + place * module
            draw.rectangle((x_px, top, x_px + module - 1, top + _BARS_PX - 1), _INK)
    draw.text((paper.width // 2, top + _BARS_PX + LINE_PX - 8), line.number, _INK, fonts[False], anchor="ms")


def _module_px(line: QrLine) -> int:
    return _SMALL_QR_MODULE_PX if line.small else _QR_MODULE_PX


def _fonts() -> dict[bool, FreeTypeFont]:
    from PIL import ImageFont

    folder = resources_dir() / "fonts"
    return {bold: ImageFont.truetype(folder / name, _FONT_PX) for bold, name in _FONTS.items()}


def _text_picture(line: TextLine, fonts: dict[bool, FreeTypeFont]) -> Image:
    from PIL import Image, ImageDraw

    picture = Image.new("L", (max(1, len(line.text)) * COLUMN_PX, LINE_PX), _PAPER)
    draw = ImageDraw.Draw(picture)
    for column, character in enumerate(line.text):
        draw.text((column * COLUMN_PX, LINE_PX - 8), character, _INK, fonts[line.bold], anchor="ls")
    if line.size is Size.NORMAL:
        return picture
    wide = 2 if line.size is Size.DOUBLE else 1
    return picture.resize((picture.width * wide, 2 * LINE_PX - 6), Image.Resampling.LANCZOS)


def _dashes(draw: Draw, y_px: int, width_px: int) -> None:
    for x_px in range(MARGIN_PX, width_px - MARGIN_PX, COLUMN_PX):
        draw.line((x_px + 1, y_px, x_px + COLUMN_PX - 3, y_px), _INK, 2)


def _torn_edge(draw: Draw, size: tuple[int, int]) -> None:
    """The zigzag that a cutter leaves at the bottom."""
    width, height = size
    for x_px in range(0, width, 2 * _TEETH_PX):
        draw.polygon(((x_px, height), (x_px + _TEETH_PX, height - _TEETH_PX), (x_px + 2 * _TEETH_PX, height)), _BEHIND)
