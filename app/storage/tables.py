"""Owns the tables of the till's database. Never holds a statement; the migrations lead here step by step.

What the marketplace says (server_order...) and what happened at this counter (handover, preparation...) are different
tables, so that a pull can never undo a handover. Times are text (see `values`), amounts integers in minor units.
Tables whose key is a UUIDv7 have no row id: new rows go to the end, and there is one tree to write instead of two.
Where the order of insertion counts (sales, print jobs), `row_id` keeps it: ids made in one millisecond have no order.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
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


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


till = Table(
    "till",
    metadata,
    Column("only_row", Integer, CheckConstraint("only_row = 1", name="only_row"), primary_key=True),
    _text("till_id"),
    _text("till_letter"),
    _text("till_name"),
    _text("shop_id"),
    _text("shop_name"),
    _text("address_lines"),
    _text("siret"),
    _text("vat_number"),
    _text("footer"),
    _text("marketplace_url"),
    _text("paired_at", null=True),
)

merchant = Table(
    "merchant",
    metadata,
    Column("only_row", Integer, CheckConstraint("only_row = 1", name="only_row"), primary_key=True),
    _text("legal_name"),
    _text("legal_form"),
    _text("siret"),
    _text("vat_number"),
    _text("rcs"),
    _text("regimes"),
    _whole("cutoff_hour"),
    _whole("fiscal_year_start_month"),
    _text("prepaid_orders"),
    _flag("meal_voucher_sundays"),
    _text("address_lines"),
)

attestation = Table(
    "attestation",
    metadata,
    Column("row_id", Integer, primary_key=True),
    _text("made_at"),
    _text("siret"),
    _text("software"),
    _text("fiscal_version"),
    _text("operator"),
)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    _whole("value"),
    sqlite_with_rowid=False,
)

# --- catalogue and stock ---

product = Table(
    "product",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("product_id", Text, nullable=False, unique=True),
    _text("name"),
    _whole("price_minor"),
    _whole("vat_rate_bp"),
    _text("unit"),
    _text("codes"),
    _text("category"),
    _flag("stock_tracked"),
    _text("shelf"),
    _flag("published"),
    _flag("withdrawal_right"),
    _whole("age_limit"),
    _flag("active"),
    _text("nature"),
    _flag("meal_voucher"),
    _flag("legal_guarantee"),
    _flag("weigh_slip"),
    _flag("has_bar_code"),
    _text("folded"),
    _whole("version"),
    Index("ix_product_folded", "folded"),
    Index("ix_product_without_bar_code", "folded", sqlite_where=text("has_bar_code = 0 AND active = 1")),
)

product_code = Table(
    "product_code",
    metadata,
    Column("code", Text, primary_key=True),
    Column("row_id", ForeignKey("product.row_id"), nullable=False, index=True),
    _whole("position"),
    sqlite_with_rowid=False,
)

product_popularity = Table(
    "product_popularity",
    metadata,
    Column("product_id", Text, primary_key=True),
    _whole("sold_count"),
    Index("ix_product_popularity_sold_count", "sold_count"),
    sqlite_with_rowid=False,
)

stock_movement = Table(
    "stock_movement",
    metadata,
    Column("movement_id", Text, primary_key=True),
    _text("product_id"),
    _text("location"),
    _whole("quantity"),
    _text("reason"),
    _text("happened_at"),
    _text("till_id"),
    _text("source_id"),
    _text("operator"),
    _text("note"),
    Index("ix_stock_movement_product_id", "product_id", "happened_at"),
    Index("ix_stock_movement_source_id", "source_id"),
    sqlite_with_rowid=False,
)

stock_level = Table(
    "stock_level",
    metadata,
    Column("product_id", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    _whole("quantity"),
    sqlite_with_rowid=False,
)

# --- the marketplace's copy of orders ---

server_order = Table(
    "server_order",
    metadata,
    Column("order_id", Text, primary_key=True),
    _text("reference"),
    _text("number"),
    _text("spoken_code"),
    _text("customer_name"),
    _text("placed_at"),
    _whole("total_minor"),
    _whole("paid_minor"),
    _text("mode"),
    _text("pickup_from", null=True),
    _text("keep_until", null=True),
    _text("note"),
    _text("cancelled_at", null=True),
    _text("preparation"),
    _text("handover"),
    _text("handed_over_at", null=True),
    _text("handed_over_by"),
    _text("lease_till_id", null=True),
    _text("lease_until", null=True),
    _whole("version"),
    _text("purged_at", null=True),
    Column("lease_number", Integer),
    _text("lease_wanted_by", null=True),
    _text("lease_wanted_until", null=True),
    Index("ix_server_order_reference", "reference"),
    Index("ix_server_order_spoken_code", "spoken_code"),
    Index("ix_server_order_lease_wanted_by", "lease_wanted_by", sqlite_where=text("lease_wanted_by IS NOT NULL")),
    sqlite_with_rowid=False,
)

lease_given_up = Table(
    "lease_given_up",
    metadata,
    Column("order_id", Text, primary_key=True),
    _whole("lease_number"),
    _text("given_up_at"),
    _text("told_at", null=True),
    Index("ix_lease_given_up_untold", "order_id", sqlite_where=text("told_at IS NULL")),
    sqlite_with_rowid=False,
)

server_order_line = Table(
    "server_order_line",
    metadata,
    Column("order_id", ForeignKey("server_order.order_id"), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    _text("product_id"),
    _text("label"),
    _whole("quantity"),
    _text("unit"),
    _whole("unit_price_minor"),
    _whole("vat_rate_bp"),
    _whole("total_minor"),
    _text("shelf"),
    _whole("age_limit"),
    _flag("withdrawal_right"),
    sqlite_with_rowid=False,
)

# --- what this counter did with orders ---

preparation_line = Table(
    "preparation_line",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    _text("outcome"),
    _whole("quantity"),
    _whole("amount_minor"),
    _text("label"),
    _text("product_id"),
    sqlite_with_rowid=False,
)

order_ready = Table(
    "order_ready",
    metadata,
    Column("order_id", Text, primary_key=True),
    _text("ready_at"),
    _whole("bags"),
    _text("shelf"),
    sqlite_with_rowid=False,
)

handover = Table(
    "handover",
    metadata,
    Column("handover_id", Text, primary_key=True),
    _text("order_id"),
    _text("handed_over_at"),
    _text("operator"),
    _text("till_name"),
    _text("how"),
    _text("handed_to"),
    _text("verdict"),
    _text("override_reason"),
    _text("sale_id"),
    _text("undone_at", null=True),
    _text("undone_by"),
    _text("undo_reason"),
    Index("ix_handover_order_id", "order_id"),
    sqlite_with_rowid=False,
)

handover_line = Table(
    "handover_line",
    metadata,
    Column("handover_id", ForeignKey("handover.handover_id"), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    _text("outcome"),
    _whole("quantity"),
    _whole("amount_minor"),
    _text("label"),
    _text("product_id"),
    sqlite_with_rowid=False,
)

# --- both views of an order together, as the domain reads them: rewritten with each change of either ---

order_summary = Table(
    "order_summary",
    metadata,
    Column("order_id", Text, primary_key=True),
    _text("list_key"),
    _text("sort_at"),
    _text("number"),
    _text("customer_name"),
    _text("preparation"),
    _text("handover"),
    _whole("amount_due_minor"),
    _text("pickup_from", null=True),
    _text("keep_until", null=True),
    _text("shelf"),
    _whole("bags"),
    _whole("line_count"),
    _text("placed_at"),
    _flag("cancelled"),
    _flag("touched_here"),
    _text("folded"),
    Index("ix_order_summary_list_key", "list_key", "sort_at", "order_id"),
    Index("ix_order_summary_number", "number"),
    sqlite_with_rowid=False,
)

promised = Table(
    "promised",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    _text("product_id"),
    _whole("quantity"),
    Index("ix_promised_product_id", "product_id", "quantity"),
    sqlite_with_rowid=False,
)

# --- sales ---

sale = Table(
    "sale",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("sale_id", Text, nullable=False, unique=True),
    _text("till_id"),
    _text("till_letter"),
    _text("series"),
    _whole("number"),
    _text("kind"),
    _text("happened_at"),
    _whole("utc_offset_minutes"),
    _text("operator"),
    _whole("total_minor"),
    _text("order_id"),
    _text("corrects"),
    _text("trading_day"),
    _text("vat_regime"),
    _text("discount_reason"),
    UniqueConstraint("till_letter", "series", "number"),
    Index("ix_sale_corrects", "corrects", sqlite_where=text("corrects <> ''")),
    Index("ix_sale_trading_day", "trading_day"),
    Index("ix_sale_order_id", "order_id", sqlite_where=text("order_id <> ''")),
)

sale_line = Table(
    "sale_line",
    metadata,
    Column("sale_id", ForeignKey("sale.sale_id"), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    _text("line_id"),
    _text("label"),
    _whole("quantity"),
    _text("unit"),
    _whole("unit_price_minor"),
    _whole("discount_minor"),
    _whole("total_minor"),
    _whole("net_minor"),
    _whole("vat_rate_bp"),
    _text("product_id"),
    _text("code"),
    _text("order_id"),
    _whole("order_line_no"),
    _text("nature"),
    _whole("ticket_discount_minor"),
    _text("discount_reason"),
    _text("corrects_sale_id"),
    _whole("corrects_line_no"),
    _flag("legal_guarantee"),
    _flag("weigh_slip"),
    Index("ix_sale_line_order_id", "order_id", sqlite_where=text("order_id <> ''")),
    Index("ix_sale_line_corrects_sale_id", "corrects_sale_id", sqlite_where=text("corrects_sale_id <> ''")),
    sqlite_with_rowid=False,
)

sale_payment = Table(
    "sale_payment",
    metadata,
    Column("sale_id", ForeignKey("sale.sale_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _text("means"),
    _whole("amount_minor"),
    _whole("tendered_minor"),
    _text("reference"),
    sqlite_with_rowid=False,
)

sale_vat = Table(
    "sale_vat",
    metadata,
    Column("sale_id", ForeignKey("sale.sale_id"), primary_key=True),
    Column("rate_bp", Integer, primary_key=True, autoincrement=False),
    _whole("gross_minor"),
    _whole("net_minor"),
    _whole("vat_minor"),
    sqlite_with_rowid=False,
)

# --- what must be told, what was told to us ---

fact = Table(
    "fact",
    metadata,
    Column("till_seq", Integer, primary_key=True, autoincrement=False),
    Column("fact_id", Text, nullable=False, unique=True),
    _text("kind"),
    _text("subject"),
    _text("happened_at"),
    _text("payload"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("till_seq", ForeignKey("fact.till_seq"), primary_key=True, autoincrement=False),
    Column("fact_id", Text, nullable=False, unique=True),
    _text("subject"),
    _text("state"),
    _whole("attempts"),
    _text("due_at", null=True),
    _text("message"),
    _whole("urgency"),
    _text("reason"),
    Index("ix_outbox_subject", "subject", "till_seq"),
    Index("ix_outbox_state", "state", "till_seq"),
    Index("ix_outbox_urgency", "urgency", "till_seq"),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("fact_id", ForeignKey("fact.fact_id"), primary_key=True),
    _whole("till_seq"),
    _text("at"),
    _text("operator"),
    _text("note"),
    _text("message"),
    _text("reason"),
    _text("replaced_by"),
    Index("ix_set_aside_till_seq", "till_seq"),
    sqlite_with_rowid=False,
)

exception = Table(
    "exception",
    metadata,
    Column("exception_id", Text, primary_key=True),
    _text("kind"),
    _text("opened_at"),
    _text("order_id"),
    _text("message"),
    _text("view"),
    _text("proposed_answer"),
    _text("settled_at", null=True),
    _text("settled_by"),
    _text("settled_note"),
    _text("product_id"),
    _text("fact_id"),
    _text("answer"),
    _text("reason"),
    Index("ix_exception_order_id", "order_id", sqlite_where=text("settled_at IS NULL")),
    sqlite_with_rowid=False,
)

pulled_state = Table(
    "pulled_state",
    metadata,
    Column("name", Text, primary_key=True),
    _text("value"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    _text("raw"),
    _text("reason"),
    _text("at"),
    sqlite_with_rowid=False,
)

# --- facts of other tills, from their rescue files, until the marketplace has them ---

rescue_file = Table(
    "rescue_file",
    metadata,
    Column("file_id", Text, primary_key=True),
    _text("till_id"),
    _text("till_letter"),
    _text("made_at"),
    _text("stated"),
    _text("signature"),
    _whole("fact_count"),
    _text("imported_at"),
    _text("imported_by"),
    sqlite_with_rowid=False,
)

rescued_fact = Table(
    "rescued_fact",
    metadata,
    Column("file_id", ForeignKey("rescue_file.file_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _whole("part"),
    _text("fact_id"),
    _text("body"),
    _text("state"),
    _text("due_at", null=True),
    _text("message"),
    Index("ix_rescued_fact_waiting", "file_id", "part", sqlite_where=text("state = 'waiting'")),
    sqlite_with_rowid=False,
)

# --- what is done again and again ---

upkeep = Table(
    "upkeep",
    metadata,
    Column("task", Text, primary_key=True),
    _text("done_at"),
    sqlite_with_rowid=False,
)

# --- paper and parked baskets ---

print_job = Table(
    "print_job",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
    _text("created_at"),
    _text("kind"),
    _text("document_id"),
    _text("order_id"),
    _text("document"),
    _text("state"),
    _whole("attempts"),
    _text("error"),
    _text("title"),
    _flag("open_drawer"),
    Index("ix_print_job_document_id", "document_id"),
    Index("ix_print_job_waiting", "row_id", sqlite_where=text("state IN ('queued', 'failed', 'printing')")),
    Index("ix_print_job_order_id", "order_id", sqlite_where=text("order_id <> ''")),
)

parked_basket = Table(
    "parked_basket",
    metadata,
    Column("basket_id", Text, primary_key=True),
    _text("parked_at"),
    _text("title"),
    _text("basket"),
    _whole("total_minor"),
    _whole("line_count"),
    sqlite_with_rowid=False,
)


def _make_full_text(_target: MetaData, connection: Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        for sql in FULL_TEXT_SQL:
            connection.exec_driver_sql(sql)


event.listen(metadata, "after_create", _make_full_text)
