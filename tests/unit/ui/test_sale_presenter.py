"""What each input means on the sale screen, with the store in memory and no widget."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.barcodes import gtin_check_digit
from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.domain.order import HandoverState
from app.domain.sale import PaymentMeans
from app.settings import Settings
from app.ui.article_finder import Found
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.presenter import SalePresenter
from app.ui.checkout.state import NoticeKind, SaleState, Step
from app.ui.checkout.tile_desk import TileState
from app.ui.screen import How
from app.usecases.ports import StoreUnavailable
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.memory_store import MemoryStore, memory_store
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order, pickup_code_of
from tests.fakes.surroundings import a_counter

LABELLED = "200001200456" + str(gtin_check_digit("200001200456"))
HAM_CODE = "200001200000" + str(gtin_check_digit("200001200000"))
HAM = Product("p-ham", "Jambon blanc", Money(1990), 550, Unit.KG, codes=(HAM_CODE,))
TEA = Product("p-tea", "Thé vert", Money(350), 550, codes=("3560070462926",))
TEAPOT = Product("p-pot", "Théière", Money(2900), 2000)


class SeenView:
    """Remembers what the presenter showed."""

    def __init__(self) -> None:
        self.state = SaleState()
        self.found = Found("", ())
        self.sounds: list[str] = []
        self.emptied = 0
        self.filled = ""

    def show(self, state: SaleState) -> None:
        self.state = state

    def show_found(self, found: Found) -> None:
        self.found = found

    def show_tiles(self, tiles: TileState) -> None:
        self.tiles = tiles

    def empty_box(self) -> None:
        self.emptied += 1

    def fill_box(self, text: str) -> None:
        self.filled = text

    def play(self, sound: str) -> None:
        self.sounds.append(sound)


class Till:
    """A presenter on a small shop, and short words for what a person does."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.store: MemoryStore = memory_store()
        self.counter = a_counter(self.store.unit_of_work)
        with self.store.unit_of_work() as uow:
            uow.catalogue.save_all([COFFEE, TOMATO, WINE, HEMMING, HAM, TEA, TEAPOT])
            uow.commit()
        self.runner = InlineRunner()
        self.view = SeenView()
        self.shown_codes: list[str] = []
        self.settings = settings or Settings(warn_on_negative_stock=False)
        around = SaleSurroundings(
            counter=self.counter,
            queries=self.store.queries,
            runner=self.runner,
            operator=lambda: "Léa",
            settings=lambda: self.settings,
            on_order_code=lambda text, _how: self.shown_codes.append(text),
        )
        self.sale = SalePresenter(around, self.view, lambda: "Divers")

    def scan(self, *products: Product) -> None:
        for product in products:
            self.sale.take(product.codes[0], How.SCAN)

    def type(self, *texts: str) -> None:
        """Each text is typed and ended with Enter; "" is Enter on the empty box."""
        for text in texts:
            if text:
                self.sale.typed(text)
                self.sale.take(text, How.TYPED)
                self.sale.typed("")
            else:
                self.sale.enter()

    def put_order(self, **other) -> str:
        order = an_order(**other)
        with self.store.unit_of_work() as uow:
            uow.orders.save_server_copy(order)
            uow.commit()
        return order.order_id

    @property
    def state(self) -> SaleState:
        return self.sale.state

    @property
    def labels(self) -> list[str]:
        return [line.label for line in self.state.basket.lines]

    def step(self) -> Step:
        return self.state.step

    def notice(self) -> NoticeKind | None:
        return self.state.notice.kind if self.state.notice else None

    def sales(self):
        return self.store.queries.sales()


@pytest.fixture
def till() -> Till:
    return Till()


# --- lines


def test_the_same_article_again_adds_to_its_quantity(till):
    till.scan(COFFEE, COFFEE, TEA, COFFEE)
    assert [line.quantity for line in till.state.basket.lines] == [2, 1, 1]
    assert till.state.active == till.state.basket.lines[-1].line_id


