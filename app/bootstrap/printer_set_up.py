"""Owns what the settings are given to set a printer up: the workbench joined to this till's shop and language. Holds no
rule."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.ui.settings.printer import PrinterSurroundings

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly


def printer_surroundings(assembly: Assembly, core: Core) -> PrinterSurroundings:
    """All that the sheet needs."""
    from app.domain.receipt import SelfTest
    from app.printing.workbench import Workbench
    from app.usecases.print_document import SELF_TEST_QR

    def sample() -> SelfTest:
        return SelfTest(core.store.queries.identity().shop, core.clock.now(), SELF_TEST_QR)

    bench = Workbench(lambda: assembly.settings.language, datetime.astimezone, sample)
    assembly.ending.append(bench.call_off)
    return PrinterSurroundings(bench, assembly.runner, lambda: assembly.settings)
