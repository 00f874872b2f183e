"""Levels are sums of movements (I4), whatever comes twice, out of order, or is rolled back."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import MovementReason, StockMovement, level_of
from app.storage.store import Store, open_store
from app.usecases.adjust_stock import receive_goods
from tests.fakes.samples import COFFEE, TOMATO
from tests.fakes.surroundings import NOON, HandSetClock, a_counter

movements = st.builds(
    StockMovement,
    movement_id=st.integers(1, 30).map(str),
    product_id=st.sampled_from(["p-coffee", "p-tomato"]),
    location=st.sampled_from(["shop", "store room"]),
    quantity=st.integers(-5000, 5000).filter(bool),
    reason=st.sampled_from(MovementReason),
    happened_at=st.just(NOON),
    till_id=st.sampled_from(["till-a", ""]),
)


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.tuples(st.lists(movements, max_size=8), st.booleans()), max_size=8))
def test_levels_are_sums_of_distinct_movements(batches: Sequence[tuple[list[StockMovement], bool]]) -> None:
    known: dict[str, StockMovement] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "till.sqlite3", clock=HandSetClock())
        try:
            for batch, committed in batches:
                with store.unit_of_work() as uow:
                    new = uow.stock.record(batch)
                    assert len({movement.movement_id for movement in new}) == len(new)
                    assert not {movement.movement_id for movement in new} & known.keys()
                    if committed:
                        uow.commit()
                        known.update({movement.movement_id: movement for movement in new})
            check_levels(store, known)
        finally:
            store.close()


def check_levels(store: Store, known: dict[str, StockMovement]) -> None:
    with store.unit_of_work() as uow:
        for product_id in ("p-coffee", "p-tomato"):
            own = [movement for movement in known.values() if movement.product_id == product_id]
            assert uow.stock.level(product_id) == level_of(own)
            for location in ("shop", "store room"):
                at = [movement for movement in own if movement.location == location]
                assert uow.stock.level(product_id, location) == level_of(at)


def test_the_card_explains_the_level(store: Store) -> None:
    clock = HandSetClock()
    counter = a_counter(store.unit_of_work, clock=clock)
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE, TOMATO])
        uow.commit()
    receive_goods(counter, [("p-coffee", 12), ("p-tomato", 5000)], "shop", "Léa")
    clock.go_on(minutes=1)
    receive_goods(counter, [("p-coffee", 6)], "store room", "Léa")
    card = store.queries.stock_card("p-coffee")
    assert card is not None
    assert [(level.location, level.quantity) for level in card.levels] == [("shop", 12), ("store room", 6)]
    assert (card.physical, card.promised, card.waiting_to_be_sent) == (18, 0, 2)
    assert [movement.quantity for movement in card.movements] == [6, 12]
    assert [row.title for row in store.queries.outbox()] == [COFFEE.name, COFFEE.name]
    assert store.queries.stock_card("nothing") is None
