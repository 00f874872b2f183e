"""Owns the steps of the guided tour, in order. Each works the window as a person does and notes what it saw."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from app.bootstrap.window import Assembly
from app.demo import audit
from app.demo.demo_shop import DemoHome, DemoMarketplace
from app.demo.hands import Hands
from app.demo.phone import phone_of
from app.demo.summary import Proof
from app.demo.web_customer import OrderPage, WebCustomer
from app.domain.order import VerdictKind
from app.domain.pickup_code import ALPHABET, check_symbol
from app.scanning.decoder import Decoder
from app.ui.checkout.state import SaleState
from app.ui.checkout.state import Step as SaleStep
from app.ui.checkout.view import SaleScreen
from app.ui.outbox.state import OutboxScreenState
from app.ui.outbox.view import OutboxScreen
from app.ui.pickup.state import PickupState, Step
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.ui.stock.view import StockScreen
from app.usecases.marketplace_port import LinkState
from app.usecases.queries import Queries

OFF_LINE_ORDERS = 5
OFF_LINE_SALES = 11
QR_SIDE_PX = 480


class Story:
    """What happens in the demo shop on one day."""

    def __init__(
        self, proof: Proof, assembly: Assembly, hands: Hands, marketplace: DemoMarketplace, home: DemoHome
    ) -> None:
        self._proof = proof
        self._assembly = assembly
        self._hands = hands
        self._marketplace = marketplace
        self._home = home
        self._paid: OrderPage | None = None
        self._unpaid: OrderPage | None = None
        self._waiting: list[OrderPage] = []

    def steps(self) -> Sequence[Callable[[], None]]:
        """The story, in order."""
        return (
            self.the_window_opens,
            self.an_order_comes_in,
            self.it_is_prepared,
            self.another_lacks_an_article,
            self.the_code_is_read_from_a_picture,
            self.it_is_held_before_the_camera,
            self.it_is_handed_over_on_the_scan,
            self.the_code_works_once,
            self.codes_that_are_not_ours,
            self.the_rest_is_paid_with_an_extra_article,
            self.the_stock_agrees,
            self.the_network_is_cut,
            self.the_shop_goes_on,
            self.the_network_is_back,
        )

    # --- what is on the screen ---

    @property
    def _pickup(self) -> PickupState:
        screen = self._assembly.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)  # noqa: S101  # the window has no other there
        return screen.presenter.state

    @property
    def _sale(self) -> SaleState:
        screen = self._assembly.window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)  # noqa: S101  # the same
        return screen.presenter.state

    @property
    def _outbox(self) -> OutboxScreenState:
        screen = self._assembly.window.screen(PlaceName.OUTBOX)
        assert isinstance(screen, OutboxScreen)  # noqa: S101  # the same
        return screen.presenter.state

    def _tiles_are_there(self) -> bool:
        screen = self._assembly.window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)  # noqa: S101  # the same
        return bool(screen.presenter.finder.found.rows)

    def _verdict(self) -> VerdictKind | None:
        card = self._pickup.card
        return card.verdict.kind if card is not None and not card.busy else None

    def _shows(self, kind: VerdictKind) -> bool:
        return self._verdict() is kind

    def _waiting_to_be_sent(self) -> int:
        return self._queries().outbox_state().waiting

    def _queries(self) -> Queries:
        assert self._assembly.core is not None  # noqa: S101  # the first step waited for it
        return self._assembly.core.store.queries

    def _picture(self, name: str) -> None:
        self._hands.picture(self._proof.next_screenshot(name))

    def _ask_market(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self._home.marketplace_database)) as connection:
            return connection.execute(sql, values).fetchall()

    def _articles(self, unit: str, count: int, skip: int = 0) -> list[tuple[str, str]]:
        """Articles on sale with enough stock: (product id, bar code)."""
        rows = self._ask_market(
            "SELECT p.product_id, p.codes FROM product p JOIN stock_level l USING (shop_id, product_id)"
            " WHERE p.published AND p.unit = ? AND p.age_limit = 0 AND l.physical >= 10 AND p.name GLOB '[A-Z][a-z]*'"
            " ORDER BY p.name LIMIT ? OFFSET ?",
            unit,
            count,
            skip,
        )
        return [(str(product_id), str(codes).strip('[]"').split('"')[0]) for product_id, codes in rows]

    # --- the morning ---

    def the_window_opens(self) -> None:
        """the window opens, linked to the shop, with its catalogue"""
        self._hands.wait_until(lambda: self._assembly.core is not None, "the till's data are open")
        wanted = self._marketplace.shop.products
        seconds = self._hands.wait_until(lambda: self._till_count("product") == wanted, "the catalogue came down", 60)
        self._hands.wait_until(self._is_on_line, "the till is on line")
        self._proof.check("the catalogue came down", True, f"{wanted} articles in {seconds:.1f} s")
        self._picture("the-counter-in-the-morning")

    def _till_count(self, table: str) -> int:
        with closing(sqlite3.connect(self._home.places.database)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  # our own words

    def _is_on_line(self) -> bool:
        status = self._assembly.link_status()
        return status is not None and status.state is LinkState.ONLINE

    def an_order_comes_in(self) -> None:
        """an order placed in the web shop appears on the counter"""
        (bread, _), (jam, _) = self._articles("piece", 2)
        [(cheese, _)] = self._articles("kg", 1)
        customer = WebCustomer(self._marketplace.shop_url)
        self._paid = customer.order({bread: 1, jam: 2, cheese: 500}, "Camille Delattre", prepaid=True)
        seconds = self._wait_for_order(1)
        # Long polling brings it at once (2 s are promised, some tenths measured); a busy machine is no fault of it.
        self._proof.check("the order comes to the counter by itself", seconds <= 10.0, f"{seconds:.2f} s")
        (wine, _), (tea, _) = self._articles("piece", 2, skip=4)
        self._unpaid = WebCustomer(self._marketplace.shop_url).order(
            {wine: 1, tea: 1}, "Jean-Pierre Leclercq", prepaid=False
        )
        self._wait_for_order(2)
        self._hands.click("lists", share=0.1)
        self._hands.wait_until(lambda: len(self._pickup.rows) == 2, "both orders are in the list")
        self._picture("orders-to-prepare")

    def _wait_for_order(self, count: int) -> float:
        return self._hands.wait_until(
            lambda: self._pickup.counts is not None and self._pickup.counts.to_prepare == count,
            f"order {count} is here",
        )

    def it_is_prepared(self) -> None:
        """an order is prepared, one line weighed, and the customer's page says so"""
        assert self._paid is not None  # noqa: S101  # placed above, or this step fails too
        self._open_order(self._paid.number)
        self._picture("preparing")
        weighed = self._line_in_grams()
        self._hands.type(str(weighed))
        self._hands.wait_until(lambda: self._step() is Step.LINE, "the line is open")
        self._hands.type("k")
        self._hands.wait_until(lambda: self._step() is Step.MEASURE, "the weight is asked")
        self._hands.type("0,482")
        self._hands.enter()
        self._hands.wait_until(lambda: self._step() is Step.LOOK, "the weight is taken")
        self._make_ready("2", "B2")
        page = self._page_until(self._paid, lambda page: "prête" in page.headline.lower(), "the page says ready")
        self._proof.check("the customer's page says that it is ready", True, page.headline)
        self._picture("ready")
        self._hands.press(Qt.Key.Key_Escape)

    def _open_order(self, number: str) -> None:
        self._hands.press(Qt.Key.Key_F2)
        self._assembly.window.focus_box("")
        self._hands.type(number)
        self._hands.enter()
        self._hands.wait_until(
            lambda: (
                self._verdict() is not None
                and self._pickup.card is not None
                and self._pickup.card.order is not None
                and self._pickup.card.order.order.number == number
            ),
            f"the card of order {number}",
        )

    def _step(self) -> Step | None:
        card = self._pickup.card
        return card.step if card is not None and not card.busy else None

    def _line_in_grams(self) -> int:
        card = self._pickup.card
        assert card is not None  # noqa: S101  # just opened
        assert card.order is not None  # noqa: S101  # the same
        return next(line.line_no for line in card.order.order.lines if line.unit.value == "kg")

    def _make_ready(self, bags: str, shelf: str) -> None:
        self._hands.enter()
        self._hands.wait_until(lambda: self._step() is Step.SHELVE, "bags and shelf are asked")
        self._hands.type(bags)
        self._hands.press(Qt.Key.Key_Tab)
        self._hands.type(shelf)
        self._hands.enter()
        self._hands.wait_until(lambda: self._shows(VerdictKind.READY), "the order is ready")

    def _page_until(self, page: OrderPage, condition: Callable[[OrderPage], bool], what: str) -> OrderPage:
        customer = WebCustomer(self._marketplace.shop_url)
        seen = [page]

        def looked_well() -> bool:
            seen[0] = customer.look_again(page)
            return condition(seen[0])

        self._hands.wait_until(looked_well, what)
        return seen[0]

    def another_lacks_an_article(self) -> None:
        """a missing article is said at the card and changes what is left to pay"""
        assert self._unpaid is not None  # noqa: S101  # placed above, or this step fails too
        self._open_order(self._unpaid.number)
        card = self._pickup.card
        assert card is not None  # noqa: S101  # just opened
        before = card.amount_due
        self._hands.type("1")
        self._hands.wait_until(lambda: self._step() is Step.LINE, "the line is open")
        self._hands.type("m")
        self._hands.wait_until(lambda: self._step() is Step.LOOK, "the line is missing")
        self._make_ready("1", "A4")
        assert self._pickup.card is not None  # noqa: S101  # still open
        after = self._pickup.card.amount_due
        self._proof.check("a missing line lowers what is left to pay", after < before, f"{before} -> {after}")
        self._hands.press(Qt.Key.Key_Escape)

    # --- at the counter ---

    def the_code_is_read_from_a_picture(self) -> None:
        """the QR of the customer's page is read from a picture"""
        assert self._paid is not None  # noqa: S101  # placed above, or this step fails too
        picture = self._draw_qr(self._paid)
        assert self._assembly.inputs is not None  # noqa: S101  # the first step waited for it
        self._assembly.inputs.pictures.read(picture)
        self._hands.wait_until(lambda: self._shows(VerdictKind.READY), "the verdict on the picture's code")
        card = self._pickup.card
        number = card.order.order.number if card is not None and card.order is not None else ""
        self._proof.check("the picture's code opens its order", number == self._paid.number, f"order {number}")
        self._hands.press(Qt.Key.Key_Escape)

    def it_is_held_before_the_camera(self) -> None:
        """the same code is held before the camera"""
        assert self._paid is not None  # noqa: S101  # placed above, or this step fails too
        self._draw_qr(self._paid).replace(phone_of(self._home))
        self._hands.press(Qt.Key.Key_F6)
        seconds = self._hands.wait_until(lambda: self._shows(VerdictKind.READY), "the verdict on the code it sees")
        number = self._pickup.card.order.order.number if self._pickup.card and self._pickup.card.order else ""
        words = f"order {number}, {seconds:.1f} s after the camera was switched on"
        self._proof.check("the camera's code opens its order", number == self._paid.number, words)
        self._picture("held-before-the-camera")
        self._hands.press(Qt.Key.Key_F6)
        self._hands.press(Qt.Key.Key_Escape)

    def _draw_qr(self, page: OrderPage) -> Path:
        """The picture of the code as the customer's phone shows it."""
        image = QImage(QR_SIDE_PX, QR_SIDE_PX, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(page.qr_svg.encode())).render(painter)
        painter.end()
        path = self._home.folder / f"qr-{page.number}.png"
        image.save(str(path))
        return path

    def _code_of(self, page: OrderPage) -> str:
        """What the QR says, by our own decoder; from the drawing alone."""
        return Decoder().decode_file(self._draw_qr(page)).codes[0].text

    def it_is_handed_over_on_the_scan(self) -> None:
        """one scan and one key hand an order over, from any screen"""
        assert self._paid is not None  # noqa: S101  # placed above, or this step fails too
        self._hands.press(Qt.Key.Key_F4)
        self._hands.scan(self._code_of(self._paid))
        seconds = self._hands.wait_until(lambda: self._shows(VerdictKind.READY), "the verdict on the scan")
        self._proof.check(
            "a scan on the stock screen shows the order's card", True, f"{seconds * 1000:.0f} ms after Enter"
        )
        self._picture("scanned")
        self._hands.enter()
        self._hands.wait_until(self._just_handed_over, "the order is handed over")
        self._picture("handed-over")
        papers = len(self._proof.receipts)
        self._hands.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        self._hands.wait_until(lambda: len(self._proof.receipts) > papers, "the slip is printed")
        self._proof.check("the handover slip is printed", True, self._proof.receipts[-1])
        page = self._page_until(self._paid, lambda page: not page.qr_svg, "the page knows of the handover")
        self._proof.check("the customer's page says that it was collected", True, page.headline)
        self._hands.press(Qt.Key.Key_Escape)

    def _just_handed_over(self) -> bool:
        card = self._pickup.card
        return card is not None and card.just_handed_over and not card.busy

    def the_code_works_once(self) -> None:
        """the same code again is refused, with when and by whom"""
        assert self._paid is not None  # noqa: S101  # placed above, or this step fails too
        # the page shows no code any more: the customer kept a picture of it
        self._hands.scan(self._kept_code(self._paid))
        self._hands.wait_until(lambda: self._shows(VerdictKind.ALREADY_HANDED_OVER), "the verdict on the second scan")
        card = self._pickup.card
        by = card.verdict.handed_over_by if card is not None else ""
        self._proof.check("a second scan says by whom it was handed over", bool(by), by)
        self._picture("already-handed-over")
        self._hands.press(Qt.Key.Key_Escape)

    def _kept_code(self, page: OrderPage) -> str:
        return Decoder().decode_file(self._home.folder / f"qr-{page.number}.png").codes[0].text

    def codes_that_are_not_ours(self) -> None:
        """codes that are forged, misread or another shop's open nothing"""
        assert self._unpaid is not None  # noqa: S101  # placed above, or this step fails too
        code = self._code_of(self._unpaid)
        other_key = ALPHABET[(ALPHABET.index(code[2]) + 5) % len(ALPHABET)]
        other_seal = ALPHABET[(ALPHABET.index(code[12]) + 5) % len(ALPHABET)]
        other_reference = ALPHABET[(ALPHABET.index(code[3]) + 5) % len(ALPHABET)]
        attempts = {
            "a forged code": (_resealed(code[2:12] + other_seal + code[13:-1]), VerdictKind.BAD_SIGNATURE),
            "another shop's code": (_resealed(other_key + other_reference + code[4:-1]), VerdictKind.WRONG_SHOP),
            "a code of a key we do not hold": (_resealed(other_key + code[3:-1]), VerdictKind.KEY_REPLACED),
            "a misread code": (code[:-2] + code[-1] + code[-2], VerdictKind.MISREAD),
        }
        for name, (text, verdict) in attempts.items():
            self._hands.scan(text)
            self._hands.wait_until(partial(self._shows, verdict), f"the verdict on {name}")
            self._proof.check(
                f"{name} opens nothing", self._pickup.card is not None and self._pickup.card.order is None
            )
            self._picture(str(verdict.value).replace("_", "-"))
            self._hands.press(Qt.Key.Key_Escape)

    def the_rest_is_paid_with_an_extra_article(self) -> None:
        """an order's rest and an extra article are paid in one basket, in cash, with change"""
        assert self._unpaid is not None  # noqa: S101  # placed above, or this step fails too
        self._hands.scan(self._code_of(self._unpaid))
        self._hands.wait_until(lambda: self._shows(VerdictKind.READY), "the verdict on the unpaid order")
        self._picture("left-to-pay")
        self._hands.enter()
        self._hands.wait_until(lambda: bool(self._sale.basket.lines), "the rest is in the basket")
        self._hands.press(Qt.Key.Key_Escape)
        [(_, extra)] = self._articles("piece", 1, skip=9)
        lines = len(self._sale.basket.lines)
        self._hands.scan(extra)
        self._hands.wait_until(lambda: len(self._sale.basket.lines) == lines + 1, "the extra article is in the basket")
        self._picture("rest-and-extra")
        total = self._sale.basket.total
        self._hands.press(Qt.Key.Key_F12)
        self._hands.wait_until(lambda: self._sale.step is SaleStep.PAY, "the payment")
        self._hands.type(str(total.minor // 100 + 10))
        self._hands.enter()
        self._hands.wait_until(lambda: self._sale.step is SaleStep.PAID, "the sale is done")
        self._picture("change")
        done = self._sale.done
        assert done is not None  # noqa: S101  # PAID has it
        self._proof.check(
            "the sale knows the order it was added to", bool(done.sale.order_id), done.sale.display_number
        )
        self._proof.check("the order was handed over in the same act", done.handover is not None)
        self._proof.check(
            "the change is right", done.change.minor == (total.minor // 100 + 10) * 100 - total.minor, str(done.change)
        )
        papers = len(self._proof.receipts)
        self._hands.type("p")
        self._hands.wait_until(lambda: len(self._proof.receipts) > papers, "the ticket is printed")
        self._hands.press(Qt.Key.Key_F7)
        self._picture("ticket-on-the-paper-sheet")
        self._hands.press(Qt.Key.Key_F7)

    def the_stock_agrees(self) -> None:
        """what left the shop is off the stock on both sides"""
        self._hands.wait_until(lambda: self._waiting_to_be_sent() == 0, "all is sent")
        differing = self._hands.wait_until(lambda: not self._level_differences(), "both sides agree on the stock")
        self._proof.check("the stock agrees on both sides", True, f"after {differing:.1f} s")
        [(_, code)] = self._articles("piece", 1, skip=9)
        self._hands.press(Qt.Key.Key_F4)
        self._hands.scan(code)
        self._hands.wait_until(lambda: self._stock_card() is not None, "the article's card")
        self._picture("stock")

    def _stock_card(self) -> object:
        screen = self._assembly.window.screen(PlaceName.STOCK)
        assert isinstance(screen, StockScreen)  # noqa: S101  # the window has no other there
        return screen.presenter.state.card

    def _level_differences(self) -> list[str]:
        books = audit.open_books(self._home.places.database, self._home.marketplace_database)
        try:
            return audit.check_levels(books)
        finally:
            books.close()

    # --- without a network ---

    def the_network_is_cut(self) -> None:
        """orders are ready, then the network goes: the window says so"""
        for number in range(OFF_LINE_ORDERS):
            [(product_id, _)] = self._articles("piece", 1, skip=20 + number)
            page = WebCustomer(self._marketplace.shop_url).order({product_id: 1}, f"Cliente {number + 1}", prepaid=True)
            self._hands.wait_until(partial(self._is_here, page.number), "the order is here")
            self._open_order(page.number)
            self._make_ready("1", f"C{number + 1}")
            self._draw_qr(page)
            self._waiting.append(page)
            self._hands.press(Qt.Key.Key_Escape)
        self._hands.wait_until(lambda: self._waiting_to_be_sent() == 0, "all is sent before the cut")
        self._marketplace.switch_off()
        self._hands.wait_until(lambda: not self._is_on_line(), "the window says that it is off line", 60)
        self._proof.check("the window says that it is off line", True, self._chip())

    def _is_here(self, number: str) -> bool:
        return bool(self._queries().find_orders(number))

    def _chip(self) -> str:
        return self._assembly.window.link.accessibleName()

    def the_shop_goes_on(self) -> None:
        """twenty more acts are done without a network, and what waits is counted"""
        before, acts = self._waiting_to_be_sent(), 0
        for page in self._waiting:
            self._hands.scan(self._kept_code(page))
            self._hands.wait_until(lambda: self._shows(VerdictKind.READY), "the verdict without a network")
            self._hands.enter()
            self._hands.wait_until(self._just_handed_over, "the handover without a network")
            self._hands.press(Qt.Key.Key_Escape)
            acts += 1
        for number in range(OFF_LINE_SALES):
            self._sell_one(skip=30 + number)
            acts += 1
        for number, text in enumerate(("+24", "=9", "-1", "+6")):
            self._change_stock(text, skip=50 + number)
            acts += 1
        self._proof.check("twenty acts were done without a network", acts == 20, f"{acts} acts")
        waiting = self._waiting_to_be_sent()
        self._proof.check("what waits to be sent is counted", waiting - before >= acts, f"{waiting} facts wait")
        self._hands.wait_until(lambda: str(waiting) in self._chip(), "the number waiting is on the screen")
        self._proof.check("the number waiting is always on the screen", True, self._chip())
        self._hands.press(Qt.Key.Key_F8)
        self._hands.wait_until(lambda: len(self._outbox.picture.to_send) == waiting, "the outbox shows what waits")
        self._picture("off-line")

    def _sell_one(self, skip: int) -> None:
        """One article, exact cash: one scan and two keys."""
        self._hands.press(Qt.Key.Key_F3)
        [(_, code)] = self._articles("piece", 1, skip=skip)
        sold = self._till_count("sale")
        self._hands.scan(code)
        self._hands.wait_until(lambda: len(self._sale.basket.lines) == 1, "the article is in the basket")
        self._hands.enter()
        self._hands.wait_until(lambda: self._sale.step is SaleStep.PAY, "the payment")
        self._hands.enter()
        self._hands.wait_until(lambda: self._till_count("sale") == sold + 1, "the sale is recorded")
        self._hands.wait_until(lambda: self._sale.step is SaleStep.PAID, "the sale is done")

    def _change_stock(self, text: str, skip: int) -> None:
        [(_, code)] = self._articles("piece", 1, skip=skip)
        self._hands.press(Qt.Key.Key_F4)
        moved = self._till_count("stock_movement")
        self._hands.scan(code)
        self._hands.wait_until(lambda: code in str(self._stock_card()), "the article's card")
        self._hands.type(text)
        self._hands.enter()
        self._hands.wait_until(lambda: self._till_count("stock_movement") == moved + 1, f"the movement {text}")

    def the_network_is_back(self) -> None:
        """the network comes back and everything is sent, once"""
        self._marketplace.switch_on()
        self._hands.press(Qt.Key.Key_F8)
        self._hands.click("sync-now")
        seconds = self._hands.wait_until(lambda: self._waiting_to_be_sent() == 0, "all is sent", 90)
        self._proof.check("all is sent once the network is back", True, f"{seconds:.1f} s")
        self._hands.wait_until(self._is_on_line, "the window says that it is on line")
        self._hands.wait_until(lambda: not self._copies_differ(), "the till has what the marketplace says", 60)
        self._picture("on-line-again")

    def _copies_differ(self) -> list[str]:
        books = audit.open_books(self._home.places.database, self._home.marketplace_database)
        try:
            return audit.check_copies(books)
        finally:
            books.close()

    # --- the next morning ---

    def opened_again(self) -> None:
        """the window opens again on the same data, without a marketplace"""
        self._hands.wait_until(lambda: self._assembly.core is not None, "the till's data are open")
        self._hands.press(Qt.Key.Key_F3)
        self._hands.wait_until(lambda: bool(self._queries().sales()), "the sales of yesterday")
        self._hands.wait_until(self._tiles_are_there, "the tiles")
        self._picture("opened-again")


def _resealed(body: str) -> str:
    """A code with a right check symbol, so that only the seal can find it out."""
    return f"P1{body}{check_symbol(body)}"
