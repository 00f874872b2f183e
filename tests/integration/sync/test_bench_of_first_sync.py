"""The measure of the first sync (Y1) compares like with like, also after a column was added: its floor writes all."""

from __future__ import annotations

from app.sync.pull import PAGE_SIZE
from bench.sync_bench import first_sync, make_pages


def test_with_comptoir_and_without_each_writes_a_page_of_orders() -> None:
    with_comptoir_s, bare_s = first_sync(make_pages(PAGE_SIZE), rounds=1)
    assert with_comptoir_s > 0 < bare_s
