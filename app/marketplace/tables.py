"""Owns the tables of the marketplace's own database and their versions. Holds no rule and runs no query of its own.

Portable between SQLite and PostgreSQL: moments are texts that sort (`surroundings.time_text`), nested records are JSON
in text, money and quantities are whole numbers of 64 bits. Every row that belongs to a shop carries `shop_id`, and
every query of a till names it: that is what keeps shops apart.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
    text,
)
from sqlalchemy.schema import CreateColumn

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

shop = Table(
    "shop",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("tagline", Text, nullable=False),
    Column("address_lines", Text, nullable=False),
    Column("siret", Text, nullable=False),
    Column("vat_number", Text, nullable=False),
    # the last number of the change feed; its row lock puts the shop's writers in one line
    Column("head_seq", BigInteger, nullable=False, default=0),
    Column("next_order_number", BigInteger, nullable=False, default=1001),
    Column("tills_ever", Integer, nullable=False, default=0),
    Column("keys_ever", Integer, nullable=False, default=0),
)

pickup_key = Table(
    "pickup_key",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("key_id", Text, nullable=False),
    Column("key_base64", Text, nullable=True),  # null: withdrawn
    Column("created_at", Text, nullable=False),
    PrimaryKeyConstraint("shop_id", "key_id"),
)

pairing_code = Table(
    "pairing_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("used_at", Text, nullable=True),
)

till = Table(
    "till",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("letter", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("paired_at", Text, nullable=False),
    Column("revoked_at", Text, nullable=True),
    Column("next_token_hash", Text, nullable=True),  # a renewed token not used yet
    Column("continues", Text, nullable=True),  # the till it was before it was paired anew
    Column("heard_at", Text, nullable=True),  # when its token was used first; null: the answer to its pairing was lost
    UniqueConstraint("shop_id", "letter"),
)
_renewing = till.c.next_token_hash.is_not(None)  # few are: without this SQLite takes the index for one of no use
Index("till_renewing", till.c.next_token_hash, sqlite_where=_renewing, postgresql_where=_renewing)

product = Table(
    "product",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("product_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    Column("unit", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("stock_tracked", Boolean, nullable=False),
    Column("shelf", Text, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("withdrawal_right", Boolean, nullable=False),
    Column("age_limit", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("folded", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("nature", Text, nullable=True),  # null, here and below: no till ever told
    Column("meal_voucher", Boolean, nullable=True),
    Column("legal_guarantee", Boolean, nullable=True),
    Column("weigh_slip", Boolean, nullable=True),
    Column("changed_by", Text, nullable=False, server_default=""),  # the till that changed it last, "" for none
    # the version that the newest changes in a row by that till began from: it knows all that came before
    Column("own_from_version", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("shop_id", "product_id"),
)
Index("product_shown", product.c.shop_id, product.c.category, product.c.folded)

stock_movement = Table(
    "stock_movement",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("movement_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("happened_at", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("till_id", Text, nullable=False),  # "" for the marketplace itself
    PrimaryKeyConstraint("shop_id", "movement_id"),
)
Index("stock_movement_of_product", stock_movement.c.shop_id, stock_movement.c.product_id)

stock_level = Table(
    "stock_level",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("product_id", Text, nullable=False),
    Column("physical", BigInteger, nullable=False),  # always the sum of the product's movements (I4)
    Column("oversold_since", Text, nullable=True),  # since when less is there than was promised, null: there is enough
    PrimaryKeyConstraint("shop_id", "product_id"),
)

shop_order = Table(
    "shop_order",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("page_hash", Text, nullable=False, unique=True),  # of the token that opens the customer's page
    Column("key_id", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("spoken_code", Text, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("placed_at", Text, nullable=False),
    Column("pickup_from", Text, nullable=True),
    Column("keep_until", Text, nullable=True),
    Column("mode", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("cancelled_at", Text, nullable=True),
    Column("total_minor", BigInteger, nullable=False),
    Column("paid_minor", BigInteger, nullable=False),
    Column("preparation", Text, nullable=False),
    Column("bags", Integer, nullable=False, default=0),
    Column("handover", Text, nullable=False),
    Column("handed_over_at", Text, nullable=True),
    Column("handed_over_by", Text, nullable=False, default=""),
    Column("lease_till_id", Text, nullable=True),
    Column("lease_until", Text, nullable=True),
    # one higher with each grant, so that what is told late of an older one cannot end it
    Column("lease_number", BigInteger, nullable=False, server_default="0"),
    Column("lease_wanted_by", Text, nullable=True),  # the till that waits for it
    Column("lease_wanted_until", Text, nullable=True),
    Column("version", BigInteger, nullable=False),
    Column("edits", Text, nullable=True),  # JSON list of what its customer changed since, null: nothing
    Column("language", Text, nullable=False, server_default=""),  # the customer's, two letters, "": not known
    UniqueConstraint("shop_id", "reference"),
    UniqueConstraint("shop_id", "number"),
    # stronger than "unique among the open orders", so that an undone handover never meets its code again
    UniqueConstraint("shop_id", "spoken_code"),
)

order_line = Table(
    "order_line",
    metadata,
    Column("order_id", Text, ForeignKey("shop_order.order_id"), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("shop_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("unit", Text, nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("shelf", Text, nullable=False),
    Column("age_limit", Integer, nullable=False),
    Column("withdrawal_right", Boolean, nullable=False),
    # what is still promised to the customer: the quantity, then 0 once handed over or cancelled
    Column("open_quantity", BigInteger, nullable=False),
    Column("result", Text, nullable=False, default=""),  # JSON of the last line result a till told, "" for none
    Column("added_version", BigInteger, nullable=True),  # the edit that added it, null: ordered so
    Column("removed_version", BigInteger, nullable=True),  # the edit that took it out, null: it stands
    PrimaryKeyConstraint("order_id", "line_no"),
)
Index("order_line_promised", order_line.c.shop_id, order_line.c.product_id)

handover = Table(
    "handover",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("handover_id", Text, nullable=False),
    Column("order_id", Text, ForeignKey("shop_order.order_id"), nullable=False),
    Column("till_id", Text, nullable=False),
    Column("fact_id", Text, nullable=False),
    Column("told_no", Integer, nullable=False),  # 1, 2 ... in the order in which the handovers of this order were told
    Column("happened_at", Text, nullable=False),
    Column("claimed_lines", Text, nullable=False),  # JSON list of the lines whose goods left, or never will
    # those of them this handover settled; lines another handover had settled before are not among them (I1)
    Column("settled_lines", Text, nullable=False),
    Column("undone_at", Text, nullable=True),
    PrimaryKeyConstraint("shop_id", "handover_id"),
)
Index("handover_of_order", handover.c.order_id)

sale = Table(
    "sale",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("till_id", Text, nullable=False),
    Column("fact_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("happened_at", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("order_id", Text, nullable=False),  # the order whose visit it belongs to, "" for none
    PrimaryKeyConstraint("shop_id", "sale_id"),
)
Index("sale_of_fact", sale.c.shop_id, sale.c.fact_id)

fact = Table(
    "fact",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("fact_id", Text, nullable=False),
    Column("till_id", Text, ForeignKey("till.till_id"), nullable=False),
    Column("till_seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("happened_at", Text, nullable=False),
    Column("payload", Text, nullable=False),  # canonical JSON
    Column("outcome", Text, nullable=False),  # applied or conflict; a refused fact leaves no trace
    Column("reason", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    PrimaryKeyConstraint("shop_id", "fact_id"),
    UniqueConstraint("till_id", "till_seq"),
)

disagreement = Table(
    "disagreement",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("exception_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("order_id", Text, nullable=False),  # "" for none, as the next two
    Column("product_id", Text, nullable=False),
    Column("fact_id", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("view", Text, nullable=False),  # JSON, without the name of a customer
    Column("settled_at", Text, nullable=True),
    Column("settled_by", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("shop_id", "exception_id"),
)

change = Table(
    "change",
    metadata,
    Column("shop_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("shop_id", "kind", "entity_id"),
    ForeignKeyConstraint(["shop_id"], ["shop.shop_id"]),
    UniqueConstraint("shop_id", "seq"),
)

feed_mark = Table(
    "feed_mark",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("seq", BigInteger, nullable=False),  # the last number that one transaction drew
    Column("mark", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    PrimaryKeyConstraint("shop_id", "seq"),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("till_id", Text, ForeignKey("till.till_id"), nullable=False),  # who told it
    Column("till_letter", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("perpetual_minor", BigInteger, nullable=False),
    Column("perpetual_absolute_minor", BigInteger, nullable=False),
    Column("trading_day", Text, nullable=True),
    Column("happened_at", Text, nullable=True),
    Column("told_at", Text, nullable=False),
    PrimaryKeyConstraint("till_id", "till_letter", "series"),
)

ledger_key = Table(
    "ledger_key",
    metadata,
    Column("till_id", Text, ForeignKey("till.till_id"), primary_key=True),
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("public_pem", Text, nullable=False),
    Column("registered_at", Text, nullable=False),
)


ledger_told = Table(
    "ledger_told",
    metadata,
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False),
    Column("till_id", Text, ForeignKey("till.till_id"), nullable=False),
    Column("till_letter", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("told_at", Text, nullable=False),
    PrimaryKeyConstraint("till_id", "till_letter", "series", "number"),
)


class SchemaIsNewer(Exception):
    """The database was made by a newer marketplace; it has not been touched."""


def _lay_missing_tables(connection: Connection) -> None:
    metadata.create_all(connection)


def _add_flags_of_products(connection: Connection) -> None:
    known = {found["name"] for found in inspect(connection).get_columns("product")}
    for name, kind in _FLAG_COLUMNS:
        if name not in known:
            connection.execute(text(f"ALTER TABLE product ADD COLUMN {name} {kind}"))


_FLAG_COLUMNS = (
    ("nature", "TEXT"),
    ("meal_voucher", "BOOLEAN"),
    ("legal_guarantee", "BOOLEAN"),
    ("weigh_slip", "BOOLEAN"),
)


def _add_what_is_missing(connection: Connection) -> None:
    """Bring along the tables, columns and indexes of today that the database does not have; a new column must take NULL
    or carry a default of the database's own."""
    metadata.create_all(connection)
    found = inspect(connection)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                described = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {described}"))
        indexed = {index["name"] for index in found.get_indexes(table.name)}
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            if index.name not in indexed:
                index.create(connection, checkfirst=True)


STEPS: tuple[Callable[[Connection], None], ...] = (
    _lay_missing_tables,
    _add_flags_of_products,
    _lay_missing_tables,
    _add_what_is_missing,
    _add_what_is_missing,
)
"""Step n brings a database of version n to n+1. The first lays today's tables, so each later one looks before it
adds. The third is for the ends of ledgers, the fourth for what keeps tills and marketplace of one mind,
the fifth for the language of an order's customer."""

_MIGRATION_LOCK = 0x434F4D50  # any number, the same in every process


def migrate(connection: Connection) -> None:
    """Bring the database to the newest version inside the caller's transaction, one process at a time.

    Raises SchemaIsNewer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    found = version_of(connection)
    if found > len(STEPS):
        raise SchemaIsNewer(f"schema version {found}, the newest known here is {len(STEPS)}")
    if found == len(STEPS):
        return
    for step in STEPS[found:]:
        step(connection)
    connection.execute(schema_version.delete())
    connection.execute(schema_version.insert().values(version=len(STEPS)))


def version_of(connection: Connection) -> int:
    """The version of the database, 0 for an empty one."""
    if not inspect(connection).has_table("schema_version"):
        return 0
    return connection.execute(select(schema_version.c.version)).scalar() or 0
