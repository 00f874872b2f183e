"""Owns reading the marketplace's database, on SQLite or on PostgreSQL, without any of the marketplace's own queries."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, make_url, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool


class MarketDatabase:
    """Looks only; may be asked while the marketplace runs."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(make_url(url), poolclass=NullPool)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(sql)).mappings()]

    def photograph(self, path: Path) -> Path:
        """All its tables as they are at one moment, as a SQLite file."""
        metadata = MetaData()
        path.unlink(missing_ok=True)
        with self._engine.connect() as connection, sqlite3.connect(path) as copy:
            if self._engine.dialect.name == "postgresql":
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            metadata.reflect(connection)
            for table in metadata.sorted_tables:
                names = [f'"{column.name}"' for column in table.columns]
                copy.execute(f'CREATE TABLE "{table.name}" ({", ".join(names)})')
                rows: Sequence[Any] = [tuple(row) for row in connection.execute(select(table))]
                marks = ", ".join("?" for _ in names)
                copy.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)  # noqa: S608  # our own names
        copy.close()
        return path
