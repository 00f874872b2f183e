"""Owns what is joined to the window once the core is there: scanner, pictures, sounds, paper sheet. Holds no rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from app.i18n import tr
from app.printing.qr import qr_modules
from app.scanning.decoder import Decoder
from app.scanning.keys import KeysOf
from app.scanning.wedge import Confidence, Wedge, judge_code
from app.ui.onscreen_printer import PaperSheet
from app.ui.picture_input import PictureInput
from app.ui.scan_filter import ScanFilter
from app.ui.sounds import Sounds
from app.ui.style.tokens import Role
from app.usecases.ports import Unavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.settings import ScannerSettings


class Inputs:
    """Scanner, pictures, sounds and the paper sheet of one window.

    Attributes:
        scan_filter: gets every key first.
        pictures: `read` takes a picture file.
        paper: `arrived` takes laid-out lines from any thread.
    """

    def __init__(self, assembly: Assembly, core: Core) -> None:
        window = assembly.window
        self._core = core
        self.sounds = Sounds(on=QGuiApplication.platformName() != "offscreen")
        window.sound_asked.connect(self.sounds.play)
        scanner = assembly.settings.scanner
        self.scan_filter = ScanFilter(self._wedge(scanner), KeysOf(QGuiApplication.platformName()))
        self.scan_filter.scanned.connect(window.take_scan)
        self.scan_filter.misread_layout.connect(
            lambda: window.foot.set_scanner(tr("Scanner set to another keyboard"), Role.WARNING)
        )
        self.scan_filter.watch(window)
        self.scan_filter.watch_application()
        decoder = Decoder()
        self.pictures = PictureInput(window, lambda data: _texts(decoder, data), assembly.runner)
        self.pictures.found.connect(window.take_picture)
        self.pictures.nothing_found.connect(lambda words: window.show_notice(words, Role.WARNING))
        self.paper = PaperSheet(assembly.look, qr_modules)
        window.add_sheet(self.paper)
        window.paper_toggled.connect(self.paper.toggle)

    def use_scanner(self, scanner: ScannerSettings) -> None:
        """The scanner's settings changed."""
        self.scan_filter.set_wedge(self._wedge(scanner))

    def _wedge(self, scanner: ScannerSettings) -> Wedge:
        return Wedge(
            self._judged,
            max_gap_ms=scanner.max_gap_ms,
            min_length=scanner.min_length,
            prefix=scanner.prefix,
            suffix=scanner.suffix,
        )

    def _judged(self, text: str) -> Confidence:
        return judge_code(text, self._is_article)

    def _is_article(self, text: str) -> bool:
        """One indexed look-up (some tens of microseconds): this is asked on the main thread, between two keys."""
        try:
            return self._core.store.queries.product_by_code(text) is not None
        except Unavailable:
            return False


def _texts(decoder: Decoder, data: bytes) -> Sequence[str]:
    return [code.text for code in decoder.decode_bytes(data).codes]
