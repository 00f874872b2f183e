"""The disk full in the middle of a sale, a handover, a page: all of it or nothing, and no number is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.money import Money
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.i18n import set_language
from app.storage.store import Store, open_store
from app.sync import wire
from app.ui.messages import describe_failure
from app.usecases.adjust_stock import receive_goods
from app.usecases.apply_server_orders import apply_page
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.import_catalogue import import_catalogue
from app.usecases.marketplace_port import ChangePage, ProductChange
from app.usecases.ports import StoreUnavailable
from app.usecases.prepare_order import mark_ready
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from app.usecases.undo_handover import undo_handover
from tests.fakes.samples import COFFEE, an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock
from tests.fakes.wire_samples import wire_order, wire_product
from tests.integration.faults.conftest import assert_sentences, contents
from tests.unit.sync.test_wire import change, page_of

LONG = "x" * 30_000
"""So that even one row needs pages that are not there."""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "till.sqlite3"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    opened = open_store(database, clock=HandSetClock())
    yield opened
    opened.close()


@pytest.fixture
def shop(store: Store) -> Shop:
    made = Shop(store, HandSetClock())
    made.has_order(an_order(prepaid=True))
    mark_ready(made.counter, "order-1", 1, "", "Léa")
    return made


def sell(shop: Shop, note: str = "") -> object:
    line = line_for_product(shop.counter.ids.new(), COFFEE, 1)
    payment = Payment(PaymentMeans.CASH, line.total, Money(1000))
    return sell_at_counter(shop.counter, SaleRequest(Basket((line,)), (payment,), "Léa" + note, print_receipt=True))


def hand_over(shop: Shop, note: str = "") -> object:
    request = HandoverRequest("order-1", HowFound.SCAN, "Léa", handed_to=note, print_slip=True)
    return hand_over_order(shop.counter, request)


def take_page(shop: Shop) -> object:
    body = page_of(
        *(change("product", wire_product(f"p-{n}", name="x" * 900), n + 1) for n in range(40)),
        change("order", wire_order("order-2", number="1043", reference="K7F3K9Y", note="y" * 9000), 99),
    )
    page = wire.read_page(body)
    assert isinstance(page, ChangePage)
    assert isinstance(page.changes[0], ProductChange)
    return apply_page(shop.counter, shop.secrets, page)


ACTS: dict[str, Callable[[Shop], object]] = {
    "sale": lambda shop: sell(shop, LONG),
    "handover": lambda shop: hand_over(shop, LONG),
    "preparation": lambda shop: mark_ready(shop.counter, "order-1", 1, LONG, "Léa"),
    "goods in": lambda shop: receive_goods(shop.counter, [("p-coffee", 1)], "shop", "Léa", LONG),
    "page of changes": take_page,
    "catalogue": lambda shop: import_catalogue(
        shop.counter, ("nom;prix;tva\n" + "".join(f"{'n' * 150}{n};1;20\n" for n in range(400))).encode(), "Léa"
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_all_of_it_or_nothing(shop: Shop, store: Store, database: Path, act: str) -> None:
    assert isinstance(sell(shop), SaleDone)
    before = contents(database)
    _limit(store, "page_count")
    with pytest.raises(StoreUnavailable) as full:
        ACTS[act](shop)
    assert full.value.reason == "disk_full"
    _limit(store, "1000000")
    assert contents(database) == before
    ACTS[act](shop)
    assert contents(database) != before


def test_no_number_is_skipped_and_nothing_is_done_twice(shop: Shop, store: Store, database: Path) -> None:
    assert isinstance(sell(shop), SaleDone)
    _limit(store, "page_count")
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            sell(shop, LONG)
        with pytest.raises(StoreUnavailable):
            hand_over(shop, LONG)
    _limit(store, "1000000")
    assert isinstance(sell(shop), SaleDone)
    assert isinstance(hand_over(shop), HandoverDone)
    assert sorted(row.display_number for row in shop.queries.sales()) == ["A-1", "A-2"] or [
        int(row.display_number.rpartition("-")[2]) for row in reversed(shop.queries.sales())
    ] == [1, 2]
    assert [fact.till_seq for fact in shop.facts()] == list(range(1, len(shop.facts()) + 1))
    undo_handover(shop.counter, "order-1", "Léa", "")


def test_a_full_disk_is_said_in_both_languages() -> None:
    said = []
    for language in ("en", "fr"):
        set_language(language)
        said.append(describe_failure(StoreUnavailable("disk_full")))
    assert_sentences(*said)


def _limit(store: Store, pages: str) -> None:
    """Let the database grow no further than so many pages; `page_count`: than it is."""
    connection = store.unit_of_work.connection  # type: ignore[attr-defined]  # to make it fail on purpose
    if pages == "page_count":
        pages = str(connection.execute("PRAGMA page_count").fetchone()[0])
    connection.execute(f"PRAGMA max_page_count={pages}").close()
