"""Pickup keys replaced, withdrawn, leaked: what a code is worth at the counter, on line and off line, and what is said.

Real till, real marketplace; the exchange happens when the test says so, so a till is off line in between.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.order import VerdictKind
from app.domain.pickup_code import make_pickup_code
from app.marketplace import tables as t
from app.marketplace.orders import PlacedOrder, pickup_code_of
from app.marketplace.pairing import rotate_key
from app.marketplace.seed import DemoCustomers
from app.ui.messages import verdict_words
from app.usecases.find_order import judge_code
from app.usecases.prepare_order import mark_ready
from tests.integration.sync.town import Town


class Keys(Town):
    """The same town, seen from its codes."""

    def order(self) -> PlacedOrder:
        placed = DemoCustomers(self.server.store, self.shop.shop_id).place(prepaid=True)
        assert isinstance(placed, PlacedOrder)
        return placed

    def order_at_counter(self) -> PlacedOrder:
        """Placed, come down and prepared."""
        placed = self.order()
        self.till.exchange(self.url)
        mark_ready(self.till.counter, placed.order_id, 1, "A1", "Léa")
        self.till.exchange(self.url)
        return placed

    def rotate(self, *, leaked: bool = False) -> None:
        with self.server.store.writing(self.shop.shop_id) as transaction:
            rotate_key(transaction, leaked=leaked)

    def code_on_page(self, order: PlacedOrder) -> str:
        """What the customer's page shows now."""
        with self.server.store.reading() as connection:
            row = connection.execute(select(t.shop_order).where(t.shop_order.c.order_id == order.order_id)).one()
            return pickup_code_of(connection, row)

    def verdict(self, code: str) -> VerdictKind:
        return judge_code(self.till.store.queries, self.till.secrets, code, self.till.counter.clock.now()).kind


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Keys]:
    made = Keys(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_a_code_of_the_key_before_is_good_while_two_are_valid(town: Keys) -> None:
    order = town.order_at_counter()
    town.rotate()
    town.till.exchange(town.url)
    assert len(town.till.secrets.pickup_keys()) == 2
    assert town.code_on_page(order) == order.pickup_code
    assert town.verdict(order.pickup_code) is VerdictKind.READY


def test_an_order_sealed_under_a_key_withdrawn_while_the_till_was_off_line(town: Keys) -> None:
    """The till still takes the code it knows; the page shows a newer one, which it cannot judge and does not refuse as
    another shop's."""
    order = town.order_at_counter()
    town.rotate()
    town.rotate()
    new = town.code_on_page(order)
    assert new != order.pickup_code
    assert town.verdict(order.pickup_code) is VerdictKind.READY  # off line: it has not heard
    assert town.verdict(new) is VerdictKind.KEY_REPLACED
    assert town.verdict(order.spoken_code) is VerdictKind.READY
    town.till.exchange(town.url)
    assert town.verdict(new) is VerdictKind.READY
    assert town.verdict(order.pickup_code) is VerdictKind.KEY_REPLACED


def test_a_third_rotation_leaves_the_newest_two(town: Keys) -> None:
    first = town.order_at_counter()
    town.rotate()
    second = town.order_at_counter()
    town.rotate()
    third = town.order_at_counter()
    town.rotate()
    town.till.exchange(town.url)
    assert len(town.till.secrets.pickup_keys()) == 2
    verdicts = [town.verdict(order.pickup_code) for order in (first, second, third)]
    assert verdicts == [VerdictKind.KEY_REPLACED, VerdictKind.KEY_REPLACED, VerdictKind.READY]
    assert {town.verdict(town.code_on_page(order)) for order in (first, second, third)} == {VerdictKind.READY}


def test_key_ids_come_round_again_and_old_codes_are_worth_nothing(town: Keys) -> None:
    order = town.order_at_counter()
    for _ in range(25):
        town.rotate()
    town.till.exchange(town.url)
    assert order.pickup_code[2] in town.till.secrets.pickup_keys()
    assert town.verdict(order.pickup_code) is VerdictKind.BAD_SIGNATURE
    assert town.verdict(town.code_on_page(order)) is VerdictKind.READY


def test_a_leaked_key_is_worth_nothing_at_once_and_the_counter_says_what_to_ask_for(town: Keys) -> None:
    town.rotate()
    order = town.order_at_counter()
    town.rotate(leaked=True)
    town.till.exchange(town.url)
    assert len(town.till.secrets.pickup_keys()) == 1
    found = judge_code(town.till.store.queries, town.till.secrets, order.pickup_code, town.till.counter.clock.now())
    assert (found.kind, found.order) == (VerdictKind.KEY_REPLACED, None)
    words = verdict_words(found, town.till.counter.clock.now())
    assert "six" in words.what_to_do
    assert town.verdict(town.code_on_page(order)) is VerdictKind.READY
    assert town.verdict(order.spoken_code) is VerdictKind.READY


def test_a_code_forged_with_a_leaked_key_opens_nothing(town: Keys) -> None:
    ((key_id, key),) = town.till.secrets.pickup_keys().items()
    forged = make_pickup_code(key_id, key, town.shop.shop_id, "2345678")
    assert town.verdict(forged) is VerdictKind.NOT_HERE_YET
    town.rotate(leaked=True)
    town.till.exchange(town.url)
    assert town.verdict(forged) is VerdictKind.WRONG_SHOP


def test_a_till_put_back_to_an_older_copy_hears_of_withdrawn_keys_again(town: Keys, tmp_path: Path) -> None:
    order = town.order_at_counter()
    copy = town.till.copy_to(tmp_path / "copy.sqlite3")
    keys = dict(town.till.secrets.pickup_keys())
    town.rotate()
    town.rotate()
    town.till.exchange(town.url)
    town.till.put_back(copy, by_hand=True)
    town.till.secrets.set_pickup_keys(keys)
    town.till.exchange(town.url)
    heard = town.till.secrets.pickup_keys()
    assert len(heard) == 2
    assert not heard.keys() & keys.keys()
    assert town.verdict(order.pickup_code) is VerdictKind.KEY_REPLACED
    with town.server.store.reading() as connection:
        valid = select(t.pickup_key.c.key_base64).where(t.pickup_key.c.key_base64.is_not(None))
        known = {base64.b64decode(key) for key in connection.execute(valid).scalars()}
    assert set(town.till.secrets.pickup_keys().values()) == known
