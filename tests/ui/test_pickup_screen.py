"""The pickup screen by keys alone, on the real window: from the scan to the handover, every verdict, every outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.order import HandoverState, LineOutcome, Preparation, VerdictKind
from app.i18n import set_language
from app.ui.pickup.state import Step
from app.ui.screen import How
from app.ui.style.tokens import Shape, ThemeName
from app.usecases.find_order import HowFound
from app.usecases.ports import Touched
from app.usecases.queries import OrderList
from app.usecases.training import start_training
from tests.fakes.samples import pickup_code_of
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small
from tests.ui.shop import CHEESE, Shop, open_shop, some_orders

KEY = Qt.Key
TO_PAY, PREPAID, TO_PREPARE, CANNOT_TELL, EXPIRED, CANCELLED, WITH_WINE = 0, 1, 2, 4, 5, 6, 7
OTHER_SHOPS_CODE = pickup_code_of(replace(some_orders()[0], reference="2345678"), key_id="9")


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key on the keyboard: it goes to whatever has the focus."""
    focused = QApplication.focusWidget()
    assert focused is not None, "nothing has the focus"
    QTest.keyClick(focused, key, modifiers)


def write(text: str) -> None:
    for letter in text:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, letter)


def scan(shop: Shop, number: int) -> None:
    shop.window.take_scan(pickup_code_of(some_orders()[number]))


def step_of(shop: Shop) -> Step:
    card = shop.pickup.presenter.state.card
    assert card is not None
    return card.step


def handed_over(shop: Shop, number: int) -> bool:
    order = shop.store.queries.order(f"order-{number + 1}")
    assert order is not None
    return order.handover is HandoverState.HANDED_OVER


def test_one_scan_and_one_key_hand_a_paid_order_over(shop):
    scan(shop, PREPAID)
    assert shop.pickup.card.banner.shape is Shape.TICK
    assert not handed_over(shop, PREPAID)
    press(KEY.Key_Return)
    assert handed_over(shop, PREPAID)
    assert shop.pickup.card.banner.word == "Remise"
    assert shop.sounds == ["ready", "done"]


def test_a_second_enter_hands_nothing_over_again(shop):
    scan(shop, PREPAID)
    press(KEY.Key_Return)
    commits = shop.store.commits
    press(KEY.Key_Return)
    assert shop.store.commits == commits


def test_r32_alcohol_leaves_once_somebody_says_that_the_age_was_checked(shop):
    scan(shop, WITH_WINE)
    press(KEY.Key_Return)
    assert not handed_over(shop, WITH_WINE)
    assert step_of(shop) is Step.AGE
    press(KEY.Key_Return)
    press(KEY.Key_N)
    assert step_of(shop) is Step.LOOK
    assert not handed_over(shop, WITH_WINE)
    press(KEY.Key_Return)
    press(KEY.Key_O)
    assert handed_over(shop, WITH_WINE)


