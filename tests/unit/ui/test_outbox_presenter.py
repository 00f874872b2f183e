"""What waits, what was refused, what was printed: the decisions of the outbox screen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.catalogue import DEFAULT_LOCATION
from app.domain.receipt import PrintKind, SelfTest, ShopIdentity
from app.domain.rescue import RescueRefusal
from app.ui.outbox import words
from app.ui.outbox.presenter import OutboxPresenter
from app.ui.outbox.state import Act, OutboxScreenState, OutboxSurroundings, Tab, deeds_on
from app.usecases.adjust_stock import receive_goods
from app.usecases.ask_again import AskedAgain
from app.usecases.marketplace_port import BrokenChange, FactAnswer, FactOutcome, LinkState, LinkStatus
from app.usecases.ports import PrintJob, PrintState, StoreUnavailable
from app.usecases.reconcile import NotCompared
from app.usecases.rescue import NothingWritten
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.memory_store import memory_store
from tests.fakes.samples import COFFEE, WINE
from tests.fakes.surroundings import NOON, HandSetClock, a_counter


class SeenView:
    state = OutboxScreenState()

    def show(self, state: OutboxScreenState) -> None:
        self.state = state


class Desk:
    def __init__(self) -> None:
        self.store = memory_store()
        self.counter = a_counter(self.store.unit_of_work)
        self.rounds = 0
        self.asked_again = lambda _kind, _record_id: AskedAgain.UNDERSTOOD
        self.link = LinkStatus(LinkState.ONLINE, NOON, last_ok_at=NOON)
        with self.store.unit_of_work() as uow:
            uow.catalogue.save_all([COFFEE, WINE])
            uow.commit()
        self.view = SeenView()
        around = OutboxSurroundings(
            counter=self.counter,
            queries=self.store.queries,
            runner=InlineRunner(),
            clock=HandSetClock(),
            operator=lambda: "Léa",
            link=lambda: self.link,
            sync_now=self._round,
            ask_again=lambda kind, record_id: self.asked_again(kind, record_id),  # noqa: PLW0108  # set by tests
            compare=lambda _work: NotCompared.NOT_OFFERED,
            write_rescue=lambda _folder: NothingWritten.NOTHING_WAITS,
            import_rescue=lambda _file, _operator: RescueRefusal.OTHER_SHOP,
        )
        self.outbox = OutboxPresenter(around, self.view)

    def _round(self) -> None:
        self.rounds += 1

    def receive(self, *products) -> None:
        for product in products:
            receive_goods(self.counter, [(product.product_id, 1)], DEFAULT_LOCATION, "Léa")

    def answer(self, outcome: FactOutcome, message: str) -> str:
        with self.store.unit_of_work() as uow:
            fact = uow.outbox.claim(1, NOON, 30)[0]
            uow.outbox.settle([FactAnswer(fact.fact_id, outcome, message)], NOON)
            uow.commit()
        return fact.fact_id

    def add_print(self, state: PrintState, error: str = "") -> None:
        document = SelfTest(ShopIdentity("Chez Léa"), NOON, "P1")
        with self.store.unit_of_work() as uow:
            job = PrintJob(f"job-{state}", NOON, PrintKind.SELF_TEST, document, state, 1, error, "Essai", False)
            uow.print_queue.add(job)
            uow.commit()

    @property
    def state(self) -> OutboxScreenState:
        return self.view.state


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_waits_is_listed_oldest_first(desk):
    desk.receive(COFFEE, WINE)
    desk.outbox.activate()
    assert desk.state.tab is Tab.TO_SEND
    assert len(desk.state.picture.to_send) == 2
    assert desk.outbox.first_deed() is None


def test_a_refusal_comes_first_and_can_be_sent_again(desk):
    desk.receive(COFFEE, WINE)
    desk.answer(FactOutcome.REFUSED, "Article inconnu")
    desk.outbox.activate()
    assert desk.state.tab is Tab.REFUSED
    assert "Article inconnu" in words.item_explanation(desk.state.item)
    desk.outbox.act(Act.RESEND)
    assert desk.state.picture.refused == []
    assert len(desk.state.picture.to_send) == 2
    assert desk.rounds == 1


def test_disagreements_and_unreadable_records_are_said(desk):
    desk.receive(COFFEE)
    desk.answer(FactOutcome.CONFLICT, "Déjà remise par la caisse B")
    with desk.store.unit_of_work() as uow:
        uow.pulled.quarantine(BrokenChange("order", "order-9", "{}", "no total"), NOON)
        uow.commit()
    desk.outbox.activate()
    assert desk.state.tab is Tab.DISAGREEMENTS
    assert len(desk.state.picture.disagreements) == 2
    for item in desk.state.picture.disagreements:
        assert words.item_title(item)
        assert words.item_explanation(item)


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        (PrintState.FAILED, Act.PRINT_AGAIN, PrintState.QUEUED),
        (PrintState.UNKNOWN, Act.WAS_PRINTED, PrintState.DONE),
        (PrintState.UNKNOWN, Act.PRINT_AGAIN, PrintState.QUEUED),
        (PrintState.QUEUED, Act.CANCEL_PRINT, PrintState.CANCELLED),
    ],
)
def test_the_print_queue_takes_answers(desk, state, act, after):
    desk.add_print(state, "paper_out")
    desk.outbox.activate()
    desk.outbox.choose_tab(Tab.PRINTS)
    desk.outbox.act(act)
    assert [job.state for job in desk.state.picture.prints] == [after]
    assert desk.state.done is act


def test_only_offered_acts_do_anything(desk):
    desk.add_print(PrintState.DONE)
    desk.outbox.activate()
    desk.outbox.choose_tab(Tab.PRINTS)
    for act in Act:
        desk.outbox.act(act)
    assert [job.state for job in desk.state.picture.prints] == [PrintState.DONE]
    assert deeds_on(desk.state.picture.prints[0]) == ()


def test_a_failing_store_is_said(desk):
    desk.add_print(PrintState.FAILED)
    desk.outbox.activate()
    desk.outbox.choose_tab(Tab.PRINTS)

    def broken():
        raise StoreUnavailable("busy")

    object.__setattr__(desk.counter, "unit_of_work", broken)
    desk.outbox.act(Act.PRINT_AGAIN)
    assert isinstance(desk.state.failure, StoreUnavailable)


def test_walking_stops_at_both_ends(desk):
    desk.receive(COFFEE, WINE)
    desk.outbox.activate()
    first = desk.state.current
    desk.outbox.walk(-1)
    assert desk.state.current == first
    desk.outbox.walk(5)
    assert desk.state.current != first


@pytest.mark.parametrize("state", list(LinkState))
def test_every_state_of_the_link_has_words(state):
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    title, _sentence, _role, icon = words.link_words(LinkStatus(state, now), 3, now)
    assert title
    assert icon
