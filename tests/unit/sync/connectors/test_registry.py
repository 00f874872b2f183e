"""Every kind of marketplace that can be chosen has a connector that opens without a request, and says of itself what
the screens say of it beforehand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.sync.client import HttpMarketplace
from app.sync.connectors import registry
from app.sync.connectors.registry import check_link, connect_paired
from app.usecases.connector_kinds import LINKABLE, abilities_of, fields_of
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.link_ports import LinkWish
from app.usecases.ports import MarketplaceRefused
from tests.fakes.memory_store import MemoryStore
from tests.fakes.offered_connector import OfferedConnector
from tests.fakes.surroundings import MemorySecrets


def a_till(kind: MarketplaceKind) -> tuple[MemoryStore, MemorySecrets]:
    store, secrets = MemoryStore(), MemorySecrets()
    options = {field.name: "x" for field in fields_of(kind) if not field.credential}
    store.tables.linked = Linked(kind, options)
    secrets.set_device_token(json.dumps({field.name: "y" for field in fields_of(kind) if field.credential}))
    return store, secrets


@pytest.mark.parametrize("kind", LINKABLE)
def test_a_connector_says_of_itself_what_is_said_beforehand(kind: MarketplaceKind) -> None:
    store, secrets = a_till(kind)
    connection = connect_paired(store.queries, secrets, store.connector_books)
    try:
        assert connection.abilities() == abilities_of(kind)
        assert connection.poll_gap_s >= 5, "it cannot hold its answer"
        assert connection.clock_reading() is None, "nobody was asked"
    finally:
        connection.close()
        connection.close()


def test_the_reference_marketplace_is_the_usual_one() -> None:
    store, secrets = MemoryStore(), MemorySecrets()
    secrets.set_device_token("token-of-a")
    connection = connect_paired(store.queries, secrets, store.connector_books)
    connection.close()
    assert isinstance(connection, HttpMarketplace)
    assert connection.abilities() == abilities_of(MarketplaceKind.COMPTOIR)
    assert connection.poll_gap_s == 0


@pytest.mark.parametrize("kind", LINKABLE)
@pytest.mark.parametrize(
    ("address", "reason"),
    [("boutique", "bad_address"), ("http://boutique.example", "insecure_address"), ("", "bad_address")],
)
def test_an_address_that_may_not_be_used_is_refused_unasked(kind: MarketplaceKind, address: str, reason: str) -> None:
    with pytest.raises(MarketplaceRefused, match=reason):
        check_link(LinkWish(kind, address, {}, {}))


@pytest.mark.parametrize("kind", MarketplaceKind)
def test_a_till_that_is_not_linked_has_no_connection(kind: MarketplaceKind) -> None:
    store, secrets = a_till(kind)
    secrets.set_device_token(None)
    with pytest.raises(MarketplaceRefused, match="not_paired"):
        connect_paired(store.queries, secrets, store.connector_books)


def test_whether_there_are_other_tills_is_asked_of_the_books_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A join code may be given by a command while the window runs with a connection it opened long ago."""
    offered = OfferedConnector()
    monkeypatch.setattr(registry, "_connector", lambda kind: offered)
    store, secrets = a_till(MarketplaceKind.VENDURE)
    connect_paired(store.queries, secrets, store.connector_books).close()
    (opening,) = offered.openings
    assert opening.only_till()
    store.tables.linked = replace(store.tables.linked, only_till=False, letters_given="B")
    assert not opening.only_till()
