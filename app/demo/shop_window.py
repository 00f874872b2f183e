"""Owns the demo with a display: the real window with the demo shop, its marketplace and its customers."""

from __future__ import annotations

import random

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.bootstrap.window import Assembly, new_application
from app.demo.demo_shop import DemoHome, DemoMarketplace, link_till
from app.demo.trickle import Trickle
from app.i18n import tr
from app.paths import data_dir
from app.settings import load
from app.ui.style.tokens import Role


def run_demo_window() -> int:
    """Until the window is closed. The demo's data stay for the next time."""
    home = DemoHome(data_dir() / "demo")
    marketplace = DemoMarketplace(home)
    trickle = Trickle(marketplace.customers(), random.Random())
    try:
        link_till(home, marketplace)
        application, look = new_application(load(home.places.settings))
        assembly = Assembly(home.places, look, attached=lambda shown: _introduce(shown, marketplace))
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
