"""Passing on what other tills could not tell: part by part, and never in the way of anything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.sync.relay import Relay
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import (
    KeyStoreUnavailable,
    MarketplaceRefused,
    MarketplaceUnreachable,
    Touched,
    Unavailable,
)
from app.usecases.rescue_ports import RescuedPart
from tests.fakes.memory_store import MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock
from tests.unit.usecases.test_rescue import a_file_of_another_till, take_in


@dataclass
class HandMarketplace:
    """Answers what the test says; remembers what it was sent. The rest of the port is not called."""

    answer: Callable[[RescuedPart], Sequence[FactAnswer]]
    parts: list[tuple[str, int, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    key_failure: Unavailable | None = None

    def relay(self, part: RescuedPart) -> Sequence[FactAnswer]:
        self.parts.append((part.till_id, part.number, len(part.facts)))
        return self.answer(part)

    def tell_ledger_key(self, public_pem: str) -> None:
        self.keys.append(public_pem)
        if self.key_failure is not None:
            raise self.key_failure


def applied(part: RescuedPart) -> list[FactAnswer]:
    return [FactAnswer(fact["fact_id"], FactOutcome.APPLIED) for fact in part.facts]


def fails(failure: Unavailable) -> Callable[[RescuedPart], Sequence[FactAnswer]]:
    def answer(part: RescuedPart) -> Sequence[FactAnswer]:
        raise failure

    return answer


@pytest.fixture
def shop() -> Shop:
    return Shop(MemoryStore(), HandSetClock())


@pytest.fixture
def relay(shop: Shop) -> Relay:
    return Relay(shop.counter)


def ask(relay: Relay, marketplace: HandMarketplace) -> bool:
    port: Any = marketplace
    return relay.step(port)


def waiting(shop: Shop) -> tuple[int, int, str]:
    (row,) = shop.queries.rescued()
    return row.waiting, row.refused, row.message


def test_nothing_to_pass_on_asks_nothing(relay: Relay) -> None:
    marketplace = HandMarketplace(applied)
    assert not ask(relay, marketplace)
    assert marketplace.parts == []


def test_part_by_part_until_nothing_waits(shop: Shop, relay: Relay) -> None:
    take_in(shop, a_file_of_another_till(230))
    marketplace = HandMarketplace(applied)
    heard = len(shop.heard)
    while ask(relay, marketplace):
        pass
    assert marketplace.parts == [("till-b", 0, 100), ("till-b", 1, 100), ("till-b", 2, 30)]
    assert waiting(shop) == (0, 0, "")
    assert shop.heard[heard:] == [Touched(outbox=True)] * 3


def test_no_network_leaves_all_as_it_was(shop: Shop, relay: Relay) -> None:
    take_in(shop, a_file_of_another_till(3))
    with pytest.raises(MarketplaceUnreachable):
        ask(relay, HandMarketplace(fails(MarketplaceUnreachable("no_network"))))
    marketplace = HandMarketplace(applied)
    assert ask(relay, marketplace)
    assert marketplace.parts == [("till-b", 0, 3)]


@pytest.mark.parametrize("reason", ["server_error", "not_understood", "timeout"])
def test_a_part_that_fails_makes_way_for_a_while(shop: Shop, relay: Relay, reason: str) -> None:
    take_in(shop, a_file_of_another_till(120))
    with pytest.raises(MarketplaceUnreachable):
        ask(relay, HandMarketplace(fails(MarketplaceUnreachable(reason))))
    marketplace = HandMarketplace(applied)
    assert ask(relay, marketplace)
    assert not ask(relay, marketplace)
    assert marketplace.parts == [("till-b", 1, 20)]
    shop.clock.go_on(minutes=10)
    assert ask(relay, marketplace)
    assert marketplace.parts[-1] == ("till-b", 0, 100)
    assert waiting(shop) == (0, 0, "")


@pytest.mark.parametrize("reason", ["refused", "conflict"])
def test_a_file_refused_whole_stays_with_the_sentence(shop: Shop, relay: Relay, reason: str) -> None:
    take_in(shop, a_file_of_another_till(120))
    marketplace = HandMarketplace(fails(MarketplaceRefused(reason, "The key is not known.")))
    assert ask(relay, marketplace)
    assert not ask(relay, marketplace)
    assert waiting(shop) == (0, 120, "The key is not known.")


def test_a_till_shut_out_itself_is_said_and_the_file_waits(shop: Shop, relay: Relay) -> None:
    take_in(shop, a_file_of_another_till(3))
    with pytest.raises(MarketplaceRefused) as refusal:
        ask(relay, HandMarketplace(fails(MarketplaceRefused("revoked"))))
    assert refusal.value.reason == "revoked"
    assert waiting(shop) == (3, 0, "")


def test_an_older_marketplace_is_not_asked_again_for_an_hour(shop: Shop, relay: Relay) -> None:
    take_in(shop, a_file_of_another_till(3))
    marketplace = HandMarketplace(fails(MarketplaceRefused("gone")))
    assert ask(relay, marketplace)
    assert not ask(relay, marketplace)
    assert waiting(shop) == (3, 0, "")
    shop.clock.go_on(hours=1)
    assert ask(relay, HandMarketplace(applied))
    assert waiting(shop) == (0, 0, "")


def test_what_was_not_answered_is_sent_again_later_with_its_whole_part(shop: Shop, relay: Relay) -> None:
    take_in(shop, a_file_of_another_till(3))
    marketplace = HandMarketplace(lambda part: applied(part)[:1])
    assert ask(relay, marketplace)
    assert not ask(relay, marketplace)
    assert waiting(shop) == (2, 0, "")
    shop.clock.go_on(minutes=10)
    marketplace = HandMarketplace(applied)
    assert ask(relay, marketplace)
    assert marketplace.parts == [("till-b", 0, 3)]
    assert waiting(shop) == (0, 0, "")


# --- the key ---


def test_the_key_is_told_once(shop: Shop, relay: Relay) -> None:
    marketplace = HandMarketplace(applied)
    ask(relay, marketplace)
    ask(relay, marketplace)
    assert marketplace.keys == [shop.counter.signer.public_pem]


@pytest.mark.parametrize("reason", ["gone", "conflict", "refused"])
def test_a_key_that_is_not_taken_changes_nothing(relay: Relay, reason: str) -> None:
    marketplace = HandMarketplace(applied, key_failure=MarketplaceRefused(reason))
    assert not ask(relay, marketplace)
    assert not ask(relay, marketplace)
    assert len(marketplace.keys) == 1


def test_a_locked_key_store_holds_nothing_up(relay: Relay) -> None:
    assert not ask(relay, HandMarketplace(applied, key_failure=KeyStoreUnavailable("denied")))


@pytest.mark.parametrize("failure", [MarketplaceUnreachable("no_network"), MarketplaceRefused("revoked")])
def test_a_key_that_could_not_be_told_is_told_later(relay: Relay, failure: Unavailable) -> None:
    marketplace = HandMarketplace(applied, key_failure=failure)
    with pytest.raises(type(failure)):
        ask(relay, marketplace)
    marketplace.key_failure = None
    assert not ask(relay, marketplace)
    assert len(marketplace.keys) == 2


@pytest.mark.parametrize("reason", ["server_error", "not_understood", "timeout"])
def test_a_key_that_fails_by_itself_holds_nothing_up_and_is_told_later(shop: Shop, relay: Relay, reason: str) -> None:
    take_in(shop, a_file_of_another_till(3))
    marketplace = HandMarketplace(applied, key_failure=MarketplaceUnreachable(reason))
    assert ask(relay, marketplace)
    assert not ask(relay, marketplace)
    assert (len(marketplace.keys), waiting(shop)) == (1, (0, 0, ""))
    shop.clock.go_on(minutes=10)
    marketplace.key_failure = None
    assert not ask(relay, marketplace)
    assert not ask(relay, marketplace)
    assert len(marketplace.keys) == 2
