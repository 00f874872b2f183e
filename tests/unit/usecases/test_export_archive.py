"""An archive needs no more memory for more rows; its parts are in the manifest."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from app.domain.canonical import canonical_bytes, event_body
from app.domain.fiscal import GENESIS, LedgerHead, LedgerRow, Series
from app.domain.merchant import Merchant
from app.usecases.archive_ports import PublicKey, WrittenFile
from app.usecases.export_archive import ArchiveDone, ArchiveRequest, export_archive
from app.usecases.ports import TillIdentity
from tests.fakes.memory_store import A_TILL, MemoryStore
from tests.fakes.surroundings import NOON, a_counter

TODAY = NOON.date()


class EndlessReader:
    """A ledger of so many events, made while they are read."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def identity(self) -> TillIdentity:
        return A_TILL

    def merchant(self) -> Merchant:
        return Merchant()

    def ledger_chains(self) -> Sequence[tuple[str, Series]]:
        return [("A", Series.EVENTS)]

    def ledger_head(self, till_letter: str, series: Series) -> LedgerHead:
        return GENESIS

    def ledger_rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        for number in range(first, last + 1):
            canonical = canonical_bytes(
                series=series,
                number=number,
                kind="drawer_opened",
                till_letter=till_letter,
                till_id="till-a",
                happened_at=NOON,
                utc_offset_minutes=60,
                trading_day=TODAY,
                record_id=f"id-{number}",
                operator="Léa",
                software="Comptoir",
                body=event_body({"reason": "monnaie"}),
            )
            yield LedgerRow(
                till_letter,
                series,
                number,
                "drawer_opened",
                f"id-{number}",
                NOON,
                TODAY,
                canonical,
                bytes(32),
                bytes(64),
                "k",
            )

    def ledger_last_before(self, till_letter: str, series: Series, number: int) -> LedgerRow | None:
        return None

    def ledger_first_since(self, till_letter: str, series: Series, day: date) -> int:
        return 1 if day <= TODAY else self._rows + 1

    def public_keys(self) -> Sequence[PublicKey]:
        return []


class CountingSink:
    """Forgets rows at once; keeps the other files."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.files: dict[str, bytes] = {}
        self.said: list[str] = []

    def open_table(self, name: str, header: Sequence[str]) -> None:
        self.rows[name] = 0

    def add_row(self, name: str, cells: Sequence[str]) -> None:
        self.rows[name] += 1

    def add_file(self, name: str, content: bytes) -> None:
        self.files[name] = content

    def written(self) -> Sequence[WrittenFile]:
        tables = [WrittenFile(name, 0, "", rows) for name, rows in self.rows.items()]
        return [*tables, *(WrittenFile(name, len(content), "") for name, content in self.files.items())]

    def pack(self) -> None:
        self.said.append("pack")

    def publish(self) -> str:
        self.said.append("publish")
        return "archive.zip"

    def discard(self) -> None:
        self.said.append("discard")


def archive(rows: int) -> tuple[CountingSink, ArchiveDone]:
    sink = CountingSink()
    counter = a_counter(MemoryStore().unit_of_work)
    done = export_archive(
        counter, EndlessReader(rows), ArchiveRequest(TODAY, TODAY, "Léa"), sink, {"verifier.py": b"print()"}
    )
    assert isinstance(done, ArchiveDone)
    return sink, done


def peak_of(rows: int) -> int:
    tracemalloc.start()
    try:
        archive(rows)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_r15_more_rows_need_no_more_memory() -> None:
    archive(10)  # whatever is loaded once
    assert peak_of(4_000) < peak_of(400) * 1.5 + 100_000


def test_r15_the_manifest_names_every_file_and_the_ends_of_every_chain() -> None:
    sink, done = archive(7)
    manifest = json.loads(sink.files["manifest.json"])
    named = {file["name"] for file in manifest["files"]}
    assert named == {*sink.rows, *sink.files} - {"manifest.json", "manifest.sig"}
    assert {file["name"]: file["rows"] for file in manifest["files"] if "rows" in file} == sink.rows
    [chain] = manifest["chains"]
    assert (chain["series"], chain["before"]["number"], chain["first"], chain["last"]["number"]) == ("events", 0, 1, 7)
    assert (sink.rows["registre.csv"], sink.rows["evenements.csv"], sink.rows["caisse.csv"]) == (7, 7, 7)
    assert (manifest["siret"], manifest["till"], done.rows) == (A_TILL.shop.siret, "A", 7)
    assert sink.said == ["pack", "publish", "discard"]


@pytest.mark.parametrize("word", ["LISEZ-MOI.txt", "registre.csv", "openssl dgst", "SHA-256", "dix ans", "Épicerie"])
def test_r15_the_notice_is_french_and_says_how_to_check(word: str) -> None:
    sink, _ = archive(1)
    assert word in sink.files["LISEZ-MOI.txt"].decode("utf-8")
