"""A till that was paired anew has chains under two letters; an older copy of its database lacks ends of both, and all
of a letter that it never knew. Each loss is named in the journal of its letter, and the ledger is sound again (R6)."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.fiscal import EventCode, Series
from app.domain.ledger_check import FindingKind
from app.storage.signing import SignatureChecker
from app.usecases.start_ledger import check_at_start, log_stop, witness_heads
from tests.integration.ledger.trade import Till, open_till

CHANCE = random.Random(20261102)


def start(till: Till) -> set[FindingKind]:
    return {finding.kind for finding in check_at_start(till.counter, till.secrets, SignatureChecker())}


def end(till: Till) -> None:
    log_stop(till.counter)
    witness_heads(till.store.queries.ledger_books(), till.secrets)
    till.store.close()


def take_letter(till: Till, letter: str) -> None:
    with till.counter.unit_of_work() as uow:
        uow.set_identity(replace(uow.identity(), till_letter=letter, till_id=f"till-{letter}"))
        uow.commit()


def gaps(till: Till, letter: str) -> list[str]:
    with till.counter.unit_of_work() as uow:
        last = uow.ledger.head(letter, Series.EVENTS).number
        rows = uow.ledger.rows(letter, Series.EVENTS, 1, last)
        return [row.kind for row in rows if row.kind == EventCode.LEDGER_GAP]


def again(database: Path, before: Till) -> Till:
    before.clock_goes_on(minutes=5)
    return open_till(database, clock=before.clock, secrets=before.secrets, ids=before.counter.ids)


@pytest.mark.parametrize("copied", ["before it was paired anew", "afterwards"])
def test_an_older_copy_of_a_till_with_two_letters_names_what_each_lost(tmp_path: Path, copied: str) -> None:
    database, copy = tmp_path / "till.sqlite3", tmp_path / "copy.sqlite3"
    till = open_till(database)
    start(till)
    till.trade_a_day(CHANCE, 6)
    till.next_morning()
    till.sell(CHANCE)
    if copied == "before it was paired anew":
        till.store.backup(copy)
    take_letter(till, "B")
    till.sell(CHANCE)
    if copied == "afterwards":
        till.store.backup(copy)
    till.sell(CHANCE)
    till.close_day()  # of both letters
    end(till)

    shutil.copyfile(copy, database)
    later = again(database, till)
    assert start(later)
    assert gaps(later, "A")
    assert gaps(later, "B")
    later.sell(CHANCE)
    report = later.verify(every_signature=True)
    assert report.is_sound, report.findings
    end(later)

    once_more = again(database, later)
    assert start(once_more) == set(), "what was named once is not named again"
    take_letter(once_more, "C")
    once_more.sell(CHANCE)
    once_more.close_day()
    report = once_more.verify(every_signature=True)
    assert report.is_sound, report.findings
    once_more.store.close()
