"""The team's sheet of the settings, and what only a manager may change there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.domain.operators import Operator, Role
from app.i18n import tr
from app.ui.components.pin_sheet import PinSheet
from app.ui.operator_words import operator_refusal_words
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from app.usecases.manage_operators import OperatorRefusal
from tests.ui.checks import nameless, targets_too_small, texts_cut
from tests.ui.till import Till, open_till

MANAGER_PIN, CASHIER_PIN = "2580", "7391"


@pytest.fixture
def till(qtbot, look) -> Iterator[Till]:
    """At the team's sheet; nobody has been set up."""
    with open_till(qtbot, look, PlaceName.SETTINGS) as opened:
        opened.set_up.presenter.choose_section(Section.TEAM)
        yield opened


def type_into(till: Till, name: str, text: str) -> QLineEdit:
    edit = till.window.findChild(QLineEdit, name)
    assert edit is not None
    edit.setFocus()
    edit.clear()
    QTest.keyClicks(edit, text)
    return edit


def fill(till: Till, name: str, pin: str, again: str) -> None:
    for field, text in (("team-name", name), ("team-pin", pin), ("team-pin-again", again)):
        type_into(till, field, text)


def plain(text: str) -> str:
    """With ordinary blanks, as `Till.text` gives it."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def people(till: Till) -> list[tuple[str, str, bool]]:
    return [(person.name, person.role.value, person.active) for person in till.store.queries.operators()]


def with_claire_and_sami(till: Till) -> tuple[Operator, Operator]:
    for name, pin in (("Claire", MANAGER_PIN), ("Sami", CASHIER_PIN)):
        fill(till, name, pin, pin)
        till.click("team-save")
    claire, sami = till.store.queries.operators()
    till.on_duty.use_team([claire, sami])
    return claire, sami


def asked(till: Till) -> PinSheet:
    """The sheet that asks for the manager."""
    (sheet,) = (sheet for sheet in till.window.findChildren(PinSheet) if sheet.isVisible())
    assert isinstance(sheet, PinSheet)
    return sheet


def test_the_first_person_is_proposed_as_manager_the_next_as_cashier_and_pins_are_typed_twice(till):
    fill(till, "Claire", MANAGER_PIN, "2581")
    till.click("team-save")
    assert till.text("team-said") == plain(tr("The two PINs differ. Type both again."))
    fill(till, "Claire", "1234", "1234")
    till.click("team-save")
    assert till.text("team-said") == plain(operator_refusal_words(OperatorRefusal.PIN_TOO_SIMPLE))
    assert people(till) == []
    with_claire_and_sami(till)
    assert people(till) == [("Claire", "manager", True), ("Sami", "cashier", True)]


def test_a_pin_is_never_shown_nor_left_in_its_field(till):
    edit = type_into(till, "team-pin", "a25&b")
    assert edit.text() == "251"
    edit = type_into(till, "team-pin", MANAGER_PIN)
    assert MANAGER_PIN not in edit.displayText()
    with_claire_and_sami(till)
    assert till.set_up.team.pin.text == till.set_up.team.repeated.text == ""


def test_people_are_changed_let_go_and_taken_back(till):
    claire, sami = with_claire_and_sami(till)
    till.on_duty.sign_in(claire)
    sheet = till.set_up.team
    sheet.presenter.choose(claire.operator_id)
    till.click("team-leave")
    assert till.text("team-said") == plain(operator_refusal_words(OperatorRefusal.LAST_MANAGER))
    sheet.presenter.choose(sami.operator_id)
    fill(till, "Samia", "4907", "4907")
    sheet.role.choose(Role.ACCOUNTANT.value)
    till.click("team-save")
    assert people(till) == [("Claire", "manager", True), ("Samia", "accountant", True)]
    till.click("team-leave")
    assert people(till)[1] == ("Samia", "accountant", False)
    till.click("team-leave")
    assert till.text("team-said") == plain(tr("Type a PIN, twice."))
    fill(till, "Samia", "4907", "4907")
    till.click("team-leave")
    assert people(till)[1] == ("Samia", "accountant", True)


@pytest.mark.parametrize("size", [(1024, 600), (1366, 768)])
def test_nothing_of_the_sheet_is_cut(till, size):
    claire, _ = with_claire_and_sami(till)
    till.window.resize(*size)
    for chosen in ("", claire.operator_id):
        till.set_up.team.presenter.choose(chosen)
        QCoreApplication.processEvents()
        assert (texts_cut(till.window), targets_too_small(till.window), nameless(till.window)) == ([], [], [])


def test_a_cashier_changes_the_team_only_with_a_manager(till):
    _, sami = with_claire_and_sami(till)
    till.on_duty.sign_in(sami)
    fill(till, "Max", "4907", "4907")
    till.click("team-save")
    QTest.keyClick(asked(till), Qt.Key.Key_Escape)
    assert len(people(till)) == 2
    till.click("team-save")
    QTest.keyClicks(asked(till), MANAGER_PIN)
    QTest.keyClick(asked(till), Qt.Key.Key_Return)
    assert ("Max", "cashier", True) in people(till)


def test_a_cashier_changes_a_setting_only_with_a_manager_the_theme_alone(till):
    _, sami = with_claire_and_sami(till)
    till.on_duty.sign_in(sami)
    till.set_up.presenter.set_values(theme="dark")
    assert till.settings.theme == "dark"
    limit = type_into(till, "discount-limit", "50")
    QTest.keyClick(limit, Qt.Key.Key_Return)
    QTest.keyClick(asked(till), Qt.Key.Key_Escape)
    assert till.settings.cashier_discount_percent == 10
    assert not till.window.covered
    limit = type_into(till, "discount-limit", "50")
    QTest.keyClick(limit, Qt.Key.Key_Return)
    QTest.keyClicks(asked(till), MANAGER_PIN)
    QTest.keyClick(asked(till), Qt.Key.Key_Return)
    assert till.settings.cashier_discount_percent == 50
    assert not till.window.covered


def test_a_field_that_loses_the_focus_to_the_lock_does_not_ask_over_it(till):
    _, sami = with_claire_and_sami(till)
    till.on_duty.sign_in(sami)
    type_into(till, "discount-limit", "50")
    till.lock.lock("idle")
    assert asked(till).accessibleName() == tr("Who is there?")
    QTest.keyClicks(asked(till), CASHIER_PIN)
    QTest.keyClick(asked(till), Qt.Key.Key_Return)
    assert not till.window.covered
    assert till.settings.cashier_discount_percent == 10


def test_the_shop_chooses_how_it_counts_at_closing(till):
    limit = type_into(till, "cash-difference-limit", "25,50")
    QTest.keyClick(limit, Qt.Key.Key_Return)
    assert till.settings.cash_difference_limit_minor == 25_50
    limit = type_into(till, "cash-difference-limit", "beaucoup")
    QTest.keyClick(limit, Qt.Key.Key_Return)
    assert till.settings.cash_difference_limit_minor == 25_50
    assert till.settings.blind_count
    till.click("blind-count")
    assert not till.settings.blind_count
