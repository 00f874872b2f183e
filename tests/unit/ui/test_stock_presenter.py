"""What each input means on the stock screen, with the store in memory and no widget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.catalogue import MovementReason
from app.ui.article_finder import Found
from app.ui.input_grammar import StockAction
from app.ui.screen import How
from app.ui.stock.presenter import StockNotice, StockPresenter, StockState, StockSurroundings
from app.usecases.ports import StoreUnavailable, Touched
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.memory_store import memory_store
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order
from tests.fakes.surroundings import a_counter


class SeenView:
    def __init__(self) -> None:
        self.state = StockState()
        self.found = Found("", ())

    def show(self, state: StockState) -> None:
        self.state = state

    def show_found(self, found: Found) -> None:
        self.found = found

    def play(self, sound: str) -> None:
        pass


class Room:
    def __init__(self) -> None:
        self.store = memory_store()
        self.counter = a_counter(self.store.unit_of_work)
        with self.store.unit_of_work() as uow:
            uow.catalogue.save_all([COFFEE, TOMATO, WINE, HEMMING])
            uow.commit()
        self.view = SeenView()
        self.runner = InlineRunner()
        around = StockSurroundings(self.counter, self.store.queries, self.runner, lambda: "Léa")
        self.stock = StockPresenter(around, self.view)

    def type(self, *texts: str) -> None:
        for text in texts:
            self.stock.typed(text)
            self.stock.take(text, How.TYPED)
            self.stock.typed("")

    def said(self) -> StockNotice | None:
        return self.stock.state.said.kind if self.stock.state.said else None

    @property
    def physical(self) -> int:
        card = self.stock.state.card
        assert card is not None
        return card.physical


@pytest.fixture
def room() -> Room:
    return Room()


def test_scan_then_a_number_is_goods_in(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.stock.set_note("BL 1234")
    room.type("24")
    assert (room.physical, room.said()) == (24, StockNotice.RECEIVED)
    card = room.stock.state.card
    assert [(m.reason, m.quantity, m.note, m.operator) for m in card.movements] == [
        (MovementReason.GOODS_IN, 24, "BL 1234", "Léa")
    ]
    assert room.stock.state.note == ""


def test_count_and_loss(room):
    room.type("café")
    room.type("24", "-2", "=20")
    assert (room.physical, room.said()) == (20, StockNotice.CORRECTED)
    room.type("=20")
    assert room.said() is StockNotice.COUNT_AGREES
    reasons = [movement.reason for movement in room.stock.state.card.movements]
    assert set(reasons) == {MovementReason.GOODS_IN, MovementReason.LOSS, MovementReason.CORRECTION}
    assert sum(movement.quantity for movement in room.stock.state.card.movements) == 20


def test_each_place_has_its_level(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.type("10")
    room.stock.set_location("store_room")
    room.type("30", "=25")
    levels = {level.location: level.quantity for level in room.stock.state.card.levels}
    assert levels == {"shop": 10, "store_room": 25}
    assert room.physical == 35


def test_weights_are_in_kilograms(room):
    room.type("tomate", "2,5")
    assert room.physical == 2500
    room.type("café", "2,5")
    assert room.said() is StockNotice.UNCLEAR


def test_what_is_promised_is_shown(room):
    with room.store.unit_of_work() as uow:
        uow.orders.save_server_copy(an_order())
        uow.commit()
    room.stock.take(COFFEE.codes[0], How.SCAN)
    assert room.stock.state.card.promised == 2


def test_services_have_no_stock(room):
    room.type("ourlet", "3")
    assert room.said() is StockNotice.NOT_TRACKED


def test_buttons_do_the_same(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.stock.act_on_text(StockAction.GOODS_IN, "6")
    room.stock.act_on_text(StockAction.LOSS, "1")
    room.stock.act_on_text(StockAction.COUNTED, "0")
    assert room.physical == 0
    for text in ("", "x", "0", "3017620422003"):
        room.stock.act_on_text(StockAction.GOODS_IN, text)
        assert room.said() is StockNotice.UNCLEAR


def test_unknown_and_nothing_found(room):
    room.stock.take("4006381333931", How.SCAN)
    assert room.said() is StockNotice.UNKNOWN_CODE
    room.type("xyzzy")
    assert room.said() is StockNotice.NO_MATCH


def test_a_refresh_keeps_the_article(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.stock.refresh(Touched(stock=True))
    assert room.stock.state.card.product == COFFEE


def test_a_failed_store_is_said_and_changes_nothing(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)

    def broken():
        raise StoreUnavailable("disk_full")

    object.__setattr__(room.counter, "unit_of_work", broken)
    room.type("24")
    assert room.said() is StockNotice.STORE_FAILED
    assert room.physical == 0


def test_esc_goes_back_step_by_step(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.type("24")
    assert room.stock.go_back()
    assert room.stock.go_back()
    assert room.stock.state.card is None
    assert not room.stock.go_back()


def test_news_of_one_article_never_take_the_place_of_the_one_just_scanned():
    """What is typed next would be recorded for the wrong one."""
    room = Room()
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.runner.hold = True
    room.stock.open(WINE.product_id)
    room.stock.refresh(Touched(stock=True))  # the coffee is still shown
    room.runner.hold = False
    room.runner.release()
    assert room.stock.state.card is not None
    assert room.stock.state.card.product == WINE


def test_news_that_come_late_do_not_open_what_was_closed():
    room = Room()
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.runner.hold = True
    room.stock.refresh(Touched(stock=True))
    assert room.stock.go_back()
    room.runner.hold = False
    room.runner.release()
    assert room.stock.state.card is None


def test_what_was_just_recorded_is_taken_back_by_a_movement_against_it(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    before = room.physical
    for typed in ("24", "-2", f"={before + 7}"):
        room.type(typed)
        assert room.physical != before
        room.stock.undo()
        assert (room.said(), room.physical) == (StockNotice.TAKEN_BACK, before)
    movements = room.stock.state.card.movements
    assert [movement.quantity for movement in movements[:6]] == [-7, 7, 2, -2, -24, 24]
    assert movements[0].reason is MovementReason.CORRECTION
    assert movements[0].source_id == movements[1].movement_id


def test_it_is_taken_back_once_and_only_for_the_article_shown(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.type("24")
    room.stock.undo()
    room.stock.undo()
    assert room.said() is StockNotice.NOTHING_TO_UNDO
    room.type("5")
    room.stock.take(WINE.codes[0], How.SCAN)
    assert room.stock.state.undoable == ()
    room.stock.undo()
    assert room.said() is StockNotice.NOTHING_TO_UNDO


def test_what_is_not_allowed_can_still_be_taken_back_later(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.type("24")
    recorded = room.stock.state.undoable
    room.stock._undo_allowed(None)
    assert room.stock.state.undoable == recorded


def test_what_was_before_is_not_taken_back_while_the_store_records(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.type("24")
    room.runner.hold = True
    room.type("12")
    room.stock.undo()
    assert room.said() is StockNotice.NOTHING_TO_UNDO
    room.runner.hold = False
    room.runner.release()
    assert room.physical == 36
    room.stock.undo()
    assert room.physical == 24


def test_a_card_closed_meanwhile_leaves_nothing_to_take_back_unseen(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.runner.hold = True
    room.type("24")
    while room.stock.go_back():
        pass
    room.runner.hold = False
    room.runner.release()
    assert room.stock.state.undoable == ()


def test_what_could_not_be_taken_back_can_be_tried_again(room, monkeypatch):
    def broken(*_given: object) -> object:
        raise StoreUnavailable("disk_full")

    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.type("24")
    with monkeypatch.context() as patched:
        patched.setattr("app.ui.stock.presenter.take_back_movements", broken)
        room.stock.undo()
    assert room.said() is StockNotice.STORE_FAILED
    room.stock.undo()
    assert (room.said(), room.physical) == (StockNotice.TAKEN_BACK, 0)


def test_an_article_not_counted_any_more_is_not_said_to_be_taken_back(room):
    room.stock.take(COFFEE.codes[0], How.SCAN)
    room.type("24")
    with room.store.unit_of_work() as uow:
        uow.catalogue.save_all([replace(COFFEE, stock_tracked=False)])
        uow.commit()
    room.stock.undo()
    assert room.said() is StockNotice.NOTHING_TO_UNDO
