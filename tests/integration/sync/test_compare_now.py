"""A comparison on a person's word: watched, stopped, refused, and never half kept."""

from __future__ import annotations

import pytest

from app.domain.reconciliation import GapKind, ReconciliationRun
from app.sync.client import HttpMarketplace
from app.sync.compare_now import compare_now
from app.usecases.reconcile import NotCompared
from tests.fakes.fake_marketplace import FakeMarketplace
from tests.integration.sync.test_reconcile import Till


@pytest.fixture
def till(marketplace: FakeMarketplace, client: HttpMarketplace) -> Till:
    return Till(marketplace, client)


def compared(till: Till, stop_after: int = 10_000) -> tuple[ReconciliationRun | NotCompared, list[tuple[int, int]]]:
    watched: list[tuple[int, int]] = []
    result = compare_now(
        till.counter,
        till.store.queries,
        till.secrets,
        till.client,
        lambda done, of_all: watched.append((done, of_all)),
        lambda: len(watched) >= stop_after,
    )
    return result, watched


def test_it_is_watched_to_its_end_and_kept(till: Till) -> None:
    till.marketplace.facts.pop(min(till.marketplace.facts))
    run, watched = compared(till)
    assert isinstance(run, ReconciliationRun)
    assert [gap.kind for gap in run.open_gaps] == [GapKind.FACT_MISSING_THERE]
    assert [done for done, _of_all in watched] == list(range(1, len(watched) + 1))
    assert watched[-1] == (len(watched), len(watched))
    assert till.store.queries.last_reconciliation() == run


def test_stopped_it_asks_nothing_more_and_keeps_nothing(till: Till) -> None:
    result, watched = compared(till, stop_after=2)
    assert result is NotCompared.STOPPED
    assert len(watched) == 2
    assert till.store.queries.last_reconciliation() is None


def test_a_marketplace_of_before_cannot(till: Till) -> None:
    till.marketplace.compares = False
    assert compared(till)[0] is NotCompared.NOT_OFFERED
