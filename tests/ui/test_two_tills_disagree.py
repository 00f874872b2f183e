"""Two tills off line hand the same order over: both facts stay, a person is shown the disagreement and settles it (I1).

The second till is the real window on a real store with its own workers; the marketplace is the real one over HTTP.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from sqlalchemy import select

from app.bootstrap.core import Core, build_core, opened_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.marketplace import tables as t
from app.marketplace.orders import PlacedOrder
from app.marketplace.pairing import make_pairing_code
from app.marketplace.seed import DemoCustomers, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.settings import Settings, save
from app.sync.client import HttpMarketplace
from app.sync.one_round import run_round
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.know_older_copy import NUMBERS_LEFT_OUT
from app.usecases.marketplace_port import LinkState
from app.usecases.pair_till import pair_till
from app.usecases.prepare_order import mark_ready


@dataclass
class TwoTills:
    """The first till without a window, the second with its own, both paired, and an order that both have."""

    first: Core
    second: Assembly
    hands: Hands
    server: RunningMarketplace
    order: PlacedOrder

    def exchange_first(self) -> None:
        with contextlib.closing(self.first.connect()) as marketplace:
            run_round(self.first.counter, self.first.store.queries, self.first.secrets, marketplace)

    def wait(self, condition: Callable[[], object], what: str) -> None:
        self.hands.wait_until(condition, what, 60)

    @property
    def store(self):
        assert self.second.core is not None
        return self.second.core.store

    def write(self, name: str, text: str) -> None:
        """Into the line once it has the focus, then Enter. (Typing this fast would be taken for a scanner's.)"""
        window = self.second.window
        self.wait(lambda: window.focusWidget().objectName() == name, f"the focus in {name}")
        line = window.focusWidget()
        assert isinstance(line, QLineEdit)
        line.setText(text)
        self.hands.enter()

    def text(self, name: str) -> str:
        [found] = self.second.window.findChildren(QLabel, name)
        return found.text()


def places_in(folder: Path) -> Places:
    folder.mkdir()
    return Places(folder / "till.sqlite3", folder / "secrets.json", folder / "settings.json")


def pair(core: Core, server: RunningMarketplace, code: str, name: str) -> None:
    with HttpMarketplace(server.url, core.secrets.device_token) as marketplace:
        pair_till(core.counter, core.secrets, marketplace, code, name, server.url)


@pytest.fixture
def tills(qtbot, look, tmp_path) -> Iterator[TwoTills]:
    with start_in_thread(f"sqlite:///{tmp_path / 'marketplace.sqlite3'}", faults=True) as server:
        shop = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=30)
        home, other = places_in(tmp_path / "first"), places_in(tmp_path / "second")
        save(other.settings, Settings(operator_name="Léa"))
        first = build_core(home.database, home.secrets)
        pair(first, server, shop.pairing_code, "Caisse A")
        with opened_core(other.database, other.secrets) as core:
            pair(core, server, make_pairing_code(server.store, shop.shop_id)[0], "Caisse B")
        order = DemoCustomers(server.store, shop.shop_id).place(prepaid=True)
        assert isinstance(order, PlacedOrder)
        window = Assembly(other, look)
        made = TwoTills(first, window, Hands(window.window), server, order)
        try:
            made.exchange_first()
            mark_ready(first.counter, order.order_id, 1, "A1", "Zoé")
            made.exchange_first()
            qtbot.addWidget(window.window)
            window.show()
            made.wait(lambda: window.worker is not None, "the window's workers")
            made.wait(lambda: made.store.queries.order(order.order_id) is not None, "the order at the second till")
            yield made
        finally:
            window.window.close()
            window.close()
            first.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_second_handover_is_kept_shown_and_settled(tills: TwoTills) -> None:
    order_id = tills.order.order_id
    assert tills.second.worker is not None
    assert tills.second.worker.stop()  # the second till is cut off
    done = hand_over_order(tills.first.counter, HandoverRequest(order_id, HowFound.SCAN, "Zoé"))
    assert isinstance(done, HandoverDone)

    tills.hands.scan(tills.order.pickup_code)
    tills.wait(lambda: _visible(tills, "override"), "the verdict that it cannot tell")
    tills.hands.type("a")
    tills.write("reason", "vu par téléphone")
    tills.wait(lambda: tills.store.queries.outbox_state().waiting == 1, "the second handover")

    tills.exchange_first()  # the first till is on line again before the second
    tills.second.start_sync()
    tills.wait(tills.store.queries.exceptions, "the disagreement")
    rail = tills.second.window.rail.findChild(QWidget, "rail-outbox")
    assert isinstance(rail, QWidget)
    tills.wait(lambda: rail.accessibleName().endswith(" 1"), "the count on the rail")

    tills.hands.press(Qt.Key.Key_F8)
    tills.wait(lambda: _visible(tills, "act-settle"), "the button to settle it")
    assert f"La commande {tills.order.number} a été remise deux fois" == tills.text("outbox-title")
    tills.hands.type("e")
    tills.write("settled-note", "un seul sac est parti")
    tills.wait(lambda: not tills.store.queries.exceptions(), "that it is settled")
    tills.wait(lambda: rail.accessibleName()[-1] != "1", "nothing left on the rail")

    [row] = tills.store.queries.exceptions(open_only=False)
    assert (row.kind, row.order_id, row.settled_by) == ("handed_over_twice", order_id, "Léa")
    assert row.settled_note == "un seul sac est parti"
    tills.wait(lambda: not tills.store.queries.outbox(), "that the answer was told")
    kept = tills.store.queries.order(order_id)
    assert kept is not None
    assert len(kept.facts.handovers) == 1
    with tills.server.store.reading() as connection:
        rows = connection.execute(select(t.fact.c.outcome).where(t.fact.c.kind == "order_handed_over")).all()
    assert sorted(row.outcome for row in rows) == ["applied", "conflict"]


