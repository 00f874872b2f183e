"""Pictures of codes as a camera would see them, frames of them, and a plain reader, for tests of the camera."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import zxingcpp
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from app.printing.qr import qr_modules
from app.ui.camera.films import frame_of, on_canvas
from app.ui.camera.frame_source import hush_multimedia
from app.ui.camera.frames import Grey
from app.ui.camera.watcher import Reading

hush_multimedia()
NV12 = QVideoFrameFormat.PixelFormat.Format_NV12


@cache
def code_picture(text: str, module_px: int = 8) -> QImage:
    """A QR code with its white edge on a grey table, 1280x720."""
    modules = qr_modules(text)
    side = len(modules) + 8
    small = QImage(side, side, QImage.Format.Format_Grayscale8)
    small.fill(255)
    for down, cells in enumerate(modules):
        for across, dark in enumerate(cells):
            if dark:
                small.setPixel(across + 4, down + 4, 0xFF000000)
    return on_canvas(small.scaled(side * module_px, side * module_px))


@cache
def empty_picture() -> QImage:
    return on_canvas(QImage(1, 1, QImage.Format.Format_Grayscale8))


def frame(text: str = "", pixels: QVideoFrameFormat.PixelFormat = NV12) -> QVideoFrame:
    """A frame with this code in it, or none."""
    return frame_of(code_picture(text) if text else empty_picture(), pixels)


@dataclass
class PlainReader:
    """Reads QR codes with zxing-cpp alone; accepts each once until it was out of sight.

    Attributes:
        looked_at: the size of each frame that was read; advice: what it says of a frame without a code.
    """

    looked_at: list[tuple[int, int]] = field(default_factory=list)
    advice: str = "none"
    begun: int = 0
    _last: str = ""

    def look(self, grey: Grey, _at_ms: int) -> Reading:
        self.looked_at.append((grey.width, grey.height))
        view = zxingcpp.ImageView(
            grey.pixels, grey.width, grey.height, zxingcpp.ImageFormat.Lum, grey.bytes_per_line, grey.pixel_stride
        )
        found = zxingcpp.read_barcodes(view, formats=zxingcpp.barcode_formats_from_str("QRCodeModel2"))
        codes = tuple(each.text for each in found)
        accepted = codes[0] if codes and codes[0] != self._last else ""
        self._last = codes[0] if codes else ""
        return Reading(codes, accepted, "none" if codes else self.advice)

    def begin(self) -> None:
        self.begun += 1
        self._last = ""

    def not_taken(self, code: str) -> None:
        if code == self._last:
            self._last = ""
