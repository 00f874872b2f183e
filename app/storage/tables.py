"""Owns the tables of the till's database. Never holds a statement; the migrations lead here step by step.

What the marketplace says (server_order...) and what happened at this counter (handover, preparation...) are different
tables, so that a pull can never undo a handover. Times are text (see `values`), amounts integers in minor units.
Tables whose key is a UUIDv7 have no row id: new rows go to the end, and there is one tree to write instead of two.
Where the order of insertion counts (sales, print jobs), `row_id` keeps it: ids made in one millisecond have no order.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    event,
    text,
)

from app.storage.columns import flag_column, text_column, whole_column
from app.storage.search import FULL_TEXT_SQL

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


till = Table(
    "till",
    metadata,
    Column("only_row", Integer, CheckConstraint("only_row = 1", name="only_row"), primary_key=True),
    text_column("till_id"),
    text_column("till_letter"),
    text_column("till_name"),
    text_column("shop_id"),
    text_column("shop_name"),
    text_column("address_lines"),
    text_column("siret"),
    text_column("vat_number"),
    text_column("footer"),
    text_column("marketplace_url"),
    text_column("paired_at", null=True),
)

merchant = Table(
    "merchant",
    metadata,
    Column("only_row", Integer, CheckConstraint("only_row = 1", name="only_row"), primary_key=True),
    text_column("legal_name"),
    text_column("legal_form"),
    text_column("siret"),
    text_column("vat_number"),
    text_column("rcs"),
    text_column("regimes"),
    whole_column("cutoff_hour"),
    whole_column("fiscal_year_start_month"),
    text_column("prepaid_orders"),
    flag_column("meal_voucher_sundays"),
    text_column("address_lines"),
)

attestation = Table(
    "attestation",
    metadata,
    Column("row_id", Integer, primary_key=True),
    text_column("made_at"),
    text_column("siret"),
    text_column("software"),
    text_column("fiscal_version"),
    text_column("operator"),
)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    whole_column("value"),
    sqlite_with_rowid=False,
)

# --- catalogue and stock ---

product = Table(
    "product",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("product_id", Text, nullable=False, unique=True),
    text_column("name"),
    whole_column("price_minor"),
    whole_column("vat_rate_bp"),
    text_column("unit"),
    text_column("codes"),
    text_column("category"),
    flag_column("stock_tracked"),
    text_column("shelf"),
    flag_column("published"),
    flag_column("withdrawal_right"),
    whole_column("age_limit"),
    flag_column("active"),
    text_column("nature"),
    flag_column("meal_voucher"),
    flag_column("legal_guarantee"),
    flag_column("weigh_slip"),
    flag_column("has_bar_code"),
    text_column("folded"),
    whole_column("version"),
    Index("ix_product_folded", "folded"),
    Index("ix_product_without_bar_code", "folded", sqlite_where=text("has_bar_code = 0 AND active = 1")),
)

product_code = Table(
    "product_code",
    metadata,
    Column("code", Text, primary_key=True),
    Column("row_id", ForeignKey("product.row_id"), nullable=False, index=True),
    whole_column("position"),
    sqlite_with_rowid=False,
)

product_popularity = Table(
    "product_popularity",
    metadata,
    Column("product_id", Text, primary_key=True),
    whole_column("sold_count"),
    Index("ix_product_popularity_sold_count", "sold_count"),
    sqlite_with_rowid=False,
)

stock_movement = Table(
    "stock_movement",
    metadata,
    Column("movement_id", Text, primary_key=True),
    text_column("product_id"),
    text_column("location"),
    whole_column("quantity"),
    text_column("reason"),
    text_column("happened_at"),
    text_column("till_id"),
    text_column("source_id"),
    text_column("operator"),
    text_column("note"),
    Index("ix_stock_movement_product_id", "product_id", "happened_at"),
    Index("ix_stock_movement_source_id", "source_id"),
    sqlite_with_rowid=False,
)

stock_level = Table(
    "stock_level",
    metadata,
    Column("product_id", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    whole_column("quantity"),
    sqlite_with_rowid=False,
)

# --- the marketplace's copy of orders ---

server_order = Table(
    "server_order",
    metadata,
    Column("order_id", Text, primary_key=True),
    text_column("reference"),
    text_column("number"),
    text_column("spoken_code"),
    text_column("customer_name"),
    text_column("placed_at"),
    whole_column("total_minor"),
    whole_column("paid_minor"),
    text_column("mode"),
    text_column("pickup_from", null=True),
    text_column("keep_until", null=True),
    text_column("note"),
    text_column("cancelled_at", null=True),
    text_column("preparation"),
    text_column("handover"),
    text_column("handed_over_at", null=True),
    text_column("handed_over_by"),
    text_column("lease_till_id", null=True),
    text_column("lease_until", null=True),
    whole_column("version"),
    text_column("purged_at", null=True),
    Column("lease_number", Integer),
    text_column("lease_wanted_by", null=True),
    text_column("lease_wanted_until", null=True),
    Column("language", Text, nullable=False, server_default=text("''")),
    Index("ix_server_order_reference", "reference"),
    Index("ix_server_order_spoken_code", "spoken_code"),
    Index("ix_server_order_lease_wanted_by", "lease_wanted_by", sqlite_where=text("lease_wanted_by IS NOT NULL")),
    sqlite_with_rowid=False,
)

lease_given_up = Table(
    "lease_given_up",
    metadata,
    Column("order_id", Text, primary_key=True),
    whole_column("lease_number"),
    text_column("given_up_at"),
    text_column("told_at", null=True),
    Index("ix_lease_given_up_untold", "order_id", sqlite_where=text("told_at IS NULL")),
    sqlite_with_rowid=False,
)

server_order_line = Table(
    "server_order_line",
    metadata,
    Column("order_id", ForeignKey("server_order.order_id"), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    text_column("product_id"),
    text_column("label"),
    whole_column("quantity"),
    text_column("unit"),
    whole_column("unit_price_minor"),
    whole_column("vat_rate_bp"),
    whole_column("total_minor"),
    text_column("shelf"),
    whole_column("age_limit"),
    flag_column("withdrawal_right"),
    sqlite_with_rowid=False,
)

# --- what this counter did with orders ---

preparation_line = Table(
    "preparation_line",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    text_column("outcome"),
    whole_column("quantity"),
    whole_column("amount_minor"),
    text_column("label"),
    text_column("product_id"),
    sqlite_with_rowid=False,
)

order_ready = Table(
    "order_ready",
    metadata,
    Column("order_id", Text, primary_key=True),
    text_column("ready_at"),
    whole_column("bags"),
    text_column("shelf"),
    sqlite_with_rowid=False,
)

handover = Table(
    "handover",
    metadata,
    Column("handover_id", Text, primary_key=True),
    text_column("order_id"),
    text_column("handed_over_at"),
    text_column("operator"),
    text_column("till_name"),
    text_column("how"),
    text_column("handed_to"),
    text_column("verdict"),
    text_column("override_reason"),
    text_column("sale_id"),
    text_column("undone_at", null=True),
    text_column("undone_by"),
    text_column("undo_reason"),
    Index("ix_handover_order_id", "order_id"),
    sqlite_with_rowid=False,
)

handover_line = Table(
    "handover_line",
    metadata,
    Column("handover_id", ForeignKey("handover.handover_id"), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    text_column("outcome"),
    whole_column("quantity"),
    whole_column("amount_minor"),
    text_column("label"),
    text_column("product_id"),
    sqlite_with_rowid=False,
)

# --- both views of an order together, as the domain reads them: rewritten with each change of either ---

order_summary = Table(
    "order_summary",
    metadata,
    Column("order_id", Text, primary_key=True),
    text_column("list_key"),
    text_column("sort_at"),
    text_column("number"),
    text_column("customer_name"),
    text_column("preparation"),
    text_column("handover"),
    whole_column("amount_due_minor"),
    text_column("pickup_from", null=True),
    text_column("keep_until", null=True),
    text_column("shelf"),
    whole_column("bags"),
    whole_column("line_count"),
    text_column("placed_at"),
    flag_column("cancelled"),
    flag_column("touched_here"),
    text_column("folded"),
    Index("ix_order_summary_list_key", "list_key", "sort_at", "order_id"),
    Index("ix_order_summary_number", "number"),
    sqlite_with_rowid=False,
)

promised = Table(
    "promised",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    text_column("product_id"),
    whole_column("quantity"),
    Index("ix_promised_product_id", "product_id", "quantity"),
    sqlite_with_rowid=False,
)

# --- what must be told, what was told to us ---

fact = Table(
    "fact",
    metadata,
    Column("till_seq", Integer, primary_key=True, autoincrement=False),
    Column("fact_id", Text, nullable=False, unique=True),
    text_column("kind"),
    text_column("subject"),
    text_column("happened_at"),
    text_column("payload"),
    Index("ix_fact_exception_settled", "subject", sqlite_where=text("kind = 'exception_settled'")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("till_seq", ForeignKey("fact.till_seq"), primary_key=True, autoincrement=False),
    Column("fact_id", Text, nullable=False, unique=True),
    text_column("subject"),
    text_column("state"),
    whole_column("attempts"),
    text_column("due_at", null=True),
    text_column("message"),
    whole_column("urgency"),
    text_column("reason"),
    Index("ix_outbox_subject", "subject", "till_seq"),
    Index("ix_outbox_state", "state", "till_seq"),
    Index("ix_outbox_urgency", "urgency", "till_seq"),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("fact_id", ForeignKey("fact.fact_id"), primary_key=True),
    whole_column("till_seq"),
    text_column("at"),
    text_column("operator"),
    text_column("note"),
    text_column("message"),
    text_column("reason"),
    text_column("replaced_by"),
    Index("ix_set_aside_till_seq", "till_seq"),
    sqlite_with_rowid=False,
)

exception = Table(
    "exception",
    metadata,
    Column("exception_id", Text, primary_key=True),
    text_column("kind"),
    text_column("opened_at"),
    text_column("order_id"),
    text_column("message"),
    text_column("view"),
    text_column("proposed_answer"),
    text_column("settled_at", null=True),
    text_column("settled_by"),
    text_column("settled_note"),
    text_column("product_id"),
    text_column("fact_id"),
    text_column("answer"),
    text_column("reason"),
    Index("ix_exception_order_id", "order_id", sqlite_where=text("settled_at IS NULL")),
    sqlite_with_rowid=False,
)

pulled_state = Table(
    "pulled_state",
    metadata,
    Column("name", Text, primary_key=True),
    text_column("value"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    text_column("raw"),
    text_column("reason"),
    text_column("at"),
    sqlite_with_rowid=False,
)

# --- facts of other tills, from their rescue files, until the marketplace has them ---

rescue_file = Table(
    "rescue_file",
    metadata,
    Column("file_id", Text, primary_key=True),
    text_column("till_id"),
    text_column("till_letter"),
    text_column("made_at"),
    text_column("stated"),
    text_column("signature"),
    whole_column("fact_count"),
    text_column("imported_at"),
    text_column("imported_by"),
    sqlite_with_rowid=False,
)

rescued_fact = Table(
    "rescued_fact",
    metadata,
    Column("file_id", ForeignKey("rescue_file.file_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    whole_column("part"),
    text_column("fact_id"),
    text_column("body"),
    text_column("state"),
    text_column("due_at", null=True),
    text_column("message"),
    Index("ix_rescued_fact_waiting", "file_id", "part", sqlite_where=text("state = 'waiting'")),
    sqlite_with_rowid=False,
)

# --- what is done again and again ---

upkeep = Table(
    "upkeep",
    metadata,
    Column("task", Text, primary_key=True),
    text_column("done_at"),
    sqlite_with_rowid=False,
)


def _make_full_text(_target: MetaData, connection: Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        for sql in FULL_TEXT_SQL:
            connection.exec_driver_sql(sql)


event.listen(metadata, "after_create", _make_full_text)
