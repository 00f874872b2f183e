"""What the accountant and the administration get, out of a real ledger: columns, sums, signs, what stays out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.canonical import content_of
from app.domain.fiscal import EventCode, Series
from app.domain.journal import FEC_COLUMNS
from app.storage.archive_files import FolderSink
from app.usecases.export_books import (
    Z_COLUMNS,
    ExportDone,
    ExportKind,
    ExportRefusal,
    ExportRefused,
    ExportRequest,
    export_books,
)
from app.usecases.long_work import WorkStopped
from tests.fakes.archived_shop import ArchivedShop
from tests.fakes.stopped_work import WorkStoppedAt

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 30)


def export(shop: ArchivedShop, kind: ExportKind, first: date = FIRST, last: date = LAST) -> ExportDone | ExportRefused:
    sink = FolderSink(shop.folder / "exports", f"{kind.value}-{first}")
    return export_books(shop.counter, shop.reader, ExportRequest(kind, first, last, "Léa"), sink)


def exported(shop: ArchivedShop, kind: ExportKind) -> dict[str, str]:
    done = export(shop, kind)
    assert isinstance(done, ExportDone), done
    return {Path(path).name: Path(path).read_bytes().decode("utf-8") for path in done.paths}


def rows(text: str, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def cents(texts: Sequence[str]) -> int:
    return sum(int(text.replace(",", "")) for text in texts if text)


def sales_of(shop: ArchivedShop) -> list[dict[str, Any]]:
    head = shop.reader.ledger_head("A", Series.SALES)
    return [content_of(row.canonical) for row in shop.reader.ledger_rows("A", Series.SALES, 1, head.number)]


def test_r15_lines_of_any_period_without_anybodys_help(shop: ArchivedShop) -> None:
    shop.trade(days=2, tickets=5)
    shop.sell()  # a day that is still open is in the lines too
    files = exported(shop, ExportKind.LINES)
    assert all(text.startswith("\ufeff") for text in files.values())
    sales = sales_of(shop)
    documents, lines = rows(files["documents.csv"]), rows(files["lignes.csv"])
    assert [row["id"] for row in documents] == [sale["id"] for sale in sales]  # no training (R12)
    assert cents([row["total_ttc"] for row in lines]) == sum(sale["total"] for sale in sales)
    assert cents([row["montant"] for row in rows(files["paiements.csv"])]) == sum(sale["total"] for sale in sales)
    assert {row["libelle"] for row in lines} >= {"Café moulu 250 g", "Vin rouge « Côtes »; 75 cl"}
    assert "'=Étiquette" in {row["libelle"] for row in lines}  # no formula in a spreadsheet
    assert any(row["type"] == EventCode.KEY_CREATED for row in rows(files["evenements.csv"]))


def test_each_export_is_in_the_journal_of_events(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=2)
    for kind in ExportKind:
        exported(shop, kind)
    head = shop.reader.ledger_head("A", Series.EVENTS)
    events = [content_of(row.canonical) for row in shop.reader.ledger_rows("A", Series.EVENTS, 1, head.number)]
    noted = [event["details"] for event in events if event["kind"] == EventCode.EXPORTED]
    assert [details["what"] for details in noted] == ["lines", "z", "journal", "e-reporting"]
    assert noted[0]["first_day"] == "2026-11-02"


def test_the_daily_z_is_in_long_form_with_the_columns_asked_for(shop: ArchivedShop) -> None:
    shop.trade(days=3, tickets=5)
    [text] = exported(shop, ExportKind.DAILY_Z).values()
    assert text.startswith("\ufeff" + ";".join(Z_COLUMNS) + "\r\n")
    table = rows(text)
    sales = sales_of(shop)
    turnover = sum(sale["turnover"] for sale in sales)
    assert cents([row["total_periode"] for row in table]) == turnover
    assert cents([row["ttc"] for row in table if row["taux_tva"]]) == turnover
    assert cents([row["base_ht"] for row in table]) + cents([row["tva"] for row in table]) == turnover
    assert cents([row["montant_reglement"] for row in table]) == sum(sale["total"] for sale in sales)
    assert [row["z_numero"] for row in table if row["nb_tickets"]] == ["A-Z0001", "A-Z0002", "A-Z0003"]
    assert {row["siret"] for row in table} == {"73282932000074"}
    last = [row for row in table if row["nb_tickets"]][-1]
    assert cents([last["total_perpetuel"]]) == sales[-1]["perpetual"]
    assert (last["ecart"], len(last["signature"])) == ("0,50", 128)


def test_the_sales_journal_is_balanced_for_each_day_in_the_fec_columns(shop: ArchivedShop) -> None:
    shop.trade(days=3, tickets=5)
    [(name, text)] = exported(shop, ExportKind.JOURNAL).items()
    assert name == "732829320-journal-20261102-20261130.txt"
    assert text.splitlines()[0].split("\t") == list(FEC_COLUMNS)
    table = rows(text, "\t")
    for piece in ("A-Z0001", "A-Z0002", "A-Z0003"):
        entry = [row for row in table if row["PieceRef"] == piece]
        assert cents([row["Debit"] for row in entry]) == cents([row["Credit"] for row in entry]) > 0
    assert {row["EcritureDate"] for row in table} == {"20261102", "20261103", "20261104"}
    assert list(dict.fromkeys(row["EcritureNum"] for row in table)) == [
        "A000001",
        "A000002",
        "A000003",
    ]
    vat = sum(part["vat"] for sale in sales_of(shop) for part in sale["vat"])
    of_vat = [row for row in table if row["CompteNum"].startswith("4457")]
    assert cents([row["Credit"] for row in of_vat]) - cents([row["Debit"] for row in of_vat]) == vat
    shorts = [row for row in table if row["CompteNum"] == "758000"]
    assert [row["Credit"] for row in shorts] == ["0,50"] * 3


def test_r24_e_reporting_by_day_category_and_rate_with_invoices_apart(shop: ArchivedShop) -> None:
    shop.trade(days=2, tickets=6)
    shop.sell()
    done = export(shop, ExportKind.E_REPORTING)
    assert isinstance(done, ExportDone)
    assert done.open_days == (date(2026, 11, 4),)
    files = exported(shop, ExportKind.E_REPORTING)
    report = rows(files["e-reporting-2026-11-02-2026-11-30.csv"])
    invoices = rows(files["e-reporting-factures-2026-11-02-2026-11-30.csv"])
    closed = [sale for sale in sales_of(shop) if sale["day"] < "2026-11-04"]
    by_invoice = cents([row["ttc"] for row in invoices])
    assert len({row["facture"] for row in invoices}) == 2
    assert cents([row["ttc"] for row in report]) + by_invoice == sum(sale["turnover"] for sale in closed)
    assert {row["categorie"] for row in report} <= {"TLB1", "TPS1", "TNT1"}
    plain = json.loads(files["e-reporting-2026-11-02-2026-11-30.json"])
    assert plain["days_not_closed"] == ["2026-11-04"]
    assert plain["issuer"]["siren"] == "732829320"
    subtotals = [part for block in plain["transactions"] for part in block["subtotals"]]
    assert cents([part["taxable"].replace(".", ",") for part in subtotals]) == cents([row["base_ht"] for row in report])


def test_what_is_of_closed_days_only_says_so(shop: ArchivedShop) -> None:
    shop.sell()
    refused = export(shop, ExportKind.JOURNAL)
    assert refused == ExportRefused(ExportRefusal.NO_CLOSED_DAY, (date(2026, 11, 2),))
    assert not (shop.folder / "exports").exists()
    assert export(shop, ExportKind.LINES, LAST, FIRST) == ExportRefused(ExportRefusal.PERIOD_REVERSED)


def test_no_export_writes_over_another(shop: ArchivedShop) -> None:
    shop.trade(days=1, tickets=2)
    one, other = export(shop, ExportKind.DAILY_Z), export(shop, ExportKind.DAILY_Z)
    assert isinstance(one, ExportDone)
    assert isinstance(other, ExportDone)
    assert one.paths != other.paths
    lines, again = export(shop, ExportKind.LINES), export(shop, ExportKind.LINES)
    assert isinstance(lines, ExportDone)
    assert isinstance(again, ExportDone)
    assert not set(lines.paths) & set(again.paths)
    assert not [path for path in (shop.folder / "exports").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("kind", list(ExportKind))
def test_r15_an_export_can_be_stopped_at_any_moment(shop: ArchivedShop, kind: ExportKind) -> None:
    shop.trade(days=2, tickets=60)
    folder = shop.folder / "exports"
    request = ExportRequest(kind, FIRST, LAST, "Léa")
    look = 1
    while True:
        work = WorkStoppedAt(look)
        try:
            export_books(shop.counter, shop.reader, request, FolderSink(folder, kind.value), work)
        except WorkStopped:
            assert not folder.exists() or list(folder.iterdir()) == []
            look += 1
        else:
            break
    assert look > 3  # before writing, among the rows, at the last moment
    assert not work.stoppable
