"""A till's token renewed, taken away, and the till paired anew with the same database: nothing lost, nothing doubled,
and it sells on all the while. Real till, real marketplace."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.order import VerdictKind
from app.marketplace import tables as t
from app.marketplace.orders import PlacedOrder
from app.marketplace.pairing import revoke_till
from app.marketplace.seed import DemoCustomers
from app.sync.client import HttpMarketplace
from app.sync.pace import Pace
from app.sync.token_age import TokenAge
from app.sync.worker import SyncWorker
from app.usecases.find_order import HowFound, judge_order
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import LinkState
from app.usecases.ports import KeyStoreUnavailable, MarketplaceRefused, TokenUnknown
from app.usecases.prepare_order import mark_ready
from app.usecases.renew_token import TOKEN_TASK, renew_token
from tests.fakes.surroundings import MemorySecrets
from tests.integration.sync.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    try:
        yield made
    finally:
        made.close()


def tills(town: Town) -> int:
    with town.server.store.reading() as connection:
        count: int = connection.execute(select(func.count()).select_from(t.till)).scalar_one()
    return count


def renew(town: Town) -> bool:
    with HttpMarketplace(town.url, town.till.secrets.device_token) as marketplace:
        return renew_token(town.till.counter, town.till.secrets, marketplace)


# --- renewal: a crash at each step ---


def test_a_renewed_token_is_used_from_the_next_word_on(town: Town) -> None:
    old = town.till.secrets.device_token()
    assert renew(town)
    assert town.till.secrets.device_token() != old
    town.till.receive(town.article, 1)
    town.till.exchange(town.url)
    with HttpMarketplace(town.url, lambda: old) as stolen, pytest.raises(MarketplaceRefused, match="revoked"):
        stolen.status()


def test_killed_before_the_new_token_was_kept(town: Town) -> None:
    """The answer was lost, or the till died before the key store had it: the old one goes on, and is renewed again."""
    with HttpMarketplace(town.url, town.till.secrets.device_token) as marketplace:
        lost = marketplace.renew_token()
    town.till.exchange(town.url)
    assert renew(town)
    town.till.exchange(town.url)
    with HttpMarketplace(town.url, lambda: lost) as marketplace, pytest.raises(MarketplaceRefused, match="revoked"):
        marketplace.status()


def test_killed_after_the_new_token_was_kept_and_before_that_was_noted(town: Town) -> None:
    with HttpMarketplace(town.url, town.till.secrets.device_token) as marketplace:
        town.till.secrets.set_device_token(marketplace.renew_token())
    assert renew(town)
    town.till.receive(town.article, 1)
    town.till.exchange(town.url)
    assert town.till.waiting() == 0


def test_a_key_store_that_fails_in_between(town: Town) -> None:
    class Full(MemorySecrets):
        def set_device_token(self, token: str | None) -> None:
            raise KeyStoreUnavailable("denied")

    here = HttpMarketplace(town.url, town.till.secrets.device_token)
    with here as marketplace, pytest.raises(KeyStoreUnavailable):
        renew_token(town.till.counter, Full(), marketplace)
    town.till.exchange(town.url)


@pytest.mark.parametrize("by_command", [False, True])
def test_a_marketplace_set_back_to_before_the_renewal_knows_the_token_before(town: Town, by_command: bool) -> None:
    """It does not know the newer one: the till uses the one that it kept beside, and nobody need pair it anew."""
    copy = town.copy()
    before = town.till.secrets.device_token()
    assert renew(town)
    town.till.receive(town.article, 1)
    town.till.exchange(town.url)
    town.put_back(copy)
    town.till.receive(town.article, 2)
    if by_command:
        town.till.exchange(town.url)
    else:
        with at_work(town) as done:
            done.wait(lambda: town.till.waiting() == 0)
    assert (town.till.secrets.device_token(), town.till.waiting()) == (before, 0)
    assert 2 in [quantity for _, quantity in movements(town)]


def test_a_command_of_a_till_whose_tokens_are_both_unknown_keeps_the_one_in_use(town: Town) -> None:
    assert renew(town)
    town.till.secrets.set_device_token("nobodys")
    town.till.secrets.set_device_token("nobodys-either")
    with pytest.raises(TokenUnknown):
        town.till.exchange(town.url)
    assert town.till.secrets.device_token() == "nobodys-either"


def test_a_till_shut_out_for_good_does_not_wear_its_key_store_out(town: Town) -> None:
    assert renew(town)
    assert revoke_till(town.server.store, town.till.store.queries.identity().till_id)
    now = [0.0]
    age = TokenAge(town.till.counter, town.till.secrets, lambda: now[0])
    used = []
    for _ in range(30):
        now[0] += 60.0
        age.refused()
        used.append(town.till.secrets.device_token())
    assert 2 <= sum(before != after for before, after in pairwise(used)) <= 3


def test_a_till_shut_out_by_mistake_takes_its_leases_over_though_its_token_had_been_renewed(town: Town) -> None:
    """It is known by the token it has: by the one before nobody could tell whose leases they are."""
    order = order_at_counter(town)
    assert renew(town)
    town.till.exchange(town.url)
    renewed = town.till.secrets.device_token()
    assert revoke_till(town.server.store, town.till.store.queries.identity().till_id)
    with at_work(town, until=LinkState.REFUSED):
        pass
    assert town.till.secrets.device_token() == renewed
    town.pair(town.till)
    town.till.exchange(town.url)
    verdict = judge_order(town.till.store.queries, order.order_id, town.till.counter.clock.now())
    assert verdict.kind is VerdictKind.READY


def movements(town: Town) -> list[tuple[str, int]]:
    moved = t.stock_movement.c
    with town.server.store.reading() as connection:
        rows = connection.execute(select(moved.movement_id, moved.quantity).where(moved.till_id != "")).all()
    return [(row.movement_id, row.quantity) for row in rows]


@contextmanager
def at_work(town: Town, until: LinkState = LinkState.ONLINE) -> Iterator[Condition]:
    """The till's worker runs, at the end until nothing waits and the link is so."""
    done = Condition()
    worker = SyncWorker(
        town.till.counter,
        town.till.store.queries,
        town.till.secrets,
        lambda: HttpMarketplace(town.url, town.till.secrets.device_token),
        chance=random.Random(1).random,
        on_status=lambda status: done.look(),
        pace=Pace(first_pause_s=0.01, longest_pause_s=0.05, rest_s=0.001, idle_s=0.05, poll_s=0.05, empty_rest_s=0.001),
    )
    worker.start()
    try:
        yield done
        done.wait(lambda: worker.status.state is until and worker.status.waiting == 0)
    finally:
        assert worker.stop(30)


