"""Constant statements say on either database what Core would have said: lists of any length, defaults, truth values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from app.marketplace import tables as t
from app.marketplace.statements import fixed
from app.marketplace.store import DatabaseBusy, Store, open_store

_SHOP = {"slug": "s", "name": "N", "tagline": "", "address_lines": "", "siret": "", "vat_number": ""}
_ADD_SHOP = fixed(t.shop.insert())
_ADD = fixed(t.product.insert())
_OF_IDS = fixed(
    select(t.product.c.product_id, t.product.c.published)
    .where(t.product.c.product_id.in_(bindparam("ids", expanding=True)))
    .order_by(t.product.c.product_id)
)
_RENAME = fixed(
    t.product.update()
    .where(t.product.c.product_id == bindparam("of_product"))
    .values(version=t.product.c.version + 1)
)  # fmt: skip


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    with opened.administering() as connection:
        connection.execute(_ADD_SHOP, {"shop_id": "shop", **_SHOP})
        connection.execute(_ADD, [_product(number) for number in range(5)])
    yield opened
    opened.close()


def _product(number: int) -> dict[str, Any]:
    return {
        "shop_id": "shop", "product_id": f"p{number}", "name": "", "price_minor": 1, "vat_rate_bp": 1, "unit": "piece",
        "codes": "[]", "category": "", "stock_tracked": True, "shelf": "", "published": number % 2 == 0,
        "withdrawal_right": False, "age_limit": 0, "active": True, "folded": "", "version": 1,
    }  # fmt: skip


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5])
def test_a_list_may_have_any_length(store: Store, length: int) -> None:
    ids = [f"p{number}" for number in range(length)]
    with store.reading() as connection:
        assert [row.product_id for row in connection.execute(_OF_IDS, {"ids": ids})] == ids


def test_truth_values_are_read_as_such(store: Store) -> None:
    with store.reading() as connection:
        found = connection.execute(_OF_IDS, {"ids": ["p0", "p1"]}).all()
    assert [row.published is True for row in found] == [True, False]
    assert found[1].published is False


def test_a_new_row_gets_the_defaults_of_its_columns(store: Store) -> None:
    with store.reading() as connection:
        row = connection.execute(select(t.shop)).one()
    assert (row.head_seq, row.next_order_number) == (0, 1001)


def test_only_the_columns_that_are_given_are_written(store: Store) -> None:
    with store.administering() as connection:
        assert connection.execute(_RENAME, {"of_product": "p1", "name": "Pain"}).rowcount == 1
        assert connection.execute(_RENAME, {"of_product": "nowhere", "name": "Pain"}).rowcount == 0
    with store.reading() as connection:
        row = connection.execute(select(t.product).where(t.product.c.product_id == "p1")).one()
    assert (row.name, row.version, row.price_minor) == ("Pain", 2, 1)


def test_a_failing_driver_is_a_busy_database(store: Store) -> None:
    failure = store._engine.dialect.loaded_dbapi.OperationalError
    with pytest.raises(DatabaseBusy), store.reading():
        raise failure("database is locked")
