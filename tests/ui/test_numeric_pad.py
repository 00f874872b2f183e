"""One hand on the numeric pad runs whole sales: every key of these tests is one of the pad's seventeen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.money import Money
from app.domain.sale import PaymentMeans
from app.settings import TilePageSettings
from app.ui.checkout.state import NoticeKind, Step
from app.ui.input_grammar import ActiveQuantity, TileNumber, parse_input
from app.ui.screen import PlaceName
from tests.fakes.samples import COFFEE, TOMATO, WINE
from tests.ui.till import Till, open_till

PAD = {
    **{str(digit): Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)},
    ".": Qt.Key.Key_Period,
    "+": Qt.Key.Key_Plus,
    "-": Qt.Key.Key_Minus,
    "*": Qt.Key.Key_Asterisk,
    "/": Qt.Key.Key_Slash,
    "=": Qt.Key.Key_Enter,
}
"""`=` is Enter."""


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        pages = (TilePageSettings("Marché", (TOMATO.product_id, COFFEE.product_id, WINE.product_id)),)
        opened.sale.presenter.flow.around.save_tiles(pages)
        opened.sale.activate()
        yield opened


def pad(till: Till, keys: str) -> None:
    for key in keys:
        QTest.keyClick(till.window.box, PAD[key], Qt.KeyboardModifier.KeypadModifier)


def lines(till: Till) -> list[tuple[str, int, Money]]:
    return [(line.label, line.quantity, line.total) for line in till.sale.presenter.state.basket.lines]


def step(till: Till) -> Step:
    return till.sale.presenter.state.step


def last_sale(till: Till):
    return till.store.queries.sale(till.store.queries.sales()[0].sale_id)


def test_a_whole_sale_of_tiles_weights_and_an_open_price_in_cash(till):
    pad(till, "/2=")
    pad(till, "+")
    pad(till, "/1=456=")
    pad(till, "3.50=///=")
    assert [(label, quantity) for label, quantity, _total in lines(till)] == [
        (COFFEE.name, 2),
        (TOMATO.name, 456),
        ("Divers", 1),
    ]
    assert till.sale.presenter.state.basket.lines[2].vat_rate_bp == 210
    pad(till, "==")
    assert step(till) is Step.PAID
    assert last_sale(till).payments[0].means is PaymentMeans.CASH
    pad(till, "12.00==")
    assert lines(till) == [("Divers", 1, Money(1200))]


def test_part_by_card_the_rest_in_cash_with_change_and_a_ticket(till):
    pad(till, "/2=" + "=")
    pad(till, "2*")
    assert step(till) is Step.CONFIRM
    pad(till, "=")
    pad(till, "+")
    assert till.sale.presenter.state.print_receipt
    pad(till, "10=")
    assert step(till) is Step.PAID
    assert [payment.means for payment in last_sale(till).payments] == [PaymentMeans.CARD, PaymentMeans.CASH]
    assert till.sale.presenter.state.change == Money(701)


def test_mistakes_are_mended_by_the_pad_alone(till):
    pad(till, "/2=" + "/1=456=")
    pad(till, "*0=")
    assert [label for label, _quantity, _total in lines(till)] == [COFFEE.name]
    pad(till, "*3=" + "-")
    assert lines(till)[0][1] == 2
    pad(till, "=" + "1=")
    assert till.sale.presenter.state.payments
    pad(till, "-")
    assert not till.sale.presenter.state.payments
    pad(till, "-")
    assert step(till) is Step.SELL
    pad(till, "=" + "*" + "/")
    assert step(till) is Step.PAY
    pad(till, "-" + "/1=" + "-")
    assert step(till) is Step.SELL
    assert len(lines(till)) == 1


def test_the_age_is_answered_and_a_basket_parked_and_taken_back(till):
    pad(till, "/3=" + "=")
    assert step(till) is Step.AGE
    pad(till, "1")
    assert step(till) is Step.PAY
    pad(till, "-" + "/0=")
    assert not lines(till)
    pad(till, "/0=")
    assert [label for label, _quantity, _total in lines(till)] == [WINE.name]


def test_the_tiles_show_their_numbers_and_the_box_what_enter_will_do(till):
    pad(till, "/2")
    assert COFFEE.name in till.window.box.preview
    pad(till, "9=")
    notice = till.sale.presenter.state.notice
    assert notice is not None
    assert notice.kind is NoticeKind.NO_MATCH
    assert not lines(till)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("/", TileNumber(None)), ("/7", TileNumber(7)), ("/ 30", TileNumber(30)), ("*0", ActiveQuantity(0))],
)
def test_the_grammar_of_the_pad(text, meaning):
    assert parse_input(text) == meaning
