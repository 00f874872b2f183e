"""I10: planted secrets and customers' names, the whole story with failures of each kind, and then a search for them
in the log at its most talkative, the facts, the marketplace's copy of them, the check-up and the QR codes.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.__main__ import DiscreetFormatter
from app.bootstrap.core import Core, opened_core
from app.cli import main
from app.domain.pickup_code import ALPHABET
from app.domain.receipt import Printable
from app.domain.sale import Basket, Payment, PaymentMeans
from app.marketplace.orders import Item, PlacedOrder, new_page_token, place_order
from app.marketplace.schemas import FaultMode, FaultSetting
from app.marketplace.seed import SeededShop, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import data_dir, database_path, resources_dir, secrets_path
from app.printing.layout import as_given
from app.printing.lines import QrLine
from app.printing.printer import PaperPrinter, laid_out_for
from app.printing.spooler import Spooler
from app.printing.transports.network import NetworkTransport
from app.settings import PrinterProfile
from app.sync.one_round import run_round
from app.usecases.find_order import HowFound, judge_code
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.ports import PrintState, Unavailable
from app.usecases.prepare_order import mark_ready
from app.usecases.print_document import (
    confirm_printed,
    print_preparation_list,
    print_receipt_copy,
    print_self_test,
    print_slip,
)
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from app.usecases.undo_handover import undo_handover
from tests.fakes.socket_printer import SocketPrinter, socket_printer
from tests.integration.printing.till import SHORT

CUSTOMER, NOTE, WHO_CAME = "Zébuline Trucquemard", "sonner chez Wurtzbacher", "Hyacinthe Pfannkuch"
FAULTS: tuple[FaultMode, ...] = (
    "error_500",
    "cut_body",
    "lose_answer",
    "html",
    "rate_limit",
    "unauthorized",
    "forbidden",
    "offline",
)

pytestmark = pytest.mark.allowed_logs("stopped", "reset", "Exception in ASGI", "socket")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[tuple[RunningMarketplace, SeededShop]]:
    with start_in_thread(f"sqlite:///{tmp_path / 'market.sqlite3'}", faults=True) as server:
        yield server, seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=40)


@pytest.fixture
def printer() -> Iterator[SocketPrinter]:
    with socket_printer() as made:
        yield made


def place(server: RunningMarketplace, shop: SeededShop, *, prepaid: bool) -> PlacedOrder:
    with server.store.reading() as connection:
        pieces = "SELECT product_id FROM product WHERE published AND stock_tracked AND unit = 'piece'"
        product_id = str(connection.core.exec_driver_sql(pieces).scalars().first())
    with server.store.writing(shop.shop_id) as transaction:
        placed = place_order(
            transaction,
            [Item(product_id, 1)],
            CUSTOMER,
            prepaid=prepaid,
            note=NOTE,
            page_token=new_page_token(transaction.surroundings),
        )
    assert isinstance(placed, PlacedOrder)
    return placed


def story(core: Core, server: RunningMarketplace, shop: SeededShop) -> list[PlacedOrder]:
    """Orders come down, are prepared, handed over, paid with something extra, undone; each time the link fails."""
    orders = [place(server, shop, prepaid=prepaid) for prepaid in (True, False, True)]
    sync(core, server)
    for placed in orders:
        print_preparation_list(core.counter, placed.order_id)
        mark_ready(core.counter, placed.order_id, 1, "B2", "Léa")
    sync(core, server)
    paid, unpaid, undone = orders
    for placed in (paid, undone):
        verdict = judge_code(core.store.queries, core.secrets, placed.pickup_code, core.clock.now())
        assert verdict.order is not None
        request = HandoverRequest(placed.order_id, HowFound.SCAN, "Léa", handed_to=WHO_CAME, print_slip=True)
        assert isinstance(hand_over_order(core.counter, request), HandoverDone)
    undo_handover(core.counter, undone.order_id, "Léa", "")
    order = core.store.queries.order(unpaid.order_id)
    assert order is not None
    basket = Basket(order_basket_lines(core.ids, order), unpaid.order_id)
    payment = Payment(PaymentMeans.CARD, basket.total, basket.total)
    handover = HandoverRequest(unpaid.order_id, HowFound.NAME, "Léa", handed_to=WHO_CAME, print_slip=True)
    sold = sell_at_counter(core.counter, SaleRequest(basket, (payment,), "Léa", handover, print_receipt=True))
    assert isinstance(sold, SaleDone)
    print_receipt_copy(core.counter, sold.sale.sale_id, "Léa")
    print_slip(core.counter, unpaid.order_id)
    print_self_test(core.counter)
    sync(core, server)
    return orders


def sync(core: Core, server: RunningMarketplace) -> None:
    """A round through every failure, then one that succeeds."""
    assert server.fault_switch is not None
    log = logging.getLogger("app.test")
    for mode in FAULTS:
        server.fault_switch.set(FaultSetting(mode=mode, delay_s=0.0))
        with contextlib.closing(core.connect()) as marketplace:
            try:
                run_round(core.counter, core.store.queries, core.secrets, marketplace)
            except Unavailable as failure:
                log.warning("sync: %s (%s)", failure, failure.detail)
    server.fault_switch.set(FaultSetting(mode="none"))
    with contextlib.closing(core.connect()) as marketplace:
        run_round(core.counter, core.store.queries, core.secrets, marketplace)


class ClumsyPrinter(PaperPrinter):
    """Has a bug that quotes the customer."""

    def print_document(self, document: Printable, *, open_drawer: bool = False) -> None:
        raise ValueError(f"cannot print for {CUSTOMER}, fetched by {WHO_CAME}")


def print_all(core: Core, printer: SocketPrinter) -> None:
    """Absent, hanging after ten bytes, with a bug, and at last as it should."""
    profile = PrinterProfile(transport="network", host="127.0.0.1", port=printer.port)

    def made(kind: type[PaperPrinter] = PaperPrinter) -> PaperPrinter:
        return kind(profile, NetworkTransport("127.0.0.1", printer.port, SHORT), "fr", as_given)

    printer.switch_off()
    spool(core, made(), lambda states: PrintState.FAILED in states)
    printer.behave(hang_after=10)
    printer.switch_on()
    spool(core, made(), lambda states: PrintState.UNKNOWN in states)
    printer.switch_off()
    printer.behave()
    printer.switch_on()
    for row in core.store.queries.print_jobs(limit=100):
        confirm_printed(core.counter, row.job_id)
    print_self_test(core.counter)
    spool(core, made(ClumsyPrinter), lambda states: not states & {PrintState.QUEUED, PrintState.PRINTING})


def spool(core: Core, printer: PaperPrinter, enough: Callable[[set[PrintState]], bool]) -> None:
    changed = threading.Condition()

    def note() -> None:
        with changed:
            changed.notify_all()

    spooler = Spooler(core.counter.unit_of_work, printer, core.clock, note, retry_after_s=(0.05,))
    spooler.start()
    try:
        with changed:
            assert changed.wait_for(lambda: enough({row.state for row in core.store.queries.print_jobs(limit=100)}), 30)
    finally:
        assert spooler.stop()


def qr_codes(core: Core) -> list[str]:
    """What the QR codes of all papers say."""
    contents_of: list[str] = []
    with core.counter.unit_of_work() as uow:
        for row in core.store.queries.print_jobs(limit=100):
            job = uow.print_queue.get(row.job_id)
            assert job is not None
            lines = laid_out_for(PrinterProfile(), job.document, "fr", as_given)
            contents_of += [line.content for line in lines if isinstance(line, QrLine)]
    return contents_of


@pytest.mark.expected_logs("cannot be printed", "sync: ")
def test_nothing_secret_and_nobodys_name_gets_out(
    town: tuple[RunningMarketplace, SeededShop],
    printer: SocketPrinter,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server, shop = town
    log = logging.FileHandler(tmp_path / "comptoir.log", encoding="utf-8")
    log.setFormatter(DiscreetFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(log)
    try:
        with caplog.at_level(logging.DEBUG):
            assert main(["pair", shop.pairing_code, "--url", server.url]) == 0
            with opened_core(database_path(), secrets_path()) as core:
                orders = story(core, server, shop)
                print_all(core, printer)
                scanned = qr_codes(core)
                token = core.secrets.device_token()
                keys = core.secrets.pickup_keys().values()
            main(["handover", orders[0].pickup_code])
            capsys.readouterr()
            main(["doctor", "--json"])
            check_up = capsys.readouterr().out
    finally:
        logging.getLogger().removeHandler(log)
        log.close()

    assert token
    assert keys
    spelt = [text for key in keys for text in (base64.b64encode(key).decode(), key.hex(), repr(key))]
    secrets = [token, shop.pairing_code, *spelt, str(server.admin_token)]
    names = [CUSTOMER, CUSTOMER.split()[1], NOTE, "Wurtzbacher", WHO_CAME, "Pfannkuch"]
    codes = [code for order in orders for code in (order.pickup_code, order.spoken_code)]

    written = (tmp_path / "comptoir.log").read_text(encoding="utf-8")
    messages = "\n".join(record.getMessage() for record in caplog.records)
    assert "ValueError" in written
    assert "/v1/facts" in written
    for place_name, text in {"the log": written, "log messages": messages, "the check-up": check_up}.items():
        assert found_in(text, [*secrets, *names, *codes]) == [], place_name

    facts = texts_of(database_path(), "fact")
    assert facts.count("order_handed_over") >= 3
    assert found_in(facts, [*secrets, *names, *codes]) == []
    taken = texts_of(tmp_path / "market.sqlite3", "fact")
    assert facts.count("sale_recorded") == taken.count("sale_recorded") == 1
    assert found_in(taken, [*secrets, *names, *codes]) == []

    kept = b"".join(path.read_bytes() for path in data_dir().rglob("*") if path.is_file())
    assert found_in(kept.decode("utf-8", errors="replace"), secrets) == [], "secrets live in the key store alone"
    assert CUSTOMER.encode() in kept, "the till itself knows who fetched what"

    assert found_in("\n".join(scanned), [*secrets, *names]) == []
    assert all(re.fullmatch(rf"P1[{ALPHABET}]{{23}}", order.pickup_code) for order in orders)


def found_in(text: str, planted: list[str]) -> list[str]:
    return [one for one in planted if one.casefold() in text.casefold()]


def texts_of(database: Path, table: str) -> str:
    books = sqlite3.connect(database)
    try:
        return json.dumps(books.execute(f"SELECT * FROM {table}").fetchall(), ensure_ascii=False)  # noqa: S608  # own word
    finally:
        books.close()
