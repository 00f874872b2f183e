"""Once a shop has set up who is who, archives and exports are for those who may."""

from __future__ import annotations

from datetime import date

from app.domain.fiscal import EventCode, Series
from app.domain.operators import Operator, Role
from app.storage.archive_files import FolderSink, ZipSink, enclosures
from app.usecases.export_archive import ArchiveDone, ArchiveRefusal, ArchiveRefused, ArchiveRequest, export_archive
from app.usecases.export_books import ExportDone, ExportKind, ExportRefusal, ExportRefused, ExportRequest, export_books
from tests.fakes.archived_shop import ArchivedShop

A_DAY = date(2026, 11, 2)


def archive(shop: ArchivedShop, operator: str, approved_by: str = "") -> ArchiveDone | ArchiveRefused:
    sink = ZipSink(shop.folder / "archives", "one")
    request = ArchiveRequest(A_DAY, A_DAY, operator, approved_by)
    return export_archive(shop.counter, shop.reader, request, sink, enclosures())


def export(shop: ArchivedShop, operator: str, approved_by: str = "") -> ExportDone | ExportRefused:
    sink = FolderSink(shop.folder / "exports", "one")
    request = ExportRequest(ExportKind.DAILY_Z, A_DAY, A_DAY, operator, approved_by=approved_by)
    return export_books(shop.counter, shop.reader, request, sink)


def test_a_cashier_asks_a_manager_and_the_journal_says_so(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=2)
    with shop.store.unit_of_work() as uow:
        uow.operators.add(Operator("1", "Zoé", Role.CASHIER), "hash")
        uow.operators.add(Operator("2", "Max", Role.MANAGER), "hash")
        uow.operators.add(Operator("3", "Ali", Role.ACCOUNTANT), "hash")
        uow.commit()
    before = shop.reader.ledger_head("A", Series.EVENTS).number
    assert archive(shop, "Zoé") == ArchiveRefused(ArchiveRefusal.NEEDS_APPROVAL)
    assert export(shop, "Zoé") == ExportRefused(ExportRefusal.NEEDS_APPROVAL)
    assert shop.reader.ledger_head("A", Series.EVENTS).number == before
    assert not (shop.folder / "archives").exists()
    assert isinstance(archive(shop, "Zoé", "Max"), ArchiveDone)
    assert isinstance(export(shop, "Zoé", "Max"), ExportDone)
    last = shop.reader.ledger_head("A", Series.EVENTS).number
    kinds = [row.kind for row in shop.reader.ledger_rows("A", Series.EVENTS, before + 1, last)]
    assert kinds.count(EventCode.APPROVAL) == 2
    assert isinstance(archive(shop, "Ali"), ArchiveDone)
    assert isinstance(export(shop, "Ali"), ExportDone)
