"""A marketplace that was set back to an older copy of itself, and a till that goes on telling before a comparison has
found what was forgotten: nothing stays refused that only lacked what is told again.

The till is the real store on disk with the real use cases; the marketplace is the real one over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.marketplace.orders import Item, PlacedOrder, new_page_token, place_order
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.prepare_order import mark_ready
from app.usecases.undo_handover import undo_handover
from tests.integration.sync.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    try:
        yield made
    finally:
        made.close()


def an_order(town: Town) -> str:
    with town.server.store.writing(town.shop.shop_id) as transaction:
        token = new_page_token(transaction.surroundings)
        placed = place_order(transaction, [Item(town.article, 1)], "Camille", prepaid=True, page_token=token)
    assert isinstance(placed, PlacedOrder)
    return placed.order_id


def test_an_undo_told_before_its_handover_was_told_again_does_not_stay_refused(town: Town) -> None:
    till, order_id = town.till, an_order(town)
    till.exchange(town.url)
    mark_ready(till.counter, order_id, 1, "A1", "Léa")
    till.exchange(town.url)
    copy = town.copy()
    handed_over = hand_over_order(till.counter, HandoverRequest(order_id, HowFound.SCAN, "Léa", age_confirmed_by="Léa"))
    assert isinstance(handed_over, HandoverDone), handed_over
    till.exchange(town.url)
    town.put_back(copy)
    undo_handover(till.counter, order_id, "Léa", "mauvais sac")
    till.exchange(town.url)
    assert [row.reason for row in till.store.queries.outbox()] == ["unknown_handover"]
    till.compare(town.url)
    till.exchange(town.url)
    assert till.waiting() == 0
    assert till.facts().items() <= town.facts().items()
    assert town.level() == till.level(town.article) == town.opening