def test_a_quantity_before_the_article(till):
    till.type("3*")
    assert till.state.next_thousandths == 3000
    till.scan(COFFEE)
    till.scan(TEA)
    assert [line.quantity for line in till.state.basket.lines] == [3, 1]
    till.type(f"2*{WINE.codes[0]}")
    assert till.state.basket.lines[-1].quantity == 2


def test_quantity_keys_on_the_active_line(till):
    till.scan(COFFEE, TEA)
    till.sale.plus()
    till.type("*5")
    assert [line.quantity for line in till.state.basket.lines] == [1, 5]
    till.sale.lines.move_active(-1)
    till.sale.minus()
    assert till.labels == ["Thé vert"]
    assert till.notice() is NoticeKind.LINE_REMOVED


def test_each_change_can_be_taken_back(till):
    till.scan(COFFEE)
    before = till.state.basket
    till.type("*7")
    till.sale.delete()
    assert not till.state.basket.lines
    till.sale.undo()
    till.sale.undo()
    assert till.state.basket == before
    till.sale.undo()
    till.sale.undo()
    assert till.notice() is NoticeKind.NOTHING_TO_UNDO


def test_taking_the_last_change_back_leads_back_to_the_sale(till):
    """The total is another one, and what came back may ask for a proof of age (R32)."""
    till.scan(COFFEE, WINE)
    till.sale.delete()
    till.sale.pay()
    assert till.step() is Step.PAY
    till.sale.undo()
    assert (till.step(), till.labels) == (Step.SELL, [COFFEE.name, WINE.name])
    till.sale.pay()
    assert till.step() is Step.AGE


def test_nothing_is_taken_back_under_an_open_question(till):
    till.scan(COFFEE, TEA)
    till.sale.pay()
    till.runner.hold = True
    till.sale.letter("c")
    till.sale.undo()  # before the store has answered
    till.runner.hold = False
    till.runner.release()
    assert (till.step(), till.labels) == (Step.CONFIRM, [COFFEE.name, TEA.name])
    assert till.state.asked is not None
    assert till.state.asked.amount == till.state.basket.total


def test_what_was_parked_is_not_lost_by_taking_its_coming_back_back(till):
    till.scan(TEA)
    till.sale.park_or_take_back()
    till.sale.take_order(till.put_order())
    till.sale.go_back()
    till.sale.park_or_take_back()
    assert TEA.name in till.labels
    till.sale.undo()
    assert TEA.name in till.labels
    assert till.notice() is NoticeKind.NOTHING_TO_UNDO


def test_loose_goods_ask_for_their_weight(till):
    till.type("tomate")
    assert till.step() is Step.WEIGH
    till.type("beaucoup")
    assert till.notice() is NoticeKind.WEIGHT_UNCLEAR
    till.scan(COFFEE)
    assert till.notice() is NoticeKind.WEIGHT_FIRST
    till.type("0,456")
    assert till.step() is Step.SELL
    assert till.state.basket.lines[0].quantity == 456
    assert till.state.basket.total == Money(219)


def test_weight_before_the_search(till):
    till.type("0,456*tomate")
    assert till.state.basket.lines[0].quantity == 456


def test_no_half_pieces(till):
    till.type("0,5*café")
    assert till.notice() is NoticeKind.WHOLE_PIECES
    assert not till.state.basket.lines


def test_a_label_of_the_scale_brings_its_weight(till):
    till.sale.take(LABELLED, How.SCAN)
    assert [(line.label, line.quantity) for line in till.state.basket.lines] == [("Jambon blanc", 456)]


def test_an_open_price_asks_for_its_department(till):
    till.type("3,50 fromage")
    assert till.step() is Step.RATE
    assert till.sale.typed("c")
    line = till.state.basket.lines[0]
    assert (line.label, line.unit_price, line.vat_rate_bp) == ("Fromage", Money(350), 550)
    till.type("2,00*3", "")
    line = till.state.basket.lines[1]
    assert (line.label, line.quantity, line.vat_rate_bp) == ("Divers", 3, 550)


