"""Codes of goods on the sale, stock and pickup screens: the right thing, or a sentence that says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain.barcodes import gtin_check_digit
from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.domain.pickup_code import ALPHABET, check_symbol
from app.domain.scale_labels import LabelKind, LabelTemplate
from app.scanning.gs1 import read_gs1
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.notices import notice_role, notice_words
from app.ui.checkout.presenter import SalePresenter
from app.ui.checkout.state import NoticeKind, Step
from app.ui.checkout.words import line_detail, preview_words
from app.ui.screen import How
from app.ui.stock.presenter import StockNotice, StockPresenter, StockSurroundings
from app.ui.stock.words import said_words
from app.ui.style.tokens import Role
from app.usecases.find_article import CodeProblem, CodeReading
from tests.fakes.samples import COFFEE, HEMMING, an_order, pickup_code_of
from tests.fakes.surroundings import NOON
from tests.unit.ui.test_sale_presenter import Till
from tests.unit.ui.test_stock_presenter import SeenView as SeenStock


def _ean(body: str) -> str:
    return body + str(gtin_check_digit(body))


TODAY = NOON.date()
BRIE = Product("p-brie", "Brie", Money(1890), 550, Unit.KG, codes=("00123",))
PIE = Product("p-pie", "Tarte", Money(400), 550, codes=(_ean("230000500000"),))
GIFT = Product("p-free", "Offert", Money(0), 550, Unit.KG, codes=("77",))
HAM = Product("p-ham2", "Jambon sec", Money(3000), 550, Unit.KG, codes=(_ean("9376012345678"),))
SHORT = Product("p-short", "Chewing-gum", Money(120), 2000, codes=("96385074",))
AMERICAN = Product("p-us", "Root beer", Money(250), 550, codes=("0042100005264",))
COFFEE_14 = "0" + COFFEE.codes[0]
TEMPLATES = (
    LabelTemplate("21", 5, 5, LabelKind.PRICE),
    LabelTemplate("22", 5, 5, LabelKind.WEIGHT),
    LabelTemplate("23", 5, 5, LabelKind.BY_ARTICLE),
)
OF_PRICE, OF_WEIGHT = _ean("210012301450"), _ean("220012300755")


def _reading() -> CodeReading:
    return CodeReading(TEMPLATES, lambda text: read_gs1(text, TODAY.year))


def _dated(ai: str, day: date) -> str:
    return f"]d201{COFFEE_14}{ai}{day:%y%m%d}10L7"


class Counter(Till):
    """The same till, with a shop's own labels and GS1 codes."""

    def __init__(self) -> None:
        super().__init__()
        with self.store.unit_of_work() as uow:
            uow.catalogue.save_all([BRIE, PIE, GIFT, HAM, SHORT, AMERICAN])
            uow.commit()
        around = SaleSurroundings(
            counter=self.counter,
            queries=self.store.queries,
            runner=self.runner,
            operator=lambda: "Léa",
            settings=lambda: self.settings,
            on_order_code=lambda text, _how: self.shown_codes.append(text),
            reading=_reading,
        )
        self.sale = SalePresenter(around, self.view, lambda: "Divers")
        self.stock_view = SeenStock()
        self.stock = StockPresenter(
            StockSurroundings(self.counter, self.store.queries, self.runner, lambda: "Léa", reading=_reading),
            self.stock_view,
        )

    def scanned(self, text: str) -> None:
        self.sale.take(text, How.SCAN)

    @property
    def line(self):
        return self.state.basket.lines[-1]

    def words(self) -> str:
        assert self.state.notice is not None
        return notice_words(self.state.notice)

    def problem(self) -> CodeProblem:
        assert self.notice() is NoticeKind.NO_ARTICLE
        assert self.state.notice is not None
        found: Any = self.state.notice.values["found"]
        problem: CodeProblem = found.problem
        return problem


@pytest.fixture
def till() -> Counter:
    return Counter()


# --- labels of the scale --------------------------------------------------------------------------------------------


def test_the_price_of_a_label_is_what_it_costs(till):
    till.scanned(OF_PRICE)
    assert (till.line.total, till.line.quantity, till.line.unit_price) == (Money(1450), 767, BRIE.price)
    assert till.line.label == "Brie (poids calculé)"
    assert "prix de l’étiquette" in line_detail(till.line)


