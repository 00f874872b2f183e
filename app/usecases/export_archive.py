"""Makes the archive of a period: neutral tables, notice, manifest, signature, verifier, in one file (R15).

Whatever happens, that an archive was begun is in the journal; once it is whole it is a row of the chain `archives`, and
only then does it get its name. Never changes or removes what it archives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.archive_notice import notice_of
from app.domain.archive_tables import (
    ARCHIVE_TABLES,
    KEYS_FILE,
    KEYS_HEADER,
    SERIES_ORDER,
    ArchiveTable,
    cells_of,
    schema_of,
)
from app.domain.canonical import content_of, local_time_text
from app.domain.fiscal import FISCAL_VERSION, GENESIS, EventCode, LedgerHead, LedgerRow, Series
from app.domain.operators import Right
from app.usecases.allowed import is_allowed_and_noted
from app.usecases.archive_ports import ArchiveSink, LedgerReader, PublicKey, WrittenFile
from app.usecases.log_event import log_event
from app.usecases.long_work import LongWork
from app.usecases.ports import Counter
from app.usecases.seal_row import next_place, seal

FORMAT = "comptoir-archive"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "cle_publique.pem"
NOTICE = "LISEZ-MOI.txt"
SCHEMA = "schema.json"
VERIFIER = "verifier.py"

PACKING = "packing"
"""The step in which the files become one; nobody knows how long it takes."""


class ArchiveRefusal(StrEnum):
    """Why there is no archive. PERIOD_REVERSED: its end comes before its beginning. NOTHING_TO_ARCHIVE: no row of the
    ledger is of that period. PERIOD_TO_COME: it has not begun. NEEDS_APPROVAL: the operator may not, and nobody who
    may has approved it."""

    PERIOD_REVERSED = "period_reversed"
    PERIOD_TO_COME = "period_to_come"
    NOTHING_TO_ARCHIVE = "nothing_to_archive"
    NEEDS_APPROVAL = "needs_approval"


@dataclass(frozen=True, slots=True)
class ArchiveRequest:
    """`first_day`..`last_day`: trading days, both included."""

    first_day: date
    last_day: date
    operator: str
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveDone:
    """A whole archive under its name.

    Attributes:
        manifest_sha256: what the row of the chain `archives` seals.
        documents: how many of the series `sales` are in it; `open_documents` of them are in no closure yet.
    """

    path: str
    manifest_sha256: str
    number: int
    rows: int
    documents: int
    open_documents: int


@dataclass(frozen=True, slots=True)
class ArchiveRefused:
    reason: ArchiveRefusal


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a chain that belongs to a period.

    Attributes:
        before: the row before it, GENESIS if it is the chain's beginning.
        first, last: numbers; `last` < `first` if no row of the chain belongs to it.
    """

    till_letter: str
    series: Series
    before: LedgerHead
    first: int
    last: int

    @property
    def is_empty(self) -> bool:
        return self.last < self.first


@dataclass
class _Counts:
    """What the manifest says of the rows while they go by."""

    ends: dict[tuple[str, Series], LedgerRow] = field(default_factory=dict)
    firsts: dict[tuple[str, Series], int] = field(default_factory=dict)
    rows: dict[tuple[str, Series], int] = field(default_factory=dict)
    total: int = 0
    turnover: int = 0
    closed_up_to: dict[str, int] = field(default_factory=dict)
    open_documents: int = 0
    jumps: list[tuple[str, Series, int]] = field(default_factory=list)

    def see(self, row: LedgerRow, content: Mapping[str, Any], previous: int) -> None:
        chain = row.till_letter, row.series
        if row.number != previous + 1:
            self.jumps.append((row.till_letter, row.series, row.number - 1))
        self.ends[chain] = row
        self.firsts.setdefault(chain, row.number)
        self.rows[chain] = self.rows.get(chain, 0) + 1
        if row.series is Series.CLOSURES:
            last = int(content["last_number"])
            self.closed_up_to[row.till_letter] = max(self.closed_up_to.get(row.till_letter, 0), last)
        if row.series is Series.SALES:
            self.total += content["total"]
            self.turnover += content["turnover"]
            self.open_documents += row.number > self.closed_up_to.get(row.till_letter, 0)

    @property
    def row_count(self) -> int:
        return sum(self.rows.values())

    @property
    def documents(self) -> int:
        return sum(count for (_, series), count in self.rows.items() if series is Series.SALES)