def test_a_scan_takes_the_suggested_department(till):
    till.type("3,50")
    till.scan(COFFEE)
    assert till.labels == ["Divers", COFFEE.name]


def test_an_unknown_code_can_be_sold_at_an_open_price(till):
    till.sale.take("4006381333931", How.SCAN)
    assert till.notice() is NoticeKind.UNKNOWN_CODE
    till.type("3,50 stylo", "")
    assert till.state.basket.lines[0].code == "4006381333931"


def test_an_unknown_code_is_forgotten_with_the_next_article(till):
    till.sale.take("4006381333931", How.SCAN)
    till.scan(COFFEE)
    till.type("3,50 stylo", "")
    assert till.state.basket.lines[1].code == ""


@pytest.mark.parametrize("text", ["https://example.org/a/b?c=d", "\x00\x1b\x07", "é" * 10_000, "#*#*#"])
def test_rubbish_is_refused_in_words_and_changes_nothing(till, text):
    till.scan(COFFEE)
    before = till.state.basket
    till.sale.take(text, How.SCAN)
    till.sale.take(text, How.TYPED)
    assert till.state.basket == before


def test_a_bar_code_in_the_quantity_is_refused(till):
    till.scan(COFFEE)
    till.type("*999")
    till.scan(COFFEE)
    assert till.notice() is NoticeKind.TOO_MANY
    assert till.state.basket.lines[0].quantity == 999


def test_stock_short_is_said_and_stops_nothing(till):
    till.settings = Settings()
    till.scan(COFFEE)
    assert till.notice() is NoticeKind.STOCK_SHORT
    assert till.labels == [COFFEE.name]


# --- search


def test_search_as_one_types_and_enter_takes_what_is_highlighted(till):
    till.sale.typed("th")
    assert [row.product.name for row in till.view.found.rows] == ["Thé vert", "Théière"]
    till.sale.walk(1)
    till.sale.take("th", How.TYPED)
    assert till.labels == ["Théière"]


def test_several_matches_unseen_are_shown_never_guessed(till):
    till.sale.take("th", How.TYPED)
    till.sale.typed("")
    assert till.notice() is NoticeKind.CHOOSE
    assert not till.state.basket.lines
    till.sale.enter()
    assert till.labels == ["Thé vert"]


def test_only_the_newest_text_is_searched_next(till):
    till.runner.hold = True
    for text in ("t", "to", "tom"):
        till.sale.typed(text)
    searches = len(till.runner.lanes)
    till.runner.release()
    till.runner.release()
    assert till.view.found.text == "tom"
    assert len(till.runner.lanes) - searches == 1


@pytest.mark.parametrize("text", ["3", "30"])
def test_one_or_two_digits_begin_a_price_or_a_scan_and_are_not_searched(till, text):
    till.sale.typed(text)
    assert till.view.found is None or till.view.found.text == ""
    till.sale.typed(text + " t")
    assert till.view.found.text == text + " t"


def test_nothing_found_says_so(till):
    till.type("xyzzy")
    assert till.notice() is NoticeKind.NO_MATCH


# --- paying


def test_one_article_exact_cash_is_one_scan_and_two_keys(till):
    till.scan(COFFEE)
    till.type("", "")
    assert till.step() is Step.PAID
    assert till.state.change == Money(0)
    assert [row.total for row in till.sales()] == [COFFEE.price]


def test_cash_with_change(till):
    till.scan(COFFEE)
    till.type("", "20")
    assert till.state.change == Money(1501)
    assert till.view.sounds[-1] == "sale"


def test_a_mixed_payment_keeps_the_remainder(till):
    till.scan(WINE, WINE)
    till.type("")
    till.sale.typed("o")
    till.type("10")
    assert till.state.remainder == Money(1500)
    assert till.sale.typed("5c")
    assert till.step() is Step.CONFIRM
    till.sale.enter()
    assert till.state.remainder == Money(1000)
    till.type("")
    sale = till.store.queries.sale(till.state.done.sale.sale_id)
    assert [(p.means, p.amount) for p in sale.payments] == [
        (PaymentMeans.CASH, Money(1000)),
        (PaymentMeans.CARD, Money(500)),
        (PaymentMeans.CASH, Money(1000)),
    ]


