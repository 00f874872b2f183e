"""Owns how the codes of goods are read in this window: the shop's scale labels, and GS1 codes. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.scanning.gs1 import read_gs1
from app.usecases.find_article import CodeReading, templates_of

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.settings import Settings


def code_reading(settings: Callable[[], Settings], core: Core) -> Callable[[], CodeReading]:
    """How to read codes at this moment."""

    def now() -> CodeReading:
        this_year = core.clock.now().year
        return CodeReading(templates_of(settings().scale_labels), lambda text: read_gs1(text, this_year))

    return now
