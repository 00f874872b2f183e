"""What a screen may not do without leave is done only with it: overriding a verdict, correcting stock."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.operators import Operator, Right, Role
from app.ui.components.pin_sheet import PinSheet
from app.ui.pickup.state import Step
from app.ui.screen import How, PlaceName
from app.usecases.manage_operators import Team
from tests.fakes.pins import PlainPinHasher
from tests.fakes.samples import COFFEE
from tests.ui.till import open_till


def overriding(shop) -> None:
    """At the reason of an override, for an order of another till."""
    shop.pickup.presenter.choose_order("order-5")
    shop.pickup.presenter.ask_reason()
    assert shop.pickup.presenter.state.card.step is Step.REASON
    shop.asks = True
    shop.pickup.presenter.override("vu avec la patronne")


def test_a_verdict_is_overridden_only_with_leave(shop):
    overriding(shop)
    [(right, answered)] = shop.asked
    assert right is Right.OVERRIDE_HANDOVER
    assert not shop.paid
    answered(None)
    assert not shop.paid
    assert not shop.store.tables.handovers
    shop.pickup.presenter.override("vu avec la patronne")
    shop.asked[-1][1]("Claire")
    assert shop.paid or shop.store.tables.handovers


def test_leave_that_comes_when_another_order_is_shown_is_for_nothing(shop):
    overriding(shop)
    shop.pickup.presenter.choose_order("order-2")
    shop.asked[0][1]("Claire")
    assert not shop.paid
    assert not shop.store.tables.handovers


def test_an_accountant_corrects_no_stock_without_a_manager(qtbot, look):
    with open_till(qtbot, look, PlaceName.STOCK) as till:
        team = Team(till.counter, till.store.queries, PlainPinHasher())
        team.add("Claire", Role.MANAGER, "2580", "Léa")
        duval = team.add("Cabinet Duval", Role.ACCOUNTANT, "4907", "Claire")
        assert isinstance(duval, Operator)
        till.on_duty.use_team(till.store.queries.operators())
        till.on_duty.sign_in(duval)
        till.window.take_input(COFFEE.codes[0], How.SCAN)
        moved = len(till.store.tables.movements)
        till.press("+3")
        till.enter()
        [refused] = (sheet for sheet in till.window.findChildren(PinSheet) if sheet.isVisible())
        QTest.keyClick(refused, Qt.Key.Key_Escape)
        assert len(till.store.tables.movements) == moved
        till.window.clear_box()
        till.press("+3")
        till.enter()
        [asked] = (sheet for sheet in till.window.findChildren(PinSheet) if sheet.isVisible())
        assert len(till.store.tables.movements) == moved
        QTest.keyClicks(asked, "2580")
        QTest.keyClick(asked, Qt.Key.Key_Return)
        assert len(till.store.tables.movements) == moved + 1
