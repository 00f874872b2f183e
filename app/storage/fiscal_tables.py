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
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from app.storage.append_only import postgresql_triggers, sqlite_triggers
from app.storage.tables import metadata


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


fiscal_key = Table(
    "fiscal_key",
    metadata,
    Column("key_id", Text, primary_key=True),
    _text("public_pem"),
    _text("created_at"),
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
    _text("till_letter"),
    _text("series"),
    _whole("number"),
    _text("kind"),
    _text("record_id"),
    _text("happened_at"),
    _text("trading_day"),
    _bytes("canonical"),
    _bytes("hash"),
    _bytes("signature"),
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
    _whole("number"),
    _bytes("hash"),
    _bytes("signature"),
    _whole("perpetual_minor"),
    _whole("perpetual_absolute_minor"),
    _text("trading_day"),
    _text("happened_at"),
    sqlite_with_rowid=False,
)
"""The end of each chain, so that drawing a number costs the same in ten years. A cache: the start-up check holds it
against the last rows."""

closure = Table(
    "closure",
    metadata,
    Column("closure_id", Text, primary_key=True),
    _text("till_letter"),
    _whole("number"),
    _text("kind"),
    _text("period"),
    _whole("rank"),
    _whole("first_number"),
    _whole("last_number"),
    _whole("last_event"),
    _text("opened_at"),
    _text("closed_at"),
    _whole("turnover_minor"),
    _text("body"),
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
    _text("till_letter"),
    _whole("event_number"),
    _text("kind"),
    _whole("amount_minor"),
    _text("happened_at"),
    _text("trading_day"),
    _text("operator"),
    _text("reason"),
    _text("details"),
    Index("ix_cash_movement_till_letter_event_number", "till_letter", "event_number"),
    sqlite_with_rowid=False,
)
"""The drawer: float, in, out, counts, differences; each is an event of the ledger too (`event_number`)."""

document_copy = Table(
    "document_copy",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("copy_no", Integer, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("made_at"),
    _text("operator"),
    sqlite_with_rowid=False,
)

card_attempt = Table(
    "card_attempt",
    metadata,
    Column("attempt_id", Text, primary_key=True),
    _text("started_at"),
    _whole("amount_minor"),
    _text("state"),
    _text("operator"),
    _text("settled_at"),
    _text("settled_by"),
    _text("note"),
    _text("sale_id"),
    sqlite_with_rowid=False,
)
"""What was asked of the card terminal; `unknown` until a person has read the terminal's slip (R28)."""

invoice = Table(
    "invoice",
    metadata,
    Column("invoice_id", Text, primary_key=True),
    _text("till_letter"),
    _whole("number"),
    _text("kind"),
    _text("display_number"),
    _text("sale_id"),
    _text("issued_at"),
    _text("issue_day"),
    _text("buyer_siren"),
    _whole("total_minor"),
    _text("document"),
    UniqueConstraint("till_letter", "number"),
    UniqueConstraint("sale_id"),
    sqlite_with_rowid=False,
)

"""`document`: SHA-256 of the file, hexadecimal, as in the sealed row."""

invoice_buyer = Table(
    "invoice_buyer",
    metadata,
    Column("invoice_id", ForeignKey("invoice.invoice_id"), primary_key=True),
    _text("name"),
    _text("address"),
    _text("vat_number"),
    _text("delivery"),
    _bytes("file"),
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
