"""An archive that fails leaves nothing half done, and the journal says that it was begun (R15). What was lost, and keys
that were replaced, show in archives as what they are."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.canonical import content_of
from app.domain.fiscal import EventCode, LedgerHead, Series
from app.storage import archive_files
from app.storage.archive_check import check_archive
from app.storage.archive_files import ZipSink, enclosures
from app.storage.signing import LedgerSigner
from app.usecases.archive_ports import FileNotWritten
from app.usecases.export_archive import PACKING, ArchiveRefusal, ArchiveRefused, ArchiveRequest, export_archive
from app.usecases.log_event import log_event
from app.usecases.long_work import LongWork, WorkStopped
from tests.fakes.archived_shop import ArchivedShop
from tests.fakes.memory_store import A_TILL
from tests.fakes.stopped_work import WorkStoppedAt
from tests.fakes.surroundings import MemorySecrets

A_DAY = date(2026, 11, 2)


def events(shop: ArchivedShop, code: EventCode) -> list[dict[str, Any]]:
    last = shop.reader.ledger_head("A", Series.EVENTS).number
    rows = shop.reader.ledger_rows("A", Series.EVENTS, 1, last)
    return [content_of(row.canonical)["details"] for row in rows if row.kind == code]


def left_behind(shop: ArchivedShop) -> list[Path]:
    folder = shop.folder / "archives"
    return list(folder.iterdir()) if folder.exists() else []


def test_r15_making_an_archive_is_in_the_journal_and_in_its_own_chain(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=3)
    shop.archive(A_DAY, A_DAY)
    begun, done = events(shop, EventCode.ARCHIVED)
    assert (begun["step"], done["step"], done["number"]) == ("begun", "done", 1)
    [row] = shop.reader.ledger_rows("A", Series.ARCHIVES, 1, 1)
    assert content_of(row.canonical)["archive"]["manifest"] == done["manifest"]


class FullDisk(ZipSink):
    """Fails when the archive is put into one file."""

    def pack(self) -> None:
        with archive_files.failures_said():
            raise OSError(errno.ENOSPC, "no space left")


class LostName(ZipSink):
    """Fails when the archive gets its name."""

    def publish(self) -> str:
        with archive_files.failures_said():
            raise PermissionError(errno.EACCES, "not here")


@pytest.mark.parametrize(("sink", "reason"), [(FullDisk, "disk_full"), (LostName, "denied")])
def test_r15_an_archive_that_fails_leaves_nothing_but_its_trace(
    shop: ArchivedShop, sink: type[ZipSink], reason: str
) -> None:
    shop.trade(days=1, tickets=3)
    with pytest.raises(FileNotWritten) as failure:
        archive_into(shop, sink(shop.folder / "archives", "one"))
    assert failure.value.reason == reason
    assert left_behind(shop) == []
    steps = [said["step"] for said in events(shop, EventCode.ARCHIVED)]
    assert (steps[0], steps[-1]) == ("begun", "failed")
    assert check_archive(shop.archive(A_DAY, A_DAY), reader=shop.reader).ok


def archive_into(shop: ArchivedShop, sink: ZipSink) -> object:
    return export_archive(shop.counter, shop.reader, ArchiveRequest(A_DAY, A_DAY, "Léa"), sink, enclosures())


def looks_of(shop: ArchivedShop) -> int:
    """How often one archive looks whether it is to stop."""
    work = WorkStoppedAt()
    request = ArchiveRequest(A_DAY, A_DAY, "Léa")
    export_archive(shop.counter, shop.reader, request, ZipSink(shop.folder / "whole", "one", work.check), {}, work)
    return work.looks


def test_r15_who_waits_can_stop_it_at_any_moment(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=3)
    for _ in range(250):
        shop.event(EventCode.SETTING_CHANGED, name="theme")
    request = ArchiveRequest(A_DAY, A_DAY, "Léa")
    looks = looks_of(shop)
    assert looks > 10  # rows, packing of each file, the last moment
    for look in range(1, looks + 1):
        work = WorkStoppedAt(look)
        sink = ZipSink(shop.folder / "archives", "one", work.check)
        with pytest.raises(WorkStopped):
            export_archive(shop.counter, shop.reader, request, sink, {}, work)
        assert left_behind(shop) == []
    steps = [said["step"] for said in events(shop, EventCode.ARCHIVED)]
    assert steps == ["begun", "done", *["begun", "failed"] * looks]
    assert check_archive(shop.archive(A_DAY, A_DAY), reader=shop.reader).ok


def test_what_it_tells_of_itself(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=3)
    work = LongWork()
    request = ArchiveRequest(A_DAY, A_DAY, "Léa")
    done = export_archive(shop.counter, shop.reader, request, ZipSink(shop.folder, "one"), enclosures(), work)
    assert not isinstance(done, ArchiveRefused)
    assert (work.step, work.stoppable) == (PACKING, False)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (date(2026, 11, 3), date(2026, 11, 2), ArchiveRefusal.PERIOD_REVERSED),
        (date(2027, 11, 3), date(2027, 11, 4), ArchiveRefusal.PERIOD_TO_COME),
        (date(2025, 11, 3), date(2025, 11, 4), ArchiveRefusal.NOTHING_TO_ARCHIVE),
    ],
)
def test_r15_a_period_without_anything_is_no_archive(
    shop: ArchivedShop, first: date, last: date, reason: ArchiveRefusal
) -> None:
    shop.trade(days=1, tickets=2)
    sink = ZipSink(shop.folder / "archives", "one")
    refused = export_archive(shop.counter, shop.reader, ArchiveRequest(first, last, "Léa"), sink, enclosures())
    assert refused == ArchiveRefused(reason)
    assert left_behind(shop) == []
    assert events(shop, EventCode.ARCHIVED) == []


def test_r15_an_archive_of_a_day_still_open_says_so(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=2)
    shop.sell()
    done = export_archive(
        shop.counter,
        shop.reader,
        ArchiveRequest(A_DAY, date(2026, 11, 3), "Léa"),
        ZipSink(shop.folder / "archives", "one"),
        enclosures(),
    )
    assert not isinstance(done, ArchiveRefused)
    assert done.open_documents >= 1
    assert check_archive(Path(done.path), reader=shop.reader).ok


def test_r06_r15_a_loss_that_the_till_declared_is_named_as_one_and_a_hole_that_it_did_not_is_another(
    shop: ArchivedShop,
) -> None:
    """The till goes on after lost rows from the end that a witness knew."""
    shop.trade(days=1, tickets=3)
    lost_first = shop.reader.ledger_head("A", Series.SALES).number + 1
    skip(shop, lost_first, declared=True)
    shop.clock.go_on(minutes=5)
    shop.sell()
    [found] = check_archive(shop.archive(A_DAY, date(2026, 11, 9)), reader=shop.reader).findings
    assert found.code == "declared_gap"
    assert f"A/sales : {lost_first} à {lost_first + 2} perdus" in found.text
    skip(shop, shop.reader.ledger_head("A", Series.SALES).number + 1, declared=False)
    shop.sell()
    codes = [found.code for found in check_archive(shop.archive(A_DAY, date(2026, 11, 9))).findings]
    assert codes.count("numbers_missing") == 1


def skip(shop: ArchivedShop, first: int, *, declared: bool) -> None:
    head = shop.reader.ledger_head("A", Series.SALES)
    known = LedgerHead(
        first + 2, b"h" * 32, b"s" * 64, head.perpetual, head.perpetual_absolute, head.trading_day, head.happened_at
    )
    assert known.trading_day is not None
    assert known.happened_at is not None
    details: dict[str, str | int] = {
        "series": "sales",
        "first": first,
        "last": known.number,
        "hash": known.hash.hex(),
        "signature": known.signature.hex(),
        "perpetual": known.perpetual.minor,
        "perpetual_absolute": known.perpetual_absolute.minor,
        "day": known.trading_day.isoformat(),
        "at": known.happened_at.isoformat(),
    }
    with shop.store.unit_of_work() as uow:
        uow.ledger.set_head("A", Series.SALES, known)
        if declared:
            log_event(uow, shop.counter, EventCode.LEDGER_GAP, "", details)
        uow.commit()


def test_r15_a_gap_declared_in_the_period_before_is_known_in_the_next(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=3)
    skip(shop, shop.reader.ledger_head("A", Series.SALES).number + 1, declared=True)
    shop.clock.go_on(days=2)
    shop.sell()
    before = shop.archive(A_DAY, date(2026, 11, 3))
    after = shop.archive(date(2026, 11, 4), date(2026, 11, 9))
    assert [found.code for found in check_archive(after, previous=before).findings] == ["declared_gap"]


def test_r15_a_till_that_was_paired_anew_is_the_same_till(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=3)
    shop.sell()
    before = shop.archive(A_DAY, A_DAY)
    with shop.store.unit_of_work() as uow:
        uow.set_identity(replace(A_TILL, till_letter="B", till_id="till-b"))
        uow.commit()
    shop.trade(days=2, tickets=3)
    after = shop.archive(date(2026, 11, 3), date(2026, 11, 30))
    checked = check_archive(after, previous=before, every_signature=True, reader=shop.reader)
    assert (checked.findings, checked.of_this_till) == ((), True)
    assert check_archive(before, reader=shop.reader).of_this_till


def test_r15_another_tills_archive_is_not_the_one_before(shop: ArchivedShop, tmp_path: Path) -> None:
    shop.trade(days=2, tickets=2)
    other = ArchivedShop(tmp_path / "other", seed=2)
    other.trade(days=1, tickets=2)
    before = other.archive(A_DAY, A_DAY)
    other.close()
    after = shop.archive(date(2026, 11, 3), date(2026, 11, 3))
    codes = {found.code for found in check_archive(after, previous=before).findings}
    assert {"previous_other_till", "previous_chain", "previous_key"} <= codes


def test_r15_a_key_that_was_replaced_goes_with_the_archive(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=3)
    first = shop.archive(A_DAY, A_DAY)
    shop.counter = replace(shop.counter, signer=LedgerSigner(MemorySecrets()))
    shop.trade(days=1, tickets=3)
    second = shop.archive(date(2026, 11, 3), date(2026, 11, 3))
    whole = shop.archive(A_DAY, date(2026, 11, 3))
    assert check_archive(second, previous=first, every_signature=True, reader=shop.reader).ok
    assert check_archive(whole, every_signature=True).ok
    assert events(shop, EventCode.KEY_REPLACED)
