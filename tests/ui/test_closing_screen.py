"""The closing screen with real keys: the day counted, held against what should be there, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.cash import CashMovementKind
from app.domain.closure import Closure, ClosureKind
from app.domain.money import Money
from app.domain.operators import Operator, Role
from app.domain.receipt import PrintKind
from app.i18n import set_language
from app.ui.closing.state import Step, Wait
from app.ui.components.pin_sheet import PinSheet
from app.ui.screen import PlaceName
from app.usecases.keep_cash import move_cash, open_cash
from app.usecases.manage_operators import Team
from app.usecases.ports import StoreUnavailable
from tests.fakes.pins import PlainPinHasher
from tests.fakes.tills_day import CARD, give_back, sell
from tests.ui import checks
from tests.ui.till import Till, open_till

SIZES = [(1024, 600), (1366, 768), (1920, 1080)]
TAB = Qt.Key.Key_Tab


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.STOCK) as opened:
        yield opened


def count(till: Till, pieces: Mapping[int, int]) -> None:
    """Type a count as a person does: figures, Tab from row to row; nothing else."""
    fields = till.closing.grid.fields
    for field in fields:
        if field.value_minor in pieces:
            till.press(str(pieces[field.value_minor]))
        if field is not fields[-1]:
            till.press(TAB)


def count_amount(till: Till, amount_minor: int) -> None:
    """The same without the keys: as few pieces as there can be."""
    for field in till.closing.grid.fields:
        many, amount_minor = divmod(amount_minor, field.value_minor)
        field.setText(str(many) if many else "")
    till.closing.grid.fields[0].setFocus()


def step_of(till: Till) -> Step:
    return till.closing.presenter.state.step


def closed_of(till: Till) -> list[Closure]:
    return list(reversed(till.store.queries.closures()))


def go_there(till: Till) -> None:
    till.window.go_to(PlaceName.CLOSING)


# --- closing


def test_three_keys_beside_the_counts_close_the_day(till):
    sell(till, 17_50)
    till.start_counting()
    till.press(Qt.Key.Key_F10)
    before = till.keys
    count(till, {1000: 1, 500: 1, 200: 1, 50: 1})
    counted = till.keys - before
    assert till.text("counted-total") == "17,50 €"
    till.enter()
    assert till.closing.check_page.banner.word == "Le compte est juste"
    till.enter()
    assert till.keys - counted == 3
    assert step_of(till) is Step.DONE
    (closure,) = closed_of(till)
    assert closure.kind is ClosureKind.DAY
    assert closure.cash.counted == Money(17_50)
    assert closure.totals.turnover == Money(17_50)
    assert closure.display_number in till.closing.done_page.banner.word
    printed = [till.store.queries.print_job(row.job_id) for row in till.store.queries.print_jobs()]
    assert {job.kind for job in printed if job is not None} == {PrintKind.Z_REPORT, PrintKind.CASH_COUNT}


def test_the_pad_alone_counts_and_closes(till):
    """Figures, + for the next row, Enter: what is right of the keyboard."""
    sell(till, 1000_00, CARD)
    sell(till, 220_00)
    go_there(till)
    pad = Qt.KeyboardModifier.KeypadModifier
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Plus, pad)
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_1, pad)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Plus, Qt.Key.Key_1):
        QTest.keyClick(till.window.focusWidget(), key, pad)
    assert till.text("counted-total") == "220,00 €"
    for _ in range(2):
        QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Enter, pad)
    assert step_of(till) is Step.DONE


def test_touching_a_note_counts_one_more(till):
    go_there(till)
    till.click("one-more-2000")
    till.click("one-more-2000")
    till.click("one-more-50")
    assert till.text("counted-total") == "40,50 €"


def test_a_french_top_row_types_figures(till):
    go_there(till)
    keys = ((Qt.Key.Key_Ampersand, "&"), (Qt.Key.Key_Eacute, "é"), (Qt.Key.Key_Minus, "-"))
    for key, text in keys:  # QTest types ASCII only
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.sendEvent(till.window.focusWidget(), event)
    assert till.closing.grid.fields[0].text() == "126"


def test_what_should_be_there_is_hidden_until_counted(till):
    sell(till, 12_00)
    go_there(till)
    assert till.text("closing-expected") == ""
    till.settings = replace(till.settings, blind_count=False)
    go_there(till)
    assert till.text("closing-expected") == "Attendu 12,00 €"


def test_nothing_typed_is_no_count(till):
    sell(till, 12_00)
    go_there(till)
    till.enter()
    assert step_of(till) is Step.COUNT
    assert "Tapez combien" in till.closing.notice.text
    till.press("s")
    assert till.closing.check_page.banner.word == "Non comptée"
    till.enter()
    assert closed_of(till)[0].cash.counted is None


def test_a_difference_needs_a_reason_and_an_explanation_is_one(till):
    sell(till, 40_00)
    sell(till, 5_00)
    go_there(till)
    count_amount(till, 40_00)
    till.enter()
    assert till.closing.check_page.banner.word == "Il manque 5,00\u00a0€"
    assert "A-000002" in till.closing.causes.texts[0]
    assert len(till.closing.causes.texts) <= 3
    till.enter()
    assert step_of(till) is Step.CHECK
    assert "dites pourquoi" in till.closing.notice.text
    till.press("1")
    till.enter()
    (closure,) = closed_of(till)
    assert closure.cash.difference == Money(-5_00)
    (difference,) = [
        row for row in till.store.tables.cash_movements.values() if row.kind is CashMovementKind.DIFFERENCE
    ]
    assert "A-000002" in difference.reason


def test_a_great_difference_is_accepted_by_a_manager(till):
    team = Team(till.counter, till.store.queries, PlainPinHasher())
    team.add("Claire", Role.MANAGER, "2580", "Léa")
    team.add("Sami", Role.CASHIER, "7391", "Claire")
    till.on_duty.use_team(till.store.queries.operators())
    sami = next(person for person in till.store.queries.operators() if person.name == "Sami")
    assert isinstance(sami, Operator)
    till.on_duty.sign_in(sami)
    sell(till, 100_00)
    go_there(till)
    count_amount(till, 80_00)
    till.enter()
    till.press("Vol")
    till.enter()
    (sheet,) = [sheet for sheet in till.window.findChildren(PinSheet) if sheet.isVisible()]
    assert not closed_of(till)
    QTest.keyClicks(sheet, "2580")
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    (closure,) = closed_of(till)
    assert closure.operator == "Sami"
    assert closure.activity.approvals == 1


def test_the_float_for_tomorrow_is_proposed_and_the_rest_goes_to_the_bank(till):
    open_cash(till.counter, Money(150_00), "Léa")
    sell(till, 82_00)
    go_there(till)
    count_amount(till, 232_00)
    till.enter()
    assert till.closing.check_page.next_float.text == "150"
    assert till.text("banked") == "82,00 € vont à la banque ou au coffre."
    till.closing.check_page.next_float.edit.setFocus()
    till.closing.check_page.next_float.edit.clear()
    till.press("abc")
    till.enter()
    assert "Tapez un montant" in till.closing.notice.text
    till.closing.check_page.next_float.edit.clear()
    till.press("100")
    till.enter()
    assert closed_of(till)[0].cash.left == Money(100_00)
    go_there(till)
    assert till.text("counted-total") == "0,00 €"


def test_escape_goes_back_to_the_count_and_loses_nothing(till):
    sell(till, 12_00)
    go_there(till)
    count_amount(till, 12_00)
    till.enter()
    till.press(Qt.Key.Key_Escape)
    assert step_of(till) is Step.COUNT
    till.window.go_to(PlaceName.STOCK)
    go_there(till)
    assert till.closing.grid.count.total == Money(12_00)


def test_what_waits_is_a_list_with_a_key_each_and_blocks_nothing(till):
    sell(till, 12_00)
    go_there(till)
    waits = till.closing.presenter.state.picture.waits
    assert waits[Wait.TO_SEND] > 0
    till.press("e")
    assert till.window.here is PlaceName.OUTBOX
    go_there(till)
    till.click(f"wait-{Wait.TO_SEND}")
    assert till.window.here is PlaceName.OUTBOX
    go_there(till)
    count_amount(till, 12_00)
    till.enter(2)
    assert step_of(till) is Step.DONE


def test_a_forgotten_day_and_the_month_that_is_over_are_closed_with_it(till):
    sell(till, 10_00)
    till.clock.go_on(days=11)
    sell(till, 5_00)
    go_there(till)
    assert "Jour 21/11/2026" in till.text("closing-due")
    count_amount(till, 15_00)
    till.enter(2)
    kinds = [(closure.kind, closure.totals.turnover) for closure in closed_of(till)]
    assert kinds == [
        (ClosureKind.DAY, Money(10_00)),
        (ClosureKind.DAY, Money(5_00)),
        (ClosureKind.MONTH, Money(10_00)),
    ]
    assert "Mois 11/2026" in till.text("closed-periods")


def test_a_full_disk_is_said_and_nothing_is_lost(till, monkeypatch):
    sell(till, 12_00)
    go_there(till)
    count_amount(till, 12_00)
    till.enter()

    def full(*_arguments: object) -> None:
        raise StoreUnavailable("disk_full")

    monkeypatch.setattr("app.ui.closing.presenter.close_day", full)
    till.enter()
    assert "disque est plein" in till.closing.notice.text
    monkeypatch.undo()
    till.enter()
    assert step_of(till) is Step.DONE


def test_the_z_again_is_a_duplicate(till):
    sell(till, 12_00)
    go_there(till)
    count_amount(till, 12_00)
    till.enter(2)
    till.press("z")
    assert "duplicata" in till.closing.notice.text
    copies = [copy for copy in till.store.tables.copies if copy]
    assert len(copies) == 2


# --- the drawer and X


def test_cash_in_and_out_with_a_reason(till):
    go_there(till)
    till.press("d")
    till.press("50")
    till.enter()
    till.press("Monnaie")
    till.enter()
    assert "Enregistré" in till.closing.notice.text
    till.closing.drawer_page.kind.choose(CashMovementKind.CASH_OUT, tell=True)
    till.closing.drawer_page.begin()
    till.press("80")
    till.enter()
    till.press("Pain")
    till.enter()
    assert "50,00 €" in till.closing.notice.text.replace("\u00a0", " ")
    session = till.store.queries.cash_session()
    assert (session.ins, session.outs) == (Money(50_00), Money(0))


def test_the_drawer_opened_for_change_is_noted_and_kicked(till):
    go_there(till)
    till.press("d")
    till.closing.drawer_page.kind.choose(CashMovementKind.DRAWER, tell=True)
    till.closing.drawer_page.begin()
    till.enter()
    assert "motif" in till.closing.notice.text
    assert till.kicks == 0
    till.press("Monnaie pour un client")
    till.enter()
    assert till.store.queries.cash_session().drawer_openings == 1
    assert till.kicks == 1


def test_the_float_is_entered_once(till):
    go_there(till)
    till.press("d")
    till.closing.drawer_page.kind.choose(CashMovementKind.OPENED, tell=True)
    till.closing.drawer_page.begin()
    till.press("150")
    till.enter()
    assert till.store.queries.cash_session().float_amount == Money(150_00)
    till.press("150")
    till.enter()
    assert "déjà" in till.closing.notice.text


def test_x_at_any_time_shows_and_prints_and_closes_nothing(till):
    sell(till, 12_00, CARD)
    go_there(till)
    till.press("x")
    assert till.text("report-turnover") == "12,00 €"
    till.enter()
    (job,) = till.store.queries.print_jobs()
    assert job.title == "X"
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert step_of(till) is Step.COUNT
    assert not closed_of(till)


# --- how it looks


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_is_cut_or_too_small_at_any_step(qtbot, look, size, language):
    set_language(language)
    with open_till(qtbot, look, PlaceName.STOCK, size) as till:
        open_cash(till.counter, Money(150_00), "Léa")
        for amount in (1250, 4000, 799):
            sell(till, amount)
        sell(till, 34_00, CARD, 550)
        give_back(till, 799)
        move_cash(till.counter, CashMovementKind.CASH_OUT, Money(20_00), "Pain pour midi", "Léa")
        go_there(till)
        expected = till.store.queries.cash_session().expected.minor
        for keys in ("", "d", "x"):
            till.press(keys, *[])
            look_at(till)
            if keys:
                till.press(Qt.Key.Key_Escape)
        count_amount(till, expected - 20_00)
        till.enter()
        look_at(till)
        till.press("1")
        till.enter()
        look_at(till)


def look_at(till: Till) -> None:
    QTest.qWait(0)
    step = step_of(till)
    assert checks.texts_cut(till.window) == [], step
    assert checks.targets_too_small(till.window) == [], step
    assert checks.texts_too_small(till.window) == [], step
    assert checks.nameless(till.window) == [], step