def test_the_weight_of_a_label_is_sold(till):
    till.scanned(OF_WEIGHT)
    assert (till.line.total, till.line.quantity, till.line.label) == (Money(1427), 755, "Brie")


def test_two_labels_are_two_lines(till):
    till.scanned(OF_PRICE)
    till.scanned(OF_PRICE)
    assert till.state.basket.total == Money(2900)
    assert len(till.labels) == 2


def test_a_price_on_what_is_sold_by_the_piece(till):
    till.scanned(_ean("230000500350"))
    assert (till.line.label, till.line.quantity, till.line.unit_price) == ("Tarte", 1, Money(350))
    till.scanned(_ean("230000500350"))
    assert (till.line.quantity, till.state.basket.total) == (2, Money(700))


def test_a_label_brought_back_gives_its_own_price_back(till):
    till.sale.take_back_without_ticket()
    till.type("")  # the first reason
    assert till.state.taking_back
    till.scanned(OF_PRICE)
    assert (till.line.quantity, till.line.total) == (-767, Money(-1450))


def test_a_line_at_the_label_s_price_keeps_its_weight(till):
    till.scanned(OF_PRICE)
    till.type("*0,5")
    assert (till.notice(), till.line.quantity) == (NoticeKind.LABEL_LINE, 767)
    till.sale.delete()
    assert not till.state.basket.lines


def test_a_quantity_before_a_label_is_refused(till):
    till.type("3*")
    till.scanned(OF_WEIGHT)
    assert (till.notice(), till.state.next_thousandths) == (NoticeKind.LABEL_QUANTITY, None)
    assert not till.state.basket.lines


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (OF_PRICE[:-1] + str((int(OF_PRICE[-1]) + 1) % 10), CodeProblem.LABEL_MISREAD),
        (_ean("220012300000"), CodeProblem.LABEL_NO_VALUE),
        (_ean("229999900100"), CodeProblem.LABEL_UNKNOWN),
        (_ean("210007700100"), CodeProblem.NO_PRICE_PER_KG),
        ("3017620422004", CodeProblem.MISREAD),
        (_ean("1" + COFFEE.codes[0][:-1]), CodeProblem.CASE),
        (_ean("1" + "376009999999"), CodeProblem.UNKNOWN_CASE),
        ("02" + COFFEE_14 + "3724", CodeProblem.PALLET),
        (f"01{COFFEE_14}17269999", CodeProblem.GS1_UNREADABLE),
        ("https://promo.example/p/1", CodeProblem.ADDRESS),
        ("]C1" + pickup_code_of(an_order()), CodeProblem.GS1_UNREADABLE),
        (f"01{_ean('9376012345678')}39328401450", CodeProblem.OTHER_CURRENCY),
        (f"01{_ean('9376012345678')}3103000000", CodeProblem.LABEL_NO_VALUE),
    ],
)
def test_what_is_not_sold_is_said(till, code, problem):
    till.scanned(code)
    assert till.problem() is problem
    assert (till.labels, till.shown_codes) == ([], [])
    assert till.view.sounds == ["stop"]
    assert "{" not in till.words()
    till.stock.take(code, How.SCAN)
    assert till.stock.state.said.kind is StockNotice.NOT_AN_ARTICLE
    assert said_words(till.stock.state.said) == till.words()


def test_a_weight_on_what_is_sold_by_the_piece(till):
    with till.store.unit_of_work() as uow:
        uow.catalogue.save_all([replace(PIE, codes=("5", "00005"))])
        uow.commit()
    till.scanned(_ean("220000500350"))
    assert till.problem() is CodeProblem.LABEL_NOT_BY_WEIGHT
    assert "Tarte" in till.words()


# --- GS1 and dates --------------------------------------------------------------------------------------------------


def test_a_gs1_code_sells_its_article(till):
    till.scanned(_dated("17", TODAY))
    till.scanned(f"https://id.gs1.org/01/{COFFEE.codes[0]}?17={TODAY:%y%m%d}")
    till.type(f"(01){COFFEE_14}(10)L7", f"2*01{COFFEE_14}")
    assert (till.labels, till.line.quantity, till.notice()) == ([COFFEE.name], 5, None)


def test_what_is_past_its_use_by_date_is_not_sold(till):
    till.scanned(_dated("17", date(TODAY.year - 1, 12, 31)))
    assert (till.labels, till.notice()) == ([], NoticeKind.PAST_DATE)
    assert notice_role(till.state.notice) is Role.DANGER
    assert f"31/12/{TODAY.year - 1}" in till.words()
    assert till.view.sounds == ["stop"]


