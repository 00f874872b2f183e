"""Owns the tables of the counter: sales with their lines, payments and VAT, papers to print, parked baskets. Never
holds a statement. What the law wants kept of a sale is the ledger's (`fiscal_tables`).
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from app.storage.columns import flag_column, text_column, whole_column
from app.storage.tables import metadata

# --- sales ---

sale = Table(
    "sale",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("sale_id", Text, nullable=False, unique=True),
    text_column("till_id"),
    text_column("till_letter"),
    text_column("series"),
    whole_column("number"),
    text_column("kind"),
    text_column("happened_at"),
    whole_column("utc_offset_minutes"),
    text_column("operator"),
    whole_column("total_minor"),
    text_column("order_id"),
    text_column("corrects"),
    text_column("trading_day"),
    text_column("vat_regime"),
    text_column("discount_reason"),
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
    text_column("line_id"),
    text_column("label"),
    whole_column("quantity"),
    text_column("unit"),
    whole_column("unit_price_minor"),
    whole_column("discount_minor"),
    whole_column("total_minor"),
    whole_column("net_minor"),
    whole_column("vat_rate_bp"),
    text_column("product_id"),
    text_column("code"),
    text_column("order_id"),
    whole_column("order_line_no"),
    text_column("nature"),
    whole_column("ticket_discount_minor"),
    text_column("discount_reason"),
    text_column("corrects_sale_id"),
    whole_column("corrects_line_no"),
    flag_column("legal_guarantee"),
    flag_column("weigh_slip"),
    Index("ix_sale_line_order_id", "order_id", sqlite_where=text("order_id <> ''")),
    Index("ix_sale_line_corrects_sale_id", "corrects_sale_id", sqlite_where=text("corrects_sale_id <> ''")),
    sqlite_with_rowid=False,
)

sale_payment = Table(
    "sale_payment",
    metadata,
    Column("sale_id", ForeignKey("sale.sale_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text_column("means"),
    whole_column("amount_minor"),
    whole_column("tendered_minor"),
    text_column("reference"),
    sqlite_with_rowid=False,
)

sale_vat = Table(
    "sale_vat",
    metadata,
    Column("sale_id", ForeignKey("sale.sale_id"), primary_key=True),
    Column("rate_bp", Integer, primary_key=True, autoincrement=False),
    whole_column("gross_minor"),
    whole_column("net_minor"),
    whole_column("vat_minor"),
    sqlite_with_rowid=False,
)

# --- paper and parked baskets ---

print_job = Table(
    "print_job",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
    text_column("created_at"),
    text_column("kind"),
    text_column("document_id"),
    text_column("order_id"),
    text_column("document"),
    text_column("state"),
    whole_column("attempts"),
    text_column("error"),
    text_column("title"),
    flag_column("open_drawer"),
    Index("ix_print_job_document_id", "document_id"),
    Index("ix_print_job_waiting", "row_id", sqlite_where=text("state IN ('queued', 'failed', 'printing')")),
    Index("ix_print_job_order_id", "order_id", sqlite_where=text("order_id <> ''")),
)

parked_basket = Table(
    "parked_basket",
    metadata,
    Column("basket_id", Text, primary_key=True),
    text_column("parked_at"),
    text_column("title"),
    text_column("basket"),
    whole_column("total_minor"),
    whole_column("line_count"),
    sqlite_with_rowid=False,
)
