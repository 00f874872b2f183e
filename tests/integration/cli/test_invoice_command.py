"""`comptoir invoice` against a real database file: words, exit codes, JSON, and the file it leaves."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.domain.money import Money
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.paths import database_path, secrets_path
from app.usecases.correct_sale import Cancelled, cancel_sale
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter

BUYER = ("--siren", "552 100 554", "--name", "Café de la Gare", "--address", "12 place de la Gare")


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    def answer(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return answer


@pytest.fixture
def ticket(ask: Any) -> str:
    """The number of a ticket of a shop that has told its details."""
    ask("merchant", "--name", "Lefèvre", "--siret", "73282932000074", "--vat-number", "FR44732829320",
        "--address", "3 rue du Marché", "--address", "59300 Valenciennes")  # fmt: skip
    basket = Basket((BasketLine("l1", "Ourlet", Money(1500), 2000),))
    payment = Payment(PaymentMeans.CARD, Money(1500), Money(1500))
    with opened_core(database_path(), secrets_path()) as core:
        done = sell_at_counter(core.counter, SaleRequest(basket, (payment,), "Léa"))
    assert isinstance(done, SaleDone)
    return done.sale.display_number


def test_r25_an_invoice_by_one_command_and_the_same_file_again(ask: Any, ticket: str, tmp_path: Path) -> None:
    code, answer = ask("invoice", ticket, *BUYER, "--output", str(tmp_path))
    assert (code, answer["kind"], answer["total_minor"]) == (0, "invoice", 1500)
    made = Path(answer["path"])
    assert made == tmp_path / f"{answer['number']}.pdf"
    again = tmp_path / "again.pdf"
    code, repeated = ask("invoice", ticket.replace("-", ""), "--output", str(again))
    assert (code, repeated["number"]) == (0, answer["number"])
    assert again.read_bytes() == made.read_bytes()
    connection = sqlite3.connect(database_path())
    [[canonical]] = connection.execute("SELECT canonical FROM ledger WHERE series = 'invoices'").fetchall()
    connection.close()
    assert json.loads(canonical)["document"] == hashlib.sha256(made.read_bytes()).hexdigest()
    code, answer = ask("invoice", ticket, *BUYER)
    assert (code, answer["reason"]) == (1, "already_invoiced")
    assert repeated["number"] in answer["message"]


def test_what_is_wrong_is_said_in_a_sentence(ask: Any, ticket: str, tmp_path: Path) -> None:
    assert ask("invoice", "A-000099", *BUYER)[1]["reason"] == "unknown_ticket"
    assert ask("invoice", "hello", *BUYER)[1]["reason"] == "unknown_ticket"
    code, answer = ask("invoice", ticket, "--siren", "552100555", "--name", "Café", "--address", "ici")
    assert (code, answer["reason"], answer["problems"]) == (1, "buyer_wrong", ["siren"])
    assert "SIREN" in answer["message"]
    assert ask("invoice", ticket)[1]["problems"] == ["no_name"]
    lost = tmp_path / "no such folder" / "f.pdf"
    code, answer = ask("invoice", ticket, *BUYER, "--output", str(lost))
    assert (code, answer["reason"]) == (1, "not_written")
    assert ask("invoice", ticket, "--output", str(tmp_path / "f.pdf"))[0] == 0
    with pytest.raises(SystemExit):
        main(["invoice", ticket, "--due-days", "61"])


def test_a_shop_without_its_details_is_told_what_is_missing(ask: Any, ticket: str) -> None:
    ask("merchant", "--vat-number", "")
    code, answer = ask("invoice", ticket, *BUYER)
    assert (code, answer["reason"], answer["problems"]) == (1, "seller_incomplete", ["no_vat_number"])


def test_r25_a_cancelled_ticket_with_an_invoice_gets_its_credit_note_and_the_ledger_is_sound(
    ask: Any, ticket: str, tmp_path: Path
) -> None:
    assert ask("invoice", ticket, *BUYER, "--output", str(tmp_path))[0] == 0
    with opened_core(database_path(), secrets_path()) as core:
        [row] = core.store.queries.find_sale(ticket)
        done = cancel_sale(core.counter, row.sale_id, "Léa", "erreur")
    assert isinstance(done, Cancelled)
    code, answer = ask("invoice", done.document.display_number, "--output", str(tmp_path))
    assert (code, answer["kind"], answer["total_minor"]) == (0, "credit_note", 1500)
    assert ask("invoice", "A-000003", *BUYER)[1]["reason"] == "unknown_ticket"
    code, report = ask("verify")
    assert (code, report["findings"]) == (0, [])


def test_a_file_that_was_changed_in_the_database_is_not_handed_out(ask: Any, ticket: str, tmp_path: Path) -> None:
    ask("invoice", ticket, *BUYER, "--output", str(tmp_path))
    connection = sqlite3.connect(database_path())
    connection.execute("UPDATE invoice_buyer SET file = x'00'")
    connection.commit()
    code, answer = ask("invoice", ticket, "--output", str(tmp_path / "again.pdf"))
    assert (code, answer["reason"]) == (1, "changed")
    connection.execute("DELETE FROM invoice_buyer")
    connection.commit()
    connection.close()
    assert ask("invoice", ticket, "--output", str(tmp_path / "again.pdf"))[1]["reason"] == "erased"
    assert not (tmp_path / "again.pdf").exists()