def test_but_it_may_come_back_and_is_counted(till):
    expired = _dated("17", date(TODAY.year - 1, 12, 31))
    till.sale.take_back_without_ticket()
    till.type("")
    till.scanned(expired)
    assert till.line.quantity == -1
    till.stock.take(expired, How.SCAN)
    assert till.stock.state.card.product.product_id == COFFEE.product_id


@pytest.mark.parametrize("ai", ["15", "16"])
def test_past_best_before_it_is_sold_and_said(till, ai):
    till.scanned(_dated(ai, date(TODAY.year - 1, 12, 31)))
    assert (till.labels, till.notice()) == ([COFFEE.name], NoticeKind.SOLD_PAST_DATE)
    assert notice_role(till.state.notice) is Role.WARNING
    assert f"31/12/{TODAY.year - 1}" in till.words()


def test_weight_and_price_of_a_gs1_label(till):
    till.scanned(f"01{_ean('9376012345678')}3103000500")
    assert (till.line.quantity, till.line.total) == (500, Money(1500))
    till.scanned(f"01{_ean('9376012345678')}31030005003922999")
    assert (till.line.quantity, till.line.total) == (500, Money(999))
    till.scanned(f"01{_ean('9376012345678')}39229783922999"[: 16 + 4 + 4])
    assert till.line.total == Money(9783)


def test_anybodys_price_in_a_code_changes_no_price(till):
    till.scanned(f"https://evil.example/01/{COFFEE.codes[0]}?3922=001")
    assert till.line.total == COFFEE.price


def test_pieces_that_a_code_counts(till):
    till.scanned(f"01{COFFEE_14}3012")
    assert till.line.quantity == 12


# --- other spellings ------------------------------------------------------------------------------------------------


def test_other_spellings_of_the_same_number(till):
    till.scanned("000000" + SHORT.codes[0])
    till.scanned("01" + "000000" + SHORT.codes[0])
    assert (till.labels, till.line.quantity) == ([SHORT.name], 2)
    till.scanned("04252614")  # the UPC-E of 0 42100 00526 4
    assert till.labels[-1] == AMERICAN.name


def test_eight_figures_are_an_ean_8_first(till):
    with till.store.unit_of_work() as uow:
        uow.catalogue.save_all([replace(SHORT, codes=("04252614",))])
        uow.commit()
    till.scanned("04252614")
    assert till.labels == [SHORT.name]


def test_a_case_that_the_catalogue_knows_is_an_article(till):
    case = Product("p-case", "Carton de café", Money(2500), 550, codes=(_ean("1" + COFFEE.codes[0][:-1]),))
    with till.store.unit_of_work() as uow:
        uow.catalogue.save_all([case])
        uow.commit()
    till.scanned(case.codes[0])
    assert till.labels == [case.name]


# --- orders and articles are never taken for one another ------------------------------------------------------------


def test_a_pickup_code_never_sells_an_article_whatever_the_catalogue_says(till):
    code = pickup_code_of(an_order())
    with till.store.unit_of_work() as uow:
        uow.catalogue.save_all([replace(HEMMING, codes=(code, code.lower(), "]Q1" + code))])
        uow.commit()
    for text in (code, code.lower(), "]Q1" + code, " " + code):
        till.scanned(text)
        till.stock.take(text, How.SCAN)
    assert till.labels == []
    assert len(till.shown_codes) == 4
    assert till.stock.state.card is None


@pytest.mark.parametrize("body", ["22222", "98765", "7K3F9"])
def test_a_scanned_number_of_an_article_is_not_a_spoken_code(till, body):
    number = body + check_symbol(body)
    assert set(number) <= set(ALPHABET)
    till.put_order(spoken_code=number)
    with till.store.unit_of_work() as uow:
        uow.catalogue.save_all([replace(HEMMING, codes=(number,))])
        uow.commit()
    till.scanned(number)
    assert (till.labels, till.shown_codes) == ([HEMMING.name], [])
    till.type(number)
    assert till.shown_codes == [number]


def test_what_enter_will_do_with_an_address(till):
    assert preview_words(till.state, "https://example.org", "") == "Une adresse, pas un code d’article"
    assert till.step() is Step.SELL
