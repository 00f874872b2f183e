"""Owns QR codes as modules and as pictures: level M on paper, smallest version, a quiet zone of 4 modules (that of
python-escpos is 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

QUIET_MODULES = 4


def qr_modules(content: str, *, on_screen: bool = False) -> list[list[bool]]:
    """The modules of the code, True is dark, without quiet zone.

    Args: on_screen: level L: nothing creases or dirties a screen, and larger modules are read from further away.
    """
    import qrcode

    levels = qrcode.constants
    code = qrcode.QRCode(error_correction=levels.ERROR_CORRECT_L if on_screen else levels.ERROR_CORRECT_M, border=0)
    code.add_data(content)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def side_modules(content: str) -> int:
    """Side of the code with its quiet zone."""
    return len(qr_modules(content)) + 2 * QUIET_MODULES


def qr_picture(content: str, module_px: int) -> Image:
    """The code with its quiet zone, black on white, in grey levels."""
    from PIL import Image

    modules = qr_modules(content)
    side = len(modules) + 2 * QUIET_MODULES
    picture = Image.new("L", (side, side), 255)
    for row, cells in enumerate(modules):
        for column, dark in enumerate(cells):
            if dark:
                picture.putpixel((column + QUIET_MODULES, row + QUIET_MODULES), 0)
    return picture.resize((side * module_px, side * module_px), Image.Resampling.NEAREST)
