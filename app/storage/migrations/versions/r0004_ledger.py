"""The signed ledger, closures, cash, copies, card attempts, invoices; sales know their trading day and their discounts.
Frozen: what changes afterwards is another revision.

Sales of before the ledger are kept, in a series of their own (`before_ledger`): they were never signed, and nothing may
pretend that they were.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    "ALTER TABLE sale RENAME TO sale_before",
    "ALTER TABLE sale_line RENAME TO sale_line_before",
    "ALTER TABLE sale_payment RENAME TO sale_payment_before",
    "ALTER TABLE sale_vat RENAME TO sale_vat_before",
    "DROP INDEX ix_sale_line_order_id",
    """CREATE TABLE sale (
    row_id INTEGER NOT NULL,
    sale_id TEXT NOT NULL,
    till_id TEXT NOT NULL,
    till_letter TEXT NOT NULL,
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    utc_offset_minutes INTEGER NOT NULL,
    operator TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    order_id TEXT NOT NULL,
    corrects TEXT NOT NULL,
    trading_day TEXT NOT NULL,
    vat_regime TEXT NOT NULL,
    discount_reason TEXT NOT NULL,
    CONSTRAINT pk_sale PRIMARY KEY (row_id),
    CONSTRAINT uq_sale_till_letter_series_number UNIQUE (till_letter, series, number),
    CONSTRAINT uq_sale_sale_id UNIQUE (sale_id)
)""",
    """INSERT INTO sale
SELECT row_id, sale_id, till_id, till_letter, 'before_ledger', number, kind, happened_at, utc_offset_minutes,
    operator, total_minor, order_id, corrects, '', 'normal', ''
FROM sale_before""",
    """CREATE TABLE sale_line (
    sale_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    line_id TEXT NOT NULL,
    label TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit TEXT NOT NULL,
    unit_price_minor INTEGER NOT NULL,
    discount_minor INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    net_minor INTEGER NOT NULL,
    vat_rate_bp INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    code TEXT NOT NULL,
    order_id TEXT NOT NULL,
    order_line_no INTEGER NOT NULL,
    nature TEXT NOT NULL,
    ticket_discount_minor INTEGER NOT NULL,
    discount_reason TEXT NOT NULL,
    corrects_sale_id TEXT NOT NULL,
    corrects_line_no INTEGER NOT NULL,
    legal_guarantee BOOLEAN NOT NULL,
    weigh_slip BOOLEAN NOT NULL,
    CONSTRAINT pk_sale_line PRIMARY KEY (sale_id, line_no),
    CONSTRAINT fk_sale_line_sale_id FOREIGN KEY(sale_id) REFERENCES sale (sale_id)
) WITHOUT ROWID""",
    """INSERT INTO sale_line
SELECT sale_id, line_no, line_id, label, quantity, unit, unit_price_minor, discount_minor, total_minor,
    net_minor, vat_rate_bp, product_id, code, order_id, order_line_no, 'goods', 0, '', '', 0, 0, 0
FROM sale_line_before""",
    """CREATE TABLE sale_payment (
    sale_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    means TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    tendered_minor INTEGER NOT NULL,
    reference TEXT NOT NULL,
    CONSTRAINT pk_sale_payment PRIMARY KEY (sale_id, position),
    CONSTRAINT fk_sale_payment_sale_id FOREIGN KEY(sale_id) REFERENCES sale (sale_id)
) WITHOUT ROWID""",
    """INSERT INTO sale_payment
SELECT sale_id, position, means, amount_minor, tendered_minor, reference
FROM sale_payment_before""",
    """CREATE TABLE sale_vat (
    sale_id TEXT NOT NULL,
    rate_bp INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    net_minor INTEGER NOT NULL,
    vat_minor INTEGER NOT NULL,
    CONSTRAINT pk_sale_vat PRIMARY KEY (sale_id, rate_bp),
    CONSTRAINT fk_sale_vat_sale_id FOREIGN KEY(sale_id) REFERENCES sale (sale_id)
) WITHOUT ROWID""",
    """INSERT INTO sale_vat
