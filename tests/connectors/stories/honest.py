"""What a connector says of itself is so: it does what it claims, and refuses what it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from app.domain.abilities import Ability
from app.domain.fiscal import KnownHead
from app.domain.money import Money
from app.sync.lane_steps import Connection
from app.usecases.marketplace_port import FactOutcome
from app.usecases.ports import MarketplaceRefused
from app.usecases.rescue_ports import RescuedPart
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import ARTICLES, BREAD
from tests.connectors.kit.story import story

_ASKED_FOR: Mapping[Ability, Callable[[Connection], object]] = {
    Ability.LEASES: lambda marketplace: marketplace.claim_leases(["order"], wanted=True),
    Ability.TOKEN_RENEWAL: lambda marketplace: marketplace.renew_token(),
    Ability.COMPARISON: lambda marketplace: marketplace.fact_ranges(0, 1, 0),
    Ability.LEDGER_WITNESS: lambda marketplace: marketplace.tell_ledger_key("a key"),
    Ability.RESCUE: lambda marketplace: marketplace.relay(RescuedPart("file", 1, "till", {}, b"", [])),
}


@story("a connector says what it can do, and refuses as `gone` what it cannot")
def nothing_is_pretended(shop: Shop) -> None:
    till = shop.till()
    assert till.marketplace.abilities() == shop.stage.abilities
    for ability in _ASKED_FOR.keys() - shop.stage.abilities:
        with pytest.raises(MarketplaceRefused) as refusal:
            _ASKED_FOR[ability](till.marketplace)
        assert refusal.value.reason == "gone", ability


@story("a price changed at the till is refused with a sentence", without={Ability.PRODUCT_CHANGES})
def prices_are_the_sites(shop: Shop) -> None:
    """Its fact does not hold up what comes after it."""
    till = shop.till()
    till.change_price(BREAD, 999)
    till.sell({BREAD: 1})
    shop.refusals.add("not_offered")
    till.round()
    assert [reason for _kind, reason, _message in till.refused()] == ["not_offered"]
    assert all(message for _kind, _reason, message in till.refused())
    assert shop.stage.level(BREAD) == BREAD.opening - 1


@story("facts that are told twice are taken once", needs={Ability.IDEMPOTENT_FACTS})
def told_twice(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 2})
    with till.store.unit_of_work() as uow:  # not committed: claiming leaves no trace
        facts = uow.outbox.claim(10, till.clock.now(), 1.0)
    till.round()
    again = till.marketplace.push(facts)
    assert {answer.outcome for answer in again} == {FactOutcome.DUPLICATE}


@story("the marketplace remembers how far the till's ledger went", needs={Ability.LEDGER_WITNESS})
def the_ledgers_end_is_known(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 1})
    till.round()
    heads: list[KnownHead] = list(till.marketplace.status().heads)
    assert heads


@story("every article's stock is one number everywhere, from the first reading on")
def one_number(shop: Shop) -> None:
    shop.place({BREAD: 3})
    till = shop.till()
    for article in ARTICLES:
        assert till.level(article) == shop.stage.level(article) == shop.goods[article]
    total: Money = till.order(next(iter(shop.orders))).order.total
    assert total.minor == 3 * BREAD.price_minor


@story("an order is asked for by its id")
def asked_by_id(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1})
    assert till.marketplace.fetch("order", placed.order_id) is not None
