"""Owns the codes of the corpus as flat cards: a pickup code's QR, an EAN-13, a Code 128, on white paper. All chance is
a seeded generator's; knows nothing of cameras.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import barcode
import qrcode
from barcode.codex import Code128
from PIL import Image, ImageDraw

from app.domain.barcodes import gtin_check_digit
from app.domain.pickup_code import ALPHABET, REFERENCE_LENGTH, make_pickup_code

QR, EAN13, CODE128 = "qr", "ean13", "code128"
KINDS = (QR, EAN13, CODE128)
DRAWN_PX = 8
"""Pixels a module on the flat card; every scene shows it smaller."""

_CODE128_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."


@dataclass(frozen=True, slots=True)
class Card:
    """A code on its paper.

    Attributes:
        kind, text: what a reader should say.
        picture: black on white, `DRAWN_PX` a module.
        inner: left, top, right, bottom of the code itself, in pixels.
    """

    kind: str
    text: str
    picture: Image.Image
    inner: tuple[int, int, int, int]


def make_card(chance: random.Random, kind: str, quiet: int = 0) -> Card:
    """A code with a text of its own.

    Args:
        quiet: modules of white around it; 0 for what its standard asks.
    """
    if kind == QR:
        return _qr_card(_pickup_code(chance), quiet or 4)
    if kind == EAN13:
        body = "3" + "".join(chance.choices("0123456789", k=11))
        text = body + str(gtin_check_digit(body))
        return _bars_card(kind, text, barcode.get("ean13", body).build()[0], quiet or 11, chance.uniform(0.35, 0.6))
    text = "".join(chance.choices(_CODE128_SYMBOLS, k=chance.randint(7, 10)))
    return _bars_card(kind, text, Code128(text).build()[0], quiet or 10, chance.uniform(0.25, 0.4))


def _pickup_code(chance: random.Random) -> str:
    reference = "".join(chance.choices(ALPHABET, k=REFERENCE_LENGTH))
    return make_pickup_code(chance.choice(ALPHABET), chance.randbytes(32), "bench", reference)


def _qr_card(text: str, quiet: int) -> Card:
    code = qrcode.QRCode(version=2, error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=DRAWN_PX, border=quiet)
    code.add_data(text)
    code.make(fit=False)
    picture = code.make_image().get_image().convert("L")
    edge = quiet * DRAWN_PX
    return Card(QR, text, picture, (edge, edge, picture.width - edge, picture.height - edge))


def _bars_card(kind: str, text: str, modules: str, quiet: int, height_of_width: float) -> Card:
    wide = len(modules) * DRAWN_PX
    high = round(wide * height_of_width)
    edge = quiet * DRAWN_PX
    picture = Image.new("L", (wide + 2 * edge, high + 8 * DRAWN_PX), 255)
    draw = ImageDraw.Draw(picture)
    for index, module in enumerate(modules):
        if module == "1":
            left = edge + index * DRAWN_PX
            draw.rectangle((left, DRAWN_PX, left + DRAWN_PX - 1, DRAWN_PX + high - 1), fill=0)
    draw.text((edge, high + DRAWN_PX), text, fill=0, font_size=6 * DRAWN_PX)
    return Card(kind, text, picture, (edge, DRAWN_PX, edge + wide, DRAWN_PX + high))
