"""R1: what was recorded is neither changed nor removed by raw SQL, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Boolean, Column, Engine, Integer, LargeBinary, Table, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.storage import fiscal_tables  # noqa: F401  # its tables belong to the same metadata
from app.storage.append_only import REFUSAL
from app.storage.engine import writer_engine
from app.storage.fiscal_tables import NEVER_CHANGED
from app.storage.tables import metadata
from tests.integration.marketplace.conftest import new_postgres_database  # noqa: F401  # a fixture

PARENTS = {"sale_line": "sale", "sale_payment": "sale", "sale_vat": "sale", "ledger": "fiscal_key"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """All tables of the till, one row in each that is protected."""
    if request.param == "sqlite":
        path: Path = tmp_path_factory.mktemp("append") / "till.sqlite3"
        engine = writer_engine(path)
    else:
        make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        engine = create_engine(make())
    metadata.create_all(engine)
    with engine.begin() as connection:
        for name in sorted(NEVER_CHANGED, key=lambda name: name in PARENTS):
            table = metadata.tables[name]
            connection.execute(table.insert().values({column.name: a_value(table, column) for column in table.c}))
    yield engine
    engine.dispose()


def a_value(table: Table, column: Column[object]) -> object:
    """Something of the right type; a reference refers to the row of the parent."""
    if column.foreign_keys:
        parent = next(iter(column.foreign_keys)).column
        return a_value(parent.table, parent)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return 1
    if isinstance(column.type, LargeBinary):
        return b"x"
    return date(2026, 11, 22).isoformat() if "day" in column.name else f"{table.name}-1"


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_r01_raw_sql_changes_and_removes_nothing(engine: Engine, table: str) -> None:
    column = next(c.name for c in metadata.tables[table].c if not c.primary_key and not c.foreign_keys)
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]  # noqa: S608  # names of our own
    if engine.dialect.name == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    for statement in statements:
        with pytest.raises(DBAPIError, match=REFUSAL), engine.begin() as connection:
            connection.execute(text(statement))
    with engine.connect() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1  # noqa: S608  # names of our own


def test_r01_an_insert_that_would_replace_a_row_is_refused_too(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        statement = "INSERT INTO fiscal_key SELECT * FROM fiscal_key ON CONFLICT (key_id) DO UPDATE SET created_at = ''"
    else:
        statement = "REPLACE INTO fiscal_key SELECT key_id, 'other', created_at FROM fiscal_key"
    with pytest.raises(DBAPIError, match=REFUSAL), engine.begin() as connection:
        connection.execute(text(statement))


def test_r07_one_number_is_drawn_once(engine: Engine) -> None:
    """(till, series, number) is unique, whatever the program does."""
    for name, key in (("ledger", "record_id"), ("sale", "sale_id")):
        table = metadata.tables[name]
        values = {column.name: a_value(table, column) for column in table.c if column.name != "row_id"}
        with pytest.raises(DBAPIError, match=r"(?i)unique"), engine.begin() as connection:
            connection.execute(table.insert().values({**values, "row_id": 2, key: "another"}))
