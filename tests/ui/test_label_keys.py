"""The keys that print labels and the market sheet, at the pickup and at the stock."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.receipt import BagLabels, MarketSheet, ShelfLabels
from app.ui.screen import PlaceName
from tests.fakes.samples import COFFEE, pickup_code_of
from tests.ui.shop import Shop, some_orders
from tests.ui.till import open_till

KEY = Qt.Key
PREPAID, CANCELLED = 1, 6


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None, "nothing has the focus"
    QTest.keyClick(focused, key, modifiers)


def queued(shop: Shop, kind: type) -> list:
    return [job.document for job in shop.store.tables.print_jobs.values() if isinstance(job.document, kind)]


def hints(shop: Shop) -> set[str]:
    return {hint.key for hint in shop.pickup.hints()}


def test_bag_labels_are_one_key_away_from_the_card(shop):
    shop.window.take_scan(pickup_code_of(some_orders()[PREPAID]))
    assert "L" in hints(shop)
    press(KEY.Key_L)
    [labels] = queued(shop, BagLabels)
    assert labels.order_number == some_orders()[PREPAID].number


def test_a_cancelled_order_gets_no_label(shop):
    shop.window.take_scan(pickup_code_of(some_orders()[CANCELLED]))
    press(KEY.Key_L)
    assert queued(shop, BagLabels) == []


def test_the_market_sheet_is_printed_from_the_list_without_leaving_it(shop):
    shop.window.go_to(PlaceName.PICKUP)
    assert "Ctrl+P" in hints(shop)
    press(KEY.Key_P, Qt.KeyboardModifier.ControlModifier)
    [sheet] = queued(shop, MarketSheet)
    assert sheet.orders
    assert shop.pickup.presenter.state.card is None


def test_the_letter_alone_prints_nothing_while_a_name_is_typed(shop):
    shop.window.go_to(PlaceName.PICKUP)
    press(KEY.Key_P)
    press(KEY.Key_L)
    assert queued(shop, MarketSheet) + queued(shop, BagLabels) == []


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.STOCK) as opened:
        yield opened


def labels_queued(till):
    jobs = [till.store.queries.print_job(row.job_id) for row in till.store.queries.print_jobs()]
    return [job.document for job in jobs if isinstance(job.document, ShelfLabels)]


def test_the_open_article_gets_its_shelf_label(till):
    till.scan(COFFEE.codes[0])
    till.control("P")
    [labels] = labels_queued(till)
    assert [label.name for label in labels.labels] == [COFFEE.name]
    assert "étiquette de rayon part" in till.stock.notice.text


def test_what_a_search_has_found_gets_labels_and_an_untouched_list_none(till):
    till.control("P")
    assert labels_queued(till) == []
    assert "cherchez" in till.stock.notice.text
    till.press("cafe")
    till.control("P")
    [labels] = labels_queued(till)
    assert COFFEE.name in [label.name for label in labels.labels]
