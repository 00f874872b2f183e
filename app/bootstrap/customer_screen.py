"""Owns joining the screen that customers read to one window. Holds no rule of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from app.ui.second_screen import SecondScreen
from app.ui.task_runner import Lane

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.usecases.ports import Touched

_log = logging.getLogger(__name__)


def join_second_screen(assembly: Assembly, core: Core) -> SecondScreen:
    """The second screen of a window, with the shop's name on it as soon as that was read, and the new one when the
    till is linked."""
    made = SecondScreen(assembly.look, assembly.window, practice=assembly.practice is not None)

    def unread(failure: Exception) -> None:
        _log.warning("the shop's name cannot be read: %s", type(failure).__name__)

    def read_name() -> None:
        identity = core.store.queries.identity
        assembly.runner.run(Lane.LISTS, identity, lambda found: made.set_shop(found.shop.name), unread)

    def touched(news: Touched) -> None:
        if news.orders and news.catalogue:  # linked to a shop, or to another one
            read_name()

    read_name()
    assembly.touch_listeners.append(touched)
    made.use(assembly.settings.customer_screen)
    return made
