"""Screens are told of commits at once, but not fifty times a second; nothing is lost."""

from __future__ import annotations

import pytest

from app.ui.paced_news import PacedNews
from app.usecases.ports import Touched

ORDERS, STOCK = Touched(orders=True), Touched(stock=True)


@pytest.fixture
def told():
    return []


@pytest.fixture
def news(told, qtbot):
    made = PacedNews(told.append, 20)
    yield made
    made.stop()


def test_the_first_news_is_told_at_once(news, told):
    news.hear(ORDERS)
    assert told == [ORDERS]


def test_a_storm_is_told_once_more_at_its_end(news, told, qtbot):
    for _ in range(50):
        news.hear(ORDERS)
    assert told == [ORDERS]
    qtbot.waitUntil(lambda: len(told) > 1)
    assert told == [ORDERS, ORDERS]


def test_different_news_of_the_same_time_is_all_told_in_order(news, told, qtbot):
    news.hear(ORDERS)
    news.hear(STOCK)
    news.hear(ORDERS)
    news.hear(STOCK)
    qtbot.waitUntil(lambda: len(told) > 2)
    assert told == [ORDERS, STOCK, ORDERS]


def test_after_a_rest_news_is_told_at_once_again(news, told, qtbot):
    news.hear(ORDERS)
    qtbot.waitUntil(lambda: not news.rests)
    news.hear(STOCK)
    assert told == [ORDERS, STOCK]


def test_a_window_that_went_is_told_nothing(news, told):
    news.hear(ORDERS)
    news.hear(STOCK)
    news.stop()
    assert not news.rests
    assert told == [ORDERS]
