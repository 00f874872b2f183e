"""Owns what is joined to the window once the core is there: scanners, pictures, sounds, paper sheet. Holds no rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from app.bootstrap.help import join_help
from app.bootstrap.scanners import Scanners
from app.printing.qr import qr_modules
from app.scanning.decoder import Decoder
from app.ui.onscreen_printer import PaperSheet
from app.ui.picture_input import PictureInput
from app.ui.sounds import Sounds
from app.ui.style.tokens import Role

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.settings import ScannerSettings


class Inputs:
    """Scanners, pictures, sounds and the paper sheet of one window.

    Attributes:
        scanners: the one that types and the one on a serial line.
        pictures: `read` takes a picture file.
        paper: `arrived` takes laid-out lines from any thread.
    """

    def __init__(self, assembly: Assembly, core: Core) -> None:
        window = assembly.window
        chosen = assembly.settings
        on = QGuiApplication.platformName() != "offscreen"
        self.sounds = Sounds(on, chosen.sound_volume_percent, chosen.sounds_muted)
        window.sound_asked.connect(self.sounds.play)
        self.scanners = Scanners(assembly, core)
        decoder = Decoder()
        self.pictures = PictureInput(window, lambda data: _texts(decoder, data), assembly.runner)
        window.bind("picture", self.pictures.ask_for_file)
        self.pictures.found.connect(window.take_picture)
        self.pictures.nothing_found.connect(lambda words: window.show_notice(words, Role.WARNING))
        self.paper = PaperSheet(assembly.look, qr_modules)
        window.add_sheet(self.paper)
        window.paper_toggled.connect(self.paper.toggle)
        join_help(window, assembly.look, assembly.runner)

    def use_scanner(self, scanner: ScannerSettings) -> None:
        """The scanners' settings changed."""
        self.scanners.use_settings(scanner)

    def close(self) -> None:
        """End the talk with what has a line."""
        self.scanners.close()


def _texts(decoder: Decoder, data: bytes) -> Sequence[str]:
    return [code.text for code in decoder.decode_bytes(data).codes]
