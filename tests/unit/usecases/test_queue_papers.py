"""Papers that go with a sale, in the sale's own transaction."""

from __future__ import annotations

from dataclasses import replace

from app.domain.catalogue import LineNature, Unit
from app.domain.money import Money
from app.domain.receipt import PrintKind, SaleReceipt, ServiceNote, WeighSlip
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.usecases.print_document import print_receipt_copy
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.shop import Shop

PLAIN = BasketLine("l1", "Baguette", Money(130), 550)
MEAT = BasketLine("l2", "Rôti", Money(1890), 550, quantity=500, unit=Unit.KG, weigh_slip=True)
SERVICE = BasketLine("l3", "Ourlet", Money(2500), 2000, nature=LineNature.SERVICE)


def sell(shop: Shop, *lines: BasketLine, ticket: bool = False) -> SaleDone:
    basket = Basket(lines)
    payment = Payment(PaymentMeans.CASH, basket.total, basket.total)
    done = sell_at_counter(shop.counter, SaleRequest(basket, (payment,), "Léa", print_receipt=ticket))
    assert isinstance(done, SaleDone)
    return done


def queued(shop: Shop) -> list[object]:
    rows = shop.queries.print_jobs()
    jobs = [shop.queries.print_job(row.job_id) for row in rows]
    return [job.document for job in jobs if job is not None]


def test_r19_no_paper_comes_by_itself(shop: Shop) -> None:
    sell(shop, PLAIN)
    assert queued(shop) == []
    assert not shop.heard[-1].print_queue


def test_r17_a_ticket_names_the_versions_that_sealed_it(shop: Shop) -> None:
    done = sell(shop, PLAIN)
    later = replace(shop.counter, software="Comptoir 9.0")
    job = print_receipt_copy(later, done.sale.sale_id, "Léa")
    assert job is not None
    assert isinstance(job.document, SaleReceipt)
    assert job.document.software == shop.counter.software != later.software
    assert job.document.fiscal_version


def test_r23_weighed_meat_is_written_down_without_a_ticket(shop: Shop) -> None:
    done = sell(shop, PLAIN, MEAT)
    (slip,) = queued(shop)
    assert isinstance(slip, WeighSlip)
    assert slip.number == done.sale.display_number
    (piece,) = slip.pieces
    assert (piece.quantity, piece.unit_price, piece.total) == (500, Money(1890), Money(945))
    assert shop.heard[-1].print_queue
    assert print_receipt_copy(shop.counter, done.sale.sale_id, "Léa").document.copy_no == 0  # type: ignore[union-attr]  # a ticket


def test_r11_after_the_note_of_services_a_ticket_is_a_duplicate(shop: Shop) -> None:
    done = sell(shop, SERVICE, ticket=True)
    (note,) = queued(shop)
    assert isinstance(note, ServiceNote)
    assert note.receipt.copy_no == 0
    assert note.receipt.signature_extract
    job = print_receipt_copy(shop.counter, done.sale.sale_id, "Léa")
    assert job is not None
    assert job.kind is PrintKind.SALE_RECEIPT
    assert isinstance(job.document, SaleReceipt)
    assert job.document.copy_no == 1
