"""The small papers of the counter."""

from __future__ import annotations

from app.domain.catalogue import LineNature, Unit
from app.domain.money import Money
from app.domain.receipt import CheckedChain, CounterNotice, ServiceNote, VerificationReport, WeighSlip
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.usecases.print_document import print_receipt_copy
from app.usecases.print_papers import print_notice, print_service_note, print_verification, print_weigh_slip
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.shop import Shop

MEAT = BasketLine("l2", "Rôti", Money(1890), 550, quantity=500, unit=Unit.KG, weigh_slip=True)
PLAIN = BasketLine("l1", "Baguette", Money(130), 550)


def test_r19_the_notice_says_that_tickets_come_on_demand(shop: Shop) -> None:
    document = print_notice(shop.counter).document
    assert isinstance(document, CounterNotice)
    assert "à votre demande" in document.text
    assert shop.heard[-1].print_queue


def test_r23_a_slip_can_go_on_the_wrapper_before_the_sale(shop: Shop) -> None:
    job = print_weigh_slip(shop.counter, [PLAIN, MEAT], training=True)
    assert job is not None
    assert isinstance(job.document, WeighSlip)
    assert [piece.label for piece in job.document.pieces] == ["Rôti"]
    assert job.document.training
    assert job.document.number == ""
    assert print_weigh_slip(shop.counter, [PLAIN]) is None


def test_r11_a_note_asked_for_later_is_a_numbered_duplicate(shop: Shop) -> None:
    service = BasketLine("l3", "Ourlet", Money(900), 2000, nature=LineNature.SERVICE)
    payment = Payment(PaymentMeans.CASH, Money(900), Money(900))
    done = sell_at_counter(shop.counter, SaleRequest(Basket((service,)), (payment,), "Léa"))
    assert isinstance(done, SaleDone)
    assert print_receipt_copy(shop.counter, done.sale.sale_id, "Léa") is not None
    job = print_service_note(shop.counter, done.sale.sale_id, "Léa")
    assert job is not None
    assert isinstance(job.document, ServiceNote)
    assert job.document.receipt.copy_no == 1
    assert print_service_note(shop.counter, "nowhere", "Léa") is None


def test_r14_the_report_of_a_check_is_printed_with_its_findings(shop: Shop) -> None:
    chains = [CheckedChain("Ventes", 2, 2, "1A2B")]
    job = print_verification(shop.counter, "Léa", "Registre entier", chains, ["Il manque une ligne."])
    stored = shop.queries.print_job(job.job_id)
    assert stored is not None
    assert isinstance(stored.document, VerificationReport)
    assert stored.document.chains == tuple(chains)
    assert stored.document.findings == ("Il manque une ligne.",)
    assert stored.document.software == shop.counter.software
