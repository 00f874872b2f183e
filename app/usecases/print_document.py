"""Asks for paper: a copy of a ticket, a slip, a preparation list, a self-test. Never waits for a printer.

What has been asked for before is marked as a duplicate with its number (R11).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.fiscal import EventCode
from app.domain.money import Money
from app.domain.order import PastHandover
from app.domain.receipt import DeviceLine, HandoverSlip, PreparationList, Printable, PrintKind, SelfTest
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, PrintJob, PrintQueue, PrintState, Touched, UnitOfWork
from app.usecases.queue_print import queue_print, queue_receipt, receipt_of

SELF_TEST_QR = "P1 COMPTOIR"
"""What the self-test's QR says: no code of any shop."""


def print_receipt_copy(counter: Counter, sale_id: str, operator: str, language: str = "") -> PrintJob | None:
    """Queue the ticket of a sale: the original if none was asked for yet, else DUPLICATA n°k. None if unknown.

    Args: language: `fr` or `en`; "" for that of the order's customer, else the shop's.
    """
    with counter.unit_of_work() as uow:
        sale = uow.sales.get(sale_id)
        if sale is None:
            return None
        job = queue_receipt(uow, counter, sale, uow.ledger.row_of(sale_id), operator, language=language)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def print_gift_receipt(counter: Counter, sale_id: str, line_nos: Collection[int], operator: str) -> PrintJob | None:
    """Queue a ticket without prices of these lines, to exchange what was given; noted in the journal, it is no
    duplicate. None if the sale or the lines are unknown."""
    with counter.unit_of_work() as uow:
        sale = uow.sales.get(sale_id)
        given = tuple(line for line in sale.lines if line.line_no in line_nos) if sale else ()
        if sale is None or not given:
            return None
        receipt = receipt_of(uow, counter, replace(sale, lines=given), uow.ledger.row_of(sale_id))
        job = queue_print(uow, counter, PrintKind.SALE_RECEIPT, replace(receipt, gift=True), sale.display_number)
        lines = " ".join(str(line.line_no) for line in given)
        details: dict[str, str | int] = {"document": sale_id, "number": sale.display_number, "lines": lines}
        log_event(uow, counter, EventCode.GIFT_RECEIPT, operator, details)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def print_slip(counter: Counter, order_id: str) -> PrintJob | None:
    """Queue the slip of the last handover this till made of an order; None if it made none."""
    with counter.unit_of_work() as uow:
        order = uow.orders.get(order_id)
        if order is None or not order.facts.handovers:
            return None
        till = uow.identity()
        handover = order.facts.handovers[-1]
        slip = HandoverSlip(
            shop=till.shop,
            order=order,
            handover=handover,
            till_name=till.till_name,
            collected=_collected(uow, handover, order_id),
            to_refund=order.to_refund,
            copy_no=uow.print_queue.copies_of(handover.handover_id),
            language=order.order.language,
        )
        job = _queue_and_commit(uow, counter, PrintKind.HANDOVER_SLIP, slip, order.order.number)
    counter.announce(Touched(print_queue=True))
    return job


def print_preparation_list(counter: Counter, order_id: str) -> PrintJob | None:
    """Queue the list of what to fetch for an order; None if unknown."""
    with counter.unit_of_work() as uow:
        order = uow.orders.get(order_id)
        if order is None:
            return None
        document = PreparationList(uow.identity().shop, order, counter.clock.now())
        job = _queue_and_commit(uow, counter, PrintKind.PREPARATION_LIST, document, order.order.number)
    counter.announce(Touched(print_queue=True))
    return job


def print_self_test(
    counter: Counter, devices: Sequence[DeviceLine] = (), route: Callable[[str], None] = lambda _job_id: None
) -> PrintJob:
    """Queue a page that shows whether accents, the euro sign, width, QR and cut come out right.

    Args:
        devices: how the devices of the counter do, in words.
        route: given the job's id before any printer can see it, to say which one is tried.
    """
    with counter.unit_of_work() as uow:
        document = SelfTest(uow.identity().shop, counter.clock.now(), SELF_TEST_QR, tuple(devices))
        job = queue_print(uow, counter, PrintKind.SELF_TEST, document, "")
        route(job.job_id)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def print_again(counter: Counter, job_id: str) -> bool:
    """Queue the same job again, on a person's word that it failed or came out badly. It opens no drawer. False if
    unknown."""
    return _settle(counter, job_id, lambda queue, now: queue.ask_again(job_id, now))


def cancel_print(counter: Counter, job_id: str) -> bool:
    """Give a job up. False if unknown."""
    return _settle(counter, job_id, lambda queue, now: queue.set_state(job_id, PrintState.CANCELLED, "", now))


def confirm_printed(counter: Counter, job_id: str) -> bool:
    """Settle a job of which nobody knew whether it came out: a person has the paper in hand. False if unknown."""
    return _settle(counter, job_id, lambda queue, now: queue.set_state(job_id, PrintState.DONE, "", now))


def _settle(counter: Counter, job_id: str, act: Callable[[PrintQueue, datetime], None]) -> bool:
    with counter.unit_of_work() as uow:
        job = uow.print_queue.get(job_id)
        # what is on the printer now belongs to the spooler until it says how that went
        if job is None or job.state is PrintState.PRINTING:
            return False
        act(uow.print_queue, counter.clock.now())
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return True


def _collected(uow: UnitOfWork, handover: PastHandover, order_id: str) -> Money:
    sale = uow.sales.get(handover.sale_id) if handover.sale_id else None
    return Money(sum(line.total.minor for line in sale.lines if line.order_id == order_id) if sale else 0)


def _queue_and_commit(uow: UnitOfWork, counter: Counter, kind: PrintKind, document: Printable, title: str) -> PrintJob:
    job = queue_print(uow, counter, kind, document, title)
    uow.commit()
    return job
