"""The small papers of the counter."""

from __future__ import annotations

from dataclasses import replace

from app.domain.catalogue import LineNature
from app.domain.fiscal import Series
from app.domain.money import Money
from app.domain.receipt import (
    CheckedChain,
    CounterNotice,
    InvoiceSlip,
    ServiceNote,
    VerificationReport,
    ZReport,
)
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day, print_z
from app.usecases.issue_invoice import InvoiceDone, InvoiceRequest, issue_invoice
from app.usecases.print_document import print_receipt_copy
from app.usecases.print_papers import (
    CheckedLedger,
    print_invoice,
    print_notice,
    print_service_note,
    print_verification,
)
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.invoices import A_BUYER, PlainWriter, a_ticket, with_merchant
from tests.fakes.samples import COFFEE
from tests.fakes.shop import Shop


def sell_one(shop: Shop) -> SaleDone:
    service = BasketLine("l3", "Ourlet", Money(900), 2000, nature=LineNature.SERVICE)
    payment = Payment(PaymentMeans.CASH, Money(900), Money(900))
    done = sell_at_counter(shop.counter, SaleRequest(Basket((service,)), (payment,), "Léa"))
    assert isinstance(done, SaleDone)
    return done


def test_r19_the_notice_says_that_tickets_come_on_demand(shop: Shop) -> None:
    document = print_notice(shop.counter).document
    assert isinstance(document, CounterNotice)
    assert "à votre demande" in document.text
    assert shop.heard[-1].print_queue


def test_r11_a_note_asked_for_later_is_a_numbered_duplicate(shop: Shop) -> None:
    done = sell_one(shop)
    assert print_receipt_copy(shop.counter, done.sale.sale_id, "Léa") is not None
    job = print_service_note(shop.counter, done.sale.sale_id, "Léa")
    assert job is not None
    assert isinstance(job.document, ServiceNote)
    assert job.document.receipt.copy_no == 1
    assert print_service_note(shop.counter, "nowhere", "Léa") is None


def test_r14_the_report_of_a_check_is_printed_with_its_findings(shop: Shop) -> None:
    sell_one(shop)
    names = {Series.SALES: "tickets", Series.TRAINING: "tickets d'école"}
    checked = CheckedLedger("Registre entier", names, {"sales": 1}, ["Il manque une ligne."], ["Un trou est connu."])
    stored = shop.queries.print_job(print_verification(shop.counter, "Léa", checked).job_id)
    assert stored is not None
    assert isinstance(stored.document, VerificationReport)
    sales, training = stored.document.chains
    assert (sales.name, sales.last_number, sales.rows, len(sales.signature_extract)) == ("tickets", 1, 1, 4)
    assert training == CheckedChain("tickets d'école", 0, 0)
    assert (stored.document.findings, stored.document.remarks) == (("Il manque une ligne.",), ("Un trou est connu.",))
    assert stored.document.software == shop.counter.software


def test_r25_an_invoice_on_ticket_paper_is_counted(shop: Shop) -> None:
    ticket = a_ticket(with_merchant(shop), (COFFEE, 1))
    done = issue_invoice(shop.counter, PlainWriter(), InvoiceRequest(ticket.sale_id, A_BUYER, "Léa"))
    assert isinstance(done, InvoiceDone)
    first, again = (print_invoice(shop.counter, done.invoice, "Léa") for _ in range(2))
    stored = shop.queries.print_job(again.job_id)
    assert stored is not None
    assert isinstance(first.document, InvoiceSlip)
    assert isinstance(stored.document, InvoiceSlip)
    assert (first.document.copy_no, stored.document.copy_no) == (0, 1)
    assert stored.document.invoice == done.invoice
    assert stored.document.signature_extract


def test_r17_a_z_printed_again_names_the_versions_that_sealed_it(shop: Shop) -> None:
    sell_one(shop)
    done = close_day(shop.counter, CloseDayRequest("Léa", None))
    assert isinstance(done, DayClosed)
    later = replace(shop.counter, software="Comptoir 9.0")
    job = print_z(later, done.closures[0].closure_id, "Léa")
    assert job is not None
    assert isinstance(job.document, ZReport)
    assert job.document.software == shop.counter.software != later.software
    assert job.document.copy_no == 1
