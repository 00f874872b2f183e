"""Owns which book the devices of this counter write in, and how its news come to the main thread. Touches no device.

Imported behind the window's first paint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.usecases.device_book import Device, DeviceBook

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def device_book(core: Core, tell: Callable[[Device], None]) -> DeviceBook:
    """The one book of this window.

    Args:
        tell: called after each change that can be seen, on whichever thread wrote it.
    """
    return DeviceBook(core.clock, tell)