def test_the_worker_renews_a_token_that_is_a_month_old_beside_its_work(town: Town) -> None:
    old = town.till.secrets.device_token()
    with town.till.counter.unit_of_work() as uow:
        uow.upkeep.note_done(TOKEN_TASK, town.till.counter.clock.now().replace(year=2001))
        uow.commit()
    town.till.receive(town.article, 1)
    with at_work(town) as done:
        done.wait(lambda: town.till.secrets.device_token() != old)
    with HttpMarketplace(town.url, town.till.secrets.device_token) as marketplace:
        assert marketplace.status().last_seq == 1


class Condition:
    """Waits until something holds, looked at again and again: no news tells of a key store."""

    def __init__(self) -> None:
        self._news = threading.Condition()

    def look(self) -> None:
        with self._news:
            self._news.notify_all()

    def wait(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline, "never came"
            with self._news:
                self._news.wait(0.05)


# --- shut out, and paired anew ---


def order_at_counter(town: Town) -> PlacedOrder:
    placed = DemoCustomers(town.server.store, town.shop.shop_id).place(prepaid=True)
    assert isinstance(placed, PlacedOrder)
    town.till.exchange(town.url)
    mark_ready(town.till.counter, placed.order_id, 1, "A1", "Léa")
    town.till.exchange(town.url)
    return placed


@pytest.mark.parametrize("answer_lost", [True, False], ids=["its last answer was lost", "all its answers came"])
def test_a_till_shut_out_sells_on_and_paired_anew_tells_everything_once(town: Town, answer_lost: bool) -> None:
    till = town.till
    order = order_at_counter(town)
    till.receive(town.article, 1)
    if answer_lost:
        with till.counter.unit_of_work() as uow:  # not committed: the facts stay in the outbox
            facts = uow.outbox.claim(100, till.counter.clock.now(), 60.0)
        with HttpMarketplace(town.url, till.secrets.device_token) as marketplace:
            marketplace.push(facts)
    else:
        till.exchange(town.url)
    till_id = till.store.queries.identity().till_id
    assert revoke_till(town.server.store, till_id)
    till.receive(town.article, 2)
    assert isinstance(
        hand_over_order(till.counter, HandoverRequest(order.order_id, HowFound.SCAN, "Léa")), HandoverDone
    )
    waiting = 2 + answer_lost
    with pytest.raises(MarketplaceRefused, match="revoked"):
        till.exchange(town.url)
    assert till.waiting() == waiting
    town.pair(till)
    identity = till.store.queries.identity()
    assert (identity.till_letter, identity.till_id != till_id) == ("B", True)
    till.exchange(town.url)
    assert (till.waiting(), till.notices(), tills(town)) == (0, 0, 2)
    assert till.facts() == town.facts()
    assert town.level() == till.level(town.article)
    with town.server.store.reading() as connection:
        handovers = select(func.count()).select_from(t.handover)
        assert connection.execute(handovers).scalar_one() == 1


def test_a_till_paired_anew_hands_over_what_its_old_name_could(town: Town) -> None:
    """Its leases pass on at once: nobody need wait until they have run out."""
    order = order_at_counter(town)
    revoke_till(town.server.store, town.till.store.queries.identity().till_id)
    town.pair(town.till)
    town.till.exchange(town.url)
    done = hand_over_order(town.till.counter, HandoverRequest(order.order_id, HowFound.SCAN, "Léa"))
    assert isinstance(done, HandoverDone)
    town.till.exchange(town.url)
    assert not town.till.store.queries.exceptions()


def test_a_till_paired_anew_and_then_put_back_to_before_that(town: Town, tmp_path: Path) -> None:
    """The copy says that it is the old till, the key store that it is the new one: nothing is told under a wrong name,
    and pairing once more makes it whole."""
    till = town.till
    till.receive(town.article, 1)
    copy = till.copy_to(tmp_path / "copy.sqlite3")
    till.exchange(town.url)
    town.pair(till)
    till.receive(town.article, 10)
    till.exchange(town.url)
    till.put_back(copy, by_hand=True)
    till.receive(town.article, 100)
    with pytest.raises(MarketplaceRefused, match="other_till"):
        till.exchange(town.url)
    town.pair(till)
    till.exchange(town.url)
    till.exchange(town.url)
    assert till.waiting() == 0
    assert town.level() == till.level(town.article) == town.opening + 111
