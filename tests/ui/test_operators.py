"""The locked till and approvals: PIN pad by keys and by touch, wrong PINs, scans that go nowhere, baskets that stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.domain.operators import Operator, Right, Role
from app.i18n import tr
from app.ui.components.approval import Approvals, PinSurroundings
from app.ui.components.pin_sheet import PinSheet, as_digits
from app.ui.lock import IdleWatch, Lock
from app.ui.messages import describe_failure
from app.ui.on_duty import OperatorOnDuty
from app.ui.operator_words import pin_refusal_words, slowed_words
from app.ui.screen import PlaceName
from app.ui.style.tokens import MAIN_ACTION_PX
from app.usecases.approve import NotTheirRight
from app.usecases.manage_operators import Team
from app.usecases.ports import StoreUnavailable, Touched
from app.usecases.try_pin import WrongPin
from tests.fakes.pins import PlainPinHasher
from tests.fakes.samples import an_order
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small
from tests.ui.till import Till, open_till

MANAGER_PIN, CASHIER_PIN, WRONG = "2580", "7391", "6602"


@dataclass
class Guarded:
    """A till with a manager, Claire, and a cashier, Sami."""

    till: Till
    on_duty: OperatorOnDuty
    approvals: Approvals
    lock: Lock
    team: Team

    def read_team(self) -> None:
        self.on_duty.use_team(self.till.store.queries.operators())

    @property
    def sheet(self) -> PinSheet:
        (found,) = (sheet for sheet in self.till.window.findChildren(PinSheet) if sheet.isVisible())
        assert isinstance(found, PinSheet)
        return found

    @property
    def sheets(self) -> int:
        return sum(sheet.isVisible() for sheet in self.till.window.findChildren(PinSheet))

    def type_pin(self, pin: str) -> None:
        QTest.keyClicks(self.sheet, pin)
        QTest.keyClick(self.sheet, Qt.Key.Key_Return)

    def touch_pin(self, pin: str) -> None:
        for name in [f"pin-{digit}" for digit in pin] + ["pin-enter"]:
            button = self.sheet.findChild(QAbstractButton, name)
            assert button is not None
            assert button.height() >= MAIN_ACTION_PX
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def sign_in(self, pin: str) -> None:
        self.lock.lock("asked")
        self.type_pin(pin)


@pytest.fixture
def till(qtbot, look) -> Iterator[Till]:
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


@pytest.fixture
def guarded(till: Till) -> Guarded:
    hasher = PlainPinHasher()
    team = Team(till.counter, till.store.queries, hasher)
    for name, role, pin in (("Claire", Role.MANAGER, MANAGER_PIN), ("Sami", Role.CASHIER, CASHIER_PIN)):
        assert isinstance(team.add(name, role, pin, "Léa"), Operator)
    on_duty = OperatorOnDuty(lambda: "Léa", lambda: 10)
    around = PinSurroundings(till.counter, till.store.queries, hasher, till.runner, till.window, till.look, on_duty)
    approvals = Approvals(around)
    made = Guarded(till, on_duty, approvals, Lock(around, approvals), team)
    made.read_team()
    return made


# --- who is on duty ---


def test_a_shop_without_a_team_may_do_everything_under_its_usual_name():
    on_duty = OperatorOnDuty(lambda: "Léa", lambda: 10)
    assert on_duty.name() == "Léa"
    assert all(on_duty.may(right) for right in Right)
    assert on_duty.discount_limit_percent() == 100


def test_with_a_team_nobody_acts_before_signing_in(guarded):
    assert not any(guarded.on_duty.may(right) for right in Right)
    assert guarded.on_duty.discount_limit_percent() == 0
    guarded.sign_in(CASHIER_PIN)
    assert guarded.on_duty.name() == "Sami"
    assert guarded.on_duty.may(Right.SELL)
    assert not guarded.on_duty.may(Right.CANCEL_TICKET)
    assert guarded.on_duty.discount_limit_percent() == 10


def test_who_may_act_no_more_is_not_on_duty_any_more(guarded):
    guarded.sign_in(CASHIER_PIN)
    operator = guarded.on_duty.operator
    guarded.team.deactivate(operator.operator_id, "Claire")
    guarded.read_team()
    assert guarded.on_duty.operator is None
    assert not guarded.on_duty.may(Right.SELL)


# --- the lock ---


def test_a_shop_without_a_team_is_never_locked(till):
    on_duty = OperatorOnDuty(lambda: "Léa", lambda: 10)
    around = PinSurroundings(
        till.counter, till.store.queries, PlainPinHasher(), till.runner, till.window, till.look, on_duty
    )
    Lock(around, Approvals(around)).lock("idle")
    assert not till.window.covered


def test_a_pin_by_keys_opens_the_till(guarded):
    guarded.lock.lock("start")
    assert guarded.lock.locked
    QTest.keyClicks(guarded.sheet, "25")
    QTest.keyClick(guarded.sheet, Qt.Key.Key_Backspace)
    assert guarded.sheet.digits_typed == 1
    QTest.keyClicks(guarded.sheet, "580")
    QTest.keyClick(guarded.sheet, Qt.Key.Key_Return)
    assert not guarded.lock.locked
    assert not guarded.till.window.covered
    assert guarded.on_duty.name() == "Claire"


def test_a_french_keyboards_top_row_types_figures_without_shift(guarded):
    guarded.lock.lock("start")
    minus = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Minus, Qt.KeyboardModifier.KeypadModifier, "-")
    QCoreApplication.sendEvent(guarded.sheet, minus)
    for character in "é(_à":
        key = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
        QCoreApplication.sendEvent(guarded.sheet, key)
    QTest.keyClick(guarded.sheet, Qt.Key.Key_Return)
    assert guarded.on_duty.name() == "Claire"
    assert as_digits("12é4 ab&7") == "122417"


def test_a_pin_by_touch_opens_the_till(guarded):
    guarded.lock.lock("start")
    guarded.touch_pin(CASHIER_PIN)
    assert guarded.on_duty.name() == "Sami"


def test_wrong_pins_are_said_and_then_slow_the_till(guarded):
    guarded.lock.lock("start")
    guarded.type_pin(WRONG)
    assert guarded.sheet.said == pin_refusal_words(WrongPin(4))
    for _ in range(4):
        guarded.type_pin(WRONG)
    assert guarded.sheet.said == slowed_words(30)
    guarded.type_pin(MANAGER_PIN)
    assert guarded.lock.locked
    assert guarded.sheet.said == slowed_words(30)


def test_a_lock_loses_no_basket_and_no_half_typed_input(guarded):
    till = guarded.till
    till.scan("3760123456784")
    till.press("caf")
    before = till.sale.presenter.state
    guarded.lock.lock("idle")
    guarded.type_pin(CASHIER_PIN)
    assert till.sale.presenter.state == before
    assert till.window.box.text() == "caf"
    assert till.window.box.hasFocus()


def test_while_locked_no_key_scan_or_shortcut_goes_further_and_a_scan_types_no_pin(guarded):
    till = guarded.till
    guarded.lock.lock("asked")
    before = till.sale.presenter.state
    till.window.take_scan("3760123456784")
    assert till.sale.presenter.state == before
    assert till.sounds == ["stop"]
    assert guarded.sheet.said == tr("First your PIN; then scan again.")
    assert guarded.sheet.digits_typed == 0
    QTest.keyClick(till.window, Qt.Key.Key_F4)
    QTest.keyClick(till.window, Qt.Key.Key_3)
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F12, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_P):
        QTest.keyClick(guarded.sheet, key)
        assert till.window.focusWidget() is guarded.sheet, key
    assert till.window.here is PlaceName.SALE
    assert till.sale.presenter.state == before
    assert till.window.box.text() == ""
    assert guarded.lock.locked


def test_behind_the_lock_screens_hear_of_what_is_new(guarded):
    heard: list[Touched] = []
    screen = guarded.till.sale
    usual, screen.refresh = screen.refresh, heard.append
    guarded.lock.lock("asked")
    with guarded.till.counter.unit_of_work() as uow:
        uow.orders.save_server_copy(an_order("order-9", reference="9BCDFYY"))
        uow.commit()
    guarded.till.counter.announce(Touched(orders=True))
    screen.refresh = usual
    assert [touched.orders for touched in heard] == [True]
    assert guarded.till.window.isEnabled()


def test_the_store_failing_leaves_the_till_locked_and_says_so(guarded):
    guarded.lock.lock("asked")
    guarded.till.store.fail_commit_with = StoreUnavailable("disk_full")
    guarded.type_pin(CASHIER_PIN)
    assert guarded.lock.locked
    assert guarded.sheet.said == describe_failure(StoreUnavailable("disk_full"))
    guarded.type_pin(CASHIER_PIN)
    assert not guarded.lock.locked


def test_while_a_pin_is_looked_at_keys_do_nothing(guarded):
    guarded.lock.lock("asked")
    guarded.till.runner.hold = True
    guarded.type_pin(CASHIER_PIN)
    QTest.keyClicks(guarded.sheet, "99")
    assert guarded.sheet.digits_typed == 0
    guarded.till.runner.hold = False
    guarded.till.runner.release()
    assert guarded.on_duty.name() == "Sami"


def test_the_sheet_fits_the_smallest_window_in_every_way(guarded):
    guarded.till.window.resize(1024, 600)
    for _ in range(2):
        guarded.lock.lock("start")
        guarded.sheet.say("Too many wrong PINs. Wait 30 s, then type yours. And some more words, as in French.")
        QCoreApplication.processEvents()
        sheet = guarded.sheet
        assert sheet.size() == guarded.till.window.size()
        assert (texts_cut(sheet), targets_too_small(sheet), texts_too_small(sheet), nameless(sheet)) == ([], [], [], [])
        guarded.till.window.resize(1366, 768)
        QCoreApplication.processEvents()
        assert sheet.size() == guarded.till.window.size()
        guarded.type_pin(MANAGER_PIN)


def test_ctrl_l_and_the_chip_ask_for_another_operator(guarded, qtbot):
    window = guarded.till.window
    with qtbot.waitSignal(window.operator_pressed):
        QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(window.operator_pressed):
        QTest.mouseClick(window.operator, Qt.MouseButton.LeftButton)


# --- approvals ---


def test_ones_own_right_needs_no_pin(guarded):
    guarded.sign_in(MANAGER_PIN)
    answers: list[str | None] = []
    guarded.approvals.ask_approval(Right.CANCEL_TICKET, answers.append)
    assert answers == [""]
    assert guarded.sheets == 0


def test_a_manager_approves_over_the_window(guarded):
    guarded.sign_in(CASHIER_PIN)
    answers: list[str | None] = []
    guarded.approvals.ask_approval(Right.CANCEL_TICKET, answers.append)
    assert guarded.till.window.covered
    guarded.type_pin(CASHIER_PIN)
    assert answers == []
    assert guarded.sheet.said == pin_refusal_words(NotTheirRight("Sami"))
    guarded.type_pin(MANAGER_PIN)
    assert answers == ["Claire"]
    assert not guarded.till.window.covered
    assert guarded.on_duty.name() == "Sami"


def test_esc_the_button_another_question_and_the_lock_are_a_no(guarded):
    guarded.sign_in(CASHIER_PIN)
    answers: list[str | None] = []

    def ask() -> None:
        guarded.approvals.ask_approval(Right.CANCEL_TICKET, answers.append)

    ask()
    QTest.keyClick(guarded.sheet, Qt.Key.Key_Escape)
    assert answers == [None]
    ask()
    QTest.mouseClick(guarded.sheet.cancel_button, Qt.MouseButton.LeftButton)
    assert answers == [None, None]
    ask()
    ask()
    assert answers == [None] * 3
    guarded.lock.lock("idle")
    assert answers == [None] * 4
    assert guarded.sheets == 1
    assert guarded.lock.locked


def test_an_approval_that_comes_after_esc_is_for_nothing_else(guarded):
    guarded.sign_in(CASHIER_PIN)
    answers: list[str | None] = []
    guarded.approvals.ask_approval(Right.CANCEL_TICKET, answers.append)
    guarded.till.runner.hold = True
    guarded.type_pin(MANAGER_PIN)
    QTest.keyClick(guarded.sheet, Qt.Key.Key_Escape)
    another: list[str | None] = []
    guarded.approvals.ask_approval(Right.ARCHIVE, another.append)
    guarded.till.runner.hold = False
    guarded.till.runner.release()
    assert answers == [None]
    assert another == []


def test_every_right_can_be_asked_for_and_nothing_is_cut(guarded):
    guarded.sign_in(CASHIER_PIN)
    for right in Right:
        if guarded.on_duty.may(right):
            continue
        guarded.approvals.ask_approval(right, lambda _name: None)
        QCoreApplication.processEvents()
        assert texts_cut(guarded.sheet) == []
        guarded.approvals.cancel()


# --- idle ---


def test_a_quiet_while_is_told_once_and_a_key_begins_it_anew(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    watch = IdleWatch()
    watch.watch(window)
    told: list[bool] = []
    watch.idle.connect(lambda: told.append(True))
    watch.set_after(0)
    assert not watch._timer.isActive()
    watch.set_after(600_000)
    assert watch._timer.isActive()
    watch.stop()
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    QCoreApplication.sendEvent(window.windowHandle(), key)
    assert watch._timer.isActive()
    watch.set_after(1)
    qtbot.waitUntil(lambda: told == [True])
    assert not watch._timer.isActive()
    watch.stop()
