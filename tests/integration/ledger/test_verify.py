"""The verification as a whole: it can be stopped, tells how far it is, keeps little, and its noting verifies too."""

from __future__ import annotations

import random
import sqlite3
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.fiscal import Series
from app.domain.ledger_check import FindingKind
from app.storage.signing import SignatureChecker
from app.usecases import verify_ledger as verification
from app.usecases.verify_ledger import record_verification, verify_ledger
from tests.integration.ledger.trade import Till, drop_guards, open_till, restore_guards, traded


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    till = traded(tmp_path / "till.sqlite3", days=1, sales_a_day=30)
    yield till
    till.store.close()


def test_r14_it_tells_how_far_it_is_and_can_be_stopped(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PAGE", 10)
    books, told = till.store.queries.ledger_books(), list[tuple[int, int]]()
    report = verify_ledger(books, SignatureChecker(), till.clock, progress=lambda *how: told.append(how))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (report.row_count, report.row_count)
    stopped = verify_ledger(books, SignatureChecker(), till.clock, stop=lambda: len(told) > 0)
    assert (stopped.complete, stopped.is_sound, stopped.row_count) == (False, False, 0)


def test_r14_its_own_noting_is_a_row_like_any_other(till: Till) -> None:
    record_verification(till.counter, till.verify(), "Zoé")
    report = till.verify(every_signature=True)
    assert report.is_sound
    assert report.signatures >= report.row_count


def test_pages_of_one_row_find_the_same(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PAGE", 1)
    assert till.verify().findings == ()


def test_r09_perpetual_totals_go_on_over_closures_and_starts(till: Till, tmp_path: Path) -> None:
    """test_example_perpetual_totals for a whole shop: algebraic and absolute only move with documents."""
    with till.store.unit_of_work() as uow:
        before = uow.ledger.head("A", Series.SALES)
    till.store.close()
    later = open_till(tmp_path / "till.sqlite3", clock=till.clock, secrets=till.secrets, ids=till.counter.ids)
    till.store = later.store
    later.sell(random.Random(1))
    sold = later.store.queries.sales(1)[0].total
    with later.store.unit_of_work() as uow:
        after = uow.ledger.head("A", Series.SALES)
    assert (after.number, after.perpetual) == (before.number + 1, before.perpetual + sold)
    assert later.verify().is_sound


def test_a_ledger_of_another_kind_altogether_is_told_in_a_thousand_findings_at_most(till: Till, tmp_path: Path) -> None:
    till.store.close()
    connection = sqlite3.connect(tmp_path / "till.sqlite3")
    drop_guards(connection)
    connection.execute("UPDATE ledger SET canonical = 'rubbish', hash = 'x', signature = 3, happened_at = 5")
    restore_guards(connection)
    connection.commit()
    connection.close()
    later = open_till(tmp_path / "till.sqlite3", clock=till.clock, secrets=till.secrets, ids=till.counter.ids)
    till.store = later.store
    report = later.verify()
    kinds = {finding.kind for finding in report.findings}
    assert {FindingKind.ROW_UNREADABLE, FindingKind.SIGNATURE_WRONG} <= kinds
    assert len(report.findings) + report.left_out > 60
    assert len(report.findings) <= verification.MOST_FINDINGS


def test_it_keeps_little_however_long_the_chains(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thrice the rows take hardly more memory: what is held is a page."""
    monkeypatch.setattr(verification, "PAGE", 20)
    chance, peaks = random.Random(4), list[int]()
    for sales in (120, 240):
        for _ in range(sales):
            till.sell(chance)
        till.verify()
        tracemalloc.start()
        till.verify()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.25, peaks
