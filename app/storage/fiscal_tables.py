"""Owns the tables of the fiscal till: the ledger, its keys and heads, closures, cash, card attempts, invoices. Never
holds a statement.

Evidence is the `ledger` alone; the other tables are what screens and exports read, and `verify` holds them against it.
What may never change is protected by triggers (`append_only.py`).
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from app.storage.append_only import postgresql_triggers, sqlite_triggers
from app.storage.columns import bytes_column, text_column, whole_column
from app.storage.tables import metadata

fiscal_key = Table(
    "fiscal_key",
    metadata,
    Column("key_id", Text, primary_key=True),
    text_column("public_pem"),
    text_column("created_at"),
    sqlite_with_rowid=False,
)

TURNING_EVENTS = text("series = 'events' AND kind IN ('clock_set_back', 'key_created', 'key_replaced', 'ledger_gap')")
"""What a chain's check must know before it walks: few rows in ten years, found without walking."""

TRAINING_SWITCHED = text("kind IN ('training_on', 'training_off')")
"""Whether the till is in training is what the last of these says. The series is left out: named here, SQLite would walk
through all events by the index of the numbers, at each sale."""

ledger = Table(
    "ledger",
    metadata,
    Column("row_id", Integer, primary_key=True),
    text_column("till_letter"),
    text_column("series"),
    whole_column("number"),
    text_column("kind"),
    text_column("record_id"),
    text_column("happened_at"),
    text_column("trading_day"),
    bytes_column("canonical"),
    bytes_column("hash"),
    bytes_column("signature"),
    Column("key_id", ForeignKey("fiscal_key.key_id"), nullable=False),
    UniqueConstraint("till_letter", "series", "number"),
    UniqueConstraint("record_id"),
    Index("ix_ledger_turning", "till_letter", "number", sqlite_where=TURNING_EVENTS),
    Index("ix_ledger_training", "till_letter", "number", sqlite_where=TRAINING_SWITCHED),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("till_letter", Text, primary_key=True),
    Column("series", Text, primary_key=True),
    whole_column("number"),
    bytes_column("hash"),
    bytes_column("signature"),
    whole_column("perpetual_minor"),
    whole_column("perpetual_absolute_minor"),
    text_column("trading_day"),
    text_column("happened_at"),
    sqlite_with_rowid=False,
)
"""The end of each chain, so that drawing a number costs the same in ten years. A cache: the start-up check holds it
against the last rows."""

closure = Table(
    "closure",
    metadata,
    Column("closure_id", Text, primary_key=True),
    text_column("till_letter"),
    whole_column("number"),
    text_column("kind"),
    text_column("period"),
    whole_column("rank"),
    whole_column("first_number"),
    whole_column("last_number"),
    whole_column("last_event"),
    text_column("opened_at"),
    text_column("closed_at"),
    whole_column("turnover_minor"),
    text_column("body"),
    UniqueConstraint("till_letter", "number"),
    UniqueConstraint("till_letter", "kind", "period", "rank"),
    sqlite_with_rowid=False,
)
"""`period`: 2026-11-22, 2026-11 or 2026 (the fiscal year's first); `rank` counts closures of one period from 1. The
rows first_number..last_number of `sales` (0 and 0 for none) and the events up to last_event belong to it."""

cash_movement = Table(
    "cash_movement",
    metadata,
    Column("movement_id", Text, primary_key=True),
    text_column("till_letter"),
    whole_column("event_number"),
    text_column("kind"),
    whole_column("amount_minor"),
    text_column("happened_at"),
    text_column("trading_day"),
    text_column("operator"),
    text_column("reason"),
    text_column("details"),
    Index("ix_cash_movement_till_letter_event_number", "till_letter", "event_number"),
    sqlite_with_rowid=False,
)
"""The drawer: float, in, out, counts, differences; each is an event of the ledger too (`event_number`)."""

document_copy = Table(
    "document_copy",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("copy_no", Integer, primary_key=True, autoincrement=False),
    text_column("kind"),
    text_column("made_at"),
    text_column("operator"),
    sqlite_with_rowid=False,
)

card_attempt = Table(
    "card_attempt",
    metadata,
    Column("attempt_id", Text, primary_key=True),
    text_column("started_at"),
    whole_column("amount_minor"),
    text_column("state"),
    text_column("operator"),
    text_column("settled_at"),
    text_column("settled_by"),
    text_column("note"),
    text_column("sale_id"),
    sqlite_with_rowid=False,
)
"""What was asked of the card terminal; `unknown` until a person has read the terminal's slip (R28)."""

invoice = Table(
    "invoice",
    metadata,
    Column("invoice_id", Text, primary_key=True),
    text_column("till_letter"),
    whole_column("number"),
    text_column("kind"),
    text_column("display_number"),
    text_column("sale_id"),
    text_column("issued_at"),
    text_column("issue_day"),
    text_column("buyer_siren"),
    whole_column("total_minor"),
    text_column("document"),
    UniqueConstraint("till_letter", "number"),
    UniqueConstraint("sale_id"),
    sqlite_with_rowid=False,
)

"""`document`: SHA-256 of the file, hexadecimal, as in the sealed row."""

invoice_buyer = Table(
    "invoice_buyer",
    metadata,
    Column("invoice_id", ForeignKey("invoice.invoice_id"), primary_key=True),
    text_column("name"),
    text_column("address"),
    text_column("vat_number"),
    text_column("delivery"),
    bytes_column("file"),
)
"""Who the invoice is made out to and the file that says so (PDF), apart from what is sealed."""

NEVER_CHANGED = (
    "ledger",
    "fiscal_key",
    "sale",
    "sale_line",
    "sale_payment",
    "sale_vat",
    "closure",
    "cash_movement",
    "document_copy",
    "invoice",
)
"""Rows of these are added, and then neither changed nor removed by anyone (R1)."""


def _make_triggers(_target: MetaData, connection: Connection, **_: object) -> None:
    on_sqlite = connection.dialect.name == "sqlite"
    for sql in sqlite_triggers(NEVER_CHANGED) if on_sqlite else postgresql_triggers(NEVER_CHANGED):
        connection.exec_driver_sql(sql)


event.listen(metadata, "after_create", _make_triggers)
