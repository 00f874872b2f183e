"""What French rules ask of an article, and who the merchant is. Frozen: what changes afterwards is another revision."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """CREATE TABLE merchant (
    only_row INTEGER NOT NULL CONSTRAINT ck_merchant_only_row CHECK (only_row = 1),
    legal_name TEXT NOT NULL,
    legal_form TEXT NOT NULL,
    siret TEXT NOT NULL,
    vat_number TEXT NOT NULL,
    rcs TEXT NOT NULL,
    regimes TEXT NOT NULL,
    cutoff_hour INTEGER NOT NULL,
    fiscal_year_start_month INTEGER NOT NULL,
    prepaid_orders TEXT NOT NULL,
    meal_voucher_sundays BOOLEAN NOT NULL,
    address_lines TEXT NOT NULL,
    CONSTRAINT pk_merchant PRIMARY KEY (only_row)
)""",
    """CREATE TABLE attestation (
    row_id INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    siret TEXT NOT NULL,
    software TEXT NOT NULL,
    fiscal_version TEXT NOT NULL,
    operator TEXT NOT NULL,
    CONSTRAINT pk_attestation PRIMARY KEY (row_id)
)""",
    "CREATE TEMP TABLE product_before AS SELECT * FROM product",
    "CREATE TEMP TABLE product_code_before AS SELECT * FROM product_code",
    "DROP TABLE product_code",
    "DROP TABLE product",
    """CREATE TABLE product (
    row_id INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    name TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    vat_rate_bp INTEGER NOT NULL,
    unit TEXT NOT NULL,
    codes TEXT NOT NULL,
    category TEXT NOT NULL,
    stock_tracked BOOLEAN NOT NULL,
    shelf TEXT NOT NULL,
    published BOOLEAN NOT NULL,
    withdrawal_right BOOLEAN NOT NULL,
    age_limit INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    nature TEXT NOT NULL,
    meal_voucher BOOLEAN NOT NULL,
    legal_guarantee BOOLEAN NOT NULL,
    weigh_slip BOOLEAN NOT NULL,
    has_bar_code BOOLEAN NOT NULL,
    folded TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_product PRIMARY KEY (row_id),
    CONSTRAINT uq_product_product_id UNIQUE (product_id)
)""",
    """INSERT INTO product
SELECT row_id, product_id, name, price_minor, vat_rate_bp, unit, codes, category, stock_tracked, shelf, published,
    withdrawal_right, age_limit, active, CASE unit WHEN 'hour' THEN 'service' ELSE 'goods' END, 0, 0, 0,
    has_bar_code, folded, version
FROM product_before""",
    "CREATE INDEX ix_product_folded ON product (folded)",
    "CREATE INDEX ix_product_without_bar_code ON product (folded) WHERE has_bar_code = 0 AND active = 1",
    """CREATE TABLE product_code (
    code TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_product_code PRIMARY KEY (code),
    CONSTRAINT fk_product_code_row_id FOREIGN KEY(row_id) REFERENCES product (row_id)
) WITHOUT ROWID""",
    "INSERT INTO product_code SELECT code, row_id, position FROM product_code_before",
    "CREATE INDEX ix_product_code_row_id ON product_code (row_id)",
    "DROP TABLE product_before",
    "DROP TABLE product_code_before",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
