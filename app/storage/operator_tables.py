"""Owns the tables of who may act at this till and of the PINs that were tried. Never holds a statement, nor a PIN: only
its hash.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text

from app.storage.tables import metadata

operator = Table(
    "operator",
    metadata,
    Column("operator_id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("active", Boolean(create_constraint=False), nullable=False),
    Column("pin_hash", Text, nullable=False),
    sqlite_with_rowid=False,
)

pin_try = Table(
    "pin_try",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("role", Text, nullable=False),
)