def test_a_refused_card_leaves_everything_to_pay(till):
    till.scan(COFFEE)
    till.type("")
    till.sale.typed("c")
    till.sale.typed("x")
    assert till.notice() is NoticeKind.PAYMENT_REFUSED
    assert till.state.remainder == COFFEE.price
    assert not till.sales()


def test_letters_typed_by_mistake_never_take_money(till):
    till.scan(COFFEE)
    till.type("")
    for letter in "tomate":
        till.sale.typed(letter)
    assert till.step() is Step.CONFIRM
    assert not till.sales()


def test_card_never_takes_more_than_the_remainder(till):
    till.scan(COFFEE)
    till.type("")
    till.sale.typed("9c")
    assert till.notice() is NoticeKind.NO_CHANGE_ON_THIS


def test_an_absurd_amount_is_asked_again(till):
    till.scan(COFFEE)
    till.type("", "3017")
    assert till.notice() is NoticeKind.AMOUNT_UNCLEAR
    assert not till.sales()


def test_money_received_keeps_the_basket_in_place(till):
    till.scan(WINE)
    till.type("")
    till.sale.typed("o")
    till.type("5")
    till.sale.park_or_take_back()
    assert till.notice() is NoticeKind.PAYMENTS_KEPT
    till.sale.go_back()
    till.scan(COFFEE)
    till.type("")
    assert till.state.remainder == Money(1250 + 499 - 500)
    till.sale.delete()
    assert till.state.payments == ()


def test_age_is_asked_once_and_no_means_no(till):
    till.scan(WINE)
    till.type("")
    assert till.step() is Step.AGE
    till.type("")
    assert till.notice() is NoticeKind.ANSWER_FIRST
    till.sale.typed("n")
    assert (till.step(), till.notice()) == (Step.SELL, NoticeKind.NOT_OF_AGE)
    till.type("")
    till.sale.typed("o")
    assert till.step() is Step.PAY
    till.sale.go_back()
    till.type("")
    assert till.step() is Step.PAY


def test_the_next_scan_starts_the_next_sale(till):
    till.scan(COFFEE)
    till.type("", "")
    till.type("", "")
    assert len(till.sales()) == 1
    till.scan(TEA)
    assert (till.step(), till.labels) == (Step.SELL, ["Thé vert"])


def test_typing_after_the_change_starts_the_next_sale_too(till):
    till.scan(COFFEE)
    till.type("", "")
    till.sale.typed("th")
    assert till.step() is Step.SELL
    assert till.view.found.rows


def test_f12_asks_for_the_answer_first(till):
    till.type("tomate")
    till.sale.pay()
    assert (till.step(), till.notice()) == (Step.WEIGH, NoticeKind.ANSWER_FIRST)


def test_scans_while_the_store_works_wait_their_turn(till):
    till.runner.hold = True
    till.scan(COFFEE, TEA)
    till.sale.enter()
    till.sale.enter()
    till.scan(WINE)
    while till.runner.hold and (till.step() is not Step.SELL or till.labels != [WINE.name]):
        before = (till.state, len(till.runner.lanes))
        till.runner.release()
        assert (till.state, len(till.runner.lanes)) != before
    assert [row.total for row in till.sales()] == [Money(499 + 350)]


def test_a_failed_store_loses_nothing(till):
    till.scan(COFFEE)
    till.type("")

    def broken():
        raise StoreUnavailable("disk_full")

    good = till.counter.unit_of_work
    object.__setattr__(till.counter, "unit_of_work", broken)
    till.type("10")
    assert (till.step(), till.notice()) == (Step.PAY, NoticeKind.STORE_FAILED)
    assert till.labels == [COFFEE.name]
    assert till.state.payments == ()
    object.__setattr__(till.counter, "unit_of_work", good)
    till.type("10")
    assert till.state.change == Money(501)


