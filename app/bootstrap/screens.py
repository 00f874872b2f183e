"""Owns which screens the window has and what each is given. Imported once the core is there, never before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.view import SaleScreen
from app.ui.main_window import ScreenFactory
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.ui.stock.presenter import StockSurroundings
from app.ui.stock.view import StockScreen
from app.usecases.hand_over_order import HandoverRequest

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly


def screen_factories(assembly: Assembly, core: Core) -> Mapping[PlaceName, ScreenFactory]:
    """One factory a place; a screen is built when it is first visited."""
    look, window, runner = assembly.look, assembly.window, assembly.runner
    counter, queries = core.counter, core.store.queries

    def sale() -> SaleScreen:
        screen = window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)  # noqa: S101  # the factory below builds no other
        return screen

    def pay_for(order_id: str, request: HandoverRequest) -> None:
        window.go_to(PlaceName.SALE)
        sale().take_order(order_id, request)

    def show_order_of(text: str, how: str) -> None:
        window.screen(PlaceName.PICKUP).take_input(text, how)

    def pickup_screen() -> PickupScreen:
        return PickupScreen(
            look,
            window,
            counter,
            queries,
            runner,
            assembly.operator,
            on_pay=pay_for,
            on_step_aside=lambda: sale().park_under_way(),
        )

    def sale_screen() -> SaleScreen:
        around = SaleSurroundings(counter, queries, runner, assembly.operator, lambda: assembly.settings, show_order_of)
        return SaleScreen(look, window, around)

    def stock_screen() -> StockScreen:
        return StockScreen(look, window, StockSurroundings(counter, queries, runner, assembly.operator))

    return {
        PlaceName.PICKUP: pickup_screen,
        PlaceName.SALE: sale_screen,
        PlaceName.STOCK: stock_screen,
    }
