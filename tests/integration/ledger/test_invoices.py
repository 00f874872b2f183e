"""Invoices in the ledger and in their table: the same, and what is changed in the table is named (R14, R25)."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from app.domain.ledger_check import FindingKind
from app.storage.fiscal_tables import invoice
from app.usecases.issue_invoice import InvoiceDone, InvoiceRequest, issue_invoice
from tests.fakes.invoices import A_BUYER, A_MERCHANT, PlainWriter
from tests.integration.ledger.trade import OPERATOR, Till, drop_guards, open_till, restore_guards

COLUMNS = [column.name for column in invoice.c if column.name != "invoice_id"]


@pytest.fixture
def invoiced(tmp_path: Path) -> Till:
    """A till with two invoices, closed; open its file again to verify."""
    till, chance = open_till(tmp_path / "till.sqlite3"), random.Random(5)
    with till.store.unit_of_work() as uow:
        uow.set_merchant(A_MERCHANT)
        uow.commit()
    for _ in range(2):
        sale_id = till.sell(chance)
        done = issue_invoice(till.counter, PlainWriter(), InvoiceRequest(sale_id, A_BUYER, OPERATOR))
        assert isinstance(done, InvoiceDone), done
    assert till.verify().findings == ()
    till.store.close()
    return till


def found_after(till: Till, sql: str) -> list[tuple[FindingKind, object, object]]:
    path = till.store.path
    connection = sqlite3.connect(path)
    drop_guards(connection)
    connection.executescript(sql)
    restore_guards(connection)
    connection.commit()
    connection.close()
    again = open_till(path, clock=till.clock, secrets=till.secrets, ids=till.counter.ids)
    try:
        findings = again.verify().findings
    finally:
        again.store.close()
    return [(found.kind, found.details.get("table"), found.details.get("field")) for found in findings]


@pytest.mark.parametrize("column", COLUMNS)
def test_r14_any_column_of_an_invoice(invoiced: Till, column: str) -> None:
    value = "number + 7" if column == "number" else "total_minor + 1" if column == "total_minor" else f"{column} || 'x'"
    sql = f"UPDATE invoice SET {column} = {value} WHERE number = 2"  # noqa: S608  # the attacker's own
    assert found_after(invoiced, sql) == [(FindingKind.TABLE_CHANGED, "invoice", column)]


def test_r14_an_invoice_removed_and_one_put_in(invoiced: Till) -> None:
    sql = "PRAGMA foreign_keys=OFF; DELETE FROM invoice WHERE number = 1"
    assert found_after(invoiced, sql) == [(FindingKind.TABLE_ROW_MISSING, "invoice", None)]
    sql = (
        "INSERT INTO invoice SELECT 'mine', till_letter, 9, kind, 'F', 'x', issued_at, issue_day, buyer_siren, "
        "total_minor, document FROM invoice WHERE number = 2"
    )
    assert (FindingKind.TABLE_ROW_ADDED, "invoice", None) in found_after(invoiced, sql)
