"""`comptoir print` against a real database file: words, exit codes, JSON, and what waits for the printer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.domain.money import Money
from app.domain.receipt import InvoiceSlip, SaleReceipt, VerificationReport
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.paths import database_path, secrets_path
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    def answer(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return answer


@pytest.fixture
def ticket() -> str:
    basket = Basket((BasketLine("l1", "Ourlet", Money(1500), 2000),))
    payment = Payment(PaymentMeans.CARD, Money(1500), Money(1500))
    with opened_core(database_path(), secrets_path()) as core:
        done = sell_at_counter(core.counter, SaleRequest(basket, (payment,), "Léa"))
    assert isinstance(done, SaleDone)
    return done.sale.display_number


def queued(job_id: str) -> Any:
    with opened_core(database_path(), secrets_path()) as core:
        job = core.store.queries.print_job(job_id)
    assert job is not None
    return job.document


def test_r11_a_ticket_is_printed_by_its_number_and_then_as_a_duplicate(ask: Any, ticket: str) -> None:
    for copy_no in (0, 1, 2):
        code, answer = ask("print", "ticket", ticket.replace("-", "").lower(), "--operator", "Léa")
        assert (code, answer["kind"], answer["number"]) == (0, "sale_receipt", ticket)
        assert queued(answer["job_id"]).copy_no == copy_no
    assert "Ticket A-000001" in answer["message"]


def test_r11_a_z_is_printed_again_by_its_number(ask: Any, ticket: str) -> None:
    code, answer = ask("close")
    assert code == 0, answer
    number = answer["closures"][0]["display_number"]
    for text in (number, "1", "z1", number.lower()):
        code, answer = ask("print", "z", text)
        assert (code, answer["kind"], answer["number"]) == (0, "z_report", number)
    assert queued(answer["job_id"]).copy_no == 3


@pytest.mark.parametrize(
    ("paper", "kind"),
    [("notice", "counter_notice"), ("x", "x_report"), ("gift", "sale_receipt"), ("note", "service_note")],
)
def test_every_paper_can_be_asked_for(ask: Any, ticket: str, paper: str, kind: str) -> None:
    code, answer = ask("print", paper, *([] if paper in ("notice", "x") else [ticket]))
    assert (code, answer["kind"]) == (0, kind)
    document = queued(answer["job_id"])
    assert not isinstance(document, SaleReceipt) or document.gift


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("ticket",), "number_missing"),
        (("ticket", "A-000009"), "unknown_number"),
        (("gift", "A-000009"), "unknown_number"),
        (("note", "x" * 500), "unknown_number"),
        (("z", "A-Z0009"), "unknown_number"),
        (("z", "Æ"), "unknown_number"),
    ],
)
def test_what_is_not_there_is_refused(ask: Any, ticket: str, words: tuple[str, ...], reason: str) -> None:
    code, answer = ask("print", *words)
    assert (code, answer["reason"]) == (1, reason)
    with opened_core(database_path(), secrets_path()) as core:
        assert core.store.queries.print_jobs() == []


def test_r14_the_report_of_a_check_is_printed_too(ask: Any, ticket: str) -> None:
    code, said = ask("verify", "--every-signature", "--operator", "Léa")
    assert code == 0
    assert said["logged"]
    code, _said = ask("verify", "--every-signature", "--print", "--operator", "Léa")
    assert code == 0
    with opened_core(database_path(), secrets_path()) as core:
        (row,) = core.store.queries.print_jobs()
    report = queued(row.job_id)
    assert isinstance(report, VerificationReport)
    assert report.scope == "Le registre entier, chaque signature"
    assert (report.chains[0].name, report.chains[0].last_number) == ("Tickets", 1)
    assert report.findings == report.remarks == ()


def test_r25_an_invoice_is_printed_on_ticket_paper_too(ask: Any, ticket: str, tmp_path: Path) -> None:
    ask("merchant", "--name", "Lefèvre", "--siret", "73282932000074", "--vat-number", "FR44732829320",
        "--address", "3 rue du Marché")  # fmt: skip
    buyer = ("--siren", "552 100 554", "--name", "Café de la Gare", "--address", "12 place de la Gare")
    code, answer = ask("invoice", ticket, *buyer, "--print", "--output", str(tmp_path))
    assert code == 0, answer
    with opened_core(database_path(), secrets_path()) as core:
        (row,) = core.store.queries.print_jobs()
    slip = queued(row.job_id)
    assert isinstance(slip, InvoiceSlip)
    assert slip.invoice.display_number == row.title == answer["number"]