def export_archive(
    counter: Counter,
    reader: LedgerReader,
    request: ArchiveRequest,
    sink: ArchiveSink,
    enclosures: Mapping[str, bytes],
    work: LongWork | None = None,
) -> ArchiveDone | ArchiveRefused:
    """Make the archive of a period.

    Args:
        sink: where it comes into being; nothing is left of it unless it is whole.
        enclosures: files that go with every archive (the verifier), by name.
        work: told how many rows are done, of how many, then (step `PACKING`) that the file is being made.

    Raises:
        FileNotWritten, WorkStopped: the journal says that it was begun and that it failed.
    """
    work = work or LongWork()
    refused = _refusal_of(counter, request)
    if refused is not None:
        return ArchiveRefused(refused)
    spans = spans_of(reader, request.first_day, request.last_day)
    if all(span.is_empty for span in spans):
        return ArchiveRefused(ArchiveRefusal.NOTHING_TO_ARCHIVE)
    if not _begin(counter, request):
        return ArchiveRefused(ArchiveRefusal.NEEDS_APPROVAL)
    try:
        counts = _write_tables(reader, spans, sink, work)
        work.begin(PACKING)
        manifest = _write_papers(counter, reader, request, spans, counts, sink, enclosures)
        sink.pack()
        work.keep()
        number = _seal(counter, request, counts, hashlib.sha256(manifest).hexdigest())
        path = sink.publish()
    except BaseException:
        _log_failure(counter, request)
        raise
    finally:
        sink.discard()
    digest = hashlib.sha256(manifest).hexdigest()
    return ArchiveDone(path, digest, number, counts.row_count, counts.documents, counts.open_documents)


def spans_of(reader: LedgerReader, first_day: date, last_day: date) -> list[Span]:
    """Which rows of each chain are of these trading days: of two periods that follow each other, each row is in exactly
    one."""
    chains = sorted(reader.ledger_chains(), key=lambda chain: (chain[0], SERIES_ORDER.index(chain[1])))
    return [_span(reader, till, series, first_day, last_day) for till, series in chains]


def _span(reader: LedgerReader, till: str, series: Series, first_day: date, last_day: date) -> Span:
    if series is Series.CLOSURES:
        first, after = _closures_between(reader, till, first_day, last_day)
    else:
        first = reader.ledger_first_since(till, series, first_day)
        after = reader.ledger_first_since(till, series, date.fromordinal(last_day.toordinal() + 1))
    before = reader.ledger_last_before(till, series, first)
    return Span(till, series, before.head if before else GENESIS, first, after - 1)


def _closures_between(reader: LedgerReader, till: str, first_day: date, last_day: date) -> tuple[int, int]:
    """A closure goes with the days that it closes, though it is often made after midnight: its first number, and the
    one after its last. The Z of a month that closes with the next month's first day goes with that day."""
    end = reader.ledger_head(till, Series.CLOSURES).number
    first = after = end + 1
    for row in reader.ledger_rows(till, Series.CLOSURES, 1, end):
        closed_up_to = date.fromisoformat(content_of(row.canonical)["last_day"])
        if closed_up_to >= first_day:
            first = min(first, row.number)
        if closed_up_to > last_day:
            after = row.number
            break
    return min(first, after), after


def _refusal_of(counter: Counter, request: ArchiveRequest) -> ArchiveRefusal | None:
    if request.last_day < request.first_day:
        return ArchiveRefusal.PERIOD_REVERSED
    if request.first_day > counter.clock.now().date():
        return ArchiveRefusal.PERIOD_TO_COME
    return None


def _write_tables(reader: LedgerReader, spans: Sequence[Span], sink: ArchiveSink, work: LongWork) -> _Counts:
    for table in ARCHIVE_TABLES:
        sink.open_table(table.file, table.header)
    counts = _Counts()
    work.note(0, sum(max(span.last - span.first + 1, 0) for span in spans))
    tables = {series: _tables_of(series) for series in Series}
    for span in spans:
        previous = span.before.number
        for row in work.each(reader.ledger_rows(span.till_letter, span.series, span.first, span.last)):
            content = content_of(row.canonical)
            counts.see(row, content, previous)
            previous = row.number
            for table in tables[span.series]:
                for cells in cells_of(table, row, content):
                    sink.add_row(table.file, cells)
    sink.open_table(KEYS_FILE, KEYS_HEADER)
    for key in reader.public_keys():
        sink.add_row(KEYS_FILE, (key.key_id, key.created_at.isoformat(), _der_of(key)))
    return counts


def _tables_of(series: Series) -> list[ArchiveTable]:
    return [table for table in ARCHIVE_TABLES if not table.series or series in table.series]


def _der_of(key: PublicKey) -> str:
    """The PEM's inside on one line."""
    return "".join(line for line in key.public_pem.splitlines() if line and not line.startswith("-----"))


def _write_papers(
    counter: Counter,
    reader: LedgerReader,
    request: ArchiveRequest,
    spans: Sequence[Span],
    counts: _Counts,
    sink: ArchiveSink,
    enclosures: Mapping[str, bytes],
) -> bytes:
    """Everything that is no table; last of all the manifest, which names all others, and its signature."""
    signer = counter.signer
    sink.add_file(SCHEMA, _json(schema_of(ARCHIVE_TABLES)))
    sink.add_file(PUBLIC_KEY, signer.public_pem.encode("ascii"))
    for name, content in enclosures.items():
        sink.add_file(name, content)
    about = _about(counter, reader, request)
    notice = notice_of(about, ARCHIVE_TABLES, counts.documents, counts.open_documents)
    sink.add_file(NOTICE, notice.encode("utf-8"))
    manifest = _json(
        {
            **about,
            "key_id": signer.key_id,
            "chains": [_chain(span, counts) for span in spans],
            "gaps": _gaps(reader, counts.jumps),
            "sums": {
                "documents": counts.documents,
                "open_documents": counts.open_documents,
                "total": counts.total,
                "turnover": counts.turnover,
            },
            "files": [_file(file) for file in sink.written()],
        }
    )
    sink.add_file(MANIFEST, manifest)
    sink.add_file(SIGNATURE, der_signature(signer.sign(hashlib.sha256(manifest).digest())))
    return manifest


