"""Owns which screens the window has and what each is given. Imported once the core is there, never before.

The screens a scan leads to are imported with it, the others when they are built (they have been loaded by then).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.bootstrap.codes import code_reading
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.view import SaleScreen
from app.ui.main_window import ScreenFactory
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName, Screen
from app.ui.task_runner import Lane
from app.usecases.hand_over_order import HandoverRequest

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.staff import Staff
    from app.bootstrap.window import Assembly
    from app.settings import TilePageSettings
    from app.ui.checkout.state import ReceiptCode
    from app.ui.second_screen import SecondScreen
    from app.ui.settings.merchant import MerchantSurroundings


_log = logging.getLogger(__name__)


def screen_factories(
    assembly: Assembly, core: Core, staff: Staff, second: SecondScreen
) -> Mapping[PlaceName, ScreenFactory]:
    """One factory a place; a screen is built when it is first visited."""
    look, window, runner = assembly.look, assembly.window, assembly.runner
    counter, queries = core.counter, core.store.queries
    reading = code_reading(lambda: assembly.settings, core)

    def sale() -> SaleScreen:
        screen = window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)  # noqa: S101  # the factory below builds no other
        return screen

    def pay_for(order_id: str, request: HandoverRequest) -> None:
        window.go_to(PlaceName.SALE)
        sale().take_order(order_id, request)

    visited: list[SaleScreen] = []  # a scan of an order builds no sale screen only to put nothing aside

    def step_aside() -> None:
        for screen in visited:
            screen.park_under_way()

    def take_basket_up() -> None:
        window.go_to(PlaceName.SALE)
        sale().take_basket_up()

    def show_order_of(text: str, how: str) -> None:
        window.screen(PlaceName.PICKUP).take_input(text, how)

    def pickup_screen() -> PickupScreen:
        screen = PickupScreen(
            look,
            window,
            counter,
            queries,
            runner,
            assembly.operator,
            on_pay=pay_for,
            on_step_aside=step_aside,
            on_take_basket_up=take_basket_up,
            basket_waits=lambda: any(screen.basket_waits() for screen in visited),
            rings=lambda: assembly.settings.ring_on_new_order,
            leave=staff.approvals.leave,
            want_lease=assembly.want_lease,
        )
        screen.presenter.listeners.append(second.pickup_changed)
        return screen

    def save_tiles(pages: tuple[TilePageSettings, ...]) -> None:
        assembly.use_settings(replace(assembly.settings, tile_pages=pages))

    def code_of(sale_id: str) -> ReceiptCode | None:
        from app.bootstrap.receipt_codes import receipt_code

        return receipt_code(counter, sale_id, assembly.settings.language, practice=assembly.practice is not None)

    def sale_screen() -> SaleScreen:
        around = SaleSurroundings(
            counter,
            queries,
            runner,
            assembly.operator,
            lambda: assembly.settings,
            show_order_of,
            leave=staff.approvals.ask_approval,
            discount_limit=staff.on_duty.discount_limit_percent,
            on_training=window.set_training,
            display=assembly.line_devices,
            scale=assembly.line_devices,
            reading=reading,
            save_tiles=save_tiles,
            receipt_code=code_of,
            customer_looks=lambda: second.is_shown,
        )
        screen = SaleScreen(look, window, around)
        screen.presenter.flow.listeners.append(second.sale_changed)
        visited.append(screen)
        return screen

    def end_training() -> None:
        window.go_to(PlaceName.SALE)
        sale().end_training()

    def training_unread(failure: Exception) -> None:
        _log.warning("whether this is training cannot be read: %s", type(failure).__name__)

    window.training.ended.connect(end_training)
    runner.run(Lane.LISTS, queries.training, window.set_training, training_unread)

    def stock_screen() -> Screen:
        from app.ui.stock.presenter import StockSurroundings
        from app.ui.stock.view import StockScreen

        around = StockSurroundings(counter, queries, runner, assembly.operator, staff.approvals.leave, reading)
        return StockScreen(look, window, around)

    def outbox_screen() -> Screen:
        from app.bootstrap.outbox import outbox_surroundings
        from app.ui.outbox.view import OutboxScreen

        screen = OutboxScreen(look, window, outbox_surroundings(assembly, core))
        assembly.link_listeners.append(screen.link_changed)
        return screen

    def closing_screen() -> Screen:
        from app.domain.money import Money
        from app.ui.closing.view import ClosingScreen, ClosingSurroundings

        around = ClosingSurroundings(
            counter,
            queries,
            runner,
            assembly.operator,
            staff.approvals.ask_approval,
            blind_count=lambda: assembly.settings.blind_count,
            difference_limit=lambda: Money(assembly.settings.cash_difference_limit_minor),
            kick_drawer=assembly.kick_drawer,
        )
        return ClosingScreen(look, window, around)

    def today() -> date:
        return (core.clock.now() + timedelta(minutes=core.clock.utc_offset_minutes())).date()

    def merchant() -> MerchantSurroundings:
        from app.bootstrap.papers import attestation_texts
        from app.ui.settings.merchant import MerchantSurroundings
        from app.ui.show_page import show_page

        return MerchantSurroundings(
            counter,
            queries,
            runner,
            assembly.operator,
            staff.approvals,
            attestation_texts,
            lambda: assembly.places.database.parent / "documents",
            show_page,
            today,
        )

    def books_screen() -> Screen:
        from app.bootstrap.books import books_surroundings
        from app.ui.books.view import BooksScreen

        return BooksScreen(look, window, books_surroundings(assembly, core, staff, today, merchant()))

    def settings_screen() -> Screen:
        from app.bootstrap.devices import devices_surroundings
        from app.bootstrap.help import save_key_map
        from app.bootstrap.papers import papers_surroundings
        from app.bootstrap.practice_door import opened_by
        from app.bootstrap.printer_set_up import printer_surroundings
        from app.bootstrap.site import site_surroundings
        from app.bootstrap.support import write_support_bundle
        from app.ui.settings.display import DisplaySurroundings
        from app.ui.settings.keys import KeysSurroundings
        from app.ui.settings.presenter import SettingsSurroundings
        from app.ui.settings.scanner import ScannerSurroundings
        from app.ui.settings.team import TeamSurroundings
        from app.ui.settings.view import SettingsScreen
        from app.usecases.long_work import LongWork
        from app.usecases.manage_operators import Team

        around = SettingsSurroundings(
            counter=counter,
            queries=queries,
            runner=runner,
            operator=assembly.operator,
            settings=lambda: assembly.settings,
            save=assembly.use_settings,
            pair=assembly.pair,
            work=lambda: LongWork(lambda: runner.closing),
            backup=lambda target, work: core.store.backup(target, progress=work.go_on),
            bundle=lambda target: write_support_bundle(assembly.places.database, target, assembly.devices.reports()),
            database=str(assembly.places.database),
            backups=assembly.places.database.parent / "backups",
            weaker_way=lambda: core.secrets.weaker_way,
            approvals=staff.approvals,
            team=TeamSurroundings(
                Team(counter, queries, staff.hasher), queries, runner, staff.on_duty, staff.approvals
            ),
            merchant=merchant(),
            site=site_surroundings(assembly, core, staff),
            devices=devices_surroundings(assembly, core),
            scanner=assembly.inputs.scanners.surroundings() if assembly.inputs is not None else ScannerSurroundings(),
            camera=assembly.join_camera(),
            display=DisplaySurroundings(assembly.start_again, assembly.try_sound),
            reading=reading,
            keys=KeysSurroundings(window.keys, runner, save_key_map),
            printer=printer_surroundings(assembly, core),
            papers=papers_surroundings(assembly, core),
            to_finish=lambda: assembly.set_up.to_finish() if assembly.set_up is not None else "",
            finish_set_up=lambda: assembly.set_up.show() if assembly.set_up is not None else None,
            practice=opened_by(assembly),
        )
        return SettingsScreen(look, window, around)

    return {
        PlaceName.PICKUP: pickup_screen,
        PlaceName.SALE: sale_screen,
        PlaceName.STOCK: stock_screen,
        PlaceName.OUTBOX: outbox_screen,
        PlaceName.CLOSING: closing_screen,
        PlaceName.BOOKS: books_screen,
        PlaceName.SETTINGS: settings_screen,
    }
