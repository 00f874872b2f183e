"""A till whose database is an older copy: put back by `comptoir restore` or by hand, before or after it heard of it,
with a marketplace that was itself set back, and with another copy at work. Nothing is lost, doubled or stuck.

The till is the real store on disk with the real use cases; the marketplace is the real one over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.fiscal import EventCode
from app.domain.reconciliation import GapKind
from app.sync.client import HttpMarketplace
from app.sync.one_round import run_round
from app.usecases.know_older_copy import NUMBERS_LEFT_OUT
from app.usecases.marketplace_port import MarketplaceStatus
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from app.usecases.settle_exception import Settling, settle_exception
from tests.integration.sync.town import ATill, Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    try:
        yield made
    finally:
        made.close()


BY_HAND = pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "by comptoir restore"])


@BY_HAND
def test_a_till_put_back_before_what_it_told_doubles_nothing_and_loses_nothing(
    town: Town, tmp_path: Path, by_hand: bool
) -> None:
    till = town.till
    till.receive(town.article, 1, 2)
    till.exchange(town.url)
    copy = till.copy_to(tmp_path / "copy.sqlite3")
    till.receive(town.article, 10, 20, 30)
    till.exchange(town.url)
    told = town.facts()
    till.put_back(copy, by_hand=by_hand)
    till.exchange(town.url)
    till.receive(town.article, 100)
    till.exchange(town.url)
    assert till.waiting() == 0
    assert town.facts().items() > told.items()
    assert len(town.facts()) == len(told) + 1
    assert min(set(town.facts().values()) - set(told.values())) > max(told.values()) + NUMBERS_LEFT_OUT
    assert town.level() == till.level(town.article) == town.opening + 163
    assert till.notices() == 1
    assert till.events().count(EventCode.OLDER_COPY) == 1


@BY_HAND
def test_a_till_put_back_that_sold_before_it_heard_of_it(town: Town, tmp_path: Path, by_hand: bool) -> None:
    """Its new facts bear numbers the marketplace knows under others; what waited in the copy was told since."""
    till = town.till
    till.receive(town.article, 1)
    till.exchange(town.url)
    till.receive(town.article, 2)
    copy = till.copy_to(tmp_path / "copy.sqlite3")  # one fact waits in it
    till.receive(town.article, 10, 20)
    till.exchange(town.url)
    told = town.facts()
    till.put_back(copy, by_hand=by_hand)
    till.receive(town.article, 100, 200, 300)
    ours = till.facts()
    till.exchange(town.url)
    assert till.waiting() == 0
    assert set(town.facts()) == set(told) | set(ours)
    assert len(town.facts()) == 7
    assert till.facts().keys() == ours.keys()
    assert {fact_id: town.facts()[fact_id] for fact_id in ours} == till.facts()
    assert till.notices() == 1
    assert till.events().count(EventCode.OLDER_COPY) == 1
    till.exchange(town.url)  # what was lost comes down
    assert town.level() == till.level(town.article) == town.opening + 633
    assert (till.notices(), till.events().count(EventCode.OLDER_COPY)) == (1, 1)


def test_two_older_copies_that_call_one_fact_by_two_numbers_agree_after_a_comparison(
    town: Town, tmp_path: Path
) -> None:
    """In the first it waited, and was told again under a new number; in the second it was told under its old one."""
    till = town.till
    till.receive(town.article, 1)
    waits = till.copy_to(tmp_path / "waits.sqlite3")
    till.exchange(town.url)
    told = till.copy_to(tmp_path / "told.sqlite3")
    till.receive(town.article, 10)
    till.exchange(town.url)
    for copy in (waits, told):
        till.put_back(copy, by_hand=True)
        till.exchange(town.url)
    gaps = [gap.kind for gap in till.compare(town.url) if gap.fact_kind]
    assert sorted(gaps) == [GapKind.FACT_LOST_HERE, GapKind.FACT_NUMBER_DIFFERS]
    till.exchange(town.url)
    assert till.facts().items() <= town.facts().items()
    assert till.waiting() == 0
    assert [gap.kind for gap in till.compare(town.url) if gap.fact_kind] == [GapKind.FACT_LOST_BEFORE]
    assert town.level() == till.level(town.article) == town.opening + 11


def test_new_numbers_keep_the_order_in_which_things_happened(town: Town, tmp_path: Path) -> None:
    till = town.till
    copy = till.copy_to(tmp_path / "copy.sqlite3")
    till.receive(town.article, 1, 1)
    till.exchange(town.url)
    till.put_back(copy, by_hand=True)
    till.receive(town.article, 2, 3, 4, 5)
    before = sorted(till.facts(), key=till.facts().__getitem__)
    till.exchange(town.url)
    assert sorted(before, key=till.facts().__getitem__) == before
    assert sorted(before, key=town.facts().__getitem__) == before


def test_a_marketplace_that_was_set_back_makes_no_older_copy_of_a_till(town: Town) -> None:
    till = town.till
    till.receive(town.article, 1)
    till.exchange(town.url)
    copy = town.copy()
    till.receive(town.article, 2, 3)
    till.exchange(town.url)
    numbers = till.facts()
    town.put_back(copy)
    till.receive(town.article, 4)
    till.exchange(town.url)
    assert numbers.items() < till.facts().items()
    assert max(till.facts().values()) == max(numbers.values()) + 1
    assert till.notices() == 0
    assert till.waiting() == 0


@BY_HAND
@pytest.mark.parametrize("sold_before", [True, False], ids=["sold before it heard", "heard first"])
def test_till_and_marketplace_were_both_set_back(town: Town, tmp_path: Path, by_hand: bool, sold_before: bool) -> None:
    """The till further than the marketplace: some of what it lost the marketplace still knows, some nobody does."""
    till = town.till
    till.receive(town.article, 1)
    till.exchange(town.url)
    copy = till.copy_to(tmp_path / "copy.sqlite3")
    till.receive(town.article, 10, 20)
    till.exchange(town.url)
    servers_copy = town.copy()
    till.receive(town.article, 1000, 2000)
    till.exchange(town.url)
    till.put_back(copy, by_hand=by_hand)
    town.put_back(servers_copy)
    if sold_before:
        till.receive(town.article, 100, 200, 300)
    till.exchange(town.url)
    till.receive(town.article, 400)
    till.exchange(town.url)
    assert till.waiting() == 0
    assert till.notices() == 1
    assert town.level() == till.level(town.article) == town.opening + 31 + 400 + 600 * sold_before
    assert {fact_id: town.facts()[fact_id] for fact_id in till.facts()} == till.facts()


def exchange_until_told(till: ATill, url: str) -> None:
    for _ in range(3):
        try:
            till.exchange(url)
        except MarketplaceUnreachable as failure:
            if failure.reason != "seq_reused":
                raise
        else:
            return
    raise AssertionError("stuck")


class TellsLate(HttpMarketplace):
    """The other copy tells its facts between this one's first words and its push."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def status(self) -> MarketplaceStatus:
        status = super().status()
        self.meanwhile()
        return status


