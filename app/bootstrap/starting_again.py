"""Owns leaving a till's window so that the process starts anew: nothing under way is lost by it. Holds no rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.i18n import tr
from app.ui.screen import PlaceName
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane

if TYPE_CHECKING:
    from app.bootstrap.leaving import WayOut
    from app.bootstrap.window import Assembly


def start_again(assembly: Assembly, way_out: WayOut) -> None:
    """Put the basket under way aside, then close the window so that the process starts anew. A sale in the middle of
    its payment is shown instead, with a sentence."""
    from app.ui.checkout.view import SaleScreen

    window = assembly.window
    sale = window.screen(PlaceName.SALE)
    assert isinstance(sale, SaleScreen)  # noqa: S101  # the window is given no other
    sale.park_under_way()

    def parked(_done: object) -> None:
        if sale.presenter.shelf.is_under_way():
            window.go_to(PlaceName.SALE)
            words = tr("Finish this sale first, or take its payments back; then start the window again.")
            window.show_notice(words, Role.WARNING)
        else:
            way_out.again = True
            window.close()

    assembly.runner.run(Lane.STORE, bool, parked)  # comes after the basket, which goes the same way
