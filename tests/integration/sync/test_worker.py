"""The two lanes over a real socket: both ways, through every fault, telling how it goes, ending when told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest

from app.domain.fiscal import EventCode, KnownHead, Series
from app.domain.lease import Lease
from app.domain.told import plain_head
from app.sync.client import HttpMarketplace
from app.sync.one_round import run_round
from app.sync.pace import Pace
from app.sync.transport import Limits
from app.sync.worker import Connection, SyncWorker
from app.usecases.log_event import log_event
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.ports import (
    KeyStoreUnavailable,
    MarketplaceRefused,
    MarketplaceUnreachable,
    StoreUnavailable,
    Touched,
)
from tests.fakes.fake_marketplace import A_TOKEN, FakeMarketplace, Fault, html, problem
from tests.fakes.memory_store import MemoryStore
from tests.fakes.surroundings import NOON, HandSetClock, HeardAnnouncements, MemorySecrets, a_counter
from tests.fakes.wire_samples import a_fact, wire_movement, wire_order, wire_product

QUICK = Pace(first_pause_s=0.01, longest_pause_s=0.05, empty_rest_s=0.02, rest_s=0.001)
PATIENT = Pace(first_pause_s=60.0)
"""After a failure nothing happens by itself within a test."""
SHORT = Limits(connect_s=5.0, read_s=0.3, drip_s=5.0)


class Till:
    """A till in memory with its worker; `until` waits for a condition, looked at after each commit and status."""

    def __init__(self, connect: Callable[[], Connection], pace: Pace = QUICK) -> None:
        self.clock = HandSetClock()
        self.store = MemoryStore()
        self.secrets = MemorySecrets()
        self.statuses: list[LinkStatus] = []
        self._news = threading.Condition()
        self.counter = a_counter(self.store.unit_of_work, clock=self.clock, announce=_Listening(self._notify))
        self.heads: list[Sequence[KnownHead]] = []
        self.worker = SyncWorker(
            self.counter,
            self.store.queries,
            self.secrets,
            connect,
            chance=lambda: 0.5,
            on_status=self._hear,
            on_heads=self.heads.append,
            pace=pace,
        )

    def _hear(self, status: LinkStatus) -> None:
        self.statuses.append(status)
        self._notify()

    def _notify(self) -> None:
        with self._news:
            self._news.notify_all()

    def until(self, condition: Callable[[], bool], what: str = "condition") -> None:
        with self._news:
            assert self._news.wait_for(condition, 20), f"{what} never came; {self.statuses[-3:]}"

    def until_state(self, state: LinkState, reason: str | None = None) -> None:
        self.until(
            lambda: self.worker.status.state is state and reason in (None, self.worker.status.message_key), state.value
        )

    def add_facts(self, first: int, last: int) -> None:
        with self.store.unit_of_work() as uow:
            for seq in range(first, last + 1):
                uow.outbox.append(a_fact(seq))
            uow.commit()
        self.worker.kick()


class _Listening(HeardAnnouncements):
    def __init__(self, notify: Callable[[], None]) -> None:
        super().__init__()
        self._notify = notify

    def __call__(self, touched: Touched) -> None:
        super().__call__(touched)
        self._notify()


Start = Callable[..., Till]


@pytest.fixture
def start(marketplace: FakeMarketplace) -> Iterator[Start]:
    """Starts tills on the marketplace and stops them at the end, checking that they really end."""
    tills: list[Till] = []

    def started(
        pace: Pace = QUICK, connect: Callable[[], Connection] | None = None, limits: Limits | None = None
    ) -> Till:
        def connect_here() -> Connection:
            return HttpMarketplace(marketplace.url, lambda: A_TOKEN, limits=limits or Limits())

        till = Till(connect or connect_here, pace)
        tills.append(till)
        till.worker.start()
        return till

    yield started
    for till in tills:
        assert till.worker.stop()


def test_changes_come_down_and_facts_go_up(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.change("order", "order-1", wire_order())
    till = start()
    till.until(lambda: "order-1" in till.store.tables.orders)
    till.until_state(LinkState.ONLINE, "")
    marketplace.change("product", "p-coffee", wire_product())
    marketplace.change("stock_movement", "m-1", wire_movement())
    till.until(lambda: "m-1" in till.store.tables.movements and "p-coffee" in till.store.tables.products)
    till.add_facts(1, 3)
    till.until(lambda: not till.store.tables.outbox)
    assert marketplace.applied == {"fact-0001": 1, "fact-0002": 1, "fact-0003": 1}
    assert till.store.tables.cursor == "3"
    till.until(lambda: till.worker.status.waiting == 0)


def test_a_sale_does_not_wait_behind_the_long_poll(marketplace: FakeMarketplace, start: Start) -> None:
    till = start(Pace(poll_s=25.0))
    marketplace.wait_for_requests(2, "/changes")
    till.add_facts(1, 1)
    marketplace.wait_for_requests(1, "/facts")


def test_many_pages_come_down_in_portions_with_the_cursor_in_each_commit(
    marketplace: FakeMarketplace, start: Start
) -> None:
    for number in range(250):
        marketplace.change("product", f"p-{number}", wire_product(f"p-{number}", codes=[]))
    till = start()
    till.until(lambda: len(till.store.tables.products) == 250)
    till.until(lambda: till.store.tables.cursor == "250")
    cursors = [request.query["cursor"] for request in marketplace.wait_for_requests(4, "/changes")]
    assert cursors[:4] == ["", "100", "200", "250"]


@pytest.mark.parametrize(
    "fault",
    [
        problem(500, path="/changes"),
        problem(401, path="/changes"),
        problem(403, path="/changes"),
        problem(404, path="/changes"),
        problem(409, path="/changes"),
        problem(429, path="/changes", Retry_After="0"),
        html(path="/changes"),
        Fault("/changes", status=200, body=b'{"changes":[{"seq":1,'),
        Fault("/changes", cut_after=40),
        Fault("/changes", lose_answer=True),
        Fault("/changes", hang=True),
        Fault("/changes", change_page=lambda page: {**page, "cursor": ""}),
        Fault("/changes", change_page=lambda page: {**page, "cursor": 3}),
        Fault("/changes", change_page=lambda page: {"more": False}),
    ],
)
def test_a_fault_on_the_way_down_moves_nothing_and_passes(
    marketplace: FakeMarketplace, start: Start, fault: Fault
) -> None:
    marketplace.change("order", "order-1", wire_order())
    marketplace.change("order", "order-2", wire_order("order-2", reference="K7F3K9Y", number="1043"))
    marketplace.fail_next(fault)
    till = start(limits=SHORT)
    till.until(lambda: len(till.store.tables.orders) == 2)
    asked = [request.query["cursor"] for request in marketplace.requests if request.path.endswith("/changes")]
    assert asked[:2] == ["", ""]
    assert till.store.tables.cursor == "2"
    till.until_state(LinkState.ONLINE)


def test_a_page_repeated_or_turned_round_changes_nothing(marketplace: FakeMarketplace, start: Start) -> None:
    for number in range(3):
        marketplace.change("stock_movement", f"m-{number}", wire_movement(f"m-{number}"))
    marketplace.fail_next(
        Fault("/changes", change_page=lambda page: {**page, "changes": [*page["changes"], *page["changes"]][::-1]})
    )
    till = start()
    till.until(lambda: till.store.tables.cursor == "3")
    assert sorted(till.store.tables.movements) == ["m-0", "m-1", "m-2"]
    assert not till.store.tables.quarantine


@pytest.mark.parametrize("old_cursor", ["1", "2"])
def test_a_page_from_before_does_not_stop_or_undo_anything(
    marketplace: FakeMarketplace, start: Start, old_cursor: str
) -> None:
    marketplace.change("product", "p-1", wire_product("p-1"))
    till = start(PATIENT)
    till.until(lambda: till.store.tables.cursor == "1")
    old_page = Fault("/changes", change_page=lambda page: {**page, "cursor": old_cursor})
    marketplace.wait_for_requests(2, "/changes")
    marketplace.fail_next(old_page)  # hits the request after the long poll under way
    marketplace.change("product", "p-2", wire_product("p-2", codes=[]))
    till.until(lambda: till.store.tables.cursor == "2")
    marketplace.change("product", "p-3", wire_product("p-3", codes=[]))
    till.until(lambda: till.store.tables.cursor == "3")
    assert marketplace.faults_left() == 0


def test_a_marketplace_set_back_is_read_from_the_beginning(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.change("product", "p-1", wire_product("p-1"))
    till = start(PATIENT)
    till.until(lambda: till.store.tables.cursor == "1")
    marketplace.wait_for_requests(2, "/changes")
    assert till.worker.stop()
    with till.store.unit_of_work() as uow:
        uow.pulled.set_cursor("999")
        uow.commit()
    marketplace.fail_next(problem(410, path="/changes"))
    till.worker.start()
    till.until(lambda: till.store.tables.cursor == "1")
    assert marketplace.faults_left() == 0


def test_unknown_kinds_pass_by_and_bad_records_are_quarantined(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.change("appointment", "a-1", {"when": "later"})
    marketplace.change("order", "order-9", wire_order("order-9", total_minor="lots"))
    marketplace.change("order", "order-1", wire_order(loyalty={"points": 3}))
    till = start()
    till.until(lambda: till.store.tables.cursor == "3")
    assert list(till.store.tables.orders) == ["order-1"]
    assert list(till.store.tables.quarantine) == [("order", "order-9")]


@pytest.mark.parametrize(
    "fault",
    [
        problem(500, path="/facts"),
        problem(401, path="/facts"),
        problem(404, path="/facts"),
        problem(429, path="/facts"),
        problem(413, path="/facts"),
        html(path="/facts"),
        Fault("/facts", cut_after=40),
        Fault("/facts", lose_answer=True),
        Fault("/facts", hang=True),
    ],
)
def test_a_fault_on_the_way_up_loses_and_doubles_nothing(
    marketplace: FakeMarketplace, start: Start, fault: Fault
) -> None:
    marketplace.fail_next(fault)
    till = start(limits=SHORT)
    till.add_facts(1, 40)
    till.until(lambda: not till.store.tables.outbox)
    assert marketplace.applied == {f"fact-{seq:04d}": 1 for seq in range(1, 41)}
    till.until_state(LinkState.ONLINE)


def test_what_was_done_off_line_leaves_when_the_network_is_back(marketplace: FakeMarketplace, start: Start) -> None:
    cut = threading.Event()

    def connect() -> Connection:
        if not cut.is_set():
            raise MarketplaceUnreachable("no_network")
        return HttpMarketplace(marketplace.url, lambda: A_TOKEN)

    till = start(PATIENT, connect)
    till.until_state(LinkState.OFFLINE, "no_network")
    for seq in range(1, 21):
        till.add_facts(seq, seq)
    till.until(lambda: till.worker.status.waiting == 20, "20 waiting")
    assert not marketplace.requests
    cut.set()
    till.worker.retry_now()
    till.until(lambda: not till.store.tables.outbox)
    assert len(marketplace.applied) == 20
    till.until_state(LinkState.ONLINE, "")


def test_the_lane_that_gets_through_again_hurries_the_other(marketplace: FakeMarketplace, start: Start) -> None:
    till = start()
    marketplace.wait_for_requests(2, "/changes")
    marketplace.fail_next(problem(503, path="/facts", Retry_After="600"), problem(500, path="/changes"))
    till.add_facts(1, 1)
    till.until(lambda: till.worker.status.message_key == "server_error")
    marketplace.change("order", "order-1", wire_order())  # ends the long poll; the next one fails, then all is well
    till.until(lambda: not till.store.tables.outbox)


def test_a_kick_does_not_hammer_a_dead_server(start: Start) -> None:
    attempts: list[int] = []

    def connect() -> Connection:
        attempts.append(1)
        raise MarketplaceUnreachable("no_network")

    till = start(PATIENT, connect)
    till.until_state(LinkState.OFFLINE)
    till.until(lambda: len(attempts) == 2)
    for seq in range(1, 10):
        till.add_facts(seq, seq)
        till.until(lambda seq=seq: till.worker.status.waiting == seq)  # type: ignore[misc]  # bound on purpose
    assert len(attempts) == 2


def test_the_servers_pause_is_kept(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.fail_next(problem(429, path="/changes", Retry_After="600"))
    till = start()
    till.until_state(LinkState.OFFLINE, "rate_limited")
    till.add_facts(1, 1)
    till.until(lambda: not till.store.tables.outbox)  # the other lane was not asked to wait
    assert len(marketplace.wait_for_requests(1, "/changes")) == 1
    till.worker.retry_now()
    marketplace.wait_for_requests(2, "/changes")


def test_not_paired_then_paired(marketplace: FakeMarketplace, start: Start) -> None:
    paired = threading.Event()

    def connect() -> Connection:
        if not paired.is_set():
            raise MarketplaceRefused("not_paired")
        return HttpMarketplace(marketplace.url, lambda: A_TOKEN)

    till = start(PATIENT, connect)
    till.until_state(LinkState.NOT_PAIRED, "not_paired")
    paired.set()
    till.worker.retry_now()
    till.until_state(LinkState.ONLINE, "")


def test_a_revoked_token_is_said_at_once_and_passes_when_given_back(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.token = "another"
    till = start()
    till.until_state(LinkState.REFUSED, "revoked")
    marketplace.token = A_TOKEN
    till.until_state(LinkState.ONLINE, "")


@pytest.mark.parametrize("failure", [StoreUnavailable("disk_full"), KeyStoreUnavailable("denied")])
def test_our_own_troubles_are_told_and_outlived(
    marketplace: FakeMarketplace, start: Start, failure: StoreUnavailable | KeyStoreUnavailable
) -> None:
    failures = [failure, failure]

    def connect() -> Connection:
        if failures:
            raise failures.pop()
        return HttpMarketplace(marketplace.url, lambda: A_TOKEN)

    till = start(connect=connect)
    till.until(lambda: any(status.message_key == failure.reason for status in till.statuses))
    till.until_state(LinkState.ONLINE, "")


def test_a_full_disk_while_applying_asks_for_the_same_page_again(marketplace: FakeMarketplace, start: Start) -> None:
    till = start()
    till.until_state(LinkState.ONLINE)
    till.store.fail_commit_with = StoreUnavailable("disk_full")
    marketplace.change("order", "order-1", wire_order())
    till.until(lambda: "order-1" in till.store.tables.orders)
    assert any(status.message_key == "disk_full" for status in till.statuses)


def test_leases_of_free_orders_are_asked_for(marketplace: FakeMarketplace, start: Start) -> None:
    till = start(Pace(lease_gap_s=0.0))
    till.until_state(LinkState.ONLINE)
    marketplace.change("order", "order-1", wire_order(lease=None))
    marketplace.wait_for_requests(1, "/leases")
    assert marketplace.leases == ["order-1"]


def test_leases_that_soon_run_out_are_renewed_at_start(marketplace: FakeMarketplace, start: Start) -> None:
    until = (NOON + timedelta(days=1)).isoformat()
    marketplace.change("order", "order-1", wire_order(lease={"till_id": "till-a", "until": until}))
    till = start()
    till.until(lambda: "order-1" in till.store.tables.orders)
    assert till.store.tables.orders["order-1"].lease == Lease("till-a", NOON + timedelta(days=1))
    assert till.worker.stop()
    till.worker.start()
    marketplace.wait_for_requests(1, "/leases")


def test_stopping_ends_a_long_poll_and_a_hanging_push(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.fail_next(Fault("/facts", hang=True))
    till = start(Pace())
    marketplace.wait_for_requests(2, "/changes")
    till.add_facts(1, 1)
    marketplace.wait_for_requests(1, "/facts")
    assert till.worker.stop()  # ended, within the limit
    assert {entry.state for entry in till.store.tables.outbox.values()} == {"pending"}


def test_started_again_it_goes_on_where_it_was(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.change("order", "order-1", wire_order())
    till = start()
    till.worker.start()  # twice is once
    till.until(lambda: till.store.tables.cursor == "1")
    assert till.worker.stop()
    assert till.worker.stop()
    marketplace.change("order", "order-2", wire_order("order-2"))
    till.worker.start()
    till.until(lambda: till.store.tables.cursor == "2")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_does_not_end_a_lane_in_silence(marketplace: FakeMarketplace, start: Start) -> None:
    till = start()
    till.until_state(LinkState.ONLINE)
    till.store.fail_commit_with = ZeroDivisionError()  # type: ignore[assignment]  # no failure of the world: a bug
    marketplace.change("order", "order-1", wire_order())
    till.until_state(LinkState.OFFLINE, "internal_error")


def test_stopping_while_the_key_store_does_not_answer(start: Start) -> None:
    answer, asked = threading.Event(), threading.Event()

    def connect() -> Connection:
        asked.set()
        answer.wait()
        raise KeyStoreUnavailable("denied")

    till = start(connect=connect)
    asked.wait()
    assert not till.worker.stop(timeout_s=0.05)
    answer.set()


def test_one_round_sends_and_fetches_everything(marketplace: FakeMarketplace) -> None:
    for number in range(150):
        marketplace.change("product", f"p-{number}", wire_product(f"p-{number}", codes=[]))
    marketplace.change("order", "order-1", wire_order(lease=None))
    store, secrets = MemoryStore(), MemorySecrets()
    counter = a_counter(store.unit_of_work)
    with store.unit_of_work() as uow:
        for seq in range(1, 251):
            uow.outbox.append(a_fact(seq))
        uow.commit()
    marketplace.answers["fact-0007"] = {"outcome": "conflict", "message": "Déjà remise"}
    with HttpMarketplace(marketplace.url, lambda: A_TOKEN) as client:
        done = run_round(counter, store.queries, secrets, client)
    assert (done.pushed.claimed, done.pushed.applied, done.pushed.conflict) == (250, 249, 1)
    assert (done.pulled.pages, done.pulled.products, done.pulled.orders_new) == (2, 150, 1)
    assert (done.leases_asked, done.waiting) == (1, 0)
    assert marketplace.leases == ["order-1"]


# --- the marketplace as a witness of the ledger ---


A_HEAD = KnownHead("A", Series.SALES, 7, bytes(range(32)), bytes(range(64)), happened_at=NOON, trading_day=NOON.date())


def test_r06_what_the_marketplace_remembers_is_heard_once_before_anything_is_told(
    marketplace: FakeMarketplace, start: Start
) -> None:
    newer = {**plain_head(A_HEAD), "series": "of_a_newer_till"}
    marketplace.heads_known = [plain_head(A_HEAD), newer, {"number": "seven"}]
    marketplace.fail_next(problem(503, path="/v1/facts"))
    till = start()
    till.add_facts(1, 2)
    till.until(lambda: not till.store.tables.outbox)
    assert till.heads == [(A_HEAD,)]
    paths = [request.path for request in marketplace.requests]
    assert paths.count("/v1/status") == 2, "greeted again after the failure, but heard once"
    assert paths.index("/v1/status") < paths.index("/v1/facts")


def test_r06_a_ledger_that_moved_without_a_fact_is_told(marketplace: FakeMarketplace, start: Start) -> None:
    till = start()
    till.until_state(LinkState.ONLINE)
    with till.store.unit_of_work() as uow:
        log_event(uow, till.counter, EventCode.CASH_COUNTED, "Léa")
        uow.commit()
    till.worker.kick()
    marketplace.wait_for_requests(1, "/v1/facts")
    till.worker.kick()
    till.add_facts(1, 1)
    till.until(lambda: not till.store.tables.outbox)
    told = [[(head["series"], head["number"]) for head in heads] for heads in marketplace.heads_told]
    assert told == [[("events", 2)], [("events", 2)]]


def test_a_marketplace_that_is_no_witness_is_no_trouble(marketplace: FakeMarketplace, start: Start) -> None:
    marketplace.fail_next(problem(404, path="/v1/status"))
    till = start()
    till.add_facts(1, 1)
    till.until(lambda: not till.store.tables.outbox)
    assert till.heads == []
