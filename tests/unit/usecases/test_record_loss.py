"""What was broken or spoilt leaves the stock by its own quantity, whatever else moves meanwhile."""

from __future__ import annotations

import pytest

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason
from app.domain.errors import BrokenInvariant
from app.usecases.adjust_stock import receive_goods, record_loss
from tests.fakes.memory_store import memory_store
from tests.fakes.samples import COFFEE, HEMMING
from tests.fakes.surroundings import HeardAnnouncements, a_counter


def test_a_loss_is_one_movement_and_one_fact():
    store, heard = memory_store(), HeardAnnouncements()
    counter = a_counter(store.unit_of_work, announce=heard)
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE, HEMMING])
        uow.commit()
    receive_goods(counter, [(COFFEE.product_id, 5)], DEFAULT_LOCATION, "Léa")
    movement = record_loss(counter, COFFEE.product_id, 7, DEFAULT_LOCATION, "Léa", "casse")
    assert movement is not None
    assert (movement.quantity, movement.reason, movement.note) == (-7, MovementReason.LOSS, "casse")
    card = store.queries.stock_card(COFFEE.product_id)
    assert card is not None
    assert (card.physical, card.waiting_to_be_sent) == (-2, 2)
    assert heard[-1].stock
    assert heard[-1].outbox


def test_no_loss_of_what_is_not_counted_or_of_nothing():
    store, heard = memory_store(), HeardAnnouncements()
    counter = a_counter(store.unit_of_work, announce=heard)
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([HEMMING])
        uow.commit()
    assert record_loss(counter, HEMMING.product_id, 1, DEFAULT_LOCATION, "Léa") is None
    assert record_loss(counter, "nobody", 1, DEFAULT_LOCATION, "Léa") is None
    assert not heard
    with pytest.raises(BrokenInvariant):
        record_loss(counter, HEMMING.product_id, 0, DEFAULT_LOCATION, "Léa")
