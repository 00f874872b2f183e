"""No hot query of the marketplace looks at a whole table, on either database, with 7,450 shops in it.

Nobody keeps a list of the queries: whatever the server runs while tills and customers do everything they do is
explained by the database itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import Connection as CoreConnection
from sqlalchemy import Engine, event

from app.marketplace import statements
from app.marketplace.lookout import HEADS, Lookout
from app.marketplace.server import RunningMarketplace, start_in_thread
from bench.load_town import SMALL, fill, product_id_of, shop_id_of, till_id_of, token_of
from tests.integration.marketplace.test_lookout import HeardBell
from tests.integration.marketplace.world import TIMEOUT_S, AShop, Till, a_movement

SHOP = 3_000
_FEW_ROWS = {"schema_version"}
Statement = tuple[str, Any]


@pytest.fixture
def region(database_url: str) -> Iterator[RunningMarketplace]:
    fill(database_url, volumes=SMALL)
    with start_in_thread(database_url) as running:
        yield running


class Heard:
    """The different statements that a server runs, whichever way."""

    def __init__(self, engine: Engine) -> None:
        self.statements: dict[str, Any] = {}
        self._engine = engine
        event.listen(engine, "before_cursor_execute", self._note_of_core)
        self._call = statements.Connection._call
        statements.Connection._call = self._heard_call()  # type: ignore[method-assign]  # put back by `stop`

    def _heard_call(self) -> Any:
        def call(connection: statements.Connection, how: str, sql: str, values: Any) -> Any:
            self._note(sql, values, how == "executemany")
            return self._call(connection, how, sql, values)

        return call

    def _note_of_core(self, _c: object, _cursor: object, sql: str, values: Any, _context: object, many: bool) -> None:
        self._note(sql, values, many)

    def _note(self, sql: str, values: Any, many: bool) -> None:
        if sql.split(" ", 1)[0] in ("SELECT", "UPDATE", "DELETE"):
            self.statements.setdefault(sql, values[0] if many else values)

    def stop(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note_of_core)
        statements.Connection._call = self._call  # type: ignore[method-assign]  # as it was


def live_a_day(running: RunningMarketplace) -> None:
    """Everything that tills do all day long, and what customers do."""
    shop = AShop(running, shop_id_of(SHOP), "Boutique")
    till = Till(running.url, till_id_of(SHOP), "A", "Caisse A", token_of(SHOP))
    till._numbers = iter(range(1_000, 10**6))  # type: ignore[assignment]  # after those that were told
    bread = product_id_of(0)
    order_id = f"order-{SHOP:05d}-000"
    assert requests.get(f"{running.url}/v1/status", headers={"Authorization": "Bearer x"}, timeout=9).status_code == 401
    till.get("/v1/status")
    _, cursor = till.pages(limit=5)
    till.get("/v1/changes", cursor=cursor, wait_s=0.05)
    till.get(f"/v1/orders/{order_id}")
    till.post("/v1/leases", {"order_ids": [order_id]})
    till.tell("stock_moved", "s", {"movements": [a_movement(bread, -1, "loss")]})
    till.tell("order_prepared", f"order:{order_id}", {"order_id": order_id, "lines": []})
    till.tell("order_ready", f"order:{order_id}", {"order_id": order_id, "lines": [], "bags": 1, "shelf": ""})
    handover = till.handover(order_id, (1, bread, 1), (2, product_id_of(1), 1))
    assert till.tell("order_handed_over", f"order:{order_id}", handover)["outcome"] == "applied"
    assert till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, bread, 1)))["outcome"] != ""
    till.tell("handover_undone", f"order:{order_id}", till.undo(handover))
    sale = {
        "sale_id": "sale-new", "number": "A-000900", "kind": "sale", "total_minor": 300, "lines": [],
        "movements": [a_movement(bread, -1, "sale")],
    }  # fmt: skip
    assert till.tell("sale_recorded", "sale:new", sale)["outcome"] == "applied"
    back = {**sale, "sale_id": "sale-back", "kind": "refund", "corrects": "nowhere", "movements": []}
    till.tell("sale_recorded", "sale:back", back)
    product = {
        "product_id": bread, "name": "Pain", "price_minor": 320, "vat_rate_bp": 550, "unit": "piece",
        "codes": ["C-1"], "published": True,
    }  # fmt: skip
    till.tell("product_changed", f"product:{bread}", product)
    till.session.put(f"{till.url}/v1/ledger-key", json={"public_key": "no key"}, timeout=TIMEOUT_S)
    till.get("/v1/reconciliation", through_seq=100)
    till.get("/v1/reconciliation/facts", from_seq=1, to_seq=100)
    till.get("/v1/reconciliation/stock", after="", limit=10)
    till.get("/v1/reconciliation/movements", product_id=bread, after="")
    till.get("/v1/reconciliation/orders", after="")
    placed = shop.order((bread, 1))
    assert requests.get(f"{running.url}/boutique-{SHOP}", timeout=TIMEOUT_S).status_code < 500
    till.get(f"/v1/orders/{placed.order_id}")
    Lookout(running.store, HeardBell()).look()
    till.session.close()


def whole_tables_sqlite(connection: CoreConnection, statement: str, parameters: Any) -> list[str]:
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    scans = [row[3].removeprefix("SCAN ").split()[0] for row in steps if row[3].startswith("SCAN ")]
    return [table for table in scans if not table.startswith(("(", "CONSTANT", "anon_"))]  # of what was found before


def whole_tables_postgres(connection: CoreConnection, statement: str, parameters: Any) -> list[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if node["Node Type"] == "Seq Scan":
            found.append(node["Relation Name"])
        for child in node.get("Plans", ()):
            walk(child)

    walk(plan[0]["Plan"])
    return found


def test_no_hot_query_looks_at_a_whole_table(region: RunningMarketplace) -> None:
    heard = Heard(region.store._engine)
    live_a_day(region)
    heard.stop()
    sqlite = region.store.dialect == "sqlite"
    whole_tables = whole_tables_sqlite if sqlite else whole_tables_postgres
    assert len(heard.statements) > 40  # a day is made of many
    looked_through = {}
    with region.store.reading() as connection:
        for statement, parameters in heard.statements.items():
            tables = set(whole_tables(connection.core, statement, parameters)) - _FEW_ROWS
            if tables and " ".join(statement.split()) != " ".join(str(HEADS.statement).split()):
                looked_through[" ".join(statement.split())] = sorted(tables)
        # one that has no index would be found
        assert whole_tables(connection.core, "SELECT order_id FROM shop_order WHERE bags = 77", ()) == ["shop_order"]
    assert looked_through == {}
