"""What is found at the start, how the till goes on, and that no number is ever drawn twice (R6, R10)."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.fiscal import EventCode, Series
from app.domain.ledger_check import Finding, FindingKind, content_or_none
from app.storage.archive_check import load_verifier
from app.storage.archive_files import ZipSink, enclosures
from app.storage.signing import SignatureChecker
from app.usecases.export_archive import ArchiveDone, ArchiveRequest, export_archive
from app.usecases.start_ledger import check_at_start, log_stop, witness_heads
from tests.fakes.invoices import A_MERCHANT
from tests.fakes.surroundings import HandSetClock, MemorySecrets
from tests.integration.ledger.trade import MORNING, OPERATOR, Till, drop_guards, open_till, restore_guards

CHANCE = random.Random(7)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "till.sqlite3"


@pytest.fixture
def till(database: Path) -> Iterator[Till]:
    till = open_till(database)
    start(till)
    for _ in range(10):
        till.sell(CHANCE)
    try:
        yield till
    finally:
        till.store.close()


def start(till: Till, *, starting: bool = True) -> tuple[Finding, ...]:
    return check_at_start(till.counter, till.secrets, SignatureChecker(), starting=starting)


def end(till: Till) -> None:
    """As the program ends."""
    log_stop(till.counter)
    witness_heads(till.store.queries.ledger_books(), till.secrets)
    till.store.close()


def again(database: Path, till: Till) -> Till:
    """The next start of the same till."""
    return open_till(database, clock=till.clock, secrets=till.secrets, ids=till.counter.ids)


def events(till: Till) -> list[tuple[str, dict[str, object]]]:
    """Code and details of every event, in order."""
    rows = till.store.queries.ledger_books().page("A", "events", 0, 10_000)
    return [(row.kind, (content_or_none(row) or {})["details"]) for row in rows]


def kinds(findings: tuple[Finding, ...]) -> set[tuple[FindingKind, str]]:
    return {(finding.kind, finding.series) for finding in findings}


def tamper(database: Path, sql: str) -> None:
    connection = sqlite3.connect(database)
    drop_guards(connection)
    connection.executescript(sql)
    restore_guards(connection)
    connection.commit()
    connection.close()


def numbers(till: Till) -> list[int]:
    return [row.number for row in till.store.queries.ledger_books().page("A", "sales", 0, 10_000)]


def test_r13_start_and_end_are_events(till: Till, database: Path) -> None:
    end(till)
    later = again(database, till)
    assert start(later) == ()
    codes = [code for code, _ in events(later) if code != EventCode.DISCOUNT]
    assert codes == [EventCode.KEY_CREATED, EventCode.STARTED, EventCode.STOPPED, EventCode.STARTED]
    assert later.verify().findings == ()
    later.store.close()


def test_r17_another_version_is_an_event_and_counters_go_on(till: Till, database: Path) -> None:
    """test_example_upgrade: counters continue, whatever the version."""
    end(till)
    later = again(database, till)
    later.counter = replace(later.counter, software="Comptoir 1.0.0")
    assert start(later) == ()
    details = next(details for code, details in events(later) if code == EventCode.UPGRADED)
    assert (details["from"], details["to"]) == ("Comptoir 0.1.0", "Comptoir 1.0.0")
    assert details["fiscal_from"] == details["fiscal_to"] == "1.0"
    later.sell(CHANCE)
    assert numbers(later) == list(range(1, 12))
    assert later.verify().is_sound
    later.store.close()


def test_nothing_is_made_for_a_database_without_a_ledger(tmp_path: Path) -> None:
    new = open_till(tmp_path / "new.sqlite3")
    assert start(new, starting=False) == ()
    assert new.secrets.fiscal_key() is None
    assert new.store.queries.ledger_books().chains() == []
    new.store.close()


def test_r06_example_tail_cut(till: Till, database: Path) -> None:
    """The last 3 rows deleted with SQL: found against the stored head, the numbers named and never drawn again."""
    end(till)
    tamper(database, "DELETE FROM ledger WHERE series = 'sales' AND number > 7")
    later = again(database, till)
    findings = start(later)
    assert kinds(findings) == {(FindingKind.TAIL_CUT, "sales")}
    assert findings[0].details == {"first": 8, "last": 10, "source": "counter"}
    gap = next(details for code, details in events(later) if code == EventCode.LEDGER_GAP)
    assert (gap["series"], gap["first"], gap["last"]) == ("sales", 8, 10)
    later.sell(CHANCE)
    assert numbers(later)[-2:] == [7, 11]
    report = later.verify()
    assert [finding.details["first"] for finding in report.findings if finding.kind is FindingKind.GAP_RECORDED] == [8]
    later.store.close()


def test_r06_tail_cut_and_counter_set_back_is_found_by_what_the_key_store_knows(till: Till, database: Path) -> None:
    end(till)
    tamper(
        database,
        "DELETE FROM ledger WHERE series = 'sales' AND number > 7;"
        "UPDATE ledger_head SET (number, hash, signature, happened_at, trading_day) = (SELECT number, hash, signature,"
        " happened_at, trading_day FROM ledger WHERE series = 'sales' AND number = 7),"
        " perpetual_minor = (SELECT json_extract(CAST(canonical AS TEXT), '$.perpetual') FROM ledger"
        " WHERE series = 'sales' AND number = 7),"
        " perpetual_absolute_minor = (SELECT json_extract(CAST(canonical AS TEXT), '$.perpetual_absolute') FROM ledger"
        " WHERE series = 'sales' AND number = 7) WHERE series = 'sales'",
    )
    later = again(database, till)
    perpetual = next(head for head in till.secrets.known_heads() if head.series is Series.SALES).perpetual
    assert kinds(start(later)) == {(FindingKind.TAIL_CUT, "sales")}
    with later.store.unit_of_work() as uow:
        assert uow.ledger.head("A", Series.SALES).perpetual == perpetual
    assert start(later) == ()
    later.sell(CHANCE)
    assert numbers(later)[-1] == 11
    later.store.close()


def test_r06_yesterdays_file_is_found_and_the_chains_go_on_after_it(till: Till, database: Path, tmp_path: Path) -> None:
    end(till)
    copy = tmp_path / "yesterday.sqlite3"
    shutil.copy(database, copy)
    today = again(database, till)
    start(today)
    for _ in range(5):
        today.sell(CHANCE)
    end(today)
    shutil.copy(copy, database)
    later = again(database, till)
    findings = start(later)
    assert kinds(findings) == {(FindingKind.OLDER_COPY, "sales"), (FindingKind.OLDER_COPY, "events")}
    assert start(later) == ()
    later.sell(CHANCE)
    assert numbers(later)[-1] == 16
    report = later.verify()
    assert {finding.kind for finding in report.findings} == {FindingKind.GAP_RECORDED}
    assert report.is_sound
    later.store.close()


def test_r06_a_lost_day_is_named_as_lost_and_the_next_closure_is_no_fault(till: Till, tmp_path: Path) -> None:
    """The Z after the gap begins behind the lost numbers, and says so nowhere else: neither in the check of the ledger
    nor, beyond the gap itself, in an archive."""
    database = tmp_path / "till.sqlite3"
    till.close_day()
    end(till)
    copy = tmp_path / "yesterday.sqlite3"
    shutil.copy(database, copy)
    lost = again(database, till)
    lost.next_morning()
    lost.trade_a_day(CHANCE, 3)
    end(lost)
    shutil.copy(copy, database)
    later = again(database, till)
    start(later)
    later.next_morning()
    later.trade_a_day(CHANCE, 2)
    later.next_morning()
    later.trade_a_day(CHANCE, 2)
    report = later.verify(every_signature=True)
    assert {finding.kind for finding in report.findings} == {FindingKind.GAP_RECORDED}
    assert _codes_of_an_archive(later, tmp_path) == {"declared_gap"}
    later.store.close()


def test_r06_two_gaps_side_by_side_are_no_fault_of_the_next_closure(till: Till, tmp_path: Path) -> None:
    """A copy put back, a copy made of it before anything was sold, and that one put back too."""
    database, copy = tmp_path / "till.sqlite3", tmp_path / "copy.sqlite3"
    till.close_day()
    end(till)
    for lost in (1, 3):
        opened = again(database, till)
        start(opened)
        end(opened)
        shutil.copy(database, copy)
        sold = again(database, till)
        start(sold)
        for _ in range(lost):
            sold.sell(CHANCE)
        end(sold)
        shutil.copy(copy, database)
    later = again(database, till)
    start(later)
    later.next_morning()
    later.trade_a_day(CHANCE, 2)
    report = later.verify(every_signature=True)
    assert {finding.kind for finding in report.findings} == {FindingKind.GAP_RECORDED}
    assert _codes_of_an_archive(later, tmp_path) == {"declared_gap"}
    later.store.close()


def _codes_of_an_archive(till: Till, folder: Path) -> set[str]:
    """What whoever checks an archive of everything finds in it."""
    with till.store.unit_of_work() as uow:
        uow.set_merchant(A_MERCHANT)
        uow.commit()
    whole = ArchiveRequest(MORNING.date(), till.clock.now().date(), OPERATOR)
    sink = ZipSink(folder / "archives", "all")
    done = export_archive(till.counter, till.store.queries, whole, sink, enclosures())
    assert isinstance(done, ArchiveDone), done
    return {finding.code for finding in load_verifier().check(done.path).findings}


def test_r06_a_new_empty_file_does_not_begin_at_one_again(till: Till, tmp_path: Path) -> None:
    end(till)
    later = open_till(tmp_path / "empty.sqlite3", clock=till.clock, secrets=till.secrets, ids=till.counter.ids)
    assert {kind for kind, _ in kinds(start(later))} == {FindingKind.OLDER_COPY}
    later.sell(CHANCE)
    assert numbers(later) == [11]
    assert {finding.kind for finding in later.verify().findings} == {FindingKind.GAP_RECORDED}
    later.store.close()


def test_r07_a_counter_rolled_back_is_found_and_put_right(till: Till, database: Path) -> None:
    end(till)
    tamper(database, "UPDATE ledger_head SET number = 4 WHERE series = 'sales'")
    later = again(database, till)
    assert kinds(start(later)) == {(FindingKind.COUNTER_BEHIND, "sales")}
    later.sell(CHANCE)
    assert numbers(later) == list(range(1, 12))
    faults = [details["finding"] for code, details in events(later) if code == EventCode.LEDGER_FAULT]
    assert faults == ["counter_behind"]
    assert later.verify().findings == ()
    later.store.close()


def test_a_counter_set_forward_is_not_believed(till: Till, database: Path) -> None:
    """Numbers that no signature vouches for were never drawn."""
    end(till)
    tamper(database, "UPDATE ledger_head SET number = 4000, hash = zeroblob(32) WHERE series = 'sales'")
    later = again(database, till)
    assert kinds(start(later)) == {(FindingKind.COUNTER_CHANGED, "sales")}
    later.sell(CHANCE)
    assert numbers(later) == list(range(1, 12))
    later.store.close()


def test_r09_perpetual_totals_changed_in_the_counter_are_put_right(till: Till, database: Path) -> None:
    end(till)
    tamper(database, "UPDATE ledger_head SET perpetual_minor = 5 WHERE series = 'sales'")
    later = again(database, till)
    assert kinds(start(later)) == {(FindingKind.COUNTER_CHANGED, "sales")}
    later.sell(CHANCE)
    assert later.verify().findings == ()
    later.store.close()


def test_a_last_row_changed_is_found_at_once(till: Till, database: Path) -> None:
    end(till)
    tamper(
        database,
        "UPDATE ledger SET canonical = CAST(replace(CAST(canonical AS TEXT), '\"label\"', '\"labeI\"') AS BLOB)"
        " WHERE series = 'sales' AND number = 10",
    )
    later = again(database, till)
    assert (FindingKind.CONTENT_CHANGED, "sales") in kinds(start(later))
    later.store.close()


def test_history_rewritten_under_a_witness(till: Till, database: Path) -> None:
    end(till)
    tamper(database, "UPDATE ledger SET hash = zeroblob(32) WHERE series = 'sales' AND number = 10")
    later = again(database, till)
    assert (FindingKind.HISTORY_REWRITTEN, "sales") in kinds(start(later))
    later.store.close()


def test_r05_a_lost_key_is_replaced_and_said(till: Till, database: Path) -> None:
    end(till)
    heads = till.secrets.known_heads()
    till.secrets = MemorySecrets()
    till.secrets.set_known_heads(heads)
    later = again(database, till)
    assert kinds(start(later)) == {(FindingKind.KEY_REPLACED, "")}
    assert EventCode.KEY_REPLACED in [code for code, _ in events(later)]
    later.sell(CHANCE)
    report = later.verify(every_signature=True)
    assert {finding.kind for finding in report.findings} == {FindingKind.KEY_REPLACED}
    assert report.is_sound
    later.store.close()


def test_r10_a_clock_set_back_is_said_at_start_and_recorded(till: Till, database: Path) -> None:
    end(till)
    later = open_till(
        database,
        clock=HandSetClock(till.clock.now().replace(year=2025)),
        secrets=till.secrets,
        ids=till.counter.ids,
    )
    assert {kind for kind, _ in kinds(start(later))} == {FindingKind.CLOCK_BEHIND}
    assert EventCode.CLOCK_SET_BACK in [code for code, _ in events(later)]
    later.sell(CHANCE)
    assert later.verify().findings == ()
    later.store.close()


def test_r10_the_autumn_hour_change_is_no_clock_set_back(tmp_path: Path) -> None:
    summer = HandSetClock(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 120)  # 02:30 by the wall
    till = open_till(tmp_path / "till.sqlite3", clock=summer)
    start(till)
    till.sell(CHANCE)
    winter = HandSetClock(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), 60)  # 02:10 by the wall
    till.store.close()
    later = open_till(tmp_path / "till.sqlite3", clock=winter, secrets=till.secrets, ids=till.counter.ids)
    assert start(later) == ()
    later.sell(CHANCE)
    assert EventCode.CLOCK_SET_BACK not in [code for code, _ in events(later)]
    assert later.verify().findings == ()
    later.store.close()


def test_what_is_remembered_never_goes_back(till: Till) -> None:
    books = till.store.queries.ledger_books()
    assert witness_heads(books, till.secrets)
    assert not witness_heads(books, till.secrets)
    far = [head for head in till.secrets.known_heads() if head.series is Series.SALES]
    ahead = [type(far[0])(head.till_letter, head.series, head.number + 5, bytes(32)) for head in far]
    till.secrets.set_known_heads(ahead)
    witness_heads(books, till.secrets)
    assert next(head for head in till.secrets.known_heads() if head.series is Series.SALES).number == 15
