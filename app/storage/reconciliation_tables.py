"""Owns the tables of comparing with the marketplace: what was summed up for good, what runs found, what is known to be
lost. Never holds a statement.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from app.storage.tables import metadata

fact_range = Table(
    "fact_range",
    metadata,
    Column("first_seq", Integer, primary_key=True, autoincrement=False),
    Column("fact_count", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("kinds", Text, nullable=False),
)

reconciliation_run = Table(
    "reconciliation_run",
    metadata,
    Column("row_id", Integer, primary_key=True),  # a clock may be set back: the newest run is the last one kept
    Column("ended_at", Text, nullable=False),
    Column("thorough", Integer, nullable=False),
    Column("agreed_through_seq", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

lost_fact = Table(
    "lost_fact",
    metadata,
    Column("fact_id", Text, primary_key=True),
    Column("till_seq", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("named_at", Text, nullable=False),
    sqlite_with_rowid=False,
)
