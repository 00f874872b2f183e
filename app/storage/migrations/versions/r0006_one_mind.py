"""What keeps till and marketplace of one mind: who holds what, what is disagreed on, what was compared, what was
rescued. Frozen: what changes afterwards is another revision."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE server_order ADD COLUMN lease_number INTEGER",
    "ALTER TABLE server_order ADD COLUMN lease_wanted_by TEXT",
    "ALTER TABLE server_order ADD COLUMN lease_wanted_until TEXT",
    """CREATE INDEX ix_server_order_lease_wanted_by ON server_order (lease_wanted_by)
WHERE lease_wanted_by IS NOT NULL""",
    """CREATE TABLE lease_given_up (
    order_id TEXT NOT NULL,
    lease_number INTEGER NOT NULL,
    given_up_at TEXT NOT NULL,
    told_at TEXT,
    CONSTRAINT pk_lease_given_up PRIMARY KEY (order_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_lease_given_up_untold ON lease_given_up (order_id) WHERE told_at IS NULL",
    "ALTER TABLE outbox RENAME TO outbox_before",
    """CREATE TABLE outbox (
    till_seq INTEGER NOT NULL,
    fact_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at TEXT,
    message TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (till_seq),
    CONSTRAINT fk_outbox_till_seq FOREIGN KEY(till_seq) REFERENCES fact (till_seq),
    CONSTRAINT uq_outbox_fact_id UNIQUE (fact_id)
)""",
    """INSERT INTO outbox
SELECT b.till_seq, b.fact_id, b.subject, b.state, b.attempts, b.due_at, b.message,
    CASE f.kind WHEN 'stock_moved' THEN 1 WHEN 'sale_recorded' THEN 2 WHEN 'product_changed' THEN 3 ELSE 0 END, ''
FROM outbox_before AS b JOIN fact AS f ON f.till_seq = b.till_seq""",
    "DROP TABLE outbox_before",
    "CREATE INDEX ix_outbox_subject ON outbox (subject, till_seq)",
    "CREATE INDEX ix_outbox_state ON outbox (state, till_seq)",
    "CREATE INDEX ix_outbox_urgency ON outbox (urgency, till_seq)",
    """CREATE TABLE set_aside (
    fact_id TEXT NOT NULL,
    till_seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    operator TEXT NOT NULL,
    note TEXT NOT NULL,
    message TEXT NOT NULL,
    reason TEXT NOT NULL,
    replaced_by TEXT NOT NULL,
    CONSTRAINT pk_set_aside PRIMARY KEY (fact_id),
    CONSTRAINT fk_set_aside_fact_id FOREIGN KEY(fact_id) REFERENCES fact (fact_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_set_aside_till_seq ON set_aside (till_seq)",
    "ALTER TABLE exception RENAME TO exception_before",
    """CREATE TABLE exception (
    exception_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    order_id TEXT NOT NULL,
    message TEXT NOT NULL,
    "view" TEXT NOT NULL,
    proposed_answer TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT NOT NULL,
    settled_note TEXT NOT NULL,
    product_id TEXT NOT NULL,
    fact_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_exception PRIMARY KEY (exception_id)
) WITHOUT ROWID""",
    """INSERT INTO exception
SELECT exception_id, kind, opened_at, order_id, message, "view", proposed_answer, settled_at, settled_by, settled_note,
    '', exception_id, '', ''
FROM exception_before""",
    "DROP TABLE exception_before",
    "CREATE INDEX ix_exception_order_id ON exception (order_id) WHERE settled_at IS NULL",
    """CREATE TABLE fact_range (
    first_seq INTEGER NOT NULL,
    fact_count INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    kinds TEXT NOT NULL,
    CONSTRAINT pk_fact_range PRIMARY KEY (first_seq)
)""",
    """CREATE TABLE reconciliation_run (
    row_id INTEGER NOT NULL,
    ended_at TEXT NOT NULL,
    thorough INTEGER NOT NULL,
    agreed_through_seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_reconciliation_run PRIMARY KEY (row_id)
)""",
    """CREATE TABLE lost_fact (
    fact_id TEXT NOT NULL,
    till_seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    named_at TEXT NOT NULL,
    CONSTRAINT pk_lost_fact PRIMARY KEY (fact_id)
) WITHOUT ROWID""",
    """CREATE TABLE rescue_file (
    file_id TEXT NOT NULL,
    till_id TEXT NOT NULL,
    till_letter TEXT NOT NULL,
    made_at TEXT NOT NULL,
    stated TEXT NOT NULL,
    signature TEXT NOT NULL,
    fact_count INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    CONSTRAINT pk_rescue_file PRIMARY KEY (file_id)
) WITHOUT ROWID""",
    """CREATE TABLE rescued_fact (
    file_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    part INTEGER NOT NULL,
    fact_id TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT,
    message TEXT NOT NULL,
    CONSTRAINT pk_rescued_fact PRIMARY KEY (file_id, position),
    CONSTRAINT fk_rescued_fact_file_id FOREIGN KEY(file_id) REFERENCES rescue_file (file_id)
) WITHOUT ROWID""",
    "CREATE INDEX ix_rescued_fact_waiting ON rescued_fact (file_id, part) WHERE state = 'waiting'",
    "CREATE INDEX ix_fact_exception_settled ON fact (subject) WHERE kind = 'exception_settled'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
