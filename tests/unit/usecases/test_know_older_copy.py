"""What a marketplace says of a till's numbers: an older copy is known by it, what cannot be is not believed."""

from __future__ import annotations

import pytest

from app.domain.fiscal import EventCode, Series
from app.ui.exception_words import exception_explanation, exception_title
from app.usecases.know_older_copy import MOST_AHEAD, NUMBERS_LEFT_OUT, SECONDS_UNTIL_2242, know_older_copy
from app.usecases.marketplace_port import MarketplaceStatus
from app.usecases.prepare_order import mark_ready
from tests.fakes.samples import an_order
from tests.fakes.shop import Shop


def number_of_the_next_fact(shop: Shop) -> int:
    mark_ready(shop.counter, "order-1", 1, "A1", "Léa")
    return shop.facts()[-1].till_seq


def events(shop: Shop) -> list[str]:
    with shop.store.unit_of_work() as uow:
        letter = uow.identity().till_letter
        end = uow.ledger.head(letter, Series.EVENTS).number
        return [row.kind for row in uow.ledger.rows(letter, Series.EVENTS, 1, end)]


@pytest.mark.parametrize("told", [-1, SECONDS_UNTIL_2242 + MOST_AHEAD + 1, 2**53])
def test_a_number_that_cannot_be_uses_none_up_and_is_said_once_a_day(shop: Shop, told: int) -> None:
    shop.has_order(an_order())
    assert number_of_the_next_fact(shop) == 1
    for _ in range(3):
        assert know_older_copy(shop.counter, MarketplaceStatus(last_seq=told, last_fact_id="who-knows")) is None
    assert number_of_the_next_fact(shop) == 2
    (notice,) = shop.queries.exceptions()
    assert "impossible" in exception_title(notice)
    assert f"numéro {told}" in exception_explanation(notice)
    assert events(shop).count(EventCode.NUMBER_DISBELIEVED) == 1
    shop.clock.go_on(days=1)
    know_older_copy(shop.counter, MarketplaceStatus(last_seq=told, last_fact_id="who-knows"))
    assert len(shop.queries.exceptions()) == 2


@pytest.mark.parametrize("told", [2, MOST_AHEAD, 1_795_000_000, SECONDS_UNTIL_2242 + MOST_AHEAD])
def test_a_number_that_can_be_is_left_out(shop: Shop, told: int) -> None:
    """Also one that a till put back by `comptoir restore` drew: the seconds since 1970."""
    shop.has_order(an_order())
    assert number_of_the_next_fact(shop) == 1
    found = know_older_copy(shop.counter, MarketplaceStatus(last_seq=told, last_fact_id="who-knows"))
    assert found is not None
    assert number_of_the_next_fact(shop) > told + NUMBERS_LEFT_OUT
    assert events(shop).count(EventCode.NUMBER_DISBELIEVED) == 0
