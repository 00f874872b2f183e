"""Owns the demo with a display: the real window with the demo shop, its marketplace and its customers."""

from __future__ import annotations

import random

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.bootstrap.set_up import last_number
from app.bootstrap.window import Assembly, TellCrashes, new_application
from app.demo.demo_shop import DemoHome, DemoMarketplace, link_till
from app.demo.trickle import Trickle
from app.domain.fiscal import Series
from app.domain.order import HandoverState
from app.i18n import tr
from app.paths import data_dir
from app.settings import load
from app.ui.first_run.guide import Guide, GuideStep
from app.ui.screen import PlaceName
from app.ui.style.tokens import Role
from app.usecases.ports import Touched
from app.usecases.queries import OrderList


def run_demo_window(tell_crashes: TellCrashes | None = None) -> int:
    """Until the window is closed. The demo's data stay for the next time.

    Args:
        tell_crashes: who is to be told whom to tell of crashes, if the window comes from the set-up.
    """
    home = DemoHome(data_dir() / "demo")
    marketplace = DemoMarketplace(home)
    trickle = Trickle(marketplace.customers(), random.Random())
    try:
        link_till(home, marketplace)
        application, look = new_application(load(home.places.settings))
        assembly = Assembly(home.places, look, attached=lambda shown: _introduce(shown, marketplace))
        if tell_crashes is not None:
            tell_crashes(assembly.tell_crash)
        assembly.show()
        trickle.start()
        try:
            return application.exec()
        finally:
            trickle.stop()
            assembly.close()
    finally:
        marketplace.switch_off()


def _introduce(assembly: Assembly, marketplace: DemoMarketplace) -> None:
    words = tr("Demo shop: nothing here is real. Its web shop: {url}").format(url=marketplace.shop_url)
    assembly.window.set_watermark(tr("Demo"))

    def open_web_shop() -> None:
        QDesktopServices.openUrl(QUrl(marketplace.shop_url))

    assembly.window.show_notice(words, Role.INFO, tr("Open the web shop"), open_web_shop)
    lead_through_example(assembly)


def lead_through_example(assembly: Assembly) -> Guide | None:
    """A first sale and a first handover, by sentences; each ticked off when it was really made."""
    core, window = assembly.core, assembly.window
    if core is None:
        return None
    guide = Guide(assembly.look, assembly.runner)
    guide.button.set_text(tr("Hide the guide"))
    window.add_band(guide)

    def sold() -> object:
        return last_number(core, Series.SALES)

    def handed_over() -> object:
        rows = core.store.queries.orders(OrderList.DONE, core.clock.now())
        return frozenset(row.order_id for row in rows if row.handover is HandoverState.HANDED_OVER)

    def touched(_touched: Touched) -> None:
        guide.look()

    def finished() -> None:
        guide.say(tr("That was all: you can sell and hand over. Close this window to go on."), Role.SUCCESS)

    sale = tr("Sell: type 2,50 and Enter twice, then F12 to pay and Enter: paid in cash.")
    handover = tr("Hand over: type three letters of a ready order’s name and Enter, then Enter once more.")
    guide.left.connect(guide.end)
    guide.done.connect(finished)
    assembly.touch_listeners.append(touched)
    guide.lead(
        (
            GuideStep(sale, sold, lambda: window.go_to(PlaceName.SALE)),
            GuideStep(handover, handed_over, lambda: window.go_to(PlaceName.PICKUP)),
        )
    )
    return guide
