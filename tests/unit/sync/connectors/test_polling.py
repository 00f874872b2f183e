"""Reading again and comparing, on a marketplace of a few lines: what is read when, what is a change, what a page is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.catalogue import Product
from app.domain.lease import Lease
from app.domain.order import HandoverState, Order
from app.sync.connectors.polling import (
    ALL_ARTICLES_EVERY_S,
    OPEN_SET_EVERY_S,
    OVERLAP,
    ArticlesRead,
    OrdersRead,
    Poller,
    carried_over,
    same_contents,
)
from app.usecases.apply_server_orders import apply_page
from app.usecases.marketplace_port import BrokenChange, ChangePage, OrderChange, ProductChange
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, an_order
from tests.fakes.surroundings import NOON, HandSetClock, MemorySecrets, a_counter

TOLD = frozenset({"name", "price", "active"})


class AFewLines:
    """A marketplace: `orders` by id, `dated` when they were placed, `articles`; `asked` is what was read;
    `untold`: articles whose level it does not tell."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.dated: dict[str, datetime] = {}
        self.listed_as_open: set[str] | None = None
        self.articles_there: list[Product] = []
        self.level = 0
        self.untold: set[str] = set()
        self.broken: list[BrokenChange] = []
        self.asked: list[str] = []
        self.fails = 0

    def place(self, order_id: str, at: datetime) -> None:
        self.orders[order_id] = an_order(order_id, version=0)
        self.dated[order_id] = at

    def newest_order(self) -> datetime | None:
        return max(self.dated.values(), default=None)

    def orders_placed(self, after: datetime | None) -> Iterator[OrdersRead]:
        self._ask(f"placed {after and after.strftime('%H:%M')}")
        found = [key for key, at in self.dated.items() if after is None or at > after]
        newest = max((self.dated[key] for key in found), default=None)
        yield OrdersRead([self.orders[key] for key in found], self.broken, newest)

    def open_orders(self) -> Iterator[OrdersRead]:
        self._ask("open")
        keys = self.orders.keys() if self.listed_as_open is None else self.listed_as_open
        yield OrdersRead([self.orders[key] for key in keys])

    def orders_by_id(self, order_ids: Sequence[str]) -> OrdersRead:
        self._ask("by id " + " ".join(order_ids))
        return OrdersRead([self.orders[key] for key in order_ids if key in self.orders])

    def articles(self, after: datetime | None) -> Iterator[ArticlesRead]:
        self._ask("articles" if after is None else "articles changed")
        yield ArticlesRead(
            self.articles_there, TOLD, {one.product_id: self.level for one in self.articles_there}, newest=NOON
        )

    def standing_in_shop(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        self._ask("levels")
        return dict.fromkeys((one for one in product_ids if one not in self.untold), self.level)

    def server_time(self) -> datetime | None:
        return None

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.fails:
            self.fails -= 1
            raise MarketplaceUnreachable("timeout")


class Scene:
    def __init__(self) -> None:
        self.site = AFewLines()
        self.store = MemoryStore()
        self.clock = HandSetClock()
        self.counter = a_counter(self.store.unit_of_work, clock=self.clock)
        self.gone_s = 0.0
        self.poller = Poller(self.site, self.store.connector_books, "shop-1", lambda: self.gone_s, self.clock.now)

    @property
    def cursor(self) -> str:
        return self.store.tables.cursor

    def look(self, after_s: float = 10.0, limit: int = 100) -> list[ChangePage]:
        """All pages of one look, stored; `asked` begins anew."""
        self.gone_s += after_s
        self.site.asked.clear()
        pages, more = [], True
        while more:
            page = self.poller.changes(self.cursor, limit)
            apply_page(self.counter, MemorySecrets(), page, asked_after=self.cursor)
            pages.append(page)
            more = page.more
        return pages


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.site.place("old", NOON - timedelta(hours=1))
    scene.look()
    return scene


def test_the_first_reading_brings_articles_and_open_orders_and_no_history() -> None:
    scene = Scene()
    scene.site.place("closed", NOON - timedelta(days=3))
    scene.site.place("open", NOON)
    scene.site.listed_as_open = {"open"}
    scene.look()
    assert list(scene.store.tables.orders) == ["open"]
    assert scene.site.asked == ["articles", "open"]


def test_each_look_asks_for_what_was_placed_since_and_a_little_before(scene: Scene) -> None:
    assert scene.look()[-1].changes == ()
    assert scene.site.asked[0] == f"placed {(NOON - timedelta(hours=1) - OVERLAP).strftime('%H:%M')}"
    scene.site.place("new", NOON)
    scene.look()
    scene.look()
    assert scene.site.asked == [f"placed {(NOON - OVERLAP).strftime('%H:%M')}"]


def test_an_order_that_says_the_same_is_no_change_and_moves_nothing(scene: Scene) -> None:
    scene.look()
    before = scene.cursor
    pages = scene.look(OPEN_SET_EVERY_S)
    assert [page.changes for page in pages] == [()]
    assert scene.cursor == before


def test_an_order_that_says_something_else_has_the_next_version(scene: Scene) -> None:
    version = scene.store.tables.orders["old"].version
    scene.site.orders["old"] = replace(scene.site.orders["old"], note="sonnez")
    scene.look(OPEN_SET_EVERY_S)
    assert (scene.store.tables.orders["old"].note, scene.store.tables.orders["old"].version) == ("sonnez", version + 1)


def test_an_open_order_that_is_listed_no_more_is_asked_for(scene: Scene) -> None:
    scene.site.listed_as_open = set()
    scene.look(OPEN_SET_EVERY_S)
    assert "by id old" in scene.site.asked


def test_a_page_with_changes_moves_the_cursor_and_is_as_long_as_asked_for(scene: Scene) -> None:
    for number in range(5):
        scene.site.place(f"new-{number}", NOON)
    before = scene.cursor
    pages = scene.look(limit=2)
    assert [len(page.changes) for page in pages if page.changes] == [2, 2, 1]
    assert len({before, *(page.cursor for page in pages)}) == 4


def test_what_was_not_stored_is_read_again_with_everything(scene: Scene) -> None:
    scene.site.place("new", NOON)
    lost = scene.poller.changes(scene.cursor, 100)
    assert [change.order.order_id for change in lost.changes if isinstance(change, OrderChange)] == ["new"]
    scene.look()
    assert "new" in scene.store.tables.orders
    assert {"open", "articles"} <= set(scene.site.asked)


def test_what_was_due_stays_due_after_a_failure(scene: Scene) -> None:
    scene.gone_s += OPEN_SET_EVERY_S
    scene.site.fails = 2
    for _ in range(2):
        with pytest.raises(MarketplaceUnreachable):
            scene.poller.changes(scene.cursor, 100)
    scene.look()
    assert "open" in scene.site.asked


def test_what_was_written_to_is_read_at_the_next_look_even_after_a_failure(scene: Scene) -> None:
    scene.poller.look_again(["old"])
    scene.site.orders["old"] = replace(scene.site.orders["old"], note="sonnez")
    list(scene.site.orders_placed(None))
    scene.site.fails = 1
    with pytest.raises(MarketplaceUnreachable):
        scene.poller.changes(scene.cursor, 100)
    scene.look(0.0)
    assert scene.store.tables.orders["old"].note == "sonnez"
    scene.look()
    assert "by id old" not in scene.site.asked


def test_a_broken_record_is_a_change_and_holds_nothing_back(scene: Scene) -> None:
    scene.site.broken = [BrokenChange("order", "bad", "{}", "nonsense")]
    scene.site.place("new", NOON)
    assert [len(page.changes) for page in scene.look()] == [2, 0]


def test_articles_are_read_whole_once_a_day_and_what_is_listed_no_more_is_withdrawn(scene: Scene) -> None:
    scene.site.articles_there = [COFFEE]
    scene.look(400.0)
    assert scene.site.asked[-1] == "articles changed"
    scene.site.articles_there = []
    pages = scene.look(ALL_ARTICLES_EVERY_S)
    (change,) = [change for page in pages for change in page.changes if isinstance(change, ProductChange)]
    assert (change.product.product_id, change.product.active) == (COFFEE.product_id, False)


def test_of_an_article_only_what_the_marketplace_knows_is_compared(scene: Scene) -> None:
    scene.site.articles_there = [COFFEE]
    scene.look(400.0)
    with scene.store.unit_of_work() as uow:
        uow.catalogue.save_all([replace(COFFEE, shelf="B2")])
        uow.commit()
    scene.look(400.0)
    assert scene.store.tables.products[COFFEE.product_id].shelf == "B2"
    assert not scene.look(400.0)[0].changes


def test_a_level_is_brought_to_what_is_there(scene: Scene) -> None:
    scene.site.articles_there, scene.site.level = [COFFEE], 9
    scene.look(400.0)
    assert scene.store.connector_books.levels([COFFEE.product_id]) == {COFFEE.product_id: 9}
    scene.look(400.0)
    assert "levels" not in scene.site.asked


def test_a_level_that_is_never_told_is_not_asked_for_for_ever(scene: Scene) -> None:
    scene.site.articles_there, scene.site.level = [COFFEE], 9
    scene.site.untold = {COFFEE.product_id}
    scene.look(400.0)
    asked = [scene.look() and "levels" in scene.site.asked for _ in range(6)]
    assert asked == [True, True, False, False, False, False]
    scene.site.untold.clear()
    scene.look(400.0)
    assert scene.store.connector_books.levels([COFFEE.product_id]) == {COFFEE.product_id: 9}


def test_a_cursor_of_another_connector_is_gone(scene: Scene) -> None:
    with pytest.raises(MarketplaceRefused) as refusal:
        scene.poller.changes("c:1234", 100)
    assert refusal.value.reason == "cursor_gone"


# --- the same or not ---


def test_versions_and_the_end_of_a_lease_do_not_make_an_order_another() -> None:
    one = replace(an_order("o"), lease=Lease("till-a", NOON))
    assert same_contents(one, replace(one, version=99, lease=Lease("till-a", NOON + timedelta(days=1))))
    assert not same_contents(one, replace(one, lease=Lease("till-b", NOON)))
    assert not same_contents(one, replace(one, lease=None))
    assert not same_contents(one, replace(one, server_handover=HandoverState.PARTLY))


def test_a_copy_whose_customer_was_forgotten_does_not_learn_the_name_again() -> None:
    one = replace(an_order("o"), note="sonnez")
    assert same_contents(one, replace(one, customer_name="", note=""))


def test_codes_and_the_moment_of_a_cancellation_stay_as_they_were_told() -> None:
    known = replace(an_order("o"), reference="2222222", cancelled_at=NOON)
    told = carried_over(replace(known, reference="3333333", cancelled_at=NOON + timedelta(hours=1)), known)
    assert (told.reference, told.cancelled_at) == ("2222222", NOON)
    assert carried_over(replace(known, cancelled_at=None), known).cancelled_at is None