def test_an_older_copy_of_the_till_heals_by_itself_and_says_so(tills: TwoTills) -> None:
    """A restored till draws numbers that the marketplace knows under other facts: renumbered, told, nothing lost."""
    core = tills.second.core
    assert core is not None
    tills.wait(lambda: tills.second.link_status().state is LinkState.ONLINE, "the second till on line")  # type: ignore[union-attr]  # it has a worker
    mark_ready(core.counter, tills.order.order_id, 1, "B1", "Léa")
    tills.wait(lambda: not core.store.queries.outbox(), "the first fact sent")
    assert tills.second.worker is not None
    assert tills.second.worker.stop()  # a file is put back while nobody works on it
    connection = core.store.unit_of_work.connection  # type: ignore[attr-defined]  # the real store's
    connection.execute("UPDATE counter SET value = 0 WHERE name = 'fact'")  # as in the older copy
    connection.execute("DELETE FROM outbox")  # the same
    connection.execute("DELETE FROM fact")  # the same
    mark_ready(core.counter, tills.order.order_id, 2, "B2", "Léa")
    tills.second.start_sync()
    tills.wait(core.store.queries.exceptions, "the notice")
    tills.wait(lambda: core.store.queries.outbox_state().waiting == 0, "what waited sent under new numbers")
    assert core.store.queries.outbox_state().refused == 0
    with tills.server.store.reading() as connection:
        told = connection.execute(select(t.fact.c.till_seq).where(t.fact.c.kind == "order_ready")).scalars().all()
    assert max(told) > NUMBERS_LEFT_OUT
    tills.hands.press(Qt.Key.Key_F8)
    tills.wait(lambda: _visible(tills, "act-settle"), "the notice on the screen")
    assert "ancienne copie" in tills.text("outbox-title")
    assert "nouveaux numéros" in tills.text("outbox-explanation")


def _visible(tills: TwoTills, name: str) -> bool:
    found = tills.hands.find(name)
    return found is not None and found.isVisible()
