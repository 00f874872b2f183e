"""The hot reads go by index: none of them looks at a whole table, however long the shop has been in business."""

from __future__ import annotations

from typing import Any

import pytest

from app.storage import activity_reads, order_reads, outbox, outbox_reads, product_reads, rescue_reads
from app.storage.repositories import catalogue, exceptions, order_rows, print_queue, rescued, stock
from app.storage.session import Compiler
from app.storage.store import Store
from app.usecases.queries import OrderList

HOT = {
    "by_code": product_reads.BY_CODE,
    "by_id": product_reads.BY_ID,
    "codes_beginning": product_reads.CODES_BEGINNING,
    "names_beginning": product_reads.NAMES_BEGINNING,
    "words": product_reads.WORDS_BEGINNING,
    "parts": product_reads.parts_statement(2),
    "favourites_sold_open": product_reads.SOLD_WITHOUT_BAR_CODE,
    "favourites_open": product_reads.WITHOUT_BAR_CODE,
    "favourites_sold": product_reads.SOLD,
    "movements": product_reads.MOVEMENTS,
    **{f"list_{which}": order_reads.LISTS[which] for which in OrderList},
    "counts": order_reads.COUNTS,
    "count_today": order_reads.COUNT_TODAY,
    "by_number": order_reads.BY_NUMBER,
    "found_open": order_reads.open_orders_found(2),
    "by_reference": order_rows.BY_REFERENCE,
    "by_spoken_code": order_rows.BY_SPOKEN_CODE,
    "order": order_rows.ORDER,
    "order_lines": order_rows.LINES,
    "handovers": order_rows.HANDOVERS,
    "handover_lines": order_rows.HANDOVER_LINES,
    "paid_here": order_rows.PAID_HERE,
    "handover_movements": order_rows.HANDOVER_MOVEMENTS,
    "outbox_claim": outbox.CLAIMABLE,
    "held_back": outbox_reads.HELD_BACK,
    "exceptions_of_order": outbox_reads.OPEN_OF_ORDER,
    "answered_here": exceptions.ANSWERED_HERE,
    "waiting_prints": print_queue.WAITING,
    "next_rescued_part": rescued.NEXT_PART,
    "rescued_waiting": rescue_reads.RESCUED_WAITING,
    "sales": activity_reads.SALES,
    "owners_of_codes": catalogue.owners_statement(4),
    "known_movements": stock.known_statement(4),
}
WHOLE_BUT_SMALL = {"outbox", "earlier", "product_popularity"}
"""Read in the order of their key, as far as the LIMIT: the outbox from its oldest, the popular from the most so."""
HOLDS_FEW = (
    "USING INDEX ix_product_without_bar_code",
    "USING INDEX ix_print_job_waiting",
    "ix_rescued_fact_waiting",
)
"""Indexes of only those rows that are wanted."""


def plan_of(store: Store, statement: Any) -> list[str]:
    engine_connection = store.unit_of_work.connection  # type: ignore[attr-defined]  # to ask SQLite itself
    compiler: Compiler = store.unit_of_work.compiler  # type: ignore[attr-defined]  # the same SQL as in use
    prepared = compiler.prepared(statement)
    values = prepared.places(dict.fromkeys(prepared.names, 1))
    rows = engine_connection.execute(f"EXPLAIN QUERY PLAN {prepared.sql}", values).fetchall()
    return [row[3] for row in rows]


@pytest.mark.parametrize("name", HOT)
def test_no_hot_read_scans_a_table(store: Store, name: str) -> None:
    for step in plan_of(store, HOT[name]):
        scanned = step.removeprefix("SCAN ").split()[0] if step.startswith("SCAN ") else ""
        assert scanned in {"", *WHOLE_BUT_SMALL} or "VIRTUAL TABLE" in step or step.endswith(HOLDS_FEW), step


@pytest.mark.parametrize(
    "name", ["list_to_prepare", "list_ready", "list_done", "names_beginning", "sales", "outbox_claim"]
)
def test_lists_come_out_of_their_index_in_order(store: Store, name: str) -> None:
    assert not any("TEMP B-TREE" in step for step in plan_of(store, HOT[name]))
