"""A changed key does what its action does, from the box and elsewhere, at once; its old one does nothing any more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.sale import PaymentMeans
from app.ui.checkout.state import Step
from app.ui.components.buttons import ActionButton
from app.ui.components.cover import Cover
from app.ui.foot import KeyHints
from app.ui.pickup.state import Step as CardStep
from app.ui.screen import PlaceName
from tests.fakes.samples import COFFEE, pickup_code_of
from tests.ui.shop import Shop, some_orders
from tests.ui.till import Till, open_till

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


def here(till: Till) -> PlaceName:
    return till.window.here


def step_of_card(shop: Shop) -> CardStep:
    assert shop.pickup.presenter.state.card is not None
    return shop.pickup.presenter.state.card.step


def pressed(window, key, held=Qt.KeyboardModifier.NoModifier) -> None:
    focused = window.focusWidget()
    QTest.keyClick(window if focused is None else focused, key, held)


def test_another_function_key_parks_the_basket(till) -> None:
    till.window.keys.use({"sale.park": "Ctrl+U"})
    till.scan(COFFEE.codes[0])
    till.press(KEY.Key_F5)
    assert till.sale.presenter.state.basket.lines  # F5 does nothing any more
    till.control("U")
    assert not till.sale.presenter.state.basket.lines


def test_two_keys_swapped_do_each_others_work(till) -> None:
    till.window.keys.use({"sale.pay": "F4", "everywhere.stock": "F12"})
    till.scan(COFFEE.codes[0])
    till.press(KEY.Key_F4)
    assert here(till) is PlaceName.SALE
    assert till.sale.presenter.state.step is Step.PAY
    till.press(KEY.Key_F12)
    assert here(till) is PlaceName.STOCK
    till.press(KEY.Key_F4)
    assert here(till) is PlaceName.STOCK  # paying is nothing here


def test_another_letter_pays_by_card_after_an_amount_too(till) -> None:
    till.window.keys.use({"sale.pay.card": "K"})
    till.scan(COFFEE.codes[0])
    till.enter()
    till.press("1k")
    asked = till.sale.presenter.state.asked
    assert asked is not None
    assert asked.means is PaymentMeans.CARD
    assert asked.amount.minor == 100


def test_the_old_letter_does_nothing(till) -> None:
    till.window.keys.use({"sale.pay.card": "K"})
    till.scan(COFFEE.codes[0])
    till.enter()
    till.press("c")
    assert till.sale.presenter.state.step is Step.PAY
    assert till.window.box.text() == ""


def test_a_changed_letter_is_a_letter_where_names_are_typed(till) -> None:
    till.window.keys.use({"sale.pay.card": "K"})
    till.press("kc")
    assert till.window.box.text() == "kc"


def test_a_function_key_for_a_letter(till) -> None:
    till.window.keys.use({"sale.pay.card": "Ctrl+Q"})
    till.scan(COFFEE.codes[0])
    till.enter()
    till.control("Q")
    assert till.sale.presenter.state.step is Step.CONFIRM


def test_at_pickup_the_letter_is_changed_at_the_card_and_types_in_the_box(shop) -> None:
    window = shop.window
    window.keys.use({"pickup.card.anyway": "O"})
    window.take_scan(pickup_code_of(some_orders()[6]))
    window.focus_box()
    pressed(window, KEY.Key_O)
    assert window.box.text() == "o"
    window.clear_box()
    window.take_scan(pickup_code_of(some_orders()[6]))
    pressed(window, KEY.Key_A)
    assert step_of_card(shop) is CardStep.LOOK
    pressed(window, KEY.Key_O)
    assert step_of_card(shop) is CardStep.REASON


def test_a_command_for_a_letter_acts_from_the_box_too(shop) -> None:
    window = shop.window
    window.keys.use({"pickup.card.anyway": "Ctrl+U"})
    window.take_scan(pickup_code_of(some_orders()[6]))
    window.focus_box()
    pressed(window, KEY.Key_U, CONTROL)
    assert shop.pickup.presenter.state.card.step is CardStep.REASON


def test_foot_buttons_rail_help_and_sentences_name_the_keys_in_force(till) -> None:
    window = till.window
    foot = window.foot.findChild(KeyHints)
    window.keys.use({"sale.park": "Ctrl+U", "everywhere.settings": "F12", "sale.pay": "F9"})
    assert "Ctrl+U" in foot.accessibleName()
    assert "F5" not in foot.accessibleName()
    assert "Ctrl+U" in [hint.key for hint in window.hints()]
    park = window.findChild(ActionButton, "park")
    assert park.accessibleDescription() == "Ctrl+U"
    rail = next(each for each in window.rail.children() if each.objectName() == "rail-settings")
    assert rail.accessibleDescription() == "F12"
    window.show_notice("See the settings (F9).")
    assert window.notice.text == "See the settings (F12)."
    window.keys.use({})
    assert park.accessibleDescription() == "F5"
    assert "F5" in foot.accessibleName()


def test_a_covered_window_hears_no_changed_key(till) -> None:
    till.window.keys.use({"everywhere.stock": "F12", "sale.pay": "F4"})
    sheet = Cover()
    till.window.cover(sheet)
    pressed(till.window, KEY.Key_F12)
    assert till.window.here is PlaceName.SALE
    till.window.uncover()
    sheet.deleteLater()
