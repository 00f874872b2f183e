"""Owns the tables of the link to somebody else's marketplace: how it was made, and the journal of writes that say
nothing of who made them. Never holds a statement, nor a secret.
"""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from app.storage.columns import text_column
from app.storage.tables import metadata

connector_setting = Table(
    "connector_setting",
    metadata,
    Column("name", Text, primary_key=True),
    text_column("value"),
    sqlite_with_rowid=False,
)

connector_write = Table(
    "connector_write",
    metadata,
    Column("operation_id", Text, primary_key=True),
    text_column("read_before"),
    text_column("written"),
    text_column("state"),
    text_column("noted_at"),
    sqlite_with_rowid=False,
)
