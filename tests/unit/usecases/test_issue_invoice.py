"""An invoice is made out from a ticket, once, or refused with the reason; on both stores."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from app.domain.catalogue import LineNature
from app.domain.fiscal import EventCode, Series, link
from app.domain.invoice import (
    BuyerProblem,
    Invoice,
    InvoiceBuyer,
    InvoiceKind,
    SellerProblem,
)
from app.domain.merchant import Merchant
from app.domain.money import Money
from app.domain.sale import BasketLine, DocumentKind, PaymentMeans
from app.usecases.issue_invoice import (
    FileMissing,
    InvoiceDone,
    InvoiceRefusal,
    InvoiceRefused,
    InvoiceRequest,
    credit_note_is_due,
    invoice_again,
    issue_invoice,
)
from tests.fakes.invoices import A_BUYER, A_MERCHANT, ANOTHER_BUYER, PlainWriter, a_ticket, taken_back, with_merchant
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON


def invoiced(shop: Shop, sale_id: str, buyer: InvoiceBuyer | None = A_BUYER) -> InvoiceDone:
    done = issue_invoice(shop.counter, PlainWriter(), InvoiceRequest(sale_id, buyer, "Léa"))
    assert isinstance(done, InvoiceDone), done
    return done


def refused(shop: Shop, sale_id: str, buyer: InvoiceBuyer | None = A_BUYER, due_days: int = 30) -> InvoiceRefused:
    before = (shop.everything(), [row.invoice_id for row in shop.queries.invoices()], invoice_rows(shop))
    outcome = issue_invoice(shop.counter, PlainWriter(), InvoiceRequest(sale_id, buyer, "Léa", due_days))
    assert isinstance(outcome, InvoiceRefused), outcome
    assert (shop.everything(), [row.invoice_id for row in shop.queries.invoices()], invoice_rows(shop)) == before
    return outcome


def invoice_rows(shop: Shop) -> list[dict[str, object]]:
    with shop.store.unit_of_work() as uow:
        head = uow.ledger.head("A", Series.INVOICES)
        rows = list(uow.ledger.rows("A", Series.INVOICES, 1, head.number)) if head.number else []
    return [json.loads(row.canonical) for row in rows]


def test_r25_a_ticket_becomes_a_numbered_invoice_with_siren_and_link(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (COFFEE, 2), (WINE, 1))
    writer = PlainWriter()
    done = issue_invoice(shop.counter, writer, InvoiceRequest(ticket.sale_id, A_BUYER, "Léa"))
    assert isinstance(done, InvoiceDone)
    assert done.invoice.display_number == "F-A-2026-000001"
    assert len(writer.written) == 1
    kept = shop.queries.invoice_of_sale(ticket.sale_id)
    assert kept is not None
    assert (kept.display_number, kept.buyer, kept.buyer_siren) == ("F-A-2026-000001", A_BUYER, "552100554")
    assert (kept.kind, kept.total, kept.issue_day.isoformat()) == (InvoiceKind.INVOICE, Money(2248), "2026-11-21")
    assert shop.queries.invoices() == [kept]
    assert shop.queries.invoice_file(kept.invoice_id) == done.file
    assert kept.document == hashlib.sha256(done.file).hexdigest()


def test_r25_the_sealed_row_holds_totals_ticket_and_digest_but_nobody(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (COFFEE, 2), (WINE, 1))
    done = invoiced(shop, ticket.sale_id)
    (row,) = invoice_rows(shop)
    assert (row["kind"], row["series"], row["number"], row["id"]) == ("invoice", "invoices", 1, done.invoice.invoice_id)
    assert (row["buyer_siren"], row["ticket"], row["sale"]) == ("552100554", "A-000001", ticket.sale_id)
    assert (row["net"], row["total"], row["due"]) == (946 + 1042, 2248, 0)
    assert row["document"] == hashlib.sha256(done.file).hexdigest()
    told = json.dumps(row, ensure_ascii=False)
    assert not any(word in told for word in ("Gare", "Hélène", "59300", "place"))


def test_r25_turnover_counts_it_once(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (WINE, 1))
    with shop.store.unit_of_work() as uow:
        before = uow.ledger.head("A", Series.SALES)
    facts = len(shop.facts())
    invoiced(shop, ticket.sale_id)
    with shop.store.unit_of_work() as uow:
        assert uow.ledger.head("A", Series.SALES) == before
        assert uow.ledger.head("A", Series.INVOICES).perpetual == Money(0)
    assert len(shop.facts()) == facts
    assert shop.queries.sale(ticket.sale_id) == ticket


def test_r25_invoices_are_numbered_without_gap_over_the_year_and_chained(shop: Shop) -> None:
    with_merchant(shop)
    tickets = [a_ticket(shop, (COFFEE, 1)) for _ in range(3)]
    numbers = [invoiced(shop, ticket.sale_id).invoice.display_number for ticket in tickets[:2]]
    refused(shop, "nothing")
    shop.clock.go_on(days=60)
    numbers.append(invoiced(shop, tickets[2].sale_id).invoice.display_number)
    assert numbers == ["F-A-2026-000001", "F-A-2026-000002", "F-A-2027-000003"]
    with shop.store.unit_of_work() as uow:
        first, second, third = uow.ledger.rows("A", Series.INVOICES, 1, 3)
    assert link(first.head, second.canonical) == second.hash
    assert link(second.head, third.canonical) == third.hash


def test_r25_a_ticket_has_one_invoice(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (COFFEE, 1))
    first = invoiced(shop, ticket.sale_id)
    outcome = refused(shop, ticket.sale_id, ANOTHER_BUYER)
    assert outcome.reason is InvoiceRefusal.ALREADY_INVOICED
    assert outcome.earlier is not None
    assert outcome.earlier.display_number == first.invoice.display_number


def test_the_file_is_written_again_if_its_number_was_taken_meanwhile(shop: Shop) -> None:
    with_merchant(shop)
    mine, theirs = a_ticket(shop, (COFFEE, 1)), a_ticket(shop, (WINE, 1))

    class Overtaken(PlainWriter):
        def __call__(self, invoice: Invoice) -> bytes:
            if not self.written:
                invoiced(shop, theirs.sale_id, ANOTHER_BUYER)
            return super().__call__(invoice)

    writer = Overtaken()
    done = issue_invoice(shop.counter, writer, InvoiceRequest(mine.sale_id, A_BUYER, "Léa"))
    assert isinstance(done, InvoiceDone)
    assert [invoice.number for invoice in writer.written] == [1, 2]
    assert done.file.startswith(b"F-A-2026-000002 ")
    assert [row["number"] for row in invoice_rows(shop)] == [1, 2]


def test_vouchers_and_deposits_of_the_ticket_are_not_invoiced(shop: Shop) -> None:
    with_merchant(shop)
    voucher = BasketLine("v", "Bon cadeau", Money(2000), 0, nature=LineNature.VOUCHER)
    done = invoiced(shop, a_ticket(shop, (WINE, 1), more=(voucher,)).sale_id)
    assert (done.invoice.total, done.invoice.outside, done.invoice.paid) == (Money(1250), Money(2000), Money(1250))
    assert [line.label for line in done.invoice.lines] == ["Bordeaux 75 cl"]
    assert done.invoice.net + done.invoice.vat_total == Money(1250)
    only = replace(voucher, line_id="w")
    assert refused(shop, a_ticket(shop, more=(only,)).sale_id).reason is InvoiceRefusal.NOTHING_TO_INVOICE


def test_what_was_sold_on_account_is_due(shop: Shop) -> None:
    with_merchant(shop)
    done = invoiced(shop, a_ticket(shop, (HEMMING, 1), means=PaymentMeans.ACCOUNT).sale_id)
    assert (done.invoice.due, done.invoice.paid) == (Money(1500), Money(0))
    assert done.invoice.due_day.isoformat() == "2026-12-21"
    paid = invoiced(shop, a_ticket(shop, (HEMMING, 1)).sale_id)
    assert (paid.invoice.due, paid.invoice.due_day.isoformat()) == (Money(0), "2026-11-21")


def test_a_cancelled_ticket_gets_no_invoice(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (WINE, 1))
    cancellation = taken_back(shop, ticket, DocumentKind.CANCELLATION)
    assert refused(shop, ticket.sale_id).reason is InvoiceRefusal.CANCELLED
    assert refused(shop, cancellation.sale_id).reason is InvoiceRefusal.NOT_INVOICED


def test_r02_what_is_taken_back_of_an_invoiced_ticket_gets_a_credit_note(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (COFFEE, 2), (TOMATO, 1200))
    first = invoiced(shop, ticket.sale_id)
    back = taken_back(shop, ticket, DocumentKind.RETURN, 2)
    done = invoiced(shop, back.sale_id, None)
    assert (done.invoice.kind, done.invoice.display_number) == (InvoiceKind.CREDIT_NOTE, "F-A-2026-000002")
    assert [earlier.display_number for earlier in done.invoice.corrects] == [first.invoice.display_number]
    assert done.invoice.buyer == A_BUYER
    assert done.invoice.total == -back.total > Money(0)
    (line,) = done.invoice.lines
    assert (line.quantity, line.total) == (1200, Money(576))
    row = invoice_rows(shop)[-1]
    assert (row["kind"], row["total"], row["corrects"]) == ("credit_note", 576, ["F-A-2026-000001"])


def test_a_credit_note_goes_to_whom_the_invoice_went(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (WINE, 1))
    invoiced(shop, ticket.sale_id)
    back = taken_back(shop, ticket, DocumentKind.CANCELLATION)
    assert refused(shop, back.sale_id, ANOTHER_BUYER).reason is InvoiceRefusal.ANOTHER_BUYER
    assert invoiced(shop, back.sale_id).invoice.total == Money(1250)


def test_a_credit_note_is_due_from_the_return_until_it_is_made(shop: Shop) -> None:
    with_merchant(shop)
    ticket, plain = a_ticket(shop, (WINE, 2)), a_ticket(shop, (COFFEE, 1))
    invoiced(shop, ticket.sale_id)
    assert not credit_note_is_due(shop.queries, ticket)
    assert not credit_note_is_due(shop.queries, taken_back(shop, plain, DocumentKind.RETURN))
    back = taken_back(shop, ticket, DocumentKind.RETURN)
    assert credit_note_is_due(shop.queries, back)
    invoiced(shop, back.sale_id, None)
    assert not credit_note_is_due(shop.queries, back)


def test_r11_the_same_file_again_is_in_the_journal(shop: Shop) -> None:
    with_merchant(shop)
    done = invoiced(shop, a_ticket(shop, (WINE, 1)).sale_id)
    (kept,) = shop.queries.invoices()
    assert invoice_again(shop.counter, shop.queries, kept, "Léa") == done.file
    with shop.store.unit_of_work() as uow:
        last = list(uow.ledger.rows("A", Series.EVENTS, 1, 99))[-1]
    details = json.loads(last.canonical)["details"]
    assert (last.kind, details) == (EventCode.EXPORTED, {"what": "invoice", "number": "F-A-2026-000001"})
    unknown = replace(kept, invoice_id="another")
    assert invoice_again(shop.counter, shop.queries, unknown, "Léa") is FileMissing.ERASED
    changed = replace(kept, document=hashlib.sha256(b"another file").hexdigest())
    assert invoice_again(shop.counter, shop.queries, changed, "Léa") is FileMissing.CHANGED


@pytest.mark.parametrize(
    ("merchant", "problems"),
    [
        (Merchant(), tuple(SellerProblem)),
        (replace(A_MERCHANT, vat_number=""), (SellerProblem.NO_VAT_NUMBER,)),
        (replace(A_MERCHANT, siret=""), (SellerProblem.NO_SIRET,)),
    ],
)
def test_a_merchant_without_papers_makes_out_no_invoice(
    shop: Shop, merchant: Merchant, problems: tuple[SellerProblem, ...]
) -> None:
    ticket = a_ticket(shop, (WINE, 1))
    with_merchant(shop, merchant)
    outcome = refused(shop, ticket.sale_id)
    assert (outcome.reason, outcome.seller_problems) == (InvoiceRefusal.SELLER_INCOMPLETE, problems)


def test_a_wrong_buyer_is_refused_with_all_that_is_wrong(shop: Shop) -> None:
    with_merchant(shop)
    ticket = a_ticket(shop, (WINE, 1))
    outcome = refused(shop, ticket.sale_id, InvoiceBuyer("552100555", " ", ()))
    assert outcome.reason is InvoiceRefusal.BUYER_WRONG
    assert outcome.buyer_problems == (BuyerProblem.NO_NAME, BuyerProblem.NO_ADDRESS, BuyerProblem.SIREN)
    assert refused(shop, ticket.sale_id, None).buyer_problems == (BuyerProblem.NO_NAME,)
    assert refused(shop, ticket.sale_id, due_days=61).reason is InvoiceRefusal.WRONG_DUE_DAYS
    assert refused(shop, "no such sale").reason is InvoiceRefusal.UNKNOWN_TICKET


def test_r10_a_clock_set_back_is_in_the_journal_and_dates_do_not_go_back(shop: Shop) -> None:
    with_merchant(shop)
    tickets = [a_ticket(shop, (WINE, 1)), a_ticket(shop, (COFFEE, 1))]
    invoiced(shop, tickets[0].sale_id)
    shop.clock.go_on(days=-1)
    assert invoiced(shop, tickets[1].sale_id).invoice.issue_day.isoformat() == "2026-11-21"
    with shop.store.unit_of_work() as uow:
        events = list(uow.ledger.rows("A", Series.EVENTS, 1, 99))
    assert events[-1].kind == EventCode.CLOCK_SET_BACK
    assert events[-1].happened_at < NOON
