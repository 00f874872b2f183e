"""Rows 29 and 30 of the complaints: catalogues that are not there and stock pushed line by line; closings that miss the
last ticket, papers that cannot be printed again, baskets that vanish.
"""

from __future__ import annotations

import pytest

from app.domain.barcodes import gtin_check_digit
from app.domain.money import ZERO, total_of
from app.domain.sale import Basket, PaymentMeans, line_for_product
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day, print_z
from app.usecases.import_catalogue import import_catalogue
from app.usecases.park_basket import park_basket, take_basket
from tests.complaints.conftest import Begin
from tests.complaints.story import WHO

pytestmark = pytest.mark.allowed_logs(".*")

MANY = 1_500
"""More than the thousand at which others stop."""


def test_row_29_the_whole_catalogue_is_found_without_a_network(begin: Begin) -> None:
    story = begin()
    till = story.till
    rows = [f"{_gtin(number)};Confiture maison {number};3,{number % 100:02d};5,5" for number in range(MANY)]
    till.act("import", lambda: import_catalogue(till.counter, "\n".join(["code;nom;prix;tva", *rows]).encode(), WHO))
    story.cut_off()
    story.time_passes(3600.0)
    for number in (0, 999, 1000, MANY - 1):
        names = [row.product.name for row in till.queries.search_products(f"maison confiture {number}")]
        assert f"Confiture maison {number}" in names


def test_row_29_stock_goes_with_its_sale_and_after_it(begin: Begin) -> None:
    """A sale of many lines is one thing to tell, with all its movements, and is told when the ticket is long there;
    what waits has its age on the screen."""
    story = begin()
    till, articles = story.till, story.products[:6]
    there = {article.product_id: story.level_there(article) for article in articles}
    story.cut_off()
    began = till.clock.now()
    story.sells(till, *articles)
    assert [job.title for job in till.queries.print_jobs()] == ["A-000001"]
    [waiting] = till.queries.outbox()
    assert waiting.happened_at == began
    till.link.heal()
    story.everything_arrives()
    [told] = story.facts_there("sale_recorded")
    assert len(told["movements"]) == len(articles)
    assert {a.product_id: story.level_there(a) for a in articles} == {id_: level - 1 for id_, level in there.items()}


def test_row_30_the_closing_holds_the_last_ticket_and_stock_moved_at_the_sale(begin: Begin) -> None:
    story = begin()
    till, product = story.till, story.products[0]
    level = story.level(till, product)
    sold = []
    for count in (1, 2, 3):
        sold.append(story.sells(till, product, means=PaymentMeans.CASH))
        assert story.level(till, product) == level - count
    closed = till.act("close", lambda: close_day(till.counter, CloseDayRequest(WHO)))
    assert isinstance(closed, DayClosed)
    [closure] = closed.closures
    assert (closure.first_number, closure.last_number) == (sold[0].number, sold[-1].number)
    assert closure.totals.turnover == total_of([sale.total for sale in sold])
    assert story.level(till, product) == level - 3


def test_row_30_a_closed_day_prints_again_for_ever(begin: Begin) -> None:
    story = begin()
    till = story.till
    story.sells(till, story.products[0])
    closed = till.act("close", lambda: close_day(till.counter, CloseDayRequest(WHO, print_z=False)))
    assert isinstance(closed, DayClosed)
    closure_id = closed.closures[0].closure_id
    story.time_passes(20 * 86_400.0)
    till.pull_the_plug()
    till.start()
    papers = len(till.queries.print_jobs())
    assert till.act("print Z", lambda: print_z(till.counter, closure_id, WHO)) is not None
    assert len(till.queries.print_jobs()) == papers + 1


def test_row_30_a_parked_basket_survives_the_power_cut_and_the_closing(begin: Begin) -> None:
    story = begin()
    till = story.till
    basket = Basket(tuple(line_for_product(till.counter.ids.new(), product, 2) for product in story.products[:3]))
    basket_id = till.act("park", lambda: park_basket(till.counter, basket, "Madame Roux"))
    assert basket_id is not None
    story.sells(till, story.products[0])
    closed = till.act("close", lambda: close_day(till.counter, CloseDayRequest(WHO)))
    assert isinstance(closed, DayClosed)
    till.pull_the_plug()
    till.start()
    assert [(row.title, row.total) for row in till.queries.parked_baskets()] == [("Madame Roux", basket.total)]
    assert till.act("take", lambda: take_basket(till.counter, basket_id)) == basket
    assert basket.total > ZERO


def _gtin(number: int) -> str:
    body = f"376{number:09d}"
    return f"{body}{gtin_check_digit(body)}"