def test_r32_the_age_is_answered_by_touch_too(shop):
    scan(shop, WITH_WINE)
    for name in ("main-action", "order-of-age"):
        QApplication.processEvents()  # what has just changed is laid out first
        button = shop.pickup.card.findChild(QWidget, name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
    assert handed_over(shop, WITH_WINE)


def test_a_missing_line_takes_two_more_keys(shop):
    scan(shop, PREPAID)
    press(KEY.Key_2)
    press(KEY.Key_M)
    press(KEY.Key_Return)
    order = shop.store.queries.order("order-2")
    assert order is not None
    assert order.results[1].outcome is LineOutcome.MISSING
    assert order.results[0].outcome is LineOutcome.GIVEN
    assert handed_over(shop, PREPAID)


def test_confirming_a_weight_with_enter_does_not_hand_the_order_over(shop):
    scan(shop, PREPAID)
    press(KEY.Key_2)
    press(KEY.Key_K)
    write("1,1")
    press(KEY.Key_Return)
    assert not handed_over(shop, PREPAID)
    press(KEY.Key_Return)
    order = shop.store.queries.order("order-2")
    assert order is not None
    assert (order.results[1].outcome, order.results[1].quantity) == (LineOutcome.WEIGHED, 1100)


def test_a_replacement_is_found_as_one_types(shop):
    scan(shop, PREPAID)
    press(KEY.Key_2)
    press(KEY.Key_R)
    write("maro")
    card = shop.pickup.presenter.state.card
    assert card is not None
    assert card.replacements[0].label == CHEESE.name
    press(KEY.Key_Return)
    press(KEY.Key_Return)
    order = shop.store.queries.order("order-2")
    assert order is not None
    assert order.results[1].product_id == CHEESE.product_id
    assert order.results[1].amount == order.order.lines[1].total, "a dearer one is billed at the old price"


def test_the_same_digit_takes_an_outcome_back(shop):
    scan(shop, PREPAID)
    for key in (KEY.Key_2, KEY.Key_M, KEY.Key_2, KEY.Key_2):
        press(key)
    card = shop.pickup.presenter.state.card
    assert card is not None
    assert card.result(2).outcome is LineOutcome.GIVEN


@pytest.mark.parametrize(("key", "outcome"), [(KEY.Key_X, LineOutcome.REFUSED), (KEY.Key_S, LineOutcome.TO_FOLLOW)])
def test_refused_and_to_follow(shop, key, outcome):
    scan(shop, PREPAID)
    press(KEY.Key_1)
    press(key)
    press(KEY.Key_Return)
    order = shop.store.queries.order("order-2")
    assert order is not None
    assert order.facts.handovers[-1].results[0].outcome is outcome
    assert shop.pickup.card.lines.lines[0].result.outcome is outcome
    assert bool(order.open_lines) is (outcome is LineOutcome.TO_FOLLOW)


def test_money_due_leads_to_the_payment_with_what_was_chosen(shop):
    scan(shop, TO_PAY)
    assert "15,74" in shop.pickup.card.money.text()
    press(KEY.Key_1)
    press(KEY.Key_M)
    assert "5,76" in shop.pickup.card.money.text()
    press(KEY.Key_Return)
    assert not handed_over(shop, TO_PAY)
    order_id, request = shop.paid[0]
    assert order_id == "order-1"
    assert request.how is HowFound.SCAN
    assert [result.outcome for result in request.results] == [LineOutcome.MISSING, LineOutcome.GIVEN]


def test_preparing_line_by_line_then_ready(shop):
    scan(shop, TO_PREPARE)
    assert shop.pickup.card.banner.shape is Shape.HOURGLASS
    press(KEY.Key_2)
    press(KEY.Key_M)
    order = shop.store.queries.order("order-3")
    assert order is not None
    assert order.preparation is Preparation.IN_PREPARATION, "each line is kept at once"
    press(KEY.Key_Return)
    assert step_of(shop) is Step.SHELVE
    write("4")
    press(KEY.Key_Tab)
    write("C2")
    press(KEY.Key_Return)
    order = shop.store.queries.order("order-3")
    assert order is not None
    assert (order.preparation, order.facts.bags, order.facts.shelf) == (Preparation.READY, 4, "C2")
    assert shop.pickup.card.banner.word == "Prête à remettre"


def test_ctrl_z_takes_the_handover_back_and_later_says_why_not(shop):
    scan(shop, PREPAID)
    press(KEY.Key_Return)
    press(KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not handed_over(shop, PREPAID)
    assert shop.pickup.card.banner.shape is Shape.TICK
    press(KEY.Key_Return)
    shop.clock.go_on(minutes=11)
    press(KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert handed_over(shop, PREPAID)
    assert "10 minutes" in shop.window.notice.text


@pytest.mark.parametrize("number", [CANNOT_TELL, EXPIRED, CANCELLED])
def test_an_override_needs_a_reason_and_keeps_it(shop, number):
    scan(shop, number)
    press(KEY.Key_A)
    press(KEY.Key_Return)
    assert shop.pickup.presenter.state.card.problem, "no reason, no handover"
    write("vu avec la patronne")
    press(KEY.Key_Return)
    if shop.paid:
        assert shop.paid[0][1].override_reason == "vu avec la patronne"
    else:
        rows = list(shop.store.tables.handovers.values())
        assert rows[-1].override_reason == "vu avec la patronne"


@pytest.mark.parametrize(
    ("text", "kind", "shape"),
    [
        (pickup_code_of(some_orders()[0], key=b"x" * 32), VerdictKind.BAD_SIGNATURE, Shape.OCTAGON),
        (pickup_code_of(some_orders()[0], key_id="9"), VerdictKind.KEY_REPLACED, Shape.QUESTION),
        (OTHER_SHOPS_CODE, VerdictKind.WRONG_SHOP, Shape.OCTAGON),
        ("P1AAAA1111", VerdictKind.MISREAD, Shape.QUESTION),
        (pickup_code_of(some_orders()[0]).lower(), VerdictKind.READY, Shape.TICK),
    ],
)
def test_each_code_has_its_verdict(shop, text, kind, shape):
    shop.window.take_scan(text)
    assert shop.pickup.presenter.state.card.verdict.kind is kind
    assert shop.pickup.card.banner.shape is shape


@pytest.mark.parametrize(
    ("number", "shape"),
    [
        (TO_PAY, Shape.TICK),
        (TO_PREPARE, Shape.HOURGLASS),
        (CANNOT_TELL, Shape.QUESTION),
        (EXPIRED, Shape.HOURGLASS),
        (CANCELLED, Shape.OCTAGON),
    ],
)
def test_each_state_has_its_shape(shop, number, shape):
    scan(shop, number)
    assert shop.pickup.card.banner.shape is shape


def test_already_handed_over_shows_the_double_bar_and_when(shop):
    scan(shop, PREPAID)
    press(KEY.Key_Return)
    shop.clock.go_on(hours=1)
    scan(shop, PREPAID)
    assert shop.pickup.card.banner.shape is Shape.DOUBLE_BAR
    assert "Léa" in shop.pickup.card.banner.sentence
    press(KEY.Key_Return)
    assert len(shop.store.tables.handovers) == 1


def test_a_new_scan_replaces_the_card_at_once(shop):
    scan(shop, PREPAID)
    press(KEY.Key_2)
    scan(shop, TO_PAY)
    assert shop.pickup.presenter.state.selected == "order-1"
    assert step_of(shop) is Step.LOOK


def test_a_late_answer_does_not_replace_a_newer_card(shop):
    shop.runner.hold = True
    scan(shop, PREPAID)
    scan(shop, TO_PAY)
    shop.runner.release()
    shop.runner.release()
    assert shop.pickup.presenter.state.selected == "order-1"


def test_three_letters_and_enter_open_the_order(shop):
    write("wan")
    press(KEY.Key_Escape)
    write("dela")
    assert "Laurence Delattre" in shop.window.box.preview
    press(KEY.Key_Return)
    assert shop.pickup.presenter.state.selected == "order-2"
    press(KEY.Key_Return)
    assert handed_over(shop, PREPAID)


def test_a_scan_ends_a_search(shop):
    write("dela")
    scan(shop, TO_PAY)
    assert shop.window.box.text() == ""
    assert shop.pickup.presenter.state.search == ""
    assert len(shop.pickup.presenter.state.rows) > 1


def test_a_new_order_rings_and_is_counted_on_the_rail(shop):
    order = some_orders()[TO_PREPARE]
    with shop.store.unit_of_work() as uow:
        uow.orders.save_server_copy(type(order)(**{**_fields(order), "order_id": "order-50", "reference": "9BCDFYX"}))
        uow.commit()
    shop.window.refresh(Touched(orders=True))
    assert shop.sounds == ["new_order"]
    assert "3" in shop.window.findChild(QWidget, "rail-pickup").accessibleName()
    shop.window.refresh(Touched(orders=True))
    assert shop.sounds == ["new_order"]


def test_a_name_nobody_has_is_said_inline(shop):
    write("zzzz")
    press(KEY.Key_Return)
    assert "zzzz" in shop.window.notice.text


def test_lists_keep_selection_and_scroll_when_refreshed(shop):
    screen = shop.pickup
    shop.window.resize(1024, 600)
    press(KEY.Key_Down)
    press(KEY.Key_Down)
    assert screen.list.current_key == "order-2"
    bar = screen.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    at = bar.value()
    new = some_orders()[0]
    with shop.store.unit_of_work() as uow:
        uow.orders.save_server_copy(type(new)(**{**_fields(new), "order_id": "order-99", "number": "2000"}))
        uow.commit()
    shop.window.refresh(Touched(orders=True))
    assert screen.list.current_key == "order-2"
    assert bar.value() == at
    assert "order-99" in [row.order_id for row in screen.presenter.state.rows]


def test_with_nothing_ready_the_screen_begins_with_what_to_prepare(look, qtbot):
    quiet = open_shop(look, orders=[])
    qtbot.addWidget(quiet.window)
    assert _list_shown(quiet) is OrderList.READY
    with quiet.store.unit_of_work() as uow:
        uow.orders.save_server_copy(replace(some_orders()[0], server_preparation=Preparation.TO_PREPARE))
        uow.commit()
    quiet.window.refresh(Touched(orders=True))
    assert _list_shown(quiet) is OrderList.TO_PREPARE
    assert [row.order_id for row in quiet.pickup.presenter.state.rows] == ["order-1"]
    quiet.pickup.presenter.choose_list(OrderList.READY)
    quiet.window.refresh(Touched(orders=True))
    assert _list_shown(quiet) is OrderList.READY
    quiet.window.close()


def _list_shown(shop: Shop) -> OrderList:
    return shop.pickup.presenter.state.which


def test_the_lists_count_and_change_by_touch(shop, qtbot):
    lists = shop.pickup.lists
    place = lists.place_of(OrderList.TO_PREPARE)
    qtbot.mouseClick(lists, Qt.MouseButton.LeftButton, pos=place.center())
    assert shop.pickup.presenter.state.which is OrderList.TO_PREPARE
    assert {row.order_id for row in shop.pickup.presenter.state.rows} == {"order-3", "order-4"}


def test_everything_can_be_touched(shop, qapp):
    def touch(widget: QWidget, place: QPoint | None = None) -> None:
        qapp.processEvents()  # what has just changed is laid out first
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or widget.rect().center())

    scan(shop, PREPAID)
    lines = shop.pickup.card.lines
    qapp.processEvents()
    touch(lines, lines.place_of(2).center())
    touch(_button(shop, "outcome-missing"))
    touch(_button(shop, "main-action"))
    assert handed_over(shop, PREPAID)
    touch(_button(shop, "print"))
    assert len(shop.store.tables.print_jobs) == 1
    touch(_button(shop, "undo"))
    assert not handed_over(shop, PREPAID)


def test_the_key_of_the_slip_is_not_shown_for_the_market_sheet_too(shop):
    sheet = shop.window.findChild(QWidget, "market-sheet")
    scan(shop, PREPAID)
    assert sheet.isVisible()
    press(KEY.Key_Return)
    assert not sheet.isVisible()
    press(KEY.Key_Escape)
    assert sheet.isVisible()


def test_p_prints_the_list_before_and_with_ctrl_the_slip_after(shop):
    scan(shop, PREPAID)
    press(KEY.Key_P)
    press(KEY.Key_Return)
    press(KEY.Key_P, Qt.KeyboardModifier.ControlModifier)
    kinds = [job.kind.value for job in shop.store.tables.print_jobs.values()]
    assert kinds == ["preparation_list", "handover_slip"]


def test_a_full_disk_is_said_and_nothing_is_lost(shop):
    from app.usecases.ports import StoreUnavailable

    scan(shop, PREPAID)
    shop.store.fail_commit_with = StoreUnavailable("disk_full")
    press(KEY.Key_Return)
    assert "disque est plein" in shop.window.notice.text
    assert not handed_over(shop, PREPAID)
    press(KEY.Key_Return)
    assert handed_over(shop, PREPAID)


def test_an_article_code_is_left_to_other_screens(shop):
    assert not shop.pickup.take_input("3017620422003", How.SCAN)


def test_an_order_changed_elsewhere_is_judged_again_on_the_open_card(shop):
    scan(shop, PREPAID)
    order = some_orders()[PREPAID]
    gone = type(order)(**{**_fields(order), "version": 2, "cancelled_at": shop.clock.now()})
    with shop.store.unit_of_work() as uow:
        uow.orders.save_server_copy(gone)
        uow.commit()
    shop.window.refresh(Touched(orders=True))
    assert shop.pickup.card.banner.shape is Shape.OCTAGON
    press(KEY.Key_Return)
    assert not handed_over(shop, PREPAID)


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [
        ("fr", ThemeName.LIGHT, (1024, 600)),
        ("en", ThemeName.LIGHT, (1024, 600)),
        ("fr", ThemeName.DARK, (1366, 768)),
        ("en", ThemeName.SUNLIGHT, (1366, 768)),
        ("fr", ThemeName.LIGHT, (3840, 2160)),
    ],
)
def test_no_text_is_cut_in_any_size_theme_and_language(qtbot, look, qapp, language, theme, size):
    from tests.ui.shop import open_shop

    set_language(language)
    look.use(theme)
    shop = open_shop(look)
    qtbot.addWidget(shop.window)
    shop.window.resize(*size)
    shop.window.show()
    for number in (PREPAID, TO_PAY, TO_PREPARE, CANNOT_TELL, EXPIRED, CANCELLED):
        scan(shop, number)
        qapp.processEvents()
        assert texts_cut(shop.window) == []
        assert targets_too_small(shop.window) == []
        assert texts_too_small(shop.window) == []
        assert nameless(shop.window) == []
    scan(shop, PREPAID)
    for keys in ((KEY.Key_2,), (KEY.Key_K,), (KEY.Key_Escape, KEY.Key_R)):
        for key in keys:
            press(key)
        qapp.processEvents()
        assert texts_cut(shop.window) == []
    shop.window.close()


def _button(shop: Shop, name: str):
    from app.ui.components.buttons import ActionButton

    return shop.window.findChild(ActionButton, name)


def _fields(order) -> dict:
    from dataclasses import fields

    return {field.name: getattr(order, field.name) for field in fields(order)}


def test_r12_nothing_is_handed_over_while_the_till_is_in_training(shop):
    assert start_training(shop.counter, "Léa")
    scan(shop, PREPAID)
    press(KEY.Key_Return)
    order = shop.store.queries.order(some_orders()[PREPAID].order_id)
    assert order.handover is HandoverState.OPEN
    assert "Quittez d’abord le mode école" in shop.window.notice.text
