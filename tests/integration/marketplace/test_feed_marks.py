"""A server that was set back to an older copy, and grew, knows the cursors of the time it lost; on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.marketplace import tables as t
from app.marketplace.changes import make_cursor
from app.marketplace.feed_marks import KEPT, mark_of, set_mark
from app.marketplace.store import ChangeKind
from tests.integration.marketplace.world import BREAD, CHEESE, WINE, AShop, Till, utc_now


def touch(shop: AShop, *products: str) -> None:
    with shop.store.writing(shop.shop_id) as transaction:
        for product in products:
            transaction.mark(ChangeKind.PRODUCT, product)


def head(shop: AShop) -> int:
    with shop.store.reading() as connection:
        found: int = connection.execute(select(t.shop.c.head_seq).where(t.shop.c.shop_id == shop.shop_id)).scalar_one()
    return found


def set_back(shop: AShop, seq: int) -> None:
    """As a copy of the database made when `seq` was the last number would have it."""
    with shop.store.administering() as connection:
        for table in (t.change, t.feed_mark):
            connection.execute(table.delete().where(table.c.shop_id == shop.shop_id, table.c.seq > seq))
        connection.execute(t.shop.update().where(t.shop.c.shop_id == shop.shop_id).values(head_seq=seq))


def test_a_server_set_back_that_grew_past_a_cursor_says_that_it_is_gone(till: Till, shop: AShop) -> None:
    """The hole of a cursor that is only a number: what was numbered below it again would never be told."""
    copied_at = head(shop)
    touch(shop, BREAD)
    touch(shop, CHEESE)
    _, cursor = till.pages()
    set_back(shop, copied_at)
    for _ in range(3):
        touch(shop, WINE)
    assert head(shop) > copied_at + 2
    answer = till.get("/v1/changes", cursor=cursor)
    assert answer.status_code == 410
    assert answer.json()["type"].endswith("cursor_gone")


def test_a_server_set_back_that_grew_just_as_far(till: Till, shop: AShop) -> None:
    copied_at = head(shop)
    touch(shop, BREAD, CHEESE)
    _, cursor = till.pages()
    set_back(shop, copied_at)
    touch(shop, WINE, BREAD)
    assert till.get("/v1/changes", cursor=cursor).status_code == 410


def test_a_cursor_of_before_the_copy_goes_on(till: Till, shop: AShop) -> None:
    _, cursor = till.pages()
    copied_at = head(shop)
    touch(shop, BREAD)
    set_back(shop, copied_at)
    touch(shop, WINE)
    assert [change["id"] for change in till.pages(cursor)[0]] == [WINE]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_a_cursor_in_the_middle_of_a_transaction_goes_on(till: Till, shop: AShop, limit: int) -> None:
    _, cursor = till.pages()
    touch(shop, BREAD, CHEESE, WINE)
    touch(shop, BREAD)
    changes, _ = till.pages(cursor, limit=limit)
    assert [change["id"] for change in changes] == [CHEESE, WINE, BREAD]


def test_a_cursor_stays_good_though_all_that_it_saw_moved_on(till: Till, shop: AShop) -> None:
    touch(shop, BREAD)
    _, cursor = till.pages()
    touch(shop, BREAD)
    touch(shop, BREAD)
    assert [change["id"] for change in till.pages(cursor)[0]] == [BREAD]


def test_a_cursor_without_a_mark_is_taken_until_the_next_page(till: Till, shop: AShop) -> None:
    """As given out before there were marks."""
    old = make_cursor(head(shop))
    assert till.get("/v1/changes", cursor=old).json()["changes"] == []
    touch(shop, BREAD)
    changes, cursor = till.pages(old)
    assert [change["id"] for change in changes] == [BREAD]
    assert cursor != make_cursor(head(shop))


def test_a_shop_whose_feed_has_no_marks_yet_goes_on(till: Till, shop: AShop) -> None:
    with shop.store.administering() as connection:
        connection.execute(t.feed_mark.delete())
    _, cursor = till.pages()
    assert till.pages(cursor) == ([], cursor)
    touch(shop, BREAD)
    assert [change["id"] for change in till.pages(cursor)[0]] == [BREAD]


def test_marks_are_forgotten_but_not_that_of_a_shop_gone_quiet(shop: AShop) -> None:
    now = utc_now()

    def mark_at(at: datetime, before: int, seq: int) -> None:
        with shop.store.administering() as connection:
            set_mark(connection, shop.shop_id, before, seq, f"{seq:015x}", at)

    start = head(shop)
    with shop.store.administering() as connection:
        connection.execute(t.feed_mark.delete())
    for n in range(1, 400):
        mark_at(now - KEPT - timedelta(days=9) + timedelta(seconds=n), start + n - 1, start + n)
    quiet_since = start + 399
    mark_at(now, quiet_since, quiet_since + 100)
    mark_at(now, quiet_since + 100, quiet_since + 200)
    mark_at(now, quiet_since + 200, quiet_since + 300)
    with shop.store.reading() as connection:
        kept = connection.execute(select(func.count()).select_from(t.feed_mark)).scalar_one()
        assert mark_of(connection, shop.shop_id, quiet_since) == f"{quiet_since:015x}"
        assert mark_of(connection, shop.shop_id, start + 1) == f"{quiet_since:015x}"
    assert kept == 4
