"""Comparing, rescuing and being shut out in the real window, on real stores, with the real marketplace over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from sqlalchemy import delete

from app.bootstrap.core import build_core, opened_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.domain.catalogue import DEFAULT_LOCATION
from app.marketplace import tables as t
from app.marketplace.pairing import make_pairing_code, revoke_till
from app.marketplace.seed import seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.settings import Settings, save
from app.storage.rescue_files import read_rescue_file
from app.storage.signing import is_signed_by
from app.sync.client import HttpMarketplace
from app.ui.outbox.state import Tab
from app.ui.outbox.view import OutboxScreen
from app.ui.screen import PlaceName
from app.usecases.adjust_stock import receive_goods
from app.usecases.pair_till import pair_till
from app.usecases.rescue import RescueImported, import_rescue

LIMIT_S = 30


@dataclass
class Shop:
    """A till's window with its workers, linked to a marketplace."""

    till: Assembly
    hands: Hands
    server: RunningMarketplace
    shop_id: str
    folder: Path

    def wait(self, condition: Callable[[], object], what: str) -> None:
        self.hands.wait_until(condition, what, LIMIT_S)

    @property
    def core(self):
        assert self.till.core is not None
        return self.till.core

    @property
    def outbox(self) -> OutboxScreen:
        screen = self.till.window.screen(PlaceName.OUTBOX)
        assert isinstance(screen, OutboxScreen)
        return screen

    def receive(self) -> None:
        article = self.core.store.queries.search_products("a", 1)[0]
        receive_goods(self.core.counter, [(article.product.product_id, 1)], DEFAULT_LOCATION, "Léa")

    def all_told(self) -> bool:
        return bool(self.core.store.queries.outbox_state().waiting == 0)


def places_in(folder: Path) -> Places:
    folder.mkdir()
    return Places(folder / "till.sqlite3", folder / "secrets.json", folder / "settings.json")


@pytest.fixture
def shop(qtbot, look, tmp_path) -> Iterator[Shop]:
    with start_in_thread(f"sqlite:///{tmp_path / 'marketplace.sqlite3'}", faults=True) as server:
        seeded = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=30)
        places = places_in(tmp_path / "till")
        save(places.settings, Settings(operator_name="Léa"))
        with (
            opened_core(places.database, places.secrets) as core,
            HttpMarketplace(server.url, core.secrets.device_token) as marketplace,
        ):
            pair_till(core.counter, core.secrets, marketplace, seeded.pairing_code, "Caisse A", server.url)
        till = Assembly(places, look)
        made = Shop(till, Hands(till.window), server, seeded.shop_id, tmp_path)
        try:
            qtbot.addWidget(till.window)
            till.show()
            made.wait(lambda: till.worker is not None, "the window's workers")
            made.wait(lambda: made.core.store.queries.search_products("a", 1), "the articles")
            yield made
        finally:
            till.window.close()
            till.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def compare(shop: Shop) -> None:
    """By the button on the page; until its result is shown."""
    presenter = shop.outbox.comparison.presenter
    before = presenter.state.run
    shop.hands.click("compare-now")
    shop.wait(lambda: not presenter.state.busy and presenter.state.run is not before, "the comparison")


def test_what_the_marketplace_lost_is_found_mended_and_then_all_agrees(shop: Shop) -> None:
    shop.receive()
    shop.wait(shop.all_told, "that it is told")
    with shop.server.store.writing(shop.shop_id) as transaction:
        transaction.connection.execute(delete(t.fact))
    shop.hands.press(Qt.Key.Key_F8)
    shop.hands.type(str(list(Tab).index(Tab.COMPARISON) + 1))
    compare(shop)
    page = shop.outbox.comparison
    assert page.gaps.count() >= 1
    assert "L’envoi est refait." in page.gaps.item(0).text()
    shop.wait(shop.all_told, "that it is told again")
    compare(shop)
    assert page.banner.word == "Tout concorde"
    assert shop.core.store.queries.last_reconciliation() == page.presenter.state.run


def test_what_waits_reaches_another_till_on_a_stick(shop: Shop) -> None:
    assert shop.till.worker is not None
    assert shop.till.worker.stop()  # the cable is cut for good
    shop.receive()
    stick = shop.folder / "stick"
    stick.mkdir()
    shop.hands.press(Qt.Key.Key_F8)
    shop.hands.type(str(list(Tab).index(Tab.RESCUE) + 1))
    page = shop.outbox.rescue
    page.presenter.write(stick)
    shop.wait(lambda: page.presenter.state.outcome, "the file on the stick")
    (file,) = stick.glob("comptoir-rescue-*")
    assert file.name in page.notice.text
    other = places_in(shop.folder / "other")
    core = build_core(other.database, other.secrets)
    try:
        code = make_pairing_code(shop.server.store, shop.shop_id)[0]
        with HttpMarketplace(shop.server.url, core.secrets.device_token) as marketplace:
            pair_till(core.counter, core.secrets, marketplace, code, "Caisse B", shop.server.url)
        taken = import_rescue(core.counter, read_rescue_file(file), is_signed_by, "Tom")
    finally:
        core.close()
    assert isinstance(taken, RescueImported)
    assert taken.waiting == taken.facts >= 1


def test_a_till_that_was_shut_out_says_so_and_where_to_mend_it(shop: Shop) -> None:
    shop.wait(shop.all_told, "that all is told")
    assert revoke_till(shop.server.store, shop.core.store.queries.identity().till_id)
    shop.receive()
    shop.till.try_now()
    notice = shop.till.window.notice
    shop.wait(lambda: "ne connaît plus cette caisse" in notice.text, "the sentence")
    shop.hands.click("notice-action")
    assert shop.till.window.here is PlaceName.SETTINGS