def test_two_copies_at_work_never_stick_on_a_number_of_the_other(town: Town, tmp_path: Path) -> None:
    """A refused number heals by itself: the marketplace said so after the till had asked how far it knows it."""
    till = town.till
    till.receive(town.article, 1)
    till.exchange(town.url)
    twin = ATill(till.copy_to(tmp_path / "twin.sqlite3"), till.secrets)
    try:
        till.receive(town.article, 10, 20)
        twin.receive(town.article, 100, 200)
        with TellsLate(town.url, till.secrets.device_token) as marketplace:
            marketplace.meanwhile = lambda: till.exchange(town.url)
            with pytest.raises(MarketplaceUnreachable, match="seq_reused"):
                run_round(twin.counter, twin.store.queries, twin.secrets, marketplace)
        exchange_until_told(twin, town.url)
        for quantity in (1, 2, 3):
            till.receive(town.article, quantity)
            twin.receive(town.article, quantity)
            exchange_until_told(till, town.url)
            exchange_until_told(twin, town.url)
        exchange_until_told(till, town.url)
        assert till.waiting() == twin.waiting() == 0
        assert town.level() == till.level(town.article) == twin.level(town.article) == town.opening + 343
        assert len(town.facts()) == 11
        assert twin.notices() > 0
    finally:
        twin.close()


def test_a_person_settles_the_notice(town: Town, tmp_path: Path) -> None:
    till = town.till
    copy = till.copy_to(tmp_path / "copy.sqlite3")
    till.receive(town.article, 1)
    till.exchange(town.url)
    till.put_back(copy, by_hand=True)
    till.exchange(town.url)
    (notice,) = till.store.queries.exceptions()
    assert settle_exception(till.counter, notice.exception_id, "Léa", "vu") is Settling.SETTLED
    till.exchange(town.url)
    assert (till.notices(), till.waiting()) == (0, 0)


def test_a_copy_of_before_this_computer_was_paired_as_another_till_tells_nothing(town: Town) -> None:
    """Its facts would be told under the name of the other till."""
    till = town.till
    with till.counter.unit_of_work() as uow:
        uow.set_identity(replace(uow.identity(), till_id="the-till-it-was-once"))
        uow.commit()
    till.receive(town.article, 1)
    with pytest.raises(MarketplaceRefused, match="other_till"):
        till.exchange(town.url)
    assert (len(town.facts()), till.waiting()) == (0, 1)
