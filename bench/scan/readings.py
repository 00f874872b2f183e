"""Owns who reads in the measure: Comptoir's reader with every pass, and each library alone, as a program without this
work would call it. Each gives the texts it found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import zxingcpp
from PIL.Image import Image
from pyzbar import pyzbar

from app.scanning.decoder import Decoder
from app.scanning.frame_reader import EVERY_PASS, FrameReader, sight_of
from app.scanning.frames import Luma

OURS, ZXING, ZBAR = "Comptoir", "zxing-cpp alone", "pyzbar alone"

Read = Callable[[Image], list[str]]


def readers() -> Mapping[str, Read]:
    """Of camera frames, by name; the first is ours."""
    ours = FrameReader()
    return {
        OURS: lambda picture: [code.text for code in ours.read(sight_of(luma_of(picture)), EVERY_PASS)],
        ZXING: with_zxing,
        ZBAR: with_zbar,
    }


def picture_readers() -> Mapping[str, Read]:
    """Of photographs, by name; the first is ours."""
    ours = Decoder()
    return {
        OURS: lambda picture: [code.text for code in ours.decode_grey(picture)],
        ZXING: with_zxing,
        ZBAR: with_zbar,
    }


def with_zxing(picture: Image) -> list[str]:
    formats = zxingcpp.barcode_formats_from_str("QRCodeModel2,EAN13,Code128")
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=formats, text_mode=zxingcpp.TextMode.Plain)]


def with_zbar(picture: Image) -> list[str]:
    symbols = [pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.EAN13, pyzbar.ZBarSymbol.CODE128]
    pixels = (picture.tobytes(), picture.width, picture.height)
    return [code.data.decode("utf-8", "replace") for code in pyzbar.decode(pixels, symbols=symbols)]


def luma_of(picture: Image) -> Luma:
    return Luma(memoryview(picture.tobytes()), picture.width, picture.height, picture.width)
