"""A till linked by a connector looks for news at the pace its marketplace bears, and what that cannot do stops no
lane."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from app.sync.connectors import registry
from app.sync.connectors.registry import connect_paired
from app.sync.lane_steps import Connection, Lanes
from app.sync.link import Lane
from app.sync.one_round import run_round
from app.sync.pace import DEFAULT_PACE, Bell
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.marketplace_port import ChangePage, LinkState, ProductChange
from app.usecases.ports import KeyStoreUnavailable, MarketplaceRefused
from tests.fakes.memory_store import MemoryStore
from tests.fakes.offered_connector import OfferedConnector, QuietSite
from tests.fakes.samples import COFFEE
from tests.fakes.surroundings import HandSetClock, MemorySecrets, a_counter


@dataclass
class ATill:
    store: MemoryStore = field(default_factory=MemoryStore)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    offered: OfferedConnector = field(default_factory=OfferedConnector)

    def __post_init__(self) -> None:
        self.counter = a_counter(self.store.unit_of_work, clock=HandSetClock(), secrets=self.secrets)
        self.store.tables.linked = Linked(MarketplaceKind.VENDURE, {"channel": "t0k"})
        self.secrets.set_device_token(json.dumps({"user": "u", "password": "p"}))

    def connect(self) -> Connection:
        return connect_paired(self.store.queries, self.secrets, self.store.connector_books)

    def lanes(self, connection: Connection) -> Lanes:
        return Lanes(
            self.counter,
            self.store.queries,
            self.secrets,
            lambda: connection,
            bells={lane: Bell() for lane in Lane},
            chance=lambda: 0.5,
            on_status=lambda status: None,
            on_heads=lambda heads: None,
            pace=DEFAULT_PACE,
            monotonic=lambda: 0.0,
        )


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> ATill:
    till = ATill()
    monkeypatch.setattr(registry, "_connector", lambda kind: till.offered)
    return till


class Busy(QuietSite):
    """Gives its pages one after the other."""

    pages: Sequence[ChangePage] = ()

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        return next(page for page in self.pages if page.cursor > cursor)


def test_between_two_looks_it_waits_as_long_as_the_site_asks_for(till: ATill) -> None:
    connection = till.connect()
    lanes = till.lanes(connection)
    assert [lanes.step(Lane.PULL).seconds for _ in range(3)] == [10.0, 10.0, 10.0]
    assert lanes.judge.status.state is LinkState.ONLINE


def test_pages_that_wait_are_fetched_at_once(till: ATill) -> None:
    till.connect()
    site = Busy(till.offered.openings[0])
    change = ProductChange(COFFEE, 1)
    site.pages = [ChangePage([change], "1", more=True), ChangePage([change], "2", more=False)]
    lanes = till.lanes(site)
    assert [lanes.step(Lane.PULL).seconds for _ in range(2)] == [DEFAULT_PACE.rest_s, 10.0]


def test_what_the_site_cannot_do_stops_neither_lane_nor_round(till: ATill) -> None:
    connection = till.connect()
    lanes = till.lanes(connection)
    for _ in range(8):
        lanes.step(Lane.PUSH)
    assert lanes.judge.status.message_key == ""
    run_round(till.counter, till.store.queries, till.secrets, connection)


def test_credentials_are_read_when_they_are_needed(till: ATill) -> None:
    till.connect()
    [opening] = till.offered.openings
    assert opening.credentials() == {"user": "u", "password": "p"}
    till.secrets.set_device_token("not json")
    with pytest.raises(KeyStoreUnavailable, match="unreadable"):
        opening.credentials()
    till.secrets.set_device_token(None)
    with pytest.raises(MarketplaceRefused, match="not_paired"):
        opening.credentials()
