"""The scenes of the program, each with the hand that brings it about: what is looked at by test_every_screen and
what pictures are made of. A scene may build upon the one before it; times, numbers and seed data are fixed.

`tests/ui/stages.py` opens what they are played on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLineEdit

from app.domain.cash import CashMovementKind
from app.domain.catalogue import DEFAULT_LOCATION
from app.domain.facts import FactKind
from app.domain.ledger_check import Finding, FindingKind
from app.domain.money import Money
from app.domain.operators import Right
from app.domain.receipt import PrintKind, SelfTest, ShopIdentity
from app.domain.reconciliation import Gap, GapKind, KindFigures, Mend, ReconciliationRun
from app.ui.books.desk import Section as BooksSection
from app.ui.outbox.state import Tab
from app.ui.screen import How, PlaceName
from app.ui.settings.presenter import Section as SettingsSection
from app.usecases.adjust_stock import receive_goods
from app.usecases.keep_cash import move_cash, open_cash
from app.usecases.marketplace_port import BrokenChange, Disagreement, FactAnswer, FactOutcome
from app.usecases.ports import MarketplaceUnreachable, PrinterUnavailable, PrintJob, PrintState
from app.usecases.queries import OrderList
from app.usecases.record_fact import record_fact
from tests.fakes.invoices import A_MERCHANT
from tests.fakes.samples import COFFEE, TOMATO, WINE, pickup_code_of
from tests.fakes.surroundings import NOON
from tests.fakes.tills_day import CARD, give_back, sell
from tests.ui.shop import Shop, some_orders
from tests.ui.till import HAM_LABEL_456_G, SOAP, SOUND, Till

Scene = tuple[str, Callable[[], object]]
KEY = Qt.Key


def nothing() -> None:
    """What came before is the scene."""


def steps(*hands: Callable[[], object]) -> Callable[[], None]:
    """One after the other, each seen before the next."""

    def all_of_them() -> None:
        for hand in hands:
            hand()
            QCoreApplication.processEvents()

    return all_of_them


def scenes_of(till: Till) -> Iterator[Scene]:
    def a_line() -> None:
        till.press(Qt.Key.Key_Escape)
        till.scan(COFFEE.codes[0])

    go = till.window.go_to
    yield "sale", partial(go, PlaceName.SALE)
    yield "sale, tickets", partial(till.press, Qt.Key.Key_F11)
    yield "sale, a line", a_line
    yield "sale, paying", till.enter
    yield "sale, back", partial(till.press, Qt.Key.Key_Escape)
    yield "stock", partial(go, PlaceName.STOCK)
    yield "stock, an article", partial(till.scan, COFFEE.codes[0])
    yield "outbox", partial(go, PlaceName.OUTBOX)
    for tab in Tab:
        yield f"outbox, {tab}", partial(till.outbox.show_tab, tab)
    yield "closing", partial(go, PlaceName.CLOSING)
    yield "records", partial(go, PlaceName.BOOKS)
    for part in BooksSection:
        yield f"records, {part}", partial(till.books.choose, part)
    yield "settings", partial(go, PlaceName.SETTINGS)
    for section in SettingsSection:
        yield f"settings, {section}", partial(till.set_up.presenter.choose_section, section)


def scenes_at_pickup(shop: Shop) -> Iterator[Scene]:
    yield "pickup", partial(shop.window.go_to, PlaceName.PICKUP)
    for order in some_orders():
        yield f"pickup, {order.order_id}", partial(shop.window.take_scan, pickup_code_of(order))


# --- the sale, step by step -------------------------------------------------------------------------------------------


def scenes_of_a_sale(till: Till) -> Iterator[Scene]:
    press, scan, enter, control = till.press, till.scan, till.enter, till.control
    yield "sale, results of a word", partial(press, "caf")
    yield "sale, nothing found", steps(partial(press, KEY.Key_Escape), partial(press, "zzzz"))
    yield "sale, no such article", enter
    yield "sale, unknown code", steps(partial(press, KEY.Key_Escape), partial(scan, "4006381333931"))
    yield "sale, weighing", steps(partial(press, KEY.Key_Escape), partial(press, "tomate"), enter)
    yield "sale, an open price", steps(partial(press, KEY.Key_Escape), partial(press, "3,50"), enter)
    yield (
        "sale, many lines",
        steps(
            partial(press, KEY.Key_Escape),
            partial(scan, COFFEE.codes[0], COFFEE.codes[0], SOAP.codes[0], WINE.codes[0], HAM_LABEL_456_G),
        ),
    )
    yield "sale, a discount", partial(control, "D")
    yield "sale, the reason of a discount", steps(partial(press, "10"), enter)
    yield "sale, discounted", enter
    yield "sale, proof of age", enter
    yield "sale, left to pay", partial(press, "1")
    yield "sale, part paid", steps(partial(press, "10"), enter)
    yield "sale, by card", partial(press, "c")
    yield "sale, card in doubt", partial(press, "n")
    yield "sale, doubt for later", partial(press, KEY.Key_Escape)
    yield "sale, the doubt answered", steps(partial(till.click, "cards-in-doubt"), partial(press, "n"))
    yield "sale, no meal voucher", partial(press, "t")
    yield "sale, change due", steps(partial(press, "50"), enter)
    yield "sale, after the change", partial(press, KEY.Key_Escape)
    yield "sale, parked", steps(partial(scan, COFFEE.codes[0]), partial(press, KEY.Key_F5))
    yield "sale, tickets of the day", partial(press, KEY.Key_F11)
    yield "sale, no such ticket", steps(partial(press, "A-999"), enter)
    yield "sale, a ticket", steps(partial(press, KEY.Key_Escape, KEY.Key_F11), enter)
    yield "sale, lines come back", partial(press, "2")
    yield "sale, money back", steps(enter, enter)
    yield (
        "sale, arranging tiles",
        steps(partial(press, KEY.Key_Escape, KEY.Key_Escape), partial(press, KEY.Key_Delete), partial(control, "T")),
    )
    yield (
        "sale, training",
        steps(partial(press, KEY.Key_Escape), partial(press, KEY.Key_F11), partial(control, "E")),
    )
    yield "sale, training, a line", partial(scan, COFFEE.codes[0])


# --- the pickup, step by step -----------------------------------------------------------------------------------------

TO_PAY, PREPAID, TO_PREPARE, CANNOT_TELL, CANCELLED, WITH_WINE = 0, 1, 2, 4, 6, 7


def scenes_of_a_pickup(shop: Shop) -> Iterator[Scene]:
    window, orders = shop.window, some_orders()

    def scan(number: int) -> None:
        window.take_scan(pickup_code_of(orders[number]))

    def press(*keys: Qt.Key | str) -> None:
        from PySide6.QtTest import QTest

        for key in keys:
            focused: Any = window.focusWidget()
            if isinstance(key, str):
                QTest.keyClicks(focused or window, key)
            else:
                QTest.keyClick(focused or window, key)

    for which in (OrderList.TO_PREPARE, OrderList.TODAY):
        yield f"pickup, list {which}", partial(shop.pickup.presenter.choose_list, which)
    yield "pickup, search", steps(partial(shop.pickup.presenter.choose_list, OrderList.READY), partial(press, "dela"))
    yield "pickup, nobody of that name", steps(partial(press, KEY.Key_Escape, "zzzz"), partial(press, KEY.Key_Return))
    yield "pickup, a line", steps(partial(press, KEY.Key_Escape), partial(scan, PREPAID), partial(press, KEY.Key_2))
    yield "pickup, a line missing", partial(press, KEY.Key_M)
    yield "pickup, weighed", partial(press, KEY.Key_3, KEY.Key_K)
    yield "pickup, replaced", steps(partial(scan, PREPAID), partial(press, KEY.Key_2, KEY.Key_R, "maro"))
    yield "pickup, handed over", steps(partial(scan, PREPAID), partial(press, KEY.Key_Return))
    yield "pickup, again", steps(partial(shop.clock.go_on, hours=1), partial(scan, PREPAID))
    yield "pickup, age", steps(partial(scan, WITH_WINE), partial(press, KEY.Key_Return))
    yield "pickup, onto the shelf", steps(partial(scan, TO_PREPARE), partial(press, KEY.Key_Return))
    yield "pickup, all the same", steps(partial(scan, CANCELLED), partial(press, KEY.Key_A))
    for name, code in (
        ("forged", pickup_code_of(orders[0], key=b"x" * 32)),
        ("old key", pickup_code_of(orders[0], key_id="9")),
        ("other shop", pickup_code_of(replace(orders[0], reference="2345678"), key_id="9")),
        ("misread", "P1AAAA1111"),
        ("no code", "https://example.org/menu"),
    ):
        yield f"pickup, {name}", partial(window.take_scan, code)


# --- stock, outbox, closing, records ----------------------------------------------------------------------------------


def scenes_of_the_stock(till: Till) -> Iterator[Scene]:
    yield "stock, results", partial(till.press, "to")
    yield "stock, nothing found", steps(partial(till.press, KEY.Key_Escape), partial(till.press, "zzzz"))
    yield "stock, goods in", steps(partial(till.press, KEY.Key_Escape), partial(till.scan, COFFEE.codes[0]))
    yield "stock, how many", partial(till.press, "24")
    yield "stock, received", till.enter
    yield "stock, by weight", steps(partial(till.press, KEY.Key_Escape, "tomate"), till.enter)


def refuse(till: Till, kind: FactKind, payload: dict[str, Any], message: str, reason: str = "bad_payload") -> None:
    with till.store.unit_of_work() as uow:
        fact = record_fact(uow, till.counter, kind, f"product:{kind}", NOON, payload)
        uow.outbox.claim(9, NOON, 30)
        uow.outbox.settle([FactAnswer(fact.fact_id, FactOutcome.REFUSED, message, reason=reason)], NOON)
        uow.commit()


def disagree(till: Till, exception_id: str, kind: str, **told: Any) -> None:
    with till.store.unit_of_work() as uow:
        uow.exceptions.open(Disagreement(exception_id, kind, NOON, **told))
        uow.commit()


def add_print(till: Till, state: PrintState, error: str = "") -> None:
    document = SelfTest(ShopIdentity("Chez Léa"), NOON, "P1")
    with till.store.unit_of_work() as uow:
        uow.print_queue.add(
            PrintJob(f"job-{state}", NOON, PrintKind.SELF_TEST, document, state, 1, error, "Ticket A-000042", False)
        )
        uow.commit()


A_RUN = ReconciliationRun(
    "run-1",
    NOON,
    NOON,
    True,
    400,
    {"sale_recorded": (KindFigures(310, 812345), KindFigures(309, 811095))},
    (),
    212,
    14,
)
GAPS = (
    Gap(GapKind.FACT_MISSING_THERE, "f", "A-000042", NOON, 1250, fact_kind="sale_recorded", mend=Mend.TELL_AGAIN),
    Gap(GapKind.MOVEMENT_DIFFERS, "m", "Café", NOON, -2, -3, "piece", "A-000040"),
    Gap(GapKind.FACT_WAITING, "g", "A-000043", NOON, fact_kind="sale_recorded"),
)


def make_trouble(till: Till) -> None:
    """Everything that may lie in the outbox."""
    too_long = {"product_id": WINE.product_id, "name": "Vin de pays " * 20, "category": "Cave", "shelf": "B2"}
    refuse(till, FactKind.PRODUCT_CHANGED, too_long, "Le nom est trop long.")
    refuse(till, FactKind.STOCK_MOVED, {"movements": []}, "Article inconnu ici.", reason="unknown_product")
    oversold = {"unit": WINE.unit.value, "physical": 1, "promised": 3, "missing": 2, "label": "Vin"}
    disagree(till, "oversold:1", "oversold", product_id=WINE.product_id, view=oversold)
    twice = {
        "handed_over_at": "2026-11-21T10:42:00+00:00",
        "handed_over_by": "Caisse B",
        "lines": [{"label": "Café", "quantity": 2, "unit": "piece"}],
    }
    disagree(till, "twice", "handed_over_twice", order_id="order-1", view=twice)
    prices = {"ours": {"price_minor": 590, "name": "Café"}, "theirs": {"price_minor": 650, "name": "Café"}}
    disagree(till, "fact-9", "price_changed", product_id=COFFEE.product_id, view=prices)
    with till.store.unit_of_work() as uow:
        uow.pulled.quarantine(BrokenChange("order", "order-9", "{}", "sans total"), NOON)
        uow.commit()
    receive_goods(till.counter, [(COFFEE.product_id, 24)], DEFAULT_LOCATION, "Léa")
    for state in (PrintState.FAILED, PrintState.UNKNOWN, PrintState.QUEUED):
        add_print(till, state, "paper_out")


def scenes_of_trouble(till: Till) -> Iterator[Scene]:
    press = till.press

    def compared(gaps: tuple[Gap, ...]) -> None:
        till.compare = lambda _work: replace(A_RUN, gaps=gaps, mended=len(gaps) // 2)
        till.outbox.show_tab(Tab.COMPARISON)
        press("c")

    def cannot_compare() -> None:
        def cannot(_work: object) -> None:
            raise MarketplaceUnreachable("no_network")

        till.compare = cannot
        press("c")

    yield "outbox, refused", partial(till.window.go_to, PlaceName.OUTBOX)
    yield "outbox, correcting", partial(press, "c")
    yield "outbox, setting aside", partial(press, KEY.Key_Escape, "a")
    for tab in Tab:
        yield f"outbox, much in {tab}", steps(partial(press, KEY.Key_Escape), partial(till.outbox.show_tab, tab))
    yield "outbox, a disagreement", partial(till.outbox.show_tab, Tab.DISAGREEMENTS)
    yield "outbox, the next one", partial(press, KEY.Key_Down)
    yield "outbox, settling it", partial(press, "e")
    yield "outbox, all agrees", steps(partial(press, KEY.Key_Escape), partial(compared, ()))
    yield "outbox, gaps", partial(compared, GAPS)
    yield "outbox, cannot compare", cannot_compare


def count_amount(till: Till, amount_minor: int) -> None:
    """As few pieces as there can be, typed."""
    for field in till.closing.grid.fields:
        many, amount_minor = divmod(amount_minor, field.value_minor)
        field.setFocus()
        field.clear()
        if many:
            till.press(str(many))


def make_a_day(till: Till) -> None:
    """A float, tickets by every means, one return, bread from the drawer."""
    open_cash(till.counter, Money(150_00), "Léa")
    for amount in (1250, 4000, 799):
        sell(till, amount)
    sell(till, 34_00, CARD, 550)
    give_back(till, 799)
    move_cash(till.counter, CashMovementKind.CASH_OUT, Money(20_00), "Pain pour midi", "Léa")


def scenes_of_a_closing(till: Till) -> Iterator[Scene]:
    press = till.press

    def expected() -> int:
        session = till.store.queries.cash_session()
        assert session is not None
        return session.expected.minor

    def count(short_minor: int) -> None:
        count_amount(till, expected() - short_minor)

    yield "closing, a day", partial(till.window.go_to, PlaceName.CLOSING)
    yield "closing, the drawer", partial(press, "d")
    yield "closing, the day so far", steps(partial(press, KEY.Key_Escape), partial(press, "x"))
    yield "closing, counted", steps(partial(press, KEY.Key_Escape), partial(count, 20_00))
    yield "closing, a gap", till.enter
    yield "closing, the gap's reason", partial(press, "1")
    yield "closing, even", steps(partial(press, KEY.Key_Escape), partial(count, 0), till.enter)
    yield "closing, done", till.enter


def scenes_of_records(till: Till) -> Iterator[Scene]:
    def broken() -> None:
        till.verify = lambda *_asked: replace(SOUND, findings=(Finding(FindingKind.CONTENT_CHANGED, "A", "sales", 42),))
        till.click("check-ledger")

    yield "records, a closure", partial(till.window.go_to, PlaceName.BOOKS)
    yield "records, correcting a count", partial(till.click, "correct-count")
    yield (
        "records, not checked",
        steps(partial(till.press, KEY.Key_Escape), partial(till.books.choose, BooksSection.CHECK)),
    )
    yield "records, intact", partial(till.click, "check-ledger")
    yield "records, broken", broken
    archive = partial(till.books.choose, BooksSection.ARCHIVE)
    yield "records, nothing to archive", steps(archive, partial(till.click, "make-archive"))


# --- settings ---------------------------------------------------------------------------------------------------------


def type_into(till: Till, name: str, text: str) -> None:
    edit = till.window.findChild(QLineEdit, name)
    assert isinstance(edit, QLineEdit), name
    edit.setFocus()
    edit.clear()
    till.press(text)


def with_a_team(till: Till) -> None:
    till.set_up.presenter.choose_section(SettingsSection.TEAM)
    for name, pin in (("Claire", "2580"), ("Sami", "7391")):
        for field, text in (("team-name", name), ("team-pin", pin), ("team-pin-again", pin)):
            type_into(till, field, text)
        till.click("team-save")


def scenes_of_settings(till: Till) -> Iterator[Scene]:
    choose = till.set_up.presenter.choose_section

    def chart_fails() -> None:
        till.bench.fails = PrinterUnavailable("paper_out")
        till.click("printer-chart")

    def pair_without_code() -> None:
        choose(SettingsSection.SHOP)
        till.set_up.sheets[0].address.set_text("https://marche.example")  # type: ignore[attr-defined]  # the first sheet
        till.set_up.sheets[0].code.set_text("abc")  # type: ignore[attr-defined]  # as above
        till.click("pair")

    yield "settings, a code too short", pair_without_code
    yield "settings, no printer yet", partial(choose, SettingsSection.PRINTER)
    yield "settings, printers found", partial(till.click, "printer-find")
    yield "settings, the chart", till.enter
    yield "settings, no paper", chart_fails
    yield "settings, which letters", partial(till.click, "printer-chart")
    yield "settings, how wide", partial(till.press, "8", KEY.Key_Return)
    yield "settings, which code", partial(till.press, "42", KEY.Key_Return)
    yield "settings, cut or not", partial(till.click, "chart-code-b")
    yield "settings, the drawer", partial(till.click, "chart-not-cut")
    yield "settings, did it open", till.enter
    yield "settings, printer done", steps(till.enter, till.enter)
    yield "settings, a team", partial(with_a_team, till)


def with_two_people(till: Till) -> None:
    till.window.go_to(PlaceName.SETTINGS)
    with_a_team(till)
    till.on_duty.use_team(till.store.queries.operators())
    till.window.go_to(PlaceName.SALE)


def scenes_of_the_lock(till: Till) -> Iterator[Scene]:
    yield "lock", partial(till.lock.lock, "start")
    yield "lock, digits", partial(till.press, "25")
    yield "lock, wrong", steps(partial(till.press, "99"), till.enter)
    yield "lock, a scan", partial(till.window.take_scan, COFFEE.codes[0])
    yield (
        "leave asked for",
        steps(
            partial(till.press, "7391"),
            till.enter,
            partial(till.approvals.ask_approval, Right.CANCEL_TICKET, lambda _name: None),
        ),
    )


def scenes_of_papers(till: Till) -> Iterator[Scene]:
    """The merchant known: what records and papers say then."""
    with till.store.unit_of_work() as uow:
        uow.set_merchant(A_MERCHANT)
        uow.commit()
    go = partial(till.window.go_to, PlaceName.SETTINGS)
    yield (
        "settings, the business known",
        steps(go, partial(till.set_up.presenter.choose_section, SettingsSection.MERCHANT)),
    )
    yield "settings, a scanner tried", partial(_scan_on_sheet, till)


def _scan_on_sheet(till: Till) -> None:
    till.set_up.presenter.choose_section(SettingsSection.SCANNER)
    till.window.take_input(TOMATO.name, How.SCAN)