def _about(counter: Counter, reader: LedgerReader, request: ArchiveRequest) -> dict[str, Any]:
    till, merchant = reader.identity(), reader.merchant()
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "made_at": local_time_text(counter.clock.now(), counter.clock.utc_offset_minutes()),
        "made_by": request.operator,
        "first_day": request.first_day.isoformat(),
        "last_day": request.last_day.isoformat(),
        "till": till.till_letter,
        "till_id": till.till_id,
        "shop": till.shop.name,
        "legal_name": merchant.legal_name,
        "siret": merchant.siret or till.shop.siret,
        "vat_number": merchant.vat_number or till.shop.vat_number,
        "software": counter.software,
        "fiscal": FISCAL_VERSION,
    }


def _chain(span: Span, counts: _Counts) -> dict[str, Any]:
    chain = span.till_letter, span.series
    end = counts.ends.get(chain)
    return {
        "till": span.till_letter,
        "series": span.series.value,
        "rows": counts.rows.get(chain, 0),
        "before": _head(span.before),
        "first": counts.firsts.get(chain, 0),
        "last": _head(end.head if end else span.before),
    }


def _gaps(reader: LedgerReader, jumps: Sequence[tuple[str, Series, int]]) -> list[dict[str, Any]]:
    """What the journal says of numbers that are lost; the event itself may be of a period before."""
    found = []
    for till in {till for till, _, _ in jumps}:
        wanted = {(series.value, last) for of_till, series, last in jumps if of_till == till}
        for row in reader.ledger_rows(till, Series.EVENTS, 1, reader.ledger_head(till, Series.EVENTS).number):
            said = content_of(row.canonical)["details"] if row.kind == EventCode.LEDGER_GAP else {}
            if (said.get("series"), said.get("last")) in wanted:
                names = ("series", "first", "last", "hash", "signature")
                found.append({"event": row.number, **{name: said[name] for name in names}})
    return found


def _head(head: LedgerHead) -> dict[str, Any]:
    return {"number": head.number, "hash": head.hash.hex(), "signature": head.signature.hex()}


def _file(file: WrittenFile) -> dict[str, Any]:
    rows = {"rows": file.rows} if file.rows >= 0 else {}
    return {"name": file.name, "size": file.size, "sha256": file.sha256, **rows}


def _seal(counter: Counter, request: ArchiveRequest, counts: _Counts, digest: str) -> int:
    """The archive as a row of its own chain, and the journal's word that it is done."""
    period: dict[str, Any] = {"first_day": request.first_day.isoformat(), "last_day": request.last_day.isoformat()}
    with counter.unit_of_work() as uow:
        place = next_place(uow, counter, Series.ARCHIVES)
        body = {"archive": {**period, "manifest": digest, "documents": counts.documents, "rows": counts.row_count}}
        row = seal(
            uow,
            counter,
            place,
            kind="archive",
            record_id=counter.ids.new(),
            operator=request.operator,
            body=body,
        )
        details = {"step": "done", **period, "number": row.number, "manifest": digest}
        log_event(uow, counter, EventCode.ARCHIVED, request.operator, details)
        uow.commit()
    return row.number


def _begin(counter: Counter, request: ArchiveRequest) -> bool:
    """Note that an archive is begun; False, and nothing is noted, if the operator may not."""
    with counter.unit_of_work() as uow:
        if not is_allowed_and_noted(uow, counter, Right.ARCHIVE, request.operator, request.approved_by):
            return False
        log_event(uow, counter, EventCode.ARCHIVED, request.operator, _details(request, "begun"))
        uow.commit()
    return True


def _log_failure(counter: Counter, request: ArchiveRequest) -> None:
    with counter.unit_of_work() as uow:
        log_event(uow, counter, EventCode.ARCHIVED, request.operator, _details(request, "failed"))
        uow.commit()


def _details(request: ArchiveRequest, step: str) -> dict[str, str | int]:
    return {"step": step, "first_day": request.first_day.isoformat(), "last_day": request.last_day.isoformat()}


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def der_signature(raw: bytes) -> bytes:
    """r and s as ASN.1 has them, the form that `openssl dgst -verify` takes."""
    half = len(raw) // 2
    body = b"".join(_der_integer(part) for part in (raw[:half], raw[half:]))
    return b"\x30" + bytes([len(body)]) + body


def _der_integer(part: bytes) -> bytes:
    number = part.lstrip(b"\0") or b"\0"
    if number[0] & 0x80:
        number = b"\0" + number
    return b"\x02" + bytes([len(number)]) + number
