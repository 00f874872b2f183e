"""Fetching pages: what becomes of a cursor that the marketplace no longer knows."""

from __future__ import annotations

import pytest

from app.sync.pull import fetch_page
from app.usecases.marketplace_port import ChangePage
from app.usecases.ports import MarketplaceRefused


class SetBack:
    """A marketplace that only knows its beginning."""

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        if cursor:
            raise MarketplaceRefused("cursor_gone")
        return ChangePage((), "c1", False)


def test_a_cursor_the_marketplace_no_longer_knows_begins_anew() -> None:
    assert fetch_page(SetBack(), "c9", 0.0) == ChangePage((), "c1", False, begins_anew=True)  # type: ignore[arg-type]  # paging is all it can do
    assert not fetch_page(SetBack(), "", 0.0).begins_anew  # type: ignore[arg-type]  # paging is all it can do


def test_other_refusals_pass() -> None:
    class Closed:
        def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
            raise MarketplaceRefused("revoked")

    with pytest.raises(MarketplaceRefused, match="revoked"):
        fetch_page(Closed(), "c9", 0.0)  # type: ignore[arg-type]  # paging is all it can do