SELECT sale_id, rate_bp, gross_minor, net_minor, vat_minor
FROM sale_vat_before""",
    "DROP TABLE sale_vat_before",
    "DROP TABLE sale_payment_before",
    "DROP TABLE sale_line_before",
    "DROP TABLE sale_before",
    "CREATE INDEX ix_sale_corrects ON sale (corrects) WHERE corrects <> ''",
    "CREATE INDEX ix_sale_trading_day ON sale (trading_day)",
    "CREATE INDEX ix_sale_order_id ON sale (order_id) WHERE order_id <> ''",
    "CREATE INDEX ix_sale_line_corrects_sale_id ON sale_line (corrects_sale_id) WHERE corrects_sale_id <> ''",
    "CREATE INDEX ix_sale_line_order_id ON sale_line (order_id) WHERE order_id <> ''",
    """CREATE TABLE fiscal_key (
    key_id TEXT NOT NULL,
    public_pem TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_fiscal_key PRIMARY KEY (key_id)
) WITHOUT ROWID""",
    """CREATE TABLE ledger (
    row_id INTEGER NOT NULL,
    till_letter TEXT NOT NULL,
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    trading_day TEXT NOT NULL,
    canonical BLOB NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB NOT NULL,
    key_id TEXT NOT NULL,
    CONSTRAINT pk_ledger PRIMARY KEY (row_id),
    CONSTRAINT uq_ledger_till_letter_series_number UNIQUE (till_letter, series, number),
    CONSTRAINT uq_ledger_record_id UNIQUE (record_id),
    CONSTRAINT fk_ledger_key_id FOREIGN KEY(key_id) REFERENCES fiscal_key (key_id)
)""",
    """CREATE INDEX ix_ledger_turning ON ledger (till_letter, number)
WHERE series = 'events' AND kind IN ('clock_set_back', 'key_created', 'key_replaced', 'ledger_gap')""",
    """CREATE INDEX ix_ledger_training ON ledger (till_letter, number)
WHERE kind IN ('training_on', 'training_off')""",
    """CREATE TABLE ledger_head (
    till_letter TEXT NOT NULL,
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB NOT NULL,
    perpetual_minor INTEGER NOT NULL,
    perpetual_absolute_minor INTEGER NOT NULL,
    trading_day TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    CONSTRAINT pk_ledger_head PRIMARY KEY (till_letter, series)
) WITHOUT ROWID""",
    """CREATE TABLE closure (
    closure_id TEXT NOT NULL,
    till_letter TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    rank INTEGER NOT NULL,
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    turnover_minor INTEGER NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_closure PRIMARY KEY (closure_id),
    CONSTRAINT uq_closure_till_letter_number UNIQUE (till_letter, number),
    CONSTRAINT uq_closure_till_letter_kind_period_rank UNIQUE (till_letter, kind, period, rank)
) WITHOUT ROWID""",
    """CREATE TABLE cash_movement (
    movement_id TEXT NOT NULL,
    till_letter TEXT NOT NULL,
    event_number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    happened_at TEXT NOT NULL,
    trading_day TEXT NOT NULL,
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    details TEXT NOT NULL,
    CONSTRAINT pk_cash_movement PRIMARY KEY (movement_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_cash_movement_till_letter_event_number ON cash_movement (till_letter, event_number)",
    """CREATE TABLE document_copy (
    document_id TEXT NOT NULL,
    copy_no INTEGER NOT NULL,
    kind TEXT NOT NULL,
    made_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    CONSTRAINT pk_document_copy PRIMARY KEY (document_id, copy_no)
) WITHOUT ROWID""",
    """CREATE TABLE card_attempt (
    attempt_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    state TEXT NOT NULL,
    operator TEXT NOT NULL,
    settled_at TEXT NOT NULL,
    settled_by TEXT NOT NULL,
    note TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    CONSTRAINT pk_card_attempt PRIMARY KEY (attempt_id)
) WITHOUT ROWID""",
    """CREATE TABLE invoice (
    invoice_id TEXT NOT NULL,
    till_letter TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    display_number TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    issue_day TEXT NOT NULL,
    buyer_siren TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT pk_invoice PRIMARY KEY (invoice_id),
    CONSTRAINT uq_invoice_till_letter_number UNIQUE (till_letter, number),
    CONSTRAINT uq_invoice_sale_id UNIQUE (sale_id)
) WITHOUT ROWID""",
    """CREATE TABLE invoice_buyer (
    invoice_id TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    vat_number TEXT NOT NULL,
    delivery TEXT NOT NULL,
    file BLOB NOT NULL,
    CONSTRAINT pk_invoice_buyer PRIMARY KEY (invoice_id),
    CONSTRAINT fk_invoice_buyer_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (invoice_id)
)""",
    "DELETE FROM counter WHERE name LIKE 'sale:%'",
)

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
REFUSAL = "what was recorded is never changed or removed"


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    for table in NEVER_CHANGED:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
