"""Fetching pages: what becomes of a cursor that the marketplace no longer knows, and how much a weak line is asked
for."""

from __future__ import annotations

import pytest

from app.sync.pull import LEAST_PAGE, PAGE_SIZE, PageSize, fetch_page
from app.usecases.marketplace_port import BrokenChange, ChangePage
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, Unavailable


class SetBack:
    """A marketplace that only knows its beginning."""

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        if cursor:
            raise MarketplaceRefused("cursor_gone")
        return ChangePage((), "c1", False)


def test_a_cursor_the_marketplace_no_longer_knows_begins_anew() -> None:
    assert fetch_page(SetBack(), "c9", 0.0) == ChangePage((), "c1", False, True, history_lost=True)  # type: ignore[arg-type]  # paging is all it can do
    assert not fetch_page(SetBack(), "", 0.0).begins_anew  # type: ignore[arg-type]  # paging is all it can do


def test_other_refusals_pass() -> None:
    class Closed:
        def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
            raise MarketplaceRefused("revoked")

    with pytest.raises(MarketplaceRefused, match="revoked"):
        fetch_page(Closed(), "c9", 0.0)  # type: ignore[arg-type]  # paging is all it can do


class WeakLine:
    """Brings pages of so many records at most, and fails in its own way beyond."""

    def __init__(self, carries: int, failure: Unavailable) -> None:
        self.carries = carries
        self.failure = failure
        self.asked: list[int] = []

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        self.asked.append(limit)
        if limit > self.carries:
            raise self.failure
        return ChangePage([BrokenChange("order", str(n), "", "") for n in range(limit)], f"{cursor}+", True)


@pytest.mark.parametrize("reason", ["timeout", "not_understood", "server_error"])
def test_a_page_that_does_not_get_through_is_asked_for_in_halves_and_grows_again(reason: str) -> None:
    line, size = WeakLine(30, MarketplaceUnreachable(reason)), PageSize()
    for _ in range(2):
        with pytest.raises(MarketplaceUnreachable):
            fetch_page(line, "c", 0.0, size)  # type: ignore[arg-type]  # paging is all it can do
    fetch_page(line, "c", 0.0, size)  # type: ignore[arg-type]  # paging is all it can do
    line.carries = PAGE_SIZE
    for _ in range(3):
        fetch_page(line, "c", 0.0, size)  # type: ignore[arg-type]  # paging is all it can do
    assert line.asked == [100, 50, 25, 50, 100, 100]


def test_a_page_never_gets_too_small_to_be_worth_its_way() -> None:
    line, size = WeakLine(0, MarketplaceUnreachable("timeout")), PageSize()
    for _ in range(12):
        with pytest.raises(MarketplaceUnreachable):
            fetch_page(line, "c", 0.0, size)  # type: ignore[arg-type]  # paging is all it can do
    assert line.asked[-1] == LEAST_PAGE


@pytest.mark.parametrize("failure", [MarketplaceUnreachable("no_network"), MarketplaceRefused("revoked")])
def test_no_network_and_a_no_say_nothing_about_sizes(failure: Unavailable) -> None:
    line, size = WeakLine(0, failure), PageSize()
    for _ in range(3):
        with pytest.raises(type(failure)):
            fetch_page(line, "c", 0.0, size)  # type: ignore[arg-type]  # paging is all it can do
    assert line.asked == [PAGE_SIZE] * 3


def test_pages_that_are_not_full_do_not_grow() -> None:
    size = PageSize()
    size.failed(MarketplaceUnreachable("timeout"))
    size.came(ChangePage((), "c1", False))
    assert size.records == PAGE_SIZE // 2
