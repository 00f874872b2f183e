"""A customer's name in every column where one can stand is gone after the purge, from rows and from the file's bytes;
and a clock that runs ahead takes nobody's name away (I10)."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain.facts import Fact, FactKind
from app.storage.purge_words import FACTS_AT_ONCE
from app.storage.store import Store
from app.storage.values import time_text
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON, HandSetClock

NAME = "Zéphyrine Quénu"
LONG_AGO, KEPT = NOON - timedelta(days=60), timedelta(days=30)

CUSTOMERS_WORDS = {
    ("server_order", "customer_name"), ("server_order", "note"),
    ("order_summary", "customer_name"), ("order_summary", "folded"),
    ("handover", "handed_to"), ("handover", "override_reason"), ("handover", "undo_reason"),
    ("fact", "payload"), ("exception", "settled_note"), ("exception", "message"),
    ("quarantine", "raw"), ("print_job", "document"), ("parked_basket", "title"), ("rescued_fact", "body"),
}  # fmt: skip
"""Everywhere else stands what the shop says of itself, of its goods or of its people, what the law wants kept as it was
(invoices, sealed rows), ids, keywords and numbers."""


def facts_with_words(count: int = 1) -> list[Fact]:
    words = {"override_reason": f"la voisine de {NAME}", "reason": NAME, "note": NAME, "operator": "Léa", "quantity": 3}
    return [
        Fact(f"f-{seq}", seq, FactKind.ORDER_HANDED_OVER, "order:gone", LONG_AGO, words) for seq in range(1, count + 1)
    ]


def plant(store: Store, facts: int = 1) -> None:
    at = time_text(LONG_AGO)
    with store.unit_of_work() as uow:
        uow.orders.save_server_copy(
            an_order("gone", customer_name=NAME, note=f"chez {NAME}", placed_at=LONG_AGO, keep_until=LONG_AGO)
        )
        uow.outbox.append_all(facts_with_words(facts))
        uow.commit()
    rows: list[tuple[str, dict[str, object]]] = [
        ("handover", {"handover_id": "h", "order_id": "elsewhere", "handed_over_at": at, "handed_to": NAME,
                      "override_reason": NAME, "undo_reason": NAME}),
        ("exception", {"exception_id": "e", "kind": "conflict", "opened_at": at, "settled_at": at,
                       "settled_note": f"vu avec {NAME}", "message": NAME, "view": "{}"}),
        ("quarantine", {"kind": "order", "record_id": "q", "raw": f'{{"customer_name":"{NAME}"}}', "at": at}),
        ("print_job", {"job_id": "p", "created_at": at, "kind": "preparation_list", "order_id": "gone",
                       "document": f'{{"customer_name":"{NAME}"}}', "state": "done"}),
        ("parked_basket", {"basket_id": "b", "parked_at": at, "title": NAME, "basket": "{}"}),
        ("rescue_file", {"file_id": "r", "imported_at": at}),
        ("rescued_fact", {"file_id": "r", "position": 1, "fact_id": "x", "state": "applied",
                          "body": f'{{"fact_id":"x","payload":{{"override_reason":"{NAME}"}}}}'}),
    ]  # fmt: skip
    connection = sqlite3.connect(store.path)
    with connection:
        for table, values in rows:
            insert(connection, table, values)
    connection.close()


def insert(connection: sqlite3.Connection, table: str, values: dict[str, object]) -> None:
    """A row with these values, and nothing of interest in its other columns."""
    full: dict[str, object] = {}
    for _, name, kind, not_null, default, _ in connection.execute(f"PRAGMA table_info({table})").fetchall():
        if not_null and default is None and name not in values and name != "row_id":
            full[name] = 0 if kind != "TEXT" else ""
    full |= values
    names, marks = ", ".join(full), ", ".join("?" * len(full))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(full.values()))  # noqa: S608  # own names


def places_of(path: Path) -> set[tuple[str, str]]:
    """Every column of every table that holds the name, in either spelling."""
    connection = sqlite3.connect(path)
    found = set()
    try:
        tables = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        ]
        for table in tables:
            for column in [row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()]:
                sql = f"SELECT 1 FROM {table} WHERE CAST({column} AS TEXT) LIKE ? OR CAST({column} AS TEXT) LIKE ?"  # noqa: S608  # own names
                if connection.execute(sql, ("%Quénu%", "%quenu%")).fetchone():
                    found.add((table, column))
    finally:
        connection.close()
    return found


def bytes_kept(store: Store) -> bytes:
    return b"".join(path.read_bytes() for path in store.path.parent.glob(store.path.name + "*"))


def test_the_name_is_nowhere_any_more_not_even_in_the_files_bytes(store: Store) -> None:
    plant(store)
    assert places_of(store.path) == CUSTOMERS_WORDS
    assert "Quénu".encode() in bytes_kept(store)
    store.purge_customer_data(NOON - KEPT)
    assert places_of(store.path) == set()
    left = bytes_kept(store)
    assert "Quénu".encode() not in left
    assert b"quenu" not in left


def test_what_happened_stays(store: Store) -> None:
    plant(store)
    store.purge_customer_data(NOON - KEPT)
    with store.unit_of_work() as uow:
        (fact,) = uow.outbox.claim(10, NOON, 60.0)
    assert (fact.fact_id, fact.till_seq, fact.subject, fact.happened_at) == ("f-1", 1, "order:gone", LONG_AGO)
    assert fact.payload == {"override_reason": "", "reason": "", "note": "", "operator": "Léa", "quantity": 3}


def test_years_of_facts_go_in_short_steps(store: Store) -> None:
    plant(store, facts=FACTS_AT_ONCE + 5)
    steps, after = 0, ""
    while True:
        step = store.purge_step(NOON - KEPT, after)
        steps += 1
        if step.after is None:
            break
        after = step.after
    assert steps == 2
    assert places_of(store.path) == set()


def test_a_fact_noted_by_a_clock_far_ahead_stops_nothing(store: Store) -> None:
    long_ago, far_ahead = NOON - timedelta(days=90), NOON + timedelta(days=3650)
    moments = [long_ago, far_ahead, long_ago, far_ahead, NOON, far_ahead]
    with store.unit_of_work() as uow:
        for seq, moment in enumerate(moments, start=1):
            uow.outbox.append(Fact(f"f{seq}", seq, FactKind.ORDER_HANDED_OVER, "s", moment, {"override_reason": NAME}))
        uow.commit()
    store.purge_customer_data(NOON - KEPT)
    with store.unit_of_work() as uow:
        left = [fact.till_seq for fact in uow.outbox.claim(10, NOON, 60.0) if fact.payload["override_reason"]]
    assert left == [4, 5, 6]


@pytest.fixture
def a_year_ahead(clock: HandSetClock) -> datetime:
    """The clock is set wrong; what the upkeep would take away by it."""
    clock.go_on(days=365)
    return clock.now() - KEPT


def test_a_clock_far_ahead_takes_nothing_away(store: Store, a_year_ahead: datetime) -> None:
    with store.unit_of_work() as uow:
        uow.pulled.note_server_time(NOON, NOON)
        uow.orders.save_server_copy(an_order("waits", customer_name=NAME, keep_until=NOON + timedelta(days=3)))
        uow.outbox.append(Fact("new", 1, FactKind.ORDER_HANDED_OVER, "s", NOON, {"override_reason": NAME}))
        uow.commit()
    assert store.purge_customer_data(a_year_ahead) == 0
    assert ("server_order", "customer_name") in places_of(store.path)
    assert ("fact", "payload") in places_of(store.path)
    with store.unit_of_work() as uow:
        uow.pulled.note_server_time(NOON + timedelta(days=60), NOON)
        uow.commit()
    assert store.purge_customer_data(a_year_ahead) == 1
    assert places_of(store.path) == set()