def test_the_ticket_is_printed_only_on_demand(till):
    till.scan(COFFEE)
    till.type("", "")
    assert not till.store.queries.print_jobs()
    till.sale.typed("p")
    assert len(till.store.queries.print_jobs()) == 1
    till.scan(TEA)
    till.type("")
    till.sale.typed("p")
    till.type("")
    assert len(till.store.queries.print_jobs()) == 2


# --- parking and orders


def test_parking_and_taking_back_by_one_key(till):
    till.scan(COFFEE, TEA)
    till.sale.park_or_take_back()
    assert (till.labels, till.notice()) == ([], NoticeKind.PARKED)
    till.sale.park_or_take_back()
    assert till.labels == [COFFEE.name, "Thé vert"]
    till.sale.delete()
    till.sale.park_or_take_back()
    till.sale.park_or_take_back()
    till.sale.park_or_take_back()
    assert till.notice() is NoticeKind.PARKED


def test_nothing_parked(till):
    till.sale.park_or_take_back()
    assert till.notice() is NoticeKind.NOTHING_PARKED


def test_taking_another_basket_parks_the_one_under_way(till):
    till.scan(COFFEE)
    till.sale.park_or_take_back()
    till.scan(TEA)
    till.sale.take_back(till.state.parked[0].basket_id)
    assert till.labels == [COFFEE.name]
    assert [row.title for row in till.state.parked] == ["Thé vert"]


def test_order_and_extras_leave_with_one_enter(till):
    order_id = till.put_order()
    till.sale.take_order(order_id)
    assert till.step() is Step.PAY
    due = till.state.basket.total
    till.scan(TEA)
    till.type("", "")
    assert till.step() is Step.PAID
    order = till.store.queries.order(order_id)
    assert order is not None
    assert order.handover is HandoverState.HANDED_OVER
    assert [row.total for row in till.sales()] == [due + TEA.price]


def test_an_order_parks_the_basket_which_can_join_it(till):
    till.scan(TEA)
    order_id = till.put_order()
    till.sale.take_order(order_id)
    assert [row.title for row in till.state.parked] == ["Thé vert"]
    till.sale.park_or_take_back()
    assert till.labels[-1] == "Thé vert"
    assert till.state.order is not None
    assert till.state.parked == ()


def test_lines_of_an_order_are_not_changed_here(till):
    till.sale.take_order(till.put_order())
    till.sale.go_back()
    before = till.state.basket
    till.sale.delete()
    assert till.notice() is NoticeKind.ORDER_LINE
    till.type("*9")
    assert till.state.basket == before
    till.sale.remove_order()
    assert (till.state.order, till.labels) == (None, [])


def test_a_paid_order_says_so_and_extras_take_it_along(till):
    order_id = till.put_order(prepaid=True)
    till.sale.take_order(order_id)
    assert (till.step(), till.notice()) == (Step.SELL, NoticeKind.NOTHING_DUE)
    till.scan(COFFEE)
    till.type("", "")
    order = till.store.queries.order(order_id)
    assert order is not None
    assert order.handover is HandoverState.HANDED_OVER


def test_a_refused_handover_records_nothing(till):
    order_id = till.put_order(keep_until=an_order().placed_at - timedelta(days=1))
    till.sale.take_order(order_id)
    till.type("")
    assert till.notice() is NoticeKind.HANDOVER_REFUSED
    assert till.step() is Step.PAY
    assert not till.sales()


def test_a_pickup_code_parks_the_basket_and_shows_the_order(till):
    order = an_order()
    till.scan(TEA)
    till.sale.take(pickup_code_of(order), How.TYPED)
    assert till.shown_codes == [pickup_code_of(order)]
    assert [row.title for row in till.state.parked] == ["Thé vert"]


def test_esc_never_loses_the_basket(till):
    till.scan(WINE, COFFEE)
    till.type("")
    till.sale.typed("o")
    till.sale.typed("c")
    for _ in range(10):
        till.sale.go_back()
    assert till.labels == [WINE.name, COFFEE.name]
