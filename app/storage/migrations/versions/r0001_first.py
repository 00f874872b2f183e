"""The tables of the first release. Frozen: what changes afterwards is another revision.

Written for SQLite, where the tables are laid out by key; the variant for PostgreSQL comes with its own support.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """CREATE TABLE counter (
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    CONSTRAINT pk_counter PRIMARY KEY (name)
) WITHOUT ROWID""",
    """CREATE TABLE exception (
    exception_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    order_id TEXT NOT NULL,
    message TEXT NOT NULL,
    "view" TEXT NOT NULL,
    proposed_answer TEXT NOT NULL,
    settled_at TEXT,
    CONSTRAINT pk_exception PRIMARY KEY (exception_id)
) WITHOUT ROWID""",
    """CREATE TABLE fact (
    till_seq INTEGER NOT NULL,
    fact_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    payload TEXT NOT NULL,
    CONSTRAINT pk_fact PRIMARY KEY (till_seq),
    CONSTRAINT uq_fact_fact_id UNIQUE (fact_id)
)""",
    """CREATE TABLE handover (
    handover_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    handed_over_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    till_name TEXT NOT NULL,
    how TEXT NOT NULL,
    handed_to TEXT NOT NULL,
    verdict TEXT NOT NULL,
    override_reason TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    undone_at TEXT,
    undone_by TEXT NOT NULL,
    undo_reason TEXT NOT NULL,
    CONSTRAINT pk_handover PRIMARY KEY (handover_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_handover_order_id ON handover (order_id)",
    """CREATE TABLE order_ready (
    order_id TEXT NOT NULL,
    ready_at TEXT NOT NULL,
    bags INTEGER NOT NULL,
    shelf TEXT NOT NULL,
    CONSTRAINT pk_order_ready PRIMARY KEY (order_id)
) WITHOUT ROWID""",
    """CREATE TABLE order_summary (
    order_id TEXT NOT NULL,
    list_key TEXT NOT NULL,
    sort_at TEXT NOT NULL,
    number TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    preparation TEXT NOT NULL,
    handover TEXT NOT NULL,
    amount_due_minor INTEGER NOT NULL,
    pickup_from TEXT,
    keep_until TEXT,
    shelf TEXT NOT NULL,
    bags INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    placed_at TEXT NOT NULL,
    cancelled BOOLEAN NOT NULL,
    touched_here BOOLEAN NOT NULL,
    folded TEXT NOT NULL,
    CONSTRAINT pk_order_summary PRIMARY KEY (order_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_order_summary_list_key ON order_summary (list_key, sort_at, order_id)",
    "CREATE INDEX ix_order_summary_number ON order_summary (number)",
    """CREATE TABLE parked_basket (
    basket_id TEXT NOT NULL,
    parked_at TEXT NOT NULL,
    title TEXT NOT NULL,
    basket TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    CONSTRAINT pk_parked_basket PRIMARY KEY (basket_id)
) WITHOUT ROWID""",
    """CREATE TABLE preparation_line (
    order_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    label TEXT NOT NULL,
    product_id TEXT NOT NULL,
    CONSTRAINT pk_preparation_line PRIMARY KEY (order_id, line_no)
) WITHOUT ROWID""",
    """CREATE TABLE print_job (
    row_id INTEGER NOT NULL,
    job_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    document_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    document TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL,
    title TEXT NOT NULL,
    open_drawer BOOLEAN NOT NULL,
    CONSTRAINT pk_print_job PRIMARY KEY (row_id),
    CONSTRAINT uq_print_job_job_id UNIQUE (job_id)
)""",
    "CREATE INDEX ix_print_job_document_id ON print_job (document_id)",
    "CREATE INDEX ix_print_job_order_id ON print_job (order_id) WHERE order_id <> ''",
    "CREATE INDEX ix_print_job_waiting ON print_job (row_id) WHERE state IN ('queued', 'failed', 'printing')",
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
    has_bar_code BOOLEAN NOT NULL,
    folded TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_product PRIMARY KEY (row_id),
    CONSTRAINT uq_product_product_id UNIQUE (product_id)
)""",
    "CREATE INDEX ix_product_folded ON product (folded)",
    "CREATE INDEX ix_product_without_bar_code ON product (folded) WHERE has_bar_code = 0 AND active = 1",
    """CREATE TABLE product_popularity (
    product_id TEXT NOT NULL,
    sold_count INTEGER NOT NULL,
    CONSTRAINT pk_product_popularity PRIMARY KEY (product_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_product_popularity_sold_count ON product_popularity (sold_count)",
    """CREATE TABLE promised (
    order_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    CONSTRAINT pk_promised PRIMARY KEY (order_id, line_no)
) WITHOUT ROWID""",
    "CREATE INDEX ix_promised_product_id ON promised (product_id, quantity)",
    """CREATE TABLE pulled_state (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_pulled_state PRIMARY KEY (name)
) WITHOUT ROWID""",
    """CREATE TABLE quarantine (
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    raw TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT pk_quarantine PRIMARY KEY (kind, record_id)
) WITHOUT ROWID""",
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
    CONSTRAINT pk_sale PRIMARY KEY (row_id),
    CONSTRAINT uq_sale_till_letter_series_number UNIQUE (till_letter, series, number),
    CONSTRAINT uq_sale_sale_id UNIQUE (sale_id)
)""",
    """CREATE TABLE server_order (
    order_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    number TEXT NOT NULL,
    spoken_code TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    placed_at TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL,
    mode TEXT NOT NULL,
    pickup_from TEXT,
    keep_until TEXT,
    note TEXT NOT NULL,
    cancelled_at TEXT,
    preparation TEXT NOT NULL,
    handover TEXT NOT NULL,
    handed_over_at TEXT,
    handed_over_by TEXT NOT NULL,
    lease_till_id TEXT,
    lease_until TEXT,
    version INTEGER NOT NULL,
    purged_at TEXT,
    CONSTRAINT pk_server_order PRIMARY KEY (order_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_server_order_reference ON server_order (reference)",
    "CREATE INDEX ix_server_order_spoken_code ON server_order (spoken_code)",
    """CREATE TABLE stock_level (
    product_id TEXT NOT NULL,
    location TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    CONSTRAINT pk_stock_level PRIMARY KEY (product_id, location)
) WITHOUT ROWID""",
    """CREATE TABLE stock_movement (
    movement_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    location TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    reason TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    till_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    operator TEXT NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_stock_movement PRIMARY KEY (movement_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_stock_movement_product_id ON stock_movement (product_id, happened_at)",
    "CREATE INDEX ix_stock_movement_source_id ON stock_movement (source_id)",
    """CREATE TABLE till (
    only_row INTEGER NOT NULL CONSTRAINT ck_till_only_row CHECK (only_row = 1),
    till_id TEXT NOT NULL,
    till_letter TEXT NOT NULL,
    till_name TEXT NOT NULL,
    shop_id TEXT NOT NULL,
    shop_name TEXT NOT NULL,
    address_lines TEXT NOT NULL,
    siret TEXT NOT NULL,
    vat_number TEXT NOT NULL,
    footer TEXT NOT NULL,
    marketplace_url TEXT NOT NULL,
    paired_at TEXT,
    CONSTRAINT pk_till PRIMARY KEY (only_row)
)""",
    """CREATE TABLE handover_line (
    handover_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    label TEXT NOT NULL,
    product_id TEXT NOT NULL,
    CONSTRAINT pk_handover_line PRIMARY KEY (handover_id, line_no),
    CONSTRAINT fk_handover_line_handover_id FOREIGN KEY(handover_id) REFERENCES handover (handover_id)
) WITHOUT ROWID""",
    """CREATE TABLE outbox (
    till_seq INTEGER NOT NULL,
    fact_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at TEXT,
    message TEXT NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (till_seq),
    CONSTRAINT fk_outbox_till_seq FOREIGN KEY(till_seq) REFERENCES fact (till_seq),
    CONSTRAINT uq_outbox_fact_id UNIQUE (fact_id)
)""",
    "CREATE INDEX ix_outbox_state ON outbox (state, till_seq)",
    "CREATE INDEX ix_outbox_subject ON outbox (subject, till_seq)",
    """CREATE TABLE product_code (
    code TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_product_code PRIMARY KEY (code),
    CONSTRAINT fk_product_code_row_id FOREIGN KEY(row_id) REFERENCES product (row_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_product_code_row_id ON product_code (row_id)",
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
    CONSTRAINT pk_sale_line PRIMARY KEY (sale_id, line_no),
    CONSTRAINT fk_sale_line_sale_id FOREIGN KEY(sale_id) REFERENCES sale (sale_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_sale_line_order_id ON sale_line (order_id) WHERE order_id <> ''",
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
    """CREATE TABLE sale_vat (
    sale_id TEXT NOT NULL,
    rate_bp INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    net_minor INTEGER NOT NULL,
    vat_minor INTEGER NOT NULL,
    CONSTRAINT pk_sale_vat PRIMARY KEY (sale_id, rate_bp),
    CONSTRAINT fk_sale_vat_sale_id FOREIGN KEY(sale_id) REFERENCES sale (sale_id)
) WITHOUT ROWID""",
    """CREATE TABLE server_order_line (
    order_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    label TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit TEXT NOT NULL,
    unit_price_minor INTEGER NOT NULL,
    vat_rate_bp INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    shelf TEXT NOT NULL,
    age_limit INTEGER NOT NULL,
    withdrawal_right BOOLEAN NOT NULL,
    CONSTRAINT pk_server_order_line PRIMARY KEY (order_id, line_no),
    CONSTRAINT fk_server_order_line_order_id FOREIGN KEY(order_id) REFERENCES server_order (order_id)
) WITHOUT ROWID""",
    "CREATE VIRTUAL TABLE product_words USING fts5(folded, content='product', content_rowid='row_id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE product_parts USING fts5(folded, content='product', content_rowid='row_id', "
    "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
